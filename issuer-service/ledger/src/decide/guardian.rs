//! Guardians: a ward asks, the guardian accepts, either the guardian or the city ends it.

use scoin_core::command::{AccountKind, ConsentProof, GUARDIANS_MAX};
use scoin_core::outcome::{Effect, Refusal};
use scoin_core::{AccountId, Amount};

use super::{Asker, age, ask, chore, consent, givers, insert_sorted, quorum, share};
use crate::batch::EventKind;
use crate::state::{Freeze, LINKS_MAX, Loosening};
use crate::work::{Decision, Work, already, not_found, out_of_range};

const PERSON: [AccountKind; 1] = [AccountKind::Person];

/// A ward names a guardian.
pub(super) fn name(work: &mut Work<'_>, asker: &Asker<'_>, guardian: AccountId) -> Decision {
    let ward = asker.acting(work, &PERSON)?;
    if guardian == asker.by {
        return Err(Refusal::NotAllowed);
    }
    if work.known(&guardian)?.kind != AccountKind::Person {
        return Err(not_found("account"));
    }
    if ward.guardians.contains(&guardian) || ward.asked.contains(&guardian) {
        return Err(already("guardian"));
    }
    // A circle of guardians would let nobody lift a freeze.
    if ward.wards.contains(&guardian) {
        return Err(Refusal::NotAllowed);
    }
    if age::has_come(work, &asker.by) {
        return Err(Refusal::OfAge);
    }
    if ward.guardians.len() >= GUARDIANS_MAX
        || ward.guardians.len().saturating_add(ward.asked.len()) >= LINKS_MAX
    {
        return Err(out_of_range("guardian"));
    }
    insert_sorted(&mut work.known_mut(&asker.by)?.asked, guardian);
    work.tell(asker.by, EventKind::Changed, Amount::ZERO, Some(guardian));
    work.tell(guardian, EventKind::Changed, Amount::ZERO, Some(asker.by));
    Ok(Effect::Done)
}

/// The guardian accepts.
pub(super) fn accept(
    work: &mut Work<'_>,
    asker: &Asker<'_>,
    ward: AccountId,
    proof: Option<ConsentProof>,
) -> Decision {
    let guardian = asker.acting(work, &PERSON)?;
    let child = work.known(&ward)?;
    if child.guardians.contains(&asker.by) {
        return Err(already("guardian"));
    }
    if !child.asked.contains(&asker.by) {
        return Err(Refusal::NotAllowed);
    }
    if guardian.guardians.contains(&ward) {
        return Err(Refusal::NotAllowed);
    }
    if age::has_come(work, &ward) {
        return Err(Refusal::OfAge);
    }
    let given = consent::check(work, asker.by, ward, proof)?;
    if guardian.wards.len() >= LINKS_MAX || child.guardians.len() >= GUARDIANS_MAX {
        return Err(out_of_range("ward"));
    }
    insert_sorted(&mut work.known_mut(&asker.by)?.wards, ward);
    let account = work.known_mut(&ward)?;
    account.asked.retain(|other| *other != asker.by);
    insert_sorted(&mut account.guardians, asker.by);
    consent::keep(work, asker, ward, given);
    work.tell(ward, EventKind::Changed, Amount::ZERO, Some(asker.by));
    work.tell(asker.by, EventKind::Changed, Amount::ZERO, Some(ward));
    Ok(Effect::Done)
}

/// Ends a guardianship: an officer at once, a guardian alone or with the other one.
pub(super) fn end(
    work: &mut Work<'_>,
    asker: &Asker<'_>,
    ward: AccountId,
    guardian: AccountId,
) -> Decision {
    let kinds = [AccountKind::Person, AccountKind::Officer];
    let acting = asker.acting(work, &kinds)?.kind;
    if acting != AccountKind::Officer && asker.by != guardian {
        return Err(Refusal::NotAllowed);
    }
    if !work.known(&ward)?.guardians.contains(&guardian) {
        return Err(not_found("account"));
    }
    if acting != AccountKind::Officer
        && let Some(effect) = quorum::wait(work, asker, ward, Loosening::Ending)?
    {
        return Ok(effect);
    }
    unlink(work, ward, guardian)?;
    work.tell(ward, EventKind::Changed, Amount::ZERO, Some(guardian));
    work.tell(guardian, EventKind::Changed, Amount::ZERO, Some(ward));
    Ok(Effect::Done)
}

/// The end of a guardianship. The guardian's guards, freeze and answers end with it; coins already given keep their rules.
pub(super) fn unlink(
    work: &mut Work<'_>,
    ward: AccountId,
    guardian: AccountId,
) -> Result<(), Refusal> {
    work.known_mut(&guardian)?.wards.retain(|other| *other != ward);
    let account = work.known_mut(&ward)?;
    account.guardians.retain(|other| *other != guardian);
    account.guards.retain(|guard| guard.by != guardian);
    account.freezes.retain(|freeze| *freeze != Freeze::Guardian(guardian));
    ask::forget(work, ward, guardian);
    chore::forget(work, ward, guardian);
    givers::forget(work, ward, guardian);
    share::forget(work, ward, guardian);
    Ok(())
}
