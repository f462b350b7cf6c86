//! What each undo does to money and counters: the matrix of void, hold end, captures, refunds, ends and claw-backs.

use proptest::prelude::*;
use scoin_core::command::{Action, Payment, Proposal};
use scoin_core::outcome::Refusal;
use scoin_core::{Amount, CommandId};
use scoin_ledger::state::Counters;

use crate::city::{City, DAY, HOUR, Who, labels, moved, refusal, whole};

/// A child with 20,000 of coins limited to 5,000 and three payments a day, and a bakery.
fn city(policy: &str) -> (City, Who, Who) {
    let mut city = City::new();
    let (child, shop) = (city.person(1), city.bakery(2));
    city.grant(&child, policy, 20_000);
    (city, child, shop)
}

fn hold(city: &mut City, child: &Who, shop: &Who, amount: u64) -> CommandId {
    let payment: Payment = city.payment(shop, amount);
    city.done(child, Action::Authorise(payment))
}

fn paid(city: &mut City, child: &Who, shop: &Who, amount: u64) -> CommandId {
    let payment: Payment = city.payment(shop, amount);
    city.done(child, Action::Pay(payment))
}

fn refund(payment: CommandId, amount: u64) -> Action {
    Action::Refund { payment, amount: Amount::new(amount), lines: Vec::new(), reason: None }
}

fn capture(hold: CommandId, amount: u64) -> Action {
    Action::Capture { hold, amount: Amount::new(amount) }
}

/// How much may still be paid today, and in how many payments of 100 won.
#[track_caller]
fn left_today(city: &mut City, child: &Who, shop: &Who, money: u64, payments: usize) {
    let too_much = refusal(city.pay(child, shop, money + 1));
    let Refusal::Rules(rules) = &too_much else { panic!("{too_much:?}") };
    assert_eq!(rules.pass_now, Amount::new(money));
    for _ in 0..payments {
        assert_eq!(moved(city.pay(child, shop, 100)), 100);
    }
    assert!(labels(&refusal(city.pay(child, shop, 100))).contains(&"thrice".to_owned()));
}

#[test]
fn a_void_gives_amount_and_count_back() {
    let (mut city, child, shop) = city("test.snack");
    let id = hold(&mut city, &child, &shop, 3_000);
    assert_eq!(city.account(&child.id).lots[0].held, Amount::new(3_000));
    city.ok(&shop, Action::Void { hold: id });
    assert_eq!(city.no(&shop, Action::Void { hold: id }), Refusal::HoldClosed);
    assert_eq!(city.account(&child.id).lots[0].held, Amount::ZERO);
    left_today(&mut city, &child, &shop, 5_000, 3);
}

#[test]
fn the_end_of_a_hold_gives_amount_and_count_back() {
    let (mut city, child, shop) = city("test.snack");
    let request = city.request(&shop, 3_000);
    let request = scoin_core::request::PaymentRequest {
        expires: scoin_core::Timestamp::from_micros(city.now + 3 * DAY),
        ..request
    };
    let id = city.done(&child, Action::Authorise(whole(&request, &shop)));
    city.pass(24 * HOUR + 1);
    assert_eq!(city.no(&shop, capture(id, 3_000)), Refusal::HoldClosed);
    left_today(&mut city, &child, &shop, 5_000, 3);
    // The request may be paid after all, by another command.
    city.pass(DAY);
    city.ok(&child, Action::Pay(whole(&request, &shop)));
    // Long after, nothing is left of the hold.
    city.pass(9 * DAY);
    assert!(matches!(city.no(&shop, capture(id, 3_000)), Refusal::NotFound { .. }));
}

