//! What a refusal suggests, done: "4,000 would pass", "from 14:00", "only food shops" must then be accepted.
//!
//! Every property here counts suggestions, not cases: it draws until so many were followed.

use proptest::collection::vec;
use proptest::prelude::prop;
use proptest::strategy::{Strategy, ValueTree as _};
use proptest::test_runner::TestRunner;
use scoin_policy::causes::{Accept, Allowed, Cause, CauseKind, Whose};
use scoin_policy::civil::{Civil, Date};
use scoin_policy::decide::{State, judge, pay};
use scoin_policy::facts::{Fact, Item, World as _};
use scoin_policy::ir::{Clause, ClauseKind, Policy, Pred, Quantity, Test};
use scoin_policy::rule::Rule;
use scoin_policy::truth::{in_schedule, under};

use crate::allocation::small;
use crate::make::{
    Case, Counters, ITEM_TAGS, Town, case, counters, empty, item_test, plain, policy, pred,
};
use crate::next::{Buckets, pay_at, used};
use crate::runs::{cases, share};
use crate::twin::Twin;

/// So many suggestions of each kind are followed.
const FOLLOWED: u32 = 10_000;

/// What is asked of a line.
const OF_LINES: [Fact; 3] = [Fact::ItemCode, Fact::ItemCategory, Fact::ItemAmount];

fn draw<S: Strategy>(strategy: &S, runner: &mut TestRunner) -> S::Value {
    strategy.new_tree(runner).unwrap().current()
}

/// Asks until enough suggestions were followed; `follow` tells how many there were in one question.
fn until_enough(wanted: u32, mut follow: impl FnMut(&mut TestRunner) -> u32) {
    let mut runner = TestRunner::new(cases(1));
    let (mut followed, mut asked) = (0, 0_u32);
    while followed < share(wanted) {
        followed += follow(&mut runner);
        asked += 1;
        assert!(asked < 100 * share(wanted), "{followed} suggestions in {asked} questions");
    }
}

#[test]
fn what_would_pass_now_passes() {
    until_enough(FOLLOWED, |runner| {
        let policy = draw(&policy(), runner);
        let rule = Rule::new(policy.clone());
        let mut followed = 0;
        for _ in 0..20 {
            let case = draw(&case(), runner);
            let counters = draw(&counters(case.now), runner);
            let Counters { issued, used, last } = &counters;
            let state = State { issued: *issued, used, last, buckets: &[] };
            let facts = case.facts();
            let verdict = judge(&rule, &facts, &Town, &state, Whose::City);
            if verdict.pass_now == 0 || verdict.pass_now == facts.amount {
                continue;
            }
            followed += 1;
            // As a part of this payment, by the word of the twin.
            let twin = Twin { facts: &facts, world: &Town, issued: *issued, used, last };
            assert_eq!(verdict.pass_now, twin.pay(&policy), "{policy:#?}\n{case:#?}");
            // As a payment of its own, unless it would be another one to the rule.
            if !looks_at_amount(&rule) && case.items.as_ref().is_none_or(Vec::is_empty) {
                let smaller = Case { amount: verdict.pass_now, ..case.clone() };
                let paid = pay(&rule, &smaller.facts(), &Town, &state);
                assert_eq!(paid, verdict.pass_now, "{policy:#?}\n{case:#?}");
            }
        }
        followed
    });
}

/// Does the rule treat a smaller payment otherwise, by its amount or as a share of it?
fn looks_at_amount(rule: &Rule) -> bool {
    let clauses = rule.clauses().iter().map(|clause| &clause.clause.pred);
    let caps = rule.caps().iter().filter_map(|cap| cap.when.as_ref());
    let gaps = rule.gaps().iter().filter_map(|gap| gap.when.as_ref());
    clauses.chain(caps).chain(gaps).any(amount_matters)
        || rule.caps().iter().any(|cap| matches!(cap.quantity, Quantity::Share(_)))
}

fn amount_matters(pred: &Pred) -> bool {
    match pred {
        Pred::And(parts) | Pred::Or(parts) => parts.iter().any(amount_matters),
        Pred::Not(inner) | Pred::AnyItem(inner) | Pred::EveryItem(inner) => amount_matters(inner),
        Pred::Known(_) => false,
        Pred::Test(test) => matches!(test, Test::InRange(Fact::PaymentAmount, ..)),
    }
}

