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

/// Whom one guardian lets give a ward coins.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GiversBody {
    /// Address of the guardian.
    pub by: String,
    /// Addresses of who may give, beside the guardians and the city.
    pub givers: Vec<String>,
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

/// How many of two guardians each kind of loosening needs: 1 or 2. Narrowing is always one guardian's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct QuorumBody {
    /// To remove a guard.
    pub guards: u8,
    /// To let a payment through that was asked about.
    pub answers: u8,
    /// To lift a guardian's freeze.
    pub unfreeze: u8,
    /// To end a guardianship; in force is the greatest of all four.
    pub ending: u8,
}

impl Default for QuorumBody {
    fn default() -> Self {
        Self { guards: 1, answers: 1, unfreeze: 1, ending: 1 }
    }
}

impl QuorumBody {
    /// True if one guardian is enough for everything.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// A change that needs both guardians and waits for the other one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChangeBody {
    /// Id of the command that asked for it, 32 hex digits.
    pub id: String,
    /// Digest of that command, 64 hex digits: what the other guardian agrees to.
    pub digest: String,
    /// Address of the guardian who asked.
    pub by: String,
    /// `remove-guard`, `unfreeze`, `end-guardian` or `set-quorum`.
    pub what: String,
    /// For `remove-guard`: the policy, 64 hex digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remove: Option<String>,
    /// For `remove-guard`: the policy to be set in its place, 64 hex digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub set: Option<String>,
    /// For `set-quorum`: what would be needed from then on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quorum: Option<QuorumBody>,
    /// After this it is gone.
    pub until: Time,
}

/// A guardian's consent to be one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ConsentBody {
    /// Address of the guardian.
    pub guardian: String,
    /// When.
    pub at: Time,
    /// Id of the accepting command, 32 hex digits.
    pub command: String,
    /// The device key that signed it, 66 hex digits.
    pub key: String,
    /// How it was made sure of: `message`, `card`, `phone`, `paper`, `mail` or `call`.
    pub way: String,
    /// SHA-256 of the number by which it is found again, 64 hex digits.
    pub evidence: String,
    /// Address of the officer who has confirmed it, where an office has seen or heard it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmed_by: Option<String>,
    /// Id of the confirming command, 32 hex digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmed: Option<String>,
}
