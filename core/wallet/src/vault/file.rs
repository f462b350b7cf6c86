//! The vault's file: `"scks"`, header length, CBOR header, sealed body, SHA-256 of all that.
//!
//! Everything before the body is bound to it as associated data. The checksum at the end tells damage from a wrong
//! password before any costly work is done; it proves nothing against an attacker, the seal does.

use minicbor::{Decode, Encode};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::{VaultCost, VaultError};
use crate::seal::{self, NONCE, SealKey};

const MAGIC: &[u8; 4] = b"scks";
/// The only format version so far.
const VERSION: u8 = 1;
/// Argon2id, version 0x13.
const KDF_ARGON2ID: u8 = 1;
/// XChaCha20-Poly1305.
const AEAD_XCHACHA: u8 = 1;
/// No vault is larger than this; a larger file is refused before it is read.
pub(super) const FILE_BYTES_MAX: u64 = 64 * 1024;
/// Length of the checksum.
const SUM: usize = 32;

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
}

impl Header {
    /// A header for a new vault. `created` is microseconds since 1970 and informs people only.
    pub(super) fn make(cost: VaultCost, created: u64) -> Result<Self, VaultError> {
        cost.check()?;
        Ok(Self {
            version: VERSION,
            kdf: KDF_ARGON2ID,
            memory_kib: cost.memory_kib,
            passes: cost.passes,
            lanes: 1,
            salt: seal::make_random().ok_or(VaultError::NoRandom)?,
            aead: AEAD_XCHACHA,
            nonce: [0; NONCE],
            created,
        })
    }

    /// The cost of a guess.
    pub(super) const fn cost(&self) -> VaultCost {
        VaultCost { memory_kib: self.memory_kib, passes: self.passes }
    }

    /// When the vault was made.
    pub(super) const fn created(&self) -> u64 {
        self.created
    }

    /// The key that `password` gives under this header.
    pub(super) fn key(&self, password: &str) -> Result<SealKey, VaultError> {
        let params = argon2::Params::new(self.memory_kib, self.passes, self.lanes, Some(32))
            .map_err(|_| VaultError::Hostile)?;
        let kdf = argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params);
        let mut key = SealKey::default();
        kdf.hash_password_into(password.as_bytes(), &self.salt, key.as_mut_slice())
            .map_err(|_| VaultError::Hostile)?;
        Ok(key)
    }

    fn check(&self) -> Result<(), VaultError> {
        let known = self.version == VERSION
            && self.kdf == KDF_ARGON2ID
            && self.aead == AEAD_XCHACHA
            && self.lanes == 1;
        if known { self.cost().check() } else { Err(VaultError::Version) }
    }
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
    Ok(file)
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

    #[test]
    fn hostile_headers_are_refused_before_any_work() {
        let good = Header::make(VaultCost::FLOOR, 1).unwrap();
        assert!(Sealed::parse(&file_with(&good)).is_ok());
        let hostile = [
            Header { memory_kib: u32::MAX, ..good.clone() },
            Header { memory_kib: VaultCost::CEILING.memory_kib + 1, ..good.clone() },
            Header { memory_kib: VaultCost::FLOOR.memory_kib - 1, ..good.clone() },
            Header { memory_kib: 0, ..good.clone() },
            Header { passes: VaultCost::CEILING.passes + 1, ..good.clone() },
            Header { passes: u32::MAX, ..good.clone() },
            Header { passes: 1, ..good },
        ];
        for header in hostile {
            let refused = Sealed::parse(&file_with(&header)).map(|_| ());
            assert!(matches!(refused, Err(VaultError::Hostile)), "{header:?}");
        }
        let good = Header::make(VaultCost::FLOOR, 1).unwrap();
        let unknown = [
            Header { version: 2, ..good.clone() },
            Header { kdf: 0, ..good.clone() },
            Header { aead: 9, ..good.clone() },
            Header { lanes: 4, ..good },
        ];
        for header in unknown {
            let refused = Sealed::parse(&file_with(&header)).map(|_| ());
            assert!(matches!(refused, Err(VaultError::Version)), "{header:?}");
        }
    }
}