#[test]
fn the_moment_told_passes_and_none_before_it() {
    let spending = vec((0..70_i32, 1..9_u64), 0..5);
    until_enough(FOLLOWED, |runner| {
        let rule = Rule::new(draw(&plain(), runner));
        let mut followed = 0;
        for _ in 0..10 {
            let case = draw(&case(), runner);
            let facts = case.facts();
            let issued = Some(facts.now.add_minutes(-draw(&(0..60_000_i64), runner)));
            let ago = draw(&(0..6_000_i64), runner);
            let last = [Some(facts.instant_micros - ago * 60_000_000 - 17)];
            let spent = draw(&spending, runner);
            let spent = spent.into_iter().map(|(ago, won)| (facts.now.date.add_days(-ago), won));
            let spent: Buckets = spent.collect();
            let now = used(&rule, &spent, facts.now.date);
            let buckets: Vec<&[(Date, u64)]> = rule.caps().iter().map(|_| &spent[..]).collect();
            let state = State { issued, used: &now, last: &last, buckets: &buckets };
            let verdict = judge(&rule, &facts, &Town, &state, Whose::City);
            let pays = |at| pay_at(&rule, &facts, at, issued, &last, &spent);
            let Some(next) = verdict.next else {
                if verdict.allow < facts.amount {
                    // "Not within 400 days" is a promise too.
                    for _ in 0..8 {
                        let at = facts.now.add_minutes(draw(&(1..576_000_i64), runner));
                        assert_ne!(pays(at), facts.amount, "{at} {case:#?} {:#?}", rule.policy());
                    }
                }
                continue;
            };
            followed += 1;
            assert_eq!(pays(next), facts.amount, "{next} {:#?}\n{case:#?}", rule.policy());
            let wait = next.minutes() - facts.now.minutes();
            assert!(wait > 0);
            let spots = (0..24).map(|_| draw(&(1..=wait), runner)).chain([1, wait - 1]);
            for ahead in spots.filter(|ahead| (1..wait).contains(ahead)) {
                let before = facts.now.add_minutes(ahead);
                assert_ne!(pays(before), facts.amount, "{before} is before {next} {case:#?}");
            }
        }
        followed
    });
}

#[test]
fn what_a_clause_accepts_removes_its_cause() {
    each_cause(&policy(), |rule, case, cause| {
        let conditions = [CauseKind::Require, CauseKind::Forbid, CauseKind::Pays];
        let asks = conditions.contains(&cause.kind) && !asks_for_line(cause);
        if asks { follow_groups(rule, case, cause) } else { 0 }
    });
}

/// "Any fruit", "no energy drinks": the first line that was not as wanted is made so, and bought alone.
#[test]
fn what_a_clause_accepts_of_a_line_removes_its_cause() {
    each_cause(&asking_of_lines(), |rule, case, cause| {
        let conditions = [CauseKind::Require, CauseKind::Forbid, CauseKind::Covers];
        let asks = conditions.contains(&cause.kind) && asks_for_line(cause);
        let alone = if asks { bought_alone(rule, case, cause) } else { None };
        alone.map_or(0, |alone| follow_groups(rule, &alone, cause))
    });
}

/// Goes through the causes of refused payments until enough suggestions were followed.
fn each_cause(
    policies: &impl Strategy<Value = Policy>,
    follow: impl Fn(&Rule, &Case, &Cause) -> u32,
) {
    until_enough(FOLLOWED, |runner| {
        let rule = Rule::new(draw(policies, runner));
        let mut followed = 0;
        for _ in 0..20 {
            let case = draw(&case(), runner);
            let causes = judge(&rule, &case.facts(), &Town, &State::default(), Whose::City).causes;
            followed += causes.iter().map(|cause| follow(&rule, &case, cause)).sum::<u32>();
        }
        followed
    });
}

/// Policies of conditions that ask something of lines, once each: two questions about lines may want two lines, and who
/// buys another line pays another amount.
fn asking_of_lines() -> impl Strategy<Value = Policy> {
    let kinds =
        prop::sample::select(vec![ClauseKind::Require, ClauseKind::Forbid, ClauseKind::Covers]);
    let clause = (kinds, pred(true), vec(item_test().prop_map(Pred::Test), 1..4), 0..6_u8);
    vec(clause, 1..4).prop_map(|clauses| {
        let clauses = clauses.into_iter().enumerate().map(|(at, (kind, other, tests, shape))| {
            let line = if shape % 2 == 0 { Pred::And(tests) } else { Pred::Or(tests) };
            let pred = match (kind, shape / 2) {
                (ClauseKind::Covers, _) => line,
                (_, 0) => Pred::AnyItem(Box::new(line)),
                (_, 1) => Pred::EveryItem(Box::new(line)),
                _ if asks_of_lines(&other) => Pred::AnyItem(Box::new(line)),
                _ => Pred::And(vec![other, Pred::AnyItem(Box::new(line))]),
            };
            Clause { label: format!("c{at}"), kind, pred, because: Vec::new() }
        });
        Policy { clauses: clauses.collect(), ..empty("test.policy") }
    })
}

