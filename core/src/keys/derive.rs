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
    /// Recovery words of an account.
    Recovery,
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
    let hardened = |number| ChildNumber::new(number, true).map_err(|_| DeriveError::PathNumber);
    let numbers = path.numbers().into_iter().map(hardened).collect::<Result<Vec<_>, _>>()?;
    Ok(SecretKey::from_signing(walk(seed, &numbers)?.private_key().clone()))
}

fn walk(seed: &[u8], path: &[ChildNumber]) -> Result<XPrv, DeriveError> {
    let master = XPrv::new(seed).map_err(|_| DeriveError::NoKey)?;
    path.iter()
        .try_fold(master, |key, number| key.derive_child(*number).map_err(|_| DeriveError::NoKey))
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
            Self::Recovery => 4,
        }
    }
}

#[cfg(test)]
mod tests {
    use bip32::{DerivationPath, Prefix};

    use super::*;

    const VECTORS: &str = include_str!("../../../tests/data/vectors/bip32/vectors.json");

    /// BIP-32, test vectors 1 to 4: every chain, hardened or not, seeds of other lengths than ours too.
    #[test]
    fn bip32_vectors_hold() {
        let vectors: serde_json::Value = serde_json::from_str(VECTORS).unwrap();
        let mut chains = 0;
        for vector in vectors["valid"].as_array().unwrap() {
            let seed = hex::decode(vector["seed"].as_str().unwrap()).unwrap();
            for chain in vector["chains"].as_array().unwrap() {
                let path: DerivationPath = chain["path"].as_str().unwrap().parse().unwrap();
                let path: Vec<ChildNumber> = path.iter().collect();
                let key = walk(&seed, &path).unwrap();
                assert_eq!(key.to_string(Prefix::XPRV).as_str(), chain["xprv"].as_str().unwrap());
                assert_eq!(
                    key.public_key().to_string(Prefix::XPUB),
                    chain["xpub"].as_str().unwrap()
                );
                chains += 1;
            }
        }
        assert_eq!(chains, 17);
    }

    /// BIP-39's seed of 24 Trezor cases in four languages gives the master key beside it.
    #[test]
    fn bip39_seeds_give_the_known_master_keys() {
        let vectors = include_str!("../../../tests/data/vectors/bip39/trezor-vectors.json");
        let vectors: serde_json::Value = serde_json::from_str(vectors).unwrap();
        for language in ["korean", "english", "chinese_simplified", "japanese"] {
            let cases = vectors[language].as_array().unwrap();
            assert_eq!(cases.len(), 24);
            for case in cases {
                let seed = hex::decode(case[2].as_str().unwrap()).unwrap();
                let key = walk(&seed, &[]).unwrap();
                assert_eq!(key.to_string(Prefix::XPRV).as_str(), case[3].as_str().unwrap());
            }
        }
    }

    #[test]
    fn every_level_is_hardened() {
        let seed = [7; 64];
        let path = KeyPath { account: 3, purpose: Purpose::Till, index: 2 };
        let same: DerivationPath = path.to_string().parse().unwrap();
        assert!(same.iter().all(|number| number.is_hardened()));
        let expected = walk(&seed, &same.iter().collect::<Vec<_>>()).unwrap();
        let key = derive(&seed, path).unwrap();
        assert_eq!(key.to_bytes().as_slice(), expected.private_key().to_bytes().as_slice());
        let too_large = KeyPath { index: 1 << 31, ..path };
        assert_eq!(derive(&seed, too_large).err(), Some(DeriveError::PathNumber));
    }
}
