//! Guards of a household and of the city: every lot is judged, and only narrowed.

use scoin_core::command::{Action, Attributes, Over};
use scoin_core::outcome::{Outcome, Refusal};
use scoin_core::{Amount, PolicyId, Timestamp};
use scoin_ledger::{Entry, replay};

use crate::city::{City, DAY, HOUR, Who, labels, moved, refusal, signed};

const HOME: Over = Over::Household([1; 16]);

const RULES: &str = "
policy home.budget { zone Asia/Seoul cap budget: 6_000 won per day by household }
policy home.each { zone Asia/Seoul cap each: 1_000 won per day by payer }
policy town.bars {
  zone Asia/Seoul
  forbid bars: merchant.category in { leisure.bar }
  transfer to receiver.relation is ward
}
policy town.pause { zone Asia/Seoul gap pause: 10 minutes by household }
";

fn city() -> (City, Who) {
    let mut city = City::new();
    let officer = city.officers[0].clone();
    city.ok(&officer, Action::PublishRules { source: RULES.to_owned() });
    (city, officer)
}

fn set(over: Over, policy: PolicyId, starts: u64) -> Action {
    Action::SetSharedGuard { over, policy, starts: Timestamp::from_micros(starts) }
}

#[test]
fn a_household_spends_one_budget_exactly_however_many_pay_at_once() {
    let (mut city, officer) = city();
    let (mother, child, shop) = (city.rich(1, 20_000), city.rich(2, 20_000), city.bakery(3));
    let stranger = city.rich(4, 20_000);
    let home = Some([2; 16]);
    let attributes = Attributes { household: home, ..Attributes::default() };
    city.ok(&officer, Action::Attest { subject: stranger.id, attributes });
    city.grant(&child, "test.free", 9_000);
    let budget = city.policy("home.budget", &[]);
    let now = city.now + 100;
    city.ok(&officer, set(HOME, budget, now));
    city.now = now;
    let mut entries = Vec::new();
    for at in 0..60 {
        let payer = if at % 2 == 0 { &mother } else { &child };
        let payment = city.payment(&shop, 130);
        let command = city.command(payer, Action::Pay(payment));
        entries.push(Entry::signed(signed(&command, &payer.key)));
    }
    let answers = city.run(&entries);
    let passed = answers.iter().filter(|one| matches!(one.outcome, Outcome::Accepted(_)));
    // 46 x 130 = 5,980; the 20 left are not enough for another.
    assert_eq!(passed.count(), 46);
    assert_eq!(labels(&refusal(city.pay(&mother, &shop, 21))), ["budget"]);
    assert_eq!(moved(city.pay(&child, &shop, 20)), 20);
    assert_eq!(moved(city.pay(&stranger, &shop, 7_000)), 7_000);
    city.pass(DAY);
    // A refund frees the bucket of the day it was paid on, whoever of the household paid.
    let payment = city.payment(&shop, 6_000);
    let payment = city.done(&mother, Action::Pay(payment));
    assert_eq!(labels(&refusal(city.pay(&child, &shop, 1))), ["budget"]);
    let amount = Amount::new(500);
    city.ok(&shop, Action::Refund { payment, amount, lines: Vec::new(), reason: None });
    assert_eq!(moved(city.pay(&child, &shop, 500)), 500);
    city.ok(&officer, Action::RemoveSharedGuard { over: HOME, policy: budget });
    assert_eq!(moved(city.pay(&child, &shop, 7_000)), 7_000);
    assert_eq!(replay(&city.frames).expect("it replays"), city.state);
}

#[test]
fn a_cap_by_payer_is_each_members_own() {
    let (mut city, officer) = city();
    let (mother, child, shop) = (city.rich(1, 9_000), city.rich(2, 9_000), city.bakery(3));
    let each = city.policy("home.each", &[]);
    let now = city.now + 1;
    city.ok(&officer, set(HOME, each, now));
    for payer in [&mother, &child] {
        assert_eq!(city.would_pay(payer, &shop, 5_000, 0), 1_000);
        assert_eq!(moved(city.pay(payer, &shop, 1_000)), 1_000);
        assert_eq!(labels(&refusal(city.pay(payer, &shop, 1))), ["each"]);
    }
}

