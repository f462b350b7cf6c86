//! Who may give a ward coins (`docs/adr/0034`): each guardian's own list, and a giver must be on all of them.

use scoin_core::command::AccountKind;
use scoin_core::outcome::{Effect, Refusal};
use scoin_core::{AccountId, Amount};

use super::Asker;
use crate::batch::EventKind;
use crate::state::{Givers, Key, Record};
use crate::work::{Decision, Work};

/// A guardian sets or removes their own list.
pub(super) fn set(
    work: &mut Work<'_>,
    asker: &Asker<'_>,
    ward: AccountId,
    (only, givers): (bool, &[AccountId]),
) -> Decision {
    asker.acting(work, &[AccountKind::Person])?;
    // Who is no guardian does not learn whether there is such a ward.
    if !work.account(&ward).is_some_and(|ward| ward.guardians.contains(&asker.by)) {
        return Err(Refusal::NotAllowed);
    }
    let mut all = lists(work, &ward).to_vec();
    all.retain(|list| list.by != asker.by);
    if only {
        all.push(Givers { by: asker.by, givers: givers.to_vec() });
        all.sort_unstable_by_key(|list| list.by);
    }
    keep(work, ward, all);
    work.tell(ward, EventKind::Changed, Amount::ZERO, Some(asker.by));
    work.tell(asker.by, EventKind::Changed, Amount::ZERO, Some(ward));
    Ok(Effect::Done)
}

/// May this person give coins to that one?
pub(super) fn check(work: &Work<'_>, giver: &AccountId, to: &AccountId) -> Result<(), Refusal> {
    let lists = lists(work, to);
    let is_guardian = || work.account(to).is_some_and(|account| account.guardians.contains(giver));
    let is_on = |list: &Givers| list.givers.binary_search(giver).is_ok();
    if giver == to || lists.iter().all(is_on) || is_guardian() {
        Ok(())
    } else {
        Err(Refusal::NotAGiver)
    }
}

/// A guardianship ended: its list ends with it.
pub(super) fn forget(work: &mut Work<'_>, ward: AccountId, guardian: AccountId) {
    let mut all = lists(work, &ward).to_vec();
    let before = all.len();
    all.retain(|list| list.by != guardian);
    if all.len() != before {
        keep(work, ward, all);
    }
}

fn lists<'w>(work: &'w Work<'_>, ward: &AccountId) -> &'w [Givers] {
    match work.get(&Key::Givers(*ward)) {
        Some(Record::Givers(lists)) => lists,
        _ => &[],
    }
}

fn keep(work: &mut Work<'_>, ward: AccountId, all: Vec<Givers>) {
    if all.is_empty() {
        work.remove(Key::Givers(ward));
    } else {
        work.put(Key::Givers(ward), Record::Givers(all));
    }
}
