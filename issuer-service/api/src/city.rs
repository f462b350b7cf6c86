//! What the city is, and how the service feels.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::encode::{Base64, Time};

/// What a client must know before its first command.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CityBody {
    /// Network id, 16 hex digits: the beginning of the SHA-256 of `genesis`.
    pub network: String,
    /// The city's name.
    pub name: String,
    /// The currency's word in rules, `won`.
    pub currency: String,
    /// ISO 4217 code the coin is worth, `KRW`.
    pub currency_code: String,
    /// Decimal places of the currency.
    pub exponent: u8,
    /// IANA zone of the city.
    pub zone: String,
    /// True if this city is only a trial and its clock may be moved.
    pub sandbox: bool,
    /// The issuer's public key, 66 hex digits: receipts verify under it.
    pub issuer_key: String,
    /// Canonical genesis document.
    pub genesis: Base64,
    /// How many officers must approve a mint.
    pub approvals_needed: u8,
    /// Address of the treasury.
    pub treasury: String,
    /// The service's time: what the next frame would be stamped with.
    pub time: Time,
    /// Number of the last frame.
    pub frame: u64,
    /// Version of the service.
    pub version: String,
    /// Version of the time zone database decisions use.
    pub tzdb: String,
}

/// POST body of the sandbox clock, and its answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClockBody {
    /// New time; must not be before the present one.
    pub time: Time,
}

/// Health and readiness.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HealthBody {
    /// `ok`, `starting` or `stopping`.
    pub status: String,
    /// Number of the last frame.
    pub frame: u64,
}
