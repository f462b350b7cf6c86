//! Allowances: on which dates, exactly when, and what becomes of a turn for which the money is not there.

use scoin_core::command::{Action, Allowance, CatchUp, Every, KeyRole};
use scoin_core::outcome::{Effect, Outcome, Refusal};
use scoin_core::{Amount, CommandId, PolicyId, Timestamp};
use scoin_ledger::backtest::{During, Past};
use scoin_ledger::invariants::check_all;
use scoin_ledger::state::{Allowed, turn_after, turn_from};
use scoin_ledger::zone::Zone;
use scoin_ledger::{Answer, Entry, Key, Record, State, View, replay, ticks_for};
use scoin_policy::civil::Date;

use crate::city::{City, DAY, HOUR, SECOND, START, Who, accept, moved, refusal, signed};

/// 2026-03-03, a Tuesday.
const TODAY: i32 = 20_515;
/// The first Friday after it, 07:00 in Seoul.
const FRIDAY: u64 = START + 2 * DAY + 16 * HOUR;
const WEEK: u64 = 7 * DAY;

fn weekly(amount: u64, catch_up: CatchUp) -> Allowance {
    Allowance {
        amount: Amount::new(amount),
        policy: None,
        every: Every::Week(5),
        minute: 7 * 60,
        from: TODAY,
        until: None,
        catch_up,
    }
}

fn set(to: &Who, terms: Allowance) -> Action {
    Action::SetAllowance { to: to.id, terms }
}

fn standing(city: &City, giver: &Who) -> Vec<Allowed> {
    match city.state.get(&Key::Allowances(giver.id)) {
        Some(Record::Allowances(all)) => all.clone(),
        _ => Vec::new(),
    }
}

fn date(text: &str) -> Date {
    Date::parse(text).expect("a date")
}

/// Ticks until nothing is due, as the sequencer does; the answers of the turns.
pub(crate) fn settle(city: &mut City, now: u64) -> Vec<Answer> {
    city.now = city.now.max(now - 1);
    let mut answers = Vec::new();
    loop {
        let end = Key::due_after(Timestamp::from_micros(city.now.max(now)));
        let due = city.state.keys(&Key::first_due(), &end, 9_000);
        if due.is_empty() {
            return answers;
        }
        let done = city.run(&vec![Entry::Tick; ticks_for(&due)]);
        let is_turn = |one: &Answer| one.outcome != Outcome::Accepted(Effect::Done);
        answers.extend(done.into_iter().filter(is_turn));
    }
}

/// A replay comes to the same state, and a back-test to the same outcomes.
fn check_journal(city: &City) {
    assert_eq!(replay(&city.frames).expect("it replays"), city.state);
    Past::read(&city.frames, During::ALWAYS).expect("the past comes out again");
}

#[test]
fn the_dates_are_exact_at_the_ends_of_months_and_over_weeks() {
    let zone = Zone::named("Asia/Seoul").expect("a zone");
    let cases: [(Every, &str, Option<&str>, &[&str]); 6] = [
        (Every::Week(5), "2026-03-06", None, &["2026-03-06", "2026-03-13", "2026-03-20"]),
        (Every::Week(1), "2026-03-03", None, &["2026-03-09", "2026-03-16", "2026-03-23"]),
        (Every::TwoWeeks(7), "2026-03-03", None, &["2026-03-08", "2026-03-22", "2026-04-05"]),
        (
            Every::Month(31),
            "2026-01-31",
            None,
            &["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"],
        ),
        (Every::Month(29), "2028-02-01", None, &["2028-02-29", "2028-03-29"]),
        (Every::Month(1), "2026-03-03", Some("2026-05-01"), &["2026-04-01", "2026-05-01"]),
    ];
    for (every, from, until, expected) in cases {
        let (from, until) = (date(from).0, until.map(|until| date(until).0));
        let terms = Allowance { every, from, until, ..weekly(1, CatchUp::Skip) };
        let mut on = Date(from);
        for day in expected {
            let turn = turn_from(&terms, &zone, on).expect("a turn");
            assert_eq!(Date(turn.day), date(day), "{every:?}");
            on = Date(turn.day).add_days(1);
        }
        assert_eq!(turn_from(&terms, &zone, on).is_none(), until.is_some(), "{every:?}");
    }
    // Every other week stays in step wherever one looks from.
    let terms = Allowance { every: Every::TwoWeeks(7), ..weekly(1, CatchUp::Skip) };
    for ahead in 0..60 {
        let turn = turn_from(&terms, &zone, Date(TODAY + ahead)).expect("a turn");
        assert_eq!((turn.day - date("2026-03-08").0).rem_euclid(14), 0);
        assert!((TODAY + ahead..TODAY + ahead + 14).contains(&turn.day));
    }
}