#[test]
fn a_gap_by_household_holds_for_all_of_it() {
    let (mut city, officer) = city();
    let (mother, child, shop) = (city.rich(1, 9_000), city.rich(2, 9_000), city.bakery(3));
    let pause = city.policy("town.pause", &[]);
    let now = city.now + 1;
    city.ok(&officer, set(HOME, pause, now));
    assert_eq!(moved(city.pay(&mother, &shop, 10)), 10);
    assert_eq!(labels(&refusal(city.pay(&child, &shop, 10))), ["pause"]);
    city.pass(HOUR);
    assert_eq!(moved(city.pay(&child, &shop, 10)), 10);
}

#[test]
fn a_guard_of_the_city_is_announced_a_day_ahead_and_judges_payments_and_gifts() {
    let (mut city, officer) = city();
    let (child, friend, bar) = (city.rich(1, 9_000), city.person(2), city.shop(3, "leisure.bar"));
    let policy = city.policy("town.bars", &[]);
    let early = Refusal::OutOfRange { field: "starts".to_owned() };
    let soon = city.now + DAY - HOUR;
    assert_eq!(city.no(&officer, set(Over::City, policy, soon)), early);
    let late = city.now + 367 * DAY;
    assert_eq!(city.no(&officer, set(Over::City, policy, late)), early);
    assert_eq!(city.no(&child, set(Over::City, policy, soon)), Refusal::NotAllowed);
    let starts = city.now + DAY + HOUR;
    city.ok(&officer, set(Over::City, policy, starts));
    let again = Refusal::AlreadyDone { what: "guard".to_owned() };
    assert_eq!(city.no(&officer, set(Over::City, policy, starts)), again);
    assert_eq!(moved(city.pay(&child, &bar, 100)), 100);
    let give = Action::Transfer { to: friend.id, amount: Amount::new(10) };
    city.ok(&child, give.clone());
    city.now = starts;
    assert_eq!(labels(&refusal(city.pay(&child, &bar, 100))), ["bars"]);
    assert!(matches!(city.no(&child, give.clone()), Refusal::NotGivable { .. }));
    let remove = Action::RemoveSharedGuard { over: Over::City, policy };
    assert_eq!(city.no(&child, remove.clone()), Refusal::NotAllowed);
    city.ok(&officer, remove.clone());
    assert!(matches!(city.no(&officer, remove), Refusal::NotFound { .. }));
    city.ok(&child, give);
    assert_eq!(moved(city.pay(&child, &bar, 100)), 100);
}

#[test]
fn guards_are_joined_and_the_narrowest_decides() {
    let (mut city, officer) = city();
    let (child, shop) = (city.rich(1, 50_000), city.bakery(2));
    let (budget, each) = (city.policy("home.budget", &[]), city.policy("home.each", &[]));
    let own = city.policy("test.guard", &[]);
    city.ok(&child, Action::SetGuard { account: child.id, policy: own });
    assert_eq!(city.would_pay(&child, &shop, 9_000, 0), 4_000);
    let now = city.now + 1;
    city.ok(&officer, set(HOME, budget, now));
    assert_eq!(city.would_pay(&child, &shop, 9_000, 0), 4_000);
    let starts = city.now + DAY + 2;
    city.ok(&officer, set(Over::City, each, starts));
    assert_eq!(city.would_pay(&child, &shop, 9_000, 0), 4_000);
    assert_eq!(city.would_pay(&child, &shop, 9_000, DAY + 2), 1_000);
    // A refused payment names every guard that stands in the way.
    city.now = starts;
    let mut named = labels(&refusal(city.pay(&child, &shop, 9_000)));
    named.sort();
    assert_eq!(named, ["all", "budget", "each"]);
}

#[test]
fn at_most_sixteen_guards_judge_one_household() {
    let (mut city, officer) = city();
    let now = city.now + HOUR;
    for at in 0..17 {
        let source = format!("policy many.g{at} {{ zone Asia/Seoul }}");
        city.ok(&officer, Action::PublishRules { source });
        let policy = city.policy(&format!("many.g{at}"), &[]);
        if at < 16 {
            city.ok(&officer, set(HOME, policy, now));
        } else {
            let full = Refusal::OutOfRange { field: "policy".to_owned() };
            assert_eq!(city.no(&officer, set(HOME, policy, now)), full);
        }
    }
    let nobody = Refusal::NotFound { what: "policy".to_owned() };
    assert_eq!(city.no(&officer, set(Over::City, PolicyId([9; 32]), now + DAY)), nobody);
}
