//! Diagrams against the evaluator: the same answer on random policies and payments, proofs that random payments do not
//! break, witnesses that the evaluator confirms, and enumeration of small domains.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};
use scoin_policy::analyse::questions::satisfiable;
use scoin_policy::analyse::{Contents, Settings, Shops, Shown, Study, Why, Witness};
use scoin_policy::civil::{Civil, Date, Weekday};
use scoin_policy::decide::{State, pay};
use scoin_policy::facts::{Fact, Facts, Id, Person, Shop, World};
use scoin_policy::ir::{Clause, ClauseKind, Ends, Policy, Pred, Starts, Test};
use scoin_policy::rule::Rule;

use crate::make::{self, Case, Town};

/// Spans counted from issue are no conditions; the diagrams look at dates only.
fn without_spans(mut policy: Policy) -> Policy {
    for part in std::iter::once(&mut policy.starts)
        .chain(policy.also.iter_mut().map(|also| &mut also.starts))
    {
        if matches!(part, Starts::After(_)) {
            *part = Starts::AtIssue;
        }
    }
    let ends = policy.also.iter_mut().map(|also| &mut also.expires.end);
    for part in std::iter::once(&mut policy.expires.end).chain(ends) {
        if matches!(part, Ends::After(_)) {
            *part = Ends::Never;
        }
    }
    policy
}

fn runner(cases: u32) -> TestRunner {
    TestRunner::new(Config { failure_persistence: None, ..Config::with_cases(cases) })
}

fn pays(rule: &Rule, case: &Case, world: &dyn World) -> bool {
    pay(rule, &case.facts(), world, &State::default()) > 0
}

#[test]
fn a_diagram_says_what_the_evaluator_says() {
    let mut runner = runner(1);
    let (mut asked, mut allowed) = (0_u32, 0_u32);
    for _ in 0..600 {
        let policy = without_spans(make::policy().new_tree(&mut runner).unwrap().current());
        let rule = Rule::new(policy.clone());
        let Ok(study) = Study::new(&[&policy], &Settings::default()) else { continue };
        for _ in 0..50 {
            let case = make::case().new_tree(&mut runner).unwrap().current();
            let Some(found) = study.lookup(0, &case.facts(), &Town) else { continue };
            let expected = pays(&rule, &case, &Town);
            assert_eq!(found, expected, "{policy:#?}\n{case:#?}");
            asked += 1;
            allowed += u32::from(found);
        }
    }
    assert!(asked >= 20_000, "{asked}");
    assert!(allowed * 20 >= asked, "{allowed} of {asked} pass");
}

#[test]
fn proofs_stand_and_witnesses_replay() {
    let mut runner = runner(1);
    let (mut proofs, mut witnesses, mut open) = (0_u32, 0_u32, 0_u32);
    for _ in 0..250 {
        let mut next = || without_spans(make::policy().new_tree(&mut runner).unwrap().current());
        let (one, mut two) = (next(), next());
        if two.clauses.len() > 1 {
            // Often a part of the other, so that there is something to prove.
            two = Policy { clauses: one.clauses.iter().take(1).cloned().collect(), ..one.clone() };
        }
        let rules = [Rule::new(one.clone()), Rule::new(two.clone())];
        let Ok(mut study) = Study::new(&[&one, &two], &Settings::default()) else { continue };
        let (overlap, only) = (study.passes(&[0, 1]), study.passes_only(0, 1));
        for (shown, second) in [(&overlap, true), (&only, false)] {
            match shown {
                Shown::Example(witness) => {
                    witnesses += 1;
                    let pays = |at: usize| witness.pay(&rules[at], at) > 0;
                    assert!(pays(0) && pays(1) == second, "{witness}");
                }
                Shown::Impossible => {
                    proofs += 1;
                    for _ in 0..100 {
                        let case = make::case().new_tree(&mut runner).unwrap().current();
                        let both = pays(&rules[0], &case, &Town)
                            && pays(&rules[1], &case, &Town) == second;
                        assert!(!both, "{one:#?}\n{two:#?}\n{case:#?}");
                    }
                }
                Shown::NotProved(_) => open += 1,
            }
        }
    }
    assert!(
        proofs >= 100 && witnesses >= 100 && open * 20 < proofs + witnesses,
        "{proofs} {witnesses} {open}"
    );
}

/// A world in which everything the small domain can say is enumerated.
struct Small {
    good: bool,
}

impl World for Small {
    fn listed(&self, list: &str, member: &str) -> Option<bool> {
        (list == "good").then_some(self.good && member == "shop-1")
    }

    fn on_calendar(&self, _calendar: &str, _date: Date) -> Option<bool> {
        None
    }
}

fn small_test() -> impl Strategy<Value = Test> {
    let tags = prop::sample::select(vec![
        vec!["food"],
        vec!["food.cafe"],
        vec!["books"],
        vec!["books", "food.cafe"],
    ]);
    prop_oneof![
        (0..4_i64, 0..4_i64).prop_map(|(low, width)| Test::InRange(
            Fact::PayerAge,
            Some(low),
            Some(low + width)
        )),
        tags.prop_map(|tags| Test::InTags(
            Fact::MerchantCategory,
            tags.into_iter().map(str::to_owned).collect()
        )),
        Just(Test::InList(Fact::MerchantId, "good".to_owned(), None)),
        Just(Test::Same(Fact::PayerDistrict, Fact::MerchantDistrict)),
        Just(Test::Is(Fact::PayerDistrict, "gu.mapo".to_owned())),
        prop::sample::select(vec![Weekday::Mon, Weekday::Sun])
            .prop_map(|day| Test::OnWeekday(vec![day])),
    ]
}

