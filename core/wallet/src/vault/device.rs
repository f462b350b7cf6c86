//! From the seed to keys, and from an intent to a signed envelope. Nothing secret leaves this module but the words.

use scoin_core::command::Command;
use scoin_core::keys::PublicKey;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::VaultError;
use crate::store::StoreKey;

/// What is to be signed. There is no way to sign bare bytes.
#[derive(Debug)]
#[non_exhaustive]
pub enum Intent<'a> {
    /// A command to the ledger.
    Command(&'a Command),
}

/// The language of the words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// 한국어
    #[default]
    Korean,
    /// English
    English,
    /// 简体中文
    ChineseSimplified,
    /// 日本語
    Japanese,
}

/// The words of a seed, shown once and wiped when dropped.
pub struct Words(Zeroizing<String>);

impl Words {
    /// The words, separated by one space. Show them, ask for some of them back, and drop this.
    pub fn expose(&self) -> &str {
        &self.0
    }

    pub(super) fn of_entropy(_entropy: &[u8], _language: Language) -> Result<Self, VaultError> {
        Err(VaultError::Words)
    }
}

impl std::fmt::Debug for Words {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Words(..)")
    }
}

pub(super) fn entropy_of_words(_words: &str) -> Result<Zeroizing<Vec<u8>>, VaultError> {
    Err(VaultError::Words)
}

pub(super) fn public_key(_entropy: &[u8], _index: u32) -> Result<PublicKey, VaultError> {
    Err(VaultError::Sign)
}

pub(super) fn sign(
    _entropy: &[u8],
    _index: u32,
    _intent: &Intent<'_>,
) -> Result<Vec<u8>, VaultError> {
    Err(VaultError::Sign)
}

/// The key of the local cache: SHA-256 of a domain and the entropy.
pub(super) fn store_key(entropy: &[u8]) -> StoreKey {
    let digest = Sha256::new().chain_update(b"scoin-store/1").chain_update(entropy).finalize();
    StoreKey::new(digest.into())
}
