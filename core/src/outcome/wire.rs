//! The wire form of an outcome (CDDL in `docs/wire.md`), and what a merchant hears of it.

use super::{Effect, MerchantClass, Outcome, Part, Refusal, RuleRefusal};
use crate::cbor::{self, CborError};
use crate::{wire_choice, wire_list, wire_map};

impl Outcome {
    /// The one encoding.
    pub fn to_bytes(&self) -> Vec<u8> {
        cbor::encode(self)
    }

    /// From its one encoding.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CborError> {
        cbor::decode(bytes)
    }
}

impl Refusal {
    /// The stable number.
    pub const fn code(&self) -> u16 {
        self.number()
    }

    /// All that a till is told: never a coin, an age, a rule or a parent.
    pub const fn merchant_class(&self) -> MerchantClass {
        match self {
            Self::RequestExpired | Self::IdConflict | Self::Expired => MerchantClass::ShowAgain,
            Self::RequestPaid { .. } => MerchantClass::AlreadyPaid,
            Self::MerchantClosed
            | Self::RequestNotGenuine
            | Self::HoldClosed
            | Self::MoreThanLeft { .. }
            | Self::RefundLate
            | Self::DayClosed => MerchantClass::ShopSide,
            Self::WrongNetwork
            | Self::UnknownAccount
            | Self::UnknownKey
            | Self::TooFarAhead
            | Self::OutOfRange { .. }
            | Self::ZeroAmount
            | Self::NotAllowed
            | Self::Frozen { .. }
            | Self::KeyCap { .. }
            | Self::PolicyRetired
            | Self::GuardOnly
            | Self::NotFound { .. }
            | Self::AlreadyDone { .. }
            | Self::RulesRejected { .. }
            | Self::DigestMismatch
            | Self::ProposalClosed
            | Self::NotGivable { .. }
            | Self::Rules(_)
            | Self::NotEnough { .. }
            | Self::PoolEmpty { .. }
            | Self::NothingEarned
            | Self::TooManyLots
            | Self::Overflow
            | Self::AskNeedless
            | Self::AskClosed
            | Self::TooManyAsks { .. }
            | Self::OfAge
            | Self::ConsentRequired
            | Self::ConsentUnconfirmed
            | Self::SequenceUsed { .. }
            | Self::KeyLocked
            | Self::RecoveryRunning { .. }
            | Self::NotAGiver => MerchantClass::PayerSide,
        }
    }
}

impl MerchantClass {
    /// The letter in the till's interface.
    pub const fn letter(self) -> char {
        match self {
            Self::PayerSide => 'A',
            Self::ShowAgain => 'B',
            Self::AlreadyPaid => 'C',
            Self::Checking => 'D',
            Self::ShopSide => 'E',
        }
    }
}

wire_choice! { Outcome "outcome" { 1 "accepted" Accepted(effect), 2 "refused" Refused(refusal) } }

wire_choice! { Effect "effect" {
    0 "done" Done,
    1 "policy" Policy(policy),
    2 "pending" Pending { 1 missing },
    3 "moved" Moved { 1 amount, 2 parts },
    4 "earned" Earned { 1 rewards },
    20 "closed" Closed(takings),
} }

wire_list! { Part { lot, line, amount } }

wire_choice! { Refusal "refusal" {
    2001 "wrong-network" WrongNetwork,
    2002 "unknown-account" UnknownAccount,
    2003 "unknown-key" UnknownKey,
    2004 "id-conflict" IdConflict,
    2005 "expired" Expired,
    2006 "too-far-ahead" TooFarAhead,
    2007 "out-of-range" OutOfRange { 1 field },
    2008 "zero-amount" ZeroAmount,
    2010 "not-allowed" NotAllowed,
    2011 "frozen" Frozen { 1 by },
    2012 "merchant-closed" MerchantClosed,
    2013 "key-cap" KeyCap { 1 left },
    2014 "policy-retired" PolicyRetired,
    2015 "guard-only" GuardOnly,
    2020 "not-found" NotFound { 1 what },
    2021 "already-done" AlreadyDone { 1 what },
    2022 "request-not-genuine" RequestNotGenuine,
    2023 "request-expired" RequestExpired,
    2024 "request-paid" RequestPaid { 1 by },
    2025 "rules-rejected" RulesRejected { 1 code, 2 message },
    2026 "digest-mismatch" DigestMismatch,
    2027 "proposal-closed" ProposalClosed,
    2028 "hold-closed" HoldClosed,
    2029 "more-than-left" MoreThanLeft { 1 left },
    2030 "not-givable" NotGivable { 1 givable },
    2031 "rules" Rules(refusal),
    2032 "not-enough" NotEnough { 1 have },
    2033 "pool-empty" PoolEmpty { 1 have },
    2034 "nothing-earned" NothingEarned,
    2035 "too-many-lots" TooManyLots,
    2036 "overflow" Overflow,
    2040 "ask-needless" AskNeedless,
    2041 "ask-closed" AskClosed,
    2042 "too-many-asks" TooManyAsks { 1 most },
    2043 "of-age" OfAge,
    2044 "consent-required" ConsentRequired,
    2045 "consent-unconfirmed" ConsentUnconfirmed,
    2048 "sequence-used" SequenceUsed { 1 last },
    2049 "key-locked" KeyLocked,
    2050 "recovery-running" RecoveryRunning { 1 due },
    2054 "refund-late" RefundLate,
    2055 "day-closed" DayClosed,
    2056 "not-a-giver" NotAGiver,
} }

wire_map! { RuleRefusal { 1 pass_now, 2 next, 3 causes } }
