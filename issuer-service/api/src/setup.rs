//! The genesis file: written once by `scoin city init`, read by the service at every start.

use serde::{Deserialize, Serialize};

use crate::encode::Time;

/// `genesis.toml`. Its canonical form (`scoin_core::genesis`) names the network, so it can never change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GenesisFile {
    /// The city's name.
    pub name: String,
    /// The currency's word in rules, `won`.
    pub currency: String,
    /// ISO 4217 code, `KRW`.
    pub currency_code: String,
    /// Decimal places of the currency.
    pub exponent: u8,
    /// IANA zone, `Asia/Seoul`.
    pub zone: String,
    /// True if the city is only a trial: its clock may be moved, and every receipt says so.
    #[serde(default)]
    pub sandbox: bool,
    /// Officers' first keys, 66 hex digits each.
    pub officers: Vec<String>,
    /// How many officers must approve.
    pub approvals_needed: u8,
    /// The issuer's public key, 66 hex digits.
    pub issuer: String,
    /// When the city begins, RFC 3339; no ledger time is before it.
    pub created: Time,
    /// How long a hold lasts, hours.
    #[serde(default = "hold_hours")]
    pub hold_hours: u32,
    /// How long a recovery waits before its new key takes over, hours; 48 if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recovery_hours: Option<u16>,
}

fn hold_hours() -> u32 {
    24
}
