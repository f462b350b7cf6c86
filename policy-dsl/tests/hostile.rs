//! Sources made to hurt: as long as a source may be, of anything. Each is refused with a message that points into it,
//! nothing is lost, and the work grows with the length (a square of 64 KiB would not come to an end here).

#![expect(clippy::arithmetic_side_effects, clippy::format_collect, reason = "a test may stop")]

use proptest::prelude::*;
use scoin_policy::diagnostic::Diagnostic;
use scoin_policy::module::Module;
use scoin_policy::syntax::fmt::format;
use scoin_policy::syntax::parse::{SOURCE_BYTES_MAX, parse};

/// As many of a piece as fit between a head and a tail.
fn filled(head: &str, piece: &str, tail: &str) -> String {
    let room = SOURCE_BYTES_MAX - head.len() - tail.len();
    format!("{head}{}{tail}", piece.repeat(room / piece.len()))
}

/// Everything that reads text is asked; what it says is bounded and points into the source.
fn refused(source: &str) -> Vec<Diagnostic> {
    assert!(source.len() <= SOURCE_BYTES_MAX);
    let tree = parse(source);
    let text: String = tree.root.leaves().iter().map(|leaf| tree.text(leaf.span)).collect();
    assert!(text == source, "the tree is not the source");
    let (module, found) = Module::parse(source);
    assert!(module.is_none() && found.iter().any(Diagnostic::is_error), "{source:.80}");
    assert!(found.len() <= source.len(), "more messages than bytes");
    for label in found.iter().flat_map(|found| &found.labels) {
        assert!(source.get(label.span.start..label.span.end).is_some());
    }
    assert!(tree.errors.is_empty() || format(source).is_err());
    found
}

#[test]
fn sixty_four_kib_of_one_character() {
    let many = [
        "{", "}", "(", ")", ",", ":", "=", ".", "@", "%", "<", ">", "\"", "$", "-", "_", "\\", "a",
        "A", "0", "9", "!", "#", "'", ";", "\0", "\u{7f}", "\u{202e}", "\u{200b}", "가", "а", "”",
        "🐟",
    ];
    for piece in many {
        refused(&filled("", piece, ""));
        refused(&filled("policy a.b {\n  require x: ", piece, "\n}"));
    }
}

#[test]
fn sixty_four_kib_of_depth() {
    for piece in [
        "(",
        "not ",
        "any item (",
        "((payer.age in ..5) or ",
        "{",
        "{ a, ",
        "weekly { ",
        "a..",
        "\"",
        "\\\"",
    ] {
        refused(&filled("policy a.b {\n  require x: ", piece, "\n}"));
        refused(&filled("let a = ", piece, ""));
        refused(&filled("set s = ", piece, ""));
    }
}

#[test]
fn sixty_four_kib_of_clauses_and_definitions() {
    let clauses = [
        "require x: payer.age in ..5\n",
        "cap x: 5 won per day\n",
        "also c.d\n",
        "title \"a\"\n",
        "example \"a\" { at 2026-01-01 10:00 amount 5 won } expect deny x\n",
        "example \"a\" { spent y 5 won ",
        "require ",
        "require x: payer.aeg in ..5\n",
        "require x: payer.age and payer.age or payer.age\n",
        "because ",
        "zone Asia/Seoul\n",
    ];
    for piece in clauses {
        refused(&filled("policy a.b {\n", piece, "\n}"));
    }
    let definitions = [
        "let a = a\n",
        "let a = b let b = a ",
        "policy a { also a }\n",
        "policy a{also b}policy b{also a}\n",
        "program a { pool b }\n",
        "set a = { b, c }\n",
        "list a: products @sha256:0\n",
        "policy a($b: money = 5) {}\n",
        "policy a(",
        "policy a { ",
        "}\n",
    ];
    for piece in definitions {
        refused(&filled("", piece, ""));
    }
    // Every name new, every use unknown.
    let names: String = (0..3_000).map(|n| format!("let a{n} = b{n}\n")).collect();
    refused(&names);
    let ring: String = (0..1_500).map(|n| format!("policy p{n} {{ also p{} }}\n", n + 1)).collect();
    refused(&ring);
}

