//! Each cause is what its clause would say if it stood alone: whether it stands in the way, how much it lets pass, what
//! it found, what limits, and when it lets go.

#![expect(clippy::similar_names, reason = "a clause has a cause")]

use proptest::collection::vec;
use proptest::prelude::*;
use scoin_policy::causes::{Accept, Cause, CauseKind, Limit, Value, Whose};
use scoin_policy::civil::{Civil, Date, Weekday};
use scoin_policy::decide::{State, judge};
use scoin_policy::facts::{Fact, Facts, Item};
use scoin_policy::ir::{
    Cap, Clause, ClauseKind, Policy, Pred, Quantity, Slot, Starts, Test, Weekly, Window,
};
use scoin_policy::rule::{Rule, Unit};

use crate::cases;
use crate::make::{Case, Town, case, empty, plain};
use crate::next::{Buckets, pay_at, used};
use crate::suggest::{number, words};
use crate::twin::Twin;

/// One question: a policy, a payment, and what was spent before.
struct Asked<'a> {
    policy: &'a Policy,
    case: &'a Case,
    facts: Facts<'a>,
    issued: Option<Civil>,
    last: [Option<i64>; 1],
    spent: Buckets,
}

impl Asked<'_> {
    /// A policy that pays everything, within the same span, for `change` to add one clause to.
    fn alone(&self, change: impl FnOnce(&mut Policy)) -> Rule {
        let mut policy = Policy {
            pays: vec!["purchase".to_owned(), "transit".to_owned()],
            expires: self.policy.expires.clone(),
            week_starts: self.policy.week_starts,
            ..empty("test.alone")
        };
        change(&mut policy);
        Rule::new(policy)
    }

    /// The same, asked before any end.
    fn forever(rule: &Rule) -> Rule {
        let expires = empty("x").expires;
        Rule::new(Policy { expires, ..rule.policy().clone() })
    }

    fn pays(&self, rule: &Rule, at: Civil) -> u64 {
        pay_at(rule, &self.facts, at, self.issued, &self.last, &self.spent)
    }

    fn pays_now(&self, rule: &Rule) -> u64 {
        let used = used(rule, &self.spent, self.facts.now.date);
        let state = State { issued: self.issued, used: &used, last: &self.last, buckets: &[] };
        scoin_policy::decide::pay(rule, &self.facts, &Town, &state)
    }

    fn truth(&self, pred: &Pred, item: Option<&Item>) -> Option<bool> {
        let (facts, issued) = (&self.facts, self.issued);
        Twin { facts, world: &Town, issued, used: &[], last: &self.last }.truth(pred, item)
    }

    fn all_causes(&self) -> Vec<Cause> {
        let rule = Rule::new(self.policy.clone());
        let used = used(&rule, &self.spent, self.facts.now.date);
        let buckets: Vec<&[(Date, u64)]> = rule.caps().iter().map(|_| &self.spent[..]).collect();
        let state = State { issued: self.issued, used: &used, last: &self.last, buckets: &buckets };
        let verdict = judge(&rule, &self.facts, &Town, &state, Whose::City);
        verdict.causes.into_iter().chain(verdict.binding).collect()
    }

    /// A cause is there exactly if its clause alone does not let all pass, and it says what then passes and when more.
    fn check(
        &self,
        cause: Option<&Cause>,
        rule: &Rule,
        spots: &[i64],
    ) -> Result<(), TestCaseError> {
        let amount = self.facts.amount;
        let pass_now = self.pays_now(&Self::forever(rule));
        let Some(cause) = cause else {
            prop_assert_eq!(pass_now, amount, "no cause for {:#?}", rule.policy());
            return Ok(());
        };
        prop_assert!(pass_now < amount, "{:?} but {:#?}", cause, rule.policy());
        prop_assert_eq!(cause.pass_now, pass_now);
        if let Some(next) = cause.next {
            let then = self.pays(rule, next);
            prop_assert!(next > self.facts.now && then > pass_now, "{:?}", cause);
            let wait = next.minutes() - self.facts.now.minutes();
            let before = spots.iter().map(|spot| spot.rem_euclid(wait)).chain([wait - 1]);
            for ahead in before.filter(|ahead| *ahead > 0) {
                let sooner = self.pays(rule, self.facts.now.add_minutes(ahead));
                prop_assert!(sooner < then, "{} minutes ahead: {:?}", ahead, cause);
            }
        } else {
            // Before its end it may give some room, but not all it has.
            let fresh = State { issued: self.issued, last: &self.last, ..State::default() };
            let all = scoin_policy::decide::pay(&Self::forever(rule), &self.facts, &Town, &fresh);
            for ahead in spots {
                let later = self.pays(rule, self.facts.now.add_minutes(ahead + 1));
                prop_assert!(
                    later <= pass_now || later < all,
                    "{} minutes ahead: {:?}",
                    ahead,
                    cause
                );
            }
        }
        Ok(())
    }

    fn check_clause(
        &self,
        clause: &Clause,
        cause: Option<&Cause>,
        spots: &[i64],
    ) -> Result<(), TestCaseError> {
        let fails = |truth: Option<bool>| match clause.kind {
            ClauseKind::Forbid => truth != Some(false),
            ClauseKind::Require | ClauseKind::Covers => truth != Some(true),
        };
        if self.facts.amount == 0 {
            let stands = clause.kind == ClauseKind::Covers || fails(self.truth(&clause.pred, None));
            prop_assert_eq!(cause.is_some(), stands, "{:?}", clause);
            return Ok(());
        }
        self.check(cause, &self.alone(|policy| policy.clauses.push(clause.clone())), spots)?;
        let Some(cause) = cause else { return Ok(()) };
        let items = self.case.items.as_ref().filter(|items| !items.is_empty());
        let lines = items.filter(|_| clause.kind == ClauseKind::Covers);
        let line = lines.and_then(|lines| {
            lines.iter().find(|line| fails(self.truth(&clause.pred, Some(line))))
        });
        let truth = self.truth(&clause.pred, line);
        if let (Pred::Test(Test::InTags(fact, _) | Test::InRange(fact, ..)), None) =
            (&clause.pred, truth)
        {
            let of_items = matches!(fact, Fact::ItemCategory | Fact::ItemAmount | Fact::ItemCode)
                && items.is_none();
            let needed = if of_items { Fact::PaymentItems } else { *fact };
            prop_assert_eq!(cause.missing, Some(needed));
        }
        for fact in cause.missing.iter().filter(|fact| **fact != Fact::ItemCategory) {
            prop_assert!(
                words(self.case, *fact).is_none() || *fact == Fact::PaymentKind,
                "{:?}",
                cause
            );
        }
        if let (Pred::Test(Test::InTags(Fact::ItemCategory, _)), Some(line)) = (&clause.pred, line)
            && !line.tags.is_empty()
        {
            let found = cause.found.iter().map(|found| (found.fact, found.value.clone()));
            let tags = Value::Words(line.tags.clone());
            prop_assert_eq!(found.collect::<Vec<_>>(), [(Fact::ItemCategory, tags)]);
        }
        if let (Pred::Test(Test::InTags(fact, _) | Test::InRange(fact, ..)), Some(_)) =
            (&clause.pred, truth)
        {
            prop_assert!(!cause.found.is_empty(), "{:?}", cause);
            if let Some(told) = words(self.case, *fact) {
                prop_assert_eq!(&cause.found[0].value, &Value::Words(told));
            } else if *fact != Fact::Time
                && *fact != Fact::PaymentAmount
                && number(self.case, *fact).is_some()
            {
                prop_assert!(!matches!(cause.found[0].value, Value::Missing), "{:?}", cause);
            }
        }
        Ok(())
    }

    fn check_cap(
        &self,
        cap: &Cap,
        cause: Option<&Cause>,
        spots: &[i64],
    ) -> Result<(), TestCaseError> {
        let rule = self.alone(|policy| policy.caps.push(cap.clone()));
        let used = used(&rule, &self.spent, self.facts.now.date)[0];
        let used = if rule.caps()[0].keeps_count() { used } else { 0 };
        if self.facts.amount == 0 {
            if let (Quantity::Money(limit), None, None) = (&cap.quantity, &cap.when, &cap.on_items)
            {
                prop_assert_eq!(cause.is_some(), used >= *limit, "{:?}", cap);
            }
            return Ok(());
        }
        self.check(cause, &rule, spots)?;
        let Some(cause) = cause else { return Ok(()) };
        let children = self.case.children;
        let missing = matches!(cap.quantity, Quantity::MoneyTimes(..)) && children.is_none();
        prop_assert_eq!(cause.missing, missing.then_some(Fact::PayerChildren));
        let (unit, limit, share) = match cap.quantity {
            Quantity::Money(limit) => (Unit::Money, Some(limit), None),
            Quantity::Count(limit) => (Unit::Count, Some(limit), None),
            Quantity::MoneyTimes(won, _) => {
                let times = children.and_then(|children| u64::try_from(children).ok());
                (Unit::Money, times.map(|times| won * times), None)
            }
            Quantity::Share(percent) => (Unit::Money, None, Some(percent)),
        };
        let told = cause.limit.unwrap();
        let expected = Limit {
            unit,
            limit: limit.unwrap_or(told.limit),
            used,
            window: cap.window,
            share,
            on_items: cap.on_items.is_some(),
            by_merchant: false,
        };
        prop_assert_eq!(told, expected);
        Ok(())
    }
}