#[test]
fn a_partial_capture_gives_the_rest_back_and_keeps_the_count() {
    let (mut city, child, shop) = city("test.snack");
    let id = hold(&mut city, &child, &shop, 3_000);
    let left = Amount::new(3_000);
    assert_eq!(city.no(&shop, capture(id, 3_001)), Refusal::MoreThanLeft { left });
    city.ok(&shop, capture(id, 1_000));
    assert_eq!((city.balance(&child), city.balance(&shop)), (19_000, 1_000));
    left_today(&mut city, &child, &shop, 4_000, 2);
    // A captured hold is a payment like any other.
    city.ok(&shop, refund(id, 1_000));
    assert_eq!(city.balance(&child), 20_000 - 200);
}

#[test]
fn a_refund_gives_the_amount_back_and_the_count_only_for_the_whole() {
    let (mut city, child, shop) = city("test.snack");
    let id = paid(&mut city, &child, &shop, 3_000);
    city.ok(&shop, refund(id, 1_000));
    let left = Amount::new(2_000);
    assert_eq!(city.no(&shop, refund(id, 2_001)), Refusal::MoreThanLeft { left });
    assert_eq!(city.balance(&child), 18_000);
    city.ok(&shop, refund(id, 2_000));
    assert_eq!(city.balance(&child), 20_000);
    left_today(&mut city, &child, &shop, 5_000, 3);

    let id = {
        city.pass(DAY);
        paid(&mut city, &child, &shop, 3_000)
    };
    city.ok(&shop, refund(id, 2_999));
    left_today(&mut city, &child, &shop, 4_999, 2);
}

#[test]
fn a_refund_of_an_earlier_day_gives_no_room_today() {
    let (mut city, child, shop) = city("test.snack");
    let id = paid(&mut city, &child, &shop, 5_000);
    city.pass(DAY);
    paid(&mut city, &child, &shop, 4_000);
    city.ok(&shop, refund(id, 5_000));
    left_today(&mut city, &child, &shop, 1_000, 2);
}

#[test]
fn a_refund_after_the_end_lives_for_its_grace_time() {
    let (mut city, child, shop) = city("test.grace");
    let id = paid(&mut city, &child, &shop, 20_000);
    city.pass(10 * DAY);
    city.ok(&shop, refund(id, 5_000));
    let lot = &city.account(&child.id).lots[0];
    assert!(lot.grace);
    assert_eq!(moved(city.pay(&child, &shop, 1_000)), 1_000);
    city.pass(3 * DAY);
    assert_eq!(moved(city.pay(&child, &shop, 1_000)), 1_000);
    city.pass(DAY);
    assert_eq!((city.balance(&child), city.pool("test.back")), (0, 3_000));
}

#[test]
fn a_refund_after_the_end_without_grace_goes_to_its_fate() {
    let (mut city, child, shop) = city("test.short");
    let id = paid(&mut city, &child, &shop, 8_000);
    city.pass(10 * DAY);
    assert_eq!((city.balance(&child), city.pool("test.back")), (0, 12_000));
    city.ok(&shop, refund(id, 8_000));
    assert_eq!((city.balance(&child), city.pool("test.back")), (0, 20_000));
}

#[test]
fn refunds_go_back_by_line_to_the_lots_that_paid_it() {
    let mut city = City::new();
    let (child, shop) = (city.rich(1, 10_000), city.bakery(2));
    city.grant(&child, "test.food", 10_000);
    let lines = [("apple", 2_000, "food.fruit"), ("pen", 500, "books")];
    let request = city.basket(&shop, &lines);
    let id = city.done(&child, Action::Pay(whole(&request, &shop)));
    let by_line = |lines: &[(u32, u64)]| Action::Refund {
        payment: id,
        amount: Amount::new(lines.iter().map(|line| line.1).sum()),
        lines: lines.iter().map(|(line, amount)| (*line, Amount::new(*amount))).collect(),
        reason: None,
    };
    let left = Amount::new(500);
    assert_eq!(city.no(&shop, by_line(&[(1, 600)])), Refusal::MoreThanLeft { left });
    assert!(matches!(city.no(&shop, by_line(&[(7, 100)])), Refusal::OutOfRange { .. }));
    city.ok(&shop, by_line(&[(0, 1_500)]));
    let lots: Vec<u64> =
        city.account(&child.id).lots.iter().map(|lot| lot.amount.units()).collect();
    // Own money keeps what it paid for the pen; the food coins are back but for 500.
    assert_eq!(lots, [9_500, 9_500]);
}

