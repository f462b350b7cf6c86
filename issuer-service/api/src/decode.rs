//! Bodies read back into the types of the core: for answers that carry no receipt (dry runs and refusals that are not
//! recorded). Where there is a receipt, read the receipt.

use scoin_core::outcome::{Effect, Outcome, Part, Refusal, RuleRefusal};
use scoin_core::{Amount, CommandId, LotId, PolicyId};

use crate::answer::{EffectBody, OutcomeBody};
use crate::refusal::RefusalBody;

impl OutcomeBody {
    /// The outcome this is the view of; `None` for a body of a newer service.
    pub fn to_outcome(&self) -> Option<Outcome> {
        match (&self.effect, &self.refusal) {
            (Some(effect), None) => effect.to_effect().map(Outcome::Accepted),
            (None, Some(refusal)) => refusal.to_refusal().map(Outcome::Refused),
            _ => None,
        }
    }
}

impl EffectBody {
    /// The effect this is the view of.
    pub fn to_effect(&self) -> Option<Effect> {
        Some(match self {
            Self::Done => Effect::Done,
            Self::Policy { policy } => Effect::Policy(PolicyId::from_hex(policy)?),
            Self::Pending { missing } => Effect::Pending { missing: *missing },
            Self::Moved { amount, parts } => Effect::Moved {
                amount: Amount::new(*amount),
                parts: parts
                    .iter()
                    .map(|part| Part {
                        lot: LotId(part.lot),
                        line: part.line,
                        amount: Amount::new(part.amount),
                    })
                    .collect(),
            },
            Self::Earned { rewards } => Effect::Earned {
                rewards: rewards
                    .iter()
                    .map(|reward| (reward.label.clone(), Amount::new(reward.amount)))
                    .collect(),
            },
            Self::Closed { takings } => Effect::Closed(takings.to_takings()?),
        })
    }
}

impl RefusalBody {
    /// The refusal this is the view of; `None` for a code this version does not know.
    pub fn to_refusal(&self) -> Option<Refusal> {
        self.plain().or_else(|| self.with_word()).or_else(|| self.with_amount())
    }

    fn plain(&self) -> Option<Refusal> {
        Some(match self.code {
            2001 => Refusal::WrongNetwork,
            2002 => Refusal::UnknownAccount,
            2003 => Refusal::UnknownKey,
            2004 => Refusal::IdConflict,
            2005 => Refusal::Expired,
            2006 => Refusal::TooFarAhead,
            2008 => Refusal::ZeroAmount,
            2010 => Refusal::NotAllowed,
            2012 => Refusal::MerchantClosed,
            2014 => Refusal::PolicyRetired,
            2015 => Refusal::GuardOnly,
            2022 => Refusal::RequestNotGenuine,
            2023 => Refusal::RequestExpired,
            2026 => Refusal::DigestMismatch,
            2027 => Refusal::ProposalClosed,
            2028 => Refusal::HoldClosed,
            2034 => Refusal::NothingEarned,
            2035 => Refusal::TooManyLots,
            2036 => Refusal::Overflow,
            2040 => Refusal::AskNeedless,
            2041 => Refusal::AskClosed,
            2043 => Refusal::OfAge,
            2044 => Refusal::ConsentRequired,
            2045 => Refusal::ConsentUnconfirmed,
            2049 => Refusal::KeyLocked,
            2054 => Refusal::RefundLate,
            2055 => Refusal::DayClosed,
            2056 => Refusal::NotAGiver,
            _ => return None,
        })
    }

    fn with_word(&self) -> Option<Refusal> {
        let word = || self.what.clone();
        Some(match self.code {
            2007 => Refusal::OutOfRange { field: word()? },
            2011 => Refusal::Frozen { by: freezer(&word()?) },
            2020 => Refusal::NotFound { what: word()? },
            2021 => Refusal::AlreadyDone { what: word()? },
            2024 => Refusal::RequestPaid { by: CommandId::from_hex(self.by.as_deref()?)? },
            2048 => Refusal::SequenceUsed { last: word()?.parse().ok()? },
            2050 => Refusal::RecoveryRunning { due: self.due?.0 },
            2025 => Refusal::RulesRejected { code: word()?, message: self.message.clone()? },
            _ => return None,
        })
    }

