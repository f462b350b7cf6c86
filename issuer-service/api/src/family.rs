//! What a ward has asked, and what guardians let through.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::encode::{Base64, Time};

/// A payment that rules refused and a ward asks the guardians about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AskBody {
    /// Digest of the payment request, 64 hex digits: the name of the ask.
    pub request: String,
    /// The merchant's signed request, while the ask waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed: Option<Base64>,
    /// Address of the shop.
    pub shop: String,
    /// How much, minor units.
    pub amount: u64,
    /// A few words of the ward.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When it was asked.
    pub asked: Time,
    /// After this it is gone.
    pub until: Time,
    /// `open`, `answered`, `declined` or `paid`.
    pub standing: String,
    /// What guardians answered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<AskAnswerBody>,
}

/// What one guardian answered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AskAnswerBody {
    /// Address of the guardian.
    pub by: String,
    /// When.
    pub at: Time,
    /// `once`, `today`, `changed` or `no`.
    pub answer: String,
    /// For `today`: up to this much in all, minor units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most: Option<u64>,
    /// For `no`: a few words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// What a guardian lets through: these payments are judged without this guardian's own rules, where they do not pass as
/// they are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ExceptionBody {
    /// Address of the guardian.
    pub by: String,
    /// Digest of the one request let through, 64 hex digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
    /// Address of the shop, if payments there are let through.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shop: Option<String>,
    /// How much more at this shop, minor units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left: Option<u64>,
    /// From this instant on it is gone.
    pub until: Time,
}
