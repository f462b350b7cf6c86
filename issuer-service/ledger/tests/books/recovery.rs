//! Recovery: which factors give an account a new key, when, what stops them, and what stays.

use scoin_core::command::{Action, Command, KeyRole, Proposal};
use scoin_core::keys::{PublicKey, SecretKey};
use scoin_core::outcome::{Effect, Outcome, Refusal};
use scoin_core::{Amount, Timestamp};
use scoin_ledger::state::{Factor, Recovery};
use scoin_ledger::{Disposition, Entry, EventKind, Key, Record, View};

use crate::city::{City, Who, accept, key, refusal, signed};

const HOUR: u64 = 3_600 * 1_000_000;
const DAY: u64 = 24 * HOUR;
/// The key of the words, and of the new device.
const WORDS: u8 = 51;
const NEW: u8 = 52;

/// One of the three, by itself or as two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum By {
    Device,
    Words,
    City,
}

const ALL: [By; 3] = [By::Device, By::Words, By::City];

/// A person with money, a guard, a guardian and recovery words.
fn person(city: &mut City) -> (Who, Who) {
    let (parent, who) = (city.person(1), city.rich(2, 10_000));
    city.ok(&who, Action::AskGuardian { guardian: parent.id });
    city.ok(&parent, accept(who.id));
    let policy = city.policy("test.guard", &[]);
    city.ok(&parent, Action::SetGuard { account: who.id, policy });
    city.ok(&who, Action::SetRecoveryKey { key: Some(key(WORDS).public_key()) });
    (parent, who)
}

fn new_key() -> PublicKey {
    key(NEW).public_key()
}

fn words_of(who: &Who) -> Who {
    Who { id: who.id, key: key(WORDS) }
}

fn asks(city: &mut City, who: &Who, by: By, key: PublicKey) -> Outcome {
    match by {
        By::Device => city.ask(who, Action::Recover { key }),
        By::Words => city.ask(&words_of(who), Action::Recover { key }),
        By::City => {
            let (first, second) = (city.officers[0].clone(), city.officers[1].clone());
            let proposal = Proposal::Recover { account: who.id, key };
            let command = city.command(&first, Action::Propose { proposal });
            let digest = *signed(&command, &first.key).digest();
            match city.send(&first, &command).outcome {
                Outcome::Accepted(Effect::Pending { missing: 1 }) => {}
                other => return other,
            }
            city.ask(&second, Action::Approve { proposal: command.id, digest })
        }
    }
}

fn recovery(city: &City, who: &Who) -> Recovery {
    match city.state.get(&Key::Recovery(who.id)) {
        Some(Record::Recovery(recovery)) => recovery.as_ref().clone(),
        _ => Recovery::default(),
    }
}

fn keys(city: &City, who: &Who) -> Vec<PublicKey> {
    city.account(&who.id).keys.iter().map(|device| device.key).collect()
}

/// Time passes up to the last microsecond before an instant; every command is one microsecond later.
fn until_before(city: &mut City, due: Timestamp) {
    city.now = due.micros() - 2;
    city.tick();
    assert_eq!(city.now + 1, due.micros());
}

