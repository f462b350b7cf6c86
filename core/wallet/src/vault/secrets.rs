//! What is in memory while a vault is open, and the sealed body it comes from.

use std::fmt;

use minicbor::{CborLen, Decode, Encode};
use scoin_core::keys::Mnemonic;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::VaultError;
use super::device::{self, Device};
use super::memory::Guarded;
use crate::seal::SealKey;

/// Longest entropy of backup words, in bytes.
const ENTROPY_BYTES_MAX: usize = 32;

/// Everything that must not leak, in one place in memory.
#[derive(Default)]
pub(super) struct Secrets {
    /// The key of the vault's body.
    pub(super) key: SealKey,
    entropy: Zeroizing<[u8; ENTROPY_BYTES_MAX]>,
    entropy_bytes: usize,
    /// The seed and the key in use.
    pub(super) device: Device,
}

impl Secrets {
    /// BIP-39 entropy. The words are a view of it.
    pub(super) fn entropy(&self) -> &[u8] {
        self.entropy.get(..self.entropy_bytes).unwrap_or_default()
    }
}

impl Zeroize for Secrets {
    fn zeroize(&mut self) {
        self.key.zeroize();
        self.entropy.zeroize();
        self.entropy_bytes = 0;
        self.device.zeroize();
    }
}

/// What a vault knows besides its secrets.
#[derive(Clone, Default)]
pub(super) struct Facts {
    /// Index of the device key in use; a rotation adds one.
    pub(super) key_index: u32,
    /// The city this wallet belongs to: its genesis document, canonical CBOR.
    pub(super) genesis: Option<Vec<u8>>,
    /// The account this device acts for, when it is not the one its first key opens.
    pub(super) account: Option<[u8; 20]>,
    /// The language of the words: number in `Language::ALL`. The seed hangs on it.
    pub(super) language: u8,
    /// True once somebody has shown that the words are written down.
    pub(super) words_checked: bool,
}

/// The sealed content.
#[derive(Default, Zeroize, ZeroizeOnDrop, Encode, Decode, CborLen)]
#[cbor(map)]
pub(super) struct Body {
    #[cbor(n(1), with = "minicbor::bytes")]
    entropy: Vec<u8>,
    #[n(2)]
    key_index: u32,
    #[cbor(n(3), with = "minicbor::bytes")]
    genesis: Option<Vec<u8>>,
    #[cbor(n(4), with = "minicbor::bytes")]
    account: Option<[u8; 20]>,
    #[n(5)]
    language: u8,
    #[n(6)]
    words_checked: Option<bool>,
}

impl Body {
    /// The body of a new vault with these words.
    pub(super) fn new(mnemonic: &Mnemonic, language: device::Language) -> Self {
        let language = mnemonic.language().unwrap_or(language);
        let mut body = Self::default();
        body.language = device::number_of(language);
        body.entropy.reserve_exact(ENTROPY_BYTES_MAX);
        body.entropy.extend_from_slice(&mnemonic.entropy());
        body
    }

    /// The body as it is sealed.
    pub(super) fn of(secrets: &Secrets, facts: &Facts) -> Self {
        Self {
            entropy: secrets.entropy().to_vec(),
            key_index: facts.key_index,
            genesis: facts.genesis.clone(),
            account: facts.account,
            language: facts.language,
            words_checked: facts.words_checked.then_some(true),
        }
    }

    /// Reads an opened body.
    pub(super) fn decode(plain: &[u8]) -> Result<Self, VaultError> {
        minicbor::decode(plain).map_err(|_| VaultError::Damaged)
    }

    /// The bytes to be sealed, in one allocation: one that grows would leave copies behind.
    pub(super) fn encode(&self) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        let mut plain = Zeroizing::new(Vec::with_capacity(minicbor::len(self)));
        minicbor::encode(self, &mut *plain).map_err(|_| VaultError::Damaged)?;
        Ok(plain)
    }

    pub(super) fn entropy(&self) -> &[u8] {
        &self.entropy
    }

    /// Puts the secrets where they stay, and says the rest.
    pub(super) fn unpack(&self, key: &SealKey) -> Result<(Guarded<Secrets>, Facts), VaultError> {
        let facts = Facts {
            key_index: self.key_index,
            genesis: self.genesis.clone(),
            account: self.account,
            language: self.language,
            words_checked: self.words_checked == Some(true),
        };
        let mnemonic = mnemonic(&self.entropy, &facts)?;
        let mut guarded = Guarded::<Secrets>::new();
        let secrets = guarded.get_mut();
        secrets.key.copy_from_slice(key.as_slice());
        for (to, from) in secrets.entropy.iter_mut().zip(&self.entropy) {
            *to = *from;
        }
        secrets.entropy_bytes = self.entropy.len();
        secrets.device.fill(&mnemonic, self.key_index)?;
        Ok((guarded, facts))
    }
}

/// The words of an entropy.
pub(super) fn mnemonic(entropy: &[u8], facts: &Facts) -> Result<Mnemonic, VaultError> {
    let language = device::language_of(facts.language).ok_or(VaultError::Damaged)?;
    Mnemonic::from_entropy(language, entropy).map_err(|_| VaultError::Damaged)
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secrets(..)")
    }
}