proptest! {
    #![proptest_config(cases(6_000))]

    #[test]
    fn each_cause_is_what_its_clause_says_alone(
        policy in plain(),
        case in case(),
        ago in 0..60_000_i64,
        gap_ago in 0..6_000_i64,
        spent in vec((0..70_i32, 1..9_u64), 0..5),
        spots in vec(0..576_000_i64, 8),
    ) {
        let facts = case.facts();
        let issued = Some(facts.now.add_minutes(-ago));
        let last = [Some(facts.instant_micros - gap_ago * 60_000_000 - 17)];
        let spent = spent.iter().map(|(days, won)| (facts.now.date.add_days(-days), *won)).collect();
        let asked = Asked { policy: &policy, case: &case, facts, issued, last, spent };
        let causes = asked.all_causes();
        let one = |label: &str| causes.iter().find(|cause| cause.label == label);
        for clause in &policy.clauses {
            asked.check_clause(clause, one(&clause.label), &spots)?;
        }
        let covers = policy.clauses.iter().any(|clause| clause.kind == ClauseKind::Covers);
        for cap in policy.caps.iter().filter(|cap| !(covers && cap.on_items.is_some())) {
            asked.check_cap(cap, one(&cap.label), &spots)?;
        }
        if asked.facts.amount == 0 {
            return Ok(());
        }
        for gap in &policy.gaps {
            let cause = one(&gap.label);
            asked.check(cause, &asked.alone(|policy| policy.gaps.push(gap.clone())), &spots)?;
            let Some(cause) = cause else { continue };
            prop_assert_eq!(&cause.allowed[0].what, &Accept::Wait(gap.minutes));
            let Value::Wait(wait) = cause.found[0].value else { panic!("{cause:?}") };
            let always = asked.alone(|policy| policy.gaps.push(gap.clone()));
            let mut always = Asked::forever(&always).policy().clone();
            always.gaps[0].when = None;
            let (always, wait) = (Rule::new(always), i64::from(wait));
            prop_assert_eq!(asked.pays(&always, asked.facts.now.add_minutes(wait)), asked.facts.amount);
            prop_assert_eq!(asked.pays(&always, asked.facts.now.add_minutes(wait - 1)), 0);
        }
        asked.check(one("starts"), &asked.alone(|alone| alone.starts = policy.starts), &spots)?;
        if let Some(cause) = one("starts") {
            prop_assert_eq!(&cause.found[0].value, &Value::Time(asked.facts.now));
            let Accept::From(start) = cause.allowed[0].what else { panic!("{cause:?}") };
            prop_assert!(cause.next.is_none_or(|next| next == start));
            prop_assert!(policy.starts != Starts::AtIssue);
        }
        let pays = policy.pays.iter().any(|kind| kind == case.kind.unwrap_or("purchase"));
        prop_assert_eq!(one("pays").is_none(), pays);
        if let Some(cause) = one("pays") {
            prop_assert_eq!(cause.kind, CauseKind::Pays);
            prop_assert_eq!(&cause.found[0].value, &Value::Words(vec![case.kind.unwrap_or("purchase").to_owned()]));
            prop_assert_eq!(&cause.allowed[0].what, &Accept::Words(Fact::PaymentKind, policy.pays.clone()));
        }
        let over = Rule::new(Policy { expires: policy.expires.clone(), pays: vec!["purchase".to_owned(), "transit".to_owned()], ..empty("test.over") });
        prop_assert_eq!(one("expires").is_some(), asked.pays_now(&over) == 0);
        if let Some(cause) = one("expires") {
            prop_assert_eq!(&cause.found[0].value, &Value::Time(asked.facts.now));
        }
    }
}

