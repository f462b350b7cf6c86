//! Encoding of the small values: lists, options, numbers, days, spans, windows.

use super::cbor::{Reader, Writer};
use super::{Canon, DecodeError};
use crate::civil::{Date, Weekday};
use crate::facts::Fact;
use crate::ir::{By, ClauseKind, Span, Weekly, Window};
use crate::names::WEEKDAYS;

/// How many fields of a map are present.
pub(super) fn present(fields: &[bool]) -> usize {
    fields.iter().filter(|field| **field).count()
}

/// Writes the map entry of an optional field, or nothing.
pub(super) fn put_optional<T: Canon>(to: &mut Writer, key: u8, value: Option<&T>) {
    if let Some(value) = value {
        to.uint(u64::from(key));
        value.put(to);
    }
}

/// Writes the map entry of a field.
pub(super) fn put_field(to: &mut Writer, key: u8, value: &impl Canon) {
    put_optional(to, key, Some(value));
}

/// Reads a map: `left` counts the entries not yet taken. Fields must be asked for in ascending key order, so anything
/// out of order, repeated or unknown is left over and refused by `end`.
#[derive(Debug)]
pub(super) struct Fields<'r, 'a> {
    pub(super) from: &'r mut Reader<'a>,
    left: usize,
}

impl<'r, 'a> Fields<'r, 'a> {
    pub(super) fn begin(from: &'r mut Reader<'a>) -> Result<Self, DecodeError> {
        let left = from.map()?;
        Ok(Self { from, left })
    }

    pub(super) fn optional<T: Canon>(&mut self, key: u8) -> Result<Option<T>, DecodeError> {
        if self.left == 0 || !self.from.key(key) {
            return Ok(None);
        }
        self.left = self.left.saturating_sub(1);
        T::get(self.from).map(Some)
    }

    pub(super) fn field<T: Canon>(&mut self, key: u8) -> Result<T, DecodeError> {
        self.optional(key)?.ok_or(DecodeError::WrongType)
    }

    /// A text field that is absent when empty; an empty one that is present is refused.
    pub(super) fn texts(&mut self, key: u8) -> Result<crate::ir::Texts, DecodeError> {
        match self.optional::<crate::ir::Texts>(key)? {
            None => Ok(Vec::new()),
            Some(texts) if texts.is_empty() => Err(DecodeError::NotNormal),
            Some(texts) => Ok(texts),
        }
    }

    pub(super) fn end(self) -> Result<(), DecodeError> {
        if self.left == 0 { Ok(()) } else { Err(DecodeError::WrongType) }
    }
}

/// Writes a text field, or nothing when texts are left out or empty.
pub(super) fn put_texts(to: &mut Writer, key: u8, texts: &crate::ir::Texts) {
    put_optional(to, key, Some(texts).filter(|texts| to.texts && !texts.is_empty()));
}

/// Is a text field written?
pub(super) fn has_texts(to: &Writer, texts: &crate::ir::Texts) -> bool {
    to.texts && !texts.is_empty()
}

impl<T: Canon> Canon for Vec<T> {
    fn put(&self, to: &mut Writer) {
        to.array(self.len());
        for item in self {
            item.put(to);
        }
    }

    fn get(from: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let length = from.array()?;
        (0..length).map(|_| T::get(from)).collect()
    }
}

impl<T: Canon> Canon for Box<T> {
    fn put(&self, to: &mut Writer) {
        self.as_ref().put(to);
    }

    fn get(from: &mut Reader<'_>) -> Result<Self, DecodeError> {
        T::get(from).map(Self::new)
    }
}

impl<A: Canon, B: Canon> Canon for (A, B) {
    fn put(&self, to: &mut Writer) {
        to.array(2);
        self.0.put(to);
        self.1.put(to);
    }

    fn get(from: &mut Reader<'_>) -> Result<Self, DecodeError> {
        match from.array()? {
            2 => Ok((A::get(from)?, B::get(from)?)),
            _ => Err(DecodeError::WrongType),
        }
    }
}

/// An optional value inside an array: an empty array or an array of one.
impl<T: Canon> Canon for Option<T> {
    fn put(&self, to: &mut Writer) {
        to.array(usize::from(self.is_some()));
        if let Some(value) = self {
            value.put(to);
        }
    }

    fn get(from: &mut Reader<'_>) -> Result<Self, DecodeError> {
        match from.array()? {
            0 => Ok(None),
            1 => T::get(from).map(Some),
            _ => Err(DecodeError::WrongType),
        }
    }
}

impl Canon for String {
    fn put(&self, to: &mut Writer) {
        to.text(self);
    }

    fn get(from: &mut Reader<'_>) -> Result<Self, DecodeError> {
        from.text()
    }
}

impl Canon for [u8; 32] {
    fn put(&self, to: &mut Writer) {
        to.byte_string(self);
    }

    fn get(from: &mut Reader<'_>) -> Result<Self, DecodeError> {
        from.hash()
    }
}

impl Canon for bool {
    fn put(&self, to: &mut Writer) {
        to.boolean(*self);
    }

