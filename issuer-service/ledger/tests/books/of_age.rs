//! Coming of age: to the microsecond, whatever the clocks do, and before any tick has noticed.

use scoin_core::command::{Action, Allowance, AskAnswer, Attributes, CatchUp, Every, Quorum};
use scoin_core::outcome::{Outcome, Refusal};
use scoin_core::{AccountId, Amount, Timestamp};
use scoin_ledger::age::{day_begins, has_begun, is_private};
use scoin_ledger::backtest::{During, Past};
use scoin_ledger::state::{Due, Freeze};
use scoin_ledger::{Entry, EventKind, Key, Record, View, replay, ticks_for};
use scoin_policy::civil::Date;

use crate::asks::Home;
use crate::city::{City, DAY, HOUR, SECOND, START, Who, accept, moved, refusal};

/// 2026-03-14.
const DAY_OF_AGE: i32 = 20_526;
/// Its first instant in Seoul.
const MIDNIGHT: u64 = START + 10 * DAY + 9 * HOUR;

fn attest(city: &mut City, who: &Who, of_age_from: Option<i32>) {
    let attributes = Attributes { of_age_from, ..Attributes::default() };
    let officer = city.officers[0].clone();
    city.ok(&officer, Action::Attest { subject: who.id, attributes });
}

fn day(text: &str) -> i32 {
    Date::parse(text).expect("a date").0
}

fn micros(utc: &str) -> u64 {
    let at: jiff::Timestamp = utc.parse().expect("an instant");
    u64::try_from(at.as_microsecond()).expect("after 1970")
}

/// The next batch is decided at this instant.
fn at(city: &mut City, instant: u64) {
    city.now = instant - 1;
}

/// Everything that is due by this instant is done at it.
fn tick_at(city: &mut City, instant: u64) {
    at(city, instant);
    let end = Key::due_after(Timestamp::from_micros(instant));
    let due = city.state.keys(&Key::first_due(), &end, 9_000);
    city.run(&vec![Entry::Tick; ticks_for(&due).max(1)]);
}

fn told(city: &City) -> Vec<(AccountId, u32, Option<AccountId>)> {
    let of_age = city.told.iter().filter(|event| event.kind == EventKind::OfAge);
    of_age.map(|event| (event.account, event.index, event.with)).collect()
}

/// A family in which the day is attested: two guardians, a guard of each, a freeze, an ask, a change that waits.
fn family() -> (Home, Who) {
    let mut home = Home::new();
    let (mother, child, bakery) = (home.mother.clone(), home.child.clone(), home.bakery.clone());
    let father = home.city.rich(8, 1_000);
    home.link(&father);
    let books = home.city.policy("home.books", &[]);
    home.guard(&father, books);
    attest(&mut home.city, &child, Some(DAY_OF_AGE));
    let quorum = Quorum { guards: 2, ..Quorum::ONE };
    home.city.ok(&mother, Action::SetQuorum { ward: child.id, quorum });
    home.city.ok(
        &mother,
        Action::Grant { to: child.id, amount: Amount::new(3_000), policy: home.limit },
    );
    at(&mut home.city, MIDNIGHT - HOUR / 2);
    let code = home.code(&bakery, 500);
    assert!(matches!(home.ask(&code), Outcome::Accepted(_)));
    home.city.ok(&mother, Action::RemoveGuard { account: child.id, policy: home.limit });
    home.city.ok(&mother, Action::Freeze { account: child.id });
    (home, father)
}

#[test]
fn guardians_end_at_the_first_instant_and_not_a_microsecond_before() {
    let (mut home, father) = family();
    let (mother, child, bakery) = (home.mother.clone(), home.child.clone(), home.bakery.clone());
    let city = &mut home.city;
    // The child has set a rule as well, and the city has frozen nobody.
    let own = city.policy("home.limit", &[("daily", "9_000 won")]);
    city.ok(&child, Action::SetGuard { account: child.id, policy: own });
    let before = city.account(&child.id).clone();
    tick_at(city, MIDNIGHT - 2);
    assert_eq!(*city.account(&child.id), before);
    assert_eq!(told(city), []);
    assert_eq!(refusal(city.pay(&child, &bakery, 6_000)), Refusal::Frozen { by: 2 });
    tick_at(city, MIDNIGHT);
    let mut parents = vec![(mother.id, Some(child.id)), (father.id, Some(child.id))];
    parents.sort_unstable();
    let mut all: Vec<_> = told(city).iter().map(|(who, _, with)| (*who, *with)).collect();
    all.sort_unstable_by_key(|(who, with)| (with.is_none(), *who));
    parents.push((child.id, None));
    assert_eq!(all, parents);
    let after = city.account(&child.id).clone();
    assert_eq!((&after.guardians, &after.freezes), (&vec![], &vec![]));
    assert_eq!(after.guards.iter().map(|guard| guard.by).collect::<Vec<_>>(), [child.id]);
    // Money and the rules on it are as they were.
    assert_eq!((&after.lots, &after.counters), (&before.lots, &before.counters));
    assert_eq!(city.account(&mother.id).wards, []);
    let Some(Record::Family(kept)) = city.state.get(&Key::Family(child.id)) else { panic!() };
    assert_eq!((kept.changes.len(), kept.exceptions.len(), kept.consents.len()), (0, 0, 2));
    assert_eq!(moved(city.pay(&child, &bakery, 6_000)), 6_000);
    assert_eq!(city.no(&mother, Action::Freeze { account: child.id }), Refusal::NotAllowed);
    assert_eq!(replay(&city.frames).expect("it replays"), city.state);
    Past::read(&city.frames, During::ALWAYS).expect("the past comes out again");
}

