//! Ranges of a command's fields: what can be said of it without knowing the city.

use super::family::check_answer;
use super::{
    AccountKind, Action, Attributes, Checked, Command, MerchantProfile, Payment, Proposal,
};
use crate::amount::Amount;
use crate::outcome::Refusal;

/// Longest qualified name, tag or code, in bytes of UTF-8.
pub const NAME_BYTES_MAX: usize = 64;
/// Longest text for people (shop name, reason), in bytes of UTF-8.
pub const TEXT_BYTES_MAX: usize = 200;
/// Longest rule text, in bytes of UTF-8: what fits a message of 64 KiB.
pub const SOURCE_BYTES_MAX: usize = 60_000;
/// Longest argument of a policy, in bytes of UTF-8.
pub const ARGUMENT_BYTES_MAX: usize = 2_048;
/// Longest name of a device, in bytes of UTF-8.
pub const DEVICE_NAME_BYTES_MAX: usize = 40;
/// Most arguments of a policy.
pub const ARGUMENTS_MAX: usize = 32;
/// Most tags of a person or shop.
pub const TAGS_MAX: usize = 64;
/// Most members added to and removed from a list at once.
pub const LIST_CHANGES_MAX: usize = 500;
/// Most days of a calendar.
pub const CALENDAR_DAYS_MAX: usize = 4_000;
/// Most lots of a payment, as an account holds no more.
pub const LOTS_MAX: usize = 64;
/// Most lines of a payment request.
pub const LINES_MAX: usize = 200;
/// Largest payment request, in bytes.
pub const REQUEST_BYTES_MAX: usize = 32_768;
/// Most people on a guardian's list of who may give a ward coins.
pub const GIVERS_MAX: usize = 32;
/// Greatest reason code of a claw-back.
pub const REASON_MAX: u8 = 99;
/// Days on which something may begin for a person: of the years 1900 to 2199.
const DAYS: std::ops::Range<i32> = -25_567..84_006;

impl Command {
    /// Checks every field's range, then that no amount of money is zero.
    ///
    /// Answers [`Refusal::OutOfRange`] with the field's name in `docs/wire.md`, or [`Refusal::ZeroAmount`].
    pub fn check_shape(&self) -> Result<(), Refusal> {
        check_ranges(&self.action)
            .map_err(|field| Refusal::OutOfRange { field: field.to_owned() })?;
        match moved(&self.action) {
            Some(Amount::ZERO) => Err(Refusal::ZeroAmount),
            Some(_) | None => Ok(()),
        }
    }
}

/// The money a command asks to move. What a city service reports (`earn`) may be zero.
const fn moved(action: &Action) -> Option<Amount> {
    match action {
        Action::FundPool { amount, .. }
        | Action::Grant { amount, .. }
        | Action::Transfer { amount, .. }
        | Action::Capture { amount, .. }
        | Action::Refund { amount, .. }
        | Action::Redeem { amount }
        | Action::Propose {
            proposal:
                Proposal::Mint { amount, .. }
                | Proposal::Burn { amount, .. }
                | Proposal::ClawBack { amount, .. },
        } => Some(*amount),
        Action::SetAllowance { terms, .. } | Action::ChangeAllowance { terms, .. } => {
            Some(terms.amount)
        }
        Action::SetChore { terms, .. } => Some(terms.amount),
        Action::Propose { proposal: Proposal::Recover { .. } }
        | Action::OpenAccount { .. }
        | Action::AddKey { .. }
        | Action::RevokeKey { .. }
        | Action::RotateKey { .. }
        | Action::Attest { .. }
        | Action::AskGuardian { .. }
        | Action::AcceptWard { .. }
        | Action::EndGuardian { .. }
        | Action::PublishRules { .. }
        | Action::AdoptPolicy { .. }
        | Action::PutList { .. }
        | Action::PutCalendar { .. }
        | Action::RegisterMerchant { .. }
        | Action::SuspendMerchant { .. }
        | Action::Approve { .. }
        | Action::Decline { .. }
        | Action::Earn { .. }
        | Action::Pay(_)
        | Action::Authorise(_)
        | Action::Void { .. }
        | Action::SetGuard { .. }
        | Action::RemoveGuard { .. }
        | Action::Freeze { .. }
        | Action::Unfreeze { .. }
        | Action::RetirePolicy { .. }
        | Action::RetireName { .. }
        | Action::Migrate { .. }
        | Action::AcceptMigration { .. }
        | Action::DeclineMigration { .. }
        | Action::SetSharedGuard { .. }
        | Action::RemoveSharedGuard { .. }
        | Action::Ask { .. }
        | Action::AnswerAsk { .. }
        | Action::SetQuorum { .. }
        | Action::AgreeChange { .. }
        | Action::EndChange { .. }
        | Action::ConfirmConsent { .. }
        | Action::ShareShops { .. }
        | Action::EndAllowance { .. }
        | Action::SetCap { .. }
        | Action::NameKey { .. }
        | Action::UnlockKey { .. }
        | Action::SetRecoveryKey { .. }
        | Action::Recover { .. }
        | Action::CancelRecovery
        | Action::CloseDay { .. }
        | Action::SetTill { .. }
        | Action::MarkChore { .. }
        | Action::AnswerChore { .. }
        | Action::EndChore { .. }
        | Action::SetGivers { .. } => None,
    }
}

