//! From the seed to keys, and from an intent to a signed envelope. Nothing secret leaves this module but the words.

use std::fmt;

use scoin_core::command::Command;
use scoin_core::envelope;
use scoin_core::keys::{KeyPath, Mnemonic, PublicKey, SecretKey, derive};
use scoin_core::read_proof::ReadProof;
use scoin_core::request::PaymentRequest;
use sha2::{Digest, Sha256};
use zeroize::{Zeroize, Zeroizing};

pub use scoin_core::keys::Language;

use super::VaultError;
use crate::store::StoreKey;

/// What is to be signed. There is no way to sign bare bytes.
#[derive(Debug)]
#[non_exhaustive]
pub enum Intent<'a> {
    /// A command to the ledger.
    Command(&'a Command),
    /// A payment request, as a shop.
    Request(&'a PaymentRequest),
    /// A short-lived permission to read one's own data.
    Read(&'a ReadProof),
}

/// The words of a seed, shown once and wiped when dropped.
pub struct Words(Zeroizing<String>);

impl Words {
    /// The words, separated by one space. Show them, ask for some of them back, and drop this.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Are these the words, whatever the white space between them and however their letters are composed?
    pub fn are(&self, typed: &str) -> bool {
        let same = || Some(Mnemonic::parse_any(typed).ok()? == Mnemonic::parse_any(&self.0).ok()?);
        self.0.split_whitespace().eq(typed.split_whitespace()) || same() == Some(true)
    }
}

impl fmt::Debug for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Words(..)")
    }
}

/// The keys of an open vault: the seed and the key in use. Stays in its place in memory, and is wiped there.
pub(super) struct Device {
    seed: Zeroizing<[u8; 64]>,
    signer: Option<SecretKey>,
    index: u32,
}

impl Default for Device {
    fn default() -> Self {
        Self { seed: Zeroizing::new([0; 64]), signer: None, index: 0 }
    }
}

impl Device {
    /// Takes the keys of this seed; `index` counts rotations.
    pub(super) fn fill(&mut self, mnemonic: &Mnemonic, index: u32) -> Result<(), VaultError> {
        self.seed.copy_from_slice(mnemonic.seed("").as_slice());
        self.signer = Some(key_at(&self.seed, index)?);
        self.index = index;
        Ok(())
    }

    /// The public half of the key in use.
    pub(super) fn public_key(&self) -> Result<PublicKey, VaultError> {
        Ok(self.signer()?.public_key())
    }

    /// The public half of the first key.
    pub(super) fn first_key(&self) -> Result<PublicKey, VaultError> {
        Ok(key_at(&self.seed, 0)?.public_key())
    }

    /// The public half of the next key.
    pub(super) fn next_key(&self) -> Result<PublicKey, VaultError> {
        Ok(key_at(&self.seed, self.next_index()?)?.public_key())
    }

    /// The number of the next key.
    pub(super) fn next_index(&self) -> Result<u32, VaultError> {
        self.index.checked_add(1).ok_or(VaultError::Sign)
    }

    /// Uses the next key from now on.
    pub(super) fn advance(&mut self) -> Result<(), VaultError> {
        let next = self.next_index()?;
        self.signer = Some(key_at(&self.seed, next)?);
        self.index = next;
        Ok(())
    }

    /// Signs an intent; the envelope's bytes.
    pub(super) fn sign(&self, intent: &Intent<'_>) -> Result<Vec<u8>, VaultError> {
        let signer = self.signer()?;
        match intent {
            Intent::Command(command) => Ok(envelope::sign(*command, signer)),
            Intent::Request(request) => request.sign(signer).map_err(|_| VaultError::Sign),
            Intent::Read(proof) => Ok(envelope::sign(*proof, signer)),
        }
    }

    fn signer(&self) -> Result<&SecretKey, VaultError> {
        self.signer.as_ref().ok_or(VaultError::Locked)
    }
}

impl Zeroize for Device {
    fn zeroize(&mut self) {
        self.seed.zeroize();
        // The key wipes itself when it is dropped, where it is.
        self.signer = None;
        self.index = 0;
    }
}

/// The words as they are shown once.
pub(super) fn words(mnemonic: &Mnemonic) -> Words {
    Words(mnemonic.phrase())
}

/// The number of a language in the vault's body.
pub(super) fn number_of(language: Language) -> u8 {
    let place = Language::ALL.into_iter().position(|other| other == language);
    place.and_then(|place| u8::try_from(place).ok()).unwrap_or(0)
}

/// The language of a number.
pub(super) fn language_of(number: u8) -> Option<Language> {
    Language::ALL.get(usize::from(number)).copied()
}

/// The key of the local cache: SHA-256 of a domain and the entropy.
pub(super) fn store_key(entropy: &[u8]) -> StoreKey {
    let digest = Sha256::new().chain_update(b"scoin-store/1").chain_update(entropy).finalize();
    StoreKey::new(digest.into())
}

fn key_at(seed: &Zeroizing<[u8; 64]>, index: u32) -> Result<SecretKey, VaultError> {
    derive(seed, KeyPath { index, ..KeyPath::FIRST }).map_err(|_| VaultError::Sign)
}
