//! The formatter: one style; nothing but blanks is moved, so comments stay and ids never change.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may stop"
)]

use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use scoin_policy::module::Module;
use scoin_policy::syntax::fmt::{COLUMNS_MAX, format};
use scoin_policy::syntax::lex::{TokenKind, lex};
use scoin_policy::syntax::parse::parse;

const TEN: &str = include_str!("data/policies/ten.scoin");
const EVERY: &str = include_str!("data/diagnostics/clean-every-clause.scoin");

/// Every rule file of the repository's data and tests that has no syntax error.
fn sources() -> Vec<(String, String)> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut open: Vec<PathBuf> = vec![here.join("tests/data"), here.join("../data/rules")];
    let mut sources = Vec::new();
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|ending| ending == "scoin") {
                let source = fs::read_to_string(&path).unwrap();
                if parse(&source).errors.is_empty() {
                    sources.push((path.display().to_string(), source));
                }
            }
        }
    }
    sources
}

/// Everything but blanks, in order; what stands at the end of a comment is a blank too.
fn solid(source: &str) -> Vec<(TokenKind, String)> {
    let (tokens, _) = lex(source);
    let solid = tokens.iter().filter(|token| token.kind != TokenKind::Blank);
    let text = |from: usize, to: usize| source.get(from..to).unwrap().trim_end().to_owned();
    solid.map(|token| (token.kind, text(token.span.start, token.span.end))).collect()
}

/// What must hold of any source without syntax errors.
fn check(name: &str, source: &str) -> String {
    let once = format(source).unwrap_or_else(|found| panic!("{name}: {found:#?}"));
    assert_eq!(solid(&once), solid(source), "{name}: a token or comment changed");
    assert_eq!(parse(&once).errors, [], "{name}: {once}");
    assert_eq!(format(&once).unwrap(), once, "{name}: formatting again changes it");
    for line in once.lines() {
        assert_eq!(line, line.trim_end(), "{name}: blanks at the end of a line");
    }
    assert!(!once.contains("\n\n\n"), "{name}: two empty lines");
    assert!(once.is_empty() || once.ends_with('\n') && !once.ends_with("\n\n"), "{name}");
    once
}

#[test]
fn the_style_in_examples() {
    let cases = [
        ("", ""),
        ("\u{feff}\r\n  // a\r\n", "// a\n"),
        ("list   a.b:merchants@sha256:ab", "list a.b: merchants @sha256:ab\n"),
        ("let a=not(payer.age<3 or b)", "let a = not (payer.age < 3 or b)\n"),
        ("policy a . b { }", ""),
        (
            "policy a.b {}\n\n\n\ncalendar c // x\n// y\n\n// z",
            "policy a.b {}\n\ncalendar c  // x\n// y\n\n// z\n",
        ),
        (
            "policy a.b($x:days in 1..5=3){ // head\n\n // first\n zone A/B expires $x days after issue\n\n\n priority 5 // p\n // last\n\n}",
            "policy a.b($x: days in 1..5 = 3) {  // head\n  // first\n  zone A/B\n  expires $x days after issue\n\n  priority 5  // p\n  // last\n}\n",
        ),
        (
            "policy a.b{require x:payer.age in ..5 // young\n or payer.age in 65.. // old\n because\"x\"}",
            "policy a.b {\n  require x: payer.age in ..5  // young\n    or payer.age in 65..  // old\n    because \"x\"\n}\n",
        ),
        (
            "program a.b{reward r:on payment when payment.amount>5 won give 5% of payment.amount up to 3 won under p($a=1,$b={x,y,})}",
            "program a.b {\n  reward r: on payment when payment.amount > 5 won\n    give 5% of payment.amount up to 3 won under p($a = 1, $b = { x, y, })\n}\n",
        ),
        (
            "policy a.b{example\"e\"{at 2026-01-01 10:00 amount 5 won item \"x y\" 5 won tags{a}lists l}expect deny a,b}",
            "policy a.b {\n  example \"e\" { at 2026-01-01 10:00 amount 5 won item \"x y\" 5 won tags { a } lists l } expect deny a, b\n}\n",
        ),
    ];
    for (source, expected) in cases {
        match format(source) {
            Ok(text) => assert_eq!(text, expected, "{source}"),
            Err(_) => assert_eq!(expected, "", "{source}"),
        }
    }
}

