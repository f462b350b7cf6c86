//! From text to a lossless tree, and from the tree to typed clauses.
//!
//! [`lex`] cuts the text into tokens, [`parse`] hangs every token (blanks and comments too) in one [`tree`], and
//! [`ast`] reads that tree with types. Formatter, diagnostics and editors read the same tree.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a token or value that does not fit is reported, whatever kinds are added later"
)]

pub mod ast;
mod complain;
pub mod fmt;
pub mod lex;
pub mod literal;
pub mod parse;
mod read;
mod read_pred;
pub mod tree;

pub(crate) use read::argument;
pub(crate) use read_pred::days_between;
