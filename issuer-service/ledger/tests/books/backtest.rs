//! Back-tests of small stories whose answers were worked out by hand.

use std::collections::BTreeMap;

use scoin_core::command::{Action, Proposal};
use scoin_core::{Amount, Timestamp};
use scoin_ledger::backtest::{
    Candidate, Change, During, Follower, NotPossible, Past, Payments, Reason, Report, Twice, Verb,
    Whom, backtest,
};
use scoin_ledger::{Breach, Key, Record, View};
use scoin_policy::module::Module;

use crate::city::{City, DAY, HOUR, RULES, Who, whole};

/// The policy of this name in a text that may use the city's words.
fn rule(source: &str, name: &str) -> scoin_policy::ir::Policy {
    let (module, found) = Module::parse(source);
    let module = module.unwrap_or_else(|| panic!("{found:?}"));
    module.policy(name, &[]).unwrap_or_else(|found| panic!("{found:?}"))
}

/// Every version and instance of a policy replaced by one rule.
fn instead(past: &Past, name: &str, source: &str) -> Candidate {
    let policies = past.policies(name);
    assert!(!policies.is_empty(), "`{name}` is in force");
    let new = |id| (id, rule(source, name));
    Candidate::Policies(policies.iter().map(|entry| new(entry.id())).collect())
}

fn past(city: &City) -> Past {
    Past::read(&city.frames, During::ALWAYS).expect("an honest journal")
}

fn tried(city: &City, name: &str, source: &str) -> Report {
    let past = past(city);
    let report = backtest(&past, &instead(&past, name, source)).expect("possible");
    assert!(backtest(&past, &instead(&past, name, RULES)).expect("possible").is_same());
    report
}

fn units(was: u64, is: u64) -> Twice {
    Twice { was: Amount::new(was), is: Amount::new(is) }
}

/// (change, label or code, payments, money), sorted as reported.
fn reasons(report: &Report) -> Vec<(Change, String, u64, u64)> {
    let label = |reason: &Reason| match reason {
        Reason::Clause { label, .. } => label.clone(),
        Reason::OtherRule { rule, label } => format!("other {rule}/{label}"),
        Reason::Refusal(code) => code.to_string(),
        Reason::Part => "part".to_owned(),
    };
    let one = |reason: &scoin_ledger::backtest::ReasonCount| {
        (reason.change, label(&reason.reason), reason.payments, reason.money.units())
    };
    report.reasons.iter().map(one).collect()
}

const ONCE_A_DAY: &str = r"
policy test.snack($daily: money = 5_000 won) {
  zone Asia/Seoul
  require bakery: merchant.category in { food.bakery }
  cap each-day: 2_000 won per day
  cap thrice: 3 payments per day
  transfer never
  expires 30 days after issue then return to granter
  refund grace 7 days
}
";

/// Coins with the snack rule, a bakery, and a bookshop the rule does not pay.
fn snack() -> (City, Who, Who, Who) {
    let mut city = City::new();
    let (child, bakery, books) = (city.person(1), city.bakery(2), city.shop(3, "books"));
    city.grant(&child, "test.snack", 20_000);
    (city, child, bakery, books)
}

#[test]
fn a_lower_cap_leaves_money_that_later_pays() {
    let (mut city, child, bakery, _) = snack();
    // Tuesday: 1,500 passes both; 1,500 more only passed then; 500 still fits under 2,000 now.
    for amount in [1_500, 1_500, 500] {
        city.pay(&child, &bakery, amount);
    }
    city.pass(DAY);
    // Wednesday: 4,000 was paid; 1,500 was refused then (5,000 a day) and is paid now.
    city.pay(&child, &bakery, 4_000);
    city.pay(&child, &bakery, 1_500);
    let report = tried(&city, "test.snack", ONCE_A_DAY);
    let expected = Payments {
        decided: 5,
        refused: 2,
        paid: 1,
        money: units(7_500, 3_500),
        money_refused: Amount::new(5_500),
        money_paid: Amount::new(1_500),
        ..Payments::default()
    };
    assert_eq!(report.payments, expected);
    let expected = vec![
        (Change::Refused, "each-day".to_owned(), 2, 5_500),
        (Change::Paid, "each-day".to_owned(), 1, 1_500),
    ];
    assert_eq!(reasons(&report), expected);
    assert_eq!((report.people, report.shops), (1, 1));
    assert_eq!(report.left, units(12_500, 16_500));
    let sample = &report.reasons[0].samples[1];
    assert_eq!((sample.asked, sample.paid), (Amount::new(4_000), units(4_000, 0)));
    assert_eq!(sample.shop.as_deref(), Some("food.bakery"));
    let (age, district) = (&report.by_age[0], &report.by_district[0]);
    assert_eq!((age.name.as_deref(), district.name.as_deref()), (Some("0-12"), Some("gu.mapo")));
    for group in [age, district] {
        assert_eq!((group.people, group.refused, group.paid), (1, 2, 1));
        assert_eq!(group.money, units(5_500, 1_500));
    }
}

