//! One mistake, one message: every file in `data/diagnostics` says in its first line which codes it must give.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use scoin_policy::codes;
use scoin_policy::diagnostic::{Diagnostic, Span};
use scoin_policy::module::Module;

fn cases() -> Vec<(String, String)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/diagnostics");
    let mut cases: Vec<(String, String)> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            Some((name, fs::read_to_string(entry.path()).ok()?))
        })
        .collect();
    cases.sort();
    cases
}

fn expected(source: &str) -> Vec<&str> {
    let line = source.lines().next().unwrap_or_default();
    let codes = line.trim_start_matches("// expect:").split_whitespace();
    codes.filter(|code| *code != "nothing").collect()
}

#[test]
fn every_case_gives_exactly_its_codes() {
    let mut wrong = Vec::new();
    for (name, source) in cases() {
        let (module, found) = Module::parse(&source);
        let codes: Vec<&str> = found.iter().map(|found| found.code).collect();
        if codes != expected(&source) || module.is_some() == found.iter().any(Diagnostic::is_error)
        {
            let found: Vec<String> = found.iter().map(ToString::to_string).collect();
            wrong.push(format!("{name}: {found:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_code_has_a_case() {
    // Codes of arguments from outside and of running examples have no source of their own; see `module.rs`.
    let elsewhere = ["E0001", "E0303", "E0501"];
    let sources = cases();
    let seen: BTreeSet<&str> = sources.iter().flat_map(|(_, source)| expected(source)).collect();
    // What the analysis finds has its cases in `data/analysis`; see `analysis/seeded.rs`.
    for code in codes::ALL.iter().filter(|code| !code.code.starts_with("W04")) {
        assert_ne!(seen.contains(code.code), elsewhere.contains(&code.code), "{}", code.code);
    }
    assert!(seen.iter().all(|code| codes::ALL.iter().any(|known| known.code == *code)));
}

#[test]
fn every_error_points_somewhere_and_says_what_to_do() {
    for (name, source) in cases() {
        for found in Module::parse(&source).1 {
            assert!(!found.labels.is_empty(), "{name}: {found}");
            for label in &found.labels {
                assert!(source.get(label.span.start..label.span.end).is_some(), "{name}: {found}");
            }
            assert!(!found.message.ends_with('.'), "{name}: {found}");
            assert!(found.help.is_some() || found.code == "E0010", "{name}: {found}");
        }
    }
}

#[test]
fn every_fix_removes_its_mistake() {
    let mut fixes = 0;
    for (name, source) in cases() {
        let before = Module::parse(&source).1;
        for found in &before {
            for fix in &found.fixes {
                fixes += 1;
                let mended = fix.apply(&source);
                let left = Module::parse(&mended).1;
                let count =
                    |all: &[Diagnostic]| all.iter().filter(|one| one.code == found.code).count();
                assert!(count(&left) < count(&before), "{name}: {}\n{mended}", fix.title);
            }
        }
    }
    assert!(fixes > 40, "only {fixes} fixes were tried");
}

#[test]
fn a_source_that_is_too_long_is_not_read() {
    let (module, found) = Module::parse(&" ".repeat(64 * 1024 + 1));
    assert!(module.is_none());
    assert_eq!(found.iter().map(|found| found.code).collect::<Vec<_>>(), ["E0001"]);
    assert_eq!(found[0].span(), Some(Span::default()));
    assert!(Module::parse(&" ".repeat(64 * 1024)).0.is_some());
}
