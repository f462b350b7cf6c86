//! Encoding of policies and their clauses.

use super::cbor::{Reader, Writer};
use super::value::{Fields, has_texts, present, put_field, put_optional, put_texts};
use super::{Canon, DecodeError};
use crate::ir::{
    Cap, Clause, Decay, Ends, Expires, Fate, Gap, Policy, Quantity, Refund, Split, Starts, Transfer,
};

impl Canon for Policy {
    fn put(&self, to: &mut Writer) {
        let optional = present(&[has_texts(to, &self.title), self.decays.is_some()]);
        to.map(optional.saturating_add(14));
        put_field(to, 1, &self.name);
        put_texts(to, 2, &self.title);
        put_field(to, 3, &self.zone);
        put_field(to, 4, &self.week_starts);
        put_field(to, 5, &self.pays);
        put_field(to, 6, &self.clauses);
        put_field(to, 7, &self.caps);
        put_field(to, 8, &self.gaps);
        put_field(to, 9, &self.starts);
        put_field(to, 10, &self.expires);
        put_optional(to, 11, self.decays.as_ref());
        put_field(to, 12, &(self.split == Split::Allowed));
        put_field(to, 13, &self.priority);
        put_field(to, 14, &self.transfer);
        put_field(to, 15, &self.refund);
        put_field(to, 16, &self.also);
    }

    fn get(from: &mut Reader<'_>) -> Result<Self, DecodeError> {
        from.nested(|from| {
            let mut fields = Fields::begin(from)?;
            let policy = Self {
                name: fields.field(1)?,
                title: fields.texts(2)?,
                zone: fields.field(3)?,
                week_starts: fields.field(4)?,
                pays: fields.field(5)?,
                clauses: fields.field(6)?,
                caps: fields.field(7)?,
                gaps: fields.field(8)?,
                starts: fields.field(9)?,
                expires: fields.field(10)?,
                decays: fields.optional(11)?,
                split: if fields.field(12)? { Split::Allowed } else { Split::Never },
                priority: fields.field(13)?,
                transfer: fields.field(14)?,
                refund: fields.field(15)?,
                also: fields.field(16)?,
            };
            fields.end()?;
            Ok(policy)
        })
    }
}

impl Canon for Clause {
    fn put(&self, to: &mut Writer) {
        to.map(present(&[has_texts(to, &self.because)]).saturating_add(3));
        put_field(to, 1, &self.label);
        put_field(to, 2, &self.kind);
        put_field(to, 3, &self.pred);
        put_texts(to, 4, &self.because);
    }

    fn get(from: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let mut fields = Fields::begin(from)?;
        let (label, kind, pred) = (fields.field(1)?, fields.field(2)?, fields.field(3)?);
        let because = fields.texts(4)?;
        fields.end()?;
        Ok(Self { label, kind, pred, because })
    }
}

impl Canon for Cap {
    fn put(&self, to: &mut Writer) {
        let optional = [self.when.is_some(), self.on_items.is_some(), has_texts(to, &self.because)];
        to.map(present(&optional).saturating_add(4));
        put_field(to, 1, &self.label);
        put_field(to, 2, &self.quantity);
        put_field(to, 3, &self.window);
        put_field(to, 4, &self.by);
        put_optional(to, 5, self.when.as_ref());
        put_optional(to, 6, self.on_items.as_ref());
        put_texts(to, 7, &self.because);
    }

    fn get(from: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let mut fields = Fields::begin(from)?;
        let cap = Self {
            label: fields.field(1)?,
            quantity: fields.field(2)?,
            window: fields.field(3)?,
            by: fields.field(4)?,
            when: fields.optional(5)?,
            on_items: fields.optional(6)?,
            because: fields.texts(7)?,
        };
        fields.end()?;
        Ok(cap)
    }
}

impl Canon for Gap {
    fn put(&self, to: &mut Writer) {
        let optional = [self.when.is_some(), has_texts(to, &self.because)];
        to.map(present(&optional).saturating_add(3));
        put_field(to, 1, &self.label);
        put_field(to, 2, &self.minutes);
        put_field(to, 3, &self.by);
        put_optional(to, 4, self.when.as_ref());
        put_texts(to, 5, &self.because);
    }

    fn get(from: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let mut fields = Fields::begin(from)?;
        let (label, minutes, by) = (fields.field(1)?, fields.field(2)?, fields.field(3)?);
        let (when, because) = (fields.optional(4)?, fields.texts(5)?);
        fields.end()?;
        Ok(Self { label, minutes, by, when, because })
    }
}

impl Canon for Quantity {
    fn put(&self, to: &mut Writer) {
        to.array(if matches!(self, Self::MoneyTimes(..)) { 3 } else { 2 });
        match self {
            Self::Money(amount) => {
                to.uint(0);
                amount.put(to);
            }
            Self::MoneyTimes(amount, fact) => {
                to.uint(1);
                amount.put(to);
                fact.put(to);
            }
            Self::Count(count) => {
                to.uint(2);
                count.put(to);
            }
            Self::Share(percent) => {
                to.uint(3);
                percent.put(to);
            }
        }
    }

