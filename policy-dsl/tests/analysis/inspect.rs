//! What is known of a source before it is published: cost, manifest, warnings at their places, money that can be spent.

use std::collections::BTreeSet;

use scoin_policy::analyse::questions::overlap;
use scoin_policy::analyse::{Issue, Settings, Shown};
use scoin_policy::civil::{Civil, Date};
use scoin_policy::codes;
use scoin_policy::cost::Cost;
use scoin_policy::diagnostic::Diagnostic;
use scoin_policy::facts::Fact;
use scoin_policy::manifest::Manifest;
use scoin_policy::module::Module;

use crate::pairs::ten;
use crate::seeded::cases;

const TEN: &str = include_str!("../data/policies/ten.scoin");

fn warnings(source: &str, settings: &Settings) -> Vec<Diagnostic> {
    let module = Module::parse(source).0.unwrap();
    let inspected = module.inspect(settings);
    module.warnings(&inspected)
}

#[test]
fn the_ten_are_warned_once_where_the_dead_rule_is_embedded() {
    let found = warnings(TEN, &Settings::default());
    let [only] = found.as_slice() else { panic!("{found:#?}") };
    let text = |at: usize| {
        let span = only.labels[at].span;
        TEN.get(span.start..span.end).unwrap()
    };
    assert_eq!(
        (only.code, text(0), text(1), text(2)),
        ("W0402", "also city.no-gambling", "gambling", "places")
    );
    assert!(!only.is_error() && only.fixes.is_empty());
    let help = only.help.as_deref().unwrap();
    assert!(
        help.ends_with("for example: Fri 20 November 2026 12:00, purchase, gambling, 1,000 won"),
        "{help}"
    );
}

#[test]
fn every_code_of_the_analysis_has_a_seeded_case() {
    let listed: BTreeSet<&str> =
        codes::ALL.iter().map(|code| code.code).filter(|code| code.starts_with("W04")).collect();
    let cases = cases("faulty");
    let seeded =
        cases.iter().flat_map(|case| case.expected.iter().map(|line| line.get(..5).unwrap()));
    assert_eq!(seeded.collect::<BTreeSet<_>>(), listed);
}

#[test]
fn a_fix_leaves_the_dead_clause_out_and_changes_no_answer() {
    let mut fixed = 0;
    for case in cases("faulty") {
        for found in warnings(&case.source, &case.settings) {
            for fix in &found.fixes {
                let [edit] = fix.edits.as_slice() else { panic!("{fix:?}") };
                let mut mended = case.source.clone();
                mended.replace_range(edit.span.start..edit.span.end, &edit.text);
                let module = Module::parse(&mended).0.unwrap_or_else(|| panic!("{mended}"));
                let policy = module.policy(&case.policy.name, &[]).unwrap();
                assert_eq!(policy.clauses.len() + 1, case.policy.clauses.len(), "{mended}");
                for (one, two) in [(&policy, &case.policy), (&case.policy, &policy)] {
                    let only =
                        scoin_policy::analyse::questions::only_first(one, two, &case.settings);
                    assert_eq!(only, Shown::Impossible, "{mended}");
                }
                fixed += 1;
            }
        }
    }
    assert!(fixed >= 3, "{fixed}");
}

#[test]
fn a_clause_that_an_example_names_is_not_left_out() {
    let source = |example: &str| {
        format!(
            "policy city.test {{\n  zone Asia/Seoul\n  require adult: payer.age in 19..\n  require old: payer.age in 10..\n{example}}}\n"
        )
    };
    let plain = warnings(&source(""), &Settings::default());
    assert_eq!(
        plain.iter().map(|found| (found.code, found.fixes.len())).collect::<Vec<_>>(),
        [("W0402", 1)]
    );
    let named = "  example \"young\" { at 2026-03-03 12:00 payer.age 9 amount 1 won } expect deny adult, old\n";
    let named = warnings(&source(named), &Settings::default());
    assert_eq!(
        named.iter().map(|found| (found.code, found.fixes.len())).collect::<Vec<_>>(),
        [("W0402", 0)]
    );
}

#[test]
fn cost_and_manifest_say_what_is_read() {
    let all = ten();
    let find = |name: &str| all.iter().find(|policy| policy.name == name).unwrap();
    let cost = |name: &str| Cost::of(find(name));
    // A day is one bucket: each of two daily caps costs 2, the one per payment 1; three tests of lines on 200 lines.
    assert_eq!(cost("family.snack"), Cost { tests: 6, limits: 5, lines: 200 });
    // 1 + (1 + 1) days, 7 + 1, 10 + 1, 31 + 1.
    assert_eq!(cost("city.allowance").limits, 2 + 8 + 11 + 32);
    let healthy = Cost::of(find("city.healthy-food"));
    assert_eq!((healthy.lines, healthy.total()), (4 * 200, 4 * 200 + 4));
    assert!(all.iter().all(|policy| Cost::of(policy).total() < 1_000));

    let snack = Manifest::of(find("family.snack"));
    assert_eq!(snack.cuts.get(&Fact::PayerAge), Some(&BTreeSet::from([19])));
    assert_eq!(
        snack.lists.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(),
        ["city.snack-shops"]
    );
    assert_eq!(
        snack.calendars.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(),
        ["kr.holidays"]
    );
    assert_eq!(
        snack.counters.iter().map(|one| one.label.as_str()).collect::<Vec<_>>(),
        ["each-day", "thrice"]
    );
    assert!(
        !snack.facts.contains(&Fact::PayerDistrict) && snack.facts.contains(&Fact::ItemCategory)
    );
    let culture = Manifest::of(find("city.culture-65"));
    assert_eq!(culture.cuts.get(&Fact::PayerAge), Some(&BTreeSet::from([65])));
}

#[test]
fn coins_about_to_be_issued_are_followed_to_their_end() {
    let source = "policy city.short {\n  zone Asia/Seoul\n  cap day: 3_000 won per day\n  require weekdays: day in mon..fri\n  expires 9 days after issue\n}\n";
    let at = Civil::start_of(Date::parse("2026-03-02").unwrap());
    let settings = |amount| Settings {
        today: Some(at.date),
        issue: Some(Issue { at, amount }),
        ..Settings::default()
    };
    let module = Module::parse(source).0.unwrap();
    let inspected = module.inspect(&settings(24_001));
    let (most, last) = inspected[0].spendable.clone().unwrap();
    assert_eq!(
        (most.amount, most.exact, most.open_days, last.to_string()),
        (Some(24_000), true, 8, "2026-03-11".to_owned())
    );
    let found = module.warnings(&inspected);
    assert_eq!(found[0].code, "W0410");
    assert!(found[0].message.contains("24,001 won issued at most 24,000 won"), "{}", found[0]);
    assert!(warnings(source, &settings(24_000)).is_empty());
}

#[test]
fn a_guard_that_kills_coins_is_proved_to() {
    let all = ten();
    let find = |name: &str| all.iter().find(|policy| policy.name == name).unwrap();
    let dead = overlap(&[find("family.snack"), find("city.culture-65")], &Settings::default());
    assert!(dead.is_impossible());
    let alive = overlap(
        &[find("family.snack"), find("city.no-gambling"), find("city.allowance")],
        &Settings::default(),
    );
    let witness = alive.example().unwrap();
    let rules = ["family.snack", "city.no-gambling", "city.allowance"]
        .map(|name| scoin_policy::rule::Rule::new(find(name).clone()));
    assert!(rules.iter().enumerate().all(|(at, rule)| witness.pay(rule, at) > 0));
}
