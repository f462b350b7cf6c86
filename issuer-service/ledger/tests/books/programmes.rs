//! Rewards from pools.

use scoin_core::Amount;
use scoin_core::command::Action;
use scoin_core::outcome::{Effect, Refusal};

use crate::city::{City, Who, accept, moved};

fn tax(to: &Who, document: u8, amount: u64) -> Action {
    Action::Earn {
        account: to.id,
        event: "tax.paid".to_owned(),
        evidence: [document; 32],
        amount: Amount::new(amount),
        days_early: Some(3),
        role: None,
    }
}

fn earned(effect: Effect) -> u64 {
    match effect {
        Effect::Earned { rewards } => rewards.iter().map(|(_, amount)| amount.units()).sum(),
        effect => panic!("{effect:?}"),
    }
}

#[test]
fn a_reported_fact_is_rewarded_once_and_within_the_caps() {
    let mut city = City::new();
    let (citizen, office, officer) = (city.person(1), city.service(2), city.officers[0].clone());
    let (pool, amount) = ("test.tax".to_owned(), Amount::new(100_000));
    city.ok(&officer, Action::FundPool { pool, amount });
    assert_eq!(earned(city.ok(&office, tax(&citizen, 1, 200_000))), 2_000);
    assert!(matches!(city.no(&office, tax(&citizen, 1, 200_000)), Refusal::AlreadyDone { .. }));
    assert_eq!(earned(city.ok(&office, tax(&citizen, 2, 900_000))), 3_000);
    // 5,000 a year are reached.
    assert_eq!(city.no(&office, tax(&citizen, 3, 900_000)), Refusal::NothingEarned);
    assert_eq!((city.balance(&citizen), city.pool("test.tax")), (5_000, 95_000));
}

const BONUS: &str = r"
policy bonus.coin { zone Asia/Seoul }
program bonus.first {
  zone Asia/Seoul
  pool bonus.pool
  reward welcome: on payment when payment.amount in 1_000 won.. give 500 won under bonus.coin
  cap once: 2 rewards per life by payer
}
program bonus.match {
  zone Asia/Seoul
  pool bonus.pool
  reward match: on topup when event.role is parent
    give 20% of event.amount up to 2_000 won under same policy
  cap monthly: 3_000 won per month by payer
}
";

fn with_bonus() -> City {
    let mut city = City::new();
    let officer = city.officers[0].clone();
    city.ok(&officer, Action::PublishRules { source: BONUS.to_owned() });
    let (pool, amount) = ("bonus.pool".to_owned(), Amount::new(10_000));
    city.ok(&officer, Action::FundPool { pool, amount });
    city
}

#[test]
fn a_payment_earns_and_a_refund_takes_it_back_in_proportion() {
    let mut city = with_bonus();
    let (child, shop) = (city.rich(1, 10_000), city.bakery(2));
    let payment = city.payment(&shop, 2_000);
    let id = city.done(&child, Action::Pay(payment));
    assert_eq!(city.balance(&child), 8_500);
    let refund = |amount| Action::Refund {
        payment: id,
        amount: Amount::new(amount),
        lines: Vec::new(),
        reason: None,
    };
    city.ok(&shop, refund(500));
    assert_eq!(city.balance(&child), 8_500 + 500 - 125);
    city.ok(&shop, refund(1_500));
    assert_eq!((city.balance(&child), city.pool("bonus.pool")), (10_000, 10_000));
    // The reward given back counts no longer: two more may be earned.
    for _ in 0..3 {
        assert_eq!(moved(city.pay(&child, &shop, 1_000)), 1_000);
    }
    assert_eq!(city.pool("bonus.pool"), 9_000);
}

#[test]
fn a_top_up_is_matched_under_the_parents_rules() {
    let mut city = with_bonus();
    let (parent, child) = (city.rich(1, 50_000), city.person(2));
    city.ok(&child, Action::AskGuardian { guardian: parent.id });
    city.ok(&parent, accept(child.id));
    let policy = city.policy("test.snack", &[]);
    let grant = |amount| Action::Grant { to: child.id, amount: Amount::new(amount), policy };
    city.ok(&parent, grant(5_000));
    assert_eq!(city.balance(&child), 6_000);
    let lots = &city.account(&child.id).lots;
    assert_eq!(lots.len(), 2);
    assert_eq!(lots[0].stack, lots[1].stack);
    city.ok(&parent, grant(20_000));
    assert_eq!(city.balance(&child), 28_000);
    // What the city added goes back to its pool at the end, what the parent gave to the parent.
    city.pass(32 * crate::city::DAY);
    assert_eq!((city.balance(&child), city.balance(&parent)), (0, 50_000));
    assert_eq!(city.pool("bonus.pool"), 10_000);
}

#[test]
fn an_empty_pool_stops_no_payment() {
    let mut city = with_bonus();
    let (child, shop) = (city.rich(1, 50_000), city.bakery(2));
    let others: Vec<Who> = (10..31).map(|number| city.rich(number, 5_000)).collect();
    for other in &others {
        assert_eq!(moved(city.pay(other, &shop, 1_000)), 1_000);
    }
    assert_eq!(city.pool("bonus.pool"), 0);
    assert_eq!(moved(city.pay(&child, &shop, 1_000)), 1_000);
}

#[test]
fn the_citys_own_rules_are_published_with_their_examples() {
    let mut city = City::empty();
    let officer = city.officers[0].clone();
    let source = include_str!("../../../../data/rules/city.scoin").to_owned();
    // 2 March 2026 is a holiday; without the calendar the examples do not hold.
    let refused = city.no(&officer, Action::PublishRules { source: source.clone() });
    assert!(matches!(refused, Refusal::RulesRejected { .. }), "{refused:?}");
    let (name, days) = ("kr.holidays".to_owned(), vec![20_514]);
    city.ok(&officer, Action::PutCalendar { name, days });
    city.ok(&officer, Action::PublishRules { source: source.clone() });
    let again = city.no(&officer, Action::PublishRules { source });
    assert!(matches!(again, Refusal::AlreadyDone { .. }));
    let snack = city.policy("family.snack", &[("daily", "4_000 won")]);
    assert_eq!(snack, city.policy("family.snack", &[("daily", "4_000 won")]));
    let dear = vec![("daily".to_owned(), "90_000 won".to_owned())];
    let adopt = |name: &str, arguments| Action::AdoptPolicy { name: name.to_owned(), arguments };
    let refused = city.no(&officer, adopt("family.snack", dear));
    assert!(matches!(refused, Refusal::RulesRejected { .. }));
    let refused = city.no(&officer, adopt("family.nothing", Vec::new()));
    assert!(matches!(refused, Refusal::NotFound { .. }));
}
