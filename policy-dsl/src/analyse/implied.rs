//! Does one set of limits keep another limit from ever binding?

use super::caps::{Limit, limit_of, money_limits_of, most_by_day, most_of_one_by};
use super::study::Study;
use crate::civil::Date;
use crate::ir::{Quantity, Window};
use crate::rule::{CapSlot, Rule};
use crate::windows::window_dates;

/// A search with a bound on its steps; when they run out nothing more is proved.
pub(super) struct Search<'a> {
    pub(super) study: &'a Study,
    /// Place of the rule in the study.
    pub(super) at: usize,
    pub(super) rule: &'a Rule,
    pub(super) steps: usize,
}

impl Search<'_> {
    /// Leaves out the limits that are not needed to imply `cap`.
    pub(super) fn needed(&mut self, cap: &CapSlot, mut others: Vec<usize>) -> Vec<usize> {
        let mut place = 0_usize;
        while place < others.len() {
            let mut fewer = others.clone();
            fewer.remove(place);
            if self.is_implied(cap, &fewer) {
                others = fewer;
            } else {
                place = place.saturating_add(1);
            }
        }
        others
    }

    /// Do these caps of `rule`, which all count at least what `cap` counts, keep its sums within its limit?
    pub(super) fn is_implied(&mut self, cap: &CapSlot, others: &[usize]) -> bool {
        let slots: Vec<&CapSlot> =
            others.iter().filter_map(|place| self.rule.caps().get(*place)).collect();
        let amount = self.study.greatest_amount(self.at);
        match cap.quantity {
            Quantity::Share(percent) => {
                percent >= 100
                    || slots.iter().any(|other| {
                        matches!(other.quantity, Quantity::Share(less) if less <= percent)
                    })
            }
            Quantity::MoneyTimes(unit, fact) => slots.iter().any(|other| {
                other.window == cap.window
                    && matches!(other.quantity, Quantity::MoneyTimes(less, same) if same == fact && less <= unit)
            }),
            Quantity::Money(u64::MAX) => true,
            Quantity::Money(limit) => {
                let single = most_of_one_by(&slots, amount);
                let limits = money_limits_of(&slots, single);
                if cap.window == Window::Payment {
                    single.into_iter().chain(limits.iter().map(|limit| limit.most)).min()
                        .is_some_and(|most| most <= limit)
                } else {
                    self.within(cap, limit, &limits)
                }
            }
            Quantity::Count(limit) => {
                let counts = slots.iter().filter_map(|other| match other.quantity {
                    Quantity::Count(most) => Some(limit_of(other, most)),
                    Quantity::Money(_) | Quantity::MoneyTimes(..) | Quantity::Share(_) => None,
                });
                let counts: Vec<Limit> = counts.collect();
                self.within(cap, limit, &counts)
            }
        }
    }

    /// Do the limits keep every window of `cap` within `most`? Windows of four years, which is every way that weeks,
    /// months and years can lie.
    fn within(&mut self, cap: &CapSlot, most: u64, limits: &[Limit]) -> bool {
        if cap.window == Window::Life {
            return limits.iter().any(|limit| limit.window == Window::Life && limit.most <= most);
        }
        let weekdays = self.study.open_weekdays(self.at);
        let base = Date::from_ymd(2026, 1, 1).unwrap_or_default();
        let mut ends = (0..1_461).map(|ahead| base.add_days(ahead));
        ends.all(|today| {
            let window = window_dates(cap.window, today, cap.week_starts);
            let Some((first, _)) = window else { return false };
            let calendar = matches!(cap.window, Window::Week | Window::Month | Window::Year);
            let next = window_dates(cap.window, today.add_days(1), cap.week_starts);
            if calendar && next.is_some_and(|(next, _)| next <= today) {
                // Not the last day of the window: the last day will tell.
                return true;
            }
            let days = usize::try_from(today.days_since(first)).unwrap_or(0).saturating_add(1);
            let cost = days.saturating_mul(limits.len().max(1));
            let Some(left) = self.steps.checked_sub(cost) else { return false };
            self.steps = left;
            let open: Vec<bool> = (0..days)
                .map(|ahead| first.add_days(i32::try_from(ahead).unwrap_or(0)).weekday())
                .map(|weekday| weekdays.contains(&weekday))
                .collect();
            let totals = most_by_day(first, &open, limits);
            totals.last().copied().flatten().is_some_and(|total| total <= most)
        })
    }
}