#[test]
fn long_lines_end_where_a_line_may_end() {
    let tags: Vec<String> = (0..300).map(|n| format!("tag-{n}")).collect();
    let tests: Vec<String> = (0..20).map(|n| format!("payer.age is {n}")).collect();
    let source = format!(
        "set s = {{ {} }}\npolicy a.b {{ require x: ({}) and known payer.age because ko \"{}\" en \"{}\" }}",
        tags.join(","),
        tests.join(" or "),
        "가".repeat(50),
        "a".repeat(80)
    );
    let text = check("long", &source);
    for line in text.lines() {
        let columns: usize = line.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum();
        assert!(columns <= COLUMNS_MAX, "{line}");
    }
    // Sets are filled, the operands of one operator stand below each other.
    assert!(text.lines().count() < 80 && text.contains("\n      or payer.age is 19)"), "{text}");
}

#[test]
fn shipped_rules_have_the_style() {
    let city = include_str!("../../data/rules/city.scoin");
    for source in [city, TEN, EVERY] {
        assert!(format(source).unwrap() == source, "run `scoin policy fmt` on it");
    }
}

#[test]
fn every_rule_file_keeps_its_tokens_and_its_ids() {
    let sources = sources();
    assert!(sources.len() > 150, "only {} files were found", sources.len());
    for (name, source) in sources {
        let text = check(&name, &source);
        let (before, after) = (Module::parse(&source).0, Module::parse(&text).0);
        let (Some(before), Some(after)) = (before, after) else { continue };
        for head in before.policies() {
            let ids =
                [&before, &after].map(|module| module.policy(&head.name, &[]).map(|p| p.id()));
            assert_eq!(ids[0].as_ref().ok(), ids[1].as_ref().ok(), "{name}: {}", head.name);
        }
        for head in before.programs() {
            let ids = [&before, &after].map(|module| module.program(&head.name).map(|p| p.id()));
            assert_eq!(ids[0].as_ref().ok(), ids[1].as_ref().ok(), "{name}: {}", head.name);
        }
    }
}

#[test]
fn what_cannot_be_read_is_left_alone() {
    for (source, code) in [
        ("policy a.b {", "E0010"),
        ("policy a.b { require x: a and b or c }", "E0211"),
        ("set s = { \u{202e}a }", "E0004"),
        (&"x".repeat(70_000), "E0001"),
        // It would grow beyond what may be read.
        (&"set s={a,b}\n".repeat(5_000), "E0001"),
    ] {
        let found = format(source).unwrap_err();
        assert!(found.iter().any(|found| found.code == code), "{code}: {found:#?}");
    }
}

/// Blanks and comments between tokens: what a person may type there.
fn gap() -> impl Strategy<Value = &'static str> {
    let gaps = vec![
        " ",
        "  ",
        "\n",
        "\r\n",
        "\n\n\n",
        "\t",
        " // 덧말\n",
        "\n// own line  \n",
        "\n\n//\n\n",
    ];
    proptest::sample::select(gaps)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn any_blanks_and_comments_between_tokens(gaps in proptest::collection::vec(gap(), 1..40), every in 1..9_usize) {
        for source in [TEN, EVERY] {
            let (tokens, _) = lex(source);
            let mut text = String::new();
            for (n, token) in tokens.iter().enumerate() {
                // A pin touches its hash; everything else may be set apart.
                let apart = token.kind == TokenKind::Blank && n % every == 0;
                let piece = source.get(token.span.start..token.span.end).unwrap();
                text.push_str(if apart { gaps[n % gaps.len()] } else { piece });
                // A comment ends with its line.
                if token.kind == TokenKind::Comment {
                    text.push('\n');
                }
            }
            check("mixed", &text);
        }
    }
}
