//! The grammar of `docs/policy-language.md` is the grammar of the parser: sentences written from it are accepted, and
//! the formatter keeps them whole.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a test may stop"
)]

mod ebnf;
mod sentence;

use std::collections::BTreeSet;

use ebnf::Grammar;
use scoin_policy::syntax::fmt::format;
use scoin_policy::syntax::lex::{TokenKind, lex};
use scoin_policy::syntax::parse::parse;
use sentence::{CLASSES, Writer};

const SENTENCES: u64 = 4_000;

fn grammar() -> Grammar {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/policy-language.md");
    Grammar::of_page(&std::fs::read_to_string(page).unwrap())
}

/// Everything but blanks.
fn solid(source: &str) -> Vec<&str> {
    let (tokens, _) = lex(source);
    let solid = tokens.into_iter().filter(|token| token.kind != TokenKind::Blank);
    solid.map(|token| source[token.span.start..token.span.end].trim_end()).collect()
}

#[test]
fn every_name_in_the_grammar_has_a_rule_or_is_a_token() {
    let grammar = grammar();
    let classes = grammar.classes();
    let unknown: Vec<_> = classes.iter().filter(|class| !CLASSES.contains(class)).collect();
    assert!(unknown.is_empty(), "no rule and no token: {unknown:?}");
    assert!(grammar.rules.len() > 30, "only {} rules were read", grammar.rules.len());
}

#[test]
fn sentences_of_the_grammar_are_accepted_and_formatted() {
    let grammar = grammar();
    let mut seen = BTreeSet::new();
    for seed in 1..=SENTENCES {
        let mut writer = Writer::new(&grammar, seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let source = writer.source();
        seen.append(&mut writer.seen);
        let tree = parse(&source);
        assert!(tree.errors.is_empty(), "sentence {seed}:\n{source}\n{:#?}", tree.errors);
        let leaves = tree.root.leaves();
        let text: String = leaves.iter().map(|leaf| tree.text(leaf.span)).collect();
        assert_eq!(text, source, "sentence {seed}");
        let once = format(&source).unwrap_or_else(|found| panic!("sentence {seed}: {found:#?}"));
        assert_eq!(solid(&once), solid(&source), "sentence {seed}");
        let twice =
            format(&once).unwrap_or_else(|found| panic!("sentence {seed}: {once}\n{found:#?}"));
        assert_eq!(twice, once, "sentence {seed}");
    }
    let all = grammar.choices.iter().enumerate();
    let all: BTreeSet<_> = all.flat_map(|(at, count)| (0..*count).map(move |n| (at, n))).collect();
    assert_eq!(seen, all, "every alternative of the page is written at least once");
}
