//! Deterministic CBOR (RFC 8949 4.2.1), as much as a policy needs: integers, text, byte strings, arrays, maps with
//! unsigned keys, booleans. The reader takes nothing the writer would not have written.

use super::DecodeError;

const UINT: u8 = 0;
const NEGATIVE: u8 = 1;
const BYTES: u8 = 2;
const TEXT: u8 = 3;
const ARRAY: u8 = 4;
const MAP: u8 = 5;
const FALSE: u8 = 0xf4;
const TRUE: u8 = 0xf5;

/// Appends values to a byte string.
#[derive(Debug, Default)]
pub(super) struct Writer {
    pub(super) bytes: Vec<u8>,
    /// Are titles and because-texts written too?
    pub(super) texts: bool,
}

impl Writer {
    fn head(&mut self, major: u8, value: u64) {
        let first = major << 5;
        if let Ok(small) = u8::try_from(value) {
            match small {
                0..24 => self.bytes.push(first | small),
                24.. => self.bytes.extend([first | 0x18, small]),
            }
        } else if let Ok(short) = u16::try_from(value) {
            self.bytes.push(first | 0x19);
            self.bytes.extend(short.to_be_bytes());
        } else if let Ok(word) = u32::try_from(value) {
            self.bytes.push(first | 0x1a);
            self.bytes.extend(word.to_be_bytes());
        } else {
            self.bytes.push(first | 0x1b);
            self.bytes.extend(value.to_be_bytes());
        }
    }

    fn length(&mut self, major: u8, length: usize) {
        self.head(major, u64::try_from(length).unwrap_or(u64::MAX));
    }

    pub(super) fn uint(&mut self, value: u64) {
        self.head(UINT, value);
    }

    pub(super) fn int(&mut self, value: i64) {
        match u64::try_from(value) {
            Ok(value) => self.head(UINT, value),
            // -1 - n is coded as n, and n is the bitwise complement of the two's complement.
            Err(_) => self.head(NEGATIVE, u64::from_be_bytes((!value).to_be_bytes())),
        }
    }

    pub(super) fn byte_string(&mut self, bytes: &[u8]) {
        self.length(BYTES, bytes.len());
        self.bytes.extend(bytes);
    }

    pub(super) fn text(&mut self, text: &str) {
        self.length(TEXT, text.len());
        self.bytes.extend(text.as_bytes());
    }

    pub(super) fn array(&mut self, length: usize) {
        self.length(ARRAY, length);
    }

    pub(super) fn map(&mut self, length: usize) {
        self.length(MAP, length);
    }

    pub(super) fn boolean(&mut self, value: bool) {
        self.bytes.push(if value { TRUE } else { FALSE });
    }
}

/// Takes values from the front of a byte string.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    rest: &'a [u8],
    depth: u32,
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, depth: 0 }
    }

    pub(super) fn finish(&self) -> Result<(), DecodeError> {
        if self.rest.is_empty() { Ok(()) } else { Err(DecodeError::TrailingBytes) }
    }

    /// Goes one level down; every recursive type calls this, so hostile bytes cannot exhaust the stack.
    pub(super) fn nested<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, DecodeError>,
    ) -> Result<T, DecodeError> {
        if self.depth >= super::DEPTH_MAX {
            return Err(DecodeError::TooDeep);
        }
        self.depth = self.depth.saturating_add(1);
        let value = read(self);
        self.depth = self.depth.saturating_sub(1);
        value
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], DecodeError> {
        let (taken, rest) = self.rest.split_at_checked(length).ok_or(DecodeError::Truncated)?;
        self.rest = rest;
        Ok(taken)
    }

    fn take_array<const N: usize>(&mut self) -> Result<[u8; N], DecodeError> {
        self.take(N)?.try_into().map_err(|_| DecodeError::Truncated)
    }

    fn head(&mut self) -> Result<(u8, u64), DecodeError> {
        let [first] = self.take_array::<1>()?;
        let (value, least) = match first & 0x1f {
            small @ 0..24 => (u64::from(small), 0),
            0x18 => (u64::from(u8::from_be_bytes(self.take_array()?)), 24),
            0x19 => (u64::from(u16::from_be_bytes(self.take_array()?)), 1 << 8),
            0x1a => (u64::from(u32::from_be_bytes(self.take_array()?)), 1 << 16),
            0x1b => (u64::from_be_bytes(self.take_array()?), 1 << 32),
            _ => return Err(DecodeError::WrongType),
        };
        if value < least { Err(DecodeError::NotMinimal) } else { Ok((first >> 5, value)) }
    }

    fn expect(&mut self, major: u8) -> Result<u64, DecodeError> {
        let (found, value) = self.head()?;
        if found == major { Ok(value) } else { Err(DecodeError::WrongType) }
    }

    fn length(&mut self, major: u8) -> Result<usize, DecodeError> {
        let length = usize::try_from(self.expect(major)?).map_err(|_| DecodeError::Truncated)?;
        // Every element takes at least one byte, so a length beyond the input is a lie: refuse it before allocating.
        if length > self.rest.len() { Err(DecodeError::Truncated) } else { Ok(length) }
    }

    pub(super) fn uint(&mut self) -> Result<u64, DecodeError> {
        self.expect(UINT)
    }

    /// An unsigned integer that fits the type.
    pub(super) fn small<T: TryFrom<u64>>(&mut self) -> Result<T, DecodeError> {
        T::try_from(self.uint()?).map_err(|_| DecodeError::OutOfRange)
    }

    pub(super) fn int(&mut self) -> Result<i64, DecodeError> {
        match self.head()? {
            (UINT, value) => i64::try_from(value).map_err(|_| DecodeError::OutOfRange),
            (NEGATIVE, value) => {
                i64::try_from(value).map(|value| !value).map_err(|_| DecodeError::OutOfRange)
            }
            _ => Err(DecodeError::WrongType),
        }
    }

    pub(super) fn hash(&mut self) -> Result<[u8; 32], DecodeError> {
        let length = self.length(BYTES)?;
        self.take(length)?.try_into().map_err(|_| DecodeError::OutOfRange)
    }

    pub(super) fn text(&mut self) -> Result<String, DecodeError> {
        let length = self.length(TEXT)?;
        let text = str::from_utf8(self.take(length)?).map_err(|_| DecodeError::NotText)?;
        Ok(text.to_owned())
    }

    pub(super) fn array(&mut self) -> Result<usize, DecodeError> {
        self.length(ARRAY)
    }

    /// The tag and the number of further fields of a variant `[tag, fields...]`.
    pub(super) fn variant(&mut self) -> Result<(u64, usize), DecodeError> {
        let fields = self.array()?.checked_sub(1).ok_or(DecodeError::WrongType)?;
        Ok((self.uint()?, fields))
    }

    pub(super) fn boolean(&mut self) -> Result<bool, DecodeError> {
        match self.take_array()? {
            [FALSE] => Ok(false),
            [TRUE] => Ok(true),
            _ => Err(DecodeError::WrongType),
        }
    }

    pub(super) fn map(&mut self) -> Result<usize, DecodeError> {
        self.length(MAP)
    }

    /// If the next key is `key`, takes it. Keys are one byte here: all are below 24.
    pub(super) fn key(&mut self, key: u8) -> bool {
        match self.rest.split_first() {
            Some((first, rest)) if *first == key => {
                self.rest = rest;
                true
            }
            _ => false,
        }
    }
}
