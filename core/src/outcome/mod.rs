//! What the ledger answers: an [`Outcome`], the same for ever for one command id.
//!
//! [`Refusal`] is in order of precedence: the ledger checks from top to bottom and answers the first that applies.
//! Codes are stable numbers; a number is never reused.

mod wire;

use crate::amount::Amount;
use crate::command::Takings;
use crate::id::{CommandId, LotId, PolicyId};
use crate::time::Timestamp;

/// The final answer to a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Done.
    Accepted(Effect),
    /// Not done, and nothing changed.
    Refused(Refusal),
}

/// What an accepted command did, as far as its sender must know.
#[derive(Clone, Debug, PartialEq, Eq)]
#[repr(u16)]
pub enum Effect {
    /// Done; nothing more to say.
    Done = 0,
    /// A policy got this id (adopt).
    Policy(PolicyId) = 1,
    /// A proposal stands and needs this many more approvals.
    Pending {
        /// Approvals still needed.
        missing: u8,
    } = 2,
    /// Money moved (or was reserved): how much, and from which lots.
    Moved {
        /// Total, minor units.
        amount: Amount,
        /// Parts by lot and line of the basket (line 0 when there is none). Empty where a shop asks (capture, void,
        /// refund): which coins of the payer move is not its business.
        parts: Vec<Part>,
    } = 3,
    /// A report earned these rewards.
    Earned {
        /// (programme/label, amount).
        rewards: Vec<(String, Amount)>,
    } = 4,
    /// A business day is closed: what it came to.
    Closed(Takings) = 20,
}

/// One part of a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// Which lot paid.
    pub lot: LotId,
    /// Which line of the basket it paid.
    pub line: u32,
    /// How much.
    pub amount: Amount,
}

/// A typed, ordered reason for no.
#[derive(Clone, Debug, PartialEq, Eq)]
#[repr(u16)]
pub enum Refusal {
    // --- Before anything is looked at ------------------------------------------------------------------------------
    /// The command is for another city.
    WrongNetwork = 2001,
    /// The acting account does not exist. Not journaled.
    UnknownAccount = 2002,
    /// The signing key is not a live device key of the acting account. Not journaled.
    UnknownKey = 2003,
    /// The id was answered before, for other content.
    IdConflict = 2004,
    /// `valid_until` has passed.
    Expired = 2005,
    /// `valid_until` is more than seven days ahead.
    TooFarAhead = 2006,
    /// A field is out of its range: a text too long, a list too large, an amount above the maximum.
    OutOfRange {
        /// Which field, in the words of `docs/wire.md`.
        field: String,
    } = 2007,
    /// The amount is zero.
    ZeroAmount = 2008,

    // --- Who may ---------------------------------------------------------------------------------------------------
    /// The acting account (or the role of its key) may not do this.
    NotAllowed = 2010,
    /// The account is frozen: by itself, a guardian or the city.
    Frozen {
        /// Who froze it: 1 itself, 2 a guardian, 3 the city.
        by: u8,
    } = 2011,
    /// The shop is not registered, or is suspended.
    MerchantClosed = 2012,
    /// The device key would exceed its own daily cap.
    KeyCap {
        /// What it may still spend today.
        left: Amount,
    } = 2013,
    /// The policy is retired: no new coins and no new guards under it.
    PolicyRetired = 2014,
    /// The policy counts by payer or household, which only a guard or a programme may.
    GuardOnly = 2015,

