//! The vault's file: `"scks"`, header length, CBOR header, sealed body, SHA-256 of all that.
//!
//! Everything before the body is bound to it as associated data. The checksum at the end tells damage from a wrong
//! password before any costly work is done; it proves nothing against an attacker, the seal does.
//!
//! The body's key is Argon2id of the password, in format 2 together with a secret that the device keeps. The same key
//! lies in the header once more, sealed under a key made from the backup words: the way in when the password or the
//! device's secret is gone.

use hkdf::Hkdf;
use minicbor::{Decode, Encode};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::factor::FactorSecret;
use super::{VaultCost, VaultError};
use crate::seal::{self, NONCE, SealKey};

const MAGIC: &[u8; 4] = b"scks";
/// The password alone opens it.
const VERSION: u8 = 1;
/// The password and a second factor open it.
const VERSION_TWO_PARTS: u8 = 2;
/// Argon2id, version 0x13.
const KDF_ARGON2ID: u8 = 1;
/// XChaCha20-Poly1305.
const AEAD_XCHACHA: u8 = 1;
/// No vault is larger than this; a larger file is refused before it is read.
pub(super) const FILE_BYTES_MAX: u64 = 64 * 1024;
/// Length of the checksum.
const SUM: usize = 32;
/// A nonce, a sealed key and its tag.
const RECOVERY_BYTES: usize = NONCE + 32 + 16;
/// Longest name of a keeper of secrets.
const BACKEND_BYTES_MAX: usize = 32;

/// What must be known to open the body.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub(super) struct Header {
    #[n(1)]
    version: u8,
    #[n(2)]
    kdf: u8,
    #[n(3)]
    memory_kib: u32,
    #[n(4)]
    passes: u32,
    #[n(5)]
    lanes: u32,
    #[cbor(n(6), with = "minicbor::bytes")]
    salt: [u8; 32],
    #[n(7)]
    aead: u8,
    #[cbor(n(8), with = "minicbor::bytes")]
    nonce: [u8; NONCE],
    #[n(9)]
    created: u64,
    /// Where the second secret is; present exactly in format 2.
    #[n(10)]
    second: Option<Second>,
    /// The body's key under a key of the backup words. Vaults of before have none until they are next written.
    #[cbor(n(11), with = "minicbor::bytes")]
    recovery: Option<Vec<u8>>,
}

/// Who keeps the second secret, and under which name.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(super) struct Second {
    /// The keeper.
    #[n(0)]
    pub(super) backend: String,
    /// The name, random: it says nothing about the wallet.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub(super) name: [u8; 16],
}

impl Header {
    /// A header for a new vault. `created` is microseconds since 1970 and informs people only.
    pub(super) fn make(
        cost: VaultCost,
        created: u64,
        second: Option<Second>,
    ) -> Result<Self, VaultError> {
        let header = Self {
            version: if second.is_some() { VERSION_TWO_PARTS } else { VERSION },
            kdf: KDF_ARGON2ID,
            memory_kib: cost.memory_kib,
            passes: cost.passes,
            lanes: 1,
            salt: seal::make_random().ok_or(VaultError::NoRandom)?,
            aead: AEAD_XCHACHA,
            nonce: [0; NONCE],
            created,
            second,
            recovery: None,
        };
        header.check()?;
        Ok(header)
    }

    /// The cost of a guess.
    pub(super) const fn cost(&self) -> VaultCost {
        VaultCost { memory_kib: self.memory_kib, passes: self.passes }
    }

    /// What makes the same password another key in another file.
    #[cfg(test)]
    pub(super) const fn salt(&self) -> &[u8; 32] {
        &self.salt
    }

    /// When the vault was made.
    pub(super) const fn created(&self) -> u64 {
        self.created
    }

    /// Where the second secret is, if there is one.
    pub(super) const fn second(&self) -> Option<&Second> {
        self.second.as_ref()
    }

    /// True if the backup words open this file.
    pub(super) const fn has_recovery(&self) -> bool {
        self.recovery.is_some()
    }

