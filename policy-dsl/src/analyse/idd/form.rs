//! Conditions as diagrams see them: `any item` and `every item` are brought down to questions about single lines.
//!
//! Over a fixed payment, facts that are not about the item are constants, so `any item` passes through `or` and past
//! constants: `any item (a or b)` is `any item (a) or any item (b)`, and `any item (a and c)` is `c and any item (a)`
//! when `c` does not look at the item. `every item (p)` is `not any item (not p)`. What is left are *line questions*:
//! "is there a line with p?" where p looks at nothing but the item. A condition that cannot be taken apart so becomes
//! opaque: it may be true, false or unknown whatever the payment is, so a proof that does not need it still stands.

use crate::facts::Fact;
use crate::ir::{Pred, Test};
use crate::normal::normalize_pred;

/// A condition without items inside conditions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    And(Vec<Form>),
    Or(Vec<Form>),
    Not(Box<Form>),
    Known(Fact),
    Test(Test),
    /// Unknown without an item list, else as inside.
    WithItems(Box<Form>),
    /// Some line satisfies this, which looks at nothing but the line.
    Line(Pred),
    /// Anything.
    Opaque(Pred),
}

/// The form of a condition about a payment.
pub(crate) fn form(pred: &Pred) -> Form {
    match pred {
        Pred::And(parts) => Form::And(parts.iter().map(form).collect()),
        Pred::Or(parts) => Form::Or(parts.iter().map(form).collect()),
        Pred::Not(inner) => Form::Not(Box::new(form(inner))),
        Pred::Known(fact) => Form::Known(*fact),
        Pred::Test(test) => Form::Test(test.clone()),
        Pred::AnyItem(inner) => Form::WithItems(Box::new(some_line(inner))),
        Pred::EveryItem(inner) => {
            Form::WithItems(Box::new(Form::Not(Box::new(some_line(&opposite(inner))))))
        }
    }
}

/// The form of "some line satisfies it", given that there are lines.
pub(crate) fn some_line(pred: &Pred) -> Form {
    if !mentions(pred, is_item) {
        return form(pred);
    }
    if !mentions(pred, |fact| !is_item(fact)) {
        return Form::Line(pred.clone());
    }
    match pred {
        Pred::Or(parts) => Form::Or(parts.iter().map(some_line).collect()),
        Pred::And(parts) => {
            let (lines, constants): (Vec<_>, Vec<_>) =
                parts.iter().partition(|part| mentions(part, is_item));
            let mut all: Vec<Form> = constants.into_iter().map(form).collect();
            if let [only] = lines.as_slice() {
                all.push(some_line(only));
            } else if lines.iter().all(|part| !mentions(part, |fact| !is_item(fact))) {
                all.push(Form::Line(Pred::And(lines.into_iter().cloned().collect())));
            } else {
                return Form::Opaque(Pred::AnyItem(Box::new(pred.clone())));
            }
            Form::And(all)
        }
        Pred::Not(_) | Pred::AnyItem(_) | Pred::EveryItem(_) | Pred::Known(_) | Pred::Test(_) => {
            Form::Opaque(Pred::AnyItem(Box::new(pred.clone())))
        }
    }
}

/// The negation, in normal form.
fn opposite(pred: &Pred) -> Pred {
    let mut negated = Pred::Not(Box::new(pred.clone()));
    normalize_pred(&mut negated);
    negated
}

/// Does it look at the item?
pub(crate) fn is_item(fact: Fact) -> bool {
    matches!(fact, Fact::ItemCode | Fact::ItemCategory | Fact::ItemAmount)
}

/// Does the condition look at a fact of this kind? Calendars and schedules look at the date and the time.
pub(crate) fn mentions(pred: &Pred, wanted: impl Fn(Fact) -> bool + Copy) -> bool {
    match pred {
        Pred::And(parts) | Pred::Or(parts) => parts.iter().any(|part| mentions(part, wanted)),
        Pred::Not(inner) => mentions(inner, wanted),
        Pred::AnyItem(inner) | Pred::EveryItem(inner) => {
            wanted(Fact::PaymentItems) || mentions(inner, wanted)
        }
        Pred::Known(fact) => wanted(*fact),
        Pred::Test(test) => facts_of(test).into_iter().flatten().any(wanted),
    }
}

/// The facts a test looks at.
fn facts_of(test: &Test) -> [Option<Fact>; 2] {
    match test {
        Test::InTags(fact, _)
        | Test::InRange(fact, ..)
        | Test::InList(fact, ..)
        | Test::Is(fact, _)
        | Test::Equals(fact, _) => [Some(*fact), None],
        Test::Same(left, right) => [Some(*left), Some(*right)],
        Test::OnCalendar(..) | Test::InDates(..) => [Some(Fact::Date), None],
        Test::OnWeekday(_) => [Some(Fact::Day), None],
        Test::InSchedule(_) => [Some(Fact::Time), None],
    }
}
