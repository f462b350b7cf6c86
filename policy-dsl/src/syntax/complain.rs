//! What is wrong inside one token: characters, numbers, dates, times of day, open quotes.

use super::lex::{TokenKind, is_curly};
use super::literal;
use crate::civil::Date;
use crate::codes;
use crate::diagnostic::{Diagnostic, Span};

/// Small letters of other scripts that look like the Latin letter beside them.
const LOOKALIKES: [(char, char); 24] = [
    ('а', 'a'),
    ('с', 'c'),
    ('ԁ', 'd'),
    ('е', 'e'),
    ('һ', 'h'),
    ('і', 'i'),
    ('ј', 'j'),
    ('о', 'o'),
    ('р', 'p'),
    ('ԛ', 'q'),
    ('ѕ', 's'),
    ('ԝ', 'w'),
    ('х', 'x'),
    ('у', 'y'),
    ('α', 'a'),
    ('ι', 'i'),
    ('κ', 'k'),
    ('ν', 'v'),
    ('ο', 'o'),
    ('ρ', 'p'),
    ('ı', 'i'),
    ('ո', 'n'),
    ('օ', 'o'),
    ('ս', 'u'),
];

/// Signs that people know from elsewhere, and what they are here.
const SIGNS: [(&str, &str); 22] = [
    ("&", "and"),
    ("&&", "and"),
    ("|", "or"),
    ("||", "or"),
    ("!", "not"),
    ("#", "//"),
    ("'", "\""),
    ("[", "{"),
    ("]", "}"),
    ("…", ".."),
    ("≤", "<="),
    ("≥", ">="),
    ("，", ","),
    ("、", ","),
    ("：", ":"),
    ("（", "("),
    ("）", ")"),
    ("｛", "{"),
    ("｝", "}"),
    ("＝", "="),
    ("％", "%"),
    ("＂", "\""),
];

/// What is wrong with one token, if anything.
pub(super) fn complaint(kind: TokenKind, text: &str, span: Span) -> Option<Diagnostic> {
    if let Some(hidden) = text.chars().find(|c| is_hidden(*c)) {
        let message = format!("hidden character U+{:04X}", u32::from(hidden));
        let help = "it can make the text read differently from what it says: delete it";
        let clean: String = text.chars().filter(|c| !is_hidden(*c)).collect();
        let found = Diagnostic::error(codes::HIDDEN_CHARACTER, span, message).help(help);
        return Some(found.fix("delete it", span, clean));
    }
    if kind == TokenKind::Comment && text.trim_end_matches('\r').contains('\r') {
        // Some editors end the line there, and show as a rule what is a comment.
        let found = Diagnostic::error(codes::HIDDEN_CHARACTER, span, "hidden character U+000D");
        let clean = text.trim_end_matches('\r').replace('\r', "");
        let found = found.help("some editors show a new line there: delete it");
        return Some(found.fix("delete it", span, clean));
    }
    match kind {
        TokenKind::Word | TokenKind::Var => bad_word(text, span),
        TokenKind::Int if literal::number(text).is_none() => Some(bad_number(text, span)),
        TokenKind::Date if Date::parse(text).is_none() => Some(bad_date(text, span)),
        TokenKind::Clock if literal::clock(text).is_none() => Some(bad_clock(text, span)),
        TokenKind::Str if string_open(text) => Some(open_string(text, span)),
        TokenKind::Unknown => Some(bad_character(text, span)),
        _ => None,
    }
}

/// Names are `[a-z][a-z0-9]*(-[a-z0-9]+)*`, joined by dots.
fn is_name(name: &str) -> bool {
    let piece = |piece: &str| {
        !piece.is_empty() && piece.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
    };
    name.split('.').all(|part| {
        part.starts_with(|c: char| c.is_ascii_lowercase()) && part.split('-').all(piece)
    })
}

fn bad_word(text: &str, span: Span) -> Option<Diagnostic> {
    let (sign, name) = text.strip_prefix('$').map_or(("", text), |name| ("$", name));
    if is_name(name) {
        return None;
    }
    let latin: String = name.chars().map(latin_for).collect();
    let near = latin.to_ascii_lowercase().replace('_', "-");
    let foreign = name.chars().find(|c| !c.is_ascii());
    let message = match foreign {
        Some(c) if latin.is_ascii() => {
            let code = u32::from(c);
            format!("`{c}` in `{text}` is U+{code:04X}, not the Latin letter it looks like")
        }
        _ => format!("`{text}` is not a name"),
    };
    let help = match foreign {
        Some(_) => {
            "names are written with a-z, 0-9 and `-`; other scripts belong in quoted texts, such as \
             `title` or `because`"
        }
        None => "names are written with a-z, 0-9 and single `-` between them",
    };
    let found = Diagnostic::error(codes::BAD_CHARACTER, span, message).help(help);
    if !is_name(&near) {
        return Some(found);
    }
    let near = format!("{sign}{near}");
    Some(found.fix(format!("write `{near}`"), span, near))
}