#[expect(clippy::too_many_lines, reason = "one arm for each action: there is nothing to split")]
fn check_ranges(action: &Action) -> Checked {
    if let Some(amount) = moved(action) {
        amount_at_most_max("amount", amount)?;
    }
    match action {
        Action::OpenAccount { kind } => ensure("kind", may_be_opened(*kind)),
        Action::AddKey { daily_cap, name, .. } => {
            cap("daily_cap", *daily_cap)?;
            optional_text("name", name.as_deref(), DEVICE_NAME_BYTES_MAX)
        }
        Action::SetCap { daily_cap, .. } => cap("daily_cap", *daily_cap),
        Action::NameKey { name, .. } => text("name", name, DEVICE_NAME_BYTES_MAX),
        Action::Attest { attributes, .. } => check_attributes(attributes),
        Action::PublishRules { source } => text("source", source, SOURCE_BYTES_MAX),
        Action::AdoptPolicy { name, arguments } => check_arguments(name, arguments),
        Action::PutList { name, add, remove, .. } => check_list(name, add, remove),
        Action::PutCalendar { name, days } => check_calendar(name, days),
        Action::RetireName { name } => text("name", name, NAME_BYTES_MAX),
        Action::Migrate { from, to, .. } => ensure("to", from != to),
        Action::RegisterMerchant { profile, .. } => check_profile(profile),
        Action::Propose { proposal } => check_proposal(proposal),
        Action::FundPool { pool, .. } => text("pool", pool, NAME_BYTES_MAX),
        Action::Earn { event, amount, role, .. } => {
            amount_at_most_max("amount", *amount)?;
            text("event", event, NAME_BYTES_MAX)?;
            optional_text("role", role.as_deref(), NAME_BYTES_MAX)
        }
        Action::Pay(payment) | Action::Authorise(payment) => check_payment(payment),
        Action::Refund { amount, lines, reason, .. } => {
            check_refund(*amount, lines)?;
            optional_text("reason", reason.as_deref(), TEXT_BYTES_MAX)
        }
        Action::Ask { request, reason } => {
            ensure("request", (1..=REQUEST_BYTES_MAX).contains(&request.len()))?;
            optional_text("reason", reason.as_deref(), TEXT_BYTES_MAX)
        }
        Action::AnswerAsk { answer, .. } => check_answer(answer),
        Action::SetQuorum { quorum, .. } => ensure("quorum", quorum.is_in_range()),
        Action::SetAllowance { terms, .. } | Action::ChangeAllowance { terms, .. } => terms.check(),
        Action::SetChore { terms, .. } => terms.check(),
        Action::SetGivers { only, givers, .. } => {
            let fits = givers.len() <= GIVERS_MAX && ascending(givers);
            ensure("givers", fits && (*only || givers.is_empty()))
        }
        Action::AnswerChore { note, .. } => optional_text("note", note.as_deref(), TEXT_BYTES_MAX),
        Action::RevokeKey { .. }
        | Action::RotateKey { .. }
        | Action::AskGuardian { .. }
        | Action::AcceptWard { .. }
        | Action::EndGuardian { .. }
        | Action::SuspendMerchant { .. }
        | Action::Approve { .. }
        | Action::Decline { .. }
        | Action::Grant { .. }
        | Action::Transfer { .. }
        | Action::Capture { .. }
        | Action::Void { .. }
        | Action::Redeem { .. }
        | Action::SetGuard { .. }
        | Action::RemoveGuard { .. }
        | Action::Freeze { .. }
        | Action::Unfreeze { .. }
        | Action::RetirePolicy { .. }
        | Action::AcceptMigration { .. }
        | Action::DeclineMigration { .. }
        | Action::SetSharedGuard { .. }
        | Action::RemoveSharedGuard { .. }
        | Action::AgreeChange { .. }
        | Action::EndChange { .. }
        | Action::ConfirmConsent { .. }
        | Action::ShareShops { .. }
        | Action::EndAllowance { .. }
        | Action::UnlockKey { .. }
        | Action::SetRecoveryKey { .. }
        | Action::Recover { .. }
        | Action::CancelRecovery
        | Action::CloseDay { .. }
        | Action::SetTill { .. }
        | Action::MarkChore { .. }
        | Action::EndChore { .. } => Ok(()),
    }
}