#[test]
fn sixty_four_kib_of_values() {
    refused(&filled("set s = { ", "a, ", "b }"));
    refused(&filled("let a = payer.age in { ", "1, ", "2 }"));
    refused(&filled("schedule s = weekly { ", "mon 10:00..11:00, ", "bad }"));
    refused(&filled("policy a.b {\n  pays ", "purchase, ", "bad\n}"));
    refused(&filled("policy a.b {\n  title ", "ko \"a\" ", "\n}"));
    let uses = "let a = payer.age in ..5\npolicy a.b {\n  require x: a";
    refused(&filled(uses, " or a", "\n}"));
    refused(&filled(uses, " or a and a", "\n}"));
}

#[test]
fn blanks_and_comments_cost_little() {
    for piece in [" ", "\n", "\r\n", "\t", "//\n", "// a\r\n", "\u{feff}"] {
        // Long runs of them before every token of a clause that is wrong at its end.
        let run = piece.repeat(4_000 / piece.len());
        let words =
            ["policy", "a.b", "{", "require", "x", ":", "payer.age", "in", "..", "5", "bad", "}"];
        refused(&words.join(&run));
        let (module, found) = Module::parse(&filled("", piece, ""));
        assert!(module.is_some() && found.is_empty(), "{piece:?}: nothing but blanks is a source");
    }
}

#[test]
fn what_deceives_the_eye_is_one_helpful_message() {
    // A name in another script, one letter of another script, a turned text, a lone carriage return in a comment.
    let cases = [
        ("policy 도시.돈 {\n  zone Asia/Seoul\n}", "E0002", "quoted texts"),
        ("policy city.mоney {\n  zone Asia/Seoul\n}", "E0002", "quoted texts"),
        ("set s = { ｂooks }", "E0002", "quoted texts"),
        ("policy a.b {\n  zone Asia/Seoul\n  title \"\u{2067}a\"\n}", "E0004", "delete it"),
        ("// \u{202a}\nset s = { a }", "E0004", "delete it"),
        ("// see below\r  forbid x: y\nset s = { a }", "E0004", "delete it"),
        ("set s = { a\u{0} }", "E0004", "delete it"),
        ("set s = { a\u{a0}}", "E0002", "write a space"),
        ("set s = { a； b }", "E0002", "a-z"),
    ];
    for (source, code, help) in cases {
        let found = Module::parse(source).1;
        let codes: Vec<&str> = found.iter().map(|found| found.code).collect();
        assert_eq!(codes, [code], "{source}: {found:#?}");
        assert!(found[0].help.as_deref().unwrap().contains(help), "{source}: {found:#?}");
    }
    // In texts every script is at home, joined letters too; a mark of order and Windows line ends are blanks.
    let good = "\u{feff}policy a.b {\r\n  zone Asia/Seoul\r\n  title ko \"학교 앞 간식 👨\u{200d}👩\u{200d}👧\" ru \"деньги\" ar \"مال\"\r\n}\r\n";
    let (module, found) = Module::parse(good);
    assert!(module.is_some() && found.is_empty(), "{found:#?}");
    assert!(!format(good).unwrap().contains('\r'));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_up_to_the_limit(bytes in proptest::collection::vec(any::<u8>(), 20_000..21_000)) {
        let source = String::from_utf8_lossy(&bytes).into_owned();
        refused(&source);
    }

    #[test]
    fn token_soup_up_to_the_limit(words in proptest::collection::vec(word(), 8_000)) {
        let mut source = words.join(" ");
        source.truncate(SOURCE_BYTES_MAX - 2);
        source.push_str(" )");
        refused(&source);
    }
}

fn word() -> impl Strategy<Value = &'static str> {
    proptest::sample::select(vec![
        "policy",
        "a.b",
        "{",
        "}",
        "(",
        ")",
        "require",
        "x:",
        "payer.age",
        "in",
        "..",
        "5",
        "won",
        "and",
        "or",
        "not",
        "\n",
        "cap",
        "per",
        "day",
        "list",
        "set",
        "=",
        "$a",
        ",",
        "\"t\"",
        "example",
        "expect",
        "deny",
        "weekly",
        "mon",
        "10:00",
        "2026-01-01",
        "@",
        "any",
        "item",
        "when",
        "by",
        "let",
        "program",
        "// c\n",
    ])
}