#[test]
fn a_turn_that_the_clocks_skip_or_show_twice_comes_once() {
    // (zone, day, minute, the instant in UTC)
    let cases = [
        // Cairo, 2024-04-26 began at 01:00: 00:30 is reached at the jump.
        ("Africa/Cairo", "2024-04-26", 30, "2024-04-25T22:00:00Z"),
        // New York, 2026-03-08: 02:30 is never shown; 2026-11-01: 01:30 is shown twice, the first time counts.
        ("America/New_York", "2026-03-08", 150, "2026-03-08T07:00:00Z"),
        ("America/New_York", "2026-11-01", 90, "2026-11-01T05:30:00Z"),
        ("Asia/Seoul", "2026-03-06", 420, "2026-03-05T22:00:00Z"),
    ];
    for (name, day, minute, utc) in cases {
        let zone = Zone::named(name).expect("a zone");
        let on = date(day).ymd().2;
        let from = date(day).0 - 5;
        let terms = Allowance { every: Every::Month(on), minute, from, ..weekly(1, CatchUp::Skip) };
        let turn = turn_from(&terms, &zone, Date(from)).expect("a turn");
        let at: jiff::Timestamp = utc.parse().expect("an instant");
        assert_eq!(i64::try_from(turn.at.micros()), Ok(at.as_microsecond()), "{name} {day}");
        // Just before it the turn is still to come, at it the next is a month away.
        let before = Timestamp::from_micros(turn.at.micros() - 1);
        assert_eq!(turn_after(&terms, &zone, before), Some(turn), "{name} {day}");
        let next = turn_after(&terms, &zone, turn.at).expect("a next turn");
        assert!(next.day > turn.day + 26, "{name} {day}: {next:?}");
    }
}

#[test]
fn it_comes_at_the_instant_and_not_a_microsecond_before() {
    let mut city = City::new();
    let (mother, child) = (city.rich(1, 10_000), city.person(2));
    let id = city.done(&mother, set(&child, weekly(3_000, CatchUp::Skip)));
    assert_eq!(settle(&mut city, FRIDAY - 1), []);
    assert_eq!(city.balance(&child), 0);
    let answers = settle(&mut city, FRIDAY);
    let [answer] = answers.as_slice() else { panic!("{answers:?}") };
    assert_eq!(moved(answer.outcome.clone()), 3_000);
    assert_eq!((city.balance(&mother), city.balance(&child)), (7_000, 3_000));
    // Three weeks in which the issuer stood still: every turn is given, each once, each a tick of its own.
    let answers = settle(&mut city, FRIDAY + 2 * WEEK + HOUR);
    assert_eq!(answers.into_iter().map(|one| moved(one.outcome)).collect::<Vec<_>>(), [3_000; 2]);
    assert_eq!(city.balance(&child), 9_000);
    // The next one is more than there is: nothing moves, and it goes on with the date after.
    let answers = settle(&mut city, FRIDAY + 3 * WEEK);
    let have = Amount::new(1_000);
    assert_eq!(refusal(answers[0].outcome.clone()), Refusal::NotEnough { have });
    let [one] = standing(&city, &mother).try_into().expect("one allowance");
    let last = one.last.expect("a last turn");
    assert_eq!((last.paid, last.missed, last.day), (Amount::ZERO, 2_032, TODAY + 24));
    assert_eq!(one.next.map(|turn| turn.at.micros()), Some(FRIDAY + 4 * WEEK));
    assert_eq!(one.owed, []);
    let ended = Action::EndAllowance { giver: mother.id, allowance: id };
    city.ok(&mother, ended.clone());
    assert_eq!(city.no(&mother, ended), Refusal::NotFound { what: "allowance".to_owned() });
    assert_eq!(settle(&mut city, FRIDAY + 9 * WEEK), []);
    assert!(city.state.get(&Key::AllowancesTo(child.id)).is_none());
    check_journal(&city);
}

