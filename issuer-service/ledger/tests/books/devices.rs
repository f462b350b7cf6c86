//! Devices: who manages them, and the count of each one's commands.

use scoin_core::command::{Action, Command, KeyRole};
use scoin_core::outcome::{Effect, Outcome, Refusal};
use scoin_core::{Amount, Timestamp};
use scoin_ledger::state::{Device, Devices};
use scoin_ledger::{Disposition, Key, Record, View};

use crate::city::{City, Who, key, refusal};

fn devices(city: &City, who: &Who) -> Devices {
    match city.state.get(&Key::Devices(who.id)) {
        Some(Record::Devices(devices)) => devices.as_ref().clone(),
        _ => Devices::default(),
    }
}

fn device(city: &City, who: &Who) -> Option<Device> {
    devices(city, who).get(&who.key.public_key()).cloned()
}

/// A command of this device with this count.
fn counted(city: &mut City, who: &Who, count: u64) -> Command {
    let action = Action::NameKey { key: who.key.public_key(), name: format!("n{count}") };
    Command { sequence: Some(count), ..city.command(who, action) }
}

fn sends(city: &mut City, who: &Who, count: u64) -> Outcome {
    let command = counted(city, who, count);
    city.send(who, &command).outcome
}

#[test]
fn a_count_that_comes_twice_locks_the_key_and_no_other() {
    let mut city = City::new();
    let phone = city.rich(1, 1_000);
    let tablet = city.add_key(&phone, 2, KeyRole::Owner, None);
    assert_eq!(sends(&mut city, &phone, 1), Outcome::Accepted(Effect::Done));
    // Gaps are allowed; what was lost on its way is never sent again under the same count.
    assert_eq!(sends(&mut city, &phone, 5), Outcome::Accepted(Effect::Done));
    for count in [5, 3] {
        assert_eq!(
            refusal(sends(&mut city.clone(), &phone, count)),
            Refusal::SequenceUsed { last: 5 }
        );
    }
    assert_eq!(refusal(sends(&mut city, &phone, 5)), Refusal::SequenceUsed { last: 5 });
    let kept = device(&city, &phone).expect("kept");
    assert_eq!((kept.sequence, kept.locked), (Some(5), Some(Timestamp::from_micros(city.now))));
    // From now on it does nothing, whatever it counts; the other device does.
    assert_eq!(refusal(sends(&mut city, &phone, 6)), Refusal::KeyLocked);
    assert_eq!(city.no(&phone, Action::Freeze { account: phone.id }), Refusal::KeyLocked);
    city.ok(&tablet, Action::Freeze { account: phone.id });
    city.ok(&tablet, Action::UnlockKey { key: phone.key.public_key() });
    assert_eq!(sends(&mut city, &phone, 6), Outcome::Accepted(Effect::Done));
}

#[test]
fn an_answered_id_gets_its_first_answer_before_any_count_is_looked_at() {
    let mut city = City::new();
    let phone = city.rich(1, 1_000);
    let first = counted(&mut city, &phone, 1);
    assert_eq!(city.send(&phone, &first).outcome, Outcome::Accepted(Effect::Done));
    sends(&mut city, &phone, 2);
    let before = city.state.clone();
    for _ in 0..3 {
        let again = city.send(&phone, &first);
        assert!(matches!(again.disposition, Disposition::Repeated { .. }));
        assert_eq!(again.outcome, Outcome::Accepted(Effect::Done));
    }
    assert_eq!(city.state, before);
}

#[test]
fn a_count_is_kept_of_refused_commands_and_must_go_on() {
    let mut city = City::new();
    let phone = city.person(1);
    assert_eq!(device(&city, &phone), None, "a client that keeps no count");
    let to = city.person(3).id;
    let gift = Action::Transfer { to, amount: Amount::new(500) };
    let poor = Command { sequence: Some(7), ..city.command(&phone, gift) };
    assert!(matches!(refusal(city.send(&phone, &poor).outcome), Refusal::NotEnough { .. }));
    assert_eq!(device(&city, &phone).and_then(|kept| kept.sequence), Some(7));
    let uncounted = city.no(&phone, Action::Freeze { account: phone.id });
    assert_eq!(uncounted, Refusal::OutOfRange { field: "sequence".to_owned() });
    // What is past its time says so, and locks nothing: it may be an old id asked for again.
    let mut late = counted(&mut city, &phone, 7);
    late.valid_until = Timestamp::from_micros(city.now);
    assert_eq!(refusal(city.send(&phone, &late).outcome), Refusal::Expired);
    assert_eq!(device(&city, &phone).and_then(|kept| kept.locked), None);
}

