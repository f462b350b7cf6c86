//! Guards and freezes: what an owner, a guardian or the city puts on all money of an account.

use scoin_core::command::AccountKind;
use scoin_core::outcome::{Effect, Refusal};
use scoin_core::{AccountId, Amount, PolicyId};

use super::{Asker, insert_sorted};
use crate::batch::EventKind;
use crate::state::{Freeze, Guard, LINKS_MAX};
use crate::work::{Decision, Work, already, not_found, out_of_range};

fn told(work: &mut Work<'_>, asker: &Asker<'_>, account: AccountId) -> Effect {
    work.tell(account, EventKind::Changed, Amount::ZERO, Some(asker.by));
    Effect::Done
}

/// May the asker put something on this account? Its owner and its guardians may, and officers where `city` says so.
fn standing(
    work: &Work<'_>,
    asker: &Asker<'_>,
    account: AccountId,
    city: bool,
) -> Result<Freeze, Refusal> {
    let kinds = [AccountKind::Person, AccountKind::Merchant, AccountKind::Officer];
    let kind = asker.acting(work, &kinds)?.kind;
    if asker.by == account {
        return Ok(Freeze::Own);
    }
    let guards = work.account(&account).is_some_and(|ward| ward.guardians.contains(&asker.by));
    match kind {
        AccountKind::Officer if city => work.known(&account).map(|_| Freeze::City),
        AccountKind::Person if guards => Ok(Freeze::Guardian(asker.by)),
        AccountKind::Person
        | AccountKind::Merchant
        | AccountKind::Service
        | AccountKind::Officer
        | AccountKind::Pool => Err(Refusal::NotAllowed),
    }
}

/// Puts a policy on all money of an account.
pub(super) fn set_guard(
    work: &mut Work<'_>,
    asker: &Asker<'_>,
    account: AccountId,
    policy: PolicyId,
) -> Decision {
    standing(work, asker, account, false)?;
    if work.policy(&policy).is_none() {
        return Err(not_found("policy"));
    }
    let guard = Guard { policy, by: asker.by };
    let guards = &work.known(&account)?.guards;
    if guards.contains(&guard) {
        return Err(already("guard"));
    }
    if guards.len() >= LINKS_MAX {
        return Err(out_of_range("policy"));
    }
    insert_sorted(&mut work.known_mut(&account)?.guards, guard);
    Ok(told(work, asker, account))
}

/// Removes a guard the asker has set.
pub(super) fn remove_guard(
    work: &mut Work<'_>,
    asker: &Asker<'_>,
    account: AccountId,
    policy: PolicyId,
) -> Decision {
    standing(work, asker, account, false)?;
    let guard = Guard { policy, by: asker.by };
    if !work.known(&account)?.guards.contains(&guard) {
        return Err(not_found("policy"));
    }
    work.known_mut(&account)?.guards.retain(|set| *set != guard);
    Ok(told(work, asker, account))
}

/// Stops all spending.
pub(super) fn freeze(work: &mut Work<'_>, asker: &Asker<'_>, account: AccountId) -> Decision {
    let freeze = standing(work, asker, account, true)?;
    if work.known(&account)?.freezes.contains(&freeze) {
        return Err(already("freeze"));
    }
    insert_sorted(&mut work.known_mut(&account)?.freezes, freeze);
    Ok(told(work, asker, account))
}

/// Lifts a freeze. Everybody lifts their own freeze only, so a child cannot lift a guardian's; any officer lifts the city's.
pub(super) fn unfreeze(work: &mut Work<'_>, asker: &Asker<'_>, account: AccountId) -> Decision {
    let freeze = standing(work, asker, account, true)?;
    let freezes = &work.known(&account)?.freezes;
    if !freezes.contains(&freeze) {
        return Err(if freezes.is_empty() { already("unfreeze") } else { Refusal::NotAllowed });
    }
    work.known_mut(&account)?.freezes.retain(|set| *set != freeze);
    Ok(told(work, asker, account))
}
