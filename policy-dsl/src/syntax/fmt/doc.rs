//! What is to be printed: tokens, comments, and the places where a line may end.

/// A piece of a formatted source.
#[derive(Debug)]
pub(super) enum Doc<'s> {
    /// A token as it stands in the source, with a space before it or not.
    Token { text: &'s str, space: bool },
    /// A comment, on a line of its own or behind what stands before it. Ends its line.
    Comment { text: &'s str, own_line: bool, blank_before: bool },
    /// The line may end here, and does if the block around it does not fit; a space or nothing otherwise.
    Line { space: bool },
    /// The line ends here if what comes up to the next place does not fit; a space otherwise.
    Fill,
    /// The line ends here, perhaps with an empty line after it.
    Hard { blank: bool },
    /// Parts that stand on one line if they fit together, with the width they then have.
    Group(Vec<Doc<'s>>, Option<usize>),
    /// Parts whose lines begin one level deeper.
    Nest(Vec<Doc<'s>>, Option<usize>),
}

impl Doc<'_> {
    pub(super) fn group(parts: Vec<Self>) -> Self {
        let width = width(&parts);
        Self::Group(parts, width)
    }

    pub(super) fn nest(parts: Vec<Self>) -> Self {
        let width = width(&parts);
        Self::Nest(parts, width)
    }

    /// Columns on one line; nothing if it cannot stand on one line.
    pub(super) fn width(&self) -> Option<usize> {
        match self {
            Self::Token { text, space } => Some(columns(text).saturating_add(usize::from(*space))),
            Self::Line { space } => Some(usize::from(*space)),
            Self::Fill => Some(1),
            Self::Comment { .. } | Self::Hard { .. } => None,
            Self::Group(_, width) | Self::Nest(_, width) => *width,
        }
    }
}

fn width(parts: &[Doc<'_>]) -> Option<usize> {
    parts.iter().try_fold(0_usize, |sum, part| Some(sum.saturating_add(part.width()?)))
}

/// Columns on a terminal: Korean, Chinese and Japanese letters and full-width forms take two.
pub(super) fn columns(text: &str) -> usize {
    text.chars().fold(0_usize, |sum, c| sum.saturating_add(if is_wide(c) { 2 } else { 1 }))
}

fn is_wide(c: char) -> bool {
    matches!(c, '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe6f}' | '\u{ff00}'..='\u{ff60}'
        | '\u{ffe0}'..='\u{ffe6}' | '\u{1f300}'..='\u{1faff}' | '\u{20000}'..='\u{3fffd}')
}
