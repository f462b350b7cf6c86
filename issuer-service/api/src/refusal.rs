//! Refusals of the ledger as they travel, and the HTTP status of each.

use scoin_core::outcome::{Refusal, RuleRefusal};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use scoin_policy::causes::{self, Cause, CauseKind, Whose};

use crate::encode::{Base64, Time, civil_text};
use crate::{TextsBody, texts};

/// A typed reason for no.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RefusalBody {
    /// Stable number, 2001 and up.
    pub code: u16,
    /// Stable name, kebab-case.
    pub name: String,
    /// One line, the same for every refusal of this code.
    pub title: String,
    /// The word that belongs to it: a field, a thing not found, a diagnostic code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub what: Option<String>,
    /// One line about this case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The amount that belongs to it: what is left, what there is, what may be given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<u64>,
    /// The command that paid the request before, 32 hex digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// Rules: what would pass right now, minor units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pass_now: Option<u64>,
    /// Rules: when the whole amount would first pass.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Time>,
    /// When a recovery that runs is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Time>,
    /// Rules: every failing clause, for reading.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub causes: Vec<CauseBody>,
    /// Rules: every failing clause, in the canonical encoding that `scoin_policy::causes` decodes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub causes_bytes: Option<Base64>,
}

/// One failing clause.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CauseBody {
    /// Which policy, 64 hex digits.
    pub policy: String,
    /// Its name, `family.snack`.
    pub rule: String,
    /// Whose rule: `city`, `guardian`, `granter` or `own`.
    pub whose: String,
    /// The clause's label.
    pub label: String,
    /// `require`, `forbid`, `covers`, `cap`, `gap`, `pays`, `starts`, `expires`, `split`.
    pub kind: String,
    /// A limit in minor units or a count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u64>,
    /// What of the limit is used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used: Option<u64>,
    /// What would pass this clause right now.
    pub pass_now: u64,
    /// Local date and minute when it would first pass, `2026-09-02T14:00`, in the policy's zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// Words of the rule's author.
    #[serde(default, skip_serializing_if = "TextsBody::is_empty")]
    pub because: TextsBody,
}

impl RefusalBody {
    /// The view of a refusal.
    pub fn of(refusal: &Refusal) -> Self {
        let row = row(refusal);
        let mut body = Self {
            code: refusal_code(refusal),
            name: row.name.to_owned(),
            title: row.title.to_owned(),
            ..Self::default()
        };
        body.fill(refusal);
        body
    }

    /// One line about this case.
    pub fn detail(&self) -> String {
        match (&self.message, &self.what, self.amount) {
            (Some(message), _, _) => message.clone(),
            (None, Some(what), _) => format!("{}: `{what}`", self.title),
            (None, None, Some(amount)) => format!("{}: {amount}", self.title),
            (None, None, None) => self.title.clone(),
        }
    }

    fn fill(&mut self, refusal: &Refusal) {
        match refusal {
            Refusal::OutOfRange { field } => self.what = Some(field.clone()),
            Refusal::Frozen { by } => self.what = Some(freezer(*by).to_owned()),
            Refusal::NotFound { what } | Refusal::AlreadyDone { what } => {
                self.what = Some(what.clone());
            }
            Refusal::RequestPaid { by } => self.by = Some(by.to_hex()),
            Refusal::RulesRejected { code, message } => {
                self.what = Some(code.clone());
                self.message = Some(message.clone());
            }
            Refusal::KeyCap { left } | Refusal::MoreThanLeft { left } => {
                self.amount = Some(left.units());
            }
            Refusal::NotGivable { givable } => self.amount = Some(givable.units()),
            Refusal::NotEnough { have } | Refusal::PoolEmpty { have } => {
                self.amount = Some(have.units());
            }
            Refusal::Rules(rules) => self.fill_rules(rules),
            Refusal::WrongNetwork
            | Refusal::UnknownAccount
            | Refusal::UnknownKey
            | Refusal::IdConflict
            | Refusal::Expired
            | Refusal::TooFarAhead
            | Refusal::ZeroAmount
            | Refusal::NotAllowed
            | Refusal::MerchantClosed
            | Refusal::PolicyRetired
            | Refusal::GuardOnly
            | Refusal::RequestNotGenuine
            | Refusal::RequestExpired
            | Refusal::DigestMismatch
            | Refusal::ProposalClosed
            | Refusal::HoldClosed
            | Refusal::NothingEarned
            | Refusal::TooManyLots
            | Refusal::Overflow
            | Refusal::AskNeedless
            | Refusal::AskClosed
            | Refusal::OfAge
            | Refusal::ConsentRequired
            | Refusal::ConsentUnconfirmed
            | Refusal::RefundLate
            | Refusal::DayClosed
            | Refusal::NotAGiver
            | Refusal::KeyLocked => {}
            Refusal::SequenceUsed { last } => self.what = Some(last.to_string()),
            Refusal::RecoveryRunning { due } => self.due = Some(Time(*due)),
            Refusal::TooManyAsks { most } => self.amount = Some(u64::from(*most)),
        }
    }

