//! The rank: exact against enumeration, and never against a subset that is known or proved.

use proptest::prelude::*;
use scoin_policy::analyse::questions::only_first;
use scoin_policy::analyse::{Settings, Shops, Shown};
use scoin_policy::civil::{Date, Weekday};
use scoin_policy::facts::{Fact, Facts, Item, Person, Shop, World};
use scoin_policy::ir::{
    Clause, ClauseKind, Ends, Policy, Pred, Slot, Starts, Test, Transfer, Weekly,
};
use scoin_policy::rank::{WIDEST, of};
use scoin_policy::rule::Rule;
use scoin_policy::truth::{Scene, Truth};

use crate::make::empty;
use crate::pairs::ten;
use crate::seeded::cases;

fn rank(policies: &[&Policy]) -> u64 {
    let rules: Vec<Rule> = policies.iter().map(|policy| Rule::new((*policy).clone())).collect();
    of(&rules)
}

/// All policies of the corpora, conditions only: what the rank is about.
fn corpus() -> Vec<Policy> {
    let files = ["clean", "faulty"].into_iter().flat_map(cases).map(|case| case.policy);
    let mut all: Vec<Policy> = ten().into_iter().chain(files).collect();
    all.iter_mut().for_each(conditions_only);
    all
}

fn conditions_only(policy: &mut Policy) {
    (policy.starts, policy.expires.end) = (Starts::AtIssue, Ends::Never);
    policy.caps.clear();
    policy.gaps.clear();
    policy.transfer = Transfer::Anyone;
    policy.also.iter_mut().for_each(conditions_only);
}

#[test]
fn a_clause_more_never_widens_and_a_clause_less_never_narrows() {
    let all = corpus();
    let mut narrower = 0;
    for (at, policy) in all.iter().enumerate() {
        let whole = rank(&[policy]);
        for clause in 0..policy.clauses.len() {
            let mut less = policy.clone();
            less.clauses.remove(clause);
            assert!(whole <= rank(&[&less]), "{} without {clause}", policy.name);
        }
        for other in all.iter().skip(at % 7).step_by(7) {
            let both = rank(&[policy, other]);
            assert!(both <= whole && both <= rank(&[other]), "{} {}", policy.name, other.name);
            assert_eq!(both, rank(&[other, policy]));
            narrower += usize::from(both < whole);
        }
    }
    assert!(narrower > 500, "{narrower}");
}

#[test]
fn no_wider_policy_is_proved_to_be_a_subset() {
    let mut all: Vec<(u64, Policy)> =
        corpus().into_iter().map(|policy| (rank(&[&policy]), policy)).collect();
    all.sort_by_key(|(rank, _)| *rank);
    let settings = Settings { shops: Shops::OneCategory, ..Settings::default() };
    let (mut asked, mut subsets) = (0, 0);
    for (at, (narrow, first)) in all.iter().enumerate() {
        for (wide, second) in all.iter().skip(at + 1 + at % 5).step_by(5) {
            if first.zone != second.zone {
                continue;
            }
            if narrow < wide {
                asked += 1;
                let shown = only_first(second, first, &settings);
                assert!(!matches!(shown, Shown::Impossible), "{} {}", second.name, first.name);
            }
            subsets += usize::from(only_first(first, second, &settings) == Shown::Impossible);
        }
    }
    // Both directions must have been put to the test.
    assert!(asked > 400 && subsets > 20, "{asked} {subsets}");
}

#[test]
fn a_branch_less_never_widens() {
    let mut branches = 0;
    for policy in corpus() {
        for (at, clause) in policy.clauses.iter().enumerate() {
            let (Pred::Or(parts) | Pred::And(parts)) = &clause.pred else { continue };
            let wider = matches!(clause.pred, Pred::And(_)) != (clause.kind == ClauseKind::Forbid);
            for part in parts {
                let mut other = policy.clone();
                other.clauses[at].pred = part.clone();
                let (whole, part) = (rank(&[&policy]), rank(&[&other]));
                assert!(if wider { whole <= part } else { part <= whole }, "{}", policy.name);
                branches += 1;
            }
        }
    }
    assert!(branches > 20, "{branches}");
}

