//! The reader: strict at every head, so that what it accepts is what the writer writes.

use super::{CborError, MAX_DEPTH, Wire};

const UINT: u8 = 0;
const NINT: u8 = 1;
const BYTES: u8 = 2;
const TEXT: u8 = 3;
const ARRAY: u8 = 4;
const MAP: u8 = 5;
const TAG: u8 = 6;
const FALSE: u64 = 20;
const TRUE: u64 = 21;

/// Reads values from the front of some bytes.
#[derive(Debug)]
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// At the start of the bytes.
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// Refuses anything that is left.
    pub const fn end(&self) -> Result<(), CborError> {
        if self.rest.is_empty() { Ok(()) } else { Err(CborError::TrailingBytes) }
    }

    /// An unsigned integer.
    pub fn uint(&mut self) -> Result<u64, CborError> {
        self.expect(UINT, "an unsigned integer")
    }

    /// An integer.
    pub fn int(&mut self) -> Result<i64, CborError> {
        const EXPECTED: &str = "a signed 64-bit integer";
        let (major, value) = self.head()?;
        let value =
            i64::try_from(value).map_err(|_| CborError::OutOfRange { expected: EXPECTED })?;
        match major {
            UINT => Ok(value),
            NINT => Ok(!value),
            _ => Err(CborError::WrongType { expected: EXPECTED }),
        }
    }

    /// A byte string.
    pub fn bytes(&mut self) -> Result<&'a [u8], CborError> {
        let length = self.expect(BYTES, "a byte string")?;
        self.take(length)
    }

    /// A text.
    pub fn text(&mut self) -> Result<&'a str, CborError> {
        let length = self.expect(TEXT, "a text")?;
        std::str::from_utf8(self.take(length)?).map_err(|_| CborError::NotUtf8)
    }

    /// The head of an array: how many items follow.
    pub fn array(&mut self) -> Result<u64, CborError> {
        let items = self.expect(ARRAY, "an array")?;
        self.at_least(items)
    }

    /// The head of an array of this many items.
    pub fn array_of(&mut self, items: u64, expected: &'static str) -> Result<(), CborError> {
        if self.array()? == items { Ok(()) } else { Err(CborError::OutOfRange { expected }) }
    }

    /// A map, to be read key by key.
    pub fn map(&mut self) -> Result<MapReader<'_, 'a>, CborError> {
        let entries = self.expect(MAP, "a map")?;
        let left = self.at_least(entries)?;
        Ok(MapReader { reader: self, left, key: None })
    }

    /// A tag; the tagged value follows.
    pub fn tag(&mut self) -> Result<u64, CborError> {
        self.expect(TAG, "a tag")
    }

    /// A truth value.
    pub fn bool(&mut self) -> Result<bool, CborError> {
        match self.head()? {
            (7, FALSE) => Ok(false),
            (7, TRUE) => Ok(true),
            _ => Err(CborError::WrongType { expected: "true or false" }),
        }
    }

    fn expect(&mut self, major: u8, expected: &'static str) -> Result<u64, CborError> {
        let (found, value) = self.head()?;
        if found == major { Ok(value) } else { Err(CborError::WrongType { expected }) }
    }

    /// One head: the major type and its shortest argument.
    fn head(&mut self) -> Result<(u8, u64), CborError> {
        let first = self.byte()?;
        let (major, info) = (first >> 5, first & 0x1f);
        let (value, minimum) = match info {
            0..=0x17 => (u64::from(info), 0),
            0x18..=0x1b if major == 7 => return Err(CborError::Unsupported),
            0x18 => (u64::from(self.byte()?), 24),
            0x19 => (u64::from(u16::from_be_bytes(self.fixed()?)), 1 << 8),
            0x1a => (u64::from(u32::from_be_bytes(self.fixed()?)), 1 << 16),
            0x1b => (u64::from_be_bytes(self.fixed()?), 1 << 32),
            0x1f if matches!(major, BYTES..=MAP | 7) => return Err(CborError::Indefinite),
            _ => return Err(CborError::Unsupported),
        };
        if value < minimum { Err(CborError::NotMinimal) } else { Ok((major, value)) }
    }

    /// Every item takes at least a byte, so a count above the bytes left is a lie: nothing is reserved for it.
    fn at_least(&self, items: u64) -> Result<u64, CborError> {
        match usize::try_from(items) {
            Ok(count) if count <= self.rest.len() => Ok(items),
            _ => Err(CborError::Truncated),
        }
    }

    fn byte(&mut self) -> Result<u8, CborError> {
        let (first, rest) = self.rest.split_first().ok_or(CborError::Truncated)?;
        self.rest = rest;
        Ok(*first)
    }

    fn fixed<const N: usize>(&mut self) -> Result<[u8; N], CborError> {
        let (bytes, rest) = self.rest.split_first_chunk().ok_or(CborError::Truncated)?;
        self.rest = rest;
        Ok(*bytes)
    }

    fn take(&mut self, length: u64) -> Result<&'a [u8], CborError> {
        let length = usize::try_from(length).map_err(|_| CborError::Truncated)?;
        let (bytes, rest) = self.rest.split_at_checked(length).ok_or(CborError::Truncated)?;
        self.rest = rest;
        Ok(bytes)
    }
}

