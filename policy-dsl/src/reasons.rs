//! What a condition found, and what it would have accepted.

use crate::causes::{Accept, Allowed, Found, Value};
use crate::facts::{Fact, Item};
use crate::ir::{Pred, Test};
use crate::truth::{Scene, Truth, Words};

/// At most this many alternatives are told.
const ALTERNATIVES_MAX: usize = 4;

/// At most this many words are told of what was found.
const WORDS_MAX: usize = 8;

/// Why a condition is not as wanted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reasons {
    pub(crate) missing: Option<Fact>,
    pub(crate) found: Vec<Found>,
    pub(crate) allowed: Vec<Allowed>,
    group: u8,
    /// Inside one of several alternatives: what is kept there is kept for this alternative only.
    branched: bool,
    kept: Vec<Kept>,
}

/// A test that is as wanted, and must stay so when another of the same fact is mended.
#[derive(Clone, Debug)]
struct Kept {
    /// The alternative it belongs to; `None` for all.
    group: Option<u8>,
    facts: Vec<Fact>,
    except: bool,
    what: Accept,
}

/// Why `pred` is not `want`ed true (or false). Of an `or`, the branch with the fewest failing tests comes first, the
/// others follow as alternatives.
pub(crate) fn reasons(scene: &Scene<'_>, pred: &Pred, want: bool, item: Option<&Item>) -> Reasons {
    let mut reasons = Reasons::default();
    reasons.collect(&Look { scene, item }, pred, want, true);
    reasons.tell_kept();
    reasons
}

/// The facts, and the line that is looked at.
#[derive(Clone, Copy)]
struct Look<'a> {
    scene: &'a Scene<'a>,
    item: Option<&'a Item>,
}

impl Look<'_> {
    fn fails(&self, pred: &Pred, want: bool) -> bool {
        self.scene.holds(pred, self.item) != Truth::from(want)
    }

    /// How many tests stand between the facts and the wanted answer.
    fn distance(&self, pred: &Pred, want: bool) -> usize {
        if !self.fails(pred, want) {
            return 0;
        }
        match pred {
            Pred::And(parts) | Pred::Or(parts) => {
                let each = parts.iter().map(|part| self.distance(part, want));
                if all_needed(pred, want) {
                    each.fold(0, usize::saturating_add)
                } else {
                    each.min().unwrap_or(1)
                }
            }
            Pred::Not(inner) => self.distance(inner, !want),
            Pred::AnyItem(_) | Pred::EveryItem(_) | Pred::Known(_) | Pred::Test(_) => 1,
        }
    }
}

/// Must every part be as wanted, or is one enough?
fn all_needed(pred: &Pred, want: bool) -> bool {
    matches!(pred, Pred::And(_)) == want
}

impl Reasons {
    fn collect(&mut self, look: &Look<'_>, pred: &Pred, want: bool, may_branch: bool) {
        match pred {
            Pred::And(parts) | Pred::Or(parts) if all_needed(pred, want) => {
                let (failing, holding): (Vec<&Pred>, Vec<&Pred>) =
                    parts.iter().partition(|part| look.fails(part, want));
                for part in holding {
                    self.keep(look, part, want);
                }
                let may_branch = may_branch && failing.len() == 1;
                for part in failing {
                    self.collect(look, part, want, may_branch);
                }
            }
            Pred::And(parts) | Pred::Or(parts) => {
                let mut branches: Vec<&Pred> = parts.iter().collect();
                branches.sort_by_key(|branch| look.distance(branch, want));
                branches.truncate(if may_branch { ALTERNATIVES_MAX } else { 1 });
                // Where only one branch is told there is one group, and it does not matter whose the tests are.
                self.branched = true;
                for (at, branch) in branches.into_iter().enumerate() {
                    if at > 0 {
                        self.group = self.group.saturating_add(1);
                    }
                    self.collect(look, branch, want, false);
                }
            }
            Pred::Not(inner) => self.collect(look, inner, !want, may_branch),
            Pred::AnyItem(inner) | Pred::EveryItem(inner) => self.items(look, inner, want),
            Pred::Known(fact) => {
                if want {
                    self.missing.get_or_insert(*fact);
                }
                self.found(*fact, look.value(*fact));
                self.allow(want, Accept::Known(*fact));
            }
            Pred::Test(test) => self.test(look, test, want),
        }
    }

    /// Notes the tests that make a condition as wanted.
    fn keep(&mut self, look: &Look<'_>, pred: &Pred, want: bool) {
        match pred {
            Pred::And(parts) | Pred::Or(parts) if all_needed(pred, want) => {
                for part in parts {
                    self.keep(look, part, want);
                }
            }
            Pred::And(parts) | Pred::Or(parts) => {
                if let Some(holding) = parts.iter().find(|part| !look.fails(part, want)) {
                    self.keep(look, holding, want);
                }
            }
            Pred::Not(inner) => self.keep(look, inner, !want),
            // Another basket is another payment, but there must be one.
            Pred::AnyItem(_) | Pred::EveryItem(_) => {
                let items = Fact::PaymentItems;
                self.note(true, vec![items], Accept::Known(items));
            }
            Pred::Known(fact) => self.note(want, vec![*fact], Accept::Known(*fact)),
            Pred::Test(test) => self.note(want, facts_of(test), accept(test)),
        }
    }

    fn note(&mut self, want: bool, facts: Vec<Fact>, what: Accept) {
        let group = self.branched.then_some(self.group);
        self.kept.push(Kept { group, facts, except: !want, what });
    }

