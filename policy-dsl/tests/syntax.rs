//! The lexer and parser keep every byte, survive every damage and go on after it.

#![expect(
    clippy::string_slice,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "a test may stop"
)]

use proptest::prelude::*;
use scoin_policy::module::Module;
use scoin_policy::syntax::lex::{Token, lex};
use scoin_policy::syntax::parse::parse;
use scoin_policy::syntax::tree::{Node, NodeKind};

const TEN: &str = include_str!("data/policies/ten.scoin");
const EVERY: &str = include_str!("data/diagnostics/clean-every-clause.scoin");

fn text_of(source: &str, tokens: &[Token]) -> String {
    tokens.iter().map(|token| &source[token.span.start..token.span.end]).collect()
}

fn check_lossless(source: &str) {
    let (tokens, _) = lex(source);
    assert_eq!(text_of(source, &tokens), source);
    assert!(tokens.iter().all(|token| token.span.start < token.span.end));
    let tree = parse(source);
    assert_eq!(text_of(source, &tree.root.leaves()), source);
    check_spans(&tree.root);
}

/// Children lie within their parent, in order.
fn check_spans(node: &Node) {
    let mut at = node.span.start;
    for child in node.nodes() {
        assert!(at <= child.span.start && child.span.end <= node.span.end, "{child:?} in {node:?}");
        at = child.span.end;
        check_spans(child);
    }
}

fn clauses(node: &Node) -> usize {
    let own = usize::from(node.kind == NodeKind::Clause && node.node(NodeKind::Error).is_none());
    own + node.nodes().map(clauses).sum::<usize>()
}

/// The source without, or with another, or with twice the n-th token that is not a blank.
fn damaged(source: &str, n: usize, how: &str) -> String {
    let (tokens, _) = lex(source);
    let solid: Vec<&Token> = tokens.iter().filter(|token| !token.kind.is_trivia()).collect();
    let span = solid[n % solid.len()].span;
    let mut text = source.to_owned();
    let word = &source[span.start..span.end];
    text.replace_range(span.start..span.end, &how.replace('&', word));
    text
}

#[test]
fn real_sources_are_lossless() {
    for source in [TEN, EVERY, "", "\u{feff}// 끝", "\r\n\t", "policy"] {
        check_lossless(source);
    }
    assert_eq!(parse(TEN).errors, Vec::new());
    assert_eq!(parse(EVERY).errors, Vec::new());
}

#[test]
fn one_damaged_token_costs_little() {
    let (tokens, _) = lex(TEN);
    let solid = tokens.iter().filter(|token| !token.kind.is_trivia()).count();
    let all = clauses(&parse(TEN).root);
    for n in (0..solid).step_by(29) {
        for how in ["", "&&", "zzz", "\"", "{", "}", ")", "require", "§"] {
            let source = damaged(TEN, n, how);
            let tree = parse(&source);
            assert_eq!(text_of(&source, &tree.root.leaves()), source);
            // A brace too few or too many changes what the clauses around belong to; elsewhere one clause is lost,
            // or two where a quotation mark swallows a line end or a clause word is put into the middle of another.
            let braces = how == "{"
                || how == "}"
                || how == "\""
                || source.matches('{').count() != source.matches('}').count();
            if !braces {
                assert!(
                    clauses(&tree.root) + 3 >= all,
                    "token {n} as `{how}` loses {}",
                    all - clauses(&tree.root)
                );
                assert!(tree.errors.len() <= 2, "token {n} as `{how}`: {:#?}", tree.errors);
            }
        }
    }
}

#[test]
fn nesting_is_bounded() {
    for source in
        ["(".repeat(30_000), "not ".repeat(15_000), "any item (".repeat(6_000), "{".repeat(60_000)]
    {
        let policy = format!("policy a.b {{\n require x: {source}\n priority 10\n}}");
        let (module, found) = Module::parse(&policy);
        assert!(module.is_none());
        assert!(found.len() <= 3, "{found:#?}");
        check_lossless(&policy);
    }
}

#[test]
fn hostile_sources_give_few_messages_in_bounded_time() {
    let filler = |piece: &str| piece.repeat(64 * 1024 / piece.len());
    let pieces = [
        "let a = b\n",
        "policy p {\n",
        "}\n",
        "\"\n",
        "1_ ",
        "$ ",
        "also a\n",
        "/ ",
        "@sha256:00",
        "한",
        "\u{202e}",
        "set a = { b }\n",
        "list a : products\n",
        "policy a { also a }\n",
        "import \"x\"\n",
        "policy a($b: money in 1 won..2 won = 1 won) { cap c: $b per day }\n",
    ];
    for piece in pieces {
        let source = filler(piece);
        let (_, found) = Module::parse(&source);
        assert!(found.len() <= source.len(), "{piece}");
        check_lossless(&source);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_lossless(source in any::<String>()) {
        check_lossless(&source);
        let _ = Module::parse(&source);
    }

    #[test]
    fn any_tokens_are_lossless(words in proptest::collection::vec(token(), 0..200)) {
        let source = words.concat();
        check_lossless(&source);
        let _ = Module::parse(&source);
    }

    #[test]
    fn any_damage_is_survived(n in any::<u16>(), m in any::<u16>(), how in token(), other in token()) {
        for source in [TEN, EVERY] {
            let source = damaged(&damaged(source, usize::from(n), &how), usize::from(m), &other);
            check_lossless(&source);
            let (module, found) = Module::parse(&source);
            prop_assert_eq!(module.is_some(), !found.iter().any(scoin_policy::diagnostic::Diagnostic::is_error));
        }
    }

    #[test]
    fn any_cut_is_survived(at in 0..TEN.len()) {
        let at = (at..TEN.len()).find(|at| TEN.is_char_boundary(*at)).unwrap_or(0);
        check_lossless(&TEN[..at]);
        check_lossless(&TEN[at..]);
        let _ = Module::parse(&TEN[at..]);
    }
}

fn token() -> impl Strategy<Value = String> {
    let words = [
        "",
        " ",
        "\n",
        "policy ",
        "program ",
        "let ",
        "{",
        "}",
        "(",
        ")",
        ",",
        ":",
        "=",
        "..",
        "@",
        "%",
        "<",
        "<=",
        "\"",
        "\"a\"",
        "$a",
        "1_000",
        "-1",
        " won",
        "2026-03-02",
        "14:00",
        "Asia/Seoul",
        " and ",
        " or ",
        " not ",
        " in ",
        " is ",
        "any item ",
        "payer.age",
        "merchant.category",
        "require a: ",
        "cap b: ",
        " per day",
        "weekly ",
        "mon",
        "list ",
        "set ",
        "example ",
        "expect ",
        "allow",
        "deny a",
        "at ",
        "item ",
        "sha256:",
        "//",
        "가",
        "\u{202e}",
        ";",
        "when ",
        "by payer",
        "title ko ",
    ];
    proptest::sample::select(words.to_vec()).prop_map(str::to_owned)
}
