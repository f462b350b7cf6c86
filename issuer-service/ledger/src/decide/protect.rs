//! Guards and freezes: what an owner, a guardian or the city puts on all money of an account.

use scoin_core::command::{AHEAD_MICROS_MAX, AccountKind, NOTICE_MICROS, Over};
use scoin_core::outcome::{Effect, Refusal};
use scoin_core::{AccountId, Amount, PolicyId, Timestamp};

use super::retire::check_in_force;
use super::{Asker, insert_sorted, quorum};
use crate::batch::EventKind;
use crate::state::{Freeze, Guard, Key, LINKS_MAX, Loosening, Record, SharedGuard};
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
    put(work, asker.by, account, policy)?;
    Ok(told(work, asker, account))
}

fn put(
    work: &mut Work<'_>,
    by: AccountId,
    account: AccountId,
    policy: PolicyId,
) -> Result<(), Refusal> {
    check_in_force(work, policy, &by)?;
    if work.policy(&policy).is_none() {
        return Err(not_found("policy"));
    }
    let guard = Guard::new(policy, by);
    let guards = &work.known(&account)?.guards;
    if guards.contains(&guard) {
        return Err(already("guard"));
    }
    if guards.len() >= LINKS_MAX {
        return Err(out_of_range("policy"));
    }
    insert_sorted(&mut work.known_mut(&account)?.guards, guard);
    Ok(())
}

/// Removes a guard the asker has set.
pub(super) fn remove_guard(
    work: &mut Work<'_>,
    asker: &Asker<'_>,
    account: AccountId,
    policy: PolicyId,
) -> Decision {
    let standing = standing(work, asker, account, false)?;
    check_set(work, asker.by, account, policy)?;
    if standing != Freeze::Own
        && let Some(effect) = quorum::wait(work, asker, account, Loosening::Guard(policy, None))?
    {
        return Ok(effect);
    }
    drop_guard(work, asker.by, account, policy)?;
    Ok(told(work, asker, account))
}

/// The guard is there, and set by this account.
fn check_set(
    work: &Work<'_>,
    by: AccountId,
    account: AccountId,
    policy: PolicyId,
) -> Result<(), Refusal> {
    let set = work.known(&account)?.guards.contains(&Guard::new(policy, by));
    if set { Ok(()) } else { Err(not_found("policy")) }
}

fn drop_guard(
    work: &mut Work<'_>,
    by: AccountId,
    account: AccountId,
    policy: PolicyId,
) -> Result<(), Refusal> {
    check_set(work, by, account, policy)?;
    let guard = Guard::new(policy, by);
    work.known_mut(&account)?.guards.retain(|set| *set != guard);
    Ok(())
}

/// A guardian asks to change guards in an answer. What removes one may need the other guardian, and waits then.
pub(super) fn ask_change(
    work: &mut Work<'_>,
    asker: &Asker<'_>,
    ward: AccountId,
    (remove, set): (Option<PolicyId>, Option<PolicyId>),
) -> Result<(), Refusal> {
    if let Some(policy) = remove {
        check_set(work, asker.by, ward, policy)?;
        if quorum::wait(work, asker, ward, Loosening::Guard(policy, set))?.is_some() {
            return Ok(());
        }
    }
    change_guard(work, asker.by, ward, (remove, set))
}

/// A guardian removes a guard, sets another, or both.
pub(super) fn change_guard(
    work: &mut Work<'_>,
    by: AccountId,
    ward: AccountId,
    (remove, set): (Option<PolicyId>, Option<PolicyId>),
) -> Result<(), Refusal> {
    remove.map_or(Ok(()), |policy| drop_guard(work, by, ward, policy))?;
    set.map_or(Ok(()), |policy| put(work, by, ward, policy))
}

/// Puts a policy on all money of a household or of everybody. Only officers may: members of a household do not
/// restrict each other (`docs/adr/0021`).
pub(super) fn set_shared(
    work: &mut Work<'_>,
    asker: &Asker<'_>,
    (over, policy): (Over, PolicyId),
    starts: Timestamp,
) -> Decision {
    asker.officer(work)?;
    check_in_force(work, policy, &asker.by)?;
    let now = work.now();
    let earliest = match over {
        Over::City => now.saturating_add_micros(NOTICE_MICROS),
        Over::Household(_) => now,
    };
    if starts < earliest || starts > now.saturating_add_micros(AHEAD_MICROS_MAX) {
        return Err(out_of_range("starts"));
    }
    if work.policy(&policy).is_none() {
        return Err(not_found("policy"));
    }
    let mut set = shared(work, over);
    if set.iter().any(|guard| guard.policy == policy) {
        return Err(already("guard"));
    }
    if set.len() >= LINKS_MAX {
        return Err(out_of_range("policy"));
    }
    insert_sorted(&mut set, SharedGuard { policy, by: asker.by, starts });
    work.put(Key::Guards(over), Record::Guards(set));
    Ok(Effect::Done)
}

/// Removes a guard of a household or of the city, at once: it only ever narrowed.
pub(super) fn remove_shared(
    work: &mut Work<'_>,
    asker: &Asker<'_>,
    over: Over,
    policy: PolicyId,
) -> Decision {
    asker.officer(work)?;
    let mut set = shared(work, over);
    let before = set.len();
    set.retain(|guard| guard.policy != policy);
    if set.len() == before {
        return Err(not_found("policy"));
    }
    if set.is_empty() {
        work.remove(Key::Guards(over));
    } else {
        work.put(Key::Guards(over), Record::Guards(set));
    }
    Ok(Effect::Done)
}

fn shared(work: &Work<'_>, over: Over) -> Vec<SharedGuard> {
    match work.get(&Key::Guards(over)) {
        Some(Record::Guards(set)) => set.clone(),
        _ => Vec::new(),
    }
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
    if matches!(freeze, Freeze::Guardian(_))
        && let Some(effect) = quorum::wait(work, asker, account, Loosening::Unfreeze)?
    {
        return Ok(effect);
    }
    work.known_mut(&account)?.freezes.retain(|set| *set != freeze);
    Ok(told(work, asker, account))
}

/// A guardian's freeze is lifted, as both agreed.
pub(super) fn lift(work: &mut Work<'_>, by: AccountId, ward: AccountId) -> Result<(), Refusal> {
    let freeze = Freeze::Guardian(by);
    if !work.known(&ward)?.freezes.contains(&freeze) {
        return Err(already("unfreeze"));
    }
    work.known_mut(&ward)?.freezes.retain(|set| *set != freeze);
    Ok(())
}
