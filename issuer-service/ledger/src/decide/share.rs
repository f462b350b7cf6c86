//! In which shops a ward pays is its own from an attested day on; it may share that (`docs/adr/0028`).

use scoin_core::command::AccountKind;
use scoin_core::outcome::Effect;
use scoin_core::{AccountId, Amount};

use super::{Asker, insert_sorted};
use crate::batch::EventKind;
use crate::state::{Key, Record};
use crate::work::{Decision, Work, already, not_found};

/// A ward lets a guardian see its shops, or ends that. Nobody does it for the ward.
pub(super) fn share(
    work: &mut Work<'_>,
    asker: &Asker<'_>,
    guardian: AccountId,
    shared: bool,
) -> Decision {
    let ward = asker.acting(work, &[AccountKind::Person])?;
    if !ward.guardians.contains(&guardian) {
        return Err(not_found("account"));
    }
    let mut with = shared_with(work, asker.by);
    if with.contains(&guardian) == shared {
        return Err(already("share"));
    }
    if shared {
        insert_sorted(&mut with, guardian);
    } else {
        with.retain(|other| *other != guardian);
    }
    keep(work, asker.by, with);
    work.tell(asker.by, EventKind::Changed, Amount::ZERO, Some(guardian));
    work.tell(guardian, EventKind::Changed, Amount::ZERO, Some(asker.by));
    Ok(Effect::Done)
}

/// Somebody is no guardian any more.
pub(super) fn forget(work: &mut Work<'_>, ward: AccountId, guardian: AccountId) {
    let mut with = shared_with(work, ward);
    if with.contains(&guardian) {
        with.retain(|other| *other != guardian);
        keep(work, ward, with);
    }
}

fn shared_with(work: &Work<'_>, ward: AccountId) -> Vec<AccountId> {
    match work.get(&Key::Shared(ward)) {
        Some(Record::Shared(with)) => with.clone(),
        _ => Vec::new(),
    }
}

fn keep(work: &mut Work<'_>, ward: AccountId, with: Vec<AccountId>) {
    if with.is_empty() {
        work.remove(Key::Shared(ward));
    } else {
        work.put(Key::Shared(ward), Record::Shared(with));
    }
}