    fn with_amount(&self) -> Option<Refusal> {
        let amount = || self.amount.map(Amount::new);
        Some(match self.code {
            2013 => Refusal::KeyCap { left: amount()? },
            2029 => Refusal::MoreThanLeft { left: amount()? },
            2030 => Refusal::NotGivable { givable: amount()? },
            2031 => Refusal::Rules(RuleRefusal {
                pass_now: Amount::new(self.pass_now?),
                next: self.next.map(|time| time.0),
                causes: self.causes_bytes.as_ref().map(|bytes| bytes.0.clone())?,
            }),
            2032 => Refusal::NotEnough { have: amount()? },
            2033 => Refusal::PoolEmpty { have: amount()? },
            2042 => Refusal::TooManyAsks { most: u8::try_from(self.amount?).ok()? },
            _ => return None,
        })
    }
}

fn freezer(word: &str) -> u8 {
    match word {
        "itself" => 1,
        "guardian" => 2,
        _ => 3,
    }
}

#[cfg(test)]
mod tests {
    use scoin_core::Timestamp;
    use scoin_core::command::Takings;

    use super::*;

    #[test]
    fn every_refusal_is_read_back() {
        let amount = Amount::new(7);
        let rules = RuleRefusal {
            pass_now: amount,
            next: Some(Timestamp::from_micros(5)),
            causes: vec![1, 2, 3],
        };
        let word = || "policy".to_owned();
        let refusals = [
            Refusal::WrongNetwork,
            Refusal::UnknownAccount,
            Refusal::UnknownKey,
            Refusal::IdConflict,
            Refusal::Expired,
            Refusal::TooFarAhead,
            Refusal::OutOfRange { field: word() },
            Refusal::ZeroAmount,
            Refusal::NotAllowed,
            Refusal::Frozen { by: 1 },
            Refusal::Frozen { by: 2 },
            Refusal::Frozen { by: 3 },
            Refusal::MerchantClosed,
            Refusal::KeyCap { left: amount },
            Refusal::PolicyRetired,
            Refusal::GuardOnly,
            Refusal::NotFound { what: word() },
            Refusal::AlreadyDone { what: word() },
            Refusal::RequestNotGenuine,
            Refusal::RequestExpired,
            Refusal::RequestPaid { by: CommandId([3; 16]) },
            Refusal::RulesRejected { code: word(), message: word() },
            Refusal::DigestMismatch,
            Refusal::ProposalClosed,
            Refusal::HoldClosed,
            Refusal::MoreThanLeft { left: amount },
            Refusal::NotGivable { givable: amount },
            Refusal::Rules(rules),
            Refusal::NotEnough { have: amount },
            Refusal::PoolEmpty { have: amount },
            Refusal::NothingEarned,
            Refusal::TooManyLots,
            Refusal::Overflow,
            Refusal::AskNeedless,
            Refusal::AskClosed,
            Refusal::TooManyAsks { most: 8 },
            Refusal::OfAge,
            Refusal::ConsentRequired,
            Refusal::ConsentUnconfirmed,
            Refusal::SequenceUsed { last: 9 },
            Refusal::KeyLocked,
            Refusal::RecoveryRunning { due: Timestamp::from_micros(5) },
            Refusal::RefundLate,
            Refusal::DayClosed,
            Refusal::NotAGiver,
        ];
        for refusal in refusals {
            let outcome = Outcome::Refused(refusal);
            assert_eq!(OutcomeBody::of(&outcome).to_outcome(), Some(outcome));
        }
    }

    #[test]
    fn every_effect_is_read_back() {
        let part = Part { lot: LotId(4), line: 1, amount: Amount::new(9) };
        let effects = [
            Effect::Done,
            Effect::Policy(PolicyId([8; 32])),
            Effect::Pending { missing: 2 },
            Effect::Moved { amount: Amount::new(9), parts: vec![part] },
            Effect::Earned { rewards: vec![("city.tax/on-time".to_owned(), Amount::new(5))] },
            Effect::Closed(Takings {
                day: 20_514,
                number: 3,
                since: Timestamp::from_micros(1),
                after_frame: 4,
                after_index: 1,
                payments: 2,
                gross: Amount::new(9),
                refunds: 1,
                refunded: Amount::new(11),
                redeemed: Amount::new(5),
            }),
        ];
        for effect in effects {
            let outcome = Outcome::Accepted(effect);
            assert_eq!(OutcomeBody::of(&outcome).to_outcome(), Some(outcome));
        }
        assert_eq!(OutcomeBody::default().to_outcome(), None);
    }
}
