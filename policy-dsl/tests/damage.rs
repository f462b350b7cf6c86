//! One damaged token costs one clause and one message: every other clause is still in the tree, word for word.

#![expect(clippy::string_slice, clippy::wildcard_enum_match_arm, reason = "a test may stop")]

use scoin_policy::diagnostic::Span;
use scoin_policy::syntax::lex::{Token, TokenKind, lex};
use scoin_policy::syntax::parse::parse;
use scoin_policy::syntax::tree::{Node, NodeKind, Tree};

const SOURCES: [&str; 2] = [
    include_str!("data/policies/ten.scoin"),
    include_str!("data/diagnostics/clean-every-clause.scoin"),
];

/// What is done to a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Damage {
    Delete,
    Replace(&'static str),
    InsertBefore(&'static str),
}

const DAMAGES: [Damage; 9] = [
    Damage::Delete,
    Damage::Replace("zzz"),
    Damage::Replace("5"),
    Damage::Replace("\"text\""),
    Damage::Replace("§"),
    Damage::InsertBefore("zzz"),
    Damage::InsertBefore("5"),
    Damage::InsertBefore(","),
    Damage::InsertBefore("and"),
];

/// Definitions without clauses, and clauses; `whole` leaves out those that a mistake was found in.
fn pieces(tree: &Tree, whole: bool) -> Vec<Span> {
    fn collect(node: &Node, whole: bool, found: &mut Vec<Span>) {
        for inner in node.nodes() {
            match inner.kind {
                NodeKind::Policy | NodeKind::Program => collect(inner, whole, found),
                NodeKind::Params | NodeKind::Error => {}
                _ if whole && has_error(inner) => {}
                _ => found.push(inner.span),
            }
        }
    }
    let mut found = Vec::new();
    collect(&tree.root, whole, &mut found);
    found
}

fn has_error(node: &Node) -> bool {
    node.kind == NodeKind::Error || node.nodes().any(has_error)
}

fn damaged(source: &str, token: Token, damage: Damage) -> String {
    let word = &source[token.span.start..token.span.end];
    let text = match damage {
        Damage::Delete => " ".to_owned(),
        Damage::Replace(text) => format!(" {text} "),
        Damage::InsertBefore(text) => format!(" {text} {word}"),
    };
    format!("{}{text}{}", &source[..token.span.start], &source[token.span.end..])
}

#[test]
fn one_damaged_token_costs_one_clause_and_one_message() {
    let mut wrong = Vec::new();
    let mut tried = 0;
    for source in SOURCES {
        let before = parse(source);
        assert!(before.errors.is_empty());
        let clauses = pieces(&before, false);
        let (tokens, _) = lex(source);
        // A brace too few or too many changes what everything around it belongs to.
        let solid = tokens.iter().filter(|token| {
            !token.kind.is_trivia()
                && !matches!(token.kind, TokenKind::LeftBrace | TokenKind::RightBrace)
        });
        for (n, token) in solid.enumerate() {
            // A third of the ways for each token, another third for the next.
            for damage in DAMAGES.into_iter().skip(n % 3).step_by(3) {
                tried += 1;
                let text = damaged(source, *token, damage);
                let after = parse(&text);
                let left: Vec<&str> =
                    pieces(&after, true).iter().map(|span| after.text(*span)).collect();
                let mut at = 0;
                // In order: each clause that does not hold the token must still be there, as it was. What is put
                // before the first token of a clause may as well be the end of the one before.
                for (n, span) in clauses.iter().enumerate() {
                    let borders =
                        clauses.get(n + 1).is_some_and(|next| next.start == token.span.start);
                    if borders || span.start <= token.span.end && token.span.start <= span.end {
                        continue;
                    }
                    match left[at..].iter().position(|text| *text == before.text(*span)) {
                        Some(found) => at += found + 1,
                        None => wrong.push(format!(
                            "{damage:?} at {:?} `{}`: lost `{}`",
                            token.span,
                            before.text(token.span),
                            before.text(*span)
                        )),
                    }
                }
                if after.errors.len() > 1 {
                    wrong.push(format!(
                        "{damage:?} at {:?} `{}`: {} messages",
                        token.span,
                        before.text(token.span),
                        after.errors.len()
                    ));
                }
            }
        }
    }
    assert!(tried > 5_000, "only {tried} were tried");
    // `and` before a clause whose first word could be the name of a `let` reads on, and then has two things to say.
    assert!(wrong.len() <= 3, "{} of {tried}:\n{}", wrong.len(), wrong.join("\n"));
}