    fn fill_rules(&mut self, rules: &RuleRefusal) {
        self.pass_now = Some(rules.pass_now.units());
        self.next = rules.next.map(Time);
        self.causes = causes::decode(&rules.causes)
            .map(|causes| causes.iter().map(CauseBody::of).collect())
            .unwrap_or_default();
        self.causes_bytes = Some(Base64(rules.causes.clone()));
    }
}

impl CauseBody {
    /// The view of a cause. The sentences for the holder are made by the client, from the canonical causes.
    pub fn of(cause: &Cause) -> Self {
        Self {
            policy: scoin_core::PolicyId(cause.policy.0).to_hex(),
            rule: cause.rule.clone(),
            whose: whose(cause.whose).to_owned(),
            label: cause.label.clone(),
            kind: kind(cause.kind).to_owned(),
            limit: cause.limit.map(|limit| limit.limit),
            used: cause.limit.map(|limit| limit.used),
            pass_now: cause.pass_now,
            next: cause.next.map(civil_text),
            because: texts(&cause.because),
        }
    }
}

/// HTTP status of a refusal: always 4xx, since the service did its work.
pub fn status(refusal: &Refusal) -> u16 {
    row(refusal).status
}

/// HTTP status of a refusal read back from a body; 409 for a code this client does not know.
pub fn status_of_code(code: u16) -> u16 {
    match code {
        2002 | 2020 => 404,
        2003 | 2010 | 2011 | 2013 | 2031 | 2048 | 2049 | 2056 => 403,
        2001 | 2005..=2008 | 2022 | 2025 | 2036 => 422,
        _ => 409,
    }
}

/// What is the same for every refusal of one kind.
struct Row {
    name: &'static str,
    title: &'static str,
    status: u16,
}

/// Stable number of a refusal.
fn refusal_code(refusal: &Refusal) -> u16 {
    numbered(refusal).0
}

fn row(refusal: &Refusal) -> Row {
    let (code, name, title) = numbered(refusal);
    Row { name, title, status: status_of_code(code) }
}

