//! Broken books are noticed: each invariant is broken once by hand.

use scoin_core::Amount;
use scoin_core::command::Action;
use scoin_ledger::invariants::check_all;
use scoin_ledger::state::Account;
use scoin_ledger::{Breach, Key, Record, State, View};

use crate::city::{City, Who, moved};

fn city() -> (City, Who) {
    let mut city = City::new();
    let (child, shop) = (city.person(1), city.bakery(2));
    city.grant(&child, "test.snack", 10_000);
    assert_eq!(moved(city.pay(&child, &shop, 1_000)), 1_000);
    let payment = city.payment(&shop, 500);
    city.ok(&child, Action::Authorise(payment));
    (city, child)
}

fn with_account(city: &City, who: &Who, change: impl FnOnce(&mut Account)) -> Vec<Breach> {
    let mut account = city.account(&who.id).clone();
    change(&mut account);
    with(city, Key::Account(who.id), Some(Record::Account(Box::new(account))))
}

fn with(city: &City, key: Key, record: Option<Record>) -> Vec<Breach> {
    let mut state: State = city.state.clone();
    state.absorb([(key, record)].into());
    check_all(&state)
}

#[test]
fn one_won_too_many_is_noticed() {
    let (city, child) = city();
    let stack = city.account(&child.id).lots[0].stack;
    let found = with_account(&city, &child, |child| {
        child.lots[0].amount = Amount::new(child.lots[0].amount.units() + 1);
    });
    assert_eq!(found, [Breach::Conservation(stack)]);
}

#[test]
fn a_hold_nobody_knows_is_noticed() {
    let (city, child) = city();
    let lot = city.account(&child.id).lots[0].id;
    let found = with_account(&city, &child, |child| child.lots[0].held = Amount::new(501));
    assert_eq!(found, [Breach::Lot(child.id, lot)]);
}

#[test]
fn a_counter_that_was_not_counted_is_noticed() {
    let (city, child) = city();
    let found = with_account(&city, &child, |child| {
        let first = child.counters.buckets().next().expect("something was counted");
        child.counters.lower(first.slot(), first.day, Amount::new(1), 0);
    });
    assert_eq!(found, [Breach::Counter(child.id)]);
}

#[test]
fn an_end_nobody_waits_for_is_noticed() {
    let (city, child) = city();
    let lot = city.account(&child.id).lots[0].clone();
    let due = scoin_ledger::state::Due::Lot(child.id, lot.id);
    let key = Key::Due(lot.due().expect("it ends"), due);
    assert_eq!(with(&city, key, None), [Breach::Overdue(child.id)]);
}

#[test]
fn money_nobody_approved_is_noticed() {
    let (city, _) = city();
    let Some(Record::Head(head)) = city.state.get(&Key::Head) else { panic!() };
    let mut head = *head;
    head.approved = Amount::ZERO;
    assert_eq!(with(&city, Key::Head, Some(Record::Head(head))), [Breach::Minted]);
}