/// Two copies of one device that do not know of each other: the second one to act is noticed, whatever it does first.
#[test]
fn of_two_copies_the_second_to_act_is_noticed() {
    for ahead in 1..5 {
        let mut city = City::new();
        let phone = city.rich(1, 1_000);
        for count in 1..=3 {
            sends(&mut city, &phone, count);
        }
        for count in 4..4 + ahead {
            assert_eq!(sends(&mut city, &phone, count), Outcome::Accepted(Effect::Done));
        }
        assert_eq!(refusal(sends(&mut city, &phone, 4)), Refusal::SequenceUsed { last: 3 + ahead });
        assert!(device(&city, &phone).is_some_and(|kept| kept.locked.is_some()));
    }
}

#[test]
fn name_and_count_follow_a_key_that_changes_and_end_with_it() {
    let mut city = City::new();
    let phone = city.person(1);
    sends(&mut city, &phone, 4);
    let next = Who { id: phone.id, key: key(9) };
    let rotate = Action::RotateKey { key: next.key.public_key() };
    let command = Command { sequence: Some(5), ..city.command(&phone, rotate) };
    assert_eq!(city.send(&phone, &command).outcome, Outcome::Accepted(Effect::Done));
    let kept = device(&city, &next).expect("kept");
    assert_eq!((kept.name.as_deref(), kept.sequence), (Some("n4"), Some(5)));
    assert_eq!(devices(&city, &phone).list.len(), 1);
    assert_eq!(refusal(sends(&mut city, &next, 5)), Refusal::SequenceUsed { last: 5 });
    let mut city = City::new();
    let phone = city.person(1);
    let tablet = city.add_key(&phone, 2, KeyRole::Owner, None);
    sends(&mut city, &tablet, 1);
    city.ok(&phone, Action::RevokeKey { key: tablet.key.public_key() });
    assert!(city.state.get(&Key::Devices(phone.id)).is_none(), "nothing is kept of nobody");
}

#[test]
fn a_capped_key_manages_no_other() {
    let mut city = City::new();
    let phone = city.rich(1, 10_000);
    let capped = city.add_key(&phone, 2, KeyRole::Owner, Some(1_000));
    let (own, other) = (capped.key.public_key(), phone.key.public_key());
    let fresh = key(9).public_key();
    for action in [
        Action::AddKey { key: fresh, role: KeyRole::Owner, daily_cap: None, name: None },
        Action::AddKey {
            key: fresh,
            role: KeyRole::Owner,
            daily_cap: Some(Amount::new(1)),
            name: None,
        },
        Action::SetCap { key: own, daily_cap: None },
        Action::RevokeKey { key: other },
        Action::NameKey { key: other, name: "x".to_owned() },
        Action::UnlockKey { key: other },
        Action::SetRecoveryKey { key: Some(fresh) },
    ] {
        assert_eq!(city.no(&capped, action), Refusal::NotAllowed);
    }
    city.ok(&capped, Action::NameKey { key: own, name: "tablet".to_owned() });
    // A cap is changed and lifted by a key that has none; the last such key stays as it is.
    city.ok(&phone, Action::SetCap { key: own, daily_cap: Some(Amount::new(2_000)) });
    let to = city.person(3).id;
    let give = |amount| Action::Transfer { to, amount: Amount::new(amount) };
    assert_eq!(city.no(&capped, give(2_001)), Refusal::KeyCap { left: Amount::new(2_000) });
    city.ok(&capped, give(2_000));
    let cap = Action::SetCap { key: other, daily_cap: Some(Amount::new(5)) };
    assert_eq!(city.no(&phone, cap), Refusal::NotAllowed);
    assert_eq!(city.no(&phone, Action::RevokeKey { key: other }), Refusal::NotAllowed);
    city.ok(&phone, Action::SetCap { key: own, daily_cap: None });
    assert!(matches!(
        city.no(&phone, Action::SetCap { key: own, daily_cap: None }),
        Refusal::AlreadyDone { .. }
    ));
    city.ok(&capped, Action::RevokeKey { key: other });
    let gone = city.command(&phone, give(1));
    assert_eq!(refusal(city.send(&phone, &gone).outcome), Refusal::UnknownKey);
}
