//! Limits over time: differences of running totals, and shortest paths over days.
//!
//! With `S` the running total of what is spent, every limit over a window of days says `S(end) - S(start) <= limit`,
//! and a closed day says that nothing is added. The most that can be spent between two days is then the length of the
//! shortest path between them. Windows never begin earlier on a later day, so the paths are found in one sweep.
//!
//! Exact: limits of fixed money over any window, limits per payment, and numbers of payments a day where the most of one
//! payment is the same every day. Otherwise the answer is an upper bound and says so: limits with `when`, `on items`,
//! `by merchant` or `times` are left out (which can only raise it) unless they apply to every payment, and numbers of
//! payments over more than a day are turned into money by the most that one payment may take.

use super::idd::{Axis, Diagram, TooLarge, mentions};
use super::implied::Search;
use super::study::{Study, Why};
use crate::civil::{Date, Weekday};
use crate::facts::Fact;
use crate::ir::{By, Quantity, Window};
use crate::rule::{CapSlot, Rule, Unit};
use crate::windows::window_dates;

/// The longest span of days looked at: about forty years.
pub const DAYS_MAX: usize = 14_610;

/// The most steps of one search for dead limits.
const STEPS_MAX: usize = 2_000_000;

/// How much can be spent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Most {
    /// Minor units; `None` when no limit holds.
    pub amount: Option<u64>,
    /// Can that much really be spent? Otherwise it is an upper bound.
    pub exact: bool,
    /// On how many days something can be spent.
    pub open_days: usize,
    /// How much on each day, from the first on, to reach the amount.
    pub plan: Vec<u64>,
}

/// One limit over a window of days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// Over which window.
    pub window: Window,
    /// First day of the week.
    pub week_starts: Weekday,
    /// At most this much.
    pub most: u64,
}

/// The running totals that are reached at most: one entry before each day and one after the last. `None` is unlimited.
pub fn most_by_day(first: Date, open: &[bool], limits: &[Limit]) -> Vec<Option<u64>> {
    let mut totals: Vec<Option<u64>> = vec![Some(0)];
    let mut last = Some(0);
    for (day, open) in open.iter().enumerate() {
        if *open {
            let today = first.add_days(i32::try_from(day).unwrap_or(i32::MAX));
            let bounds = limits.iter().filter_map(|limit| {
                let (from, _) = window_dates(limit.window, today, limit.week_starts)?;
                let from = usize::try_from(from.days_since(first)).unwrap_or(0);
                let before = totals.get(from).copied().flatten()?;
                Some(before.saturating_add(limit.most))
            });
            last = bounds.min();
        }
        totals.push(last);
    }
    totals
}

impl Study {
    /// The most that one lot of a policy can pay from `first` to `last`, nothing having been spent before.
    pub fn most_spendable(&mut self, at: usize, first: Date, last: Date) -> Result<Most, Why> {
        let days = usize::try_from(last.days_since(first)).map_or(0, |days| days.saturating_add(1));
        if days > DAYS_MAX {
            return Err(Why::TooLarge);
        }
        let rule = self.rules.get(at).cloned().ok_or(Why::Outside)?;
        let open = self.open_days(at, first, days);
        let single = self.most_of_one(at, &rule);
        let mut exact = !self.is_loose(at) && rule.gaps().is_empty() && rule.decay().is_none();
        let mut usable = Vec::new();
        for (place, cap) in rule.caps().iter().enumerate() {
            if self.applies_always(at, cap)? && is_fixed(cap) {
                usable.push(place);
                exact &=
                    cap.counts == Unit::Money || (cap.window == Window::Day && is_steady(&rule));
            } else if !matches!(cap.quantity, Quantity::Share(_)) {
                exact = false;
            }
        }
        let limits = money_limits(&rule, &usable, single);
        let totals = most_by_day(first, &open, &limits);
        let amounts: Vec<u64> = totals.iter().map_while(|total| *total).collect();
        let plan = amounts.iter().zip(amounts.iter().skip(1));
        Ok(Most {
            amount: totals.last().copied().flatten(),
            exact,
            open_days: open.iter().filter(|open| **open).count(),
            plan: plan.map(|(before, after)| after.saturating_sub(*before)).collect(),
        })
    }

