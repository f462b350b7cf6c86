//! Programmes: rewards cut by caps in label order, and what they add to the counters.

use scoin_policy::civil::{Civil, Date};
use scoin_policy::facts::{Fact, Facts, Happening};
use scoin_policy::ir::{
    By, Cap, Gift, Pred, Program, Quantity, Reward, Test, Trigger, Under, Window,
};
use scoin_policy::program::{caps, charges, reward};

use crate::make::Town;

fn program(caps: Vec<Cap>) -> Program {
    let reward = |label: &str, from: i64, gift| Reward {
        label: label.to_owned(),
        on: Trigger::Earn("tax.paid".to_owned()),
        when: Some(Pred::Test(Test::InRange(Fact::EventDaysEarly, Some(from), None))),
        gift,
        under: Under::SamePolicy,
        because: Vec::new(),
    };
    let percent = Gift::Percent { percent: 1, of: Fact::EventAmount, up_to: Some(30_000) };
    Program {
        name: "t".to_owned(),
        title: Vec::new(),
        zone: "Asia/Seoul".to_owned(),
        week_starts: scoin_policy::civil::Weekday::Mon,
        pool: "p".to_owned(),
        open: (Date::parse("2026-01-01"), Date::parse("2026-12-31")),
        rewards: vec![reward("early-bird", 10, Gift::Money(2_000)), reward("on-time", 0, percent)],
        caps,
    }
}

fn cap(quantity: Quantity) -> Cap {
    Cap {
        label: "c".to_owned(),
        quantity,
        window: Window::Year,
        by: vec![By::Payer],
        when: None,
        on_items: None,
        because: Vec::new(),
    }
}

#[track_caller]
fn check(
    caps: Vec<Cap>,
    used: &[u64],
    event: (Option<u64>, i64),
    date: &str,
    expected: &[(&str, u64)],
) {
    let program = program(caps);
    let event = Happening { amount: event.0, days_early: Some(event.1), ..Happening::default() };
    let facts =
        Facts { now: Civil::start_of(Date::parse(date).unwrap()), event, ..Facts::default() };
    let paid = Trigger::Earn("tax.paid".to_owned());
    let given = reward(&program, Some(&paid), &facts, &Town, used);
    let found: Vec<(&str, u64)> = given.iter().map(|given| (given.label, given.amount)).collect();
    assert_eq!(found, expected);
    let total: u64 = given.iter().map(|given| given.amount).sum();
    let expected = vec![(total, given.len() as u64); program.caps.len()];
    assert_eq!(charges(&program, &facts, &Town, &given), expected);
    assert!(reward(&program, Some(&Trigger::Payment), &facts, &Town, used).is_empty());
}

#[test]
fn rewards_and_their_caps() {
    let money = || vec![cap(Quantity::Money(50_000))];
    let large = (Some(9_000_000), 16);
    check(money(), &[], (Some(480_050), 0), "2026-07-31", &[("on-time", 4_800)]);
    check(money(), &[], large, "2026-07-31", &[("early-bird", 2_000), ("on-time", 30_000)]);
    check(money(), &[45_000], large, "2026-07-31", &[("early-bird", 2_000), ("on-time", 3_000)]);
    check(money(), &[49_000], large, "2026-07-31", &[("early-bird", 1_000)]);
    check(money(), &[50_000], large, "2026-07-31", &[]);
    check(vec![cap(Quantity::Count(1))], &[0], large, "2026-07-31", &[("early-bird", 2_000)]);
    check(vec![cap(Quantity::Count(1))], &[1], large, "2026-07-31", &[]);
    check(money(), &[], (Some(480_000), -1), "2026-07-31", &[]);
    check(money(), &[], (None, 0), "2026-07-31", &[]);
    check(money(), &[], (Some(u64::MAX), 0), "2026-12-31", &[("on-time", 30_000)]);
    check(money(), &[], large, "2027-01-01", &[]);
    check(money(), &[], large, "2025-12-31", &[]);
}

/// A cap whose condition does not hold neither limits nor counts.
#[test]
fn a_cap_that_does_not_apply_counts_nothing() {
    let early = Pred::Test(Test::InRange(Fact::EventDaysEarly, Some(20), None));
    let when = Cap { when: Some(early), ..cap(Quantity::Money(1_000)) };
    let program = program(vec![when, cap(Quantity::Count(5))]);
    let asked = |days| {
        let event = Happening { amount: Some(100), days_early: Some(days), ..Happening::default() };
        let now = Civil::start_of(Date::parse("2026-06-01").unwrap());
        let facts = Facts { now, event, ..Facts::default() };
        let given = reward(&program, None, &facts, &Town, &[]);
        charges(&program, &facts, &Town, &given)
    };
    assert_eq!(asked(15), [(0, 0), (2_001, 2)]);
    assert_eq!(asked(25), [(1_000, 1), (1_000, 1)]);
    let slots = caps(&program);
    let labels: Vec<&str> = slots.iter().map(|slot| slot.label.as_str()).collect();
    assert_eq!((labels, slots[0].rule_name.as_str()), (vec!["c", "c"], "t"));
    assert_ne!(slots[0].measure, slots[1].measure);
}

/// So much for each child: of nobody who is not known to have any.
#[test]
fn a_cap_for_each_child_grows_with_the_children() {
    let program = program(vec![cap(Quantity::MoneyTimes(700, Fact::PayerChildren))]);
    let given = |children, used| -> u64 {
        let event = Happening { amount: Some(0), days_early: Some(30), ..Happening::default() };
        let payer = scoin_policy::facts::Person { children, ..Default::default() };
        let now = Civil::start_of(Date::parse("2026-06-01").unwrap());
        let facts = Facts { now, event, payer, ..Facts::default() };
        reward(&program, None, &facts, &Town, &[used]).iter().map(|given| given.amount).sum()
    };
    let found =
        [(Some(2), 0), (Some(2), 500), (Some(2), 1_400), (Some(9), 0), (Some(-1), 0), (None, 0)];
    assert_eq!(found.map(|(children, used)| given(children, used)), [1_400, 900, 0, 2_000, 0, 0]);
}
