//! Rule sets as data: forty with a seeded fault, which is found where the file says, and forty without.
//!
//! Comments of a file: `// expect W0402 city.example/label` for each finding, `// issue 100000 on 2026-03-01` for coins
//! about to be issued, `// today 2026-01-01`, `// calendar name 2026-03-02 ...` and `// list name a b` for contents.
//! The first policy of the file is analysed.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use scoin_policy::analyse::{Finding, Issue, Settings, Witness, analyse};
use scoin_policy::civil::{Civil, Date};
use scoin_policy::ir::{Policy, Transfer};
use scoin_policy::module::Module;
use scoin_policy::rule::Rule;

use crate::twin::Twin;

pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) source: String,
    pub(crate) policy: Policy,
    pub(crate) settings: Settings,
    pub(crate) expected: Vec<String>,
}

pub(crate) fn cases(folder: &str) -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/analysis").join(folder);
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut paths: Vec<PathBuf> = entries.collect();
    paths.sort();
    paths.iter().map(|path| case(path)).collect()
}

fn case(path: &Path) -> Case {
    let source = fs::read_to_string(path).unwrap();
    let name = path.file_stem().unwrap().to_string_lossy().into_owned();
    let (module, found) = Module::parse(&source);
    assert!(
        !found.iter().any(scoin_policy::diagnostic::Diagnostic::is_error),
        "{name}: {found:#?}"
    );
    let module = module.unwrap();
    let first = module.policies()[0].name.clone();
    let policy = module.policy(&first, &[]).unwrap();
    let mut settings = Settings::default();
    let mut expected = Vec::new();
    for comment in source.lines().filter_map(|line| line.strip_prefix("// ")) {
        let words: Vec<&str> = comment.split_whitespace().collect();
        match words.as_slice() {
            ["expect", code, place, ..] => expected.push(format!("{code} {place}")),
            ["issue", amount, "on", date] => {
                let at = Civil::start_of(Date::parse(date).unwrap());
                settings.issue = Some(Issue { at, amount: amount.parse().unwrap() });
            }
            ["today", date] => settings.today = Date::parse(date),
            ["calendar", name, dates @ ..] => {
                let dates = dates.iter().map(|date| Date::parse(date).unwrap()).collect();
                settings.contents.calendars.insert(((*name).to_owned(), None), dates);
            }
            ["list", name, members @ ..] => {
                let members = members.iter().map(|member| (*member).to_owned()).collect();
                settings.contents.lists.insert(((*name).to_owned(), None), members);
            }
            _ => {}
        }
    }
    expected.sort();
    Case { name, source, policy, settings, expected }
}

#[test]
fn every_seeded_fault_is_found_and_nothing_else() {
    let cases = cases("faulty");
    let mut wrong = String::new();
    for case in &cases {
        let found = analyse(&case.policy, &case.settings).unwrap();
        let mut places: Vec<String> =
            found.iter().map(|finding| format!("{} {}", finding.code, finding.place)).collect();
        places.sort();
        if places != case.expected || case.expected.is_empty() {
            let all: Vec<String> = found.iter().map(Finding::to_string).collect();
            writeln!(
                wrong,
                "{}: expected {}; found {}",
                case.name,
                case.expected.join("; "),
                all.join("; ")
            )
            .unwrap();
        }
        for finding in found.iter().filter(|finding| finding.witness.is_none()) {
            writeln!(wrong, "{}: no witness for {finding}", case.name).unwrap();
        }
        let module = Module::parse(&case.source).0.unwrap();
        for finding in &found {
            let shown = finding.diagnostic(&module, &case.policy.name);
            assert!(shown.span().is_some_and(|span| span.end > 0), "{}: {shown}", case.name);
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(cases.len() >= 40, "{}", cases.len());
}

#[test]
fn every_witness_shows_what_is_said_by_the_word_of_the_walker() {
    let (mut shown, mut wrong) = (0, String::new());
    for case in cases("faulty") {
        for finding in analyse(&case.policy, &case.settings).unwrap() {
            let Some(witness) = &finding.witness else { continue };
            let pays = |policy: &Policy| walk(policy, witness);
            let (paid, whole) = (pays(&case.policy), witness.amount);
            let without = || pays(&without(&case.policy, &finding.place.clause));
            let holds = match finding.code {
                "W0401" | "W0405" | "W0409" | "W0412" => paid == 0,
                // The clause would be the reason, were the others not there before it.
                "W0402" | "W0407" => paid == without(),
                "W0403" => paid == witness.pay(&Rule::new(case.policy.clone()), 0),
                "W0404" | "W0408" => paid > 0,
                "W0406" => 0 < paid && paid < whole,
                "W0410" => paid < whole,
                "W0411" => crosses(&case.policy, witness),
                "W0413" => !may_receive(&case.policy, witness),
                other => panic!("{}: {other} has no claim", case.name),
            };
            shown += 1;
            if !holds {
                writeln!(wrong, "{}: {finding}: {paid} of {whole} {witness}", case.name).unwrap();
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(shown >= 40, "{shown}");
}

fn walk(policy: &Policy, witness: &Witness) -> u64 {
    walker(witness, |twin| twin.pay(policy))
}

fn walker<T>(witness: &Witness, question: impl FnOnce(&Twin<'_>) -> T) -> T {
    let issued = witness.issued.first().copied().flatten();
    question(&Twin { facts: &witness.facts(), world: witness, issued, used: &[], last: &[] })
}

/// Some two limits share a line of the basket, and each counts one that the other does not.
fn crosses(policy: &Policy, witness: &Witness) -> bool {
    let preds: Vec<_> = policy.caps.iter().filter_map(|cap| cap.on_items.as_ref()).collect();
    let items = witness.items.as_deref().unwrap_or_default();
    walker(witness, |twin| {
        let counts = |pred, item| twin.truth(pred, Some(item)) == Some(true);
        let shows = |one, two, wanted: [bool; 2]| {
            items.iter().any(|item| [counts(one, item), counts(two, item)] == wanted)
        };
        preds.iter().enumerate().any(|(at, one)| {
            preds.iter().skip(at + 1).any(|two| {
                [[true, true], [true, false], [false, true]]
                    .into_iter()
                    .all(|wanted| shows(one, two, wanted))
            })
        })
    })
}

fn may_receive(policy: &Policy, witness: &Witness) -> bool {
    let Transfer::To(pred) = &policy.transfer else { return true };
    walker(witness, |twin| twin.truth(pred, None)) != Some(false)
}

/// The policy without the clauses of this name.
fn without(policy: &Policy, label: &str) -> Policy {
    let mut policy = policy.clone();
    policy.clauses.retain(|clause| clause.label != label);
    policy.caps.retain(|cap| cap.label != label);
    policy.also = policy.also.iter().map(|also| without(also, label)).collect();
    policy
}

#[test]
fn clean_rule_sets_have_no_finding() {
    let cases = cases("clean");
    let mut wrong = String::new();
    for case in &cases {
        for finding in analyse(&case.policy, &case.settings).unwrap() {
            writeln!(wrong, "{}: {finding}", case.name).unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(cases.len() >= 40, "{}", cases.len());
}
