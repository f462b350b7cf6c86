//! Two guardians: which changes need both, and how the second one agrees (`docs/adr/0025`).
//!
//! Only what loosens may need both. What narrows is one guardian's own and is never here.

use scoin_core::command::{AccountKind, CHANGE_MICROS, Quorum};
use scoin_core::outcome::{Effect, Refusal};
use scoin_core::{AccountId, Amount, CommandId};

use super::{Asker, ask, guardian, protect};
use crate::batch::EventKind;
use crate::state::{CHANGES_MAX, Family, Key, Loosening, Record, Waiting};
use crate::work::{Decision, Work, already, not_found, out_of_range};

const PERSON: [AccountKind; 1] = [AccountKind::Person];

/// A guardian of the ward, or nobody.
pub(super) fn guardian_of(
    work: &Work<'_>,
    asker: &Asker<'_>,
    ward: &AccountId,
) -> Result<(), Refusal> {
    asker.acting(work, &PERSON)?;
    let guards = work.known(ward)?.guardians.contains(&asker.by);
    if guards { Ok(()) } else { Err(Refusal::NotAllowed) }
}

/// How many guardians a loosening needs now.
pub(super) fn needed(work: &Work<'_>, ward: &AccountId, what: Loosening) -> usize {
    let quorum = family(work, ward).quorum;
    let of_two = match what {
        Loosening::Guard(..) => quorum.guards,
        Loosening::Unfreeze => quorum.unfreeze,
        // Who stays decides alone from then on, so this is never easier than anything else.
        Loosening::Ending => {
            quorum.ending.max(quorum.guards).max(quorum.answers).max(quorum.unfreeze)
        }
        Loosening::Quorum(_) => 2,
    };
    among(work, ward, of_two)
}

/// How many guardians have to let a payment through.
pub(super) fn answers_needed(work: &Work<'_>, ward: &AccountId) -> usize {
    among(work, ward, family(work, ward).quorum.answers)
}

fn among(work: &Work<'_>, ward: &AccountId, of_two: u8) -> usize {
    let guardians = work.account(ward).map_or(0, |account| account.guardians.len());
    usize::from(of_two).min(guardians)
}

/// A loosening that one guardian asks for: if it needs the other one too, it waits and the effect says so; else nothing
/// happens here and it may be carried out.
pub(super) fn wait(
    work: &mut Work<'_>,
    asker: &Asker<'_>,
    ward: AccountId,
    what: Loosening,
) -> Result<Option<Effect>, Refusal> {
    if needed(work, &ward, what) < 2 {
        return Ok(None);
    }
    let (now, mut family) = (work.now(), family(work, &ward));
    family.prune(now);
    if family.changes.iter().any(|change| (change.by, change.what) == (asker.by, what)) {
        return Err(already("change"));
    }
    if family.changes.len() >= CHANGES_MAX {
        return Err(out_of_range("change"));
    }
    if family.changes.iter().any(|change| change.id == asker.id) {
        return Err(Refusal::IdConflict);
    }
    family.changes.push(Waiting {
        id: asker.id,
        digest: asker.digest,
        by: asker.by,
        what,
        until: now.saturating_add_micros(CHANGE_MICROS),
    });
    ask::keep(work, ward, family);
    tell_all(work, ward, asker.by);
    Ok(Some(Effect::Pending { missing: 1 }))
}

/// A guardian says which kinds of loosening need both. Stronger is one guardian's own, weaker needs both.
pub(super) fn set(
    work: &mut Work<'_>,
    asker: &Asker<'_>,
    ward: AccountId,
    quorum: Quorum,
) -> Decision {
    guardian_of(work, asker, &ward)?;
    let old = family(work, &ward).quorum;
    if quorum == old {
        return Err(already("quorum"));
    }
    let stronger = quorum.is_no_weaker_than(old);
    if !stronger && let Some(effect) = wait(work, asker, ward, Loosening::Quorum(quorum))? {
        return Ok(effect);
    }
    put(work, ward, quorum);
    tell_all(work, ward, asker.by);
    Ok(Effect::Done)
}

/// The other guardian agrees: the change is carried out.
pub(super) fn agree(
    work: &mut Work<'_>,
    asker: &Asker<'_>,
    (ward, id): (AccountId, CommandId),
    digest: &[u8; 32],
) -> Decision {
    guardian_of(work, asker, &ward)?;
    let change = find(work, &ward, id)?;
    if change.by == asker.by {
        return Err(already("change"));
    }
    if change.digest != *digest {
        return Err(Refusal::DigestMismatch);
    }
    close(work, ward, id);
    match change.what {
        Loosening::Guard(remove, set) => {
            protect::change_guard(work, change.by, ward, (Some(remove), set))?;
        }
        Loosening::Unfreeze => protect::lift(work, change.by, ward)?,
        Loosening::Ending => guardian::unlink(work, ward, change.by)?,
        Loosening::Quorum(quorum) => put(work, ward, quorum),
    }
    ask::review(work, ward)?;
    tell_all(work, ward, asker.by);
    if change.what == Loosening::Ending {
        work.tell(change.by, EventKind::Changed, Amount::ZERO, Some(ward));
    }
    Ok(Effect::Done)
}

/// Either guardian ends a change that waits.
pub(super) fn end(
    work: &mut Work<'_>,
    asker: &Asker<'_>,
    (ward, id): (AccountId, CommandId),
) -> Decision {
    guardian_of(work, asker, &ward)?;
    find(work, &ward, id)?;
    close(work, ward, id);
    tell_all(work, ward, asker.by);
    Ok(Effect::Done)
}

fn find(work: &Work<'_>, ward: &AccountId, id: CommandId) -> Result<Waiting, Refusal> {
    let family = family(work, ward);
    let waits = |change: &&Waiting| change.id == id && change.until > work.now();
    family.changes.iter().find(waits).cloned().ok_or_else(|| not_found("change"))
}

fn close(work: &mut Work<'_>, ward: AccountId, id: CommandId) {
    let mut family = family(work, &ward);
    family.changes.retain(|change| change.id != id);
    ask::keep(work, ward, family);
}

fn put(work: &mut Work<'_>, ward: AccountId, quorum: Quorum) {
    let mut family = family(work, &ward);
    family.quorum = quorum;
    ask::keep(work, ward, family);
}

fn family(work: &Work<'_>, ward: &AccountId) -> Family {
    match work.get(&Key::Family(*ward)) {
        Some(Record::Family(family)) => family.as_ref().clone(),
        _ => Family::default(),
    }
}

/// The ward and all guardians hear of it.
fn tell_all(work: &mut Work<'_>, ward: AccountId, by: AccountId) {
    let guardians = work.account(&ward).map(|ward| ward.guardians.clone()).unwrap_or_default();
    work.tell(ward, EventKind::Changed, Amount::ZERO, Some(by));
    for guardian in guardians {
        work.tell(guardian, EventKind::Changed, Amount::ZERO, Some(ward));
    }
}
