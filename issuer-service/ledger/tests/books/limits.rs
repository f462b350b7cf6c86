//! Caps are exact under any number of commands, in one batch or many.

use scoin_core::Amount;
use scoin_core::command::Action;
use scoin_core::outcome::Outcome;
use scoin_ledger::Entry;

use crate::city::{City, DAY, labels, moved, refusal, signed};

#[test]
fn exactly_as_many_payments_pass_as_the_cap_divides_into() {
    let mut city = City::new();
    let (child, shop) = (city.person(1), city.bakery(2));
    let policy = city.policy("test.guard", &[]);
    city.grant(&child, "test.free", 1_000_000);
    city.ok(&child, Action::SetGuard { account: child.id, policy });
    let mut entries = Vec::new();
    for _ in 0..200 {
        let payment = city.payment(&shop, 40);
        let command = city.command(&child, Action::Pay(payment));
        entries.push(Entry::signed(signed(&command, &child.key)));
    }
    let mut accepted = 0;
    for batch in entries.chunks(33) {
        let answers = city.run(batch);
        accepted +=
            answers.iter().filter(|answer| matches!(answer.outcome, Outcome::Accepted(_))).count();
    }
    assert_eq!(accepted, 100);
    assert_eq!(city.balance(&shop), 4_000);
    city.pass(DAY);
    assert_eq!(moved(city.pay(&child, &shop, 4_000)), 4_000);
}

#[test]
fn wrapping_coins_once_more_opens_no_second_allowance() {
    let mut city = City::new();
    let (child, shop) = (city.person(1), city.bakery(2));
    city.grant(&child, "test.snack", 20_000);
    assert_eq!(moved(city.pay(&child, &shop, 5_000)), 5_000);
    let policy = city.policy("test.snack", &[("daily", "9_000 won")]);
    let officer = city.officers[0].clone();
    // Another instance of the same policy from the same granter counts in the same purse.
    city.ok(&officer, Action::Grant { to: child.id, amount: Amount::new(10_000), policy });
    assert_eq!(moved(city.pay(&child, &shop, 4_000)), 4_000);
    assert_eq!(labels(&refusal(city.pay(&child, &shop, 100))), ["each-day", "each-day"]);
}

#[test]
fn a_gap_begins_anew_with_each_payment_at_a_shop() {
    let mut city = City::new();
    let (child, shop, other) = (city.person(1), city.bakery(2), city.bakery(3));
    city.grant(&child, "test.gap", 10_000);
    assert_eq!(moved(city.pay(&child, &shop, 100)), 100);
    assert_eq!(labels(&refusal(city.pay(&child, &shop, 100))), ["again"]);
    assert_eq!(moved(city.pay(&child, &other, 100)), 100);
    city.pass(10 * 60 * 1_000_000);
    assert_eq!(moved(city.pay(&child, &shop, 100)), 100);
}

#[test]
fn a_share_leaves_the_rest_to_own_money() {
    let mut city = City::new();
    let (child, shop) = (city.person(1), city.bakery(2));
    city.grant(&child, "test.share", 10_000);
    assert_eq!(labels(&refusal(city.pay(&child, &shop, 1_000))), ["co-pay"]);
    let officer = city.officers[0].clone();
    city.ok(&officer, Action::Transfer { to: child.id, amount: Amount::new(150) });
    // 80 % of 1,000 leaves 200 and there are 150; 80 % of 750 leaves exactly 150.
    assert!(matches!(city.pay(&child, &shop, 1_000), Outcome::Refused(_)));
    assert_eq!(moved(city.pay(&child, &shop, 750)), 750);
    assert_eq!(city.balance(&child), 10_150 - 750);
}

#[test]
fn a_rolling_window_says_exactly_when_it_gives_room() {
    let mut city = City::new();
    let (child, shop, officer) = (city.person(1), city.bakery(2), city.officers[0].clone());
    let source = "policy roll.week { zone Asia/Seoul cap week: 5_000 won per 7 days }".to_owned();
    city.ok(&officer, Action::PublishRules { source });
    city.grant(&child, "roll.week", 50_000);
    for amount in [3_000, 2_000] {
        assert_eq!(moved(city.pay(&child, &shop, amount)), amount);
        city.pass(2 * DAY);
    }
    let scoin_core::outcome::Refusal::Rules(rules) = refusal(city.pay(&child, &shop, 3_000)) else {
        panic!()
    };
    // The 3,000 of the first day fall out of the window seven days later, at midnight in Seoul.
    let midnight = crate::city::START - 15 * crate::city::HOUR;
    let next = rules.next.expect("a next time").micros();
    assert_eq!(next, midnight + 7 * DAY);
    city.now = next;
    assert_eq!(moved(city.pay(&child, &shop, 3_000)), 3_000);
}

#[test]
fn two_versions_with_other_windows_share_a_counter_and_break_no_limit() {
    let mut city = City::new();
    let (child, shop, officer) = (city.person(1), city.bakery(2), city.officers[0].clone());
    for cap in ["cap c: 5_000 won per week", "cap c: 5_000 won per day"] {
        let source = format!("policy two.v {{ zone Asia/Seoul {cap} }}");
        city.ok(&officer, Action::PublishRules { source });
        city.grant(&child, "two.v", 20_000);
    }
    // Either version alone would pay 5,000; together they still count in one purse.
    assert_eq!(labels(&refusal(city.pay(&child, &shop, 10_000))), ["c", "c"]);
    assert_eq!(moved(city.pay(&child, &shop, 5_000)), 5_000);
}

#[test]
fn two_versions_with_other_limits_pay_together_as_one_after_the_other() {
    let mut city = City::new();
    let (child, shop, officer) = (city.person(1), city.bakery(2), city.officers[0].clone());
    for (limit, amount) in [("3_000", 2_900), ("5_000", 1_500)] {
        let source = format!("policy two.v {{ zone Asia/Seoul cap c: {limit} won per day }}");
        city.ok(&officer, Action::PublishRules { source });
        city.grant(&child, "two.v", amount);
    }
    // 2,900 under 3,000, then 1,500 under 5,000: the second counts what the first paid, not the other way round.
    assert_eq!(moved(city.pay(&child, &shop, 4_400)), 4_400);
}