    /// Adds to each alternative what must stay as it is of the facts it asks to change: "food, but no bakery" and not
    /// only "food".
    fn tell_kept(&mut self) {
        let kept = core::mem::take(&mut self.kept);
        for group in 0..=self.group {
            let changes: Vec<Fact> = self
                .allowed
                .iter()
                .filter(|allowed| allowed.group == group)
                .flat_map(|allowed| accepted_facts(&allowed.what))
                .map(clock)
                .collect();
            let of_group = kept.iter().filter(|kept| kept.group.is_none_or(|own| own == group));
            for Kept { facts, except, what, .. } in of_group {
                let told = Allowed { group, except: *except, what: what.clone() };
                let touched = facts.iter().any(|fact| changes.contains(&clock(*fact)));
                if touched && !self.allowed.contains(&told) {
                    self.allowed.push(told);
                }
            }
        }
        self.allowed.sort_by_key(|allowed| allowed.group);
    }

    fn items(&mut self, look: &Look<'_>, inner: &Pred, want: bool) {
        let Some(items) = look.scene.items() else {
            self.missing.get_or_insert(Fact::PaymentItems);
            self.found(Fact::PaymentItems, Value::Missing);
            self.collect_allowed(look, inner, want);
            return;
        };
        let wrong: Vec<&Item> = items
            .iter()
            .filter(|line| look.scene.holds(inner, Some(line)) != Truth::from(want))
            .collect();
        let codes: Vec<String> =
            wrong.iter().take(WORDS_MAX).map(|line| line.code.clone()).collect();
        self.found(Fact::ItemCode, Value::Words(codes));
        if let Some(first) = wrong.first() {
            self.collect(&Look { item: Some(first), ..*look }, inner, want, false);
        }
    }

    /// What would be accepted, when there is nothing that was found.
    fn collect_allowed(&mut self, look: &Look<'_>, pred: &Pred, want: bool) {
        let mut inner = Self { group: self.group, ..Self::default() };
        inner.collect(look, pred, want, false);
        self.allowed.append(&mut inner.allowed);
    }

    fn test(&mut self, look: &Look<'_>, test: &Test, want: bool) {
        for fact in facts_of(test) {
            let value = look.value(fact);
            if value == Value::Missing {
                let item_fact =
                    matches!(fact, Fact::ItemCode | Fact::ItemCategory | Fact::ItemAmount);
                let absent = if item_fact && look.scene.items().is_none() {
                    Fact::PaymentItems
                } else {
                    fact
                };
                self.missing.get_or_insert(absent);
            }
            self.found(fact, value);
        }
        self.allow(want, accept(test));
    }

    fn found(&mut self, fact: Fact, value: Value) {
        if !self.found.iter().any(|found| found.fact == fact) {
            self.found.push(Found { fact, value });
        }
    }

    fn allow(&mut self, want: bool, what: Accept) {
        self.allowed.push(Allowed { group: self.group, except: !want, what });
    }
}

impl Look<'_> {
    fn value(&self, fact: Fact) -> Value {
        if matches!(fact, Fact::Time | Fact::Day | Fact::Date) {
            return Value::Time(self.scene.now);
        }
        if let Some(number) = self.scene.number(fact, self.item) {
            return Value::Number(number);
        }
        match self.scene.words(fact, self.item) {
            Words::Absent => Value::Missing,
            Words::One(word) => Value::Words(vec![word.to_owned()]),
            Words::Many(words) => Value::Words(words.iter().take(WORDS_MAX).cloned().collect()),
        }
    }
}

/// Time of day, day and date change together.
fn clock(fact: Fact) -> Fact {
    if matches!(fact, Fact::Day | Fact::Date) { Fact::Time } else { fact }
}

fn accepted_facts(what: &Accept) -> Vec<Fact> {
    match what {
        Accept::Words(fact, _)
        | Accept::Range(fact, ..)
        | Accept::List(fact, _)
        | Accept::Known(fact) => vec![*fact],
        Accept::Same(left, right) => vec![*left, *right],
        Accept::Calendar(_)
        | Accept::Slots(_)
        | Accept::Weekdays(_)
        | Accept::Dates(..)
        | Accept::From(_)
        | Accept::Until(..)
        | Accept::Wait(_) => vec![Fact::Time],
    }
}

fn facts_of(test: &Test) -> Vec<Fact> {
    match test {
        Test::InTags(fact, _)
        | Test::InRange(fact, ..)
        | Test::InList(fact, ..)
        | Test::Is(fact, _)
        | Test::Equals(fact, _) => vec![*fact],
        Test::OnCalendar(..) | Test::OnWeekday(_) => vec![Fact::Day],
        Test::InSchedule(_) => vec![Fact::Time],
        Test::InDates(..) => vec![Fact::Date],
        Test::Same(left, right) => vec![*left, *right],
    }
}

fn accept(test: &Test) -> Accept {
    match test {
        Test::InTags(fact, tags) => Accept::Words(*fact, tags.clone()),
        Test::Is(fact, word) => Accept::Words(*fact, vec![word.clone()]),
        Test::InRange(fact, low, high) => Accept::Range(*fact, *low, *high),
        Test::Equals(fact, number) => Accept::Range(*fact, Some(*number), Some(*number)),
        Test::InList(fact, list, _) => Accept::List(*fact, list.clone()),
        Test::OnCalendar(calendar, _) => Accept::Calendar(calendar.clone()),
        Test::InSchedule(weekly) => Accept::Slots(weekly.clone()),
        Test::OnWeekday(days) => Accept::Weekdays(days.clone()),
        Test::InDates(first, last) => Accept::Dates(*first, *last),
        Test::Same(left, right) => Accept::Same(*left, *right),
    }
}