#[test]
fn nothing_is_decided_with_the_old_powers_even_if_the_tick_is_late() {
    let (mut home, father) = family();
    let (mother, child, bakery) = (home.mother.clone(), home.child.clone(), home.bakery.clone());
    let (aunt, uncle) = (home.city.rich(9, 1_000), home.city.person(10));
    let terms = Allowance {
        amount: Amount::new(100),
        policy: None,
        every: Every::Week(5),
        minute: 0,
        from: DAY_OF_AGE,
        until: None,
        catch_up: CatchUp::Skip,
    };
    let allowance = home.city.done(&aunt, Action::SetAllowance { to: child.id, terms });
    let code = home.code(&bakery, 6_000);
    let city = &mut home.city;
    let change = |city: &City| {
        let Some(Record::Family(kept)) = city.state.get(&Key::Family(child.id)) else { panic!() };
        (kept.changes[0].id, kept.changes[0].digest, kept.asks[0].request)
    };
    let (waiting, digest, ask) = change(city);
    at(city, MIDNIGHT - 2);
    city.ok(&mother, Action::Unfreeze { account: child.id });
    let standing = city.clone();
    let (account, ward) = (child.id, child.id);
    let own = city.policy("home.limit", &[("daily", "1 won")]);
    let quorum = Quorum { answers: 2, ..Quorum::ONE };
    let missing = |what: &str| Refusal::NotFound { what: what.to_owned() };
    let cases = [
        (&mother, Action::Freeze { account }, Refusal::NotAllowed),
        (&mother, Action::Unfreeze { account }, Refusal::NotAllowed),
        (&mother, Action::SetGuard { account, policy: own }, Refusal::NotAllowed),
        (&mother, Action::RemoveGuard { account, policy: home.limit }, Refusal::NotAllowed),
        (&father, Action::AgreeChange { ward, change: waiting, digest }, Refusal::NotAllowed),
        (&father, Action::EndChange { ward, change: waiting }, Refusal::NotAllowed),
        (&mother, Action::AnswerAsk { ward, ask, answer: AskAnswer::Once }, Refusal::NotAllowed),
        (&mother, Action::SetQuorum { ward, quorum }, Refusal::NotAllowed),
        (&mother, Action::EndGuardian { ward, guardian: mother.id }, missing("account")),
        (&mother, Action::EndAllowance { giver: aunt.id, allowance }, missing("allowance")),
        (&child, Action::AskGuardian { guardian: uncle.id }, Refusal::OfAge),
    ];
    for (who, action, expected) in cases {
        let mut city = standing.clone();
        at(&mut city, MIDNIGHT);
        assert_eq!(city.no(who, action.clone()), expected, "{action:?}");
        // A refusal leaves nothing behind: that is the tick's to do.
        assert_eq!(city.account(&child.id).guardians.len(), 2, "{action:?}");
        // A microsecond earlier it was another answer, except where it was no even then.
        let mut early = standing.clone();
        at(&mut early, MIDNIGHT - 1);
        let same = matches!(early.ask(who, action.clone()), Outcome::Refused(no) if no == expected);
        let always = matches!(action, Action::Unfreeze { .. });
        assert!(!same || always, "{action:?}");
    }
    let mut city = standing.clone();
    let wish = Action::Pay(scoin_core::command::Payment {
        request: code.signed,
        part: false,
        lots: Vec::new(),
    });
    at(&mut city, MIDNIGHT - 1);
    assert!(matches!(city.no(&child, wish.clone()), Refusal::Rules(_)));
    city = standing;
    at(&mut city, MIDNIGHT);
    assert_eq!(moved(city.ask(&child, wish)), 6_000);
    assert_eq!(city.account(&child.id).guardians, []);
    tick_at(&mut city, MIDNIGHT + 5);
    assert_eq!(told(&city).iter().map(|(who, ..)| *who).collect::<Vec<_>>(), [child.id]);
    assert_eq!(replay(&city.frames).expect("it replays"), city.state);
}

