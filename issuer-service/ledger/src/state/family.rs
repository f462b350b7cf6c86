//! What a ward's family has asked and settled: one bounded record for each ward.

use scoin_core::command::{AskAnswer, ConsentProof, Quorum};
use scoin_core::keys::PublicKey;
use scoin_core::{AccountId, Amount, CommandId, PolicyId, Timestamp};

use crate::canon::{Blob, canon_enum, canon_struct};

/// Most asks kept, answered ones included; the oldest answered ones go first.
pub const ASKS_KEPT_MAX: usize = 32;
/// Most changes that wait for the other guardian.
pub const CHANGES_MAX: usize = 8;
/// Most consents kept; the oldest go first.
pub const CONSENTS_MAX: usize = 16;
/// Most exceptions in force at once.
pub const EXCEPTIONS_MAX: usize = 32;

/// The record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Family {
    /// Asks, oldest first.
    pub asks: Vec<Asked>,
    /// What guardians let through.
    pub exceptions: Vec<Exception>,
    /// Which kinds of loosening need both guardians.
    pub quorum: Quorum,
    /// Changes that wait for the other guardian, oldest first.
    pub changes: Vec<Waiting>,
    /// When and how each guardian consented to be one; also of guardians who are none any more.
    pub consents: Vec<Consent>,
}

/// A change that needs both guardians and was asked for by one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Id of the command that asked for it.
    pub id: CommandId,
    /// Digest of that command.
    pub digest: [u8; 32],
    /// The guardian who asked.
    pub by: AccountId,
    /// What would be done.
    pub what: Loosening,
    /// After this it is gone.
    pub until: Timestamp,
}

/// What loosens the rules of a ward.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loosening {
    /// A guard of the asking guardian is removed, and perhaps another set in its place.
    Guard(PolicyId, Option<PolicyId>),
    /// The asking guardian's freeze is lifted.
    Unfreeze,
    /// The asking guardian is one no more.
    Ending,
    /// Fewer changes need both.
    Quorum(Quorum),
}

/// A guardian's consent: the signed command by which it was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Consent {
    /// The guardian.
    pub guardian: AccountId,
    /// The accepting command.
    pub command: CommandId,
    /// The device key that signed it.
    pub key: PublicKey,
    /// When.
    pub at: Timestamp,
    /// How it was made sure of.
    pub proof: ConsentProof,
    /// The officer's command that confirmed it, where one had to.
    pub confirmed: Option<Confirmed>,
}

/// An office has seen or heard a guardian's consent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Confirmed {
    /// What was seen or heard.
    pub proof: ConsentProof,
    /// The officer.
    pub by: AccountId,
    /// The confirming command.
    pub command: CommandId,
    /// When.
    pub at: Timestamp,
}

/// An ask: a payment that was refused, and what the guardians said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Digest of the payment request.
    pub request: [u8; 32],
    /// The signed request, byte for byte; nothing once the ask is closed.
    pub signed: Blob,
    /// The shop.
    pub shop: AccountId,
    /// How much.
    pub amount: Amount,
    /// A few words of the ward.
    pub reason: Option<String>,
    /// When it was asked.
    pub at: Timestamp,
    /// After this it is gone.
    pub until: Timestamp,
    /// What guardians answered, each once, in the order of their answers.
    pub answers: Vec<Said>,
    /// How it stands.
    pub standing: AskStanding,
}

/// How an ask stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AskStanding {
    /// It waits for a guardian.
    Open,
    /// All that is needed was said.
    Answered,
    /// A guardian said no.
    Declined,
    /// The request was paid or reserved.
    Paid,
}

/// What one guardian answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// The guardian.
    pub by: AccountId,
    /// When.
    pub at: Timestamp,
    /// What.
    pub answer: AskAnswer,
}

/// What a guardian lets through: payments are judged without this guardian's own rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exception {
    /// The guardian.
    pub by: AccountId,
    /// Which payments.
    pub of: Excepted,
    /// After this it is gone.
    pub until: Timestamp,
}

/// Which payments are let through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Excepted {
    /// The one of this request, by its digest.
    Request([u8; 32]),
    /// Those at this shop, up to an amount in all, of which so much was used.
    Shop(AccountId, Amount, Amount),
}

impl Excepted {
    /// Is a payment of this request for this amount at this shop one of them?
    pub fn covers(&self, request: &[u8; 32], shop: &AccountId, amount: Amount) -> bool {
        match self {
            Self::Request(one) => one == request,
            Self::Shop(at, most, used) => at == shop && amount <= most.saturating_sub(*used),
        }
    }
}

impl Asked {
    /// True while it waits for a guardian.
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.standing == AskStanding::Open && self.until > now
    }

    /// Nothing is waited for any more; the request itself is kept no longer.
    pub fn close(&mut self, standing: AskStanding) {
        self.standing = standing;
        self.signed = Blob::default();
    }
}

impl Family {
    /// True if there is nothing in it.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The ask about this request, if it is not past its time.
    pub fn ask(&self, request: &[u8; 32], now: Timestamp) -> Option<&Asked> {
        self.asks.iter().find(|ask| ask.request == *request && ask.until > now)
    }

    /// Forget what is past its time.
    pub fn prune(&mut self, now: Timestamp) {
        self.asks.retain(|ask| ask.until > now);
        self.exceptions.retain(|exception| exception.until > now);
        self.changes.retain(|change| change.until > now);
        while self.asks.len() > ASKS_KEPT_MAX {
            let oldest =
                self.asks.iter().position(|ask| ask.standing != AskStanding::Open).unwrap_or(0);
            self.asks.remove(oldest);
        }
    }
}

canon_struct!(Family { asks, exceptions, quorum, changes, consents });
canon_struct!(Waiting { id, digest, by, what, until });
canon_enum!(Loosening { 1 Guard(remove, set), 2 Unfreeze, 3 Ending, 4 Quorum(quorum) });
canon_struct!(Consent { guardian, command, key, at, proof, confirmed });
canon_struct!(Confirmed { proof, by, command, at });
canon_struct!(Asked { request, signed, shop, amount, reason, at, until, answers, standing });
canon_enum!(AskStanding { 1 Open, 2 Answered, 3 Declined, 4 Paid });
canon_struct!(Said { by, at, answer });
canon_struct!(Exception { by, of, until });
canon_enum!(Excepted { 1 Request(request), 2 Shop(shop, most, used) });