fn age(from: i64) -> Pred {
    Pred::Test(Test::InRange(Fact::PayerAge, Some(from), None))
}

fn shop(tag: &str) -> Pred {
    Pred::Test(Test::InTags(Fact::MerchantCategory, vec![tag.to_owned()]))
}

fn by(channel: &str) -> Pred {
    Pred::Test(Test::Is(Fact::PaymentChannel, channel.to_owned()))
}

/// What a clause would accept, one line for each way: the facts that must be otherwise, or stay.
fn ways(kind: ClauseKind, pred: Pred) -> Vec<String> {
    let clause = Clause { label: "c".to_owned(), kind, pred, because: Vec::new() };
    let rule = Rule::new(Policy { clauses: vec![clause], ..empty("test.ways") });
    let category = ["food".to_owned()];
    let facts = Facts {
        amount: 5,
        channel: Some("store"),
        payer: scoin_policy::facts::Person { age: Some(30), ..Default::default() },
        merchant: scoin_policy::facts::Shop { category: Some(&category), ..Default::default() },
        ..Facts::default()
    };
    let verdict = judge(&rule, &facts, &Town, &State::default(), Whose::City);
    let mut ways: Vec<Vec<String>> = Vec::new();
    for allowed in verdict.causes.iter().flat_map(|cause| &cause.allowed) {
        let fact = match &allowed.what {
            Accept::Words(fact, _) | Accept::Range(fact, ..) => fact.name(),
            other => panic!("{other:?}"),
        };
        let group = usize::from(allowed.group);
        ways.resize(ways.len().max(group + 1), Vec::new());
        ways[group].push(format!("{}{fact}", if allowed.except { "not " } else { "" }));
    }
    ways.iter().map(|way| way.join(" and ")).collect()
}

