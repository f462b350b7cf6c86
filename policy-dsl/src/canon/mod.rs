//! Canonical bytes and identity of compiled policies and programmes.
//!
//! A structure is a map with small ascending unsigned keys; an enumeration is its number, or `[number, fields...]`
//! when it has fields; an absent optional field is an absent key. There is exactly one encoding of a value, and the
//! decoder accepts nothing else: it also refuses what is not in normal form (see [`crate::normal`]).
//!
//! The identity leaves titles and because-texts out. `to_bytes_with_texts` carries them too, for storage; both forms
//! are read by the same decoder, and a policy has the same id whichever way it came.

pub(crate) mod causes;
mod cbor;
mod policy;
mod pred;
mod program;
mod value;

use std::fmt;
use std::str::FromStr;

use sha2::{Digest, Sha256};

use crate::ir::{Policy, PolicyId, Program};
use crate::normal;
use cbor::{Reader, Writer};

/// Version of the facts, clauses and encoding; part of every identity.
pub const SCHEMA_VERSION: u16 = 1;

/// The longest canonical form that is decoded, in bytes: a 64 KiB source with every `let` and `also` expanded.
pub const BYTES_MAX: usize = 1 << 20;

/// How deep conditions and embedded policies may nest, together.
pub const DEPTH_MAX: u32 = 64;

/// Why bytes are not a canonical policy or programme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecodeError {
    /// The bytes end too early, or a length says more than there is.
    Truncated,
    /// More bytes than one value.
    TrailingBytes,
    /// An integer or length is not in its shortest form.
    NotMinimal,
    /// Another type, variant or key was expected here.
    WrongType,
    /// A number or hash does not fit its field.
    OutOfRange,
    /// A text is not UTF-8.
    NotText,
    /// Nested deeper than [`DEPTH_MAX`].
    TooDeep,
    /// Longer than [`BYTES_MAX`].
    TooLong,
    /// Well formed, but not the one normal form: unsorted, repeated or negated in the wrong place.
    NotNormal,
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Truncated => "the bytes end too early",
            Self::TrailingBytes => "there are bytes after the end",
            Self::NotMinimal => "an integer is not in its shortest form",
            Self::WrongType => "a value has another type than expected",
            Self::OutOfRange => "a value does not fit its field",
            Self::NotText => "a text is not utf-8",
            Self::TooDeep => "conditions or embedded policies nest too deep",
            Self::TooLong => "the bytes are longer than 1 MiB",
            Self::NotNormal => "the value is not in normal form",
        })
    }
}

impl std::error::Error for DecodeError {}

impl Policy {
    /// The canonical form that the id is made of: no titles, no because-texts.
    pub fn to_bytes(&self) -> Vec<u8> {
        encode(self, false)
    }

    /// The canonical form with titles and because-texts, for storage and display.
    pub fn to_bytes_with_texts(&self) -> Vec<u8> {
        encode(self, true)
    }

    /// Reads either form.
    ///
    /// # Errors
    /// Whatever `to_bytes` or `to_bytes_with_texts` would not have written.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let policy: Self = decode(bytes)?;
        if normal::is_normal_policy(&policy) { Ok(policy) } else { Err(DecodeError::NotNormal) }
    }

    /// The identity: SHA-256 of `scoin-policy/1`, the schema version (two bytes, big endian) and [`Self::to_bytes`].
    pub fn id(&self) -> PolicyId {
        PolicyId(identity(b"scoin-policy/1", &self.to_bytes()))
    }
}

impl Program {
    /// The canonical form that the id is made of: no titles, no because-texts.
    pub fn to_bytes(&self) -> Vec<u8> {
        encode(self, false)
    }

    /// The canonical form with titles and because-texts, for storage and display.
    pub fn to_bytes_with_texts(&self) -> Vec<u8> {
        encode(self, true)
    }

    /// Reads either form.
    ///
    /// # Errors
    /// Whatever `to_bytes` or `to_bytes_with_texts` would not have written.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let program: Self = decode(bytes)?;
        if normal::is_normal_program(&program) { Ok(program) } else { Err(DecodeError::NotNormal) }
    }

    /// The identity: SHA-256 of `scoin-program/1`, the schema version (two bytes, big endian) and [`Self::to_bytes`].
    pub fn id(&self) -> [u8; 32] {
        identity(b"scoin-program/1", &self.to_bytes())
    }
}

impl fmt::Display for PolicyId {
    /// `sp1:` and 64 hexadecimal digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("sp1:")?;
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl FromStr for PolicyId {
    type Err = DecodeError;

    /// Reads what `Display` writes, nothing else.
    fn from_str(text: &str) -> Result<Self, DecodeError> {
        let hex = text.strip_prefix("sp1:").ok_or(DecodeError::WrongType)?;
        hash_from_hex(hex).map(Self).ok_or(DecodeError::OutOfRange)
    }
}

/// 32 bytes from 64 lower-case hexadecimal digits.
pub(crate) fn hash_from_hex(hex: &str) -> Option<[u8; 32]> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => byte.checked_sub(b'0'),
        b'a'..=b'f' => byte.checked_sub(b'a').and_then(|letter| letter.checked_add(10)),
        _ => None,
    };
    let mut bytes = Vec::with_capacity(32);
    for pair in hex.as_bytes().chunks(2) {
        let &[high, low] = pair else { return None };
        bytes.push((digit(high)? << 4) | digit(low)?);
    }
    bytes.try_into().ok()
}

fn identity(domain: &[u8], bytes: &[u8]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(domain);
    hash.update(SCHEMA_VERSION.to_be_bytes());
    hash.update(bytes);
    hash.finalize().into()
}

/// A value with one encoding.
trait Canon: Sized {
    fn put(&self, to: &mut Writer);
    fn get(from: &mut Reader<'_>) -> Result<Self, DecodeError>;
}

fn encode(value: &impl Canon, texts: bool) -> Vec<u8> {
    let mut writer = Writer { texts, ..Writer::default() };
    value.put(&mut writer);
    writer.bytes
}

fn decode<T: Canon>(bytes: &[u8]) -> Result<T, DecodeError> {
    if bytes.len() > BYTES_MAX {
        return Err(DecodeError::TooLong);
    }
    let mut reader = Reader::new(bytes);
    let value = T::get(&mut reader)?;
    reader.finish()?;
    Ok(value)
}
