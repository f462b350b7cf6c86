//! Names of counters: two caps with the same `when`, `on items` and grouping keys read the same counter.
//!
//! Limit, window, label and policy version are not part of the name, so that raising a limit never forgets what was
//! spent. A counter holds both an amount and a number of payments for each civil date.

use sha2::{Digest, Sha256};

use crate::ir::{By, Cap, Gap, Pred, Test, Weekly};

/// Name of a counter within a scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MeasureId(pub [u8; 16]);

/// The counter of a cap.
pub fn of_cap(cap: &Cap) -> MeasureId {
    name(b"cap", &cap.by, cap.when.as_ref(), cap.on_items.as_ref())
}

/// The last-payment record of a gap.
pub fn of_gap(gap: &Gap) -> MeasureId {
    name(b"gap", &gap.by, gap.when.as_ref(), None)
}

fn name(kind: &[u8], by: &[By], when: Option<&Pred>, on_items: Option<&Pred>) -> MeasureId {
    let mut hash = Feed(Sha256::new());
    hash.bytes(b"scoin-measure/1");
    hash.bytes(kind);
    hash.count(by.len());
    for key in by {
        hash.byte(match key {
            By::Lot => 0,
            By::Purse => 1,
            By::Payer => 2,
            By::Household => 3,
            By::Merchant => 4,
        });
    }
    for pred in [when, on_items] {
        match pred {
            None => hash.byte(0),
            Some(pred) => {
                hash.byte(1);
                hash.pred(pred);
            }
        }
    }
    let digest: [u8; 32] = hash.0.finalize().into();
    let mut id = [0_u8; 16];
    for (to, from) in id.iter_mut().zip(digest) {
        *to = from;
    }
    MeasureId(id)
}

/// Feeds an unambiguous, prefix-free form of a condition into the hash.
struct Feed(Sha256);

impl Feed {
    fn byte(&mut self, byte: u8) {
        self.0.update([byte]);
    }

    fn count(&mut self, count: usize) {
        self.0.update(u64::try_from(count).unwrap_or(u64::MAX).to_be_bytes());
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.count(bytes.len());
        self.0.update(bytes);
    }

    fn number(&mut self, number: Option<i64>) {
        self.byte(u8::from(number.is_some()));
        self.0.update(number.unwrap_or(0).to_be_bytes());
    }

    fn pin(&mut self, pin: Option<&[u8; 32]>) {
        self.byte(u8::from(pin.is_some()));
        if let Some(pin) = pin {
            self.0.update(pin);
        }
    }

    fn fact(&mut self, fact: crate::facts::Fact) {
        self.bytes(fact.name().as_bytes());
    }

    fn pred(&mut self, pred: &Pred) {
        match pred {
            Pred::And(parts) => self.many(1, parts),
            Pred::Or(parts) => self.many(2, parts),
            Pred::Not(inner) => self.one(3, inner),
            Pred::AnyItem(inner) => self.one(4, inner),
            Pred::EveryItem(inner) => self.one(5, inner),
            Pred::Known(fact) => {
                self.byte(6);
                self.fact(*fact);
            }
            Pred::Test(test) => {
                self.byte(7);
                self.test(test);
            }
        }
    }

    fn many(&mut self, tag: u8, parts: &[Pred]) {
        self.byte(tag);
        self.count(parts.len());
        for part in parts {
            self.pred(part);
        }
    }

    fn one(&mut self, tag: u8, inner: &Pred) {
        self.byte(tag);
        self.pred(inner);
    }

    fn test(&mut self, test: &Test) {
        match test {
            Test::InTags(fact, tags) => {
                self.byte(1);
                self.fact(*fact);
                self.count(tags.len());
                for tag in tags {
                    self.bytes(tag.as_bytes());
                }
            }
            Test::InRange(fact, low, high) => {
                self.byte(2);
                self.fact(*fact);
                self.number(*low);
                self.number(*high);
            }
            Test::InList(fact, list, pin) => {
                self.byte(3);
                self.fact(*fact);
                self.bytes(list.as_bytes());
                self.pin(pin.as_ref());
            }
            Test::OnCalendar(calendar, pin) => {
                self.byte(4);
                self.bytes(calendar.as_bytes());
                self.pin(pin.as_ref());
            }
            Test::InSchedule(weekly) => self.weekly(weekly),
            Test::OnWeekday(days) => {
                self.byte(6);
                self.count(days.len());
                for day in days {
                    self.number(Some(i64::from(day.index())));
                }
            }
            Test::InDates(first, last) => {
                self.byte(7);
                self.number(first.map(|date| i64::from(date.0)));
                self.number(last.map(|date| i64::from(date.0)));
            }
            Test::Is(fact, word) => {
                self.byte(8);
                self.fact(*fact);
                self.bytes(word.as_bytes());
            }
            Test::Equals(fact, number) => {
                self.byte(9);
                self.fact(*fact);
                self.number(Some(*number));
            }
            Test::Same(left, right) => {
                self.byte(10);
                self.fact(*left);
                self.fact(*right);
            }
        }
    }

    fn weekly(&mut self, weekly: &Weekly) {
        self.byte(5);
        self.count(weekly.0.len());
        for slot in &weekly.0 {
            self.number(Some(i64::from(slot.day.index())));
            self.number(Some(i64::from(slot.start)));
            self.number(Some(i64::from(slot.end)));
        }
    }
}
