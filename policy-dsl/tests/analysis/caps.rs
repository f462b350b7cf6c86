//! Shortest paths over days against trying every way of spending, and plans against the evaluator.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};
use scoin_policy::analyse::caps::{DAYS_MAX, Limit, most_by_day};
use scoin_policy::analyse::{Settings, Study, Why};
use scoin_policy::civil::{Civil, Date, Weekday};
use scoin_policy::decide::{State, pay};
use scoin_policy::facts::Facts;
use scoin_policy::ir::{By, Cap, Policy, Quantity, Window};
use scoin_policy::module::Module;
use scoin_policy::rule::Rule;
use scoin_policy::windows::window_dates;

use crate::make::{self, Town};

fn window() -> impl Strategy<Value = Window> {
    prop::sample::select(vec![
        Window::Day,
        Window::Week,
        Window::Month,
        Window::Year,
        Window::Life,
        Window::Days(2),
        Window::Days(3),
        Window::Months(1),
    ])
}

fn limit() -> impl Strategy<Value = Limit> {
    (window(), 0..7_u64).prop_map(|(window, most)| Limit {
        window,
        week_starts: Weekday::Mon,
        most,
    })
}

fn used(spent: &[(Date, u64)], window: Window, today: Date) -> u64 {
    let (first, _) = window_dates(window, today, Weekday::Mon).unwrap();
    spent.iter().filter(|(date, _)| *date >= first).map(|(_, amount)| amount).sum()
}

/// The most that any way of spending reaches, at most `top` a day.
fn brute(
    first: Date,
    open: &[bool],
    limits: &[Limit],
    spent: &mut Vec<(Date, u64)>,
    top: u64,
) -> u64 {
    let day = spent.len();
    if day == open.len() {
        return spent.iter().map(|(_, amount)| amount).sum();
    }
    let today = first.add_days(i32::try_from(day).unwrap());
    let mut best = 0;
    for amount in 0..=if open[day] { top } else { 0 } {
        spent.push((today, amount));
        if limits.iter().all(|limit| used(spent, limit.window, today) <= limit.most) {
            best = best.max(brute(first, open, limits, spent, top));
        }
        spent.pop();
    }
    best
}

#[test]
fn the_most_is_what_trying_everything_finds() {
    let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::default() });
    let case = (
        prop::collection::vec(limit(), 1..4),
        prop::collection::vec(prop::bool::weighted(0.8), 1..6),
        0..40_i32,
    );
    for _ in 0..400 {
        let (mut limits, open, ahead) = case.new_tree(&mut runner).unwrap().current();
        // Without a limit a day there is nothing to try.
        limits.push(Limit { window: Window::Day, week_starts: Weekday::Mon, most: 5 });
        let first = Date::parse("2026-01-20").unwrap().add_days(ahead);
        let expected = brute(first, &open, &limits, &mut Vec::new(), 5);
        let found = most_by_day(first, &open, &limits);
        assert_eq!(found.last().copied().flatten(), Some(expected), "{first} {open:?} {limits:?}");
    }
}

fn cap(at: usize, quantity: Quantity, window: Window) -> Cap {
    Cap {
        label: format!("k{at}"),
        quantity,
        window,
        by: vec![By::Purse],
        when: None,
        on_items: None,
        because: Vec::new(),
    }
}

/// Pays the plan day by day, in payments as large as the evaluator lets pass.
fn pay_plan(rule: &Rule, first: Date, plan: &[u64]) -> u64 {
    let mut spent: Vec<Vec<(Date, u64)>> = vec![Vec::new(); rule.caps().len()];
    let mut total = 0;
    for (day, wanted) in plan.iter().enumerate() {
        let today = first.add_days(i32::try_from(day).unwrap());
        let mut left = *wanted;
        while left > 0 {
            let counters: Vec<u64> = rule
                .caps()
                .iter()
                .zip(&spent)
                .map(
                    |(cap, spent)| {
                        if cap.keeps_count() { used(spent, cap.window, today) } else { 0 }
                    },
                )
                .collect();
            let facts = Facts { now: Civil::start_of(today), amount: left, ..Facts::default() };
            let state = State { used: &counters, ..State::default() };
            let paid = pay(rule, &facts, &Town, &state);
            if paid == 0 {
                return total;
            }
            for (cap, spent) in rule.caps().iter().zip(&mut spent) {
                let counted = if matches!(cap.quantity, Quantity::Count(_)) { 1 } else { paid };
                spent.push((today, counted));
            }
            left -= paid;
            total += paid;
        }
    }
    total
}