#[test]
fn a_queue_is_paid_as_soon_as_money_is_there_in_order() {
    let mut city = City::new();
    let (mother, child) = (city.rich(1, 1_000), city.person(2));
    let officer = city.officers[0].clone();
    city.ok(&mother, set(&child, weekly(3_000, CatchUp::Queue)));
    settle(&mut city, FRIDAY);
    settle(&mut city, FRIDAY + WEEK);
    let owed = |city: &City| {
        let given = standing(city, &mother);
        given[0].owed.iter().map(|owed| owed.day - TODAY).collect::<Vec<_>>()
    };
    assert_eq!(owed(&city), [3, 10]);
    let top_up = |city: &mut City, amount| {
        city.ok(&officer, Action::Transfer { to: mother.id, amount: Amount::new(amount) });
        let now = city.now + 1;
        settle(city, now)
    };
    assert_eq!(top_up(&mut city, 1_999).len(), 1, "tried, and still too little");
    assert_eq!((city.balance(&child), owed(&city)), (0, vec![3, 10]));
    top_up(&mut city, 1);
    assert_eq!((city.balance(&child), owed(&city)), (3_000, vec![10]));
    top_up(&mut city, 3_500);
    assert_eq!((city.balance(&child), owed(&city)), (6_000, vec![]));
    // Frozen, nothing is given; the turn is owed and comes when the freeze is lifted.
    city.ok(&mother, Action::Freeze { account: mother.id });
    city.ok(&officer, Action::Transfer { to: mother.id, amount: Amount::new(9_000) });
    let answers = settle(&mut city, FRIDAY + 2 * WEEK);
    assert_eq!(refusal(answers[0].outcome.clone()), Refusal::Frozen { by: 1 });
    city.ok(&mother, Action::Unfreeze { account: mother.id });
    let now = city.now + 1;
    settle(&mut city, now);
    assert_eq!(city.balance(&child), 9_000);
    // What waits is bounded, and is left out when nothing waits any more.
    city.ok(&mother, Action::Transfer { to: child.id, amount: Amount::new(6_500) });
    settle(&mut city, FRIDAY + 20 * WEEK);
    assert_eq!(owed(&city).len(), 12);
    let allowance = standing(&city, &mother)[0].id;
    let terms = Allowance { from: TODAY + 200, ..weekly(10, CatchUp::Skip) };
    city.ok(&mother, Action::ChangeAllowance { allowance, terms });
    assert!(owed(&city).is_empty());
    check_journal(&city);
}

#[test]
fn part_of_it_is_given_where_that_was_said() {
    let mut city = City::new();
    let (mother, child) = (city.rich(1, 4_000), city.person(2));
    // Coins under rules are not what an allowance is given of.
    city.grant(&mother, "test.free", 50_000);
    city.ok(&mother, set(&child, weekly(3_000, CatchUp::Partial)));
    settle(&mut city, FRIDAY);
    settle(&mut city, FRIDAY + WEEK);
    assert_eq!(city.balance(&child), 4_000);
    let answers = settle(&mut city, FRIDAY + 2 * WEEK);
    assert_eq!(refusal(answers[0].outcome.clone()), Refusal::NotEnough { have: Amount::ZERO });
    assert_eq!(city.balance(&mother), 50_000);
    // Not even where they would do.
    city.ok(&mother, set(&child, weekly(3_000, CatchUp::Skip)));
    for answer in settle(&mut city, FRIDAY + 3 * WEEK) {
        assert_eq!(refusal(answer.outcome), Refusal::NotEnough { have: Amount::ZERO });
    }
    assert_eq!((city.balance(&mother), city.balance(&child)), (50_000, 4_000));
}

