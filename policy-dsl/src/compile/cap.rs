//! Caps and gaps: limits, windows and what is counted together.

use super::Lower;
use super::clause::Labels;
use super::types::{FactType, RulePlace, fact_type};
use super::value::wrong;
use crate::codes;
use crate::diagnostic::{Diagnostic, Span as Place};
use crate::ir::{By, Cap, Gap, Quantity, Span, Window};
use crate::module::{ParamKind, Value as Given};
use crate::syntax::ast::{self, Name, QuantityUnit, ValueKind};

impl Lower<'_, '_> {
    pub(super) fn cap(&mut self, labels: &mut Labels, cap: &ast::Cap<'_>) -> Option<Cap> {
        self.session.count_cap(cap.label.span)?;
        let label = self.label(labels, cap.label);
        let quantity = self.quantity(&cap.quantity);
        let window = match &cap.window {
            Some(window) => self.window(*window),
            None => Some(Window::Payment),
        };
        let by = self.keys(&cap.by);
        let when = cap.when.as_ref().map(|pred| self.pred(pred));
        let on_items = cap.on_items.as_ref().map(|pred| self.items_of_cap(cap.label, pred));
        let because = self.texts(&cap.because);
        // Every part has been looked at; now all of them must be right.
        let (quantity, window, by) = (quantity?, window?, by?);
        let (when, on_items) = (optional(when)?, optional(on_items)?);
        self.fits(cap, &quantity, window)?;
        Some(Cap { label, quantity, window, by, when, on_items, because })
    }

    pub(super) fn gap(&mut self, labels: &mut Labels, gap: &ast::Gap<'_>) -> Option<Gap> {
        self.session.count_cap(gap.label.span)?;
        let label = self.label(labels, gap.label);
        let span = self.duration(&gap.duration);
        let by = self.keys(&gap.by);
        let when = optional(gap.when.as_ref().map(|pred| self.pred(pred)));
        let because = self.texts(&gap.because);
        let minutes = match span? {
            Span::Minutes(minutes) => Some(minutes),
            Span::Hours(hours) => hours.checked_mul(60),
            Span::Days(days) => days.checked_mul(1440),
            Span::Months(_) | Span::Years(_) => None,
        };
        let Some(minutes) = minutes else {
            let error =
                Diagnostic::error(codes::WRONG_UNIT, gap.duration.span, "a gap is exact time");
            return self.fail(error.help("write minutes, hours, days or weeks"));
        };
        if minutes == 0 && !self.arguments.stand_ins {
            let error =
                Diagnostic::error(codes::OUT_OF_RANGE, gap.duration.span, "a gap of nothing");
            return self.fail(error.help("write at least `1 minutes`, or leave the clause out"));
        }
        Some(Gap { label, minutes, by: by?, when: when?, because })
    }

    fn in_program(&self) -> bool {
        self.place.rule == RulePlace::Reward
    }

    fn items_of_cap(&mut self, label: Name<'_>, pred: &ast::Pred<'_>) -> Option<crate::ir::Pred> {
        if self.in_program() {
            let message = "a reward is not given for single items";
            let error = Diagnostic::error(codes::WRONG_CAP, label.span, message);
            return self.fail(error.help("leave `on items` out, or use `when any item (...)`"));
        }
        self.item_pred(pred)
    }

