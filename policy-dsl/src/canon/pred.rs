//! Encoding of conditions.

use super::cbor::{Reader, Writer};
use super::{Canon, DecodeError};
use crate::ir::{Pred, Test};

impl Canon for Pred {
    fn put(&self, to: &mut Writer) {
        to.array(2);
        match self {
            Self::And(parts) => {
                to.uint(0);
                parts.put(to);
            }
            Self::Or(parts) => {
                to.uint(1);
                parts.put(to);
            }
            Self::Not(inner) => {
                to.uint(2);
                inner.put(to);
            }
            Self::AnyItem(inner) => {
                to.uint(3);
                inner.put(to);
            }
            Self::EveryItem(inner) => {
                to.uint(4);
                inner.put(to);
            }
            Self::Known(fact) => {
                to.uint(5);
                fact.put(to);
            }
            Self::Test(test) => {
                to.uint(6);
                test.put(to);
            }
        }
    }

    fn get(from: &mut Reader<'_>) -> Result<Self, DecodeError> {
        from.nested(|from| {
            Ok(match from.variant()? {
                (0, 1) => Self::And(Canon::get(from)?),
                (1, 1) => Self::Or(Canon::get(from)?),
                (2, 1) => Self::Not(Canon::get(from)?),
                (3, 1) => Self::AnyItem(Canon::get(from)?),
                (4, 1) => Self::EveryItem(Canon::get(from)?),
                (5, 1) => Self::Known(Canon::get(from)?),
                (6, 1) => Self::Test(Canon::get(from)?),
                _ => return Err(DecodeError::WrongType),
            })
        })
    }
}

impl Canon for Test {
    fn put(&self, to: &mut Writer) {
        match self {
            Self::InTags(fact, tags) => variant2(to, 0, fact, tags),
            Self::InRange(fact, low, high) => variant3(to, 1, fact, low, high),
            Self::InList(fact, name, pin) => variant3(to, 2, fact, name, pin),
            Self::OnCalendar(name, pin) => variant2(to, 3, name, pin),
            Self::InSchedule(weekly) => variant1(to, 4, weekly),
            Self::OnWeekday(days) => variant1(to, 5, days),
            Self::InDates(low, high) => variant2(to, 6, low, high),
            Self::Is(fact, word) => variant2(to, 7, fact, word),
            Self::Equals(fact, number) => variant2(to, 8, fact, number),
            Self::Same(one, other) => variant2(to, 9, one, other),
        }
    }

    fn get(from: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(match from.variant()? {
            (0, 2) => Self::InTags(Canon::get(from)?, Canon::get(from)?),
            (1, 3) => Self::InRange(Canon::get(from)?, Canon::get(from)?, Canon::get(from)?),
            (2, 3) => Self::InList(Canon::get(from)?, Canon::get(from)?, Canon::get(from)?),
            (3, 2) => Self::OnCalendar(Canon::get(from)?, Canon::get(from)?),
            (4, 1) => Self::InSchedule(Canon::get(from)?),
            (5, 1) => Self::OnWeekday(Canon::get(from)?),
            (6, 2) => Self::InDates(Canon::get(from)?, Canon::get(from)?),
            (7, 2) => Self::Is(Canon::get(from)?, Canon::get(from)?),
            (8, 2) => Self::Equals(Canon::get(from)?, Canon::get(from)?),
            (9, 2) => Self::Same(Canon::get(from)?, Canon::get(from)?),
            _ => return Err(DecodeError::WrongType),
        })
    }
}

fn variant1(to: &mut Writer, tag: u64, one: &impl Canon) {
    to.array(2);
    to.uint(tag);
    one.put(to);
}

fn variant2(to: &mut Writer, tag: u64, one: &impl Canon, two: &impl Canon) {
    to.array(3);
    to.uint(tag);
    one.put(to);
    two.put(to);
}

fn variant3(to: &mut Writer, tag: u64, one: &impl Canon, two: &impl Canon, three: &impl Canon) {
    to.array(4);
    to.uint(tag);
    one.put(to);
    two.put(to);
    three.put(to);
}
