//! How an account is recovered.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::encode::Time;

/// How an account is recovered: what is registered, asked for, and running.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RecoveryBody {
    /// The public key of the recovery words, 66 hex digits, if some are registered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
    /// What single factors asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub asked: Vec<AskingBody>,
    /// The recovery that waits for its time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub running: Option<RunningBody>,
}

/// One factor asks for a new key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AskingBody {
    /// `device`, `words` or `city`.
    pub factor: String,
    /// The new key, 66 hex digits.
    pub key: String,
    /// After this it does not count.
    pub until: Time,
}

/// A recovery that two factors asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RunningBody {
    /// The key that takes the place of all others, 66 hex digits.
    pub key: String,
    /// `device`, `words` or `city`, in the order in which they asked.
    pub factors: Vec<String>,
    /// When the last one asked.
    pub begun: Time,
    /// When the key takes over.
    pub due: Time,
}

impl RecoveryBody {
    /// True if nothing is registered, asked for or running.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