    /// On which days from `first` on can anything be spent?
    fn open_days(&self, at: usize, first: Date, days: usize) -> Vec<bool> {
        let cells = self.open_cells(at);
        let open = |ahead: usize| {
            let date = first.add_days(i32::try_from(ahead).unwrap_or(i32::MAX));
            self.space.days.find(date).is_some_and(|cell| cells.get(cell) == Some(&true))
        };
        (0..days).map(open).collect()
    }

    fn open_cells(&self, at: usize) -> Vec<bool> {
        let place = self.space.place(&Axis::Day);
        place.map(|day| self.space.store.left_of(self.allowed(at), day)).unwrap_or_default()
    }

    /// On which weekdays can anything be spent, on some date?
    pub(super) fn open_weekdays(&self, at: usize) -> Vec<Weekday> {
        let open = self.open_cells(at);
        let cells = self.space.days.cells.iter().zip(open).filter(|(_, open)| *open);
        cells.map(|((cell, _), _)| cell.weekday).collect()
    }

    /// The most one payment can take, by limits per payment, shares and conditions on the amount.
    fn most_of_one(&self, at: usize, rule: &Rule) -> Option<u64> {
        let amount = self.greatest_amount(at);
        let per_payment = rule.caps().iter().filter_map(|cap| match cap.quantity {
            Quantity::Money(limit) if cap.window == Window::Payment && is_plain(cap) => Some(limit),
            Quantity::Share(percent) if is_plain(cap) => {
                amount.map(|amount| crate::decide::share(amount, percent))
            }
            Quantity::Money(_)
            | Quantity::MoneyTimes(..)
            | Quantity::Count(_)
            | Quantity::Share(_) => None,
        });
        per_payment.chain(amount).min()
    }

    /// The greatest amount of a payment that can pass, if it is limited.
    pub(super) fn greatest_amount(&self, at: usize) -> Option<u64> {
        let place = self.space.place(&Axis::Number(Fact::PaymentAmount))?;
        let left = self.space.store.left_of(self.allowed(at), place);
        let ranges = self.space.numbers.get(&Fact::PaymentAmount)?;
        let (_, high) = ranges.iter().zip(left).rfind(|(_, left)| *left)?.0;
        u64::try_from(*high).ok().filter(|_| *high < i64::MAX)
    }

    /// Does a cap count every payment that can pass?
    fn applies_always(&mut self, at: usize, cap: &CapSlot) -> Result<bool, TooLarge> {
        if cap.on_items.is_some() || cap.by.contains(&By::Merchant) {
            return Ok(false);
        }
        let all = self.allowed(at);
        let counted = self.counted(all, cap)?;
        Ok(counted == all)
    }

    /// The payments of a set to which a cap applies.
    pub(crate) fn counted(&mut self, all: Diagram, cap: &CapSlot) -> Result<Diagram, TooLarge> {
        match &cap.when {
            None => Ok(all),
            Some(when) => {
                let never = self.pair(when)?.no;
                self.space.store.without(all, never)
            }
        }
    }

    /// Does `wide` count everything that `narrow` counts, apart from nothing else? Both apply within `all`.
    fn counts_all_of(
        &mut self,
        all: Diagram,
        wide: &CapSlot,
        narrow: &CapSlot,
    ) -> Result<bool, TooLarge> {
        let owner = |key: &By| matches!(key, By::Payer | By::Household);
        let keys = wide.by.iter().filter(|key| **key != By::Purse);
        let grouped = keys.into_iter().all(|key| narrow.by.contains(key))
            && narrow.by.iter().filter(|key| owner(key)).all(|key| wide.by.contains(key));
        let items = wide.on_items.is_none() || wide.on_items == narrow.on_items;
        if !grouped || !items {
            return Ok(false);
        }
        let wide = self.counted(all, wide)?;
        let narrow = self.counted(all, narrow)?;
        Ok(self.space.store.without(narrow, wide)?.is_nothing())
    }

