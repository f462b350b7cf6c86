//! A refusal as sentences in the holder's language.

use scoin_core::outcome::Refusal;

/// The languages sentences are made in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lang {
    /// Korean
    #[default]
    Ko,
    /// English
    En,
}

/// Sentences for the holder, most important first.
pub fn explain(_refusal: &Refusal, _lang: Lang) -> Vec<String> {
    Vec::new()
}
