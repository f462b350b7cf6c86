//! Chores of a ward, as the ward and the guardians see them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::TextsBody;
use crate::allowance::OwedBody;
use crate::encode::Time;

/// What a guardian asks a ward to do, and what it earns.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChoreBody {
    /// Id of the command that set it, 32 hex digits.
    pub id: String,
    /// Address of the guardian who set it and pays it.
    pub guardian: String,
    /// What is to be done.
    pub text: String,
    /// How much it earns, minor units: each time, or by week where a payout day pays.
    pub amount: u64,
    /// The rule put on what is paid, 64 hex digits; absent for plain coins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    /// The rule's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The rule's title by language.
    #[serde(default, skip_serializing_if = "TextsBody::is_empty")]
    pub title: TextsBody,
    /// Days of the week on which it is to be done, 1 for Monday to 7 for Sunday; empty if it is done once.
    pub days: Vec<u8>,
    /// `confirmed`, `all-or-nothing` or `partial`.
    pub payout: String,
    /// The day of the week on which it is paid, 1 to 7.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pay_on: Option<u8>,
    /// The time of that day, `18:00`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pay_at: Option<String>,
    /// The first day that the next payout counts, `2026-03-03`.
    pub since: String,
    /// Days that the ward said are done, by day.
    pub marks: Vec<MarkBody>,
    /// When the next payout is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Time>,
    /// Payouts that wait for the guardian's money, the oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub owed: Vec<OwedBody>,
    /// What became of the last payout.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<PayoutBody>,
}

/// A day on which a ward said that it is done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MarkBody {
    /// The day.
    pub date: String,
    /// When it was said last.
    pub at: Time,
    /// `waiting`, `confirmed` or `returned`.
    pub standing: String,
    /// A few words of the guardian.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// What became of a payout.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PayoutBody {
    /// Its day.
    pub date: String,
    /// When it was tried last.
    pub time: Time,
    /// Days that were confirmed.
    pub confirmed: u8,
    /// Days on which it was to be done.
    pub assigned: u8,
    /// How much was paid, minor units.
    pub paid: u64,
    /// Why it could not be: the name of a refusal, `not-enough`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missed: Option<String>,
}
