//! Examples: given facts and the expected answer.

use super::{Parsed, Parser};
use crate::facts::Fact;
use crate::syntax::lex::TokenKind;
use crate::syntax::tree::NodeKind;

/// Words that start a given, besides the names of facts and parameters.
const GIVENS: [&str; 7] = ["at", "amount", "item", "lists", "spent", "issued", "last"];

impl Parser<'_> {
    /// What follows `example`.
    pub(super) fn example(&mut self) -> Parsed {
        self.expect(TokenKind::Str, "a name in quotes")?;
        self.expect(TokenKind::LeftBrace, "`{`")?;
        while !self.is(TokenKind::RightBrace) {
            self.within(NodeKind::Given, Self::given)?;
        }
        self.bump();
        self.expect_word("expect")?;
        self.within(NodeKind::Outcome, Self::outcome)
    }

    fn given(&mut self) -> Parsed {
        if self.eat(TokenKind::Var) {
            return self.argument_value();
        }
        let Some(word) = self.word() else {
            return Err(self.expected("a fact, `amount`, `item`, `spent` or `}`"));
        };
        let fact = Fact::from_name(word).is_some() || word.contains('.');
        if !fact && !GIVENS.contains(&word) {
            let mut known: Vec<&str> = GIVENS.to_vec();
            known.extend(Fact::ALL.map(Fact::name));
            return Err(self.expected_word("a fact, `amount`, `item`, `spent` or `}`", &known));
        }
        self.bump();
        match word {
            _ if fact => self.argument_value(),
            "at" => {
                self.expect(TokenKind::Date, "a date such as `2026-03-02`")?;
                self.expect(TokenKind::Clock, "a time such as `15:30`")
            }
            "issued" => {
                self.expect(TokenKind::Date, "a date such as `2026-03-02`")?;
                self.eat(TokenKind::Clock);
                Ok(())
            }
            "last" => {
                self.expect_plain("the label of a gap")?;
                self.expect(TokenKind::Date, "a date such as `2026-03-02`")?;
                self.expect(TokenKind::Clock, "a time such as `15:30`")
            }
            "amount" => self.money(),
            "item" => self.item(),
            "lists" => self.expect_name("the name of a list or calendar"),
            _ => {
                self.expect_plain("the label of a cap")?;
                self.quantity()
            }
        }
    }

    fn item(&mut self) -> Parsed {
        if !self.eat(TokenKind::Str) {
            self.expect_name("the code of a product")?;
        }
        self.money()?;
        if self.eat_word("tags") { self.braces() } else { Ok(()) }
    }

    fn outcome(&mut self) -> Parsed {
        match self.word() {
            Some("allow") => {
                self.bump();
                if self.is(TokenKind::Int) { self.money() } else { Ok(()) }
            }
            Some("deny") => {
                self.bump();
                self.words_with_commas("a label")
            }
            Some("give") => {
                self.bump();
                self.money()
            }
            _ => {
                let words = ["allow", "deny", "give", "nothing"];
                self.expect_one_of(&words, "`allow`, `deny`, `give` or `nothing`")
            }
        }
    }
}