fn asks_of_lines(pred: &Pred) -> bool {
    match pred {
        Pred::And(parts) | Pred::Or(parts) => parts.iter().any(asks_of_lines),
        Pred::Not(inner) => asks_of_lines(inner),
        Pred::AnyItem(_) | Pred::EveryItem(_) => true,
        Pred::Known(fact) => *fact == Fact::PaymentItems,
        Pred::Test(Test::InTags(fact, _) | Test::InList(fact, ..) | Test::InRange(fact, ..)) => {
            *fact == Fact::PaymentAmount || OF_LINES.contains(fact)
        }
        Pred::Test(_) => false,
    }
}

fn asks_for_line(cause: &Cause) -> bool {
    let of_line = |fact: &Fact| OF_LINES.contains(fact);
    cause.allowed.iter().any(|allowed| facts_of(&allowed.what).iter().any(of_line))
}

/// The payment with one line only, of those that were not as a clause wanted.
fn bought_alone(rule: &Rule, asked: &Case, cause: &Cause) -> Option<Case> {
    let lines = match &asked.items {
        Some(items) if !items.is_empty() => items.clone(),
        _ => vec![Item { code: "milk".to_owned(), amount: 1, tags: Vec::new() }],
    };
    let alone = |line: Item| Case { amount: line.amount, items: Some(vec![line]), ..asked.clone() };
    lines.into_iter().map(alone).find(|alone| {
        let causes = judge(rule, &alone.facts(), &Town, &State::default(), Whose::City).causes;
        causes.iter().any(|left| same_clause(left, cause))
    })
}

fn same_clause(one: &Cause, other: &Cause) -> bool {
    (&one.rule, &one.label, one.kind) == (&other.rule, &other.label, other.kind)
}

/// Follows each alternative that can be followed.
fn follow_groups(rule: &Rule, asked: &Case, cause: &Cause) -> u32 {
    let groups = cause.allowed.iter().map(|allowed| allowed.group).max().unwrap_or(0);
    let mut followed = 0;
    for group in 0..=groups {
        let wanted: Vec<&Allowed> =
            cause.allowed.iter().filter(|allowed| allowed.group == group).collect();
        let Some(changed) = changed(asked, &wanted) else { continue };
        let after = judge(rule, &changed.facts(), &Town, &State::default(), Whose::City);
        let stays = after.causes.iter().find(|left| same_clause(left, cause));
        assert_eq!(stays, None, "{cause:#?}\n{asked:#?}\n{changed:#?}\n{:#?}", rule.policy());
        followed += 1;
    }
    followed
}

/// The payment with other facts, such that everything `wanted` is as stated; `None` if there is no such payment.
fn changed(case: &Case, wanted: &[&Allowed]) -> Option<Case> {
    let mut changed = case.clone();
    let mut facts: Vec<Fact> = wanted.iter().flat_map(|allowed| facts_of(&allowed.what)).collect();
    facts.sort_unstable();
    facts.dedup();
    // One fact after the other: a pair that must be the same is settled by its second fact.
    for fact in facts {
        let about: Vec<&&Allowed> =
            wanted.iter().filter(|allowed| facts_of(&allowed.what).last() == Some(&fact)).collect();
        if about.is_empty() {
            continue;
        }
        let fits = |case: &Case| about.iter().all(|allowed| accepts(case, allowed));
        changed = others(&changed, fact).into_iter().find(fits)?;
    }
    wanted.iter().all(|allowed| accepts(&changed, allowed)).then_some(changed)
}

fn facts_of(what: &Accept) -> Vec<Fact> {
    match what {
        Accept::Words(fact, _)
        | Accept::Range(fact, ..)
        | Accept::List(fact, _)
        | Accept::Known(fact) => vec![time(*fact)],
        Accept::Same(left, right) => vec![*left, *right],
        _ => vec![Fact::Time],
    }
}

fn time(fact: Fact) -> Fact {
    if matches!(fact, Fact::Day | Fact::Date) { Fact::Time } else { fact }
}

