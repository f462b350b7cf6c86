//! A refusal that no rule made: its entry of the denial catalogue, or a sentence that says what to do.

use scoin_core::Amount;
use scoin_core::outcome::Refusal;
use scoin_policy::explain::message::Value;
use scoin_policy::explain::{View, in_words, money, paragraph};

/// Of what kind a text is that fills a message.
enum Filled {
    Nothing,
    Money(&'static str, Amount),
    Text(&'static str, String),
}

/// The code of the denial catalogue, for refusals it has.
pub(super) const fn code(refusal: &Refusal) -> Option<&'static str> {
    match refusal {
        Refusal::Frozen { by: 1 } => Some("frozen_self"),
        Refusal::Frozen { by: 2 } => Some("frozen_guardian"),
        Refusal::Frozen { .. } => Some("frozen_city"),
        Refusal::MerchantClosed => Some("shop_closed"),
        Refusal::RequestNotGenuine => Some("code_not_genuine"),
        Refusal::RequestExpired => Some("code_expired"),
        Refusal::RequestPaid { .. } => Some("code_used"),
        Refusal::NotGivable { .. } => Some("no_transfer"),
        Refusal::NotEnough { .. } => Some("not_enough"),
        Refusal::PoolEmpty { .. } => Some("budget_gone"),
        Refusal::WrongNetwork
        | Refusal::UnknownAccount
        | Refusal::UnknownKey
        | Refusal::IdConflict
        | Refusal::Expired
        | Refusal::TooFarAhead
        | Refusal::OutOfRange { .. }
        | Refusal::ZeroAmount
        | Refusal::NotAllowed
        | Refusal::KeyCap { .. }
        | Refusal::PolicyRetired
        | Refusal::GuardOnly
        | Refusal::NotFound { .. }
        | Refusal::AlreadyDone { .. }
        | Refusal::RulesRejected { .. }
        | Refusal::DigestMismatch
        | Refusal::ProposalClosed
        | Refusal::HoldClosed
        | Refusal::MoreThanLeft { .. }
        | Refusal::Rules(_)
        | Refusal::NothingEarned
        | Refusal::TooManyLots
        | Refusal::Overflow
        | Refusal::AskNeedless
        | Refusal::AskClosed
        | Refusal::TooManyAsks { .. }
        | Refusal::OfAge
        | Refusal::ConsentRequired
        | Refusal::ConsentUnconfirmed
        | Refusal::SequenceUsed { .. }
        | Refusal::KeyLocked
        | Refusal::RecoveryRunning { .. }
        | Refusal::RefundLate
        | Refusal::DayClosed
        | Refusal::NotAGiver => None,
    }
}

/// One paragraph for the holder.
pub(super) fn sentence(refusal: &Refusal, view: &View<'_>) -> String {
    match code(refusal) {
        Some(code) => denial(code, refusal, view),
        None => of_ledger(refusal, view),
    }
}

fn denial(code: &str, refusal: &Refusal, view: &View<'_>) -> String {
    let have = if let Refusal::NotEnough { have } | Refusal::PoolEmpty { have } = refusal {
        Some(*have)
    } else {
        None
    };
    let told = have.map(|have| money(have.units(), view)).unwrap_or_default();
    let short = view.amount.zip(have).map(|(asked, have)| asked.saturating_sub(have.units()));
    let short = short.map(|short| money(short, view));
    let mut args = vec![("have", Value::from(&told))];
    args.extend(short.iter().map(|short| ("short", Value::from(short))));
    let (title, body) = in_words(code, &args, view);
    let text = paragraph(&title, &body, view);
    if let Refusal::NotGivable { givable } = refusal
        && !givable.is_zero()
    {
        let givable = money(givable.units(), view);
        let more = view.words.say("refusal.givable", &[("givable", (&givable).into())]);
        return format!("{text} {more}");
    }
    text
}

fn of_ledger(refusal: &Refusal, view: &View<'_>) -> String {
    let (key, filled) = row(refusal);
    let (name, text) = match filled {
        Filled::Nothing => ("", String::new()),
        Filled::Money(name, amount) => (name, money(amount.units(), view)),
        Filled::Text("what", word) => {
            ("what", view.words.find(&format!("thing.{word}"), &[]).unwrap_or(word))
        }
        Filled::Text(name, text) => (name, text),
    };
    let mut args = vec![(name, Value::from(&text))];
    if let Refusal::RulesRejected { code, .. } = refusal {
        args.push(("code", code.into()));
    }
    view.words.say(&format!("refusal.{key}"), &args)
}

fn row(refusal: &Refusal) -> (&'static str, Filled) {
    let key = match refusal {
        Refusal::OutOfRange { field } => {
            return ("out_of_range", Filled::Text("field", field.clone()));
        }
        Refusal::KeyCap { left } => return ("key_cap", Filled::Money("left", *left)),
        Refusal::NotFound { what } => return ("not_found", Filled::Text("what", what.clone())),
        Refusal::RulesRejected { message, .. } => {
            return ("rules_rejected", Filled::Text("message", message.clone()));
        }
        Refusal::MoreThanLeft { left } => return ("more_than_left", Filled::Money("left", *left)),
        Refusal::WrongNetwork => "wrong_network",
        Refusal::UnknownAccount => "unknown_account",
        Refusal::UnknownKey => "unknown_key",
        Refusal::IdConflict => "id_conflict",
        Refusal::Expired => "expired",
        Refusal::TooFarAhead => "too_far_ahead",
        Refusal::ZeroAmount => "zero_amount",
        Refusal::PolicyRetired => "policy_retired",
        Refusal::GuardOnly => "guard_only",
        Refusal::AlreadyDone { .. } => "already_done",
        Refusal::DigestMismatch => "digest_mismatch",
        Refusal::ProposalClosed => "proposal_closed",
        Refusal::HoldClosed => "hold_closed",
        Refusal::NothingEarned => "nothing_earned",
        Refusal::TooManyLots => "too_many_lots",
        Refusal::Overflow => "overflow",
        Refusal::AskNeedless => "ask_needless",
        Refusal::AskClosed => "ask_closed",
        Refusal::TooManyAsks { .. } => "too_many_asks",
        Refusal::OfAge => "of_age",
        Refusal::ConsentRequired => "consent_required",
        Refusal::ConsentUnconfirmed => "consent_unconfirmed",
        Refusal::SequenceUsed { .. } => "sequence_used",
        Refusal::KeyLocked => "key_locked",
        Refusal::RecoveryRunning { .. } => "recovery_running",
        Refusal::RefundLate => "refund_late",
        Refusal::DayClosed => "day_closed",
        Refusal::NotAGiver => "not_a_giver",
        Refusal::NotAllowed
        | Refusal::Frozen { .. }
        | Refusal::MerchantClosed
        | Refusal::RequestNotGenuine
        | Refusal::RequestExpired
        | Refusal::RequestPaid { .. }
        | Refusal::NotGivable { .. }
        | Refusal::NotEnough { .. }
        | Refusal::PoolEmpty { .. } => "not_allowed",
        Refusal::Rules(_) => "rules",
    };
    (key, Filled::Nothing)
}