#[test]
fn each_pair_gives_a_new_key_after_two_days_and_everything_else_stays() {
    for (first, second) in [(0, 1), (1, 0), (0, 2), (2, 0), (1, 2), (2, 1)] {
        let mut city = City::new();
        let (_, who) = person(&mut city);
        let shop = city.bakery(3);
        city.pay(&who, &shop, 3_000);
        let before = city.account(&who.id).clone();
        asks(&mut city, &who, ALL[first], new_key());
        assert_eq!(recovery(&city, &who).running, None, "{first}");
        asks(&mut city, &who, ALL[second], new_key());
        let running = recovery(&city, &who).running.expect("two agree");
        let begun = Timestamp::from_micros(city.now);
        assert_eq!((running.begun, running.due), (begun, begun.saturating_add_micros(48 * HOUR)));
        let factors = [Factor::Device, Factor::Words, Factor::City];
        assert_eq!(running.factors, [factors[first], factors[second]]);
        until_before(&mut city, running.due);
        assert_eq!(keys(&city, &who), [who.key.public_key()], "not a microsecond before");
        city.tick();
        assert_eq!(keys(&city, &who), [new_key()]);
        let mut after = city.account(&who.id).clone();
        assert_eq!(after.keys[0].role, KeyRole::Owner);
        after.keys.clone_from(&before.keys);
        assert_eq!(after, before, "coins, counters, guards and guardians stay");
        // The limit is used as far as it was before: 4,000 a day, of which 3,000 were spent two days ago.
        let new = Who { id: who.id, key: key(NEW) };
        let old = city.command(&who, Action::Freeze { account: who.id });
        assert_eq!(refusal(city.send(&who, &old).outcome), Refusal::UnknownKey);
        assert!(matches!(refusal(city.pay(&new, &shop, 4_500)), Refusal::Rules(_)));
        city.pay(&new, &shop, 4_000);
        assert_eq!(recovery(&city, &who).words, Some(key(WORDS).public_key()));
        assert!(recovery(&city, &who).running.is_none());
    }
}

#[test]
fn a_limit_is_not_reset_by_a_recovery() {
    let mut city = City::new();
    let (_, who) = person(&mut city);
    let shop = city.bakery(3);
    asks(&mut city, &who, By::Words, new_key());
    asks(&mut city, &who, By::City, new_key());
    let due = recovery(&city, &who).running.expect("runs").due;
    city.now = due.micros() - HOUR;
    city.pay(&who, &shop, 3_000);
    until_before(&mut city, due);
    city.tick();
    let new = Who { id: who.id, key: key(NEW) };
    assert!(matches!(refusal(city.pay(&new, &shop, 1_500)), Refusal::Rules(_)));
    city.pay(&new, &shop, 1_000);
}

#[test]
fn one_factor_alone_gets_nowhere() {
    for by in ALL {
        let mut city = City::new();
        let (_, who) = person(&mut city);
        asks(&mut city, &who, by, new_key());
        let again = asks(&mut city, &who, by, new_key());
        assert!(
            matches!(again, Outcome::Refused(Refusal::AlreadyDone { .. })),
            "{by:?}: {again:?}"
        );
        // Another key takes the place of the first: still one factor.
        asks(&mut city, &who, by, key(53).public_key());
        assert_eq!(recovery(&city, &who).asked.len(), 1, "{by:?}");
        for _ in 0..20 {
            city.pass(DAY);
        }
        assert_eq!(keys(&city, &who), [who.key.public_key()], "{by:?}");
        // And after a week it does not count any more.
        let other = if by == By::City { By::Words } else { By::City };
        asks(&mut city, &who, other, key(53).public_key());
        assert_eq!(recovery(&city, &who).running, None, "{by:?}");
    }
}

#[test]
fn two_factors_with_two_keys_are_one_each() {
    let mut city = City::new();
    let (_, who) = person(&mut city);
    asks(&mut city, &who, By::Device, new_key());
    asks(&mut city, &who, By::City, key(53).public_key());
    assert_eq!((recovery(&city, &who).asked.len(), recovery(&city, &who).running), (2, None));
}

#[test]
fn a_device_or_the_words_stop_it_in_the_last_microsecond() {
    for by in [By::Device, By::Words] {
        let mut city = City::new();
        let (_, who) = person(&mut city);
        let stops = if by == By::Device { who.clone() } else { words_of(&who) };
        asks(&mut city, &who, By::Words, new_key());
        asks(&mut city, &who, By::City, new_key());
        let due = recovery(&city, &who).running.expect("runs").due;
        city.now = due.micros() - 2;
        city.ok(&stops, Action::CancelRecovery);
        assert_eq!(city.now + 1, due.micros());
        city.pass(DAY);
        assert_eq!(keys(&city, &who), [who.key.public_key()], "{by:?}");
        assert_eq!(recovery(&city, &who).asked, []);
        let nothing = city.no(&stops, Action::CancelRecovery);
        assert_eq!(nothing, Refusal::NotFound { what: "recovery".to_owned() });
    }
}

