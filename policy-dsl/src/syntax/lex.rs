//! The lexer: cuts a source into tokens. The concatenated tokens are the source, whatever the source is.
//!
//! Words join their parts with hyphens and dots (`city.tax-reward` is one token); no word is reserved here.

use super::literal;
use crate::civil::Date;
use crate::codes;
use crate::diagnostic::{Diagnostic, Span};

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TokenKind {
    /// Spaces, tabs, line ends.
    Blank,
    /// `//` to the end of the line.
    Comment,
    /// `require`, `food.snack-bar`
    Word,
    /// `$daily`
    Var,
    /// `-1_000`
    Int,
    /// `2026-03-02`
    Date,
    /// `09:30`
    Clock,
    /// `"text"`
    Str,
    /// `Asia/Seoul`
    Zone,
    /// `sha256:...`, only after `@`
    Hash,
    /// `{`
    LeftBrace,
    /// `}`
    RightBrace,
    /// `(`
    LeftParen,
    /// `)`
    RightParen,
    /// `,`
    Comma,
    /// `:`
    Colon,
    /// `=`
    Equals,
    /// `..`
    Dots,
    /// `@`
    At,
    /// `%`
    Percent,
    /// `<`
    Less,
    /// `<=`
    LessEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterEqual,
    /// Anything else; always reported.
    Unknown,
}

/// One token and its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Where it stands.
    pub span: Span,
}

impl TokenKind {
    /// Blanks and comments, which the grammar does not see.
    pub const fn is_trivia(self) -> bool {
        matches!(self, Self::Blank | Self::Comment)
    }
}

/// Cuts the whole source into tokens and says what is wrong inside them.
pub fn lex(source: &str) -> (Vec<Token>, Vec<Diagnostic>) {
    let (mut tokens, mut found) = (Vec::new(), Vec::new());
    let mut rest = source;
    let mut start = 0_usize;
    let mut after_at = false;
    while !rest.is_empty() {
        let (kind, length) = next_token(rest, after_at);
        let (text, left) = rest.split_at_checked(length).unwrap_or((rest, ""));
        let span = Span { start, end: start.saturating_add(text.len()) };
        found.extend(complaint(kind, text, span));
        tokens.push(Token { kind, span });
        after_at = kind == TokenKind::At;
        (rest, start) = (left, span.end);
    }
    (tokens, found)
}

/// Kind and length in bytes, at least one character, of the first token of `rest`.
fn next_token(rest: &str, after_at: bool) -> (TokenKind, usize) {
    let first = rest.chars().next().unwrap_or(' ');
    let run = |matches: fn(char) -> bool| rest.find(|c| !matches(c)).unwrap_or(rest.len());
    match first {
        _ if is_blank(first) => (TokenKind::Blank, run(is_blank)),
        '/' if rest.starts_with("//") => {
            (TokenKind::Comment, rest.find('\n').unwrap_or(rest.len()))
        }
        'a'..='z' | '0'..='9' if after_at => {
            (TokenKind::Hash, run(|c| c.is_ascii_alphanumeric() || c == ':'))
        }
        'a'..='z' => (TokenKind::Word, word_length(rest)),
        'A'..='Z' => (TokenKind::Zone, run(is_zone)),
        '"' => (TokenKind::Str, string_length(rest)),
        '0'..='9' => number_token(rest),
        '-' => match rest.strip_prefix('-').map(number_token) {
            Some((TokenKind::Int, length)) if length > 0 => {
                (TokenKind::Int, length.saturating_add(1))
            }
            _ => (TokenKind::Unknown, 1),
        },
        '$' => match rest.strip_prefix('$').map_or(0, word_length) {
            0 => (TokenKind::Unknown, 1),
            length => (TokenKind::Var, length.saturating_add(1)),
        },
        _ => symbol(rest).unwrap_or_else(|| unknown(rest, first)),
    }
}

fn symbol(rest: &str) -> Option<(TokenKind, usize)> {
    const SYMBOLS: [(&str, TokenKind); 14] = [
        ("..", TokenKind::Dots),
        ("<=", TokenKind::LessEqual),
        (">=", TokenKind::GreaterEqual),
        ("<", TokenKind::Less),
        (">", TokenKind::Greater),
        ("{", TokenKind::LeftBrace),
        ("}", TokenKind::RightBrace),
        ("(", TokenKind::LeftParen),
        (")", TokenKind::RightParen),
        (",", TokenKind::Comma),
        (":", TokenKind::Colon),
        ("=", TokenKind::Equals),
        ("@", TokenKind::At),
        ("%", TokenKind::Percent),
    ];
    let found = SYMBOLS.iter().find(|(text, _)| rest.starts_with(text));
    found.map(|(text, kind)| (*kind, text.len()))
}

/// A whole foreign word is one unknown token, so that it gives one message.
fn unknown(rest: &str, first: char) -> (TokenKind, usize) {
    let foreign = |c: char| c.is_alphanumeric() && !c.is_ascii();
    let length = match rest.find(|c| !foreign(c)) {
        Some(0) => first.len_utf8(),
        Some(length) => length,
        None => rest.len(),
    };
    (TokenKind::Unknown, length)
}

