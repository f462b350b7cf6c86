//! A shop's tills and its business days.

use proptest::prelude::*;
use scoin_core::command::{Action, KeyRole, Takings, TillRights};
use scoin_core::outcome::{Effect, Outcome, Refusal};
use scoin_core::{Amount, CommandId};
use scoin_ledger::invariants::{Breach, check_all};
use scoin_ledger::{Key, Record, View, replay};

use crate::city::{City, DAY, HOUR, SECOND, Who, key, refusal, signed, whole};

/// The date of the first day, 2026-03-03.
pub(crate) const TODAY: i32 = 20_515;

fn refund(payment: CommandId, amount: u64) -> Action {
    let reason = Some("too salty".to_owned());
    Action::Refund { payment, amount: Amount::new(amount), lines: Vec::new(), reason }
}

fn paid(city: &mut City, who: &Who, shop: &Who, amount: u64) -> CommandId {
    let payment = city.payment(shop, amount);
    city.done(who, Action::Pay(payment))
}

fn held(city: &mut City, who: &Who, shop: &Who, amount: u64) -> CommandId {
    let payment = city.payment(shop, amount);
    city.done(who, Action::Authorise(payment))
}

#[track_caller]
fn close(city: &mut City, shop: &Who, day: i32) -> Takings {
    match city.ok(shop, Action::CloseDay { day }) {
        Effect::Closed(takings) => takings,
        effect => panic!("{effect:?}"),
    }
}

/// What a key does with each of the four rights: receive (sign, capture), cancel, refund, close.
fn tries(city: &City, child: &Who, shop: &Who, till: &Who) -> [bool; 5] {
    let passes = |asked: &dyn Fn(&mut City) -> Outcome| {
        let mut fork = city.clone();
        match asked(&mut fork) {
            Outcome::Accepted(_) => true,
            Outcome::Refused(Refusal::NotAllowed | Refusal::RequestNotGenuine) => false,
            Outcome::Refused(refusal) => panic!("{refusal:?}"),
        }
    };
    let capture = |hold| Action::Capture { hold, amount: Amount::new(10) };
    [
        passes(&|city| {
            let request = city.request(shop, 10);
            city.ask(child, Action::Pay(whole(&request, till)))
        }),
        passes(&|city| {
            let hold = held(city, child, shop, 10);
            city.ask(till, capture(hold))
        }),
        passes(&|city| {
            let hold = held(city, child, shop, 10);
            city.ask(till, Action::Void { hold })
        }),
        passes(&|city| {
            let payment = paid(city, child, shop, 10);
            city.ask(till, refund(payment, 10))
        }),
        passes(&|city| city.ask(till, Action::CloseDay { day: TODAY })),
    ]
}

#[test]
fn every_right_of_a_till_stands_alone() {
    let mut city = City::new();
    let (child, shop) = (city.rich(1, 1_000), city.bakery(2));
    let cashier = city.add_key(&shop, 3, KeyRole::Cashier, None);
    let manager = city.add_key(&shop, 4, KeyRole::Manager, None);
    assert_eq!(tries(&city, &child, &shop, &shop), [true; 5]);
    assert_eq!(tries(&city, &child, &shop, &manager), [true; 5]);
    assert_eq!(tries(&city, &child, &shop, &cashier), [true, true, false, false, false]);
    for till in [&cashier, &manager] {
        for bits in 0..16_u8 {
            let [receive, cancel, refund, close] = [1, 2, 4, 8].map(|bit| bits & bit != 0);
            let rights = Some(TillRights { receive, cancel, refund, close });
            city.ok(&shop, Action::SetTill { key: till.key.public_key(), rights });
            let wanted = [receive, receive, cancel, refund, close];
            assert_eq!(tries(&city, &child, &shop, till), wanted, "{bits}");
        }
        city.ok(&shop, Action::SetTill { key: till.key.public_key(), rights: None });
    }
    assert_eq!(tries(&city, &child, &shop, &cashier), [true, true, false, false, false]);
}

#[test]
fn only_the_owner_says_what_a_till_may_do() {
    let mut city = City::new();
    let (child, shop, other) = (city.rich(1, 1_000), city.bakery(2), city.bakery(5));
    let till = city.add_key(&shop, 3, KeyRole::Manager, None);
    let set = |key, rights| Action::SetTill { key, rights };
    let (of_till, of_shop) = (till.key.public_key(), shop.key.public_key());
    let none = Some(TillRights::default());
    assert_eq!(city.no(&till, set(of_till, None)), Refusal::NotAllowed);
    assert_eq!(city.no(&child, set(of_till, None)), Refusal::NotAllowed);
    assert_eq!(city.no(&shop, set(of_shop, none)), Refusal::NotAllowed);
    assert!(matches!(city.no(&other, set(of_till, none)), Refusal::NotFound { .. }));
    // The rights follow a rotated key, and a revoked one leaves none behind.
    city.ok(&shop, set(of_till, none));
    let next = Who { id: shop.id, key: key(6) };
    city.ok(&till, Action::RotateKey { key: next.key.public_key() });
    assert_eq!(tries(&city, &child, &shop, &next), [false; 5]);
    city.ok(&shop, Action::RevokeKey { key: next.key.public_key() });
    assert_eq!(city.state.get(&Key::Tills(shop.id)), None);
}