/// Everything that is needed together is told together, of several ways the nearest first.
#[test]
fn the_nearest_way_is_told_first() {
    use ClauseKind::{Forbid, Require};
    let and = Pred::And;
    let or = Pred::Or;
    let not = |pred| Pred::Not(Box::new(pred));
    assert_eq!(
        ways(Require, and(vec![age(65), shop("books")])),
        ["payer.age and merchant.category"]
    );
    assert_eq!(ways(Require, or(vec![age(65), shop("books")])), ["payer.age", "merchant.category"]);
    assert_eq!(
        ways(Require, or(vec![and(vec![age(65), shop("books")]), by("online")])),
        ["payment.channel", "payer.age and merchant.category"]
    );
    assert_eq!(
        ways(
            Require,
            or(vec![and(vec![age(65), shop("books")]), and(vec![age(18), by("online")])])
        ),
        ["payment.channel", "payer.age and merchant.category"]
    );
    assert_eq!(
        ways(Forbid, or(vec![age(18), shop("food")])),
        ["not payer.age and not merchant.category"]
    );
    assert_eq!(
        ways(Forbid, and(vec![age(18), shop("food")])),
        ["not payer.age", "not merchant.category"]
    );
    // What holds already is told where another value of the same fact could break it.
    assert_eq!(
        ways(Require, and(vec![or(vec![age(70), age(18)]), age(65)])),
        ["payer.age and payer.age"]
    );
    assert_eq!(
        ways(Require, and(vec![not(or(vec![not(age(18)), not(age(20))])), age(65)])),
        ["payer.age and payer.age and payer.age"]
    );
    assert_eq!(
        ways(Require, or(vec![not(or(vec![age(18), shop("food")])), not(by("store"))])),
        ["not payment.channel", "not payer.age and not merchant.category"]
    );
    // Of an `or` that holds, a part that holds.
    assert_eq!(
        ways(Require, and(vec![or(vec![by("online"), age(18)]), age(65)])),
        ["payer.age and payer.age"]
    );
    // Without lines it is not known which would stand in the way, but what they must be is.
    let fruit = Pred::Test(Test::InTags(Fact::ItemCategory, vec!["fruit".to_owned()]));
    assert_eq!(
        ways(Require, or(vec![age(65), Pred::AnyItem(Box::new(fruit))])),
        ["payer.age", "item.category"]
    );
    // What one way keeps is no matter to another, however deep the first one goes.
    assert_eq!(
        ways(
            Require,
            or(vec![
                and(vec![or(vec![age(65), age(70)]), by("online")]),
                and(vec![not(age(50)), by("online"), shop("books")])
            ])
        ),
        ["payer.age and payment.channel", "payment.channel and merchant.category"]
    );
}

