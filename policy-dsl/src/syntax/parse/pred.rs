//! Conditions, sets, ranges and values.

use super::{DEPTH_MAX, Damaged, Parsed, Parser, VALUES_MAX};
use crate::codes;
use crate::diagnostic::{Diagnostic, Edit, Fix, Span, nearest};
use crate::facts::Fact;
use crate::names::{WEEKDAYS, weekday_of, weekday_word};
use crate::syntax::lex::{Token, TokenKind};
use crate::syntax::literal;
use crate::syntax::tree::NodeKind;

impl Parser<'_> {
    /// `a`, `a and b and c` or `a or b or c`.
    pub(super) fn pred(&mut self) -> Parsed {
        let mark = self.mark();
        let mut operands = vec![self.operand()?];
        let mut operators = Vec::new();
        while let Some(word) = self.word().filter(|word| matches!(*word, "and" | "or")) {
            operators.push((word == "and", self.place_of_next()));
            self.bump();
            operands.push(self.operand()?);
        }
        let Some((all, _)) = operators.first().copied() else { return Ok(()) };
        if operators.iter().any(|(and, _)| *and != all) {
            let error = mixed(&operands, &operators);
            self.errors.push(error);
        }
        self.wrap(mark, if all { NodeKind::And } else { NodeKind::Or });
        Ok(())
    }

    fn place_of_next(&self) -> Span {
        self.peek().map_or_else(|| self.after_last(), |token| token.span)
    }

    fn operand(&mut self) -> Result<Span, Damaged> {
        let start = self.place_of_next().start;
        self.unary()?;
        Ok(Span { start, end: self.after_last().end })
    }

    fn unary(&mut self) -> Parsed {
        if self.depth >= DEPTH_MAX {
            let message = format!("nested deeper than {DEPTH_MAX}");
            let error = Diagnostic::error(codes::TOO_DEEP, self.place(), message);
            return Err(self.error(error.help("name the inner condition with `let`")));
        }
        self.depth = self.depth.saturating_add(1);
        let parsed = self.unary_inside();
        self.depth = self.depth.saturating_sub(1);
        parsed
    }

    fn unary_inside(&mut self) -> Parsed {
        if self.is(TokenKind::LeftParen) {
            return self.bracketed(NodeKind::Bracket);
        }
        match (self.word(), self.nth_word(1)) {
            (Some("not"), _) => self.within(NodeKind::Not, |parser| {
                parser.bump();
                parser.unary()
            }),
            (Some("any" | "every"), Some("item")) => self.within(NodeKind::Items, |parser| {
                parser.bump();
                parser.bump();
                parser.brackets()
            }),
            (Some("known"), Some(_)) => self.within(NodeKind::Known, |parser| {
                parser.bump();
                parser.expect_name("a fact")
            }),
            (Some("and" | "or" | "in" | "is") | None, _) => Err(self.expected("a condition")),
            (Some(_), _) if self.at_condition_end() => Err(self.expected("a condition")),
            (Some(name), _) => self.test(name),
        }
    }

    fn bracketed(&mut self, kind: NodeKind) -> Parsed {
        self.within(kind, Self::brackets)
    }

    fn brackets(&mut self) -> Parsed {
        self.expect(TokenKind::LeftParen, "`(`")?;
        self.pred()?;
        self.expect(TokenKind::RightParen, "`)`, `and` or `or`")
    }

    /// A comparison of the fact `name`, or the name of a `let`.
    fn test(&mut self, name: &str) -> Parsed {
        const SIGNS: [TokenKind; 4] =
            [TokenKind::Less, TokenKind::LessEqual, TokenKind::Greater, TokenKind::GreaterEqual];
        let mark = self.mark();
        self.bump();
        if SIGNS.iter().any(|sign| self.is(*sign)) {
            self.bump();
            self.value()?;
        } else if self.eat_word("is") {
            self.eat_word("not");
            self.value()?;
        } else if self.is_word("in") || self.is_word("not") {
            self.eat_word("not");
            self.expect_word("in")?;
            self.set_expression()?;
        } else if Fact::from_name(name).is_some() {
            return Err(self.expected_word("`in`, `is`, `<`, `<=`, `>` or `>=`", &["in", "is"]));
        } else {
            self.wrap(mark, NodeKind::LetName);
            return Ok(());
        }
        self.wrap(mark, NodeKind::Test);
        Ok(())
    }

    fn set_expression(&mut self) -> Parsed {
        if self.is(TokenKind::LeftBrace) {
            return self.braces();
        }
        if self.is_word("weekly") {
            return self.weekly();
        }
        if self.is(TokenKind::Var) && !self.nth_is(1, TokenKind::Dots) {
            return self.value();
        }
        if matches!(self.word(), Some("list" | "set" | "calendar" | "schedule")) {
            return self.within(NodeKind::Named, |parser| {
                parser.bump();
                parser.expect_name("a name")
            });
        }
        let value = [TokenKind::Int, TokenKind::Date, TokenKind::Clock, TokenKind::Dots];
        let bound = value.iter().any(|kind| self.is(*kind)) || self.nth_is(1, TokenKind::Dots);
        if bound {
            return self.range();
        }
        let words = ["list", "set", "calendar", "schedule", "weekly"];
        Err(self.expected_word(
            "`{ ... }`, a range, `list`, `set`, `calendar`, `schedule` or `weekly`",
            &words,
        ))
    }

    pub(super) fn braces(&mut self) -> Parsed {
        self.within(NodeKind::Braces, |parser| {
            parser.expect(TokenKind::LeftBrace, "`{`")?;
            let mut count = 0_usize;
            loop {
                parser.value()?;
                count = count.saturating_add(1);
                if count > VALUES_MAX {
                    let message = format!("more than {VALUES_MAX} values");
                    let place = parser.after_last();
                    let error = Diagnostic::error(codes::TOO_MANY_VALUES, place, message);
                    return Err(parser.error(error.help("keep them in a `list`")));
                }
                if !parser.eat(TokenKind::Comma) || parser.is(TokenKind::RightBrace) {
                    break;
                }
            }
            parser.expect(TokenKind::RightBrace, "`,` or `}`")
        })
    }

    pub(super) fn weekly(&mut self) -> Parsed {
        self.within(NodeKind::Weekly, |parser| {
            parser.expect_word("weekly")?;
            parser.expect(TokenKind::LeftBrace, "`{`")?;
            parser.slot()?;
            while parser.eat(TokenKind::Comma) && !parser.is(TokenKind::RightBrace) {
                parser.slot()?;
            }
            parser.expect(TokenKind::RightBrace, "`,` or `}`")
        })
    }

    fn slot(&mut self) -> Parsed {
        self.within(NodeKind::Slot, |parser| {
            parser.weekday()?;
            if parser.eat(TokenKind::Dots) {
                parser.weekday()?;
            }
            parser.expect(TokenKind::Clock, "a time such as `14:00`")?;
            parser.expect(TokenKind::Dots, "`..`")?;
            parser.expect(TokenKind::Clock, "a time such as `19:00`")
        })
    }

    pub(super) fn weekday(&mut self) -> Parsed {
        let days = WEEKDAYS.map(weekday_word);
        self.expect_one_of(&days, "a weekday, `mon` to `sun`")
    }

    /// `a..b`, `a..` or `..b`.
    pub(super) fn range(&mut self) -> Parsed {
        self.within(NodeKind::Range, |parser| {
            let open_start = parser.is(TokenKind::Dots);
            if !open_start {
                parser.value()?;
            }
            parser.expect(TokenKind::Dots, "`..`")?;
            if open_start || parser.is_bound() {
                parser.value()?;
            }
            Ok(())
        })
    }

    /// Can what follows be the end of a range? Among words only a weekday can.
    fn is_bound(&self) -> bool {
        let kinds = [TokenKind::Int, TokenKind::Date, TokenKind::Clock, TokenKind::Var];
        kinds.iter().any(|kind| self.is(*kind))
            || self.word().is_some_and(|word| weekday_of(word).is_some())
    }

    /// One value with its unit.
    pub(super) fn value(&mut self) -> Parsed {
        const SINGLE: [TokenKind; 5] =
            [TokenKind::Date, TokenKind::Clock, TokenKind::Str, TokenKind::Word, TokenKind::Var];
        let reserved = matches!(self.word(), Some("and" | "or" | "not" | "in" | "is"));
        if self.is(TokenKind::Int) {
            return self.within(NodeKind::Value, |parser| {
                parser.bump();
                let _ = parser.eat_word("won") || parser.eat(TokenKind::Percent);
                Ok(())
            });
        }
        if reserved || self.at_new_line_of_its_own() || !SINGLE.iter().any(|kind| self.is(*kind)) {
            return Err(self.expected("a value"));
        }
        self.within(NodeKind::Value, |parser| {
            parser.bump();
            Ok(())
        })
    }

    /// What an argument or a default may be: a value, a set, a named list or schedule, a weekly schedule.
    pub(super) fn argument_value(&mut self) -> Parsed {
        let named = matches!(self.word(), Some("list" | "set" | "schedule"))
            && self.nth_is(1, TokenKind::Word);
        let weekly = self.is_word("weekly") && self.nth_is(1, TokenKind::LeftBrace);
        if self.is(TokenKind::LeftBrace) || named || weekly {
            self.set_expression()
        } else {
            self.value()
        }
    }

    /// `5_000 won` or a parameter.
    pub(super) fn money(&mut self) -> Parsed {
        if self.is(TokenKind::Var) {
            return self.value();
        }
        if !self.is(TokenKind::Int) {
            return Err(self.expected("an amount such as `5_000 won`"));
        }
        if self.nth_word(1) == Some("won") {
            return self.value();
        }
        Err(self.bare_money())
    }

    /// `5,000 won`: thousands are set off by `_`.
    fn comma_in_number(&self, first: Token) -> Option<Diagnostic> {
        let mut digits = self.text(first).to_owned();
        let mut end = first.span.end;
        let mut n = 1_usize;
        while let (Some(comma), Some(group)) =
            (self.peek_nth(n), self.peek_nth(n.saturating_add(1)))
        {
            let adjacent = comma.span.start == end && group.span.start == comma.span.end;
            let kinds = comma.kind == TokenKind::Comma && group.kind == TokenKind::Int;
            if !adjacent || !kinds || group.span.end.saturating_sub(group.span.start) != 3 {
                break;
            }
            digits.push('_');
            digits.push_str(self.text(group));
            end = group.span.end;
            n = n.saturating_add(2);
        }
        let span = Span { start: first.span.start, end };
        literal::number(&digits).filter(|_| end > first.span.end)?;
        let unit = if self.nth_word(n) == Some("won") { "" } else { " won" };
        let error = Diagnostic::error(codes::BAD_NUMBER, span, "a comma inside a number");
        let text = format!("{digits}{unit}");
        Some(error.help("thousands are set off by `_`").fix(format!("write `{text}`"), span, text))
    }

    /// Reports an integer that should be money.
    pub(super) fn bare_money(&mut self) -> Damaged {
        let Some(token) = self.peek() else { return Damaged };
        let text = self.text(token);
        if let Some(error) = self.comma_in_number(token) {
            return self.error(error);
        }
        if self.peek_nth(1).is_some_and(|unit| self.is_reported(unit)) {
            return Damaged;
        }
        let message = format!("`{text}` has no unit");
        let error = Diagnostic::error(codes::BARE_MONEY, token.span, message)
            .help("a bare number is never money");
        let typed = self.peek_nth(1).filter(|next| next.kind == TokenKind::Word);
        let near = typed.filter(|next| nearest(self.text(*next), ["won"].into_iter()).is_some());
        self.error(match near {
            Some(unit) => error.fix("write `won`", unit.span, "won"),
            None => error.fix(format!("write `{text} won`"), token.span, format!("{text} won")),
        })
    }
}