#[test]
fn an_exact_plan_is_paid_in_full() {
    let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::default() });
    let case = (
        prop::collection::vec((1..2_000_u64, window()), 0..4),
        prop::option::of(1..500_u64),
        prop::option::of(1..6_u64),
    );
    let mut exact = 0;
    for _ in 0..60 {
        let (money, single, count) = case.new_tree(&mut runner).unwrap().current();
        let mut caps: Vec<Cap> = vec![cap(90, Quantity::Money(1_500), Window::Day)];
        caps.extend(single.map(|most| cap(91, Quantity::Money(most), Window::Payment)));
        caps.extend(count.map(|most| cap(92, Quantity::Count(most), Window::Day)));
        caps.extend(
            money
                .into_iter()
                .enumerate()
                .map(|(at, (most, window))| cap(at, Quantity::Money(most), window)),
        );
        let policy = Policy { caps, ..make::empty("test.plan") };
        let mut study = Study::new(&[&policy], &Settings::default()).unwrap();
        let first = Date::parse("2026-03-05").unwrap();
        let most = study.most_spendable(0, first, first.add_days(40)).unwrap();
        if most.exact {
            exact += 1;
            assert_eq!(Some(pay_plan(&Rule::new(policy), first, &most.plan)), most.amount);
        }
    }
    assert!(exact >= 50, "{exact}");
}

#[test]
fn dead_limits_and_implied_limits() {
    let policy = Policy {
        caps: vec![
            cap(0, Quantity::Money(10_000), Window::Day),
            cap(1, Quantity::Money(5_000), Window::Week),
        ],
        ..make::empty("test.dead")
    };
    let loose = Policy {
        caps: vec![
            cap(0, Quantity::Money(20_000), Window::Month),
            cap(1, Quantity::Money(35_000), Window::Month),
        ],
        ..make::empty("test.loose")
    };
    let mut study = Study::new(&[&policy, &loose], &Settings::default()).unwrap();
    assert_eq!(study.dead_caps(0).unwrap(), [(0, vec![1])]);
    // Up to six weeks touch a month: 30,000 can be spent in it.
    assert_eq!(study.caps_not_implied(0, 1).unwrap(), [0]);
}

fn policy(body: &str) -> Policy {
    let source = format!("policy city.test {{ zone Asia/Seoul {body} }}");
    let (module, found) = Module::parse(&source);
    module.unwrap_or_else(|| panic!("{body}: {found:?}")).policy("city.test", &[]).unwrap()
}

/// The most that can be spent in eleven days from a Thursday on, whether that is exact, and on how many days.
#[test]
fn an_amount_is_called_exact_only_where_it_is() {
    let small = "require small: payment.amount in ..300 won  cap twice: 2 payments per day";
    let single = "cap single: 100 won per payment";
    let cases = [
        ("", (None, true, 11)),
        ("cap day: 500 won per day", (Some(5_500), true, 11)),
        ("cap day: 500 won per day  require work: day in mon..fri", (Some(3_500), true, 7)),
        ("cap day: 500 won per day  cap part: 80% of payment", (Some(5_500), true, 11)),
        ("cap day: 500 won per day  cap all: 1_000 won per life", (Some(1_000), true, 11)),
        ("cap day: 500 won per day  cap week: 600 won per week", (Some(1_200), true, 11)),
        ("cap never: 0 payments per month", (Some(0), false, 0)),
        // Numbers of payments count in money by what one payment may take.
        (&format!("{single}  cap twice: 2 payments per day"), (Some(2_200), true, 11)),
        (&format!("{single}  cap twice: 2 payments per week"), (Some(400), false, 11)),
        (
            &format!(
                "{single} on items item.category in {{ food }}  cap twice: 2 payments per day"
            ),
            (None, false, 11),
        ),
        (
            &format!("{single} when payment.channel is online  cap twice: 2 payments per day"),
            (None, false, 11),
        ),
        ("cap day: 500 won per day  cap twice: 2 payments per month", (Some(5_500), false, 11)),
        (small, (Some(6_600), false, 11)),
        (&format!("{small}  cap half: 50% of payment"), (Some(3_300), false, 11)),
        (
            &format!("{small}  cap half: 50% of payment when payment.channel is online"),
            (Some(6_600), false, 11),
        ),
        (
            &format!("{single}  cap twice: 2 payments per day  cap half: 50% of payment"),
            (Some(2_200), true, 11),
        ),
        (
            &format!(
                "{single}  cap twice: 2 payments per day  cap half: 50% of payment when payment.channel is online"
            ),
            (Some(2_200), false, 11),
        ),
        // On a Saturday no more than 200: what one payment may take is told apart by its amount.
        (
            &format!("{small}  require work: payment.amount in ..100 won or day in mon..fri"),
            (Some(6_600), false, 11),
        ),
        // What does not apply to every payment is left out, and the rest is a bound.
        (
            "cap day: 500 won per day  cap net: 100 won per day when payment.channel is online",
            (Some(5_500), false, 11),
        ),
        ("cap net: 500 won per day when payment.channel is online", (None, false, 11)),
        (
            "cap net: 500 won per day when payment.channel is online  require only: payment.channel is online",
            (Some(5_500), true, 11),
        ),
        ("cap shop: 500 won per day by merchant", (None, false, 11)),
        ("cap fish: 500 won per day on items item.category in { food.fish }", (None, false, 11)),
        (
            "cap day: 500 won per day  cap kids: 100 won times payer.children per day",
            (Some(5_500), false, 11),
        ),
        ("cap day: 500 won per day  gap rest: 30 minutes", (Some(5_500), false, 11)),
        (
            "cap day: 500 won per day  decays melt: 1% of issued every month to granter",
            (Some(5_500), false, 11),
        ),
    ];
    let first = Date::parse("2026-03-05").unwrap();
    for (body, expected) in cases {
        let mut study = Study::new(&[&policy(body)], &Settings::default()).unwrap();
        let most = study.most_spendable(0, first, first.add_days(10)).unwrap();
        assert_eq!((most.amount, most.exact, most.open_days), expected, "{body}");
    }
}