    /// Limits that never bind, each with those that bind before it, both by place in [`Rule::caps`]. A limit that is
    /// dead is not used to prove another dead. Limits too long to search are left out.
    pub fn dead_caps(&mut self, at: usize) -> Result<Vec<(usize, Vec<usize>)>, Why> {
        let rule = self.rules.get(at).cloned().ok_or(Why::Outside)?;
        let mut dead: Vec<(usize, Vec<usize>)> = Vec::new();
        let mut steps = STEPS_MAX;
        for (place, cap) in rule.caps().iter().enumerate().rev() {
            let mut others = Vec::new();
            for (other, wide) in rule.caps().iter().enumerate() {
                let known_dead = dead.iter().any(|(dead, _)| *dead == other);
                if other != place
                    && !known_dead
                    && self.counts_all_of(self.allowed(at), wide, cap)?
                {
                    others.push(other);
                }
            }
            let mut search = Search { study: self, at, rule: &rule, steps };
            if search.is_implied(cap, &others) {
                dead.push((place, search.needed(cap, others)));
            }
            steps = search.steps;
        }
        dead.reverse();
        Ok(dead)
    }

    /// The limits of the second policy that the first does not imply, by place in the second's [`Rule::caps`]: every
    /// way of spending that the first allows stays within the others.
    pub fn caps_not_implied(&mut self, first: usize, second: usize) -> Result<Vec<usize>, Why> {
        let one = self.rules.get(first).cloned().ok_or(Why::Outside)?;
        let two = self.rules.get(second).cloned().ok_or(Why::Outside)?;
        let mut steps = STEPS_MAX;
        let mut left = Vec::new();
        for (place, cap) in two.caps().iter().enumerate() {
            let mut usable = Vec::new();
            for (other, wide) in one.caps().iter().enumerate() {
                if self.counts_all_of(self.allowed(first), wide, cap)? {
                    usable.push(other);
                }
            }
            let applies = !self.counted(self.allowed(first), cap)?.is_nothing();
            let mut search = Search { study: self, at: first, rule: &one, steps };
            if applies && !search.is_implied(cap, &usable) {
                left.push(place);
            }
            steps = search.steps;
        }
        Ok(left)
    }
}

/// Is the most that one payment may take the same on every day? Certain only where no condition looks at the amount,
/// and no share at anything but the amount.
fn is_steady(rule: &Rule) -> bool {
    let by_amount = |pred| mentions(pred, |fact| fact == Fact::PaymentAmount);
    let is_share = |cap: &CapSlot| matches!(cap.quantity, Quantity::Share(_));
    !rule.clauses().iter().any(|clause| by_amount(&clause.clause.pred))
        && rule.caps().iter().all(|cap| !is_share(cap) || is_plain(cap))
}

fn is_fixed(cap: &CapSlot) -> bool {
    matches!(cap.quantity, Quantity::Money(_) | Quantity::Count(_))
}

/// Does the cap count all payments together, as far as one lot sees?
fn is_plain(cap: &CapSlot) -> bool {
    cap.when.is_none() && cap.on_items.is_none() && !cap.by.contains(&By::Merchant)
}

pub(super) fn limit_of(cap: &CapSlot, most: u64) -> Limit {
    Limit { window: cap.window, week_starts: cap.week_starts, most }
}

fn money_limits(rule: &Rule, usable: &[usize], single: Option<u64>) -> Vec<Limit> {
    let slots: Vec<&CapSlot> = usable.iter().filter_map(|place| rule.caps().get(*place)).collect();
    money_limits_of(&slots, single)
}

/// Limits over days in money; numbers of payments count as that many of the largest payment. Those on one payment are
/// among them and bind no day.
pub(super) fn money_limits_of(slots: &[&CapSlot], single: Option<u64>) -> Vec<Limit> {
    let limit = |cap: &&CapSlot| match cap.quantity {
        Quantity::Money(most) => Some(limit_of(cap, most)),
        Quantity::Count(0) => Some(limit_of(cap, 0)),
        Quantity::Count(count) => single.map(|single| limit_of(cap, count.saturating_mul(single))),
        Quantity::Share(_) | Quantity::MoneyTimes(..) => None,
    };
    slots.iter().filter_map(limit).collect()
}

/// The most that one payment can take which all these limits count, whatever their windows.
pub(super) fn most_of_one_by(slots: &[&CapSlot], amount: Option<u64>) -> Option<u64> {
    let each = slots.iter().filter_map(|cap| match cap.quantity {
        Quantity::Money(limit) => Some(limit),
        Quantity::Share(percent) => amount.map(|amount| crate::decide::share(amount, percent)),
        Quantity::MoneyTimes(..) | Quantity::Count(_) => None,
    });
    each.chain(amount).min()
}