/// The leaves of schema v1: 28 with a name, one more for each branch and for the root.
const LEAVES: [&str; 34] = [
    "alcohol",
    "books",
    "culture",
    "drink",
    "education",
    "food.bakery",
    "food.cafe",
    "food.convenience",
    "food.fruit",
    "food.grocer",
    "food.milk",
    "food.restaurant",
    "food.snack-bar",
    "food.vegetable",
    "food.more",
    "gambling",
    "health",
    "home",
    "leisure.adult",
    "leisure.more",
    "online",
    "retail.clothes",
    "retail.department",
    "retail.duty-free",
    "retail.hypermarket",
    "retail.more",
    "sport.pool",
    "sport.more",
    "tobacco",
    "transit.bike",
    "transit.bus",
    "transit.metro",
    "transit.more",
    "more",
];

const KINDS: [&str; 5] = ["purchase", "transit", "bill", "transfer", "cash-out"];

struct Nowhere;

impl World for Nowhere {
    fn listed(&self, _: &str, _: &str) -> Option<bool> {
        None
    }
    fn on_calendar(&self, _: &str, _: Date) -> Option<bool> {
        None
    }
}

fn tags(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

/// How many of the payments of the small town pass, and how many there are: kinds, ages, two groups, no basket or one
/// line. A payment without a basket stands for as many as there are kinds of lines.
fn count(clauses: &[(ClauseKind, Pred)]) -> (u64, u64) {
    let groups = [tags(&[]), tags(&["a"]), tags(&["b"]), tags(&["a", "b"])];
    let lines: Vec<Vec<Item>> = LEAVES
        .iter()
        .map(|tag| vec![Item { code: "x".to_owned(), amount: 1, tags: tags(&[tag]) }])
        .collect();
    let (mut passed, mut total) = (0, 0);
    for kind in KINDS {
        for age in 0..120 {
            for groups in &groups {
                for items in core::iter::once(None).chain(lines.iter().map(Some)) {
                    let facts = Facts {
                        kind: Some(kind),
                        items: items.map(Vec::as_slice),
                        payer: Person { age: Some(age), ..Person::default() },
                        merchant: Shop { groups: Some(groups), ..Shop::default() },
                        ..Facts::default()
                    };
                    let scene = Scene::new(&facts, &Nowhere);
                    let item = items.and_then(|items| items.first());
                    let weight = if items.is_none() { 34 } else { 1 };
                    let holds = |(of, pred): &(ClauseKind, Pred)| match of {
                        ClauseKind::Require => scene.holds(pred, None) == Truth::True,
                        ClauseKind::Forbid => scene.holds(pred, None) == Truth::False,
                        ClauseKind::Covers => scene.holds(pred, item) == Truth::True,
                    };
                    total += weight;
                    passed += if clauses.iter().all(holds) { weight } else { 0 };
                }
            }
        }
    }
    (passed, total)
}

fn policy_of(clauses: &[(ClauseKind, Pred)]) -> Policy {
    let clauses = clauses.iter().enumerate().map(|(at, (kind, pred))| Clause {
        label: format!("c{at}"),
        kind: *kind,
        pred: pred.clone(),
        because: Vec::new(),
    });
    Policy { pays: tags(&KINDS), clauses: clauses.collect(), ..empty("x") }
}

#[track_caller]
#[expect(
    clippy::float_arithmetic,
    clippy::as_conversions,
    clippy::cast_precision_loss,
    reason = "a logarithm"
)]
fn check_share(policy: &Policy, (passed, total): (u64, u64)) {
    let found = rank(&[policy]);
    if passed == 0 {
        assert_eq!(found, 0);
        return;
    }
    let exact = (passed as f64 / total as f64).log2() * 256.0 + WIDEST as f64;
    let off = exact - found as f64;
    assert!((-1e-6..1.0 + 1e-6).contains(&off), "{found} for {exact}: {passed} of {total}");
}

/// A condition about a payment, or (inside) about a line.
fn pred(line: bool) -> BoxedStrategy<Pred> {
    let test = |test| Just(Pred::Test(test)).boxed();
    let mut tests = vec![
        test(Test::Is(Fact::PaymentKind, "bill".to_owned())),
        test(Test::InTags(Fact::PaymentKind, tags(&["bill", "transit"]))),
        (0..120_i64, 0..120_i64)
            .prop_map(|(low, high)| {
                Pred::Test(Test::InRange(Fact::PayerAge, Some(low), Some(high)))
            })
            .boxed(),
        test(Test::InTags(Fact::MerchantGroups, tags(&["a"]))),
        test(Test::InTags(Fact::MerchantGroups, tags(&["a", "b"]))),
        Just(Pred::Known(Fact::PaymentItems)).boxed(),
    ];
    if line {
        // Tags that are not in the tree are only a part of their spare leaf.
        let named = LEAVES.into_iter().filter(|leaf| !leaf.ends_with("more")).collect::<Vec<_>>();
        let leaves = prop::sample::subsequence(named, 1..5);
        tests.push(
            leaves.prop_map(|l| Pred::Test(Test::InTags(Fact::ItemCategory, tags(&l)))).boxed(),
        );
        tests.push(test(Test::InTags(Fact::ItemCategory, tags(&["food", "transit.bus"]))));
    }
    let leaf = prop::strategy::Union::new(tests);
    leaf.prop_recursive(3, 8, 3, |inner| {
        let some = prop::collection::vec(inner.clone(), 2..4);
        prop_oneof![
            some.clone().prop_map(Pred::And),
            some.prop_map(Pred::Or),
            inner.prop_map(|pred| Pred::Not(Box::new(pred))),
        ]
    })
    .boxed()
}

