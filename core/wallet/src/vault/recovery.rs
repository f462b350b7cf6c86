//! Recovery words: a secret of their own, on paper and on no device.
//!
//! They are not the backup words of a vault. Those are a copy of one device; these are the second of two factors, and who
//! has only one of them has nothing (`docs/adr/0032`).

use std::fmt;

use scoin_core::command::Command;
use scoin_core::envelope;
use scoin_core::keys::{KeyPath, Mnemonic, PublicKey, Purpose, SecretKey, derive};
use zeroize::Zeroizing;

use super::device::{self, Language, Words};
use super::memory::with_clean_stack;
use super::{VaultError, mnemonic_of};
use crate::seal;

/// The key of recovery words, in memory while it is used. Wiped when dropped.
pub struct RecoveryKey {
    key: SecretKey,
}

impl RecoveryKey {
    /// New words and their key. The words are given once and kept nowhere.
    pub fn make(language: Language) -> Result<(Self, Words), VaultError> {
        with_clean_stack(|| {
            let entropy =
                seal::make_random::<16>().map(Zeroizing::new).ok_or(VaultError::NoRandom)?;
            let mnemonic = Mnemonic::from_entropy(language, entropy.as_slice())
                .map_err(|_| VaultError::Words)?;
            Ok((Self::of(&mnemonic)?, device::words(&mnemonic)))
        })
    }

    /// The key of words as typed. Their language is recognised.
    pub fn from_words(words: &str) -> Result<Self, VaultError> {
        with_clean_stack(|| Self::of(&mnemonic_of(words, Language::English)?))
    }

    /// The public half.
    pub fn public_key(&self) -> PublicKey {
        self.key.public_key()
    }

    /// Signs a command; the envelope's bytes.
    pub fn sign(&self, command: &Command) -> Vec<u8> {
        with_clean_stack(|| envelope::sign(command, &self.key))
    }

    fn of(mnemonic: &Mnemonic) -> Result<Self, VaultError> {
        let path = KeyPath { purpose: Purpose::Recovery, ..KeyPath::FIRST };
        let key = derive(&mnemonic.seed(""), path).map_err(|_| VaultError::Sign)?;
        Ok(Self { key })
    }
}

impl fmt::Debug for RecoveryKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryKey(..)")
    }
}