/// The same payment with every other value of a fact that these tests know.
fn others(case: &Case, fact: Fact) -> Vec<Case> {
    let with = |change: &dyn Fn(&mut Case)| {
        let mut other = case.clone();
        change(&mut other);
        other
    };
    let own = |words: &[&str]| Some(words.iter().map(|word| (*word).to_owned()).collect());
    let districts = [Some("gu.mapo"), Some("gu.jongno"), Some("gu.other"), None];
    match fact {
        Fact::PayerAge => {
            let known = (0..61).map(|age| with(&|case| case.age = Some(age)));
            known.chain([with(&|case| case.age = None)]).collect()
        }
        Fact::PayerChildren => {
            (0..5).map(|children| with(&|case| case.children = Some(children))).collect()
        }
        Fact::PayerDistrict => {
            districts.map(|district| with(&|case| case.district = district)).to_vec()
        }
        Fact::MerchantDistrict => {
            districts.map(|district| with(&|case| case.shop_district = district)).to_vec()
        }
        Fact::MerchantId => [Some("shop-1"), Some("shop-2"), Some("shop-3")]
            .map(|shop| with(&|case| case.shop = shop))
            .to_vec(),
        Fact::MerchantCategory => {
            let tags = crate::make::TAGS.iter().chain([&"other"]);
            let known = tags.map(|tag| with(&|case| case.category = own(&[tag])));
            known.chain([with(&|case| case.category = None)]).collect()
        }
        Fact::MerchantGroups => [&["small-business"][..], &["chain-direct"], &["other"]]
            .map(|groups| with(&|case| case.groups = own(groups)))
            .to_vec(),
        Fact::PaymentKind => ["purchase", "transit", "bill"]
            .map(|kind| with(&|case| case.kind = Some(kind)))
            .to_vec(),
        Fact::PaymentChannel => {
            [Some("shop"), None].map(|channel| with(&|case| case.channel = channel)).to_vec()
        }
        Fact::PaymentAmount if case.items.as_ref().is_none_or(Vec::is_empty) => {
            (1..12).map(|amount| with(&|case| case.amount = amount)).collect()
        }
        Fact::ItemCategory => {
            let tags = ITEM_TAGS.iter().chain([&"other"]);
            tags.map(|tag| with(&|case| line(case, |line| line.tags = vec![(*tag).to_owned()])))
                .collect()
        }
        Fact::ItemCode => ["apples", "milk", "shop-3"]
            .map(|code| with(&|case| line(case, |line| code.clone_into(&mut line.code))))
            .to_vec(),
        Fact::ItemAmount => {
            (1..12).map(|amount| with(&|case| line(case, |line| line.amount = amount))).collect()
        }
        Fact::Time => moments(case.now).map(|now| with(&|case| case.now = now)).collect(),
        Fact::PaymentItems => {
            let item = Item { code: "milk".to_owned(), amount: case.amount, tags: Vec::new() };
            let items = [Some(vec![item]), None];
            items.map(|items| with(&|case| case.items.clone_from(&items))).to_vec()
        }
        _ => Vec::new(),
    }
}

/// Changes the only line, which is the whole payment.
fn line(case: &mut Case, change: impl FnOnce(&mut Item)) {
    if let Some([only]) = case.items.as_deref_mut() {
        change(only);
        case.amount = only.amount;
    }
}

/// Minutes at which something may change, of a hundred days.
fn moments(now: Civil) -> impl Iterator<Item = Civil> {
    let minutes = [0_u16, 60, 119, 120, 359, 360, 600, 840, 1139, 1140, 1320, 1439];
    (-10..110).flat_map(move |days| {
        let date = now.date.add_days(days);
        minutes.map(|minute| Civil { date, minute }).into_iter().chain([Civil { date, ..now }])
    })
}

/// Is a fact as the suggestion says? From its meaning alone.
fn accepts(case: &Case, allowed: &Allowed) -> bool {
    let holds = match &allowed.what {
        Accept::Words(fact, tags) => words_of(case, *fact)
            .map(|words| words.iter().any(|word| tags.iter().any(|tag| under(word, tag)))),
        Accept::Range(fact, low, high) => number_of(case, *fact).map(|number| {
            low.is_none_or(|low| low <= number) && high.is_none_or(|high| number <= high)
        }),
        Accept::List(fact, list) => words_of(case, *fact).and_then(|words| {
            let said: Option<Vec<bool>> =
                words.iter().map(|word| Town.listed(list, word)).collect();
            said.map(|said| said.contains(&true))
        }),
        Accept::Calendar(name) => Town.on_calendar(name, case.now.date),
        Accept::Slots(weekly) => Some(in_schedule(weekly, case.now)),
        Accept::Weekdays(days) => Some(days.contains(&case.now.date.weekday())),
        Accept::Dates(first, last) => {
            let date = case.now.date;
            Some(first.is_none_or(|first| first <= date) && last.is_none_or(|last| date <= last))
        }
        Accept::Same(left, right) => match (words(case, *left), words(case, *right)) {
            (Some(left), Some(right)) => Some(left == right),
            _ => None,
        },
        Accept::Known(Fact::PaymentItems) => {
            Some(case.items.as_ref().is_some_and(|items| !items.is_empty()))
        }
        Accept::Known(fact) => Some(words(case, *fact).is_some() || number(case, *fact).is_some()),
        Accept::From(_) | Accept::Until(..) | Accept::Wait(_) => None,
    };
    holds == Some(!allowed.except)
}

