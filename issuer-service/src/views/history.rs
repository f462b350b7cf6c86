//! One entry of an account's history.

use scoin_api::{EntryBody, OutcomeBody, Status};
use scoin_core::AccountId;
use scoin_core::command::{Action, AskAnswer, Command, Proposal};
use scoin_core::envelope::{Signed, SignedCommand};
use scoin_core::outcome::{Effect, Outcome};
use scoin_core::request::PaymentRequest;
use scoin_ledger::{EventKind, Frame, FrameEntry, Source};

use crate::history::{Touch, What};

/// A touch of an account as it sees it; `None` if the frame has no such entry.
pub(crate) fn entry(account: AccountId, touch: &Touch, frame: &Frame) -> Option<EntryBody> {
    let found = frame.entries.get(usize::try_from(touch.index).ok()?)?;
    let mut body = EntryBody {
        frame: touch.frame,
        index: touch.index,
        time: frame.head.time.into(),
        action: "tick".to_owned(),
        command: None,
        by: None,
        other: touch.with.map(|other| other.to_string()),
        reference: None,
        status: Status::Accepted,
        amount: touch.amount,
        change: change(touch),
        outcome: None,
        missed: None,
        kinds: Vec::new(),
    };
    match &found.source {
        Source::Tick => fill_tick(&mut body, account, touch, found),
        Source::Genesis(_) => "genesis".clone_into(&mut body.action),
        Source::Signed(bytes) => {
            let signed = SignedCommand::decode(&bytes.0).ok()?;
            fill(&mut body, account, signed.message(), found);
        }
    }
    if touch.what == What::Ledger(EventKind::OfAge) {
        "of-age".clone_into(&mut body.action);
    }
    Some(body)
}

/// A tick that moved money or was refused was a turn of an allowance: its giver is who asked for it, long ago. Why it
/// was missed is told to both, what the giver has is not.
fn fill_tick(body: &mut EntryBody, account: AccountId, touch: &Touch, found: &FrameEntry) {
    let outcome = Outcome::from_bytes(&found.outcome.0);
    let gives = matches!(touch.what, What::Ledger(EventKind::Sent | EventKind::Unpaid));
    match outcome {
        Ok(Outcome::Accepted(Effect::Moved { .. })) => {}
        Ok(Outcome::Refused(refusal)) => {
            body.status = Status::Refused;
            body.missed = Some(refusal.name().to_owned());
        }
        Ok(Outcome::Accepted(_)) | Err(_) => return,
    }
    "allowance".clone_into(&mut body.action);
    body.by = if gives { Some(account.to_string()) } else { body.other.clone() };
}

fn fill(body: &mut EntryBody, account: AccountId, command: &Command, found: &FrameEntry) {
    action_name(&command.action).clone_into(&mut body.action);
    body.command = Some(command.id.to_hex());
    body.by = Some(command.by.to_string());
    body.reference = reference(&command.action);
    if command.by != account {
        return;
    }
    if let Ok(outcome) = Outcome::from_bytes(&found.outcome.0) {
        let outcome = OutcomeBody::of(&outcome);
        body.status = outcome.status();
        body.outcome = Some(outcome);
    }
}

/// What it did to the account's money: positive in, negative out.
fn change(touch: &Touch) -> i64 {
    let amount = i64::try_from(touch.amount).unwrap_or(i64::MAX);
    match touch.what {
        What::Ledger(EventKind::Received | EventKind::Refunded) => amount,
        What::Ledger(EventKind::Sent | EventKind::Lost) => amount.saturating_neg(),
        What::Asked
        | What::Ledger(
            EventKind::Changed
            | EventKind::Held
            | EventKind::Released
            | EventKind::Unpaid
            | EventKind::Missed
            | EventKind::OfAge,
        ) => 0,
    }
}

fn reference(action: &Action) -> Option<String> {
    if let Action::Pay(payment) | Action::Authorise(payment) = action {
        let request = Signed::<PaymentRequest>::decode(&payment.request).ok()?;
        return request.message().reference.clone();
    }
    if let Action::Ask { reason: words, .. }
    | Action::AnswerAsk { answer: AskAnswer::No { note: words }, .. } = action
    {
        return words.clone();
    }
    if let Action::Propose { proposal } = action
        && let Proposal::Mint { reason, .. } | Proposal::Burn { reason, .. } = proposal
    {
        return Some(reason.clone());
    }
    None
}

/// The name of an action, as `docs/wire.md` has it.
fn action_name(action: &Action) -> &'static str {
    match action {
        Action::OpenAccount { .. } => "open-account",
        Action::AddKey { .. } => "add-key",
        Action::RevokeKey { .. } => "revoke-key",
        Action::RotateKey { .. } => "rotate-key",
        Action::Attest { .. } => "attest",
        Action::AskGuardian { .. } => "ask-guardian",
        Action::AcceptWard { .. } => "accept-ward",
        Action::EndGuardian { .. } => "end-guardian",
        Action::PublishRules { .. } => "publish-rules",
        Action::AdoptPolicy { .. } => "adopt-policy",
        Action::PutList { .. } => "put-list",
        Action::PutCalendar { .. } => "put-calendar",
        Action::RegisterMerchant { .. } => "register-merchant",
        Action::SuspendMerchant { .. } => "suspend-merchant",
        Action::Propose { .. } => "propose",
        Action::Approve { .. } => "approve",
        Action::Decline { .. } => "decline",
        Action::FundPool { .. } => "fund-pool",
        Action::Earn { .. } => "earn",
        Action::Grant { .. } => "grant",
        Action::Transfer { .. } => "transfer",
        Action::Pay(_) => "pay",
        Action::Authorise(_) => "authorise",
        Action::Capture { .. } => "capture",
        Action::Void { .. } => "void",
        Action::Refund { .. } => "refund",
        Action::Redeem { .. } => "redeem",
        Action::SetGuard { .. } => "set-guard",
        Action::RemoveGuard { .. } => "remove-guard",
        Action::Freeze { .. } => "freeze",
        Action::Unfreeze { .. } => "unfreeze",
        Action::RetirePolicy { .. } => "retire-policy",
        Action::RetireName { .. } => "retire-name",
        Action::Migrate { .. } => "migrate",
        Action::AcceptMigration { .. } => "accept-migration",
        Action::DeclineMigration { .. } => "decline-migration",
        Action::SetSharedGuard { .. } => "set-shared-guard",
        Action::RemoveSharedGuard { .. } => "remove-shared-guard",
        Action::Ask { .. } => "ask",
        Action::AnswerAsk { .. } => "answer-ask",
        Action::SetQuorum { .. } => "set-quorum",
        Action::AgreeChange { .. } => "agree-change",
        Action::EndChange { .. } => "end-change",
        Action::ConfirmConsent { .. } => "confirm-consent",
        Action::ShareShops { .. } => "share-shops",
        Action::SetAllowance { .. } => "set-allowance",
        Action::ChangeAllowance { .. } => "change-allowance",
        Action::EndAllowance { .. } => "end-allowance",
    }
}
