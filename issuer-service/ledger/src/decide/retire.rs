//! The end of a rule's life: no new coins and no new guards under it. Coins already given keep working.

use scoin_core::command::AccountKind;
use scoin_core::outcome::{Effect, Refusal};
use scoin_core::{AccountId, PolicyId};

use super::Asker;
use crate::looser::is_retired;
use crate::state::{Key, PolicyEntry, Record, RetiredName, Status, Version};
use crate::work::{Decision, Work, already, not_found};

/// Retires a policy: an officer what the city published, anybody what they adopted, for themselves.
pub(super) fn retire(work: &mut Work<'_>, asker: &Asker<'_>, policy: PolicyId) -> Decision {
    let kinds = [AccountKind::Person, AccountKind::Merchant, AccountKind::Officer];
    let is_officer = asker.acting(work, &kinds)?.kind == AccountKind::Officer;
    let entry = work.policy(&policy).ok_or_else(|| not_found("policy"))?;
    let name = entry.rule().name().to_owned();
    let key =
        if is_officer { Key::version(&name, policy) } else { Key::Version(name, policy, asker.by) };
    let mut version = match work.get(&key) {
        Some(Record::Version(version)) if version.city || !is_officer => version.as_ref().clone(),
        _ => return Err(Refusal::NotAllowed),
    };
    if version.status != Status::Active {
        return Err(already("policy"));
    }
    version.status = Status::Retired(work.now());
    work.put(key, Record::Version(Box::new(version)));
    Ok(Effect::Done)
}

/// Retires a name: every version and instance of it so far.
pub(super) fn retire_name(work: &mut Work<'_>, asker: &Asker<'_>, name: &str) -> Decision {
    asker.officer(work)?;
    if work.get(&Key::Name(name.to_owned())).is_none() {
        return Err(not_found("policy"));
    }
    if is_name_retired(work, name) {
        return Err(already("policy"));
    }
    let retired = RetiredName { by: asker.by, at: work.now(), again: None };
    work.put(Key::Retired(name.to_owned()), Record::Retired(retired));
    Ok(Effect::Done)
}

/// True while no more instances of a name may be adopted.
pub(super) fn is_name_retired(work: &Work<'_>, name: &str) -> bool {
    let found = work.get(&Key::Retired(name.to_owned()));
    matches!(found, Some(Record::Retired(RetiredName { again: None, .. })))
}

/// A name was published again: from now on it may be adopted.
pub(super) fn reopen(work: &mut Work<'_>, name: &str) {
    let key = Key::Retired(name.to_owned());
    if let Some(Record::Retired(retired)) = work.get(&key) {
        let again = RetiredName { again: Some(work.now()), ..*retired };
        work.put(key, Record::Retired(again));
    }
}

/// Write down that somebody published or adopted a policy, compiled from this text: it is in force for them, and for
/// the city unless officers retired it and the one who adopts is none.
pub(super) fn put_version(
    work: &mut Work<'_>,
    entry: &PolicyEntry,
    (by, doc): (AccountId, [u8; 32]),
) {
    let now = work.now();
    let city = work.account(&by).is_some_and(|account| account.kind == AccountKind::Officer);
    let fresh = Version { by, city, at: now, doc, status: Status::Active };
    let name = entry.rule().name();
    let key = Key::version(name, entry.id());
    let version = match work.get(&key) {
        Some(Record::Version(old)) => Version {
            by: if old.city || !city { old.by } else { by },
            city: old.city || city,
            status: if city { Status::Active } else { old.status },
            ..fresh
        },
        _ => fresh.clone(),
    };
    work.put(key, Record::Version(Box::new(version)));
    if !city {
        let key = Key::Version(name.to_owned(), entry.id(), by);
        work.put(key, Record::Version(Box::new(fresh)));
    }
}

/// May this asker put coins or guards under a policy? Yes if nobody knows it: that is another refusal.
pub(super) fn check_in_force(
    work: &Work<'_>,
    policy: PolicyId,
    by: &AccountId,
) -> Result<(), Refusal> {
    if is_retired(|key| work.get(key), policy, by) { Err(Refusal::PolicyRetired) } else { Ok(()) }
}

/// May coins be under a policy? Not if it counts by payer or household: only a guard may.
pub(super) fn check_layer(
    work: &Work<'_>,
    policy: PolicyId,
    by: &AccountId,
) -> Result<(), Refusal> {
    check_in_force(work, policy, by)?;
    match work.policy(&policy) {
        Some(entry) if entry.rule().policy().uses_owner_keys() => Err(Refusal::GuardOnly),
        _ => Ok(()),
    }
}
