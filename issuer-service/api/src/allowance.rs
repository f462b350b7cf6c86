//! Allowances: gifts that repeat, as giver and receiver see them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::TextsBody;
use crate::encode::Time;

/// One allowance, given or received.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AllowanceBody {
    /// Id of the command that set it, 32 hex digits.
    pub id: String,
    /// Address of the giver.
    pub giver: String,
    /// Address of the receiver.
    pub receiver: String,
    /// How much each time, minor units.
    pub amount: u64,
    /// The rule put on top, 64 hex digits; absent for plain coins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    /// The rule's name, `family.snack`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The rule's title by language.
    #[serde(default, skip_serializing_if = "TextsBody::is_empty")]
    pub title: TextsBody,
    /// False while the rule is retired: no turn can be given.
    pub in_force: bool,
    /// `week`, `two-weeks` or `month`.
    pub every: String,
    /// The day of the week, 1 for Monday to 7 for Sunday, or of the month, 1 to 31 (its last day where it is shorter).
    pub on: u8,
    /// The time of the day in the zone of the city, `07:00`.
    pub at: String,
    /// Not before this date, `2026-03-06`.
    pub from: String,
    /// Not after this date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// What becomes of a turn for which the money is not there: `skip`, `queue` or `partial`.
    pub catch_up: String,
    /// When the next turn is; absent after the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Time>,
    /// Turns that wait for money, the oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub owed: Vec<OwedBody>,
    /// What became of the last turn that was tried.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<TurnBody>,
}

/// A turn that waits for money.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OwedBody {
    /// Its date.
    pub date: String,
    /// Minor units.
    pub amount: u64,
}

/// What became of a turn.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TurnBody {
    /// Its date.
    pub date: String,
    /// When it was tried last.
    pub time: Time,
    /// How much was given, minor units.
    pub paid: u64,
    /// Why nothing was: the name of a refusal, `not-enough`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missed: Option<String>,
}