    fn get(from: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(match from.variant()? {
            (0, 1) => Self::Money(Canon::get(from)?),
            (1, 2) => Self::MoneyTimes(Canon::get(from)?, Canon::get(from)?),
            (2, 1) => Self::Count(Canon::get(from)?),
            (3, 1) => Self::Share(percent(from)?),
            _ => return Err(DecodeError::WrongType),
        })
    }
}

/// A percentage, 0 to 100.
pub(super) fn percent(from: &mut Reader<'_>) -> Result<u8, DecodeError> {
    let percent = from.small()?;
    if percent <= 100 { Ok(percent) } else { Err(DecodeError::OutOfRange) }
}

impl Canon for Starts {
    fn put(&self, to: &mut Writer) {
        to.array(if *self == Self::AtIssue { 1 } else { 2 });
        match self {
            Self::AtIssue => to.uint(0),
            Self::On(date) => {
                to.uint(1);
                date.put(to);
            }
            Self::After(span) => {
                to.uint(2);
                span.put(to);
            }
        }
    }

    fn get(from: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(match from.variant()? {
            (0, 0) => Self::AtIssue,
            (1, 1) => Self::On(Canon::get(from)?),
            (2, 1) => Self::After(Canon::get(from)?),
            _ => return Err(DecodeError::WrongType),
        })
    }
}

impl Canon for Expires {
    fn put(&self, to: &mut Writer) {
        to.array(2);
        self.end.put(to);
        self.fate.put(to);
    }

    fn get(from: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let (end, fate) = Canon::get(from)?;
        Ok(Self { end, fate })
    }
}

impl Canon for Ends {
    fn put(&self, to: &mut Writer) {
        to.array(if *self == Self::Never { 1 } else { 2 });
        match self {
            Self::Never => to.uint(0),
            Self::On(date) => {
                to.uint(1);
                date.put(to);
            }
            Self::After(span) => {
                to.uint(2);
                span.put(to);
            }
        }
    }

    fn get(from: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(match from.variant()? {
            (0, 0) => Self::Never,
            (1, 1) => Self::On(Canon::get(from)?),
            (2, 1) => Self::After(Canon::get(from)?),
            _ => return Err(DecodeError::WrongType),
        })
    }
}

impl Canon for Fate {
    fn put(&self, to: &mut Writer) {
        match self {
            Self::Granter => {
                to.array(1);
                to.uint(0);
            }
            Self::Pool(name) => {
                to.array(2);
                to.uint(1);
                name.put(to);
            }
            Self::Burn => {
                to.array(1);
                to.uint(2);
            }
        }
    }

    fn get(from: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(match from.variant()? {
            (0, 0) => Self::Granter,
            (1, 1) => Self::Pool(Canon::get(from)?),
            (2, 0) => Self::Burn,
            _ => return Err(DecodeError::WrongType),
        })
    }
}

impl Canon for Decay {
    fn put(&self, to: &mut Writer) {
        to.map(present(&[self.after.is_some()]).saturating_add(5));
        put_field(to, 1, &self.label);
        put_field(to, 2, &self.percent);
        put_field(to, 3, &self.of_issued);
        put_field(to, 4, &self.every);
        put_optional(to, 5, self.after.as_ref());
        put_field(to, 6, &self.to);
    }

    fn get(from: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let mut fields = Fields::begin(from)?;
        let label = fields.field(1)?;
        let percent: u8 = fields.field(2)?;
        let (of_issued, every) = (fields.field(3)?, fields.field(4)?);
        let (after, to) = (fields.optional(5)?, fields.field(6)?);
        fields.end()?;
        if percent > 100 {
            return Err(DecodeError::OutOfRange);
        }
        Ok(Self { label, percent, of_issued, every, after, to })
    }
}

impl Canon for Transfer {
    fn put(&self, to: &mut Writer) {
        match self {
            Self::Anyone => {
                to.array(1);
                to.uint(0);
            }
            Self::Never => {
                to.array(1);
                to.uint(1);
            }
            Self::To(pred) => {
                to.array(2);
                to.uint(2);
                pred.put(to);
            }
        }
    }

    fn get(from: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(match from.variant()? {
            (0, 0) => Self::Anyone,
            (1, 0) => Self::Never,
            (2, 1) => Self::To(Canon::get(from)?),
            _ => return Err(DecodeError::WrongType),
        })
    }
}

impl Canon for Refund {
    fn put(&self, to: &mut Writer) {
        to.map(present(&[self.grace.is_some()]).saturating_add(2));
        put_optional(to, 1, self.grace.as_ref());
        put_field(to, 2, &self.restores_amount);
        put_field(to, 3, &self.restores_count);
    }

    fn get(from: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let mut fields = Fields::begin(from)?;
        let grace = fields.optional(1)?;
        let (restores_amount, restores_count) = (fields.field(2)?, fields.field(3)?);
        fields.end()?;
        Ok(Self { grace, restores_amount, restores_count })
    }
}