/// What a clause found.
fn found(kind: ClauseKind, pred: Pred, items: Option<&[Item]>) -> Vec<(Fact, Value)> {
    let clause = Clause { label: "c".to_owned(), kind, pred, because: Vec::new() };
    let rule = Rule::new(Policy { clauses: vec![clause], ..empty("test.found") });
    let payer = scoin_policy::facts::Person { age: Some(30), ..Default::default() };
    let facts = Facts { amount: 9, items, payer, channel: Some("store"), ..Facts::default() };
    let verdict = judge(&rule, &facts, &Town, &State::default(), Whose::City);
    let found = verdict.causes.iter().flat_map(|cause| &cause.found);
    found.map(|found| (found.fact, found.value.clone())).collect()
}

/// Each fact that was looked at is told once, in order.
#[test]
fn what_was_found_is_told_once() {
    let age_of = (Fact::PayerAge, Value::Number(30));
    let channel = (Fact::PaymentChannel, Value::Words(vec!["store".to_owned()]));
    let found = |parts| found(ClauseKind::Require, Pred::And(parts), None);
    assert_eq!(found(vec![age(65), age(70)]), std::slice::from_ref(&age_of));
    assert_eq!(found(vec![age(65), by("online"), age(70)]), [age_of, channel]);
}

/// Of lines, those that stand in the way are told by their codes, and of the first what it is.
#[test]
fn lines_that_stand_in_the_way_are_told() {
    let tagged =
        |tag: &str| Box::new(Pred::Test(Test::InTags(Fact::ItemCategory, vec![tag.to_owned()])));
    let line = |code: &str, tag: &str| Item {
        code: code.to_owned(),
        amount: 3,
        tags: vec![tag.to_owned()],
    };
    let items = [line("apple", "fruit"), line("wine", "alcohol"), line("beer", "alcohol")];
    let words = |fact, words: &[&str]| {
        (fact, Value::Words(words.iter().map(|word| (*word).to_owned()).collect()))
    };
    let codes = |told: &[&str]| words(Fact::ItemCode, told);
    let category = |told: &str| words(Fact::ItemCategory, &[told]);
    let (require, forbid) = (ClauseKind::Require, ClauseKind::Forbid);
    let cases = [
        (
            require,
            Pred::EveryItem(tagged("fruit")),
            vec![codes(&["wine", "beer"]), category("alcohol")],
        ),
        (
            forbid,
            Pred::AnyItem(tagged("alcohol")),
            vec![codes(&["wine", "beer"]), category("alcohol")],
        ),
        (
            require,
            Pred::AnyItem(tagged("milk")),
            vec![codes(&["apple", "wine", "beer"]), category("fruit")],
        ),
        (require, Pred::EveryItem(tagged("alcohol")), vec![codes(&["apple"]), category("fruit")]),
    ];
    for (kind, pred, told) in cases {
        assert_eq!(found(kind, pred.clone(), Some(&items)), told, "{pred:?}");
        assert_eq!(found(kind, pred, None), [(Fact::PaymentItems, Value::Missing)]);
    }
}