#[test]
fn coins_end_at_midnight_wherever_their_rules_send_them() {
    for (policy, back, supply) in [("test.short", 20_000, 0), ("test.burn", 0, 20_000)] {
        let (mut city, child, shop) = city(policy);
        // To the end of the second day after issue: 2026-03-05 24:00 in Seoul.
        let end = crate::city::START + 9 * HOUR + 2 * DAY;
        city.now = end - 2;
        assert_eq!(moved(city.pay(&child, &shop, 1_000)), 1_000, "{policy}");
        city.now = end - 1;
        // No tick came, and yet nothing can be spent.
        assert_eq!(
            refusal(city.pay(&child, &shop, 1_000)),
            Refusal::NotEnough { have: Amount::ZERO }
        );
        city.tick();
        assert_eq!(city.balance(&child), 0);
        let expected = if back == 0 { 0 } else { back - 1_000 };
        assert_eq!(city.pool("test.back"), expected);
        let burned = if supply == 0 { 0 } else { supply - 1_000 };
        assert_eq!(burned_in_all(&city), burned);
    }
}

fn burned_in_all(city: &City) -> u64 {
    let totals = city.state.iter().filter_map(|(_, record)| match record {
        scoin_ledger::Record::Totals(totals) => Some(totals.burned),
        _ => None,
    });
    totals.sum()
}

#[test]
fn melting_falls_on_its_own_dates_swept_or_not() {
    let balance = |ticks: bool| {
        let (mut city, child, shop) = city("test.melt");
        paid(&mut city, &child, &shop, 1_000);
        for _ in 0..100 {
            city.now += DAY;
            if ticks {
                city.tick();
            }
        }
        // Touching the coins has the same effect as a tick.
        paid(&mut city, &child, &shop, 1_000);
        (city.balance(&child), city.pool("test.back"))
    };
    // 3 March + 100 days is 11 June: three steps of 2,000.
    assert_eq!(balance(true), (12_000, 6_000));
    assert_eq!(balance(false), (12_000, 6_000));
}

#[test]
fn a_hold_outlives_its_coins_and_its_release_follows_their_fate() {
    let (mut city, child, shop) = city("test.short");
    city.now = crate::city::START + 9 * HOUR + 2 * DAY - HOUR;
    let (kept, freed) =
        (hold(&mut city, &child, &shop, 3_000), hold(&mut city, &child, &shop, 2_000));
    city.pass(2 * HOUR);
    assert_eq!((city.balance(&child), city.pool("test.back")), (5_000, 15_000));
    city.ok(&shop, capture(kept, 3_000));
    city.ok(&shop, Action::Void { hold: freed });
    assert_eq!((city.balance(&child), city.balance(&shop)), (0, 3_000));
    assert_eq!(city.pool("test.back"), 17_000);
}

#[test]
fn coins_are_taken_back_by_two_officers_and_never_from_a_merchant() {
    let (mut city, child, shop) = city("test.snack");
    paid(&mut city, &child, &shop, 5_000);
    let before = city.pool("treasury");
    let lot = city.account(&child.id).lots[0].id;
    let amount = Amount::new(4_000);
    city.agree(Proposal::ClawBack { account: child.id, lot, amount, reason: 3 });
    assert_eq!((city.balance(&child), city.pool("treasury")), (11_000, before + 4_000));
    let (officer, lot) = (city.officers[0].clone(), city.account(&shop.id).lots[0].id);
    let proposal = Proposal::ClawBack { account: shop.id, lot, amount, reason: 3 };
    assert_eq!(city.no(&officer, Action::Propose { proposal }), Refusal::NotAllowed);
}

