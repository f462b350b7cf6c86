//! Encoding of programmes.

use super::cbor::{Reader, Writer};
use super::policy::percent;
use super::value::{Fields, has_texts, present, put_field, put_optional, put_texts};
use super::{Canon, DecodeError};
use crate::ir::{Gift, Program, Reward, Trigger, Under};

impl Canon for Program {
    fn put(&self, to: &mut Writer) {
        let optional = [has_texts(to, &self.title), self.open.0.is_some(), self.open.1.is_some()];
        to.map(present(&optional).saturating_add(6));
        put_field(to, 1, &self.name);
        put_texts(to, 2, &self.title);
        put_field(to, 3, &self.zone);
        put_field(to, 4, &self.week_starts);
        put_field(to, 5, &self.pool);
        put_optional(to, 6, self.open.0.as_ref());
        put_optional(to, 7, self.open.1.as_ref());
        put_field(to, 8, &self.rewards);
        put_field(to, 9, &self.caps);
    }

    fn get(from: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let mut fields = Fields::begin(from)?;
        let program = Self {
            name: fields.field(1)?,
            title: fields.texts(2)?,
            zone: fields.field(3)?,
            week_starts: fields.field(4)?,
            pool: fields.field(5)?,
            open: (fields.optional(6)?, fields.optional(7)?),
            rewards: fields.field(8)?,
            caps: fields.field(9)?,
        };
        fields.end()?;
        Ok(program)
    }
}

impl Canon for Reward {
    fn put(&self, to: &mut Writer) {
        let optional = [self.when.is_some(), has_texts(to, &self.because)];
        to.map(present(&optional).saturating_add(4));
        put_field(to, 1, &self.label);
        put_field(to, 2, &self.on);
        put_optional(to, 3, self.when.as_ref());
        put_field(to, 4, &self.gift);
        put_field(to, 5, &self.under);
        put_texts(to, 6, &self.because);
    }

    fn get(from: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let mut fields = Fields::begin(from)?;
        let reward = Self {
            label: fields.field(1)?,
            on: fields.field(2)?,
            when: fields.optional(3)?,
            gift: fields.field(4)?,
            under: fields.field(5)?,
            because: fields.texts(6)?,
        };
        fields.end()?;
        Ok(reward)
    }
}

impl Canon for Trigger {
    fn put(&self, to: &mut Writer) {
        to.array(if matches!(self, Self::Earn(_)) { 2 } else { 1 });
        match self {
            Self::Payment => to.uint(0),
            Self::Topup => to.uint(1),
            Self::Earn(what) => {
                to.uint(2);
                what.put(to);
            }
        }
    }

    fn get(from: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(match from.variant()? {
            (0, 0) => Self::Payment,
            (1, 0) => Self::Topup,
            (2, 1) => Self::Earn(Canon::get(from)?),
            _ => return Err(DecodeError::WrongType),
        })
    }
}

impl Canon for Gift {
    fn put(&self, to: &mut Writer) {
        match self {
            Self::Money(amount) => {
                to.array(2);
                to.uint(0);
                amount.put(to);
            }
            Self::Percent { percent, of, up_to } => {
                to.array(4);
                to.uint(1);
                percent.put(to);
                of.put(to);
                up_to.put(to);
            }
        }
    }

    fn get(from: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(match from.variant()? {
            (0, 1) => Self::Money(Canon::get(from)?),
            (1, 3) => Self::Percent {
                percent: percent(from)?,
                of: Canon::get(from)?,
                up_to: Canon::get(from)?,
            },
            _ => return Err(DecodeError::WrongType),
        })
    }
}

impl Canon for Under {
    fn put(&self, to: &mut Writer) {
        match self {
            Self::SamePolicy => {
                to.array(1);
                to.uint(0);
            }
            Self::Policy(policy) => {
                to.array(2);
                to.uint(1);
                policy.put(to);
            }
        }
    }

    fn get(from: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(match from.variant()? {
            (0, 0) => Self::SamePolicy,
            (1, 1) => Self::Policy(Canon::get(from)?),
            _ => return Err(DecodeError::WrongType),
        })
    }
}
