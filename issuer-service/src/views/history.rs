//! One entry of an account's history.

use scoin_api::{EntryBody, ItemBody, OutcomeBody, Status};
use scoin_core::command::{Action, AskAnswer, Command, Proposal};
use scoin_core::envelope::{Signed, SignedCommand};
use scoin_core::outcome::{Effect, Outcome};
use scoin_core::request::{Item, PaymentRequest};
use scoin_core::{AccountId, CommandId};
use scoin_ledger::{EventKind, Frame, FrameEntry, Source};

use crate::history::{Touch, What};

/// A touch of an account as it sees it; `None` if the frame has no such entry. `is_shop`: it takes payments.
pub(crate) fn entry(
    (account, is_shop): (AccountId, bool),
    touch: &Touch,
    frame: &Frame,
) -> Option<EntryBody> {
    let found = frame.entries.get(usize::try_from(touch.index).ok()?)?;
    let mut body = EntryBody {
        frame: touch.frame,
        index: touch.index,
        time: frame.head.time.into(),
        action: "tick".to_owned(),
        command: None,
        by: None,
        other: touch.with.map(|other| other.to_string()),
        about: None,
        reference: None,
        items: Vec::new(),
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
    if is_shop {
        hide_payer(&mut body, account);
        body.items = items(found);
    }
    Some(body)
}

/// What a payment was for, as the shop's own request says.
fn items(found: &FrameEntry) -> Vec<ItemBody> {
    let Source::Signed(bytes) = &found.source else { return Vec::new() };
    let Ok(signed) = SignedCommand::decode(&bytes.0) else { return Vec::new() };
    let Action::Pay(payment) = &signed.message().action else { return Vec::new() };
    let Ok(request) = Signed::<PaymentRequest>::decode(&payment.request) else { return Vec::new() };
    let item = |item: &Item| ItemBody {
        code: item.code.clone(),
        amount: item.amount.units(),
        tags: item.tags.clone(),
    };
    request.message().items.iter().map(item).collect()
}

/// A shop is not told who paid: the id of a payment is all it needs to give it back.
fn hide_payer(body: &mut EntryBody, account: AccountId) {
    if ["pay", "authorise", "capture", "void", "refund", "tick"].contains(&body.action.as_str()) {
        let own = account.to_string();
        body.other = None;
        body.by = body.by.take().filter(|by| *by == own);
    }
}

/// A tick that moved money or was refused was a turn of an allowance or a payout of a chore: its giver is who asked for it,
/// long ago. Why it was missed is told to both, what the giver has is not.
fn fill_tick(body: &mut EntryBody, account: AccountId, touch: &Touch, found: &FrameEntry) {
    use EventKind::{ChoreEarned, ChoreMissed, ChorePaid, ChoreUnpaid, Sent, Unpaid};
    let outcome = Outcome::from_bytes(&found.outcome.0);
    let What::Ledger(kind) = touch.what else { return };
    let gives = matches!(kind, Sent | Unpaid | ChorePaid | ChoreUnpaid);
    let is_chore = matches!(kind, ChorePaid | ChoreUnpaid | ChoreEarned | ChoreMissed);
    match outcome {
        Ok(Outcome::Accepted(Effect::Moved { .. })) => {}
        Ok(Outcome::Refused(refusal)) => {
            body.status = Status::Refused;
            body.missed = Some(refusal.name().to_owned());
        }
        Ok(Outcome::Accepted(_)) if is_recovery(touch) => {
            "recover".clone_into(&mut body.action);
            return;
        }
        Ok(Outcome::Accepted(_)) | Err(_) => return,
    }
    let action = if is_chore { "chore" } else { "allowance" };
    action.clone_into(&mut body.action);
    body.by = if gives { Some(account.to_string()) } else { body.other.clone() };
}

/// What a tick changes of an account alone is a recovery that is over.
fn is_recovery(touch: &Touch) -> bool {
    touch.what == What::Ledger(EventKind::Changed) && touch.with.is_none()
}

fn fill(body: &mut EntryBody, account: AccountId, command: &Command, found: &FrameEntry) {
    action_name(&command.action).clone_into(&mut body.action);
    body.command = Some(command.id.to_hex());
    body.by = Some(command.by.to_string());
    body.about = about(&command.action).map(CommandId::to_hex);
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
        What::Ledger(EventKind::Received | EventKind::Refunded | EventKind::ChoreEarned) => amount,
        What::Ledger(EventKind::Sent | EventKind::Lost | EventKind::ChorePaid) => {
            amount.saturating_neg()
        }
        What::Asked
        | What::Ledger(
            EventKind::Changed
            | EventKind::Held
            | EventKind::Released
            | EventKind::Unpaid
            | EventKind::Missed
            | EventKind::OfAge
            | EventKind::ChoreUnpaid
            | EventKind::ChoreMissed,
        ) => 0,
    }
}

/// The payment or hold an action is about.
fn about(action: &Action) -> Option<CommandId> {
    if let Action::Refund { payment: id, .. }
    | Action::Capture { hold: id, .. }
    | Action::Void { hold: id } = action
    {
        return Some(*id);
    }
    None
}

fn reference(action: &Action) -> Option<String> {
    if let Action::Pay(payment) | Action::Authorise(payment) = action {
        let request = Signed::<PaymentRequest>::decode(&payment.request).ok()?;
        return request.message().reference.clone();
    }
    if let Action::Ask { reason: words, .. }
    | Action::Refund { reason: words, .. }
    | Action::AnswerChore { note: words, .. }
    | Action::AnswerAsk { answer: AskAnswer::No { note: words }, .. } = action
    {
        return words.clone();
    }
    if let Action::SetChore { terms, .. } = action {
        return Some(terms.text.clone());
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
        Action::SetCap { .. } => "set-cap",
        Action::NameKey { .. } => "name-key",
        Action::UnlockKey { .. } => "unlock-key",
        Action::SetRecoveryKey { .. } => "set-recovery-key",
        Action::Recover { .. } => "recover",
        Action::CancelRecovery => "cancel-recovery",
        Action::CloseDay { .. } => "close-day",
        Action::SetTill { .. } => "set-till",
        Action::SetChore { .. } => "set-chore",
        Action::MarkChore { .. } => "mark-chore",
        Action::AnswerChore { .. } => "answer-chore",
        Action::EndChore { .. } => "end-chore",
        Action::SetGivers { .. } => "set-givers",
    }
}