/// At its time a recovery is over, in whichever order tick and cancel stand in the batch.
#[test]
fn a_cancel_at_its_time_is_too_late_before_and_after_the_tick() {
    for tick_first in [true, false] {
        let mut city = City::new();
        let (_, who) = person(&mut city);
        let words = words_of(&who);
        asks(&mut city, &who, By::Words, new_key());
        asks(&mut city, &who, By::City, new_key());
        let due = recovery(&city, &who).running.expect("runs").due;
        city.now = due.micros() - 1;
        let command = city.command(&words, Action::CancelRecovery);
        let cancel = Entry::signed(signed(&command, &words.key));
        let entries = if tick_first { [Entry::Tick, cancel] } else { [cancel, Entry::Tick] };
        let answers = city.run(&entries);
        let answer = &answers[usize::from(tick_first)];
        assert!(matches!(answer.outcome, Outcome::Refused(Refusal::NotFound { .. })), "{answer:?}");
        assert_eq!(keys(&city, &who), [new_key()]);
    }
}

#[test]
fn while_one_runs_nothing_else_can_be_asked_for() {
    let mut city = City::new();
    let (_, who) = person(&mut city);
    asks(&mut city, &who, By::Words, new_key());
    asks(&mut city, &who, By::City, new_key());
    let due = recovery(&city, &who).running.expect("runs").due;
    for by in ALL {
        for wish in [new_key(), key(53).public_key()] {
            assert_eq!(refusal(asks(&mut city, &who, by, wish)), Refusal::RecoveryRunning { due });
        }
    }
    let other = Action::SetRecoveryKey { key: Some(key(54).public_key()) };
    assert_eq!(city.no(&who, other), Refusal::RecoveryRunning { due });
}

#[test]
fn one_secret_is_never_two_factors() {
    let mut city = City::new();
    let (_, who) = person(&mut city);
    let own = who.key.public_key();
    let words = key(WORDS).public_key();
    let add = Action::AddKey { key: words, role: KeyRole::Owner, daily_cap: None, name: None };
    for action in [
        add,
        Action::RotateKey { key: words },
        Action::SetRecoveryKey { key: Some(own) },
        Action::SetRecoveryKey { key: Some(words) },
        Action::Recover { key: own },
        Action::Recover { key: words },
    ] {
        assert!(matches!(city.no(&who, action), Refusal::AlreadyDone { .. }));
    }
    // Words that were replaced, and a device that was revoked, do not count as having asked.
    asks(&mut city, &who, By::Words, new_key());
    city.ok(&who, Action::SetRecoveryKey { key: Some(key(54).public_key()) });
    let tablet = city.add_key(&who, 55, KeyRole::Owner, None);
    assert_eq!(
        city.ok(&tablet, Action::Recover { key: new_key() }),
        Effect::Pending { missing: 1 }
    );
    city.ok(&who, Action::RevokeKey { key: tablet.key.public_key() });
    assert_eq!(recovery(&city, &who).asked, []);
    let gone = city.command(&words_of(&who), Action::Recover { key: new_key() });
    assert_eq!(refusal(city.send(&words_of(&who), &gone).outcome), Refusal::UnknownKey);
}

#[test]
fn the_words_do_nothing_else() {
    let mut city = City::new();
    let (_, who) = person(&mut city);
    let words = words_of(&who);
    for action in [
        Action::Freeze { account: who.id },
        Action::Transfer { to: city.officers[0].id, amount: Amount::new(1) },
        Action::SetRecoveryKey { key: None },
    ] {
        let command = city.command(&words, action);
        let answer = city.send(&words, &command);
        assert_eq!(answer.disposition, Disposition::NotJournaled, "it leaves no trace");
        assert_eq!(refusal(answer.outcome), Refusal::UnknownKey);
    }
}

