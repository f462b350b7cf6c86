//! What is known about the ten policies of the city.

use scoin_policy::analyse::questions::{only_first, overlap, satisfiable};
use scoin_policy::analyse::{Settings, Shops, Shown, Study, analyse};
use scoin_policy::ir::Policy;
use scoin_policy::module::Module;

const TEN: &str = include_str!("../data/policies/ten.scoin");

pub(crate) fn ten() -> Vec<Policy> {
    let module = Module::parse(TEN).0.unwrap();
    let policy = |name: String| {
        let given: &[(&str, &str)] = match name.as_str() {
            "city.relief" => &[("district", "gu.mapo"), ("until", "2026-12-31")],
            _ => &[],
        };
        let given: Vec<(String, String)> =
            given.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        module.policy(&name, &given).unwrap()
    };
    module.policies().into_iter().map(|head| policy(head.name)).collect()
}

fn find<'a>(all: &'a [Policy], name: &str) -> &'a Policy {
    all.iter().find(|policy| policy.name == name).unwrap()
}

fn settings(shops: Shops) -> Settings {
    Settings { shops, ..Settings::default() }
}

#[test]
fn every_policy_of_the_ten_can_pay() {
    for policy in ten() {
        for shops in [Shops::AnyCategories, Shops::OneCategory] {
            let shown = satisfiable(&policy, &settings(shops));
            assert!(shown.example().is_some(), "{}: {shown:?}", policy.name);
        }
    }
}

#[test]
fn transit_and_bonus_coins_are_subsets_of_the_tax_coin() {
    let all = ten();
    let tax = find(&all, "city.tax-coin");
    for name in ["city.transit", "city.bonus-coin"] {
        assert_eq!(
            only_first(find(&all, name), tax, &Settings::default()),
            Shown::Impossible,
            "{name}"
        );
        assert!(only_first(tax, find(&all, name), &Settings::default()).example().is_some());
    }
}

#[test]
fn snack_and_culture_coins_never_meet() {
    let all = ten();
    let (snack, culture) = (find(&all, "family.snack"), find(&all, "city.culture-65"));
    assert_eq!(overlap(&[snack, culture], &Settings::default()), Shown::Impossible);
    let relief = find(&all, "city.relief");
    let books = only_first(relief, snack, &Settings::default());
    assert!(books.example().is_some(), "{books:?}");
}

#[test]
fn all_pairs_of_the_ten_are_decided_in_one_study() {
    let all = ten();
    let policies: Vec<&Policy> = all.iter().collect();
    let mut study = Study::new(&policies, &Settings::default()).unwrap();
    let mut subsets = Vec::new();
    for first in 0..all.len() {
        for second in 0..all.len() {
            match study.passes_only(first, second) {
                Shown::Impossible if first != second => {
                    subsets.push((all[first].name.clone(), all[second].name.clone()));
                }
                Shown::NotProved(why) => panic!("{first} {second} {why:?}"),
                Shown::Impossible | Shown::Example(_) => {}
            }
        }
    }
    let text: Vec<String> = subsets.iter().map(|(one, two)| format!("{one} <= {two}")).collect();
    assert_eq!(
        text,
        [
            "family.snack <= city.allowance",
            "city.relief <= city.no-gambling",
            "city.transit <= city.tax-coin",
            "city.bonus-coin <= city.tax-coin",
            "family.exam-gift <= city.no-gambling",
        ],
        "{}",
        study.nodes()
    );
}

#[test]
fn the_only_thing_to_say_about_the_ten_is_the_gambling_clause() {
    let found: Vec<String> = ten()
        .iter()
        .flat_map(|policy| analyse(policy, &Settings::default()).unwrap())
        .map(|finding| finding.to_string())
        .collect();
    assert_eq!(
        found,
        [
            "W0402 city.no-gambling/gambling: `gambling` changes nothing: all it refuses is refused by `places`, if \
          shops have one category"
        ]
    );
}