#[test]
fn whoever_was_asked_before_is_told_why_it_is_too_late() {
    let mut home = Home::new();
    let child = home.child.clone();
    let (uncle, stranger) = (home.city.person(10), home.city.person(11));
    attest(&mut home.city, &child, Some(DAY_OF_AGE));
    home.city.ok(&child, Action::AskGuardian { guardian: uncle.id });
    for late in [0, HOUR] {
        let mut city = home.city.clone();
        at(&mut city, MIDNIGHT + late);
        assert_eq!(city.no(&uncle, accept(child.id)), Refusal::OfAge);
        // Who was not asked does not learn whether somebody is of age.
        assert_eq!(city.no(&stranger, accept(child.id)), Refusal::NotAllowed);
        tick_at(&mut city, MIDNIGHT + late + 9);
        assert_eq!(city.no(&uncle, accept(child.id)), Refusal::OfAge);
    }
    at(&mut home.city, MIDNIGHT - 1);
    home.city.ok(&uncle, accept(child.id));
}

#[test]
fn another_attestation_moves_the_day() {
    let mut home = Home::new();
    let (mother, child) = (home.mother.clone(), home.child.clone());
    let city = &mut home.city;
    let due = |city: &City| {
        let end = Key::due_after(Timestamp::from_micros(u64::MAX - 1));
        let all = city.state.keys(&Key::first_due(), &end, 9_000);
        let of_age =
            |key: Key| if let Key::Due(at, Due::OfAge(_)) = key { Some(at.micros()) } else { None };
        all.into_iter().filter_map(of_age).collect::<Vec<_>>()
    };
    attest(city, &child, Some(DAY_OF_AGE));
    assert_eq!(due(city), [MIDNIGHT]);
    attest(city, &child, Some(DAY_OF_AGE));
    assert_eq!(due(city), [MIDNIGHT]);
    attest(city, &child, Some(DAY_OF_AGE + 1));
    assert_eq!(due(city), [MIDNIGHT + DAY]);
    attest(city, &child, None);
    assert_eq!(due(city), []);
    attest(city, &child, Some(DAY_OF_AGE + 2));
    tick_at(city, MIDNIGHT + DAY);
    assert_eq!(city.account(&child.id).guardians, [mother.id]);
    // A day that has begun already: at once, and the child is told by the attestation.
    attest(city, &child, Some(DAY_OF_AGE));
    assert_eq!((due(city), told(city).len()), (vec![], 2));
    assert_eq!(city.account(&child.id).guardians, []);
    // Stated wrongly: with the day taken back there may be guardians again, by everybody's own yes.
    attest(city, &child, None);
    city.ok(&child, Action::AskGuardian { guardian: mother.id });
    city.ok(&mother, accept(child.id));
    city.ok(&mother, Action::Freeze { account: child.id });
    assert_eq!(city.account(&child.id).freezes, [Freeze::Guardian(mother.id)]);
    assert_eq!(replay(&city.frames).expect("it replays"), city.state);
}

#[test]
fn the_day_begins_when_the_clocks_of_the_city_say_so() {
    // (zone, day, its first instant in UTC)
    let cases = [
        ("Asia/Seoul", "2028-02-29", "2028-02-28T15:00:00Z"),
        ("Asia/Seoul", "2027-03-01", "2027-02-28T15:00:00Z"),
        ("America/New_York", "2026-11-01", "2026-11-01T04:00:00Z"),
        // Midnight is skipped: these days begin at one o'clock.
        ("Africa/Cairo", "2026-04-24", "2026-04-23T22:00:00Z"),
        ("Asia/Beirut", "2027-03-28", "2027-03-27T22:00:00Z"),
        ("Pacific/Kiritimati", "2026-12-31", "2026-12-30T10:00:00Z"),
        ("Pacific/Pago_Pago", "2026-12-31", "2026-12-31T11:00:00Z"),
    ];
    for (zone, date, utc) in cases {
        let (mut city, instant) = (City::in_zone(zone), micros(utc));
        let (mother, child) = (city.person(1), city.person(2));
        city.ok(&child, Action::AskGuardian { guardian: mother.id });
        city.ok(&mother, accept(child.id));
        attest(&mut city, &child, Some(day(date)));
        tick_at(&mut city, instant - 1);
        assert_eq!(city.account(&child.id).guardians, [mother.id], "{zone} {date}");
        let mut late = city.clone();
        at(&mut late, instant);
        let freeze = Action::Freeze { account: child.id };
        assert_eq!(late.no(&mother, freeze), Refusal::NotAllowed, "{zone} {date}");
        tick_at(&mut city, instant);
        assert_eq!(city.account(&child.id).guardians, [], "{zone} {date}");
    }
}

