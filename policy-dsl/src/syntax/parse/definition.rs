//! Files and definitions.

use super::words::{CLAUSES, DEFINITIONS};
use super::{CLAUSES_MAX, Damaged, Parsed, Parser};
use crate::codes;
use crate::diagnostic::{Diagnostic, Span, nearest};
use crate::syntax::lex::TokenKind;
use crate::syntax::tree::NodeKind;

impl Parser<'_> {
    pub(super) fn file(&mut self) {
        while self.peek().is_some() {
            self.braces = 0;
            if self.definition().is_err() {
                self.close_to(2);
                let started = self.open.len() == 2;
                // At least one token is taken in each round, so this ends.
                if !started {
                    self.bump();
                }
                self.skip_while(|parser| !parser.at_definition());
                self.close_to(1);
            }
        }
    }

    fn definition(&mut self) -> Parsed {
        let kind = match self.word() {
            Some("import") => NodeKind::Import,
            Some("policy") => NodeKind::Policy,
            Some("program") => NodeKind::Program,
            Some("let") => NodeKind::Let,
            Some("set") => NodeKind::Set,
            Some("schedule") => NodeKind::Schedule,
            Some("list") => NodeKind::List,
            Some("calendar") => NodeKind::Calendar,
            _ => return self.unknown_definition(),
        };
        self.within(kind, |parser| {
            parser.bump();
            match kind {
                NodeKind::Import => parser.import(),
                NodeKind::Policy | NodeKind::Program => {
                    parser.rule();
                    Ok(())
                }
                NodeKind::Let => parser.named("=").and_then(|()| parser.pred()),
                NodeKind::Set => parser.named("=").and_then(|()| parser.braces()),
                NodeKind::Schedule => parser.named("=").and_then(|()| parser.weekly()),
                NodeKind::List => parser.list(),
                _ => {
                    parser.expect_name("a name")?;
                    parser.pin()
                }
            }
        })
    }

    /// Reports what is no definition. If it looks like a policy whose first word is wrong or left out, its clauses are
    /// read all the same.
    fn unknown_definition(&mut self) -> Parsed {
        let opens =
            |n| self.nth_is(n, TokenKind::LeftBrace) || self.nth_is(n, TokenKind::LeftParen);
        let (misspelt, left_out) = (self.nth_word(1).is_some() && opens(2), opens(1));
        let damaged = match self.word() {
            None => self.expected("`policy`, `program` or another definition"),
            Some(word) if CLAUSES.contains(&word) => {
                self.expected("a definition (clauses stand inside `policy name { ... }`)")
            }
            Some(word) if left_out && word.contains('.') => self.expected("`policy` or `program`"),
            Some(_) => self.unknown_word(&DEFINITIONS, "definition"),
        };
        if !misspelt && !left_out {
            return Err(damaged);
        }
        self.within(NodeKind::Policy, |parser| {
            if misspelt {
                parser.bump();
            }
            parser.rule();
            Ok(())
        })
    }

    /// Reports a word that starts nothing, with the nearest that does.
    fn unknown_word(&mut self, words: &[&str], what: &str) -> Damaged {
        let Some(token) = self.peek().filter(|token| token.kind == TokenKind::Word) else {
            return self.expected(&format!("a {what}"));
        };
        let word = self.text(token);
        let message = format!("`{word}` starts no {what}");
        let error = Diagnostic::error(codes::UNKNOWN_CLAUSE, token.span, message);
        self.error(match nearest(word, words.iter().copied()) {
            Some(near) => error.help(format!("did you mean `{near}`?")).fix(
                format!("write `{near}`"),
                token.span,
                near,
            ),
            None => error.help(format!("a {what} starts with one of: {}", words.join(", "))),
        })
    }

    fn import(&mut self) -> Parsed {
        self.expect(TokenKind::Str, "the name of a source, in quotes")?;
        self.pin()
    }

    fn named(&mut self, sign: &str) -> Parsed {
        self.expect_name("a name")?;
        self.expect(TokenKind::Equals, &format!("`{sign}`"))
    }

    fn list(&mut self) -> Parsed {
        const KINDS: [&str; 3] = ["merchants", "products", "persons"];
        self.expect_name("a name")?;
        self.expect(TokenKind::Colon, "`:`")?;
        self.expect_one_of(&KINDS, "`merchants`, `products` or `persons`")?;
        self.pin()
    }

    /// An optional `@ hash`.
    pub(super) fn pin(&mut self) -> Parsed {
        if !self.eat(TokenKind::At) {
            return Ok(());
        }
        self.expect(TokenKind::Hash, "a hash such as `sha256:` and 64 hexadecimal digits")
    }

    /// What follows `policy` or `program`.
    fn rule(&mut self) {
        let mut head = self.rule_head();
        if head.is_ok() && !self.is(TokenKind::LeftBrace) {
            head = Err(self.expected("`{`"));
        }
        if head.is_err() {
            // The body is worth reading even if the head is not.
            self.close_to(2);
            self.skip_while(|parser| {
                !parser.at_body() && !parser.at_clause() && !parser.at_definition()
            });
        }
        let opening = self.place();
        if self.eat(TokenKind::LeftBrace) || self.at_clause() {
            self.clauses(opening);
        }
    }

    /// Does a `{` stand here that opens a policy, and not a set of a damaged head?
    fn at_body(&self) -> bool {
        let clause = self.nth_word(1).is_some_and(|word| CLAUSES.contains(&word));
        let value = self.nth_is(2, TokenKind::Comma) || self.nth_is(2, TokenKind::RightBrace);
        self.is(TokenKind::LeftBrace) && (self.nth_is(1, TokenKind::RightBrace) || clause && !value)
    }

    fn rule_head(&mut self) -> Parsed {
        self.expect_name("a name such as `city.relief`")?;
        if !self.is(TokenKind::LeftParen) {
            return Ok(());
        }
        self.within(NodeKind::Params, |parser| {
            parser.bump();
            parser.param()?;
            while parser.eat(TokenKind::Comma) {
                parser.param()?;
            }
            parser.expect(TokenKind::RightParen, "`,` or `)`")
        })
    }

    fn param(&mut self) -> Parsed {
        self.within(NodeKind::Param, |parser| {
            parser.expect(TokenKind::Var, "a parameter such as `$daily`")?;
            parser.expect(TokenKind::Colon, "`:`")?;
            parser.expect_name("a type such as `money`")?;
            if parser.eat_word("in") {
                parser.range()?;
            }
            if parser.eat(TokenKind::Equals) {
                parser.argument_value()?;
            }
            Ok(())
        })
    }

    /// Clauses up to and with `}`.
    fn clauses(&mut self, opening: Span) {
        let mut count = 0_usize;
        let outside = self.braces.saturating_sub(1);
        loop {
            if self.is(TokenKind::RightBrace) {
                self.bump();
                return;
            }
            if self.peek().is_none() || self.at_definition() {
                let message = "the closing `}` is missing";
                let end = self.after_last();
                let error = Diagnostic::error(codes::EXPECTED, opening, message);
                let error = error.at(end, "it would stand here").help("close the policy");
                self.error(error.fix("write `}`", end, "\n}"));
                return;
            }
            count = count.saturating_add(1);
            if count == CLAUSES_MAX.saturating_add(1) {
                let message = format!("more than {CLAUSES_MAX} clauses");
                let error = Diagnostic::error(codes::TOO_MANY_CLAUSES, self.place(), message);
                self.error(error.help("split it and join the parts with `also`"));
            }
            self.clause_or_skip(outside);
        }
    }

    /// One clause; after a mistake, everything up to the next clause word or the `}` of the policy.
    fn clause_or_skip(&mut self, outside: usize) {
        let level = self.open.len();
        self.depth = 0;
        self.trivia();
        self.open.push((NodeKind::Clause, Vec::new()));
        let known = self.word().is_some_and(|word| CLAUSES.contains(&word));
        let parsed = if known { self.clause() } else { Err(self.unknown_word(&CLAUSES, "clause")) };
        if parsed.is_err() {
            self.close_to(level.saturating_add(1));
            if !known {
                self.bump();
            }
            let inside = outside.saturating_add(1);
            self.skip_while(|parser| {
                let closes = parser.is(TokenKind::RightBrace) && parser.braces <= inside;
                !closes && !parser.at_definition() && !parser.at_clause()
            });
            self.braces = inside;
        }
        self.close_to(level);
    }
}
