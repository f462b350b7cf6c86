//! The formatter: one style for every source, from the lossless tree.
//!
//! Two spaces a level, one clause a line, at most [`COLUMNS_MAX`] columns where a line can be broken, at most one empty
//! line. It moves blanks and nothing else: tokens and comments come out as they went in, in the same order, so an id
//! never changes.

mod build;
mod doc;
mod print;

use crate::codes;
use crate::diagnostic::{Diagnostic, Span};
use crate::syntax::parse::{SOURCE_BYTES_MAX, parse};

/// The widest line that is not broken, in columns of a terminal.
pub const COLUMNS_MAX: usize = 120;

/// The source in the one style; formatting it again changes nothing.
///
/// # Errors
///
/// What is wrong with a source that cannot be read as a whole (E00xx, E0211): it is left alone. E0001 also when the
/// formatted text would be longer than a source may be.
pub fn format(source: &str) -> Result<String, Vec<Diagnostic>> {
    let tree = parse(source);
    if !tree.errors.is_empty() {
        return Err(tree.errors);
    }
    let text = print::print(&build::file(&tree));
    if text.len() > SOURCE_BYTES_MAX {
        let message = format!(
            "formatted, the source would have {} bytes, at most {SOURCE_BYTES_MAX} are read",
            text.len()
        );
        let error = Diagnostic::error(codes::SOURCE_TOO_LONG, Span::default(), message);
        return Err(vec![error.help("publish it in parts")]);
    }
    Ok(text)
}
