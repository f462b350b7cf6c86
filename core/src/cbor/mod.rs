//! Deterministic CBOR (RFC 8949, 4.2.1): one value has exactly one encoding, and only that one is read.
//!
//! The profile of `docs/wire.md`: definite lengths, shortest integers, maps with ascending unsigned integer keys,
//! every absent option and every empty list left out, no tags inside, no floats, nothing after the value.
//!
//! The reader is written here, not taken from a library, because it must *name* what is wrong with the bytes, and
//! general readers accept longer integers, indefinite lengths and repeated keys. [`decode`] does three things:
//! [`scan`] checks the form, [`Wire::read`] the meaning, and a re-encoding is compared byte for byte, so that a
//! mistake in the first two can never let a second encoding through.

mod macros;
mod read;
mod types;
mod write;

pub use read::{MapReader, Reader, scan};
pub use write::Writer;

/// The longest message that is read: 64 KiB.
pub const MAX_BYTES: usize = 65_536;

/// The deepest nesting that is read. The deepest message of `docs/wire.md` has 6 levels.
pub const MAX_DEPTH: u8 = 12;

/// A value with exactly one encoding.
pub trait Wire: Sized {
    /// True if an empty list of such values is left out of a map. A byte string is not, however short.
    const EMPTY_LIST_IS_ABSENT: bool = true;

    /// Appends the encoding.
    fn write(&self, to: &mut Writer);

    /// Reads one value. The bytes were scanned before.
    fn read(from: &mut Reader<'_>) -> Result<Self, CborError>;

    /// True if the value is left out of a map: `None` and the empty list.
    fn is_absent(&self) -> bool {
        false
    }

    /// What a missing key means, or `None` if the key must be there.
    fn absent() -> Option<Self> {
        None
    }

    /// Appends a list of values: an array. (Bytes are a byte string instead.)
    fn write_list(items: &[Self], to: &mut Writer) {
        to.array(items.len());
        for item in items {
            item.write(to);
        }
    }

    /// Reads a list of values.
    fn read_list(from: &mut Reader<'_>) -> Result<Vec<Self>, CborError> {
        let count = from.array()?;
        (0..count).map(|_| Self::read(from)).collect()
    }
}

/// The encoding of a value.
pub fn encode<T: Wire>(value: &T) -> Vec<u8> {
    let mut writer = Writer::default();
    value.write(&mut writer);
    writer.into_bytes()
}

/// The value these bytes encode, if they are its one encoding and no longer than [`MAX_BYTES`].
pub fn decode<T: Wire>(bytes: &[u8]) -> Result<T, CborError> {
    decode_up_to(bytes, MAX_BYTES)
}

/// As [`decode`], with another limit: for what is read back from a store.
pub fn decode_up_to<T: Wire>(bytes: &[u8], max_bytes: usize) -> Result<T, CborError> {
    if bytes.len() > max_bytes {
        return Err(CborError::TooLarge);
    }
    scan(bytes)?;
    let mut reader = Reader::new(bytes);
    let value = T::read(&mut reader)?;
    reader.end()?;
    if encode(&value) == bytes { Ok(value) } else { Err(CborError::NotCanonical) }
}

/// What is wrong with the bytes, by name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CborError {
    /// Longer than the limit.
    #[error("the message is too large: send less at once")]
    TooLarge,
    /// The bytes end in the middle of a value.
    #[error("the message is cut off: send it again whole")]
    Truncated,
    /// Something follows the value.
    #[error("bytes follow the end of the message: remove them")]
    TrailingBytes,
    /// A length is not written before the content.
    #[error("a length is indefinite: write it before the content")]
    Indefinite,
    /// An integer or a length is longer than needed.
    #[error("an integer is longer than needed: use its shortest form")]
    NotMinimal,
    /// Map keys do not ascend.
    #[error("map keys are not sorted: write them in ascending order")]
    UnsortedKeys,
    /// A map key stands twice.
    #[error("map key {key} stands twice: keep one")]
    DuplicateKey {
        /// The key.
        key: u64,
    },
    /// A map key that this message does not have.
    #[error("map key {key} is unknown: see `docs/wire.md`")]
    UnknownKey {
        /// The key.
        key: u64,
    },
    /// A map key that this message must have.
    #[error("map key {key} is missing: see `docs/wire.md`")]
    MissingKey {
        /// The key.
        key: u64,
    },
    /// A value of another type than the message has here.
    #[error("a value is not {expected}: see `docs/wire.md`")]
    WrongType {
        /// What should stand there.
        expected: &'static str,
    },
    /// A number or a length that does not fit its field.
    #[error("a value does not fit {expected}: see `docs/wire.md`")]
    OutOfRange {
        /// What should stand there.
        expected: &'static str,
    },
    /// A number that stands for nothing (yet): an action, a role, a kind.
    #[error("number {number} is not a known {what}: use a newer version, or see `docs/wire.md`")]
    UnknownNumber {
        /// What the number should stand for.
        what: &'static str,
        /// The number.
        number: u64,
    },
    /// Text that is not UTF-8.
    #[error("a text is not UTF-8: encode it so")]
    NotUtf8,
    /// A type this profile does not use: floats, tags, null, undefined, reserved values.
    #[error("a type is used that this format does not have: see `docs/wire.md`")]
    Unsupported,
    /// Nested deeper than any message.
    #[error("values are nested too deeply: see `docs/wire.md`")]
    TooDeep,
    /// 33 bytes that are not a point on the curve.
    #[error("a public key is not on the curve: send a compressed secp256k1 key")]
    BadKey,
    /// A value was written that must be left out (an empty list), or written in another way.
    #[error("the message is not in its one canonical form: see `docs/wire.md`")]
    NotCanonical,
}