#[test]
fn what_melts_off_an_upper_layer_goes_back_to_who_put_it_there() {
    let mut city = City::new();
    let (parent, child) = (city.person(1), city.person(2));
    city.grant(&parent, "test.free", 10_000);
    let policy = city.policy("test.melt", &[]);
    city.ok(&parent, Action::Grant { to: child.id, amount: Amount::new(4_000), policy });
    city.pass(32 * DAY);
    // The rule says `to pool`, which only a base layer may: 10 % are the parent's again, under the rules beneath.
    assert_eq!((city.balance(&parent), city.balance(&child)), (6_400, 3_600));
    assert_eq!(city.pool("test.back"), 0);
    assert_eq!(city.account(&parent.id).lots.len(), 1, "they join the lot they came from");
}

#[test]
fn a_layer_ends_before_the_one_beneath() {
    let mut city = City::new();
    let (parent, child) = (city.person(1), city.person(2));
    city.grant(&parent, "test.melt", 10_000);
    let policy = city.policy("test.grace", &[]);
    city.ok(&parent, Action::Grant { to: child.id, amount: Amount::new(4_000), policy });
    assert_eq!((city.balance(&parent), city.balance(&child)), (6_000, 4_000));
    city.pass(3 * DAY);
    // Only a base layer may say `move to pool`: these coins go back to the parent, under the rules they had.
    assert_eq!((city.balance(&parent), city.balance(&child)), (10_000, 0));
    let lots = &city.account(&parent.id).lots;
    assert_eq!(lots.len(), 1, "they join the lot they came from");
    assert_eq!(lots[0].ages[0].base, Amount::new(10_000));
}

/// What a person has of which kind of coins, and what counts against them.
fn standing(city: &City, who: &Who) -> (std::collections::BTreeMap<[u8; 32], u64>, Counters) {
    let account = city.account(&who.id);
    let mut kinds = std::collections::BTreeMap::new();
    for lot in &account.lots {
        *kinds.entry(lot.stack.0).or_default() += lot.amount.units();
    }
    (kinds, account.counters.clone())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, failure_persistence: None, ..ProptestConfig::default() })]

    /// Some payments, partly from limited coins, refunded piece by piece in any order: in the end all is as it was.
    #[test]
    fn refunds_in_any_order_leave_everything_as_it_was(
        amounts in prop::collection::vec(1..4_000_u64, 1..4),
        pieces in prop::collection::vec((any::<prop::sample::Index>(), 1..3_000_u64), 0..12),
        rest in Just(vec![0_usize, 1, 2]).prop_shuffle(),
    ) {
        let mut city = City::new();
        let (child, shop) = (city.rich(1, 15_000), city.bakery(2));
        city.grant(&child, "test.snack", 20_000);
        let before = standing(&city, &child);
        let mut open: Vec<(CommandId, u64)> = Vec::new();
        for amount in amounts {
            open.push((paid(&mut city, &child, &shop, amount), amount));
        }
        prop_assert_ne!(&standing(&city, &child), &before);
        let mut left: u64 = open.iter().map(|(_, amount)| amount).sum();
        let whole = rest.into_iter().filter(|at| *at < open.len()).map(|at| (at, u64::MAX));
        let pieces: Vec<(usize, u64)> =
            pieces.iter().map(|(at, amount)| (at.index(open.len()), *amount)).chain(whole).collect();
        for (at, amount) in pieces {
            let (payment, of) = open[at];
            let amount = amount.min(of);
            if amount == 0 {
                continue;
            }
            city.ok(&shop, refund(payment, amount));
            (open[at].1, left) = (of - amount, left - amount);
            prop_assert_eq!((city.balance(&child), city.balance(&shop)), (35_000 - left, left));
        }
        prop_assert_eq!(left, 0);
        prop_assert_eq!(&standing(&city, &child), &before);
    }
}