#[test]
fn a_day_that_has_begun_stays_begun_when_clocks_go_back_over_midnight() {
    let city = City::in_zone("America/St_Johns");
    let Some(Record::City(city)) = city.state.get(&Key::City) else { panic!("a city") };
    // One minute after midnight the clocks of 2010-11-07 showed 23:01 of the day before.
    let (sunday, midnight) = (day("2010-11-07"), micros("2010-11-07T02:30:00Z"));
    assert_eq!(day_begins(city, sunday).micros(), midnight);
    for (seconds, begun) in [(-1_i64, false), (0, true), (59, true), (60, true), (1_800, true)] {
        let now = midnight.saturating_add_signed(seconds * 1_000_000);
        assert_eq!(has_begun(city, sunday, Timestamp::from_micros(now)), begun, "{seconds}");
    }
}

#[test]
fn twins_are_two_lines_in_their_mothers_history() {
    let mut city = City::new();
    let (mother, one, two) = (city.person(1), city.person(2), city.person(3));
    for child in [&one, &two] {
        city.ok(child, Action::AskGuardian { guardian: mother.id });
        city.ok(&mother, accept(child.id));
        attest(&mut city, child, Some(DAY_OF_AGE));
    }
    tick_at(&mut city, MIDNIGHT + 7 * SECOND);
    let hers = told(&city).into_iter().filter(|(who, ..)| *who == mother.id).collect::<Vec<_>>();
    let [(_, first, Some(a)), (_, second, Some(b))] = hers.as_slice() else { panic!("{hers:?}") };
    assert!(first != second && a != b);
}

#[test]
fn shops_are_ones_own_from_the_attested_day_or_age_and_only_the_ward_shares_them() {
    let mut home = Home::new();
    let (mother, child) = (home.mother.clone(), home.child.clone());
    let uncle = home.city.person(10);
    let officer = home.city.officers[0].clone();
    let city = &mut home.city;
    let private = |city: &City, now: u64, from_age| {
        let Some(Record::City(town)) = city.state.get(&Key::City) else { panic!("a city") };
        is_private(town, city.account(&child.id), Timestamp::from_micros(now), from_age)
    };
    // (attested age, attested day, age of the city) -> the second before midnight, and midnight.
    let cases = [
        (Some(13), None, 14, [false, false]),
        (Some(14), None, 14, [true, true]),
        (Some(14), None, 0, [false, false]),
        (None, None, 14, [false, false]),
        (Some(14), Some(DAY_OF_AGE), 14, [false, true]),
        (None, Some(DAY_OF_AGE), 0, [false, true]),
        // Long past its time, and still at least that old.
        (Some(15), None, 14, [true, true]),
    ];
    for (age, private_from, from_age, expected) in cases {
        let age_until = age.map(|_| DAY_OF_AGE - 9);
        let attributes = Attributes { age, age_until, private_from, ..Attributes::default() };
        city.ok(&officer, Action::Attest { subject: child.id, attributes });
        let found = [MIDNIGHT - 1, MIDNIGHT].map(|now| private(city, now, from_age));
        assert_eq!(found, expected, "{age:?} {private_from:?} {from_age}");
    }
    let share = |guardian: &Who, shared| Action::ShareShops { guardian: guardian.id, shared };
    let missing = Refusal::NotFound { what: "account".to_owned() };
    let again = Refusal::AlreadyDone { what: "share".to_owned() };
    assert_eq!(city.no(&child, share(&uncle, true)), missing);
    assert_eq!(city.no(&mother, share(&mother, true)), missing);
    assert_eq!(city.no(&child, share(&mother, false)), again);
    city.ok(&child, share(&mother, true));
    assert_eq!(city.no(&child, share(&mother, true)), again);
    let with = |city: &City| city.state.get(&Key::Shared(child.id)).cloned();
    assert_eq!(with(city), Some(Record::Shared(vec![mother.id])));
    city.ok(&mother, Action::EndGuardian { ward: child.id, guardian: mother.id });
    assert_eq!(with(city), None, "it ends with the guardianship");
    assert_eq!(replay(&city.frames).expect("it replays"), city.state);
}
