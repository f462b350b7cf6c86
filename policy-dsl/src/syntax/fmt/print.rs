//! From pieces to text: decides where lines end.

use super::COLUMNS_MAX;
use super::doc::{Doc, columns};

/// Spaces a level.
const LEVEL: usize = 2;

/// What stands between the last piece and the next.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    Nothing,
    Space,
    Line,
    BlankLine,
}

struct Printer {
    text: String,
    column: usize,
    /// Of lines that end from here on.
    indent: usize,
    gap: Gap,
    /// Of the line that the gap begins, if it begins one.
    next_indent: usize,
}

/// The text of these pieces, with one line end at its end unless it is empty.
pub(super) fn print(docs: &[Doc<'_>]) -> String {
    let text = String::new();
    let mut printer = Printer { text, column: 0, indent: 0, gap: Gap::Nothing, next_indent: 0 };
    printer.all(docs, false, 0);
    if !printer.text.is_empty() {
        printer.text.push('\n');
    }
    printer.text
}

impl Printer {
    /// Prints pieces that are followed by `tail` columns before the line can end. `flat`: they stand on one line.
    fn all(&mut self, docs: &[Doc<'_>], flat: bool, tail: usize) {
        for (at, doc) in docs.iter().enumerate() {
            let rest = || docs.get(at.saturating_add(1)..).unwrap_or_default();
            match doc {
                Doc::Token { text, space } => {
                    self.widen(if *space { Gap::Space } else { Gap::Nothing });
                    self.write(text);
                }
                Doc::Comment { text, own_line, blank_before } => {
                    self.comment(text, *own_line, *blank_before);
                }
                Doc::Line { space } if flat => {
                    self.widen(if *space { Gap::Space } else { Gap::Nothing });
                }
                Doc::Line { .. } => self.widen(Gap::Line),
                Doc::Fill => {
                    let next = until_line(rest(), tail);
                    let fits = flat || next.is_some_and(|next| self.fits(next.saturating_add(1)));
                    self.widen(if fits { Gap::Space } else { Gap::Line });
                }
                Doc::Hard { blank } => {
                    self.widen(if *blank { Gap::BlankLine } else { Gap::Line });
                }
                Doc::Nest(parts, _) => {
                    self.indent = self.indent.saturating_add(LEVEL);
                    self.all(parts, flat, until_line(rest(), tail).unwrap_or(0));
                    self.indent = self.indent.saturating_sub(LEVEL);
                }
                Doc::Group(parts, width) => {
                    let tail = until_line(rest(), tail).unwrap_or(0);
                    let fits = width.is_some_and(|width| self.fits(width.saturating_add(tail)));
                    self.all(parts, flat || fits, tail);
                }
            }
        }
    }

    fn fits(&self, width: usize) -> bool {
        let column = match self.gap {
            Gap::Nothing | Gap::Space => self.column,
            Gap::Line | Gap::BlankLine => self.next_indent,
        };
        column.saturating_add(width) <= COLUMNS_MAX
    }

    fn widen(&mut self, gap: Gap) {
        self.gap = self.gap.max(gap);
        if gap >= Gap::Line {
            self.next_indent = self.indent;
        }
    }

    /// Behind what is there, whatever gap is due; or on its own line.
    fn comment(&mut self, text: &str, own_line: bool, blank_before: bool) {
        if own_line {
            self.widen(if blank_before { Gap::BlankLine } else { Gap::Line });
            self.write(text);
            self.widen(Gap::Line);
        } else {
            self.widen(Gap::Line);
            let gap = self.gap;
            self.gap = Gap::Nothing;
            self.write(if self.text.is_empty() { "" } else { "  " });
            self.write(text);
            self.gap = gap;
        }
    }

    fn write(&mut self, text: &str) {
        match self.gap {
            _ if self.text.is_empty() => {}
            Gap::Nothing => {}
            Gap::Space => {
                self.text.push(' ');
                self.column = self.column.saturating_add(1);
            }
            Gap::Line | Gap::BlankLine => {
                self.text.push_str(if self.gap == Gap::Line { "\n" } else { "\n\n" });
                self.text.push_str(&" ".repeat(self.next_indent));
                self.column = self.next_indent;
            }
        }
        self.gap = Gap::Nothing;
        self.text.push_str(text);
        self.column = self.column.saturating_add(columns(text));
    }
}

/// Columns up to the first place where a line may end, or with `tail` if there is none.
fn until_line(docs: &[Doc<'_>], tail: usize) -> Option<usize> {
    let mut sum = 0_usize;
    for doc in docs {
        match doc {
            Doc::Line { .. } | Doc::Fill | Doc::Hard { .. } | Doc::Comment { .. } => {
                return Some(sum);
            }
            Doc::Nest(parts, None) | Doc::Group(parts, None) => {
                return until_line(parts, 0).map(|first| sum.saturating_add(first));
            }
            Doc::Token { .. } | Doc::Nest(..) | Doc::Group(..) => {
                sum = sum.saturating_add(doc.width()?);
            }
        }
    }
    Some(sum.saturating_add(tail))
}