/// What a turn has begun before it is refused is dropped with it; the turn itself is not.
#[test]
fn a_receiver_with_too_many_kinds_of_coins_gets_nothing_and_loses_nothing() {
    let mut city = City::new();
    let (mother, child) = (city.rich(1, 9_000), city.person(2));
    let until = "policy test.until($until: date) { zone Asia/Seoul expires on $until then burn }";
    let officer = city.officers[0].clone();
    city.ok(&officer, Action::PublishRules { source: until.to_owned() });
    for number in 0..64 {
        let until = format!("2027-{:02}-{:02}", 1 + number / 28, 1 + number % 28);
        let policy = city.policy("test.until", &[("until", &until)]);
        city.ok(&officer, Action::Grant { to: child.id, amount: Amount::new(1), policy });
    }
    city.ok(&mother, set(&child, weekly(3_000, CatchUp::Skip)));
    let answers = settle(&mut city, FRIDAY);
    assert_eq!(refusal(answers[0].outcome.clone()), Refusal::TooManyLots);
    assert_eq!((city.balance(&mother), city.balance(&child)), (9_000, 64));
    assert_eq!(city.account(&child.id).lots.len(), 64);
    let next = standing(&city, &mother)[0].next.map(|turn| turn.at.micros());
    assert_eq!(next, Some(FRIDAY + WEEK));
}

#[test]
fn it_comes_under_the_rule_it_was_set_with_until_that_is_retired() {
    let mut city = City::new();
    let (mother, child, shop) = (city.rich(1, 9_000), city.person(2), city.shop(3, "toys"));
    let policy = city.policy("test.snack", &[]);
    let officer = city.officers[0].clone();
    let terms = Allowance { policy: Some(policy), ..weekly(3_000, CatchUp::Skip) };
    city.ok(&mother, set(&child, terms.clone()));
    settle(&mut city, FRIDAY);
    assert_eq!(city.balance(&child), 3_000);
    assert!(matches!(refusal(city.pay(&child, &shop, 100)), Refusal::Rules(_)));
    city.ok(&officer, Action::RetirePolicy { policy });
    let answers = settle(&mut city, FRIDAY + WEEK);
    assert_eq!(refusal(answers[0].outcome.clone()), Refusal::PolicyRetired);
    assert_eq!((city.balance(&mother), city.balance(&child)), (6_000, 3_000));
    assert_eq!(city.no(&mother, set(&child, terms)), Refusal::PolicyRetired);
    let guard_only = city.policy("test.guard", &[]);
    let terms = Allowance { policy: Some(guard_only), ..weekly(1, CatchUp::Skip) };
    assert_eq!(city.no(&mother, set(&child, terms)), Refusal::GuardOnly);
    let unknown = PolicyId([7; 32]);
    let terms = Allowance { policy: Some(unknown), ..weekly(1, CatchUp::Skip) };
    assert_eq!(
        city.no(&mother, set(&child, terms)),
        Refusal::NotFound { what: "policy".to_owned() }
    );
}

#[test]
fn only_a_person_sets_it_and_only_its_sides_end_it() {
    let mut city = City::new();
    let (mother, child, aunt) = (city.rich(1, 9_000), city.person(2), city.rich(4, 9_000));
    let shop = city.bakery(3);
    let officer = city.officers[0].clone();
    let terms = weekly(100, CatchUp::Skip);
    let out = |field: &str| Refusal::OutOfRange { field: field.to_owned() };
    let none = Refusal::NotFound { what: "allowance".to_owned() };
    assert_eq!(city.no(&officer, set(&child, terms.clone())), Refusal::NotAllowed);
    assert_eq!(city.no(&mother, set(&mother, terms.clone())), out("to"));
    let account = Refusal::NotFound { what: "account".to_owned() };
    assert_eq!(city.no(&mother, set(&shop, terms.clone())), account);
    // A key with a cap a day would have none if turns passed it by.
    let capped = city.add_key(&mother, 9, KeyRole::Owner, Some(50));
    let left = Amount::ZERO;
    assert_eq!(city.no(&capped, set(&child, terms.clone())), Refusal::KeyCap { left });
    for (terms, field) in [
        (Allowance { every: Every::Week(8), ..terms.clone() }, "every"),
        (Allowance { every: Every::Month(0), ..terms.clone() }, "every"),
        (Allowance { minute: 1_440, ..terms.clone() }, "minute"),
        (Allowance { until: Some(TODAY - 1), ..terms.clone() }, "until"),
        (Allowance { until: Some(TODAY + 2), ..terms.clone() }, "until"),
        (Allowance { from: TODAY + 367, ..terms }, "from"),
    ] {
        assert_eq!(city.no(&mother, set(&child, terms)), out(field));
    }
    let zero = Allowance { amount: Amount::ZERO, ..terms };
    assert_eq!(city.no(&mother, set(&child, zero)), Refusal::ZeroAmount);
    let one = city.done(&mother, set(&child, terms.clone()));
    let end = |allowance: CommandId| Action::EndAllowance { giver: mother.id, allowance };
    assert_eq!(city.no(&aunt, end(one)), none);
    let change = Action::ChangeAllowance { allowance: one, terms: terms.clone() };
    assert_eq!(city.no(&aunt, change), none);
    city.ok(&child, end(one));
    // Sixteen, and no more.
    let ids: Vec<_> = (0..16).map(|_| city.done(&mother, set(&child, terms.clone()))).collect();
    assert_eq!(city.no(&mother, set(&child, terms)), out("allowance"));
    city.ok(&child, Action::AskGuardian { guardian: aunt.id });
    city.ok(&aunt, accept(child.id));
    city.ok(&aunt, end(ids[3]));
    assert_eq!(standing(&city, &mother).len(), 15);
    settle(&mut city, FRIDAY);
    assert_eq!(city.balance(&child), 1_500);
}

