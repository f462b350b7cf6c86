//! What a set of conditions needs to tell apart: collected first, so that every condition sees the same cells.

use std::collections::{BTreeMap, BTreeSet};

use super::axis::Pin;
use super::form::{Form, is_item};
use crate::civil::{Date, MINUTES_PER_DAY};
use crate::facts::Fact;
use crate::ir::{Pred, Test, Weekly};

/// Everything that must be told apart.
#[derive(Clone, Debug, Default)]
pub(crate) struct Demand {
    pub(crate) words: BTreeMap<Fact, WordDemand>,
    pub(crate) numbers: BTreeMap<Fact, BTreeSet<i64>>,
    pub(crate) same: BTreeSet<(Fact, Fact)>,
    pub(crate) calendars: BTreeSet<(String, Pin)>,
    pub(crate) dates: BTreeSet<Date>,
    pub(crate) minutes: BTreeSet<u16>,
    pub(crate) items: bool,
    pub(crate) lines: BTreeSet<Pred>,
    pub(crate) opaque: BTreeSet<Pred>,
    /// Facts of which a shop or person may have several words.
    pub(crate) sets: BTreeSet<Fact>,
    /// Are we inside an item line, where item facts exist?
    pub(crate) line: bool,
}

/// The words of one fact.
#[derive(Clone, Debug, Default)]
pub(crate) struct WordDemand {
    pub(crate) exact: BTreeSet<String>,
    pub(crate) tags: BTreeSet<String>,
    pub(crate) lists: BTreeSet<(String, Pin)>,
}

/// What kind of dimension a fact has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Never known here, or made of nothing a test can look at.
    Nothing,
    Word,
    Set,
    Number,
    Minute,
    Date,
}

impl Demand {
    /// An empty demand; these facts may hold several words.
    pub(crate) fn new(sets: &[Fact], line: bool) -> Self {
        Self { sets: sets.iter().copied().collect(), line, ..Self::default() }
    }

    /// The kind of dimension a fact has here.
    pub(crate) fn shape(&self, fact: Fact) -> Shape {
        if is_item(fact) != self.line {
            return Shape::Nothing;
        }
        let fixed = [
            (Fact::PayerAge, Shape::Number),
            (Fact::PayerChildren, Shape::Number),
            (Fact::PaymentAmount, Shape::Number),
            (Fact::ItemAmount, Shape::Number),
            (Fact::EventAmount, Shape::Number),
            (Fact::EventDaysEarly, Shape::Number),
            (Fact::Time, Shape::Minute),
            (Fact::Date, Shape::Date),
            (Fact::Day, Shape::Nothing),
            (Fact::PaymentItems, Shape::Nothing),
        ];
        let words = if self.sets.contains(&fact) { Shape::Set } else { Shape::Word };
        fixed.iter().find(|(known, _)| *known == fact).map_or(words, |(_, shape)| *shape)
    }

    /// Adds what a condition needs.
    pub(crate) fn form(&mut self, form: &Form) {
        match form {
            Form::And(parts) | Form::Or(parts) => parts.iter().for_each(|part| self.form(part)),
            Form::Not(inner) => self.form(inner),
            Form::Known(fact) => self.known(*fact),
            Form::Test(test) => self.test(test),
            Form::WithItems(inner) => {
                self.items = true;
                self.form(inner);
            }
            Form::Line(pred) => {
                self.items = true;
                self.lines.insert(pred.clone());
            }
            Form::Opaque(pred) => {
                self.opaque.insert(pred.clone());
            }
        }
    }

    /// Adds what a `known` needs.
    pub(crate) fn known(&mut self, fact: Fact) {
        match self.shape(fact) {
            Shape::Word | Shape::Set => {
                self.words.entry(fact).or_default();
            }
            Shape::Number => {
                self.numbers.entry(fact).or_default();
            }
            Shape::Nothing => self.items |= fact == Fact::PaymentItems,
            Shape::Minute | Shape::Date => {}
        }
    }