const fn may_be_opened(kind: AccountKind) -> bool {
    match kind {
        AccountKind::Person | AccountKind::Merchant | AccountKind::Service => true,
        AccountKind::Officer | AccountKind::Pool => false,
    }
}

fn check_attributes(attributes: &Attributes) -> Checked {
    ensure("age_until", attributes.age.is_some() == attributes.age_until.is_some())?;
    optional_text("district", attributes.district.as_deref(), NAME_BYTES_MAX)?;
    tags("groups", &attributes.groups)?;
    let may_begin = |day: Option<i32>| day.is_none_or(|day| DAYS.contains(&day));
    ensure("of_age_from", may_begin(attributes.of_age_from))?;
    ensure("private_from", may_begin(attributes.private_from))
}

fn check_profile(profile: &MerchantProfile) -> Checked {
    text("name", &profile.name, TEXT_BYTES_MAX)?;
    tags("categories", &profile.categories)?;
    optional_text("district", profile.district.as_deref(), NAME_BYTES_MAX)?;
    tags("groups", &profile.groups)?;
    ensure("mcc", profile.mcc.is_none_or(|code| code <= 9_999))
}

fn check_arguments(name: &str, arguments: &[(String, String)]) -> Checked {
    text("name", name, NAME_BYTES_MAX)?;
    ensure("arguments", arguments.len() <= ARGUMENTS_MAX)?;
    arguments.iter().try_for_each(|(name, value)| {
        text("arguments", name, NAME_BYTES_MAX)?;
        text("arguments", value, ARGUMENT_BYTES_MAX)
    })
}

fn check_list(name: &str, add: &[String], remove: &[String]) -> Checked {
    text("name", name, NAME_BYTES_MAX)?;
    for (field, members) in [("add", add), ("remove", remove)] {
        ensure(field, members.len() <= LIST_CHANGES_MAX)?;
        members.iter().try_for_each(|member| text(field, member, NAME_BYTES_MAX))?;
    }
    Ok(())
}

fn check_calendar(name: &str, days: &[i32]) -> Checked {
    text("name", name, NAME_BYTES_MAX)?;
    ensure("days", days.len() <= CALENDAR_DAYS_MAX && ascending(days))
}

fn check_proposal(proposal: &Proposal) -> Checked {
    match proposal {
        Proposal::Mint { reason, .. } | Proposal::Burn { reason, .. } => {
            text("reason", reason, TEXT_BYTES_MAX)
        }
        Proposal::ClawBack { reason, .. } => ensure("reason", (1..=REASON_MAX).contains(reason)),
        Proposal::Recover { .. } => Ok(()),
    }
}

fn check_payment(payment: &Payment) -> Checked {
    let length = payment.request.len();
    ensure("request", (1..=REQUEST_BYTES_MAX).contains(&length))?;
    let mut lots = payment.lots.clone();
    lots.sort_unstable();
    ensure("lots", lots.len() <= LOTS_MAX && ascending(&lots))
}

fn check_refund(amount: Amount, lines: &[(u32, Amount)]) -> Checked {
    let numbers: Vec<u32> = lines.iter().map(|(line, _)| *line).collect();
    let amounts = || lines.iter().map(|(_, amount)| *amount);
    let none_zero = amounts().all(|amount| !amount.is_zero());
    let adds_up = lines.is_empty() || Amount::checked_sum(amounts()) == Some(amount);
    ensure("lines", lines.len() <= LINES_MAX && ascending(&numbers) && none_zero && adds_up)
}

fn amount_at_most_max(field: &'static str, amount: Amount) -> Checked {
    ensure(field, amount <= Amount::MAX)
}

fn cap(field: &'static str, cap: Option<Amount>) -> Checked {
    cap.map_or(Ok(()), |cap| amount_at_most_max(field, cap))
}

fn text(field: &'static str, value: &str, bytes_max: usize) -> Checked {
    ensure(field, (1..=bytes_max).contains(&value.len()))
}

fn optional_text(field: &'static str, value: Option<&str>, bytes_max: usize) -> Checked {
    value.map_or(Ok(()), |value| text(field, value, bytes_max))
}

fn tags(field: &'static str, values: &[String]) -> Checked {
    ensure(field, values.len() <= TAGS_MAX && ascending(values))?;
    values.iter().try_for_each(|value| text(field, value, NAME_BYTES_MAX))
}

fn ascending<T: Ord>(values: &[T]) -> bool {
    values.is_sorted_by(|before, after| before < after)
}

pub(super) const fn ensure(field: &'static str, holds: bool) -> Checked {
    if holds { Ok(()) } else { Err(field) }
}