#[test]
fn the_last_turn_is_the_last_and_a_change_holds_at_once() {
    let mut city = City::new();
    let (mother, child) = (city.rich(1, 9_000), city.person(2));
    let terms = weekly(100, CatchUp::Skip);
    let allowance = city.done(&mother, set(&child, terms.clone()));
    let terms = Allowance { amount: Amount::new(250), until: Some(TODAY + 10), ..terms };
    city.ok(&mother, Action::ChangeAllowance { allowance, terms });
    settle(&mut city, FRIDAY);
    assert_eq!(city.balance(&child), 250);
    settle(&mut city, FRIDAY + WEEK);
    assert_eq!(city.balance(&child), 500);
    assert_eq!(standing(&city, &mother), []);
    settle(&mut city, FRIDAY + 5 * WEEK);
    assert_eq!(city.balance(&child), 500);
}

/// Two guardians give at the same time, and coins end then: every turn has its own place, and what is due is counted.
#[test]
fn turns_of_the_same_instant_are_ticks_of_their_own() {
    let mut city = City::new();
    let (mother, father, child) = (city.rich(1, 9_000), city.rich(3, 50), city.person(2));
    for giver in [&mother, &father] {
        city.ok(giver, set(&child, weekly(100, CatchUp::Skip)));
    }
    city.now = FRIDAY;
    let due =
        city.state.keys(&Key::first_due(), &Key::due_after(Timestamp::from_micros(FRIDAY)), 9_000);
    // Answers older than a day are forgotten by the tick before the first turn.
    let answers = city.run(&vec![Entry::Tick; ticks_for(&due)]);
    let given =
        answers.iter().filter(|one| matches!(one.outcome, Outcome::Accepted(Effect::Moved { .. })));
    let missed = answers.iter().filter(|one| matches!(one.outcome, Outcome::Refused(_)));
    assert_eq!((given.count(), missed.count(), city.balance(&child)), (1, 1, 100));
    check_journal(&city);
}

#[test]
fn a_forgotten_turn_is_a_breach() {
    let mut city = City::new();
    let (mother, child) = (city.rich(1, 9_000), city.person(2));
    city.ok(&mother, set(&child, weekly(100, CatchUp::Skip)));
    let mut broken: State = city.state.clone();
    let due =
        city.state.keys(&Key::first_due(), &Key::due_after(Timestamp::from_micros(FRIDAY)), 9_000);
    broken.absorb(due.into_iter().map(|key| (key, None)).collect());
    assert_eq!(check_all(&broken), [scoin_ledger::Breach::Overdue(mother.id)]);
    // A retry of the command that set it gets its first answer and sets nothing.
    let command = city.command(&mother, set(&child, weekly(100, CatchUp::Skip)));
    let entry = Entry::signed(signed(&command, &mother.key));
    city.run(&[entry.clone(), entry]);
    assert_eq!(standing(&city, &mother).len(), 2);
    city.pass(SECOND);
}
