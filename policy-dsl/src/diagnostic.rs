//! What the compiler has to say about a source: plain values with a stable code, labelled spans, help and fixes.
//!
//! One mistake gives one diagnostic; a list of diagnostics is sorted by position. Text is lower case, without a full
//! stop, with the user's own words in backticks. Codes never change their meaning (`docs/policy-language.md`).

use std::fmt;

/// A range of bytes in a source. `start <= end`, both on character boundaries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// First byte after it.
    pub end: usize,
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The source cannot be compiled.
    Error,
    /// It can, but probably does not say what was meant.
    Warning,
}

/// A place in the source and what is to be seen there. The text may be empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What is there.
    pub text: String,
}

/// A change that a tool may apply: every edit, at once, to the source the diagnostic is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What it does, in words: "write `food.bakery`".
    pub title: String,
    /// Replacements, sorted, not overlapping.
    pub edits: Vec<Edit>,
}

/// One replacement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced; empty to insert.
    pub span: Span,
    /// What stands there afterwards.
    pub text: String,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Stable code, `E0107` or `W0301`; see [`crate::codes`].
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// One line: what is wrong.
    pub message: String,
    /// Where; the first is the main place. Empty when the source as a whole is meant (an argument, for example).
    pub labels: Vec<Label>,
    /// What to do next.
    pub help: Option<String>,
    /// Changes a tool may apply, best first.
    pub fixes: Vec<Fix>,
}

impl Fix {
    /// The source with all edits made. An edit that does not lie in the source is left out.
    pub fn apply(&self, source: &str) -> String {
        let mut fixed = source.to_owned();
        for edit in self.edits.iter().rev() {
            let (start, end) = (edit.span.start, edit.span.end);
            if fixed.get(start..end).is_some() {
                fixed.replace_range(start..end, &edit.text);
            }
        }
        fixed
    }
}

impl Diagnostic {
    /// An error at a place.
    pub fn error(code: &'static str, span: Span, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Error, message).at(span, "")
    }

    /// A warning at a place.
    pub fn warning(code: &'static str, span: Span, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Warning, message).at(span, "")
    }

    /// An error about something outside the source, such as an argument.
    pub fn error_outside(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Error, message)
    }

    fn new(code: &'static str, severity: Severity, message: impl Into<String>) -> Self {
        let (labels, help, fixes) = (Vec::new(), None, Vec::new());
        Self { code, severity, message: message.into(), labels, help, fixes }
    }

    /// The same with one more labelled place.
    #[must_use]
    pub fn at(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: text.into() });
        self
    }

    /// The same with a hint.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The same with a fix that replaces one span.
    #[must_use]
    pub fn fix(mut self, title: impl Into<String>, span: Span, text: impl Into<String>) -> Self {
        let edits = vec![Edit { span, text: text.into() }];
        self.fixes.push(Fix { title: title.into(), edits });
        self
    }

    /// The main place, if it has one.
    pub fn span(&self) -> Option<Span> {
        self.labels.first().map(|label| label.span)
    }

    /// Does it stop the source from being compiled?
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

impl fmt::Display for Diagnostic {
    /// `error[E0107]: message`, then `; help` if there is any. Places need the source: see [`position`].
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        write!(f, "{severity}[{}]: {}", self.code, self.message)?;
        match &self.help {
            Some(help) => write!(f, "; {help}"),
            None => Ok(()),
        }
    }
}

/// Line and column of a byte offset, both from 1; columns count characters. Past the end: the last position.
pub fn position(source: &str, offset: usize) -> (usize, usize) {
    let end = source.floor_char_boundary(offset);
    let before = source.get(..end).unwrap_or(source);
    let lines = before.bytes().filter(|byte| *byte == b'\n').count();
    let line = before.rsplit('\n').next().unwrap_or_default();
    (lines.saturating_add(1), line.chars().count().saturating_add(1))
}

/// Puts diagnostics in the order of their places, then codes; one without a place comes first.
pub(crate) fn sort(diagnostics: &mut Vec<Diagnostic>) {
    diagnostics.sort_by(|a, b| (a.span(), a.code, &a.message).cmp(&(b.span(), b.code, &b.message)));
    diagnostics.dedup();
}

/// The candidate nearest to `word`, if it is near enough to be meant: at most a third of its letters differ.
pub(crate) fn nearest<'a>(
    word: &str,
    candidates: impl Iterator<Item = &'a str>,
) -> Option<&'a str> {
    let limit = word.chars().count().div_ceil(3).min(3);
    let scored = candidates.map(|candidate| (distance(word, candidate), candidate));
    scored.filter(|(far, _)| *far > 0 && *far <= limit).min().map(|(_, candidate)| candidate)
}

/// Edit distance in characters, a swap of neighbours counting as one (optimal string alignment).
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) =
        (a.chars().take(64).collect(), b.chars().take(64).collect());
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    let at = |row: &[usize], j: usize| row.get(j).copied().unwrap_or(usize::MAX);
    let mut previous = None;
    for (i, &ca) in a.iter().enumerate() {
        let mut row = vec![i.saturating_add(1)];
        let mut left = None;
        for (j, &cb) in b.iter().enumerate() {
            let swap = ca != cb;
            let mut cost = at(&last, j).saturating_add(usize::from(swap));
            cost = cost.min(at(&last, j.saturating_add(1)).saturating_add(1));
            cost = cost.min(at(&row, j).saturating_add(1));
            if swap && left == Some(ca) && previous == Some(cb) {
                cost = cost.min(at(&before, j.saturating_sub(1)).saturating_add(1));
            }
            row.push(cost);
            left = Some(cb);
        }
        before = std::mem::replace(&mut last, row);
        previous = Some(ca);
    }
    last.last().copied().unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distance_counts_letters() {
        let cases = [
            ("", "", 0),
            ("a", "", 1),
            ("bakry", "bakery", 1),
            ("ab", "ba", 1),
            ("food", "book", 2),
            ("한국", "한글", 1),
        ];
        for (a, b, expected) in cases {
            assert_eq!(distance(a, b), expected, "{a} {b}");
        }
    }

    #[test]
    fn nearest_refuses_far_words() {
        let facts = ["payer.age", "payer.groups", "merchant.id"];
        assert_eq!(nearest("payer.aeg", facts.into_iter()), Some("payer.age"));
        assert_eq!(nearest("weather", facts.into_iter()), None);
    }

    #[test]
    fn positions_count_characters() {
        assert_eq!(position("가나\n다", "가나\n다".len()), (2, 2));
        assert_eq!(position("", 9), (1, 1));
    }
}
