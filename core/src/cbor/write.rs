//! The writer: always the shortest head, always definite.

use super::Wire;

/// Collects one encoding.
#[derive(Debug, Default)]
pub struct Writer {
    out: Vec<u8>,
}

impl Writer {
    /// What was written.
    pub fn into_bytes(self) -> Vec<u8> {
        self.out
    }

    /// An unsigned integer.
    pub fn uint(&mut self, value: u64) {
        self.head(0, value);
    }

    /// An integer.
    pub fn int(&mut self, value: i64) {
        match u64::try_from(value) {
            Ok(value) => self.head(0, value),
            // A negative n is written as -1 - n, which is the complement of its bits.
            Err(_) => self.head(1, (!value).unsigned_abs()),
        }
    }

    /// A byte string.
    pub fn bytes(&mut self, value: &[u8]) {
        self.length(2, value.len());
        self.out.extend_from_slice(value);
    }

    /// A text.
    pub fn text(&mut self, value: &str) {
        self.length(3, value.len());
        self.out.extend_from_slice(value.as_bytes());
    }

    /// The head of an array; its items follow.
    pub fn array(&mut self, items: usize) {
        self.length(4, items);
    }

    /// The head of a map; its keys and values follow.
    pub fn map(&mut self, entries: usize) {
        self.length(5, entries);
    }

    /// A tag; the tagged value follows. Only the envelope has one.
    pub fn tag(&mut self, tag: u64) {
        self.head(6, tag);
    }

    /// A truth value.
    pub fn bool(&mut self, value: bool) {
        self.out.push(if value { 0xf5 } else { 0xf4 });
    }

    /// A key and its value, or nothing if the value is absent.
    pub fn field<T: Wire>(&mut self, key: u64, value: &T) {
        if !value.is_absent() {
            self.uint(key);
            value.write(self);
        }
    }

    fn length(&mut self, major: u8, length: usize) {
        // A length in memory fits 64 bits on every machine there is.
        self.head(major, u64::try_from(length).unwrap_or(u64::MAX));
    }

    fn head(&mut self, major: u8, value: u64) {
        let major = major << 5;
        if let Ok(value) = u8::try_from(value) {
            if value < 24 {
                self.out.push(major | value);
            } else {
                self.out.extend([major | 0x18, value]);
            }
        } else if let Ok(value) = u16::try_from(value) {
            self.out.push(major | 0x19);
            self.out.extend(value.to_be_bytes());
        } else if let Ok(value) = u32::try_from(value) {
            self.out.push(major | 0x1a);
            self.out.extend(value.to_be_bytes());
        } else {
            self.out.push(major | 0x1b);
            self.out.extend(value.to_be_bytes());
        }
    }
}