#[test]
fn a_close_counts_what_came_before_it_and_never_changes() {
    let mut city = City::new();
    let (child, shop) = (city.rich(1, 10_000), city.bakery(2));
    let first = paid(&mut city, &child, &shop, 1_000);
    let hold = held(&mut city, &child, &shop, 500);
    city.ok(&shop, Action::Capture { hold, amount: Amount::new(300) });
    city.ok(&shop, refund(first, 200));
    city.ok(&shop, Action::Redeem { amount: Amount::new(100) });
    let day = close(&mut city, &shop, TODAY);
    assert_eq!((day.day, day.number, day.after_frame), (TODAY, 1, 0));
    assert_eq!((day.payments, day.gross, day.refunds), (2, Amount::new(1_300), 1));
    assert_eq!((day.refunded, day.redeemed), (Amount::new(200), Amount::new(100)));
    let kept = city.state.get(&Key::ClosedDay(shop.id, TODAY)).cloned();
    let close_frame = city.frames.last().expect("a frame").head.number;

    // A refund of the closed day belongs to the open one, and so does a payment of the same date.
    city.ok(&shop, refund(first, 700));
    paid(&mut city, &child, &shop, 50);
    assert_eq!(city.no(&shop, Action::CloseDay { day: TODAY }), Refusal::DayClosed);
    assert_eq!(city.no(&shop, Action::CloseDay { day: TODAY - 1 }), Refusal::DayClosed);
    city.pass(DAY);
    let next = close(&mut city, &shop, TODAY + 1);
    assert_eq!((next.number, next.after_frame, next.after_index), (2, close_frame, 0));
    assert_eq!((next.gross, next.refunded), (Amount::new(50), Amount::new(700)));
    assert_eq!(city.state.get(&Key::ClosedDay(shop.id, TODAY)).cloned(), kept);
    assert_eq!(replay(&city.frames).expect("it replays"), city.state);
}

#[test]
fn a_day_bears_the_date_of_its_close_or_the_one_before() {
    let mut city = City::new();
    let shop = city.bakery(2);
    for day in [TODAY + 1, TODAY - 2, i32::MIN, i32::MAX] {
        assert!(matches!(city.no(&shop, Action::CloseDay { day }), Refusal::OutOfRange { .. }));
    }
    // Ten hours later it is one in the morning of the next date: still yesterday's business.
    city.pass(10 * HOUR);
    assert_eq!(close(&mut city, &shop, TODAY).day, TODAY);
    assert_eq!(close(&mut city, &shop, TODAY + 1).number, 2);
}

#[test]
fn days_that_do_not_add_up_are_found() {
    let mut city = City::new();
    let (child, shop) = (city.rich(1, 10_000), city.bakery(2));
    paid(&mut city, &child, &shop, 1_000);
    close(&mut city, &shop, TODAY);
    let place = Key::ClosedDay(shop.id, TODAY);
    let Some(Record::ClosedDay(day)) = city.state.get(&place).cloned() else { panic!("closed") };
    let mut other = day.clone();
    other.takings.gross = Amount::new(999);
    let write = |day| [(place.clone(), Some(Record::ClosedDay(day)))].into();
    city.state.absorb(write(other));
    assert_eq!(check_all(&city.state), [Breach::Takings(shop.id)]);
    city.state.absorb(write(day));
    assert_eq!(check_all(&city.state), []);
}

#[test]
fn a_refund_of_last_year_is_late_whatever_is_left() {
    let mut city = City::new();
    let (child, shop) = (city.rich(1, 1_000), city.bakery(2));
    let payment = paid(&mut city, &child, &shop, 100);
    city.pass(367 * DAY);
    assert_eq!(city.no(&shop, refund(payment, 1)), Refusal::RefundLate);
    // More than there was is refused as that, as long as anybody asks.
    let left = Amount::new(100);
    assert_eq!(city.no(&shop, refund(payment, 101)), Refusal::MoreThanLeft { left });
}

#[test]
fn the_same_close_is_answered_the_same() {
    let mut city = City::new();
    let shop = city.bakery(2);
    let command = city.command(&shop, Action::CloseDay { day: TODAY });
    let first = city.send(&shop, &command);
    city.now += SECOND;
    assert_eq!(city.send(&shop, &command).outcome, first.outcome);
    assert_eq!(signed(&command, &shop.key).command().id, command.id);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever a shop gives back in parts, it is never more than was paid, and the days say what was.
    #[test]
    fn refunds_add_up_to_at_most_the_payment(
        amount in 1_u64..5_000,
        parts in prop::collection::vec((1_u64..3_000, any::<bool>()), 1..12),
    ) {
        let mut city = City::new();
        let (child, shop) = (city.rich(1, 5_000), city.bakery(2));
        let payment = paid(&mut city, &child, &shop, amount);
        let (mut left, mut days) = (amount, Vec::new());
        for (part, ends) in parts {
            let outcome = city.ask(&shop, refund(payment, part));
            if part <= left {
                prop_assert!(matches!(outcome, Outcome::Accepted(_)), "{:?}", outcome);
                left -= part;
            } else {
                prop_assert_eq!(refusal(outcome), Refusal::MoreThanLeft { left: Amount::new(left) });
            }
            if ends {
                let day = TODAY + i32::try_from(days.len()).expect("few");
                days.push(close(&mut city, &shop, day));
                city.pass(DAY);
            }
        }
        let last = close(&mut city, &shop, TODAY + i32::try_from(days.len()).expect("few"));
        days.push(last);
        let refunded: u64 = days.iter().map(|day| day.refunded.units()).sum();
        prop_assert_eq!(refunded, amount - left);
        prop_assert_eq!(city.balance(&child), 5_000 - left);
        prop_assert_eq!(days.iter().map(|day| day.gross.units()).sum::<u64>(), amount);
    }
}