/// The Latin letter a letter looks like, full-width forms included; itself where there is none.
fn latin_for(c: char) -> char {
    let wide = u32::from(c).checked_sub(0xfee0).and_then(char::from_u32);
    let known = LOOKALIKES.iter().find(|(other, _)| *other == c).map(|(_, latin)| *latin);
    known.or(wide.filter(char::is_ascii_alphanumeric)).unwrap_or(c)
}

fn bad_number(text: &str, span: Span) -> Diagnostic {
    let message = format!("`{text}` is not a number here");
    let found = Diagnostic::error(codes::BAD_NUMBER, span, message)
        .help("write at most 9_223_372_036_854_775_807, with `_` only before three digits");
    let (sign, digits) = text.strip_prefix('-').map_or(("", text), |digits| ("-", digits));
    let number = digits.replace('_', "").parse().ok().filter(|number| *number <= MOST);
    let Some(number) = number.map(literal::number_text) else { return found };
    let number = format!("{sign}{number}");
    found.fix(format!("write `{number}`"), span, number)
}

/// The largest number of the language.
const MOST: u64 = i64::MAX.cast_unsigned();

fn bad_date(text: &str, span: Span) -> Diagnostic {
    let found = Diagnostic::error(codes::BAD_DATE, span, format!("there is no date `{text}`"))
        .help("write year-month-day, such as 2026-03-02");
    let parts: Vec<u16> = text.split('-').map_while(|part| part.parse().ok()).collect();
    let [year, month, day] = parts[..] else { return found };
    // A day too many means the last of the month.
    let days = (1..=day.min(31)).rev();
    let mut near = days.map(|day| format!("{year:04}-{month:02}-{day:02}"));
    match near.find(|near| Date::parse(near).is_some()) {
        Some(near) => found.fix(format!("write `{near}`"), span, near),
        None => found,
    }
}

fn bad_clock(text: &str, span: Span) -> Diagnostic {
    let message = format!("there is no time of day `{text}`");
    let found = Diagnostic::error(codes::BAD_CLOCK, span, message)
        .help("write 00:00 to 24:00, always with two digits");
    let padded = text.split_once(':').map(|(hour, minute)| format!("{hour:0>2}:{minute:0>2}"));
    match padded.filter(|near| literal::clock(near).is_some()) {
        Some(near) => found.fix(format!("write `{near}`"), span, near),
        None => found,
    }
}

fn open_string(text: &str, span: Span) -> Diagnostic {
    let end = span.start.saturating_add(text.trim_end().len());
    let end = Span { start: end, end };
    let found = Diagnostic::error(codes::OPEN_STRING, span, "the closing quote is missing")
        .help("a text ends with `\"` on the same line");
    // After a backslash it would be an escape.
    let free = !string_open(&format!("{}\"", text.trim_end()));
    if free { found.fix("write `\"` at the end", end, "\"") } else { found }
}

fn bad_character(text: &str, span: Span) -> Diagnostic {
    let found = |message: String| Diagnostic::error(codes::BAD_CHARACTER, span, message);
    if text.chars().all(char::is_whitespace) {
        let code = text.chars().next().map_or(0, u32::from);
        return found(format!("a blank that is no space, U+{code:04X}")).help("write a space").fix(
            "write a space",
            span,
            " ",
        );
    }
    if let Some(plain) = plain_quotes(text) {
        return found("these are not the quotes of a text".to_owned())
            .help("a text stands between two `\"`")
            .fix(format!("write `{plain}`"), span, plain);
    }
    let found = found(format!("`{text}` means nothing here"));
    if text.chars().all(|c| c == ';') {
        return found.help("a clause ends without a sign").fix("delete it", span, "");
    }
    match SIGNS.iter().find(|(sign, _)| *sign == text) {
        Some((_, ours)) => found.help(format!("did you mean `{ours}`?")).fix(
            format!("write `{ours}`"),
            span,
            *ours,
        ),
        None => found.help("names are written with a-z, 0-9 and `-`, and texts between two `\"`"),
    }
}

/// A text in curly quotes, in plain ones.
fn plain_quotes(text: &str) -> Option<String> {
    let mut inner = text.chars();
    let quoted = inner.next().is_some_and(is_curly) && inner.next_back().is_some();
    let plain = format!("\"{}\"", inner.as_str());
    let whole = quoted && !inner.as_str().is_empty() && !string_open(&plain);
    whole.then_some(plain)
}

/// Does a string token lack its closing quote?
fn string_open(text: &str) -> bool {
    let inner = text.strip_prefix('"').unwrap_or(text);
    let Some(inner) = inner.strip_suffix('"') else { return true };
    let escapes = inner.chars().rev().take_while(|c| *c == '\\').count();
    !escapes.is_multiple_of(2)
}

/// Controls, and characters that turn the direction of text or take no space. The joiners
/// U+200C and U+200D are not among them: texts need them, and names cannot have them.
fn is_hidden(c: char) -> bool {
    matches!(c,
        '\u{0}'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{ad}'
        | '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}