#[test]
fn a_refund_in_between_gives_the_new_limit_back_too() {
    let (mut city, child, bakery, _) = snack();
    let payment = city.payment(&bakery, 2_000);
    let first = city.done(&child, Action::Pay(payment));
    city.ok(
        &bakery,
        Action::Refund { payment: first, amount: Amount::new(2_000), lines: vec![], reason: None },
    );
    // Passes under 2,000 a day only because the refund gave it back.
    city.pay(&child, &bakery, 2_000);
    city.pay(&child, &bakery, 1_000);
    let report = tried(&city, "test.snack", ONCE_A_DAY);
    assert_eq!((report.payments.decided, report.payments.refused), (3, 1));
    assert_eq!(report.payments.money, units(5_000, 4_000));
    assert_eq!(report.followers, vec![]);
}

#[test]
fn a_refund_of_a_payment_that_never_was_is_a_follower() {
    let (mut city, child, bakery, _) = snack();
    let payment = city.payment(&bakery, 3_000);
    let first = city.done(&child, Action::Pay(payment));
    city.ok(
        &bakery,
        Action::Refund { payment: first, amount: Amount::new(3_000), lines: vec![], reason: None },
    );
    let report = tried(&city, "test.snack", ONCE_A_DAY);
    assert_eq!(report.payments.refused, 1);
    let expected = Follower { verb: Verb::Refund, refused: 1, done: 0, other: 0 };
    assert_eq!(report.followers, vec![expected]);
    assert_eq!(report.left, units(20_000, 20_000));
}

#[test]
fn a_category_added_pays_what_was_refused() {
    let (mut city, child, bakery, books) = snack();
    city.pay(&child, &books, 3_000);
    city.pay(&child, &bakery, 3_000);
    let wider = RULES.replace("{ food.bakery }", "{ food.bakery, books }");
    let report = tried(&city, "test.snack", &wider);
    // The book is paid now, and leaves 2,000 for the bakery that day.
    let expected = vec![
        (Change::Refused, "each-day".to_owned(), 1, 3_000),
        (Change::Paid, "bakery".to_owned(), 1, 3_000),
    ];
    assert_eq!(reasons(&report), expected);
    assert_eq!(report.shops, 2);
    assert_eq!(report.payments.money, units(3_000, 3_000));
}

#[test]
fn narrower_hours_refuse_the_evening() {
    let (mut city, child, bakery, _) = snack();
    city.pay(&child, &bakery, 1_000);
    city.pass(3 * HOUR);
    city.pay(&child, &bakery, 1_100);
    let hours = RULES.replacen(
        "cap thrice",
        "require early: time in weekly { mon..fri 14:00..17:00 }\n  cap thrice",
        1,
    );
    let report = tried(&city, "test.snack", &hours);
    assert_eq!(reasons(&report), vec![(Change::Refused, "early".to_owned(), 1, 1_100)]);
    assert_eq!(report.reasons[0].samples[0].time, Timestamp::from_micros(city.now));
}