    fn test(&mut self, test: &Test) {
        match test {
            Test::InTags(fact, tags) if self.is_words(*fact) => {
                self.words.entry(*fact).or_default().tags.extend(tags.iter().cloned());
            }
            Test::Is(fact, word) if self.is_words(*fact) => {
                self.words.entry(*fact).or_default().exact.insert(word.clone());
            }
            Test::InList(fact, list, pin) => match self.shape(*fact) {
                Shape::Word => {
                    let lists = &mut self.words.entry(*fact).or_default().lists;
                    lists.insert((list.clone(), *pin));
                }
                Shape::Set => self.opaque(test),
                Shape::Nothing | Shape::Number | Shape::Minute | Shape::Date => {}
            },
            Test::InRange(fact, low, high) => {
                let after = high.and_then(|high| high.checked_add(1));
                self.cuts(*fact, [*low, after]);
            }
            Test::Equals(fact, number) => {
                self.cuts(*fact, [Some(*number), number.checked_add(1)]);
            }
            Test::Same(left, right) => match (self.shape(*left), self.shape(*right)) {
                (Shape::Word, Shape::Word) => {
                    self.same.insert((*left, *right));
                    self.words.entry(*left).or_default();
                    self.words.entry(*right).or_default();
                }
                (Shape::Word | Shape::Set, Shape::Word | Shape::Set) => self.opaque(test),
                _ => {}
            },
            Test::OnCalendar(name, pin) => {
                self.calendars.insert((name.clone(), *pin));
            }
            Test::InDates(first, last) => {
                self.dates.extend(*first);
                self.dates
                    .extend(last.map(|last| last.add_days(1)).filter(|next| Some(*next) != *last));
            }
            Test::InSchedule(weekly) => self.weekly(weekly),
            Test::InTags(..) | Test::Is(..) | Test::OnWeekday(_) => {}
        }
    }

    fn is_words(&self, fact: Fact) -> bool {
        matches!(self.shape(fact), Shape::Word | Shape::Set)
    }

    fn opaque(&mut self, test: &Test) {
        self.opaque.insert(Pred::Test(test.clone()));
    }

    /// Cuts a number before each of these.
    pub(crate) fn cuts(&mut self, fact: Fact, cuts: [Option<i64>; 2]) {
        for cut in cuts.into_iter().flatten() {
            match self.shape(fact) {
                Shape::Number => {
                    self.numbers.entry(fact).or_default().insert(cut);
                }
                Shape::Minute => {
                    self.minutes.extend(u16::try_from(cut).ok().filter(|c| *c < MINUTES_PER_DAY));
                }
                Shape::Date => self.dates.extend(i32::try_from(cut).ok().map(Date)),
                Shape::Nothing | Shape::Word | Shape::Set => {}
            }
        }
        if self.shape(fact) == Shape::Number {
            self.numbers.entry(fact).or_default();
        }
    }

    fn weekly(&mut self, weekly: &Weekly) {
        let edges = weekly.0.iter().flat_map(|slot| [slot.start, slot.end]);
        self.minutes.extend(edges.filter(|minute| *minute < MINUTES_PER_DAY));
    }

    /// Facts that are compared must be cut alike.
    pub(crate) fn level(&mut self) {
        for _ in 0..self.same.len() {
            for (left, right) in self.same.clone() {
                let (mut one, two) = (
                    self.words.get(&left).cloned().unwrap_or_default(),
                    self.words.get(&right).cloned().unwrap_or_default(),
                );
                one.exact.extend(two.exact);
                one.tags.extend(two.tags);
                self.words.entry(right).or_default().exact.clone_from(&one.exact);
                self.words.entry(right).or_default().tags.clone_from(&one.tags);
                let left = self.words.entry(left).or_default();
                (left.exact, left.tags) = (one.exact, one.tags);
            }
        }
    }
}
