//! Looks for a payment that loses by a change: one above a limit, one that coins no longer live to see, or one that comes
//! after others from the same purse. Every answer is what the evaluator says.

use std::collections::BTreeMap;

use super::{Refused, refused};
use crate::analyse::show::Shown;
use crate::analyse::study::Study;
use crate::analyse::witness::Witness;
use crate::civil::{Civil, Date};
use crate::decide::{Ask, State};
use crate::ir::Quantity;
use crate::rule::{CapSlot, Rule, Unit};
use crate::windows::window_dates;

/// At most so many payments, and days without one, are played through for each amount.
const STEPS_MAX: usize = 1_000;

/// A payment of which the new policy pays less. The study holds both policies, the old one first.
pub(super) fn counter_example(study: &mut Study, old: &Rule, new: &Rule) -> Option<Refused> {
    let common = study.allowed(0);
    let shown = study.show(common, false, |_, payment| payment.pay(old, 0) > 0);
    let Shown::Example(payment) = shown else { return None };
    let payment = *payment;
    if let Some(issued) = outlived(old, new, payment.now) {
        let both = vec![Some(issued), Some(issued)];
        if let Some(found) = refused(Witness { issued: both, ..payment.clone() }, old, new) {
            return Some(found);
        }
    }
    if payment.items.is_some() {
        return refused(payment, old, new);
    }
    let mut amounts: Vec<u64> = new.caps().iter().chain(old.caps()).filter_map(above).collect();
    amounts.extend([payment.amount, 1]);
    amounts.sort_unstable();
    amounts.dedup();
    amounts
        .into_iter()
        .rev()
        .find_map(|amount| Play::new(Witness { amount, ..payment.clone() }, old, new).first_loss())
}

/// An amount that a limit cuts.
fn above(cap: &CapSlot) -> Option<u64> {
    match cap.quantity {
        Quantity::Money(limit) => limit.checked_add(1),
        Quantity::Share(_) => Some(1_000_000),
        Quantity::MoneyTimes(..) | Quantity::Count(_) => None,
    }
}

/// A moment of issue with which coins are alive at `now` under the old rule and not under the new.
fn outlived(old: &Rule, new: &Rule, now: Civil) -> Option<Civil> {
    let alive = |rule: &Rule, issued: Civil| {
        rule.start(Some(issued)).is_none_or(|start| now >= start)
            && rule.end(Some(issued)).is_none_or(|end| now < end)
    };
    let minutes = (0..1_440).map(|ago: i64| now.add_minutes(ago.saturating_neg()));
    let days = (1..3_660).map(|ago: i32| Civil {
        date: now.date.add_days(ago.saturating_neg()),
        minute: now.minute,
    });
    minutes.chain(days).find(|issued| alive(old, *issued) && !alive(new, *issued))
}

/// The same payment made again and again, as much as the old policy lets pass, until the new one pays less.
struct Play<'a> {
    payment: Witness,
    rules: [(&'a Rule, Counters); 2],
    before: Vec<(Civil, u64)>,
}

/// What one rule has counted.
#[derive(Clone, Debug, Default)]
struct Counters {
    caps: Vec<BTreeMap<Date, u64>>,
    gaps: Vec<Option<i64>>,
}

impl<'a> Play<'a> {
    fn new(payment: Witness, old: &'a Rule, new: &'a Rule) -> Self {
        let counters = |rule: &Rule| Counters {
            caps: vec![BTreeMap::new(); rule.caps().len()],
            gaps: vec![None; rule.gaps().len()],
        };
        Self { payment, rules: [(old, counters(old)), (new, counters(new))], before: Vec::new() }
    }

    fn first_loss(mut self) -> Option<Refused> {
        for _ in 0..STEPS_MAX {
            let [(old, one), (new, two)] = &self.rules;
            let (before, after) = (one.pay(old, &self.payment, 0), two.pay(new, &self.payment, 1));
            if after < before {
                let Self { payment, before: paid, .. } = self;
                return Some(Refused { payment, before: paid, old: before, new: after });
            }
            if before == 0 {
                self.payment.now.date = self.payment.now.date.add_days(1);
                continue;
            }
            self.before.push((self.payment.now, before));
            for (rule, counters) in &mut self.rules {
                counters.charge(rule, &self.payment, before);
            }
        }
        None
    }
}

impl Counters {
    fn pay(&self, rule: &Rule, payment: &Witness, at: usize) -> u64 {
        let today = payment.now.date;
        let used: Vec<u64> = rule
            .caps()
            .iter()
            .zip(&self.caps)
            .map(|(cap, days)| {
                let window = window_dates(cap.window, today, cap.week_starts);
                window.filter(|_| cap.keeps_count()).map_or(0, |(first, last)| {
                    days.range(first..=last).fold(0, |sum: u64, (_, day)| sum.saturating_add(*day))
                })
            })
            .collect();
        let issued = payment.issued.get(at).copied().flatten();
        let state = State { issued, used: &used, last: &self.gaps, buckets: &[] };
        crate::decide::pay(rule, &payment.facts(), payment, &state)
    }

    fn charge(&mut self, rule: &Rule, payment: &Witness, amount: u64) {
        let facts = payment.facts();
        let state = State::default();
        let ask = Ask::new(rule, &facts, payment, &state);
        for (cap, days) in rule.caps().iter().zip(&mut self.caps) {
            if cap.keeps_count() && ask.applies(cap.when.as_ref()) {
                let day = days.entry(payment.now.date).or_default();
                let more = if cap.counts == Unit::Count { 1 } else { amount };
                *day = day.saturating_add(more);
            }
        }
        for (gap, last) in rule.gaps().iter().zip(&mut self.gaps) {
            if ask.applies(gap.when.as_ref()) {
                *last = Some(facts.instant_micros);
            }
        }
    }
}