fn numbered(refusal: &Refusal) -> (u16, &'static str, &'static str) {
    match refusal {
        Refusal::WrongNetwork => (2001, "wrong-network", "the command is for another city"),
        Refusal::UnknownAccount => (2002, "unknown-account", "the acting account does not exist"),
        Refusal::UnknownKey => (2003, "unknown-key", "the key is not a live key of the account"),
        Refusal::IdConflict => (2004, "id-conflict", "this id was used for another command"),
        Refusal::Expired => (2005, "expired", "the command is past its time"),
        Refusal::TooFarAhead => (2006, "too-far-ahead", "valid for more than seven days"),
        Refusal::OutOfRange { .. } => (2007, "out-of-range", "a field is out of its range"),
        Refusal::ZeroAmount => (2008, "zero-amount", "the amount is zero"),
        Refusal::NotAllowed => (2010, "not-allowed", "the account may not do this"),
        Refusal::Frozen { .. } => (2011, "frozen", "the account is frozen"),
        Refusal::MerchantClosed => (2012, "merchant-closed", "the shop is not open for payments"),
        Refusal::KeyCap { .. } => (2013, "key-cap", "this device's daily cap is reached"),
        Refusal::PolicyRetired => (2014, "policy-retired", "the policy is retired"),
        Refusal::GuardOnly => (2015, "guard-only", "only a guard may count so"),
        Refusal::NotFound { .. } => (2020, "no-such-thing", "something named does not exist"),
        Refusal::AlreadyDone { .. } => (2021, "already-done", "it was done already"),
        Refusal::RequestNotGenuine => (2022, "request-not-genuine", "not this shop's request"),
        Refusal::RequestExpired => (2023, "request-expired", "the request is past its time"),
        Refusal::RequestPaid { .. } => (2024, "request-paid", "the request was paid before"),
        Refusal::RulesRejected { .. } => (2025, "rules-rejected", "the rule text is not accepted"),
        Refusal::DigestMismatch => (2026, "digest-mismatch", "not the proposal that was approved"),
        Refusal::ProposalClosed => (2027, "proposal-closed", "the proposal is closed"),
        Refusal::HoldClosed => (2028, "hold-closed", "the hold is closed"),
        Refusal::MoreThanLeft { .. } => (2029, "more-than-left", "more than is left"),
        Refusal::NotGivable { .. } => (2030, "not-givable", "these coins cannot be given there"),
        Refusal::Rules(_) => (2031, "rules", "the rules of the coins say no"),
        Refusal::NotEnough { .. } => (2032, "not-enough", "not enough coins"),
        Refusal::PoolEmpty { .. } => (2033, "pool-empty", "the pool has not enough left"),
        Refusal::NothingEarned => (2034, "nothing-earned", "no programme rewards this"),
        Refusal::TooManyLots => (2035, "too-many-lots", "the account would hold too many lots"),
        Refusal::Overflow => (2036, "overflow", "the sum does not fit"),
        Refusal::AskNeedless => (2040, "ask-needless", "the payment passes as it is"),
        Refusal::AskClosed => (2041, "ask-closed", "the ask is answered already"),
        Refusal::TooManyAsks { .. } => (2042, "too-many-asks", "too many asks wait for an answer"),
        Refusal::OfAge => (2043, "of-age", "the person is of age and has no guardians"),
        Refusal::ConsentRequired => {
            (2044, "consent-required", "how the guardian consents is missing")
        }
        Refusal::ConsentUnconfirmed => {
            (2045, "consent-unconfirmed", "the city has not confirmed the guardian's consent")
        }
        Refusal::SequenceUsed { .. } => (2048, "sequence-used", "another copy of this device acts"),
        Refusal::KeyLocked => (2049, "key-locked", "this device is locked"),
        Refusal::RecoveryRunning { .. } => (2050, "recovery-running", "a recovery waits already"),
        Refusal::RefundLate => (2054, "refund-late", "the payment is too long ago"),
        Refusal::DayClosed => (2055, "day-closed", "this business day is closed already"),
        Refusal::NotAGiver => (2056, "not-a-giver", "only people of the family's list may give"),
    }
}

fn whose(whose: Whose) -> &'static str {
    match whose {
        Whose::City => "city",
        Whose::Guardian => "guardian",
        Whose::Granter => "granter",
        Whose::Own => "own",
    }
}

fn kind(kind: CauseKind) -> &'static str {
    match kind {
        CauseKind::Pays => "pays",
        CauseKind::Starts => "starts",
        CauseKind::Expires => "expires",
        CauseKind::Require => "require",
        CauseKind::Forbid => "forbid",
        CauseKind::Covers => "covers",
        CauseKind::Gap => "gap",
        CauseKind::Cap => "cap",
        CauseKind::Split => "split",
    }
}

fn freezer(by: u8) -> &'static str {
    match by {
        1 => "itself",
        2 => "guardian",
        _ => "city",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use scoin_core::Amount;

    #[test]
    fn a_rule_refusal_keeps_everything_the_holder_needs() {
        let body = RefusalBody::of(&Refusal::Rules(RuleRefusal {
            pass_now: Amount::new(300),
            next: None,
            causes: vec![1, 2],
        }));
        assert_eq!((body.code, body.pass_now), (2031, Some(300)));
        assert_eq!(body.causes_bytes, Some(Base64(vec![1, 2])));
    }

    #[test]
    fn no_refusal_is_a_server_error() {
        for code in 2001..=2100 {
            assert!((400..500).contains(&status_of_code(code)), "{code}");
        }
    }
}