/// The byte order mark some editors put first counts as a blank.
fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n' | '\u{feff}')
}

fn is_zone(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '/' | '_' | '-' | '+')
}

/// Letters, digits, `-` and `_`, and a dot that a letter follows. Capitals and `_` are taken too, and reported.
fn word_length(text: &str) -> usize {
    let mut length = 0_usize;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map(|(_, next)| *next);
        let dot = c == '.' && at > 0 && next.is_some_and(|next| next.is_ascii_alphabetic());
        let starts = c.is_ascii_alphabetic();
        if !dot && !starts && (at == 0 || !(c.is_ascii_digit() || c == '-' || c == '_')) {
            break;
        }
        length = at.saturating_add(1);
    }
    length
}

fn string_length(rest: &str) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            '\n' | '\r' => return at,
            '"' if !escaped => return at.saturating_add(1),
            _ => escaped = c == '\\' && !escaped,
        }
    }
    rest.len()
}

/// A date (digits, `-`, digits, `-`, digits), a clock time (digits, `:`, digits) or an integer.
fn number_token(rest: &str) -> (TokenKind, usize) {
    let digits = |text: &str| text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let after = |from: usize, sign: char| -> Option<usize> {
        let tail = rest.get(from..)?.strip_prefix(sign)?;
        let length = digits(tail);
        if length == 0 { None } else { from.checked_add(1)?.checked_add(length) }
    };
    let first = digits(rest);
    if let Some(end) = after(first, '-').and_then(|middle| after(middle, '-')) {
        return (TokenKind::Date, end);
    }
    if let Some(end) = after(first, ':') {
        return (TokenKind::Clock, end);
    }
    let length = rest.find(|c: char| !c.is_ascii_digit() && c != '_').unwrap_or(rest.len());
    (TokenKind::Int, length)
}

/// What is wrong with one token, if anything.
fn complaint(kind: TokenKind, text: &str, span: Span) -> Option<Diagnostic> {
    if let Some(hidden) = text.chars().find(|c| is_hidden(*c)) {
        let message = format!("hidden character U+{:04X}", u32::from(hidden));
        let help = "it can make the text read differently from what it says: delete it";
        let clean: String = text.chars().filter(|c| !is_hidden(*c)).collect();
        let found = Diagnostic::error(codes::HIDDEN_CHARACTER, span, message).help(help);
        return Some(found.fix("delete it", span, clean));
    }
    match kind {
        TokenKind::Word | TokenKind::Var => bad_word(text, span),
        TokenKind::Int if literal::number(text).is_none() => Some(
            Diagnostic::error(codes::BAD_NUMBER, span, format!("`{text}` is not a number here"))
                .help("write at most 9_223_372_036_854_775_807, with `_` only before three digits"),
        ),
        TokenKind::Date if Date::parse(text).is_none() => Some(
            Diagnostic::error(codes::BAD_DATE, span, format!("there is no date `{text}`"))
                .help("write year-month-day, such as 2026-03-02"),
        ),
        TokenKind::Clock if literal::clock(text).is_none() => Some(
            Diagnostic::error(codes::BAD_CLOCK, span, format!("there is no time of day `{text}`"))
                .help("write 00:00 to 24:00, always with two digits"),
        ),
        TokenKind::Str if string_open(text) => Some(
            Diagnostic::error(codes::OPEN_STRING, span, "the closing quote is missing")
                .help("a text ends with `\"` on the same line"),
        ),
        TokenKind::Unknown => Some(
            Diagnostic::error(codes::BAD_CHARACTER, span, format!("`{text}` means nothing here"))
                .help(
                    "names are written with a-z, 0-9 and `-`; other scripts belong in quoted texts",
                ),
        ),
        _ => None,
    }
}

/// Names are `[a-z][a-z0-9]*(-[a-z0-9]+)*`, joined by dots.
fn bad_word(text: &str, span: Span) -> Option<Diagnostic> {
    let name = text.strip_prefix('$').unwrap_or(text);
    let piece = |piece: &str| {
        !piece.is_empty() && piece.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
    };
    let part = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_lowercase()) && part.split('-').all(piece)
    };
    if name.split('.').all(part) {
        return None;
    }
    let lower = text.to_ascii_lowercase().replace('_', "-");
    let found = Diagnostic::error(codes::BAD_CHARACTER, span, format!("`{text}` is not a name"))
        .help("names are written with a-z, 0-9 and single `-` between them");
    let good = lower.trim_start_matches('$').split('.').all(part);
    Some(if good { found.fix(format!("write `{lower}`"), span, lower) } else { found })
}

/// Does a string token lack its closing quote?
fn string_open(text: &str) -> bool {
    let inner = text.strip_prefix('"').unwrap_or(text);
    let Some(inner) = inner.strip_suffix('"') else { return true };
    let escapes = inner.chars().rev().take_while(|c| *c == '\\').count();
    !escapes.is_multiple_of(2)
}

/// Controls, and characters that turn the direction of text or take no space.
fn is_hidden(c: char) -> bool {
    matches!(c,
        '\u{0}'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{7f}'..='\u{9f}'
        | '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{fff9}'..='\u{fffb}')
}
