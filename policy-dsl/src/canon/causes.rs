//! Encoding of causes: they travel in refusals and stay in the journal.

use super::cbor::{Reader, Writer};
use super::value::{Fields, present, put_field, put_optional};
use super::{Canon, DecodeError};
use crate::causes::{Accept, Allowed, Cause, CauseKind, Found, Limit, Value, Whose};
use crate::civil::{Civil, MINUTES_PER_DAY};
use crate::ir::PolicyId;
use crate::rule::Unit;

/// The canonical bytes of a list of causes.
pub(crate) fn encode(causes: &[Cause]) -> Vec<u8> {
    let mut writer = Writer { texts: true, ..Writer::default() };
    writer.array(causes.len());
    for cause in causes {
        cause.put(&mut writer);
    }
    writer.bytes
}

/// Reads what [`encode`] wrote, nothing else.
pub(crate) fn decode(bytes: &[u8]) -> Result<Vec<Cause>, DecodeError> {
    let causes: Vec<Cause> = super::decode(bytes)?;
    if encode(&causes) == bytes { Ok(causes) } else { Err(DecodeError::NotNormal) }
}

impl Canon for Cause {
    fn put(&self, to: &mut Writer) {
        let optional = [
            self.missing.is_some(),
            !self.found.is_empty(),
            !self.allowed.is_empty(),
            self.limit.is_some(),
            self.next.is_some(),
            !self.because.is_empty(),
        ];
        to.map(present(&optional).saturating_add(6));
        put_field(to, 1, &self.policy.0);
        put_field(to, 2, &self.rule);
        put_field(to, 3, &self.whose);
        put_field(to, 4, &self.label);
        put_field(to, 5, &self.kind);
        put_optional(to, 6, self.missing.as_ref());
        put_optional(to, 7, Some(&self.found).filter(|found| !found.is_empty()));
        put_optional(to, 8, Some(&self.allowed).filter(|allowed| !allowed.is_empty()));
        put_optional(to, 9, self.limit.as_ref());
        put_field(to, 10, &self.pass_now);
        put_optional(to, 11, self.next.as_ref());
        put_optional(to, 12, Some(&self.because).filter(|because| !because.is_empty()));
    }

    fn get(from: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let mut fields = Fields::begin(from)?;
        let cause = Self {
            policy: PolicyId(fields.field(1)?),
            rule: fields.field(2)?,
            whose: fields.field(3)?,
            label: fields.field(4)?,
            kind: fields.field(5)?,
            missing: fields.optional(6)?,
            found: fields.optional(7)?.unwrap_or_default(),
            allowed: fields.optional(8)?.unwrap_or_default(),
            limit: fields.optional(9)?,
            pass_now: fields.field(10)?,
            next: fields.optional(11)?,
            because: fields.optional(12)?.unwrap_or_default(),
        };
        fields.end()?;
        Ok(cause)
    }
}

/// Enumerations without fields: coded as the position in a table. Append only.
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
numbered!(Whose, [Whose::City, Whose::Guardian, Whose::Granter, Whose::Own]);
numbered!(Unit, [Unit::Money, Unit::Count]);
numbered!(
    CauseKind,
    [
        CauseKind::Pays,
        CauseKind::Starts,
        CauseKind::Expires,
        CauseKind::Require,
        CauseKind::Forbid,
        CauseKind::Covers,
        CauseKind::Gap,
        CauseKind::Cap,
        CauseKind::Split,
    ]
);

impl Canon for Civil {
    fn put(&self, to: &mut Writer) {
        to.array(2);
        self.date.put(to);
        self.minute.put(to);
    }

    fn get(from: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let (date, minute) = Canon::get(from)?;
        if minute < MINUTES_PER_DAY {
            Ok(Self { date, minute })
        } else {
            Err(DecodeError::OutOfRange)
        }
    }
}

impl Canon for Limit {
    fn put(&self, to: &mut Writer) {
        to.map(6_usize.saturating_add(usize::from(self.share.is_some())));
        put_field(to, 1, &self.unit);
        put_field(to, 2, &self.limit);
        put_field(to, 3, &self.used);
        put_field(to, 4, &self.window);
        put_optional(to, 5, self.share.as_ref());
        put_field(to, 6, &self.on_items);
        put_field(to, 7, &self.by_merchant);
    }

    fn get(from: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let mut fields = Fields::begin(from)?;
        let limit = Self {
            unit: fields.field(1)?,
            limit: fields.field(2)?,
            used: fields.field(3)?,
            window: fields.field(4)?,
            share: fields.optional(5)?,
            on_items: fields.field(6)?,
            by_merchant: fields.field(7)?,
        };
        fields.end()?;
        Ok(limit)
    }
}