    // --- What it speaks of -----------------------------------------------------------------------------------------
    /// Something named in the command does not exist.
    NotFound {
        /// What: `account`, `merchant`, `policy`, `proposal`, `hold`, `payment`, `lot`, `pool`, `list`, `program`, `key`,
        /// `offer`, `ask`, `change`, `allowance`, `chore`, `mark`.
        what: String,
    } = 2020,
    /// It exists already, or has been done already.
    AlreadyDone {
        /// What.
        what: String,
    } = 2021,
    /// The payment request is not genuine: bad signature, unknown till, or not this merchant's key.
    RequestNotGenuine = 2022,
    /// The payment request is past its time.
    RequestExpired = 2023,
    /// The payment request was paid before, by this command.
    RequestPaid {
        /// The command that paid it.
        by: CommandId,
    } = 2024,
    /// The rule text does not compile, or an example fails.
    RulesRejected {
        /// Diagnostic code, `E0107`.
        code: String,
        /// One line for people.
        message: String,
    } = 2025,
    /// The approval's digest is not that of the proposal, or the version accepted is not the one offered.
    DigestMismatch = 2026,
    /// The proposal is past its time or was declined.
    ProposalClosed = 2027,
    /// The hold is past its deadline, captured or voided.
    HoldClosed = 2028,
    /// More than is left of the payment, the line, or the hold.
    MoreThanLeft {
        /// What is left.
        left: Amount,
    } = 2029,

    // --- Money -----------------------------------------------------------------------------------------------------
    /// The receiver cannot be given these coins.
    NotGivable {
        /// The largest amount of other coins that could be given.
        givable: Amount,
    } = 2030,
    /// The rules of the coins say no. Everything needed to explain it is inside.
    Rules(RuleRefusal) = 2031,
    /// Not enough coins, whatever the rules.
    NotEnough {
        /// What there is.
        have: Amount,
    } = 2032,
    /// The pool has not enough left.
    PoolEmpty {
        /// What there is.
        have: Amount,
    } = 2033,
    /// No programme rewards this, or its caps are reached.
    NothingEarned = 2034,
    /// The account would hold more than 64 lots.
    TooManyLots = 2035,
    /// Money would not fit into 64 bits. Cannot happen below the mint limit; refused all the same.
    Overflow = 2036,

    // --- In a family -----------------------------------------------------------------------------------------------
    /// Nothing to ask: the payment passes as it is.
    AskNeedless = 2040,
    /// The ask is answered already.
    AskClosed = 2041,
    /// Too many asks wait for an answer.
    TooManyAsks {
        /// The most there may be.
        most: u8,
    } = 2042,
    /// The person is of age and has no guardians.
    OfAge = 2043,
    /// A guardian accepts without saying how the consent was made sure of.
    ConsentRequired = 2044,
    /// The city has not confirmed this consent, which an office must have seen or heard.
    ConsentUnconfirmed = 2045,

    // --- Of devices and recovery -----------------------------------------------------------------------------------
    /// The count in the command was used before: another copy of this device acts. The key is locked from now on.
    SequenceUsed {
        /// The count of this key's last command.
        last: u64,
    } = 2048,
    /// The key is locked, because a count of it came twice.
    KeyLocked = 2049,
    /// A recovery waits already; it can only be stopped.
    RecoveryRunning {
        /// When the new key takes over.
        due: Timestamp,
    } = 2050,

    // --- At a till -------------------------------------------------------------------------------------------------
    /// The payment is too long ago to be given back.
    RefundLate = 2054,
    /// The business day is closed already, or a later one is.
    DayClosed = 2055,

    // --- Who gives -------------------------------------------------------------------------------------------------
    /// The receiver's guardians let only people of the family's list give, and the giver is not on it.
    NotAGiver = 2056,
}

/// A refusal by rules: for the holder only, never for the merchant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleRefusal {
    /// What would pass right now.
    pub pass_now: Amount,
    /// When the whole amount would first pass, if no further money is spent; `None` if never within 400 days.
    pub next: Option<Timestamp>,
    /// Every failing clause, in the policy crate's canonical encoding (`scoin_policy::causes`).
    pub causes: Vec<u8>,
}

/// The five answers a till can get instead of a payment. Whatever the reason, the shop learns no more than this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MerchantClass {
    /// A: the payer's wallet says why; try another coin or another way to pay.
    PayerSide,
    /// B: show a new payment code.
    ShowAgain,
    /// C: this code was paid already.
    AlreadyPaid,
    /// D: not decided yet; do not ask for payment again.
    Checking,
    /// E: the shop must do something: registration, key, or the amount it asked for.
    ShopSide,
}
