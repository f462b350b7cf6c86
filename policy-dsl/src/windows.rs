//! Which day buckets a window reads, and when it next gives room.
//!
//! Counters are kept as one bucket for each civil date; every window, calendar or rolling, is a range of dates.

use crate::civil::{Date, Weekday};
use crate::ir::Window;

/// The inclusive range of day buckets that `window` reads on `today`. `None` for [`Window::Payment`], which reads none.
///
/// Rolling windows end with today: `Days(n)` is today and the previous n-1 dates; `Months(n)` begins on the day after
/// the date n months ago (clamped to the end of its month); `Years(n)` likewise. Nothing lies after today.
pub fn window_dates(window: Window, today: Date, week_starts: Weekday) -> Option<(Date, Date)> {
    let first = match window {
        Window::Payment => return None,
        Window::Day => today,
        Window::Week => today.week_start(week_starts),
        Window::Month => today.month_start(),
        Window::Year => today.year_start(),
        Window::Life => Date::MIN,
        Window::Days(n) => today.add_days(1_i32.saturating_sub(i32::from(n.max(1)))),
        Window::Months(n) => today.add_months(i32::from(n.max(1)).saturating_neg()).add_days(1),
        Window::Years(n) => today.add_years(i32::from(n.max(1)).saturating_neg()).add_days(1),
    };
    Some((first.min(today), today))
}

/// The first date on which the bucket of `today` no longer counts: a calendar window has begun anew, or a rolling
/// window has moved past it. `None` for [`Window::Payment`] (nothing is kept) and [`Window::Life`] (never).
pub fn window_end(window: Window, today: Date, week_starts: Weekday) -> Option<Date> {
    match window {
        Window::Payment | Window::Life => None,
        Window::Day => Some(today.add_days(1)),
        Window::Week => Some(today.week_start(week_starts).add_days(7)),
        Window::Month => Some(today.month_start().add_months(1)),
        Window::Year => Some(today.year_start().add_years(1)),
        Window::Days(n) => Some(today.add_days(i32::from(n.max(1)))),
        Window::Months(n) => past(window, today, today.add_months(i32::from(n.max(1)))),
        Window::Years(n) => past(window, today, today.add_years(i32::from(n.max(1)))),
    }
}

/// The first date whose window begins after `today`. Clamping moves it by at most three days from the guess.
fn past(window: Window, today: Date, guess: Date) -> Option<Date> {
    let begins_later = |date: &Date| {
        window_dates(window, *date, Weekday::Mon).is_some_and(|(first, _)| first > today)
    };
    (-3..=3).map(|shift| guess.add_days(shift)).find(begins_later)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        Date::parse(text).unwrap()
    }

    #[track_caller]
    fn check(window: Window, today: &str, first: &str, end: &str) {
        let today = day(today);
        assert_eq!(window_dates(window, today, Weekday::Mon), Some((day(first), today)));
        assert_eq!(window_end(window, today, Weekday::Mon), Some(day(end)));
    }

    #[test]
    fn windows_at_their_edges() {
        check(Window::Day, "2026-02-28", "2026-02-28", "2026-03-01");
        check(Window::Week, "2026-03-01", "2026-02-23", "2026-03-02");
        check(Window::Week, "2026-03-02", "2026-03-02", "2026-03-09");
        check(Window::Month, "2026-01-31", "2026-01-01", "2026-02-01");
        check(Window::Year, "2026-12-31", "2026-01-01", "2027-01-01");
        check(Window::Days(1), "2026-03-03", "2026-03-03", "2026-03-04");
        check(Window::Days(10), "2026-03-03", "2026-02-22", "2026-03-13");
        check(Window::Months(1), "2026-03-31", "2026-03-01", "2026-05-01");
        check(Window::Months(1), "2026-02-28", "2026-01-29", "2026-03-28");
        check(Window::Years(1), "2028-02-29", "2027-03-01", "2029-03-01");
        check(Window::Years(5), "2026-06-15", "2021-06-16", "2031-06-15");
        let sunday = window_dates(Window::Week, day("2026-03-04"), Weekday::Sun);
        assert_eq!(sunday, Some((day("2026-03-01"), day("2026-03-04"))));
    }

    #[test]
    fn a_bucket_leaves_on_the_stated_day_and_never_returns() {
        let windows = [
            Window::Days(7),
            Window::Months(1),
            Window::Months(6),
            Window::Years(1),
            Window::Week,
            Window::Month,
        ];
        for window in windows {
            for spent in 0..1_500 {
                let spent = day("2026-01-01").add_days(spent);
                let end = window_end(window, spent, Weekday::Mon).unwrap();
                let inside = |date: Date| {
                    window_dates(window, date, Weekday::Mon)
                        .is_some_and(|(first, last)| first <= spent && spent <= last)
                };
                assert!(inside(spent) && !inside(end), "{window:?} {spent} {end}");
                assert!(inside(end.add_days(-1)), "{window:?} {spent} {end}");
                assert!(
                    (1..40).all(|later| !inside(end.add_days(later))),
                    "{window:?} {spent} {end}"
                );
            }
        }
    }

    #[test]
    fn nothing_is_kept_for_one_payment_and_everything_for_life() {
        let today = day("2026-03-01");
        assert_eq!(window_dates(Window::Payment, today, Weekday::Mon), None);
        assert_eq!(window_dates(Window::Life, today, Weekday::Mon), Some((Date::MIN, today)));
        assert_eq!(window_end(Window::Life, today, Weekday::Mon), None);
    }
}