/// As [`words`], and of the only line what that says.
fn words_of(case: &Case, fact: Fact) -> Option<Vec<String>> {
    let line = || case.items.as_deref().and_then(|items| items.first());
    match fact {
        // Nothing is said of a line that bears no tag: it may be anything.
        Fact::ItemCategory => line().map(|line| line.tags.clone()).filter(|tags| !tags.is_empty()),
        Fact::ItemCode => line().map(|line| vec![line.code.clone()]),
        _ => words(case, fact),
    }
}

fn number_of(case: &Case, fact: Fact) -> Option<i64> {
    match fact {
        Fact::ItemAmount => i64::try_from(case.items.as_deref()?.first()?.amount).ok(),
        _ => number(case, fact),
    }
}

pub(crate) fn words(case: &Case, fact: Fact) -> Option<Vec<String>> {
    let one = |word: Option<&str>| word.map(|word| vec![word.to_owned()]);
    match fact {
        Fact::MerchantCategory => case.category.clone(),
        Fact::MerchantGroups => case.groups.clone(),
        Fact::MerchantId => one(case.shop),
        Fact::MerchantDistrict => one(case.shop_district),
        Fact::PayerDistrict => one(case.district),
        Fact::PaymentChannel => one(case.channel),
        Fact::PaymentKind => one(Some(case.kind.unwrap_or("purchase"))),
        _ => None,
    }
}

pub(crate) fn number(case: &Case, fact: Fact) -> Option<i64> {
    match fact {
        Fact::PayerAge => case.age,
        Fact::PayerChildren => case.children,
        Fact::PaymentAmount => i64::try_from(case.amount).ok(),
        Fact::Time => Some(i64::from(case.now.minute)),
        _ => None,
    }
}

#[test]
fn what_would_pass_of_a_wallet_is_paid() {
    let wallets = small();
    until_enough(FOLLOWED, |runner| {
        let wallet = draw(&wallets, runner);
        let pass_now = wallet.refused().pass_now;
        if pass_now == 0 || pass_now == wallet.amount {
            return 0;
        }
        assert_eq!(pass_now, wallet.best().0, "{wallet:#?}");
        let shares = wallet.policies.iter().flat_map(|policy: &Policy| policy.caps.iter());
        if !shares.into_iter().any(|cap| matches!(cap.quantity, Quantity::Share(_))) {
            let mut smaller = wallet.clone();
            smaller.amount = pass_now;
            assert_eq!(smaller.total(), pass_now, "{wallet:#?}");
        }
        1
    });
}

#[test]
fn the_moment_told_for_a_wallet_pays_it_all() {
    let wallets = small();
    until_enough(FOLLOWED, |runner| {
        let mut wallet = draw(&wallets, runner);
        let opens = draw(&(780..1_300_u16), runner);
        wallet.opens_for_an_hour(0, opens);
        let refused = wallet.refused();
        let Some(next) = refused.next.filter(|_| refused.pass_now < wallet.amount) else {
            if refused.pass_now < wallet.amount {
                // "Not within 400 days" is a promise too.
                for days in [0, 1, 6, 7, 8, draw(&(2..400_i32), runner)] {
                    let at = Civil { date: wallet.now.date.add_days(days), minute: opens };
                    assert_ne!(wallet.at(at).total(), wallet.amount, "{at} {wallet:#?}");
                }
            }
            return 0;
        };
        assert_eq!(wallet.at(next).total(), wallet.amount, "{next} {wallet:#?}");
        let wait = next.minutes() - wallet.now.minutes();
        let spots = (0..3).map(|_| draw(&(0..wait), runner)).chain([wait - 1]);
        for before in spots.map(|ahead| wallet.now.add_minutes(ahead)) {
            assert_ne!(wallet.at(before).total(), wallet.amount, "{before} {next} {wallet:#?}");
        }
        1
    });
}
