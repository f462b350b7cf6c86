//! May coins move to another version without asking their holder? Proved once for each pair and remembered in the books.

use scoin_core::PolicyId;
use scoin_policy::analyse::looser::{Proof, looser};

use crate::state::{Key, PolicyEntry, Record};
use crate::work::Work;

/// True if whatever `old` lets pass is proved to pass under `new`, for every payment, day and state of the counters.
/// Pure and bounded, so every replay finds the same; what cannot be proved in bounded steps is not proved.
pub(crate) fn is_looser(work: &mut Work<'_>, old: &PolicyEntry, new: &PolicyEntry) -> bool {
    let key = Key::Proof(old.id(), new.id());
    if let Some(Record::Proof(known)) = work.get(&key) {
        return *known;
    }
    let proved = matches!(looser(old.rule().policy(), new.rule().policy()), Proof::Yes);
    work.put(key, Record::Proof(proved));
    proved
}

/// Versions of one rule: the same name, so that their counters are the same, read in the same zone.
pub(crate) fn are_versions(old: &PolicyEntry, new: &PolicyEntry) -> bool {
    let same = |of: fn(&PolicyEntry) -> &str| of(old) == of(new);
    same(|entry| entry.rule().name()) && same(|entry| entry.rule().zone())
}

/// Is a policy out of force for somebody who would give coins or set a guard under it?
///
/// It is when the city retired it, when they retired their own adoption, or when its name was retired and neither the
/// city nor they have published or adopted it since. A policy nobody knows is not retired.
pub fn is_retired<'s>(
    get: impl Fn(&Key) -> Option<&'s Record>,
    policy: PolicyId,
    by: &scoin_core::AccountId,
) -> bool {
    use crate::state::Status;
    let Some(Record::Policy(entry)) = get(&Key::Policy(policy)) else { return false };
    let name = entry.rule().name();
    let version = |key: &Key| match get(key) {
        Some(Record::Version(version)) => Some((version.status, version.at)),
        _ => None,
    };
    let city = version(&Key::version(name, policy));
    let own = version(&Key::Version(name.to_owned(), policy, *by));
    let both = [city, own];
    let retired = |(status, _): &(Status, _)| matches!(status, Status::Retired(_));
    if both.iter().flatten().any(retired) {
        return true;
    }
    match get(&Key::Retired(name.to_owned())) {
        Some(Record::Retired(name)) => !both.iter().flatten().any(|(_, at)| *at > name.at),
        _ => false,
    }
}