impl Canon for Found {
    fn put(&self, to: &mut Writer) {
        to.array(2);
        self.fact.put(to);
        self.value.put(to);
    }

    fn get(from: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let (fact, value) = Canon::get(from)?;
        Ok(Self { fact, value })
    }
}

impl Canon for Value {
    fn put(&self, to: &mut Writer) {
        to.array(if matches!(self, Self::Missing) { 1 } else { 2 });
        match self {
            Self::Missing => to.uint(0),
            Self::Words(words) => put_variant(to, 1, words),
            Self::Number(number) => put_variant(to, 2, number),
            Self::Time(time) => put_variant(to, 3, time),
            Self::Wait(minutes) => put_variant(to, 4, minutes),
        }
    }

    fn get(from: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(match from.variant()? {
            (0, 0) => Self::Missing,
            (1, 1) => Self::Words(Canon::get(from)?),
            (2, 1) => Self::Number(Canon::get(from)?),
            (3, 1) => Self::Time(Canon::get(from)?),
            (4, 1) => Self::Wait(Canon::get(from)?),
            _ => return Err(DecodeError::WrongType),
        })
    }
}

impl Canon for Allowed {
    fn put(&self, to: &mut Writer) {
        to.array(3);
        self.group.put(to);
        self.except.put(to);
        self.what.put(to);
    }

    fn get(from: &mut Reader<'_>) -> Result<Self, DecodeError> {
        if from.array()? != 3 {
            return Err(DecodeError::WrongType);
        }
        Ok(Self { group: Canon::get(from)?, except: Canon::get(from)?, what: Canon::get(from)? })
    }
}

impl Canon for Accept {
    fn put(&self, to: &mut Writer) {
        let fields: usize = match self {
            Self::Range(..) => 3,
            Self::Words(..)
            | Self::List(..)
            | Self::Dates(..)
            | Self::Same(..)
            | Self::Until(..) => 2,
            Self::Calendar(_)
            | Self::Slots(_)
            | Self::Weekdays(_)
            | Self::Known(_)
            | Self::From(_)
            | Self::Wait(_) => 1,
        };
        to.array(fields.saturating_add(1));
        match self {
            Self::Words(fact, words) => put_two(to, 0, fact, words),
            Self::Range(fact, low, high) => {
                put_two(to, 1, fact, low);
                high.put(to);
            }
            Self::List(fact, list) => put_two(to, 2, fact, list),
            Self::Calendar(calendar) => put_variant(to, 3, calendar),
            Self::Slots(weekly) => put_variant(to, 4, weekly),
            Self::Weekdays(days) => put_variant(to, 5, days),
            Self::Dates(first, last) => put_two(to, 6, first, last),
            Self::Same(left, right) => put_two(to, 7, left, right),
            Self::Known(fact) => put_variant(to, 8, fact),
            Self::From(moment) => put_variant(to, 9, moment),
            Self::Until(moment, fate) => put_two(to, 10, moment, fate),
            Self::Wait(minutes) => put_variant(to, 11, minutes),
        }
    }

    fn get(from: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(match from.variant()? {
            (0, 2) => Self::Words(Canon::get(from)?, Canon::get(from)?),
            (1, 3) => Self::Range(Canon::get(from)?, Canon::get(from)?, Canon::get(from)?),
            (2, 2) => Self::List(Canon::get(from)?, Canon::get(from)?),
            (3, 1) => Self::Calendar(Canon::get(from)?),
            (4, 1) => Self::Slots(Canon::get(from)?),
            (5, 1) => Self::Weekdays(Canon::get(from)?),
            (6, 2) => Self::Dates(Canon::get(from)?, Canon::get(from)?),
            (7, 2) => Self::Same(Canon::get(from)?, Canon::get(from)?),
            (8, 1) => Self::Known(Canon::get(from)?),
            (9, 1) => Self::From(Canon::get(from)?),
            (10, 2) => Self::Until(Canon::get(from)?, Canon::get(from)?),
            (11, 1) => Self::Wait(Canon::get(from)?),
            _ => return Err(DecodeError::WrongType),
        })
    }
}

fn put_variant(to: &mut Writer, tag: u64, field: &impl Canon) {
    to.uint(tag);
    field.put(to);
}

fn put_two(to: &mut Writer, tag: u64, first: &impl Canon, second: &impl Canon) {
    put_variant(to, tag, first);
    second.put(to);
}
