//! BIP-32 derivation, every level hardened: `m/44'/1'/account'/purpose'/index'`.
//!
//! 44' is the purpose of BIP-44. 1' is SLIP-44's number for test networks, kept until S-coin has one of its own; a
//! wallet writes the whole path into its backup record, so that a later number loses nobody's money. Nothing needs
//! an extended public key, and with one, a single leaked child key would give away its parent: so every level is
//! hardened.

use bip32::{ChildNumber, XPrv};

use super::SecretKey;

/// What a key is for. The numbers are part of every backup: never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Purpose {
    /// Device keys of an account.
    Device,
    /// Till keys of a shop.
    Till,
    /// Officer keys of a city.
    Officer,
    /// The issuer's seal.
    Issuer,
}

/// Which key of a seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct KeyPath {
    /// Which account of the wallet, from 0.
    pub account: u32,
    /// What the key is for.
    pub purpose: Purpose,
    /// Which key of its kind, from 0; a rotation takes the next.
    pub index: u32,
}

/// Why a key cannot be derived.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeriveError {
    /// An account or index of 2^31 or more.
    #[error("a path number is too large: use one below 2147483648")]
    PathNumber,
    /// The seed gives no key here (one chance in 2^127).
    #[error("this path has no key: use the next index")]
    NoKey,
}

/// The key of a seed at a path.
pub fn derive(seed: &[u8; 64], path: KeyPath) -> Result<SecretKey, DeriveError> {
    path.numbers()
        .into_iter()
        .try_fold(XPrv::new(seed).map_err(|_| DeriveError::NoKey)?, |key, number| {
            let hardened = ChildNumber::new(number, true).map_err(|_| DeriveError::PathNumber)?;
            key.derive_child(hardened).map_err(|_| DeriveError::NoKey)
        })
        .map(|key| SecretKey::from_signing(key.private_key().clone()))
}

impl KeyPath {
    /// The first device key of the first account: all that most wallets need.
    pub const FIRST: Self = Self { account: 0, purpose: Purpose::Device, index: 0 };

    const fn numbers(self) -> [u32; 5] {
        [44, 1, self.account, self.purpose.number(), self.index]
    }
}

/// As written in a backup record: `m/44'/1'/0'/0'/0'`.
impl std::fmt::Display for KeyPath {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("m")?;
        self.numbers().into_iter().try_for_each(|number| write!(f, "/{number}'"))
    }
}

impl Purpose {
    /// The number in the path.
    pub const fn number(self) -> u32 {
        match self {
            Self::Device => 0,
            Self::Till => 1,
            Self::Officer => 2,
            Self::Issuer => 3,
        }
    }
}