fn clause() -> impl Strategy<Value = (ClauseKind, Pred)> {
    let kind = prop::sample::select(vec![ClauseKind::Require, ClauseKind::Forbid]);
    let items = || {
        prop_oneof![
            pred(true).prop_map(|inner| Pred::AnyItem(Box::new(inner))),
            pred(true).prop_map(|inner| Pred::EveryItem(Box::new(inner))),
        ]
    };
    prop_oneof![
        3 => (kind.clone(), pred(false)),
        2 => (kind, items()),
        1 => (Just(ClauseKind::Covers), pred(true)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn the_share_is_that_of_all_payments_of_the_town(clauses in prop::collection::vec(clause(), 1..4)) {
        check_share(&policy_of(&clauses), count(&clauses));
    }
}

#[test]
fn minutes_of_the_week_are_counted_once() {
    let slot = |day, start, end| Slot { day, start, end };
    let weekly = Weekly(vec![
        slot(Weekday::Mon, 600, 660),
        slot(Weekday::Mon, 630, 720),
        slot(Weekday::Sun, 1380, 60),
    ]);
    let open = (ClauseKind::Require, Pred::Test(Test::InSchedule(weekly)));
    let monday = (ClauseKind::Forbid, Pred::Test(Test::OnWeekday(vec![Weekday::Mon])));
    check_share(&policy_of(core::slice::from_ref(&open)), (240, 10_080));
    check_share(&policy_of(&[open, monday]), (60, 10_080));
    let day = |text: &str| Date::parse(text).unwrap();
    let year = Pred::Test(Test::InDates(Some(day("2026-01-01")), Some(day("2026-12-31"))));
    check_share(&policy_of(&[(ClauseKind::Require, year)]), (365, 146_097));
}

#[test]
fn words_and_pairs_of_words_are_drawn_evenly() {
    let is = |fact, word: &str| (ClauseKind::Require, Pred::Test(Test::Is(fact, word.to_owned())));
    let same =
        (ClauseKind::Require, Pred::Test(Test::Same(Fact::PayerDistrict, Fact::MerchantDistrict)));
    let mapo = is(Fact::PayerDistrict, "gu.mapo");
    let jongno = is(Fact::MerchantDistrict, "gu.jongno");
    check_share(&policy_of(core::slice::from_ref(&same)), (1, 25));
    check_share(&policy_of(&[same.clone(), mapo.clone()]), (1, 625));
    check_share(&policy_of(&[same, mapo, jongno]), (0, 1));
    let shops = Test::InTags(Fact::MerchantId, tags(&["s1", "s2", "s3"]));
    check_share(&policy_of(&[(ClauseKind::Require, Pred::Test(shops))]), (3, 1024));
    let museum = Test::InTags(Fact::MerchantCategory, tags(&["culture.museum", "books"]));
    check_share(&policy_of(&[(ClauseKind::Require, Pred::Test(museum))]), (9, 34 * 8));
}

#[test]
fn a_stack_too_large_to_count_has_the_rank_of_its_narrowest_clause() {
    // Equal groups of payer and shop, thirty times: more nodes than are allowed in any order of asking.
    let has = |fact, at: u32| Pred::Test(Test::InTags(fact, vec![format!("g{at}")]));
    let pair = |at| Pred::And(vec![has(Fact::PayerGroups, at), has(Fact::MerchantGroups, at)]);
    let large = (ClauseKind::Require, Pred::Or((0..30).map(pair).collect()));
    let narrow = (ClauseKind::Require, Pred::Test(Test::Equals(Fact::PayerAge, 30)));
    check_share(&policy_of(core::slice::from_ref(&narrow)), (1, 120));
    check_share(&policy_of(&[large.clone(), narrow]), (1, 120));
    assert_eq!(rank(&[&policy_of(&[large])]), WIDEST);
}
