//! "When next": the answer against a scan of every minute, with counters recomputed from day buckets each time.

use proptest::prelude::*;
use scoin_policy::causes::Whose;
use scoin_policy::civil::{Civil, Date};
use scoin_policy::decide::{State, judge, pay};
use scoin_policy::facts::Facts;
use scoin_policy::ir::{By, Cap, Policy, Quantity, Window};
use scoin_policy::rule::Rule;
use scoin_policy::windows::window_dates;

use crate::cases;
use crate::make::{Town, case, empty, plain};

/// Spending by date, the same for every cap.
pub(crate) type Buckets = Vec<(Date, u64)>;

pub(crate) fn used(rule: &Rule, buckets: &Buckets, today: Date) -> Vec<u64> {
    let within = |(first, last): (Date, Date)| {
        buckets
            .iter()
            .filter(|(date, _)| (first..=last).contains(date))
            .map(|(_, amount)| amount)
            .sum()
    };
    let caps = rule.caps().iter();
    caps.map(|cap| window_dates(cap.window, today, cap.week_starts).map_or(0, within)).collect()
}

pub(crate) fn pay_at(
    rule: &Rule,
    facts: &Facts<'_>,
    moment: Civil,
    issued: Option<Civil>,
    last: &[Option<i64>],
    buckets: &Buckets,
) -> u64 {
    let minutes = moment.minutes() - facts.now.minutes();
    let instant =
        facts.instant_micros - facts.instant_micros.rem_euclid(60_000_000) + minutes * 60_000_000;
    let later = Facts { now: moment, instant_micros: instant, ..*facts };
    let used = used(rule, buckets, moment.date);
    pay(rule, &later, &Town, &State { issued, used: &used, last, buckets: &[] })
}

proptest! {
    #![proptest_config(cases(400))]

    #[test]
    fn next_is_the_first_minute_that_passes(
        policy in plain(),
        case in case(),
        ago in 0..60_000_i64,
        gap in 0..6_000_i64,
        spent in prop::collection::vec((0..70_i32, 1..9_u64), 0..5),
    ) {
        let rule = Rule::new(policy);
        let facts = case.facts();
        let issued = Some(facts.now.add_minutes(-ago));
        let last = [Some(facts.instant_micros - gap * 60_000_000 - 17)];
        let buckets: Buckets = spent.iter().map(|(days, amount)| (facts.now.date.add_days(-days), *amount)).collect();
        let now = used(&rule, &buckets, facts.now.date);
        let slices: Vec<&[(Date, u64)]> = rule.caps().iter().map(|_| buckets.as_slice()).collect();
        let state = State { issued, used: &now, last: &last, buckets: &slices };
        let verdict = judge(&rule, &facts, &Town, &state, Whose::City);
        if verdict.allow == facts.amount {
            prop_assert_eq!(verdict.next, None);
            return Ok(());
        }
        let horizon = Civil::start_of(facts.now.date.add_days(401));
        let end = verdict.next.unwrap_or(horizon);
        // Far answers are checked on a coarser grid: every seventh minute.
        let step = if end.minutes() - facts.now.minutes() > 40_000 { 7 } else { 1 };
        let mut moment = facts.now.add_minutes(1);
        while moment < end {
            prop_assert_ne!(pay_at(&rule, &facts, moment, issued, &last, &buckets), facts.amount, "passes at {}, said {:?}", moment, verdict.next);
            moment = moment.add_minutes(step);
        }
        if let Some(next) = verdict.next {
            prop_assert_eq!(pay_at(&rule, &facts, next, issued, &last, &buckets), facts.amount);
            prop_assert!(next > facts.now);
            // Every cause that knows its own moment knows one that is not later.
            for cause in verdict.causes.iter().chain(&verdict.binding) {
                prop_assert!(cause.next.is_some_and(|own| own <= next), "{:?}", cause);
            }
        }
    }

    #[test]
    fn without_buckets_the_answer_is_later_but_sound(
        policy in plain(),
        case in case(),
        spent in prop::collection::vec((0..70_i32, 1..9_u64), 0..5),
    ) {
        let rule = Rule::new(policy);
        let facts = case.facts();
        let buckets: Buckets = spent.iter().map(|(days, amount)| (facts.now.date.add_days(-days), *amount)).collect();
        let now = used(&rule, &buckets, facts.now.date);
        let state = State { issued: None, used: &now, last: &[], buckets: &[] };
        if let Some(next) = judge(&rule, &facts, &Town, &state, Whose::City).next {
            prop_assert_eq!(pay_at(&rule, &facts, next, None, &[], &buckets), facts.amount);
        }
    }
}

/// Rolling limits whose buckets are not at hand are full until all of the window has passed, whether the caller has no
/// buckets at all or none for this limit.
#[test]
fn a_rolling_limit_without_buckets_waits_for_its_whole_window() {
    let cap = Cap {
        label: "k".to_owned(),
        quantity: Quantity::Money(10),
        window: Window::Days(3),
        by: vec![By::Purse],
        when: None,
        on_items: None,
        because: Vec::new(),
    };
    let rule = Rule::new(Policy { caps: vec![cap], ..empty("test.rolling") });
    let today = Date::parse("2026-03-04").unwrap();
    let facts = Facts { now: Civil { date: today, minute: 600 }, amount: 8, ..Facts::default() };
    let next = |buckets: &[&[(Date, u64)]]| {
        let state = State { used: &[5], buckets, ..State::default() };
        judge(&rule, &facts, &Town, &state, Whose::City).next
    };
    let after = |days| Some(Civil::start_of(today.add_days(days)));
    assert_eq!(next(&[]), after(3));
    assert_eq!(next(&[&[]]), after(3));
    assert_eq!(next(&[&[(today.add_days(-2), 5)]]), after(1));
    assert_eq!(next(&[&[(today.add_days(-2), 2), (today, 3)]]), after(3));
    assert_eq!(next(&[&[(today.add_days(-9), 7), (today.add_days(-1), 5)]]), after(2));
}