    /// The key that `password` and the second secret give under this header.
    pub(super) fn key(
        &self,
        password: &str,
        second: Option<&FactorSecret>,
    ) -> Result<SealKey, VaultError> {
        let params = argon2::Params::new(self.memory_kib, self.passes, self.lanes, Some(32))
            .map_err(|_| VaultError::Hostile)?;
        let blocks = params.block_count();
        let kdf = argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params);
        // The last block is as good as the key: this memory is wiped too.
        let mut memory = Zeroizing::new(Vec::new());
        memory.try_reserve_exact(blocks).map_err(|_| VaultError::NoMemory)?;
        memory.resize(blocks, argon2::Block::default());
        let mut key = SealKey::default();
        kdf.hash_password_into_with_memory(
            password.as_bytes(),
            &self.salt,
            key.as_mut_slice(),
            memory.as_mut_slice(),
        )
        .map_err(|_| VaultError::Hostile)?;
        let Some(secret) = second else { return Ok(key) };
        let mut parts = Zeroizing::new([0_u8; 64]);
        for (to, from) in parts.iter_mut().zip(key.iter().chain(secret.iter())) {
            *to = *from;
        }
        self.expand(parts.as_slice(), b"scoin-vault/two-parts")
    }

    /// With `key` sealed under a key of the backup words.
    pub(super) fn with_recovery(
        mut self,
        key: &SealKey,
        entropy: &[u8],
    ) -> Result<Self, VaultError> {
        let nonce = seal::make_random::<NONCE>().ok_or(VaultError::NoRandom)?;
        let words_key = self.expand(entropy, b"scoin-vault/words")?;
        let sealed = seal::seal(&words_key, &nonce, &self.bound_to_recovery()?, key.as_slice());
        self.recovery = Some([nonce.as_slice(), &sealed.ok_or(VaultError::Damaged)?].concat());
        Ok(self)
    }

    /// The body's key, by the backup words.
    pub(super) fn recover(&self, entropy: &[u8]) -> Result<SealKey, VaultError> {
        let kept = self.recovery.as_ref().ok_or(VaultError::NoRecovery)?;
        let (nonce, sealed) = kept.split_first_chunk::<NONCE>().ok_or(VaultError::Damaged)?;
        let words_key = self.expand(entropy, b"scoin-vault/words")?;
        let plain = seal::unseal(&words_key, nonce, &self.bound_to_recovery()?, sealed)
            .ok_or(VaultError::OtherWords)?;
        let mut key = SealKey::default();
        if plain.len() != key.len() {
            return Err(VaultError::Damaged);
        }
        key.copy_from_slice(&plain);
        Ok(key)
    }

    /// HKDF-SHA-256 under this header's salt.
    pub(super) fn expand(&self, secret: &[u8], info: &[u8]) -> Result<SealKey, VaultError> {
        let mut key = SealKey::default();
        Hkdf::<Sha256>::new(Some(&self.salt), secret)
            .expand(info, key.as_mut_slice())
            .map_err(|_| VaultError::Hostile)?;
        Ok(key)
    }

    /// What the sealed key is bound to: everything that says how the key is made.
    fn bound_to_recovery(&self) -> Result<Vec<u8>, VaultError> {
        let bound = Self { nonce: [0; NONCE], recovery: None, ..self.clone() };
        minicbor::to_vec(&bound).map_err(|_| VaultError::Damaged)
    }

    fn check(&self) -> Result<(), VaultError> {
        let version = if self.second.is_some() { VERSION_TWO_PARTS } else { VERSION };
        let known = self.version == version
            && self.kdf == KDF_ARGON2ID
            && self.aead == AEAD_XCHACHA
            && self.lanes == 1;
        if !known {
            return Err(VaultError::Version);
        }
        let named = self.second.as_ref().is_none_or(|second| is_backend(&second.backend));
        let whole = self.recovery.as_ref().is_none_or(|kept| kept.len() == RECOVERY_BYTES);
        if named && whole { self.cost().check() } else { Err(VaultError::Damaged) }
    }
}

/// A keeper's name goes into error messages: letters, digits and hyphens only.
fn is_backend(name: &str) -> bool {
    let good = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    (1..=BACKEND_BYTES_MAX).contains(&name.len()) && name.bytes().all(good)
}

/// A parsed file whose body is still sealed.
#[derive(Debug)]
pub(super) struct Sealed<'a> {
    pub(super) header: Header,
    bound: &'a [u8],
    body: &'a [u8],
}

impl<'a> Sealed<'a> {
    /// Reads the frame of a file. Nothing costly is done, and nothing is believed that is out of bounds.
    pub(super) fn parse(file: &'a [u8]) -> Result<Self, VaultError> {
        let (content, sum) = file.split_last_chunk::<SUM>().ok_or(VaultError::Damaged)?;
        if Sha256::digest(content).as_slice() != sum {
            return Err(VaultError::Damaged);
        }
        let (magic, rest) = content.split_first_chunk::<4>().ok_or(VaultError::Damaged)?;
        if magic != MAGIC {
            return Err(VaultError::Damaged);
        }
        let (length, rest) = rest.split_first_chunk::<2>().ok_or(VaultError::Damaged)?;
        let length = usize::from(u16::from_be_bytes(*length));
        let (header, body) = rest.split_at_checked(length).ok_or(VaultError::Damaged)?;
        let (bound, _) = content
            .split_at_checked(content.len().saturating_sub(body.len()))
            .ok_or(VaultError::Damaged)?;
        let header: Header = minicbor::decode(header).map_err(|_| VaultError::Damaged)?;
        header.check()?;
        Ok(Self { header, bound, body })
    }

