//! The lexer: cuts a source into tokens. The concatenated tokens are the source, whatever the source is.
//!
//! Words join their parts with hyphens and dots (`city.tax-reward` is one token); no word is reserved here.

use super::complain::complaint;
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
        _ if is_foreign(first) => (TokenKind::Word, word_length(rest)),
        _ if is_curly(first) => (TokenKind::Unknown, curly_length(rest)),
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

/// A run of the same character is one unknown token, so that it gives one message.
fn unknown(rest: &str, first: char) -> (TokenKind, usize) {
    (TokenKind::Unknown, rest.find(|c| c != first).unwrap_or(rest.len()))
}

/// A letter of another script. Words take it, and are reported: so a name in Korean is one mistake, not many.
fn is_foreign(c: char) -> bool {
    !c.is_ascii() && c.is_alphabetic()
}

/// The quotes of word processors, and the apostrophe.
pub(super) fn is_curly(c: char) -> bool {
    matches!(c, '\'' | '\u{2018}'..='\u{201b}' | '\u{201c}'..='\u{201f}' | '\u{ab}' | '\u{bb}' | '\u{300c}' | '\u{300d}')
}

/// A text in curly quotes, up to the second one on its line; without a second one, the quote alone.
fn curly_length(rest: &str) -> usize {
    let first = rest.chars().next().map_or(0, char::len_utf8);
    let line = rest.lines().next().unwrap_or_default();
    let mut places = line.char_indices().skip(1).filter(|(_, c)| is_curly(*c) || *c == '"');
    places.next().map_or(first, |(at, c)| at.saturating_add(c.len_utf8()))
}

/// The byte order mark some editors put first counts as a blank.
fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n' | '\u{feff}')
}

fn is_zone(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '/' | '_' | '-' | '+')
}

/// Letters, digits, `-` and `_`, and a dot that a letter follows. Capitals, `_` and letters of other scripts are taken
/// too, and reported.
fn word_length(text: &str) -> usize {
    let mut length = 0_usize;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map(|(_, next)| *next);
        let letter = |c: char| c.is_ascii_alphabetic() || is_foreign(c);
        let dot = c == '.' && at > 0 && next.is_some_and(letter);
        if !dot && !letter(c) && (at == 0 || !(c.is_ascii_digit() || c == '-' || c == '_')) {
            break;
        }
        length = at.saturating_add(c.len_utf8());
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
