//! Coming of age: from an attested day on a person decides alone (`docs/adr/0028`).
//!
//! The tick ends the guardianships at the first instant of that day. Whatever is decided at or after that instant is
//! decided without them, even if the tick is late.

use scoin_core::command::Action;
use scoin_core::outcome::{Effect, Outcome, Refusal};
use scoin_core::{AccountId, Amount};

use super::guardian;
use crate::age::{day_begins, is_of_age};
use crate::batch::EventKind;
use crate::state::{Due, Key, Record};
use crate::work::Work;

/// Is this account's owner of age now?
pub(super) fn has_come(work: &Work<'_>, account: &AccountId) -> bool {
    work.account(account).is_some_and(|account| is_of_age(&work.city(), account, work.now()))
}

/// Before a command is decided: whoever it speaks of and is of age has no guardians.
pub(crate) fn settle_for(
    work: &mut Work<'_>,
    by: AccountId,
    action: &Action,
) -> Result<(), Refusal> {
    settle(work, by)?;
    named(work, action).map_or(Ok(()), |account| settle(work, account))
}

/// The account whose guardians a command may depend on, besides that of the asker.
fn named(work: &Work<'_>, action: &Action) -> Option<AccountId> {
    if let Action::AcceptWard { ward: account, .. }
    | Action::EndGuardian { ward: account, .. }
    | Action::SetGuard { account, .. }
    | Action::RemoveGuard { account, .. }
    | Action::Freeze { account }
    | Action::Unfreeze { account }
    | Action::AnswerAsk { ward: account, .. }
    | Action::SetQuorum { ward: account, .. }
    | Action::AgreeChange { ward: account, .. }
    | Action::EndChange { ward: account, .. }
    | Action::Migrate { owner: account, .. }
    | Action::AcceptMigration { owner: account, .. }
    | Action::DeclineMigration { owner: account, .. }
    | Action::Grant { to: account, .. }
    | Action::Transfer { to: account, .. }
    | Action::SetAllowance { to: account, .. } = action
    {
        return Some(*account);
    }
    let Action::EndAllowance { giver, allowance } = action else { return None };
    let Some(Record::Allowances(given)) = work.get(&Key::Allowances(*giver)) else { return None };
    given.iter().find(|one| one.id == *allowance).map(|one| one.to)
}

/// If a person is of age and still has guardians, it has none any more, and they are told.
pub(super) fn settle(work: &mut Work<'_>, ward: AccountId) -> Result<(), Refusal> {
    let Some(account) = work.account(&ward) else { return Ok(()) };
    if account.guardians.is_empty() || !is_of_age(&work.city(), account, work.now()) {
        return Ok(());
    }
    for guardian in account.guardians.clone() {
        guardian::unlink(work, ward, guardian)?;
        work.tell(guardian, EventKind::OfAge, Amount::ZERO, Some(ward));
    }
    Ok(())
}

/// The day has come.
pub(super) fn come(work: &mut Work<'_>, ward: AccountId) -> Result<Outcome, Refusal> {
    // The day may have been moved since.
    if has_come(work, &ward) {
        settle(work, ward)?;
        work.tell(ward, EventKind::OfAge, Amount::ZERO, None);
    }
    Ok(Outcome::Accepted(Effect::Done))
}

/// An attestation names another day than the one before, or none. The subject's account has it already.
pub(super) fn reschedule(
    work: &mut Work<'_>,
    subject: AccountId,
    before: Option<i32>,
    after: Option<i32>,
) -> Result<(), Refusal> {
    if before == after {
        return Ok(());
    }
    let (city, due) = (work.city(), Due::OfAge(subject));
    if let Some(old) = before.map(|day| day_begins(&city, day))
        && work.get(&Key::Due(old, due)).is_some()
    {
        work.clear_due(old, due);
    }
    let Some(at) = after.map(|day| day_begins(&city, day)) else { return Ok(()) };
    if at > work.now() {
        work.set_due(at, due);
        return Ok(());
    }
    settle(work, subject)
}