/// `and` and `or` side by side: two fixes, one that binds `and` first and one that binds `or` first.
fn mixed(operands: &[Span], operators: &[(bool, Span)]) -> Diagnostic {
    let message = "`and` and `or` are mixed without brackets";
    let first = operators.first().map(|(and, _)| *and);
    let place = |and: bool| {
        let found = operators.iter().find(|(operator, _)| *operator == and);
        found.map_or(Span::default(), |(_, span)| *span)
    };
    let (one, other) = (place(first == Some(true)), place(first != Some(true)));
    let mut error = Diagnostic::error(codes::MIXED_AND_OR, one, message)
        .at(other, "and here")
        .help("write `(a and b) or c` or `a and (b or c)`");
    for (and, title) in [(true, "put brackets around `and`"), (false, "put brackets around `or`")] {
        error
            .fixes
            .push(Fix { title: title.to_owned(), edits: brackets(operands, operators, and) });
    }
    error
}

/// Brackets around every longest run of operands joined by one operator.
fn brackets(operands: &[Span], operators: &[(bool, Span)], and: bool) -> Vec<Edit> {
    let mut edits = Vec::new();
    let mut previous = false;
    let insert =
        |at: usize, text: &str| Edit { span: Span { start: at, end: at }, text: text.to_owned() };
    let closing = operators.iter().map(|(operator, _)| *operator == and).chain([false]);
    for (operand, joined) in operands.iter().zip(closing) {
        match (previous, joined) {
            (false, true) => edits.push(insert(operand.start, "(")),
            (true, false) => edits.push(insert(operand.end, ")")),
            _ => {}
        }
        previous = joined;
    }
    edits
}