/// Which limits never bind, and because of which others: one line for each.
fn check_dead(cases: &[(&str, &[&str])]) {
    for (body, expected) in cases {
        let policy = policy(body);
        let rule = Rule::new(policy.clone());
        let label = |at: &usize| rule.caps()[*at].label.clone();
        let mut study = Study::new(&[&policy], &Settings::default()).unwrap();
        let dead: Vec<String> = study
            .dead_caps(0)
            .unwrap()
            .iter()
            .map(|(at, others)| {
                let others: Vec<String> = others.iter().map(label).collect();
                format!("{} by {}", label(at), others.join(", "))
            })
            .collect();
        assert_eq!(&dead, expected, "{body}");
    }
}

#[test]
fn a_limit_is_dead_only_where_others_count_all_that_it_counts() {
    let none: [&str; 0] = [];
    let net = "when payment.channel is online";
    let fish = "on items item.category in { food.fish }";
    let meat = "on items item.category in { food.meat }";
    let work = "require work: day in mon..fri";
    let cases: &[(&str, &[&str])] = &[
        ("cap a: 500 won per day  cap b: 3_500 won per week", &["b by a"]),
        ("cap a: 500 won per day  cap b: 3_499 won per week", &none),
        (&format!("{work}  cap a: 500 won per day  cap b: 2_500 won per week"), &["b by a"]),
        (&format!("{work}  cap a: 500 won per day  cap b: 2_499 won per week"), &none),
        // Of two that say the same the first stays, and what is not needed is not named.
        ("cap a: 500 won per day  cap b: 500 won per day", &["b by a"]),
        (
            "cap a: 500 won per day  cap c: 9_000 won per month  cap b: 3_500 won per week",
            &["b by a"],
        ),
        (
            "cap a: 500 won per day  cap b: 3_500 won per week  cap c: 500 won per day",
            &["b by a", "c by a"],
        ),
        // Whose counters they are.
        ("cap a: 500 won per day  cap b: 500 won per day by merchant", &["b by a"]),
        ("cap a: 500 won per day by merchant  cap b: 3_500 won per week by merchant", &["b by a"]),
        ("cap a: 500 won per day by payer  cap b: 3_500 won per week by payer", &["b by a"]),
        ("cap a: 500 won per day by payer  cap b: 3_500 won per week", &none),
        ("cap a: 500 won per day  cap b: 3_500 won per week by payer", &none),
        // Which payments and lines.
        (&format!("cap a: 500 won per day  cap b: 3_500 won per week {net}"), &["b by a"]),
        (&format!("cap a: 500 won per day {net}  cap b: 3_500 won per week {net}"), &["b by a"]),
        (&format!("cap a: 500 won per day {net}  cap b: 3_500 won per week"), &none),
        (&format!("cap a: 500 won per day  cap b: 3_500 won per week {fish}"), &["b by a"]),
        (&format!("cap a: 500 won per day {fish}  cap b: 3_500 won per week {fish}"), &["b by a"]),
        (&format!("cap a: 500 won per day {fish}  cap b: 3_500 won per week"), &none),
        (&format!("cap a: 500 won per day {fish}  cap b: 3_500 won per week {meat}"), &none),
    ];
    check_dead(cases);
}

