//! The ten policies of the city, word for word: they compile, keep their ids and their examples hold.

#![expect(clippy::expect_used, reason = "a test may stop")]

use scoin_policy::civil::Date;
use scoin_policy::diagnostic::Diagnostic;
use scoin_policy::facts::World;
use scoin_policy::ir::{Policy, Program};
use scoin_policy::module::Module;

const TEN: &str = include_str!("data/policies/ten.scoin");

fn ten() -> Module {
    let (module, found) = Module::parse(TEN);
    assert_eq!(found, Vec::new());
    module.expect("a source without errors gives a module")
}

fn arguments(name: &str) -> Vec<(String, String)> {
    let given: &[(&str, &str)] = match name {
        "city.relief" => &[("$district", "gu.mapo"), ("until", "2026-12-31")],
        _ => &[],
    };
    given.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn every_policy_compiles_and_survives_both_encodings() {
    let module = ten();
    assert_eq!(module.policies().len(), 10);
    for head in module.policies() {
        let policy = module.policy(&head.name, &arguments(&head.name)).unwrap();
        assert_eq!(
            Policy::from_bytes(&policy.to_bytes_with_texts()).unwrap(),
            policy,
            "{}",
            head.name
        );
        let bare = Policy::from_bytes(&policy.to_bytes()).unwrap();
        assert_eq!(bare.id(), policy.id());
        assert_eq!(bare.to_bytes(), policy.to_bytes());
        assert!(bare.title.is_empty() && !policy.title.is_empty());
    }
}

#[test]
fn every_program_compiles_and_survives_both_encodings() {
    let module = ten();
    assert_eq!(module.programs().len(), 3);
    for head in module.programs() {
        let program = module.program(&head.name).unwrap();
        assert_eq!(Program::from_bytes(&program.to_bytes_with_texts()).unwrap(), program);
        assert_eq!(Program::from_bytes(&program.to_bytes()).unwrap().id(), program.id());
    }
}

/// The public holidays that the examples meet: 2 March 2026 stands in for 1 March, a Sunday.
struct Holidays;

impl World for Holidays {
    fn listed(&self, _list: &str, _member: &str) -> Option<bool> {
        None
    }

    fn on_calendar(&self, calendar: &str, date: Date) -> Option<bool> {
        if calendar == "kr.holidays" { Some(Date::parse("2026-03-02") == Some(date)) } else { None }
    }
}

#[test]
fn all_examples_hold() {
    let results = ten().examples(&Holidays);
    let failed: Vec<_> = results.iter().filter_map(|result| result.failure.as_ref()).collect();
    assert_eq!(failed, Vec::<&Diagnostic>::new());
    assert_eq!(results.len(), 37);
}

#[test]
fn a_wrong_example_is_found() {
    let wrong = TEN.replacen("expect allow 3_000 won", "expect allow 2_999 won", 1);
    let (module, _) = Module::parse(&wrong);
    let results = module.unwrap().examples(&Holidays);
    let failed: Vec<_> = results.iter().filter(|result| result.failure.is_some()).collect();
    assert_eq!(failed.len(), 1);
    assert_eq!(
        (failed[0].expected.as_str(), failed[0].found.as_str()),
        ("allow 2_999 won", "allow 3_000 won")
    );
}

#[test]
fn narrower_money_pays_first() {
    let module = ten();
    let rank = |name: &str| {
        let policy = module.policy(name, &arguments(name)).unwrap();
        scoin_policy::rule::Rule::new(policy).rank()
    };
    let order = [
        "city.relief",
        "family.snack",
        "city.culture-65",
        "family.exam-gift",
        "city.transit",
        "city.healthy-food",
        "city.bonus-coin",
        "city.allowance",
        "city.tax-coin",
    ];
    let ranks: Vec<u64> = order.into_iter().map(rank).collect();
    assert!(ranks.is_sorted(), "{ranks:?}");
    // Exam gifts and transit coins both work for one kind of payment and 3 of 34 leaf categories: their end decides.
    let equal: Vec<usize> = (1..9).filter(|at| ranks[at - 1] == ranks[*at]).collect();
    assert_eq!(equal, [4], "{ranks:?}");
}
