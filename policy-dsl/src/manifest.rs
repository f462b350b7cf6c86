//! What a policy can read: facts, lists, calendars, counters, and the numbers at which its answer can change.
//!
//! Whoever asks a policy fetches exactly this, and a person need show no more: "19 or older" instead of an age.

use std::collections::{BTreeMap, BTreeSet};

use crate::facts::Fact;
use crate::ir::{By, Gap, Policy, Pred, Quantity, Test, Transfer, Window};
use crate::measure::{self, MeasureId};
use crate::rule::{self, CapSlot};

/// What a policy, with all it embeds, can read. Sorted, each once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Manifest {
    /// Facts. The kind and the amount of a payment are always read.
    pub facts: BTreeSet<Fact>,
    /// For facts that are numbers: the values at which an answer can change, the first of each range.
    pub cuts: BTreeMap<Fact, BTreeSet<i64>>,
    /// Lists by name and content hash.
    pub lists: BTreeSet<(String, Option<[u8; 32]>)>,
    /// Calendars by name and content hash.
    pub calendars: BTreeSet<(String, Option<[u8; 32]>)>,
    /// Counters and marks of last payments, own before embedded.
    pub counters: Vec<Counter>,
}

/// A counter that a policy reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counter {
    /// The policy that states the limit (an embedded one, perhaps).
    pub rule: String,
    /// Label of the cap or gap.
    pub label: String,
    /// Name of the counter within its scope.
    pub measure: MeasureId,
    /// Over which window; `None` for the last payment that a gap looks at.
    pub window: Option<Window>,
    /// Grouping keys.
    pub by: Vec<By>,
}

impl Manifest {
    /// The manifest of a compiled policy.
    pub fn of(policy: &Policy) -> Self {
        let mut manifest = Self::default();
        manifest.facts.extend([Fact::PaymentKind, Fact::PaymentAmount]);
        for part in rule::parts(policy) {
            for pred in preds(part) {
                manifest.pred(pred);
            }
            for cap in &part.caps {
                if let Quantity::MoneyTimes(_, fact) = cap.quantity {
                    manifest.facts.insert(fact);
                }
                manifest.cap(&CapSlot::new(cap, &part.name, part.week_starts));
            }
            for gap in &part.gaps {
                manifest.gap(gap, &part.name);
            }
        }
        manifest
    }

    fn cap(&mut self, cap: &CapSlot) {
        if cap.by.contains(&By::Merchant) {
            self.facts.insert(Fact::MerchantId);
        }
        if cap.keeps_count() {
            self.counters.push(Counter {
                rule: cap.rule_name.clone(),
                label: cap.label.clone(),
                measure: cap.measure,
                window: Some(cap.window),
                by: cap.by.clone(),
            });
        }
    }

    fn gap(&mut self, gap: &Gap, rule: &str) {
        if gap.by.contains(&By::Merchant) {
            self.facts.insert(Fact::MerchantId);
        }
        self.counters.push(Counter {
            rule: rule.to_owned(),
            label: gap.label.clone(),
            measure: measure::of_gap(gap),
            window: None,
            by: gap.by.clone(),
        });
    }

    fn pred(&mut self, pred: &Pred) {
        match pred {
            Pred::And(parts) | Pred::Or(parts) => parts.iter().for_each(|part| self.pred(part)),
            Pred::Not(inner) => self.pred(inner),
            Pred::AnyItem(inner) | Pred::EveryItem(inner) => {
                self.facts.insert(Fact::PaymentItems);
                self.pred(inner);
            }
            Pred::Known(fact) => {
                self.facts.insert(*fact);
            }
            Pred::Test(test) => self.test(test),
        }
    }

    fn test(&mut self, test: &Test) {
        match test {
            Test::InTags(fact, _) | Test::Is(fact, _) => {
                self.facts.insert(*fact);
            }
            Test::InRange(fact, low, high) => {
                self.cut(
                    *fact,
                    low.iter().copied().chain(high.and_then(|high| high.checked_add(1))),
                );
            }
            Test::Equals(fact, number) => {
                self.cut(*fact, std::iter::once(*number).chain(number.checked_add(1)));
            }
            Test::InList(fact, list, pin) => {
                self.facts.insert(*fact);
                self.lists.insert((list.clone(), *pin));
            }
            Test::OnCalendar(calendar, pin) => {
                self.facts.insert(Fact::Day);
                self.calendars.insert((calendar.clone(), *pin));
            }
            Test::InSchedule(_) => self.facts.extend([Fact::Time, Fact::Day]),
            Test::OnWeekday(_) => {
                self.facts.insert(Fact::Day);
            }
            Test::InDates(..) => {
                self.facts.insert(Fact::Date);
            }
            Test::Same(left, right) => self.facts.extend([*left, *right]),
        }
    }

    fn cut(&mut self, fact: Fact, at: impl Iterator<Item = i64>) {
        self.facts.insert(fact);
        self.cuts.entry(fact).or_default().extend(at);
    }
}

/// The conditions stated by one policy itself, those about giving included.
fn preds(part: &Policy) -> impl Iterator<Item = &Pred> {
    let clauses = part.clauses.iter().map(|clause| &clause.pred);
    let caps = part.caps.iter().flat_map(|cap| cap.when.iter().chain(&cap.on_items));
    let gaps = part.gaps.iter().filter_map(|gap| gap.when.as_ref());
    let transfer = match &part.transfer {
        Transfer::To(pred) => Some(pred),
        Transfer::Anyone | Transfer::Never => None,
    };
    clauses.chain(caps).chain(gaps).chain(transfer)
}
