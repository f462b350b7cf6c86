//! When would it pass? The first moment, found by looking only where an answer can change.
//!
//! All facts but time are kept and nothing more is spent. Between two neighbouring candidates no test changes, so the
//! first candidate that passes is the first minute that passes.

use std::collections::BTreeSet;

use crate::civil::{Civil, MINUTES_PER_DAY};
use crate::decide::Ask;
use crate::facts::Fact;
use crate::ir::{Pred, Test};

/// How far ahead is looked.
pub const DAYS_AHEAD: i32 = 400;

/// Where answers can change: minutes of every day, and single moments.
#[derive(Clone, Debug)]
pub(crate) struct Edges {
    minutes: BTreeSet<u16>,
    moments: BTreeSet<Civil>,
}

impl Edges {
    /// Only the beginnings of days.
    pub(crate) fn new() -> Self {
        Self { minutes: BTreeSet::from([0]), moments: BTreeSet::new() }
    }

    /// Every edge of everything the rule asks.
    pub(crate) fn of(ask: &Ask<'_>) -> Self {
        let mut edges = Self::new();
        for clause in ask.rule.clauses() {
            edges.pred(&clause.clause.pred);
        }
        for cap in ask.rule.caps() {
            for pred in [cap.when.as_ref(), cap.on_items.as_ref()].into_iter().flatten() {
                edges.pred(pred);
            }
        }
        for (at, gap) in ask.rule.gaps().iter().enumerate() {
            gap.when.iter().for_each(|when| edges.pred(when));
            ask.gap_moment(at, gap).into_iter().for_each(|moment| edges.moment(moment));
        }
        ask.rule.start(ask.state.issued).into_iter().for_each(|start| edges.moment(start));
        edges
    }

    pub(crate) fn moment(&mut self, moment: Civil) {
        self.moments.insert(moment);
    }

    /// Takes over the edges of a rule whose clock is so many minutes ahead of ours.
    pub(crate) fn merge(&mut self, other: &Self, ahead: i64) {
        let day = i64::from(MINUTES_PER_DAY);
        for minute in &other.minutes {
            let ours = i64::from(*minute).saturating_sub(ahead).rem_euclid(day);
            self.minutes.extend(u16::try_from(ours));
        }
        self.moments
            .extend(other.moments.iter().map(|moment| moment.add_minutes(ahead.saturating_neg())));
    }

    /// The edges of a condition.
    pub(crate) fn pred(&mut self, pred: &Pred) {
        match pred {
            Pred::And(parts) | Pred::Or(parts) => parts.iter().for_each(|part| self.pred(part)),
            Pred::Not(inner) | Pred::AnyItem(inner) | Pred::EveryItem(inner) => self.pred(inner),
            Pred::Test(Test::InSchedule(weekly)) => {
                for slot in &weekly.0 {
                    self.minute(i64::from(slot.start));
                    self.minute(i64::from(slot.end));
                }
            }
            Pred::Test(Test::InRange(Fact::Time, low, high)) => {
                self.edge(*low);
                self.edge(high.map(|high| high.saturating_add(1)));
            }
            Pred::Test(Test::Equals(Fact::Time, minute)) => {
                self.minute(*minute);
                self.minute(minute.saturating_add(1));
            }
            Pred::Known(_) | Pred::Test(_) => {}
        }
    }

    fn edge(&mut self, minute: Option<i64>) {
        if let Some(minute) = minute {
            self.minute(minute);
        }
    }

    fn minute(&mut self, minute: i64) {
        self.minutes.extend(u16::try_from(minute).ok().filter(|minute| *minute < MINUTES_PER_DAY));
    }

    /// The first candidate after `now`, at most [`DAYS_AHEAD`] days ahead and before `end`, for which `passes` is true.
    pub(crate) fn first(
        &self,
        now: Civil,
        end: Option<Civil>,
        mut passes: impl FnMut(Civil) -> bool,
    ) -> Option<Civil> {
        let mut today = Vec::new();
        for ahead in 0..=DAYS_AHEAD {
            let date = now.date.add_days(ahead);
            today.clear();
            today.extend(self.minutes.iter().map(|minute| Civil { date, minute: *minute }));
            let last = Civil { date, minute: MINUTES_PER_DAY };
            today.extend(self.moments.range(Civil::start_of(date)..=last).copied());
            today.sort_unstable();
            today.dedup();
            for moment in today.iter().copied().filter(|moment| *moment > now) {
                if end.is_some_and(|end| moment >= end) {
                    return None;
                }
                if passes(moment) {
                    return Some(moment);
                }
            }
        }
        None
    }
}

/// Can the answer of this condition change with time alone?
pub(crate) fn timed(pred: &Pred) -> bool {
    match pred {
        Pred::And(parts) | Pred::Or(parts) => parts.iter().any(timed),
        Pred::Not(inner) | Pred::AnyItem(inner) | Pred::EveryItem(inner) => timed(inner),
        Pred::Known(_) => false,
        Pred::Test(test) => match test {
            Test::OnCalendar(..) | Test::InSchedule(_) | Test::OnWeekday(_) | Test::InDates(..) => {
                true
            }
            Test::InRange(fact, ..) | Test::Equals(fact, _) => {
                matches!(fact, Fact::Time | Fact::Day | Fact::Date)
            }
            Test::InTags(..) | Test::InList(..) | Test::Is(..) | Test::Same(..) => false,
        },
    }
}
