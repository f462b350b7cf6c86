//! The clauses of policies and programmes.

use super::{Damaged, Parsed, Parser};
use crate::syntax::lex::TokenKind;
use crate::syntax::tree::NodeKind;

/// Units of a duration; the singular is taken too.
const UNITS: [&str; 12] = [
    "minutes", "hours", "days", "weeks", "months", "years", "minute", "hour", "day", "week",
    "month", "year",
];
const WINDOWS: [&str; 6] = ["payment", "day", "week", "month", "year", "life"];
const KEYS: [&str; 5] = ["lot", "purse", "payer", "household", "merchant"];

impl Parser<'_> {
    /// The clause whose first word stands here. Every word of [`super::CLAUSES`] has an arm.
    pub(super) fn clause(&mut self) -> Parsed {
        let word = self.word().unwrap_or_default();
        self.bump();
        match word {
            "title" => self.texts(),
            "zone" => self.expect(TokenKind::Zone, "a time zone such as `Asia/Seoul`"),
            "week" => {
                self.expect_word("starts")?;
                self.weekday()
            }
            "pays" => self.words_with_commas("a kind of payment such as `purchase`"),
            "require" | "forbid" | "covers" => {
                self.label()?;
                self.pred()?;
                self.because()
            }
            "cap" => self.cap(),
            "gap" => self.gap(),
            "starts" => self.starts(),
            "expires" => self.expires(),
            "decays" => self.decays(),
            "split" => self.expect_one_of(&["never", "allowed"], "`never` or `allowed`"),
            "priority" => self.expect(TokenKind::Int, "a number from 0 to 100"),
            "transfer" => self.transfer(),
            "refund" => self.refund(),
            "also" => self.policy_use("the name of a policy"),
            "example" => self.example(),
            "pool" => self.expect_name("the name of a pool"),
            "open" => self.range(),
            "reward" => self.reward(),
            _ => Err(self.expected("a clause")),
        }
    }

    fn label(&mut self) -> Parsed {
        self.expect_plain("a label such as `each-day`")?;
        self.expect(TokenKind::Colon, "`:`")
    }

    pub(super) fn words_with_commas(&mut self, what: &str) -> Parsed {
        self.expect_plain(what)?;
        while self.eat(TokenKind::Comma) {
            self.expect_plain(what)?;
        }
        Ok(())
    }

    /// `"text"`, or `ko "text" en "text"`.
    fn texts(&mut self) -> Parsed {
        self.within(NodeKind::Text, |parser| {
            if parser.eat(TokenKind::Str) {
                return Ok(());
            }
            parser.expect_plain("a text in quotes, or a language such as `ko`")?;
            parser.expect(TokenKind::Str, "a text in quotes")?;
            while let Some(word) = parser.word() {
                let clause = super::CLAUSES.contains(&word) && parser.starts_line();
                if clause || matches!(word, "example" | "title") {
                    break;
                }
                if !parser.starts_line()
                    && parser.peek_nth(1).is_some_and(|t| parser.is_reported(t))
                {
                    return Err(Damaged);
                }
                if !parser.nth_is(1, TokenKind::Str) {
                    break;
                }
                parser.bump();
                parser.bump();
            }
            Ok(())
        })
    }

    fn because(&mut self) -> Parsed {
        if !self.is_word("because") {
            return Ok(());
        }
        self.within(NodeKind::Because, |parser| {
            parser.bump();
            parser.texts()
        })
    }

    fn cap(&mut self) -> Parsed {
        self.label()?;
        self.quantity()?;
        if self.eat_word("per") {
            self.window()?;
        }
        self.by()?;
        self.when()?;
        if self.is_word("on") {
            self.within(NodeKind::OnItems, |parser| {
                parser.bump();
                parser.expect_word("items")?;
                parser.pred()
            })?;
        }
        self.because()
    }

    /// `5_000 won`, `5_000 won times payer.children`, `3 payments`, `80% of payment`, or a parameter in place of the
    /// number and its unit.
    pub(super) fn quantity(&mut self) -> Parsed {
        const COUNTED: [&str; 4] = ["payments", "rewards", "payment", "reward"];
        self.within(NodeKind::Quantity, |parser| {
            if !parser.is(TokenKind::Int) && !parser.is(TokenKind::Var) {
                return Err(parser.expected("an amount such as `5_000 won` or `3 payments`"));
            }
            let variable = parser.is(TokenKind::Var);
            // `cap a: $most` may be followed by the clause `reward b: ...`.
            let next_clause = parser.nth_word(2).is_some() && parser.nth_is(3, TokenKind::Colon);
            let counted = parser.nth_word(1).is_some_and(|word| COUNTED.contains(&word));
            let counted = counted && !next_clause;
            if counted {
                parser.bump();
                parser.bump();
                return Ok(());
            }
            if parser.nth_is(1, TokenKind::Percent) || variable && parser.nth_word(1) == Some("of")
            {
                parser.value()?;
                parser.expect_word("of")?;
                return parser.expect_word("payment");
            }
            parser.money()?;
            if parser.eat_word("times") {
                parser.expect_name("a number such as `payer.children`")?;
            }
            Ok(())
        })
    }

    fn window(&mut self) -> Parsed {
        self.within(NodeKind::Window, |parser| {
            if parser.eat(TokenKind::Int) {
                return parser.expect_one_of(&UNITS, "`days`, `months` or `years`");
            }
            parser.expect_one_of(
                &WINDOWS,
                "`payment`, `day`, `week`, `month`, `year`, `life` or a number of days",
            )
        })
    }

    fn by(&mut self) -> Parsed {
        const WHAT: &str = "`lot`, `purse`, `payer`, `household` or `merchant`";
        if !self.is_word("by") {
            return Ok(());
        }
        self.within(NodeKind::By, |parser| {
            parser.bump();
            parser.expect_one_of(&KEYS, WHAT)?;
            while parser.eat_word("and") {
                parser.expect_one_of(&KEYS, WHAT)?;
            }
            Ok(())
        })
    }

    fn when(&mut self) -> Parsed {
        if !self.is_word("when") {
            return Ok(());
        }
        self.within(NodeKind::When, |parser| {
            parser.bump();
            parser.pred()
        })
    }

    fn duration(&mut self) -> Parsed {
        self.within(NodeKind::Duration, |parser| {
            if !parser.eat(TokenKind::Var) {
                parser.expect(TokenKind::Int, "a duration such as `30 days`")?;
            }
            parser.expect_one_of(&UNITS, "`minutes`, `hours`, `days`, `weeks`, `months` or `years`")
        })
    }

    fn gap(&mut self) -> Parsed {
        self.label()?;
        self.duration()?;
        self.by()?;
        self.when()?;
        self.because()
    }

    fn date(&mut self) -> Parsed {
        if self.is(TokenKind::Date) || self.is(TokenKind::Var) {
            return self.value();
        }
        Err(self.expected("a date such as `2026-12-31`"))
    }

    fn starts(&mut self) -> Parsed {
        if self.eat_word("at") {
            return self.expect_word("issue");
        }
        if self.eat_word("on") {
            return self.date();
        }
        self.after_issue("`at issue`, `on` and a date, or a duration such as `3 days after issue`")
    }

    fn after_issue(&mut self, what: &str) -> Parsed {
        if !self.is(TokenKind::Int) && !self.is(TokenKind::Var) {
            return Err(self.expected(what));
        }
        self.duration()?;
        self.expect_word("after")?;
        self.expect_word("issue")
    }

    fn expires(&mut self) -> Parsed {
        if self.eat_word("on") {
            self.date()?;
        } else if !self.eat_word("never") {
            self.after_issue(
                "`never`, `on` and a date, or a duration such as `30 days after issue`",
            )?;
        }
        if !self.is_word("then") {
            return Ok(());
        }
        self.within(NodeKind::Fate, |parser| {
            parser.bump();
            match parser.word() {
                Some("return") => parser.words(&["return", "to", "granter"]),
                Some("move") => {
                    parser.words(&["move", "to", "pool"])?;
                    parser.expect_name("the name of a pool")
                }
                _ => {
                    parser.expect_one_of(&["burn"], "`return to granter`, `move to pool` or `burn`")
                }
            }
        })
    }

    fn words(&mut self, words: &[&str]) -> Parsed {
        words.iter().try_for_each(|word| self.expect_word(word))
    }

    fn decays(&mut self) -> Parsed {
        self.label()?;
        self.percent()?;
        self.expect_word("of")?;
        self.expect_one_of(&["issued", "remaining"], "`issued` or `remaining`")?;
        self.expect_word("every")?;
        self.window()?;
        if self.eat_word("after") {
            self.duration()?;
        }
        if !self.is_word("to") {
            return Ok(());
        }
        self.within(NodeKind::Fate, |parser| {
            parser.bump();
            if parser.eat_word("pool") {
                return parser.expect_name("the name of a pool");
            }
            parser.expect_one_of(&["granter"], "`granter` or `pool`")
        })
    }

    fn percent(&mut self) -> Parsed {
        if self.is(TokenKind::Var) || self.nth_is(1, TokenKind::Percent) {
            return self.value();
        }
        if self.peek_nth(1).is_some_and(|sign| self.is_reported(sign)) {
            return Err(Damaged);
        }
        Err(self.expected("a percentage such as `10%`"))
    }

    fn transfer(&mut self) -> Parsed {
        if self.eat_word("never") {
            return Ok(());
        }
        if self.eat_word("to") {
            return self.pred();
        }
        Err(self.expected_word("`never` or `to`", &["never", "to"]))
    }

    fn refund(&mut self) -> Parsed {
        if self.eat_word("grace") {
            return self.duration();
        }
        if !self.eat_word("restores") {
            return Err(self.expected_word("`grace` or `restores`", &["grace", "restores"]));
        }
        if self.eat_word("nothing") {
            return Ok(());
        }
        self.expect_word("amount")?;
        if self.eat_word("and") { self.expect_word("count") } else { Ok(()) }
    }

    /// `name`, `name($a = 1)`, either with `@ hash`.
    fn policy_use(&mut self, what: &str) -> Parsed {
        self.within(NodeKind::Use, |parser| {
            parser.expect_name(what)?;
            if parser.is(TokenKind::LeftParen) {
                parser.within(NodeKind::Arguments, |parser| {
                    parser.bump();
                    parser.argument()?;
                    while parser.eat(TokenKind::Comma) {
                        parser.argument()?;
                    }
                    parser.expect(TokenKind::RightParen, "`,` or `)`")
                })?;
            }
            parser.pin()
        })
    }

    fn argument(&mut self) -> Parsed {
        self.within(NodeKind::Argument, |parser| {
            parser.expect(TokenKind::Var, "a parameter such as `$daily`")?;
            parser.expect(TokenKind::Equals, "`=`")?;
            parser.argument_value()
        })
    }

    fn reward(&mut self) -> Parsed {
        self.label()?;
        self.within(NodeKind::Trigger, |parser| {
            parser.expect_word("on")?;
            if parser.eat_word("earn") {
                return parser.expect_name("what is earned for, such as `tax.paid`");
            }
            parser.expect_one_of(&["payment", "topup", "earn"], "`payment`, `topup` or `earn`")
        })?;
        self.when()?;
        self.expect_word("give")?;
        self.gift()?;
        self.expect_word("under")?;
        if self.is_word("same") && self.nth_word(1) == Some("policy") {
            self.words(&["same", "policy"])?;
        } else {
            self.policy_use("`same policy` or the name of a policy")?;
        }
        self.because()
    }

    fn gift(&mut self) -> Parsed {
        self.within(NodeKind::Gift, |parser| {
            let share = parser.nth_is(1, TokenKind::Percent) || parser.nth_word(1) == Some("of");
            if !share {
                return parser.money();
            }
            parser.percent()?;
            parser.expect_word("of")?;
            parser.expect_name("a fact such as `event.amount`")?;
            if !parser.eat_word("up") {
                return Ok(());
            }
            parser.expect_word("to")?;
            parser.money()
        })
    }
}