#[test]
fn a_locked_device_may_ask_and_may_not_stop() {
    let mut city = City::new();
    let (_, who) = person(&mut city);
    for count in [1, 1] {
        let action = Action::NameKey { key: who.key.public_key(), name: "phone".to_owned() };
        let command = Command { sequence: Some(count), ..city.command(&who, action) };
        city.send(&who, &command);
    }
    assert_eq!(
        asks(&mut city, &who, By::Device, new_key()),
        Outcome::Accepted(Effect::Pending { missing: 1 })
    );
    asks(&mut city, &who, By::City, new_key());
    assert!(recovery(&city, &who).running.is_some());
    assert_eq!(city.no(&who, Action::CancelRecovery), Refusal::KeyLocked);
    city.pass(3 * DAY);
    assert_eq!(keys(&city, &who), [new_key()]);
    assert!(city.state.get(&Key::Devices(who.id)).is_none(), "the new device counts from nothing");
}

#[test]
fn a_frozen_account_is_recovered_and_stays_frozen() {
    let mut city = City::new();
    let (parent, who) = person(&mut city);
    city.ok(&parent, Action::Freeze { account: who.id });
    asks(&mut city, &who, By::Device, new_key());
    asks(&mut city, &who, By::Words, new_key());
    city.pass(3 * DAY);
    assert_eq!((keys(&city, &who), city.account(&who.id).frozen()), (vec![new_key()], Some(2)));
}

#[test]
fn officers_recover_one_of_theirs_alone_and_with_the_same_delay() {
    let mut city = City::new();
    let officer = city.officers[2].clone();
    asks(&mut city, &officer, By::City, new_key());
    let due = recovery(&city, &officer).running.expect("runs").due;
    assert_eq!(due.micros(), city.now + 48 * HOUR);
    let stop = city.ask(&officer, Action::CancelRecovery);
    assert_eq!(stop, Outcome::Accepted(Effect::Done));
    asks(&mut city, &officer, By::City, key(53).public_key());
    city.pass(3 * DAY);
    assert_eq!(keys(&city, &officer), [key(53).public_key()]);
}

#[test]
fn the_account_and_its_guardian_are_told_of_every_step() {
    let mut city = City::new();
    let (parent, who) = person(&mut city);
    let command = city.command(&who, Action::Recover { key: new_key() });
    let told = |city: &City, key: &SecretKey, command: &Command| {
        let entries = [Entry::signed(signed(command, key))];
        let last = city.frames.last().expect("a frame");
        let batch = scoin_ledger::Batch {
            number: last.head.number + 1,
            prev_hash: last.hash(),
            prev_state_digest: last.head.state_digest,
            time: Timestamp::from_micros(city.now + 1),
            entries: &entries,
        };
        let events = scoin_ledger::apply(&city.state, &batch).events;
        let all = events.iter().filter(|event| event.kind == EventKind::Changed);
        all.map(|event| event.account).collect::<Vec<_>>()
    };
    assert_eq!(told(&city, &who.key, &command), [who.id, parent.id]);
    city.ok(&who, Action::Recover { key: new_key() });
    let stop = city.command(&who, Action::CancelRecovery);
    assert_eq!(told(&city, &who.key, &stop), [who.id, parent.id]);
}

/// A city that says so waits another time.
#[test]
fn the_delay_is_the_citys() {
    let mut city = City::new();
    assert_eq!(city.genesis.recovery_hours(), 48);
    city.genesis.recovery_hours = Some(1);
    assert_eq!(city.genesis.recovery_hours(), 1);
    assert_ne!(city.genesis.network_id(), city.network);
}
