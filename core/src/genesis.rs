//! The genesis document: what a city is, fixed for ever when it is founded. Its hash names the city.

use sha2::{Digest, Sha256};

use crate::cbor::{self, CborError};
use crate::command::{NAME_BYTES_MAX, TEXT_BYTES_MAX};
use crate::id::{AccountId, NetworkId};
use crate::keys::PublicKey;
use crate::time::Timestamp;
use crate::wire_map;

/// Most officers of a city.
pub const OFFICERS_MAX: usize = 32;
/// Most digits after the point of a currency.
pub const EXPONENT_MAX: u8 = 6;
/// Longest time a hold may stand, in hours: 30 days.
pub const HOLD_HOURS_MAX: u16 = 720;
/// How long a recovery waits unless the city says otherwise, in hours: 2 days.
pub const RECOVERY_HOURS: u16 = 48;
/// Longest time a recovery may wait, in hours: 30 days.
pub const RECOVERY_HOURS_MAX: u16 = 720;
/// The pool all money is created in.
pub const TREASURY: &str = "treasury";

/// What a city is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Genesis {
    /// Name for people.
    pub name: String,
    /// The word policies use for its money: `won`.
    pub currency: String,
    /// ISO 4217 code of what one coin stands for: `KRW`.
    pub iso: String,
    /// Digits after the point of an amount shown to people: 0 for won.
    pub exponent: u8,
    /// IANA zone of its civil time.
    pub zone: String,
    /// True for a city that is only played with; every receipt says so.
    pub sandbox: bool,
    /// Keys of the officers, ascending. Each is an account of its own.
    pub officers: Vec<PublicKey>,
    /// How many officers must agree, the proposer included.
    pub approvals_needed: u8,
    /// The key that seals frames.
    pub issuer: PublicKey,
    /// When the city was founded.
    pub created: Timestamp,
    /// How long a hold stands before it ends by itself, in hours.
    pub hold_hours: u16,
    /// How long a recovery waits before its new key takes over, in hours; [`RECOVERY_HOURS`] if absent.
    pub recovery_hours: Option<u16>,
}

/// Why a genesis document is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GenesisError {
    /// It cannot be read.
    #[error("the genesis document cannot be read: {0}")]
    Cbor(#[from] CborError),
    /// A field is out of its range.
    #[error("field `{0}` of the genesis document is out of range: see `docs/wire.md`")]
    Field(&'static str),
}

impl Genesis {
    /// Checks that every field is in its range.
    pub fn check(&self) -> Result<(), GenesisError> {
        let text = |text: &str, max: usize| (1..=max).contains(&text.len());
        let officers = self.officers.len();
        let checks = [
            ("name", text(&self.name, TEXT_BYTES_MAX)),
            ("currency", text(&self.currency, NAME_BYTES_MAX)),
            ("iso", self.iso.len() == 3 && self.iso.bytes().all(|byte| byte.is_ascii_uppercase())),
            ("exponent", self.exponent <= EXPONENT_MAX),
            ("zone", text(&self.zone, NAME_BYTES_MAX)),
            ("officers", (1..=OFFICERS_MAX).contains(&officers)),
            ("officers", self.officers.is_sorted_by(|before, after| before < after)),
            ("approvals_needed", (1..=officers).contains(&usize::from(self.approvals_needed))),
            ("hold_hours", (1..=HOLD_HOURS_MAX).contains(&self.hold_hours)),
            ("recovery_hours", (1..=RECOVERY_HOURS_MAX).contains(&self.recovery_hours())),
        ];
        let broken = checks.into_iter().find(|(_, holds)| !holds);
        broken.map_or(Ok(()), |(field, _)| Err(GenesisError::Field(field)))
    }

    /// How long a recovery waits before its new key takes over, in hours.
    pub fn recovery_hours(&self) -> u16 {
        self.recovery_hours.unwrap_or(RECOVERY_HOURS)
    }

    /// The one encoding.
    pub fn to_bytes(&self) -> Vec<u8> {
        cbor::encode(self)
    }

    /// From its one encoding, with every field checked.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, GenesisError> {
        let genesis: Self = cbor::decode(bytes)?;
        genesis.check()?;
        Ok(genesis)
    }

    /// SHA-256 of the encoding.
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.to_bytes()).into()
    }

    /// The city's id: the first 8 bytes of the hash.
    pub fn network_id(&self) -> NetworkId {
        let mut id = [0; 8];
        for (to, from) in id.iter_mut().zip(self.hash()) {
            *to = from;
        }
        NetworkId(id)
    }

    /// The pool all money is created in.
    pub fn treasury(&self) -> AccountId {
        AccountId::pool(self.network_id(), TREASURY)
    }
}

wire_map! { Genesis {
    1 name, 2 currency, 3 iso, 4 exponent, 5 zone, 6 sandbox,
    7 officers, 8 approvals_needed, 9 issuer, 10 created, 11 hold_hours, 12 recovery_hours
} }
