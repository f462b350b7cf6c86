//! Answers to commands.

use scoin_core::Amount;
use scoin_core::outcome::{Effect, Outcome};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::encode::{Base64, Time};
use crate::problem::ProblemBody;
use crate::refusal::RefusalBody;
use crate::shop::TakingsBody;

/// The final answer to a command; the same for ever for one command id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AnswerBody {
    /// Accepted or refused.
    pub status: Status,
    /// The command's id, 32 hex digits.
    pub id: String,
    /// Ledger time of the decision.
    pub time: Time,
    /// True in a city that is only a trial.
    pub sandbox: bool,
    /// Number of the journal frame; absent in a dry run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frame: Option<u64>,
    /// Place in the frame; absent in a dry run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub index: Option<u32>,
    /// `scoin_core::receipt`, signed by the issuer; absent in a dry run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<Base64>,
    /// What was decided, for those who do not read the receipt.
    pub outcome: OutcomeBody,
}

/// Yes or no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Done.
    Accepted,
    /// Not done; nothing changed.
    Refused,
}

/// What was decided. Exactly one of the two is present.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OutcomeBody {
    /// If accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effect: Option<EffectBody>,
    /// If refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refusal: Option<RefusalBody>,
}

impl OutcomeBody {
    /// The view of an outcome.
    pub fn of(outcome: &Outcome) -> Self {
        match outcome {
            Outcome::Accepted(effect) => {
                Self { effect: Some(EffectBody::of(effect)), refusal: None }
            }
            Outcome::Refused(refusal) => {
                Self { effect: None, refusal: Some(RefusalBody::of(refusal)) }
            }
        }
    }

    /// Accepted or refused.
    pub fn status(&self) -> Status {
        if self.refusal.is_some() { Status::Refused } else { Status::Accepted }
    }
}

/// What an accepted command did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum EffectBody {
    /// Done; nothing more to say.
    Done,
    /// A policy got this id.
    Policy {
        /// 64 hex digits.
        policy: String,
    },
    /// A proposal stands and needs more approvals.
    Pending {
        /// Approvals still needed.
        missing: u8,
    },
    /// Money moved or was reserved.
    Moved {
        /// Total, minor units.
        amount: u64,
        /// From which lots; empty where a shop asked.
        parts: Vec<PartBody>,
    },
    /// A report earned rewards.
    Earned {
        /// What was given.
        rewards: Vec<RewardBody>,
    },
    /// A business day is closed.
    Closed {
        /// What it came to.
        takings: Box<TakingsBody>,
    },
}

impl EffectBody {
    /// The view of an effect.
    pub fn of(effect: &Effect) -> Self {
        match effect {
            Effect::Done => Self::Done,
            Effect::Policy(policy) => Self::Policy { policy: policy.to_hex() },
            Effect::Pending { missing } => Self::Pending { missing: *missing },
            Effect::Moved { amount, parts } => Self::Moved {
                amount: amount.units(),
                parts: parts
                    .iter()
                    .map(|part| PartBody {
                        lot: part.lot.0,
                        line: part.line,
                        amount: part.amount.units(),
                    })
                    .collect(),
            },
            Effect::Earned { rewards } => Self::Earned {
                rewards: rewards.iter().map(|(label, amount)| reward(label, *amount)).collect(),
            },
            Effect::Closed(takings) => Self::Closed { takings: Box::new(TakingsBody::of(takings)) },
        }
    }
}

/// One part of a payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PartBody {
    /// Which lot paid.
    pub lot: u64,
    /// Which line of the basket it paid; 0 when there are no lines.
    pub line: u32,
    /// How much, minor units.
    pub amount: u64,
}

/// One reward.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RewardBody {
    /// Programme and label, `city.tax-reward/on-time`.
    pub label: String,
    /// How much, minor units.
    pub amount: u64,
}

fn reward(label: &str, amount: Amount) -> RewardBody {
    RewardBody { label: label.to_owned(), amount: amount.units() }
}

/// One answer of a batch: a decision that was accepted, or a problem document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum BatchItem {
    /// Accepted.
    Answer(AnswerBody),
    /// Refused, or not even decided.
    Problem(ProblemBody),
}
