//! The words that start definitions and clauses: where reading can go on after a mistake.

use super::Parser;
use crate::syntax::lex::TokenKind;

/// Words that start a definition.
pub const DEFINITIONS: [&str; 8] =
    ["import", "policy", "program", "let", "set", "schedule", "list", "calendar"];

/// Words that start a clause of a policy or programme.
pub const CLAUSES: [&str; 21] = [
    "title", "zone", "week", "pays", "require", "forbid", "covers", "cap", "gap", "starts",
    "expires", "decays", "split", "priority", "transfer", "refund", "also", "example", "pool",
    "open", "reward",
];

impl Parser<'_> {
    /// Does a definition start here, surely enough to stop skipping?
    pub(super) fn at_definition(&self) -> bool {
        let known = self.word().is_some_and(|word| DEFINITIONS.contains(&word));
        let named = self.nth_is(1, TokenKind::Word) || self.nth_is(1, TokenKind::Str);
        let opens = matches!(self.word(), Some("policy" | "program"))
            && (self.nth_is(2, TokenKind::LeftBrace) || self.nth_is(2, TokenKind::LeftParen));
        let equals = matches!(self.word(), Some("let" | "set" | "schedule"))
            && self.nth_is(2, TokenKind::Equals);
        known && named && (self.starts_line() || opens || equals)
    }

    /// Does a clause start here where a condition is missing? A `let` may be named like a clause, so what follows must
    /// not continue a condition.
    pub(super) fn at_next_clause(&self) -> bool {
        let goes_on =
            matches!(self.nth_word(1), Some("and" | "or" | "not" | "in" | "is" | "because"));
        let closes = self.nth_is(1, TokenKind::RightParen) || self.nth_is(1, TokenKind::RightBrace);
        self.starts_line() && self.at_clause() && !goes_on && !closes
    }

    /// Does something else than a condition start here?
    pub(super) fn at_condition_end(&self) -> bool {
        self.at_next_clause() || self.at_labelled() || self.at_new_line_of_its_own()
    }

    /// Does a clause or definition begin with this line, so surely that its word is no name or value that was broken off
    /// the line before?
    pub(super) fn at_new_line_of_its_own(&self) -> bool {
        if !self.starts_line() {
            return false;
        }
        let kinds = [TokenKind::Date, TokenKind::Dots, TokenKind::Var];
        self.at_definition()
            || match self.word() {
                Some("pays" | "also" | "pool") => self.nth_word(1).is_some(),
                Some("open") => kinds.iter().any(|kind| self.nth_is(1, *kind)),
                _ => self.at_labelled() || !self.is_labelled_word() && self.at_clause(),
            }
    }

    /// `require name:` and the like.
    pub(super) fn at_labelled(&self) -> bool {
        self.is_labelled_word() && self.nth_word(1).is_some() && self.nth_is(2, TokenKind::Colon)
    }

    fn is_labelled_word(&self) -> bool {
        let labelled = ["require", "forbid", "covers", "cap", "gap", "decays", "reward"];
        self.word().is_some_and(|word| labelled.contains(&word))
    }

    /// Does a clause start here, surely enough to stop skipping? Its word may also stand in the middle of a clause
    /// (`per week`), so it must be followed by what follows it, and begin a line where that is not telling.
    pub(super) fn at_clause(&self) -> bool {
        let Some(word) = self.word().filter(|word| CLAUSES.contains(word)) else { return false };
        let followed_by = |kinds: &[TokenKind]| kinds.iter().any(|kind| self.nth_is(1, *kind));
        let then = |words: &[&str]| self.nth_word(1).is_some_and(|next| words.contains(&next));
        match word {
            "require" | "forbid" | "covers" | "cap" | "gap" | "decays" | "reward" => {
                self.nth_is(2, TokenKind::Colon) || self.starts_line()
            }
            "title" => {
                followed_by(&[TokenKind::Str])
                    || self.nth_word(1).is_some() && self.nth_is(2, TokenKind::Str)
            }
            "example" => followed_by(&[TokenKind::Str]),
            "zone" => followed_by(&[TokenKind::Zone]),
            "week" => then(&["starts"]),
            "starts" | "expires" => {
                then(&["at", "on", "never"])
                    || self.starts_line() && followed_by(&[TokenKind::Int, TokenKind::Var])
            }
            "split" => then(&["never", "allowed"]),
            "priority" => followed_by(&[TokenKind::Int]),
            "transfer" => then(&["never", "to"]),
            "refund" => then(&["grace", "restores"]),
            _ => self.starts_line(),
        }
    }
}
