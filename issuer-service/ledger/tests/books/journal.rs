//! One answer for one id; the journal alone gives the same books.

use scoin_core::command::Action;
use scoin_core::outcome::{Outcome, Refusal};
use scoin_core::{Amount, Timestamp};
use scoin_ledger::invariants::recount;
use scoin_ledger::{Breach, Disposition, Entry, Frame, replay, verify_frame};

use crate::city::{City, DAY, moved, signed};

fn busy() -> City {
    let mut city = City::new();
    let (child, shop) = (city.rich(1, 10_000), city.bakery(2));
    city.grant(&child, "test.short", 5_000);
    for amount in [100, 200, 300] {
        assert_eq!(moved(city.pay(&child, &shop, amount)), amount);
    }
    city.pay(&child, &shop, 1_000_000);
    city.pass(5 * DAY);
    city
}

#[test]
fn the_same_command_gets_the_same_answer_for_ever() {
    let mut city = City::new();
    let (child, shop) = (city.rich(1, 10_000), city.bakery(2));
    let payment = city.payment(&shop, 1_000);
    let command = city.command(&child, Action::Pay(payment));
    let first = city.send(&child, &command);
    let Disposition::New { index } = first.disposition else { panic!() };
    let frame = city.frames.last().expect("a frame").head.number;
    // In the same batch, after its time, after the request was paid: the first answer, and nothing changes.
    let again = Entry::signed(signed(&command, &child.key));
    for wait in [0, 2 * crate::city::HOUR] {
        city.now += wait;
        let frames = city.frames.len();
        for answer in city.run(&[again.clone(), again.clone()]) {
            assert_eq!(answer.outcome, first.outcome);
            assert_eq!(answer.disposition, Disposition::Repeated { frame, index });
        }
        assert_eq!(city.frames.len(), frames, "nothing is journaled");
    }
    assert_eq!(city.balance(&shop), 1_000);
}

#[test]
fn two_copies_in_one_batch_have_one_effect() {
    let mut city = City::new();
    let (child, shop) = (city.rich(1, 10_000), city.bakery(2));
    let payment = city.payment(&shop, 1_000);
    let command = city.command(&child, Action::Pay(payment));
    let entry = Entry::signed(signed(&command, &child.key));
    let answers = city.run(&[entry.clone(), entry]);
    assert_eq!(answers[0].outcome, answers[1].outcome);
    assert_eq!(answers[0].disposition, Disposition::New { index: 0 });
    assert!(matches!(answers[1].disposition, Disposition::Repeated { index: 0, .. }));
    assert_eq!(city.frames.last().expect("a frame").entries.len(), 1);
    assert_eq!(city.balance(&shop), 1_000);
}

#[test]
fn an_answer_is_kept_until_its_command_can_no_longer_be_sent() {
    let mut city = City::new();
    let child = city.rich(1, 10_000);
    let other = city.person(2);
    let action = Action::Transfer { to: other.id, amount: Amount::new(1) };
    let command = city.command(&child, action);
    city.send(&child, &command);
    city.pass(DAY);
    assert!(matches!(city.send(&child, &command).disposition, Disposition::Repeated { .. }));
    city.pass(2 * DAY);
    let answer = city.send(&child, &command);
    assert_eq!(answer.outcome, Outcome::Refused(Refusal::Expired));
    assert_eq!(city.balance(&other), 1);
}

#[test]
fn replaying_gives_the_same_state() {
    let city = busy();
    let again = replay(&city.frames).expect("it replays");
    assert_eq!(again, city.state);
    assert_eq!(recount(&city.frames), []);
}

#[test]
fn frames_come_back_from_their_bytes_and_no_others() {
    let city = busy();
    for frame in &city.frames {
        let bytes = frame.to_bytes();
        assert_eq!(Frame::from_bytes(&bytes).as_ref(), Ok(frame));
        let mut longer = bytes.clone();
        longer.push(0);
        assert!(Frame::from_bytes(&longer).is_err());
    }
}

#[test]
fn every_flipped_bit_of_a_frame_is_noticed() {
    let city = busy();
    let frames = &city.frames;
    let last = frames.len() - 1;
    let before = replay(&frames[..last]).expect("it replays");
    assert!(verify_frame(&before, frames.get(last - 1), &frames[last]).is_ok());
    let bytes = frames[last].to_bytes();
    for at in 0..bytes.len() {
        let mut bad = bytes.clone();
        bad[at] ^= 1 << (at % 8);
        if let Ok(frame) = Frame::from_bytes(&bad) {
            let verdict = verify_frame(&before, frames.get(last - 1), &frame);
            assert!(verdict.is_err(), "byte {at}");
        }
    }
}

#[test]
fn a_frame_out_of_order_or_time_is_noticed() {
    let city = busy();
    let mut frames = city.frames.clone();
    frames.remove(3);
    assert_eq!(recount(&frames), [Breach::Chain(4)]);
    let mut frames = city.frames;
    frames[5].head.time = Timestamp::from_micros(1);
    assert!(matches!(recount(&frames)[..], [Breach::Time(5)]));
}

#[test]
fn a_tick_with_nothing_to_do_is_not_journaled() {
    let mut city = City::empty();
    let frames = city.frames.len();
    assert_eq!(city.tick().disposition, Disposition::NotJournaled);
    assert_eq!(city.frames.len(), frames);
}

#[test]
fn keys_and_records_have_one_byte_form() {
    let city = busy();
    for (key, record) in city.state.iter() {
        let bytes = scoin_ledger::canon::to_bytes(key);
        assert_eq!(scoin_ledger::canon::from_bytes(&bytes), Ok(key.clone()));
        let bytes = scoin_ledger::canon::to_bytes(record);
        assert_eq!(scoin_ledger::canon::from_bytes(&bytes).as_ref(), Ok(record));
        let mut bad = bytes;
        bad.push(0xf6);
        assert!(scoin_ledger::canon::from_bytes::<scoin_ledger::Record>(&bad).is_err());
    }
}