/// Reads a map by the keys its message has, in ascending order.
#[derive(Debug)]
pub struct MapReader<'r, 'a> {
    reader: &'r mut Reader<'a>,
    /// Entries whose key was not yet read.
    left: u64,
    /// A key that was read and whose value was not.
    key: Option<u64>,
}

impl MapReader<'_, '_> {
    /// The value of this key, or what its absence means.
    pub fn take<T: Wire>(&mut self, key: u64) -> Result<T, CborError> {
        match self.peek()? {
            Some(found) if found == key => {
                self.key = None;
                let value = T::read(self.reader)?;
                if value.is_absent() { Err(CborError::NotCanonical) } else { Ok(value) }
            }
            Some(found) if found < key => Err(CborError::UnknownKey { key: found }),
            _ => T::absent().ok_or(CborError::MissingKey { key }),
        }
    }

    /// Refuses any key that was not asked for.
    pub fn end(mut self) -> Result<(), CborError> {
        match self.peek()? {
            Some(key) => Err(CborError::UnknownKey { key }),
            None => Ok(()),
        }
    }

    fn peek(&mut self) -> Result<Option<u64>, CborError> {
        if self.key.is_none()
            && let Some(left) = self.left.checked_sub(1)
        {
            self.left = left;
            self.key = Some(self.reader.uint()?);
        }
        Ok(self.key)
    }
}

/// Checks the form of one value and that nothing follows it: everything that can be said without knowing the message.
pub fn scan(bytes: &[u8]) -> Result<(), CborError> {
    let mut reader = Reader::new(bytes);
    scan_value(&mut reader, MAX_DEPTH)?;
    reader.end()
}

fn scan_value(reader: &mut Reader<'_>, depth: u8) -> Result<(), CborError> {
    let depth = depth.checked_sub(1).ok_or(CborError::TooDeep)?;
    let (major, value) = reader.head()?;
    match major {
        UINT | NINT => Ok(()),
        BYTES => reader.take(value).map(|_| ()),
        TEXT => match std::str::from_utf8(reader.take(value)?) {
            Ok(_) => Ok(()),
            Err(_) => Err(CborError::NotUtf8),
        },
        ARRAY => (0..reader.at_least(value)?).try_for_each(|_| scan_value(reader, depth)),
        MAP => scan_map(reader, value, depth),
        7 if matches!(value, FALSE | TRUE) => Ok(()),
        _ => Err(CborError::Unsupported),
    }
}

fn scan_map(reader: &mut Reader<'_>, entries: u64, depth: u8) -> Result<(), CborError> {
    let mut last = None;
    for _ in 0..reader.at_least(entries)? {
        let key = reader.uint()?;
        match last {
            Some(last) if key == last => return Err(CborError::DuplicateKey { key }),
            Some(last) if key < last => return Err(CborError::UnsortedKeys),
            _ => last = Some(key),
        }
        scan_value(reader, depth)?;
    }
    Ok(())
}