#[test]
fn money_that_stayed_pays_other_things_and_missing_money_has_its_own_reason() {
    let mut city = City::new();
    let (child, bakery) = (city.rich(1, 1_000), city.bakery(2));
    city.grant(&child, "test.free", 1_000);
    // All of it goes to the bakery, and the last loaf cannot be paid for. With a limit on the free coins the
    // payer keeps 600, the shop is 600 short, and the bakery's own cash-out does not work any more.
    city.pay(&child, &bakery, 2_000);
    city.pay(&child, &bakery, 300);
    city.ok(&bakery, Action::Redeem { amount: Amount::new(2_000) });
    let limited = RULES.replace(
        "policy test.free { zone Asia/Seoul }",
        "policy test.free { zone Asia/Seoul cap once: 400 won per payment }",
    );
    let report = tried(&city, "test.free", &limited);
    let expected = vec![
        (Change::Refused, "once".to_owned(), 1, 2_000),
        (Change::Paid, "2032".to_owned(), 1, 300),
    ];
    assert_eq!(reasons(&report), expected);
    let expected = Follower { verb: Verb::Redeem, refused: 1, done: 0, other: 0 };
    assert_eq!(report.followers, vec![expected]);
}

#[test]
fn coins_follow_a_new_end_from_the_first_step_on() {
    let mut city = City::new();
    let (child, bakery) = (city.person(1), city.bakery(2));
    city.grant(&child, "test.short", 1_000);
    let from = Timestamp::from_micros(city.now + 1);
    city.pass(DAY);
    city.pay(&child, &bakery, 100);
    city.pass(3 * DAY);
    // Ended after two days: nothing was left then.
    city.pay(&child, &bakery, 100);
    let long = RULES.replacen("2 days after issue", "30 days after issue", 1);
    let past = Past::read(&city.frames, During { from, ..During::ALWAYS }).expect("honest");
    let report = backtest(&past, &instead(&past, "test.short", &long)).expect("possible");
    assert_eq!((report.payments.decided, report.payments.paid), (2, 1));
    assert_eq!((report.ended, report.left), (units(900, 0), units(0, 800)));
}

#[test]
fn half_a_reward_is_half_the_money() {
    let mut city = City::new();
    let (person, office) = (city.person(1), city.service(2));
    let officer = city.officers[0].clone();
    let money = Action::FundPool { pool: "test.tax".to_owned(), amount: Amount::new(50_000) };
    city.ok(&officer, money);
    let earn = |number: u8| Action::Earn {
        account: person.id,
        event: "tax.paid".to_owned(),
        evidence: [number; 32],
        amount: Amount::new(200_000),
        days_early: Some(1),
        role: None,
    };
    // 2,000 each, 1,000 with the candidate; the third is cut to 1,000 by the cap of 5,000 a year.
    for number in 1..4 {
        city.ok(&office, earn(number));
    }
    let half = RULES.replace("up to 3_000 won under", "up to 1_000 won under");
    let (half, found) = Module::parse(&half);
    let half = half.unwrap_or_else(|| panic!("{found:?}"));
    let program = Box::new(half.program("test.tax").expect("a programme"));
    let candidate = Candidate::Program { name: "test.tax".to_owned(), program };
    let report = backtest(&past(&city), &candidate).expect("possible");
    let pool = &report.rewards[0];
    assert_eq!((pool.pool.as_str(), pool.times_was, pool.times_is), ("test.tax", 3, 3));
    assert_eq!(pool.money, units(5_000, 3_000));
    assert_eq!((report.rewards_changed, report.people), (2, 1));
    assert_eq!(report.followers[0].other, 2, "the third reward is 1,000 both times");
    let program =
        Box::new(Module::parse(RULES).0.expect("rules").program("test.tax").expect("one"));
    let same = Candidate::Program { name: "test.tax".to_owned(), program };
    assert!(backtest(&past(&city), &same).expect("possible").is_same());
}

#[test]
fn a_guard_is_tried_on_everybody_or_on_one() {
    let mut city = City::new();
    let (ann, bob, bakery) = (city.rich(1, 10_000), city.rich(2, 10_000), city.bakery(3));
    for who in [&ann, &bob] {
        city.pay(who, &bakery, 3_000);
        city.pay(who, &bakery, 1_500);
    }
    let guard = || Box::new(rule(RULES, "test.guard"));
    let on = |on| backtest(&past(&city), &Candidate::Guard { policy: guard(), on });
    let everybody = on(Whom::Everybody).expect("possible");
    assert_eq!(reasons(&everybody), vec![(Change::Refused, "all".to_owned(), 2, 3_000)]);
    let one = on(Whom::One { account: bob.id, by: bob.id }).expect("possible");
    assert_eq!((one.payments.refused, one.people), (1, 1));
    let nobody = scoin_core::AccountId([9; 20]);
    let refused = on(Whom::One { account: nobody, by: bob.id });
    assert_eq!(refused, Err(NotPossible::NoAccount(nobody)));
}