    fn keys(&mut self, keys: &[Name<'_>]) -> Option<Vec<By>> {
        let mut by = Vec::with_capacity(keys.len());
        for key in keys {
            let value = match key.text {
                "lot" => By::Lot,
                "purse" => By::Purse,
                "payer" => By::Payer,
                "household" => By::Household,
                _ => By::Merchant,
            };
            if self.in_program() && matches!(value, By::Lot | By::Purse) {
                let message = format!("a programme has no `{}`", key.text);
                let error = Diagnostic::error(codes::WRONG_KEY, key.span, message);
                return self.fail(error.help("write `payer`, `household` or `merchant`"));
            }
            by.push(value);
        }
        Some(by)
    }

    /// A limit, or what an example says is spent.
    pub(crate) fn quantity(&mut self, quantity: &ast::Quantity<'_>) -> Option<Quantity> {
        match quantity.unit {
            QuantityUnit::Plain => self.plain_quantity(quantity),
            QuantityUnit::Times(fact) => {
                let money = self.money(&quantity.value);
                let times = self.fact(fact)?;
                if fact_type(times) != FactType::Number {
                    let message = format!("`{}` is not a number", fact.text);
                    let error = Diagnostic::error(codes::WRONG_LITERAL, fact.span, message);
                    return self.fail(error.help("multiply by `payer.children`, for example"));
                }
                Some(Quantity::MoneyTimes(money?, times))
            }
            QuantityUnit::Counted(unit) => {
                self.counted(unit)?;
                let number = self.number(&quantity.value)?;
                let number = self.between(number, (0, i64::MAX), quantity.value.span)?;
                u64::try_from(number).ok().map(Quantity::Count)
            }
            QuantityUnit::OfPayment => self.percent(&quantity.value).map(Quantity::Share),
        }
    }

    /// Payments are counted in policies, rewards in programmes.
    fn counted(&mut self, unit: Name<'_>) -> Option<()> {
        let wanted = if self.in_program() { "rewards" } else { "payments" };
        if unit.text == wanted || wanted.strip_suffix('s') == Some(unit.text) {
            return Some(());
        }
        let message = format!("`{}` are not counted here", unit.text);
        let error = Diagnostic::error(codes::WRONG_CAP, unit.span, message);
        self.fail(error.help(format!("write `{wanted}`")).fix(
            format!("write `{wanted}`"),
            unit.span,
            wanted,
        ))
    }

    fn plain_quantity(&mut self, quantity: &ast::Quantity<'_>) -> Option<Quantity> {
        let ValueKind::Var(text) = quantity.value.kind else {
            return self.money(&quantity.value).map(Quantity::Money);
        };
        let (param, given) = self.parameter(Name { text, span: quantity.value.span })?;
        match (param.kind, given) {
            (ParamKind::Money, Given::Money(amount)) => Some(Quantity::Money(amount)),
            (ParamKind::Count, Given::Number(count)) => Some(Quantity::Count(count)),
            (ParamKind::Percent, Given::Percent(percent)) => Some(Quantity::Share(percent)),
            _ => self.fail(wrong(&quantity.value, "an amount, a count or a percentage")),
        }
    }

    fn window(&mut self, window: ast::Window<'_>) -> Option<Window> {
        let Some(units) = window.units else {
            return Some(match window.word.text {
                "day" => Window::Day,
                "week" => Window::Week,
                "month" => Window::Month,
                "year" => Window::Year,
                "life" => Window::Life,
                _ => Window::Payment,
            });
        };
        let units = self.between(units, (1, 3660), window.span)?;
        let number = u16::try_from(units).ok()?;
        match window.word.text.trim_end_matches('s') {
            "day" => Some(Window::Days(number)),
            "month" => Some(Window::Months(number)),
            "year" => Some(Window::Years(number)),
            unit => {
                let message = format!("limits do not count {}", window.word.text);
                let error = Diagnostic::error(codes::WRONG_UNIT, window.span, message);
                self.fail(if unit == "week" {
                    let days = format!("{} days", units.saturating_mul(7));
                    error.help(format!("write `{days}`")).fix(
                        format!("write `{days}`"),
                        window.span,
                        days,
                    )
                } else {
                    error.help("they count whole days; use `gap` for the time between two payments")
                })
            }
        }
    }

    /// Do the limit and the window go together?
    fn fits(&mut self, cap: &ast::Cap<'_>, quantity: &Quantity, window: Window) -> Option<()> {
        let place = cap.window.map_or(cap.quantity.span, |window: ast::Window<'_>| window.span);
        let (message, help) = match quantity {
            Quantity::Share(_) if self.in_program() => {
                ("a programme has no share of a payment", "limit it with money or `rewards`")
            }
            Quantity::Share(_) if window != Window::Payment => {
                ("a share is of one payment", "leave `per` out")
            }
            Quantity::Count(_) if window == Window::Payment => {
                ("a number of payments needs a longer window", "write `per day`, for example")
            }
            _ => return Some(()),
        };
        self.refuse_cap(place, message, help)
    }

    fn refuse_cap(&mut self, place: Place, message: &str, help: &str) -> Option<()> {
        self.fail(Diagnostic::error(codes::WRONG_CAP, place, message).help(help))
    }
}

/// `None` when a part that is there is wrong.
#[expect(clippy::option_option, reason = "outside: is the part right; inside: is it there")]
fn optional<T>(part: Option<Option<T>>) -> Option<Option<T>> {
    match part {
        Some(Some(part)) => Some(Some(part)),
        Some(None) => None,
        None => Some(None),
    }
}