fn small_pred() -> impl Strategy<Value = Pred> {
    let leaf = small_test().prop_map(Pred::Test).boxed();
    let leaf = prop_oneof![leaf.clone(), leaf.prop_map(|test| Pred::Not(Box::new(test)))];
    leaf.prop_recursive(3, 10, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(Pred::And),
            prop::collection::vec(inner, 2..4).prop_map(Pred::Or),
        ]
    })
}

/// Is there a payment in the whole small domain that passes? The domain has a member in every cell of these tests.
fn enumerate(rule: &Rule) -> bool {
    let categories: [Option<Vec<String>>; 5] = [
        None,
        Some(vec!["food".to_owned()]),
        Some(vec!["food.cafe".to_owned()]),
        Some(vec!["books".to_owned()]),
        Some(vec!["x".to_owned()]),
    ];
    let districts = [None, Some("gu.mapo"), Some("a"), Some("b")];
    for age in
        [None, Some(-1), Some(0), Some(1), Some(2), Some(3), Some(4), Some(5), Some(6), Some(7)]
    {
        for category in &categories {
            for payer in districts {
                for merchant in districts {
                    for (id, good, day) in itertools() {
                        let facts = Facts {
                            now: Civil::start_of(Date(day)),
                            amount: 10,
                            payer: Person { age, district: payer, ..Person::default() },
                            merchant: Shop {
                                id: id.map(Id::from),
                                category: category.as_deref(),
                                district: merchant,
                                ..Shop::default()
                            },
                            ..Facts::default()
                        };
                        if pay(rule, &facts, &Small { good }, &State::default()) > 0 {
                            return true;
                        }
                    }
                }
            }
        }
    }
    false
}

fn itertools() -> impl Iterator<Item = (Option<&'static str>, bool, i32)> {
    let ids = [None, Some("shop-1"), Some("shop-2")];
    let more = move |id| {
        [true, false].into_iter().flat_map(move |good| (3..6).map(move |day| (id, good, day)))
    };
    ids.into_iter().flat_map(more)
}

#[test]
fn satisfiable_is_what_enumeration_finds() {
    let mut runner = runner(1);
    let settings = Settings { shops: Shops::OneCategory, ..Settings::default() };
    let (mut empty, mut full) = (0, 0);
    for _ in 0..300 {
        let preds = prop::collection::vec((any::<bool>(), small_pred()), 2..6);
        let preds = preds.new_tree(&mut runner).unwrap().current();
        let clause = |(at, (require, pred)): (usize, (bool, Pred))| Clause {
            label: format!("c{at}"),
            kind: if require { ClauseKind::Require } else { ClauseKind::Forbid },
            pred,
            because: Vec::new(),
        };
        let clauses = preds.into_iter().enumerate().map(clause).collect();
        let policy = Policy { clauses, ..make::empty("test.small") };
        let found = enumerate(&Rule::new(policy.clone()));
        match satisfiable(&policy, &settings) {
            Shown::Example(_) => full += 1,
            Shown::Impossible => {
                empty += 1;
                assert!(!found, "{policy:#?}");
                continue;
            }
            Shown::NotProved(why) => panic!("{why:?} {policy:#?}"),
        }
        assert!(found, "{policy:#?}");
    }
    assert!(empty > 30 && full > 30, "{empty} {full}");
}

#[test]
fn known_contents_tie_weekdays_and_holidays_together() {
    let on = |calendar: &str| Pred::Test(Test::OnCalendar(calendar.to_owned(), None));
    let require = |label: &str, pred: Pred| Clause {
        label: label.to_owned(),
        kind: ClauseKind::Require,
        pred,
        because: Vec::new(),
    };
    let sunday = Pred::Test(Test::OnWeekday(vec![Weekday::Sun]));
    let policy = Policy {
        clauses: vec![require("a", on("holidays")), require("b", sunday)],
        ..make::empty("test.sundays")
    };
    assert!(satisfiable(&policy, &Settings::default()).example().is_some());
    let monday = Date::parse("2026-03-02").unwrap();
    let mut contents = Contents::default();
    contents.calendars.insert(("holidays".to_owned(), None), [monday].into());
    let known = Settings { contents, ..Settings::default() };
    assert_eq!(satisfiable(&policy, &known), Shown::Impossible);
    let mut both = known;
    both.contents
        .calendars
        .insert(("holidays".to_owned(), None), [monday, monday.add_days(6)].into());
    let shown = satisfiable(&policy, &both);
    assert_eq!(shown.example().map(|witness| witness.now.date), Some(monday.add_days(6)));
}

#[test]
fn too_large_is_said() {
    let same = |at: usize| {
        let tag = |side: &str| Test::InTags(Fact::PayerGroups, vec![format!("{side}{at:02}")]);
        Pred::And(vec![Pred::Test(tag("a")), Pred::Test(tag("z"))])
    };
    let clause = Clause {
        label: "knot".to_owned(),
        kind: ClauseKind::Require,
        pred: Pred::Or((0..40).map(same).collect()),
        because: Vec::new(),
    };
    let policy = Policy { clauses: vec![clause], ..make::empty("test.knot") };
    assert_eq!(satisfiable(&policy, &Settings::default()), Shown::NotProved(Why::TooLarge));
    let _ = Witness::default();
}