#[test]
fn a_limit_is_dead_where_others_add_up_to_no_more() {
    let none: [&str; 0] = [];
    let cases: &[(&str, &[&str])] = &[
        ("cap a: 2 payments per day  cap b: 14 payments per week", &["b by a"]),
        ("cap a: 2 payments per day  cap b: 13 payments per week", &none),
        ("cap a: 50% of payment  cap b: 80% of payment", &["b by a"]),
        ("cap a: 80% of payment  cap b: 50% of payment", &["a by b"]),
        (
            "cap a: 100 won per payment  cap b: 2 payments per day  cap c: 200 won per day",
            &["c by a, b"],
        ),
        ("cap a: 100 won per payment  cap b: 2 payments per day  cap c: 199 won per day", &none),
        (
            "cap a: 100 won per day  cap b: 2 payments per month  cap c: 200 won per month",
            &["c by a, b"],
        ),
        ("cap a: 100 won per day  cap b: 2 payments per month  cap c: 199 won per month", &none),
        ("cap a: 100 won per day  cap b: 100 won per payment", &["b by a"]),
        ("cap a: 100 won per day  cap b: 99 won per payment", &none),
        ("cap a: 0 payments per life  cap b: 500 won per life", &["b by a"]),
        ("require small: payment.amount in ..300 won  cap a: 300 won per payment", &["a by "]),
        ("require small: payment.amount in ..300 won  cap a: 299 won per payment", &none),
        (
            "require small: payment.amount in ..300 won  cap a: 50% of payment  cap b: 150 won per payment",
            &["b by a"],
        ),
        (
            "require small: payment.amount in ..300 won  cap a: 50% of payment  cap b: 149 won per payment",
            &none,
        ),
    ];
    check_dead(cases);
}

/// The limits of a second policy that the first does not imply.
#[test]
fn a_limit_is_implied_only_where_it_applies_or_others_keep_it() {
    let cases: &[(&str, &str, &[usize])] = &[
        ("cap a: 500 won per day", "cap a: 500 won per day", &[]),
        ("cap a: 500 won per day", "cap a: 499 won per day", &[0]),
        (
            "cap a: 500 won per day",
            "cap a: 3_500 won per week  cap b: 100 won per day  cap c: 9 payments per day",
            &[1, 2],
        ),
        ("", "cap a: 500 won per day when payment.channel is online", &[0]),
        (
            "forbid net: payment.channel is online",
            "cap a: 500 won per day when payment.channel is online",
            &[],
        ),
        (
            "require net: payment.channel is online  cap a: 500 won per day",
            "cap a: 500 won per day when payment.channel is online",
            &[],
        ),
        ("cap a: 500 won per day when payment.channel is online", "cap a: 500 won per day", &[0]),
    ];
    for (first, second, expected) in cases {
        let (one, two) = (policy(first), policy(second));
        let mut study = Study::new(&[&one, &two], &Settings::default()).unwrap();
        assert_eq!(&study.caps_not_implied(0, 1).unwrap(), expected, "{first} / {second}");
    }
}

#[test]
fn forty_years_are_looked_at_and_not_a_day_more() {
    let day = cap(0, Quantity::Money(1), Window::Day);
    let policy = Policy { caps: vec![day], ..make::empty("test.long") };
    let mut study = Study::new(&[&policy], &Settings::default()).unwrap();
    let first = Date::parse("2026-03-05").unwrap();
    let last = first.add_days(i32::try_from(DAYS_MAX).unwrap() - 1);
    let most = study.most_spendable(0, first, last).unwrap();
    assert_eq!((most.amount, most.open_days), (u64::try_from(DAYS_MAX).ok(), DAYS_MAX));
    let longer = study.most_spendable(0, first, last.add_days(1));
    assert_eq!(longer.map(|most| most.amount), Err(Why::TooLarge));
}