    fn get(from: &mut Reader<'_>) -> Result<Self, DecodeError> {
        from.boolean()
    }
}

impl Canon for u64 {
    fn put(&self, to: &mut Writer) {
        to.uint(*self);
    }

    fn get(from: &mut Reader<'_>) -> Result<Self, DecodeError> {
        from.uint()
    }
}

impl Canon for i64 {
    fn put(&self, to: &mut Writer) {
        to.int(*self);
    }

    fn get(from: &mut Reader<'_>) -> Result<Self, DecodeError> {
        from.int()
    }
}

/// Unsigned integers that are coded like `u64` and checked on the way back.
macro_rules! small {
    ($($type:ty),*) => {$(
        impl Canon for $type {
            fn put(&self, to: &mut Writer) {
                to.uint(u64::from(*self));
            }

            fn get(from: &mut Reader<'_>) -> Result<Self, DecodeError> {
                from.small()
            }
        }
    )*};
}
small!(u8, u16, u32);

/// Enumerations without fields: coded as the position in a table.
macro_rules! numbered {
    ($type:ty, $table:expr) => {
        impl Canon for $type {
            fn put(&self, to: &mut Writer) {
                let number = $table.iter().position(|value| value == self).unwrap_or_default();
                to.uint(u64::try_from(number).unwrap_or_default());
            }

            fn get(from: &mut Reader<'_>) -> Result<Self, DecodeError> {
                $table.get(from.small::<usize>()?).copied().ok_or(DecodeError::OutOfRange)
            }
        }
    };
}
numbered!(Weekday, WEEKDAYS);
numbered!(Fact, Fact::ALL);
numbered!(ClauseKind, [ClauseKind::Require, ClauseKind::Forbid, ClauseKind::Covers]);
numbered!(By, [By::Lot, By::Purse, By::Payer, By::Household, By::Merchant]);

impl Canon for Date {
    fn put(&self, to: &mut Writer) {
        to.int(i64::from(self.0));
    }

    fn get(from: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let days = i32::try_from(from.int()?).map_err(|_| DecodeError::OutOfRange)?;
        // Years 1 to 9999, as `civil` promises.
        if (-719_162..=2_932_896).contains(&days) {
            Ok(Self(days))
        } else {
            Err(DecodeError::OutOfRange)
        }
    }
}

impl Canon for Weekly {
    fn put(&self, to: &mut Writer) {
        self.0.put(to);
    }

    fn get(from: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Vec::get(from).map(Self)
    }
}

impl Canon for crate::ir::Slot {
    fn put(&self, to: &mut Writer) {
        to.array(3);
        self.day.put(to);
        self.start.put(to);
        self.end.put(to);
    }

    fn get(from: &mut Reader<'_>) -> Result<Self, DecodeError> {
        if from.array()? != 3 {
            return Err(DecodeError::WrongType);
        }
        let (day, start, end) = (Canon::get(from)?, u16::get(from)?, u16::get(from)?);
        if start >= 1440 || end > 1440 {
            Err(DecodeError::OutOfRange)
        } else {
            Ok(Self { day, start, end })
        }
    }
}

impl Canon for Window {
    fn put(&self, to: &mut Writer) {
        let (tag, units) = match *self {
            Self::Payment => (0, None),
            Self::Day => (1, None),
            Self::Week => (2, None),
            Self::Month => (3, None),
            Self::Year => (4, None),
            Self::Life => (5, None),
            Self::Days(units) => (6, Some(units)),
            Self::Months(units) => (7, Some(units)),
            Self::Years(units) => (8, Some(units)),
        };
        to.array(1_usize.saturating_add(usize::from(units.is_some())));
        to.uint(tag);
        if let Some(units) = units {
            units.put(to);
        }
    }

    fn get(from: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(match from.variant()? {
            (0, 0) => Self::Payment,
            (1, 0) => Self::Day,
            (2, 0) => Self::Week,
            (3, 0) => Self::Month,
            (4, 0) => Self::Year,
            (5, 0) => Self::Life,
            (6, 1) => Self::Days(from.small()?),
            (7, 1) => Self::Months(from.small()?),
            (8, 1) => Self::Years(from.small()?),
            _ => return Err(DecodeError::WrongType),
        })
    }
}

impl Canon for Span {
    fn put(&self, to: &mut Writer) {
        let (tag, units) = match *self {
            Self::Minutes(units) => (0, units),
            Self::Hours(units) => (1, units),
            Self::Days(units) => (2, units),
            Self::Months(units) => (3, units),
            Self::Years(units) => (4, units),
        };
        to.array(2);
        to.uint(tag);
        units.put(to);
    }

    fn get(from: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(match from.variant()? {
            (0, 1) => Self::Minutes(from.small()?),
            (1, 1) => Self::Hours(from.small()?),
            (2, 1) => Self::Days(from.small()?),
            (3, 1) => Self::Months(from.small()?),
            (4, 1) => Self::Years(from.small()?),
            _ => return Err(DecodeError::WrongType),
        })
    }
}