    /// The plain body.
    pub(super) fn open(&self, key: &SealKey) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        seal::unseal(key, &self.header.nonce, self.bound, self.body)
            .ok_or(VaultError::WrongPassword)
    }
}

/// The bytes of a whole file: `plain` sealed with `key` under a new nonce.
pub(super) fn write(header: &Header, key: &SealKey, plain: &[u8]) -> Result<Vec<u8>, VaultError> {
    let nonce = seal::make_random().ok_or(VaultError::NoRandom)?;
    let header = Header { nonce, ..header.clone() };
    let encoded = minicbor::to_vec(&header).map_err(|_| VaultError::Damaged)?;
    let length = u16::try_from(encoded.len()).map_err(|_| VaultError::Damaged)?;
    let mut file = MAGIC.to_vec();
    file.extend_from_slice(&length.to_be_bytes());
    file.extend_from_slice(&encoded);
    let body = seal::seal(key, &nonce, &file, plain).ok_or(VaultError::Damaged)?;
    file.extend_from_slice(&body);
    let sum = Sha256::digest(&file);
    file.extend_from_slice(&sum);
    let size = u64::try_from(file.len()).unwrap_or(u64::MAX);
    if size > FILE_BYTES_MAX { Err(VaultError::TooLarge) } else { Ok(file) }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Puts a good checksum on a content, as an attacker would.
    pub(in super::super) fn reseal(content: &mut Vec<u8>) {
        let sum = Sha256::digest(content.as_slice());
        content.extend_from_slice(&sum);
    }

    /// A whole file with this header, under a good checksum, and a body that is never looked at.
    fn file_with(header: &Header) -> Vec<u8> {
        let encoded = minicbor::to_vec(header).unwrap();
        let mut file = MAGIC.to_vec();
        file.extend_from_slice(&u16::try_from(encoded.len()).unwrap().to_be_bytes());
        file.extend_from_slice(&encoded);
        file.extend_from_slice(&[0; 80]);
        reseal(&mut file);
        file
    }

    /// Headers that ask for too much or too little.
    fn hostile_headers() -> Vec<Header> {
        let good = Header::make(VaultCost::FLOOR, 1, None).unwrap();
        vec![
            Header { memory_kib: u32::MAX, ..good.clone() },
            Header { memory_kib: VaultCost::CEILING.memory_kib + 1, ..good.clone() },
            Header { memory_kib: VaultCost::FLOOR.memory_kib - 1, ..good.clone() },
            Header { memory_kib: 0, ..good.clone() },
            Header { passes: VaultCost::CEILING.passes + 1, ..good.clone() },
            Header { passes: u32::MAX, ..good.clone() },
            Header { passes: 1, ..good },
        ]
    }

    /// Whole files with such headers.
    pub(in super::super) fn hostile() -> Vec<Vec<u8>> {
        hostile_headers().iter().map(file_with).collect()
    }

    #[test]
    fn hostile_headers_are_refused_before_any_work() {
        let good = Header::make(VaultCost::FLOOR, 1, None).unwrap();
        assert!(Sealed::parse(&file_with(&good)).is_ok());
        for header in hostile_headers() {
            let refused = Sealed::parse(&file_with(&header)).map(|_| ());
            assert!(matches!(refused, Err(VaultError::Hostile)), "{header:?}");
        }
        let second = |backend: &str| Some(Second { backend: backend.to_owned(), name: [1; 16] });
        let unknown = [
            Header { version: 3, ..good.clone() },
            Header { version: 2, ..good.clone() },
            Header { second: second("a"), ..good.clone() },
            Header { kdf: 0, ..good.clone() },
            Header { aead: 9, ..good.clone() },
            Header { lanes: 4, ..good.clone() },
        ];
        for header in unknown {
            let refused = Sealed::parse(&file_with(&header)).map(|_| ());
            assert!(matches!(refused, Err(VaultError::Version)), "{header:?}");
        }
        let two = Header { version: 2, ..good.clone() };
        assert!(
            Sealed::parse(&file_with(&Header { second: second("a-1"), ..two.clone() })).is_ok()
        );
        let long = "a".repeat(BACKEND_BYTES_MAX + 1);
        let mut broken: Vec<Header> = ["", "a b", "a\n", "\u{1b}[2J", long.as_str()]
            .into_iter()
            .map(|name| Header { second: second(name), ..two.clone() })
            .collect();
        for length in [0, RECOVERY_BYTES - 1, RECOVERY_BYTES + 1] {
            broken.push(Header { recovery: Some(vec![0; length]), ..good.clone() });
        }
        for header in broken {
            let refused = Sealed::parse(&file_with(&header)).map(|_| ());
            assert!(matches!(refused, Err(VaultError::Damaged)), "{header:?}");
        }
    }
}