#[test]
fn a_lot_named_by_its_number_is_the_same_lot_in_the_changed_world() {
    let mut city = City::new();
    let (child, bakery, other) = (city.person(1), city.bakery(2), city.bakery(3));
    city.grant(&child, "test.snack", 5_000);
    // The first payment makes the shop's first lot; with the candidate it is refused and no lot is made.
    city.pay(&child, &bakery, 3_000);
    city.pay(&child, &other, 1_000);
    city.grant(&child, "test.gap", 700);
    let lots = &city.account(&child.id).lots;
    let named = lots.last().expect("coins under test.gap").id;
    let request = city.request(&bakery, 700);
    let payment = scoin_core::command::Payment { lots: vec![named], ..whole(&request, &bakery) };
    city.ok(&child, Action::Pay(payment));
    let report = tried(&city, "test.snack", ONCE_A_DAY);
    assert_eq!((report.payments.decided, report.payments.refused), (3, 1));
    assert_eq!(report.differing, 1, "the payment from the named lot is as it was");
}

/// Everything there is: rules, rewards, gifts, holds, refunds, ends, claw-backs, answers forgotten.
fn busy() -> City {
    let mut city = City::new();
    let (child, friend) = (city.rich(1, 30_000), city.rich(2, 5_000));
    let (bakery, books, office) = (city.bakery(3), city.shop(4, "books"), city.service(5));
    let officer = city.officers[0].clone();
    city.ok(&officer, Action::FundPool { pool: "test.tax".to_owned(), amount: Amount::new(9_000) });
    let guard = city.policy("test.guard", &[]);
    for policy in ["test.snack", "test.short", "test.grace", "test.burn", "test.melt", "test.share"]
    {
        city.grant(&child, policy, 4_000);
    }
    for policy in ["test.gap", "test.food", "test.listed", "test.free"] {
        city.grant(&friend, policy, 4_000);
    }
    city.ok(&friend, Action::SetGuard { account: friend.id, policy: guard });
    let mut paid = Vec::new();
    for day in 0..12_u8 {
        for (who, shop, amount) in
            [(&child, &bakery, 1_700), (&child, &books, 900), (&friend, &bakery, 2_300)]
        {
            let payment = city.payment(shop, amount);
            let command = city.command(who, Action::Pay(payment));
            city.send(who, &command);
            paid.push((shop.clone(), command.id));
        }
        let basket = city.basket(&bakery, &[("milk", 700, "food.milk"), ("pen", 300, "office")]);
        city.ask(&friend, Action::Pay(whole(&basket, &bakery)));
        let payment = city.payment(&books, 400);
        let hold = city.command(&child, Action::Authorise(payment));
        city.send(&child, &hold);
        match day % 3 {
            0 => city.ask(&books, Action::Capture { hold: hold.id, amount: Amount::new(250) }),
            1 => city.ask(&books, Action::Void { hold: hold.id }),
            _ => city.ask(&friend, Action::Transfer { to: child.id, amount: Amount::new(150) }),
        };
        let (shop, payment) = paid[usize::from(day)].clone();
        city.ask(
            &shop,
            Action::Refund { payment, amount: Amount::new(300), lines: vec![], reason: None },
        );
        let report = Action::Earn {
            account: friend.id,
            event: "tax.paid".to_owned(),
            evidence: [day; 32],
            amount: Amount::new(90_000),
            days_early: Some(2),
            role: None,
        };
        city.ask(&office, report);
        city.pass(DAY + HOUR);
    }
    let source = RULES.replace("cap all: 4_000", "cap all: 3_000");
    city.ok(&officer, Action::PublishRules { source });
    let (account, amount) = (friend.id, Amount::new(100));
    let lot = city.account(&friend.id).lots.first().expect("coins").id;
    city.agree_if_possible(Proposal::ClawBack { account, lot, amount, reason: 1 });
    city.pass(40 * DAY);
    city.pay(&child, &books, 500);
    city
}

