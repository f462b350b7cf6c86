//! Rule text: whatever it is, it is read without loss, and what is accepted is formatted without loss.

use std::borrow::Cow;

use scoin_policy::diagnostic::Diagnostic;
use scoin_policy::module::Module;
use scoin_policy::syntax::fmt::format;
use scoin_policy::syntax::lex::{TokenKind, lex};
use scoin_policy::syntax::parse::{SOURCE_BYTES_MAX, parse};

fn text(bytes: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}

/// The tokens joined are the source, and none is empty.
pub(crate) fn lexer(bytes: &[u8]) {
    let source = text(bytes);
    let (tokens, _) = lex(&source);
    let mut at = 0;
    for token in tokens {
        assert!(token.span.start == at && token.span.end > at, "{token:?} does not follow");
        assert!(source.is_char_boundary(token.span.end), "{token:?} splits a character");
        at = token.span.end;
    }
    assert_eq!(at, source.len(), "the source is not read to its end");
}

/// The leaves of the tree joined are the source, and every message points into it.
pub(crate) fn parser(bytes: &[u8]) {
    let source = text(bytes);
    let tree = parse(&source);
    if source.len() > SOURCE_BYTES_MAX {
        assert_eq!(tree.errors.len(), 1);
        return;
    }
    let leaves = tree.root.leaves();
    let joined: String = leaves.iter().map(|leaf| tree.text(leaf.span)).collect();
    assert_eq!(joined, source);
    points(&source, &tree.errors);
}

/// Formatting keeps every token and comment, and done twice changes nothing.
pub(crate) fn formatter(bytes: &[u8]) {
    let source = text(bytes);
    let Ok(once) = format(&source) else { return };
    assert_eq!(solid(&once), solid(&source), "a token or comment changed");
    assert_eq!(format(&once).as_ref(), Ok(&once), "formatting again changes it");
}

/// Checking never stops, gives a module exactly when there is no error, and messages with places and words; every fix
/// can be made.
pub(crate) fn compiler(bytes: &[u8]) {
    let source = text(bytes);
    let (module, found) = Module::parse(&source);
    assert_eq!(module.is_some(), !found.iter().any(Diagnostic::is_error));
    points(&source, &found);
    for fix in found.iter().flat_map(|found| &found.fixes).take(64) {
        assert_ne!(fix.apply(&source), source, "`{}` changes nothing", fix.title);
    }
}

fn points(source: &str, found: &[Diagnostic]) {
    for found in found {
        for label in &found.labels {
            assert!(source.get(label.span.start..label.span.end).is_some(), "{found:?}");
        }
        assert!(!found.message.is_empty() && !found.message.ends_with('.'), "{found:?}");
    }
}

fn solid(source: &str) -> Vec<&str> {
    let (tokens, _) = lex(source);
    let solid = tokens.into_iter().filter(|token| token.kind != TokenKind::Blank);
    solid.map(|token| source[token.span.start..token.span.end].trim_end()).collect()
}
