//! What a ward has asked, and what guardians let through.

use scoin_api::{
    AskAnswerBody, AskBody, Base64, ChangeBody, ConsentBody, ExceptionBody, GiversBody, QuorumBody,
};
use scoin_core::command::{AskAnswer, Quorum};
use scoin_core::{AccountId, PolicyId, Timestamp};
use scoin_ledger::state::{
    AskStanding, Asked, Consent, Excepted, Exception, Family, Givers, Loosening, Said, Waiting,
};
use scoin_ledger::{Key, Record, State, View};

/// The record of a ward's family, if there is one.
pub(super) fn family(state: &State, ward: AccountId) -> Option<&Family> {
    match state.get(&Key::Family(ward)) {
        Some(Record::Family(family)) => Some(family),
        _ => None,
    }
}

/// The asks that are not past their time, oldest first.
pub(super) fn asks(family: Option<&Family>, now: Timestamp) -> Vec<AskBody> {
    let all = family.map(|family| family.asks.as_slice()).unwrap_or_default();
    all.iter().filter(|ask| ask.until > now).map(ask).collect()
}

/// The exceptions in force.
pub(super) fn exceptions(family: Option<&Family>, now: Timestamp) -> Vec<ExceptionBody> {
    let all = family.map(|family| family.exceptions.as_slice()).unwrap_or_default();
    all.iter().filter(|exception| exception.until > now).map(exception).collect()
}

/// Who may give a ward coins, by guardian.
pub(super) fn givers(state: &State, ward: AccountId) -> Vec<GiversBody> {
    let body = |list: &Givers| GiversBody {
        by: list.by.to_string(),
        givers: list.givers.iter().map(AccountId::to_string).collect(),
    };
    match state.get(&Key::Givers(ward)) {
        Some(Record::Givers(lists)) => lists.iter().map(body).collect(),
        _ => Vec::new(),
    }
}

/// Which kinds of loosening need both guardians.
pub(super) fn quorum(family: Option<&Family>) -> QuorumBody {
    family.map_or_else(QuorumBody::default, |family| of_two(family.quorum))
}

/// The changes that wait for the other guardian, oldest first.
pub(super) fn changes(family: Option<&Family>, now: Timestamp) -> Vec<ChangeBody> {
    let all = family.map(|family| family.changes.as_slice()).unwrap_or_default();
    all.iter().filter(|change| change.until > now).map(change).collect()
}

/// Every consent that is kept.
pub(super) fn consents(family: Option<&Family>) -> Vec<ConsentBody> {
    let all = family.map(|family| family.consents.as_slice()).unwrap_or_default();
    all.iter().map(consent).collect()
}

fn of_two(quorum: Quorum) -> QuorumBody {
    let Quorum { guards, answers, unfreeze, ending } = quorum;
    QuorumBody { guards, answers, unfreeze, ending }
}

fn change(change: &Waiting) -> ChangeBody {
    let mut body = ChangeBody {
        id: change.id.to_hex(),
        digest: hex(change.digest),
        by: change.by.to_string(),
        until: change.until.into(),
        ..ChangeBody::default()
    };
    let what = match &change.what {
        Loosening::Guard(remove, set) => {
            body.remove = Some(remove.to_hex());
            body.set = set.map(PolicyId::to_hex);
            "remove-guard"
        }
        Loosening::Unfreeze => "unfreeze",
        Loosening::Ending => "end-guardian",
        Loosening::Quorum(quorum) => {
            body.quorum = Some(of_two(*quorum));
            "set-quorum"
        }
    };
    what.clone_into(&mut body.what);
    body
}

fn consent(consent: &Consent) -> ConsentBody {
    ConsentBody {
        guardian: consent.guardian.to_string(),
        at: consent.at.into(),
        command: consent.command.to_hex(),
        key: consent.key.to_hex(),
        way: consent.proof.way.name().to_owned(),
        evidence: hex(consent.proof.evidence),
        confirmed_by: consent.confirmed.map(|one| one.by.to_string()),
        confirmed: consent.confirmed.map(|one| one.command.to_hex()),
    }
}

fn ask(ask: &Asked) -> AskBody {
    let standing = match ask.standing {
        AskStanding::Open => "open",
        AskStanding::Answered => "answered",
        AskStanding::Declined => "declined",
        AskStanding::Paid => "paid",
    };
    AskBody {
        request: hex(ask.request),
        signed: Some(Base64(ask.signed.0.clone())).filter(|bytes| !bytes.0.is_empty()),
        shop: ask.shop.to_string(),
        amount: ask.amount.units(),
        reason: ask.reason.clone(),
        asked: ask.at.into(),
        until: ask.until.into(),
        standing: standing.to_owned(),
        answers: ask.answers.iter().map(said).collect(),
    }
}

fn said(said: &Said) -> AskAnswerBody {
    let (most, note) = match &said.answer {
        AskAnswer::Today { most } => (Some(most.units()), None),
        AskAnswer::No { note } => (None, note.clone()),
        AskAnswer::Once | AskAnswer::Changed { .. } => (None, None),
    };
    AskAnswerBody {
        by: said.by.to_string(),
        at: said.at.into(),
        answer: said.answer.name().to_owned(),
        most,
        note,
    }
}

fn exception(exception: &Exception) -> ExceptionBody {
    let mut body = ExceptionBody {
        by: exception.by.to_string(),
        until: exception.until.into(),
        ..ExceptionBody::default()
    };
    match exception.of {
        Excepted::Request(request) => body.request = Some(hex(request)),
        Excepted::Shop(shop, most, used) => {
            body.shop = Some(shop.to_string());
            body.left = Some(most.saturating_sub(used).units());
        }
    }
    body
}

/// 64 hex digits.
fn hex(digest: [u8; 32]) -> String {
    PolicyId(digest).to_hex()
}