#[test]
fn replaying_the_rules_in_force_reproduces_every_decision() {
    let city = busy();
    let past = past(&city);
    for entry in city_policies(&city) {
        let mut same = BTreeMap::new();
        same.insert(entry.id(), entry.rule().policy().clone());
        let report = backtest(&past, &Candidate::Policies(same)).expect("possible");
        assert!(report.is_same(), "{}: {report:?}", entry.rule().name());
        assert_eq!(report.payments.decided, 61);
    }
    let everything =
        city_policies(&city).into_iter().map(|entry| (entry.id(), entry.rule().policy().clone()));
    let report = backtest(&past, &Candidate::Policies(everything.collect())).expect("possible");
    assert!(report.is_same(), "{report:?}");
}

fn city_policies(city: &City) -> Vec<scoin_ledger::state::PolicyEntry> {
    let policies = city.state.iter().filter_map(|(_, record)| match record {
        Record::Policy(entry) => Some(entry.as_ref().clone()),
        _ => None,
    });
    policies.collect()
}

#[test]
fn part_of_the_past_begins_with_the_counters_of_that_day() {
    let (mut city, child, bakery, _) = snack();
    city.pay(&child, &bakery, 1_500);
    let from = Timestamp::from_micros(city.now + 1);
    city.pay(&child, &bakery, 1_000);
    let to = Timestamp::from_micros(city.now + 1);
    city.pay(&child, &bakery, 1_000);
    let past = Past::read(&city.frames, During { from, to }).expect("honest");
    assert_eq!(past.frames(), 1);
    let report = backtest(&past, &instead(&past, "test.snack", ONCE_A_DAY)).expect("possible");
    assert_eq!((report.payments.decided, report.payments.refused), (1, 1), "1,500 is counted");
}

#[test]
fn what_cannot_be_tried_is_said() {
    let (city, ..) = snack();
    let past = past(&city);
    let unknown = scoin_core::PolicyId([7; 32]);
    let policies = BTreeMap::from([(unknown, rule(RULES, "test.free"))]);
    let tried = |candidate| backtest(&past, &candidate).expect_err("not possible");
    assert_eq!(tried(Candidate::Policies(policies)), NotPossible::NoPolicy(unknown));
    let program = Module::parse(RULES).0.expect("rules").program("test.tax").expect("one");
    let program = Candidate::Program { name: "test.none".to_owned(), program: Box::new(program) };
    assert_eq!(tried(program), NotPossible::NoProgram("test.none".to_owned()));
    let mars = rule(&RULES.replace("zone Asia/Seoul }", "zone Mars/Olympus }"), "test.free");
    let id = past.policies("test.free")[0].id();
    let mars = Candidate::Policies(BTreeMap::from([(id, mars)]));
    assert_eq!(tried(mars), NotPossible::NoZone("Mars/Olympus".to_owned()));
    let later = During { from: Timestamp::from_micros(city.now + DAY), ..During::ALWAYS };
    let nothing = Past::read(&city.frames, later).expect("honest");
    let candidate = instead(&nothing, "test.snack", RULES);
    assert_eq!(backtest(&nothing, &candidate), Err(NotPossible::NoFrames));
    assert!(matches!(city.state.get(&Key::City), Some(Record::City(_))));
}

#[test]
fn a_journal_that_does_not_come_out_again_is_refused() {
    let (mut city, child, bakery, _) = snack();
    city.pay(&child, &bakery, 1_500);
    let last = city.frames.len() - 1;
    let read = |frames: &[scoin_ledger::Frame]| Past::read(frames, During::ALWAYS).map(|_| ());
    let mut bent = city.frames.clone();
    let other = bent[last - 1].entries[0].outcome.clone();
    bent[last].entries[0].outcome = other;
    assert_eq!(read(&bent), Err(Breach::Replay(u64::try_from(last).expect("few"))));
    let mut bent = city.frames.clone();
    bent.remove(3);
    assert_eq!(read(&bent), Err(Breach::Chain(3)));
    assert_eq!(read(&[]), Ok(()));
}
