//! Accounts, money and payments when all goes well.

use scoin_core::command::{Action, KeyRole};
use scoin_core::{Amount, LotId};
use scoin_ledger::state::PLAIN;

use crate::city::{City, DAY, HOUR, accept, labels, moved, refusal, whole};

#[test]
fn money_is_minted_given_paid_and_cashed_out() {
    let mut city = City::new();
    let (child, shop) = (city.rich(1, 10_000), city.bakery(2));
    assert_eq!(moved(city.pay(&child, &shop, 2_500)), 2_500);
    assert_eq!((city.balance(&child), city.balance(&shop)), (7_500, 2_500));
    city.ok(&shop, Action::Redeem { amount: Amount::new(2_000) });
    assert_eq!(city.balance(&shop), 500);
    assert_eq!(city.pool("treasury"), 9_990_000);
}

#[test]
fn a_child_pays_with_a_parents_coins_as_far_as_the_rules_let_it() {
    let mut city = City::new();
    let (parent, child) = (city.rich(1, 50_000), city.person(2));
    let (bakery, bar) = (city.bakery(3), city.shop(4, "leisure.bar"));
    let policy = city.policy("test.snack", &[("daily", "4_000 won")]);
    let grant = Action::Grant { to: child.id, amount: Amount::new(20_000), policy };
    city.ok(&parent, grant);
    assert_eq!(city.balance(&child), 20_000);
    assert_eq!(moved(city.pay(&child, &bakery, 2_500)), 2_500);
    assert_eq!(labels(&refusal(city.pay(&child, &bar, 1_000))), ["bakery"]);
    let cut = refusal(city.pay(&child, &bakery, 2_000));
    assert_eq!(labels(&cut), ["each-day"]);
    let scoin_core::outcome::Refusal::Rules(rules) = cut else { panic!() };
    assert_eq!(rules.pass_now, Amount::new(1_500));
    // Midnight in Seoul is 15:00 UTC; the test starts at 06:00 UTC.
    let next = rules.next.expect("a next time").micros();
    assert_eq!(next % DAY, 15 * HOUR);
    assert_eq!(moved(city.pay(&child, &bakery, 1_500)), 1_500);
    city.pass(DAY);
    assert_eq!(moved(city.pay(&child, &bakery, 4_000)), 4_000);
    // What is left after 30 days goes back to the parent, without rules.
    city.pass(31 * DAY);
    assert_eq!((city.balance(&child), city.balance(&parent)), (0, 42_000));
    assert!(city.account(&parent.id).lots.iter().all(|lot| lot.stack == PLAIN));
}

#[test]
fn several_lots_pay_one_basket() {
    let mut city = City::new();
    let (child, shop) = (city.rich(1, 10_000), city.bakery(2));
    city.grant(&child, "test.food", 10_000);
    let lines =
        [("apple", 2_000, "food.fruit"), ("milk", 4_000, "food.milk"), ("pen", 500, "books")];
    let request = city.basket(&shop, &lines);
    let effect = city.ok(&child, Action::Pay(whole(&request, &shop)));
    let scoin_core::outcome::Effect::Moved { parts, amount } = effect else { panic!() };
    assert_eq!(amount, Amount::new(6_500));
    let mut by_line: Vec<(u32, u64)> =
        parts.iter().map(|part| (part.line, part.amount.units())).collect();
    by_line.sort_unstable();
    // Food coins pay the apple and 3,000 of the milk; own money pays the rest.
    assert_eq!(by_line, [(0, 2_000), (1, 1_000), (1, 3_000), (2, 500)]);
    assert_eq!(city.balance(&child), 20_000 - 6_500);
}

#[test]
fn the_payer_may_choose_the_lots_and_take_a_part() {
    let mut city = City::new();
    let (child, shop) = (city.rich(1, 10_000), city.bakery(2));
    city.grant(&child, "test.snack", 10_000);
    let plain = city.account(&child.id).lots[0].id;
    let mut payment = city.payment(&shop, 2_000);
    payment.lots = vec![plain];
    city.ok(&child, Action::Pay(payment));
    let left: Vec<(LotId, u64)> =
        city.account(&child.id).lots.iter().map(|lot| (lot.id, lot.amount.units())).collect();
    assert_eq!(left[0], (plain, 8_000));
    let mut payment = city.payment(&shop, 9_000);
    payment.lots = vec![left[1].0];
    payment.part = true;
    let outcome = city.ask(&child, Action::Pay(payment));
    assert_eq!(moved(outcome), 5_000);
}

#[test]
fn a_till_signs_requests_and_its_keys_change_with_the_shops_will() {
    let mut city = City::new();
    let (child, shop) = (city.rich(1, 10_000), city.bakery(2));
    let till = city.add_key(&shop, 3, KeyRole::Cashier, None);
    let request = city.request(&shop, 1_000);
    city.ok(&child, Action::Pay(whole(&request, &till)));
    city.ok(&shop, Action::RevokeKey { key: till.key.public_key() });
    let request = city.request(&shop, 1_000);
    let refused = city.no(&child, Action::Pay(whole(&request, &till)));
    assert_eq!(refused, scoin_core::outcome::Refusal::RequestNotGenuine);
}

#[test]
fn a_guard_limits_all_money_of_a_ward() {
    let mut city = City::new();
    let (parent, child, shop) = (city.person(1), city.rich(2, 10_000), city.bakery(3));
    city.ok(&child, Action::AskGuardian { guardian: parent.id });
    city.ok(&parent, accept(child.id));
    let policy = city.policy("test.guard", &[]);
    city.ok(&parent, Action::SetGuard { account: child.id, policy });
    assert_eq!(moved(city.pay(&child, &shop, 3_000)), 3_000);
    assert_eq!(labels(&refusal(city.pay(&child, &shop, 1_500))), ["all"]);
    city.no(&child, Action::RemoveGuard { account: child.id, policy });
    city.ok(&parent, Action::RemoveGuard { account: child.id, policy });
    assert_eq!(moved(city.pay(&child, &shop, 1_500)), 1_500);
}