/// A limit on some lines is asked about the lines that the rule pays for, or about all where it pays for none.
#[test]
fn a_limit_on_lines_that_are_not_paid_stands_in_no_way() {
    let tagged = |tag: &str| Pred::Test(Test::InTags(Fact::ItemCategory, vec![tag.to_owned()]));
    let line = |tag: &str| Item { code: tag.to_owned(), amount: 3, tags: vec![tag.to_owned()] };
    let items = [line("fruit"), line("milk")];
    let labels = |covers: &str, limited: &str| -> Vec<(String, u64)> {
        let clause = Clause {
            label: "covers".to_owned(),
            kind: ClauseKind::Covers,
            pred: tagged(covers),
            because: Vec::new(),
        };
        let cap = Cap {
            label: "limit".to_owned(),
            quantity: Quantity::Money(1),
            window: Window::Day,
            by: Vec::new(),
            when: None,
            on_items: Some(tagged(limited)),
            because: Vec::new(),
        };
        let rule =
            Rule::new(Policy { clauses: vec![clause], caps: vec![cap], ..empty("test.lines") });
        let facts = Facts { amount: 6, items: Some(&items), ..Facts::default() };
        let verdict = judge(&rule, &facts, &Town, &State::default(), Whose::City);
        let causes = verdict.causes.into_iter().chain(verdict.binding);
        causes.map(|cause| (cause.label, cause.pass_now)).collect()
    };
    let one = |label: &str, pass_now| (label.to_owned(), pass_now);
    assert_eq!(labels("fruit", "milk"), [one("covers", 3)]);
    assert_eq!(labels("fruit", "fruit"), [one("covers", 3), one("limit", 1)]);
    assert_eq!(labels("bread", "milk"), [one("covers", 0), one("limit", 4)]);
}

/// A limit that holds for some hours lets all pass when they are over, and says so.
#[test]
fn a_limit_with_hours_says_when_they_are_over() {
    let slot = Slot { day: Weekday::Fri, start: 12 * 60, end: 13 * 60 };
    let cap = Cap {
        label: "noon".to_owned(),
        quantity: Quantity::Money(1),
        window: Window::Day,
        by: Vec::new(),
        when: Some(Pred::Test(Test::InSchedule(Weekly(vec![slot])))),
        on_items: None,
        because: Vec::new(),
    };
    let rule = Rule::new(Policy { caps: vec![cap], ..empty("test.noon") });
    let friday = Date::parse("2026-04-10").unwrap();
    let at = |minute| Civil { date: friday, minute };
    let facts = Facts { now: at(12 * 60 + 30), amount: 5, ..Facts::default() };
    let verdict = judge(&rule, &facts, &Town, &State::default(), Whose::City);
    let told = verdict.binding.iter().map(|cause| (cause.pass_now, cause.next));
    assert_eq!(told.collect::<Vec<_>>(), [(1, Some(at(13 * 60)))]);
}
