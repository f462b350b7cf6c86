//! Examples: their facts as a [`Case`], their arguments, and whether they can be run at all.

use super::Lower;
use super::types::{FactType, RulePlace, fact_type, is_set};
use super::value::wrong;
use crate::case::Case;
use crate::civil::{Civil, Date};
use crate::codes;
use crate::diagnostic::{Diagnostic, Span, nearest};
use crate::facts::{Fact, Item};
use crate::ir::{Policy, Program, Quantity};
use crate::module::{Param, ParamKind, Value as Stated};
use crate::syntax::ast::{
    Argument, DefinitionBody, Example, Given, GivenBody, Name, Outcome, SetExpr, Value, ValueKind,
};

/// An example, ready to be run.
#[derive(Clone, Debug, Default)]
pub(crate) struct Prepared<'t> {
    /// Facts.
    pub(crate) case: Case,
    /// When the coins were issued.
    pub(crate) issued: Option<Civil>,
    /// Lists and calendars that have what is asked.
    pub(crate) lists: Vec<&'t str>,
    /// What the caps have counted.
    pub(crate) spent: Vec<(Name<'t>, Quantity)>,
    /// When gaps were last used.
    pub(crate) last: Vec<(Name<'t>, Civil)>,
    /// Is the time stated?
    timed: bool,
}

/// Labels and counters of a compiled rule, its embedded policies included.
#[derive(Clone, Debug, Default)]
pub(crate) struct RuleLabels<'p> {
    /// Everything a refusal can name.
    all: Vec<&'p str>,
    /// Caps and whether they count money.
    caps: Vec<(&'p str, bool)>,
    gaps: Vec<&'p str>,
    program: bool,
}

impl<'p> RuleLabels<'p> {
    pub(crate) fn of_policy(policy: &'p Policy) -> Self {
        let mut labels = Self { all: vec!["pays", "starts", "expires"], ..Self::default() };
        let mut open = vec![policy];
        while let Some(policy) = open.pop() {
            labels.all.extend(policy.clauses.iter().map(|clause| clause.label.as_str()));
            labels.all.extend(policy.caps.iter().map(|cap| cap.label.as_str()));
            labels.caps.extend(policy.caps.iter().map(cap_label));
            labels.gaps.extend(policy.gaps.iter().map(|gap| gap.label.as_str()));
            open.extend(&policy.also);
        }
        labels.all.extend(&labels.gaps);
        labels
    }

    pub(crate) fn of_program(program: &'p Program) -> Self {
        let caps = program.caps.iter().map(cap_label).collect();
        Self { caps, program: true, ..Self::default() }
    }
}

fn cap_label(cap: &crate::ir::Cap) -> (&str, bool) {
    (&cap.label, !matches!(cap.quantity, Quantity::Count(_)))
}

impl Lower<'_, '_> {
    /// Checks one example; without labels (the rule did not compile) only its facts.
    pub(super) fn check_example(
        &mut self,
        example: &Example<'_>,
        labels: Option<&RuleLabels<'_>>,
        params: &[Param],
    ) {
        let Some(prepared) = self.prepare(example, params) else { return };
        let Some(labels) = labels else { return };
        if !prepared.timed {
            self.incomplete(example.span, "the time is missing", "write `at 2026-03-02 15:30`");
        }
        self.check_amounts(example, &prepared, labels.program);
        for (label, quantity) in &prepared.spent {
            let cap = labels.caps.iter().find(|(cap, _)| *cap == label.text);
            match (cap, quantity) {
                (None, _) => {
                    self.unknown_label(*label, labels.caps.iter().map(|(cap, _)| *cap), "cap");
                }
                (Some((_, true)), Quantity::Money(_)) | (Some((_, false)), Quantity::Count(_)) => {}
                (Some((_, money)), _) => {
                    let unit = if *money { "money" } else { "a number" };
                    let message = format!("the cap `{}` counts {unit}", label.text);
                    let help = "state what is spent in the unit of the cap";
                    self.incomplete(label.span, &message, help);
                }
            }
        }
        for (label, _) in
            prepared.last.iter().filter(|(label, _)| !labels.gaps.contains(&label.text))
        {
            self.unknown_label(*label, labels.gaps.iter().copied(), "gap");
        }
        self.check_outcome(example, labels);
    }

    /// The facts of an example.
    pub(crate) fn prepare<'t>(
        &mut self,
        example: &Example<'t>,
        params: &[Param],
    ) -> Option<Prepared<'t>> {
        let mut prepared = Prepared::default();
        let mut good = true;
        for given in &example.givens {
            good &= self.given(&mut prepared, given, params).is_some();
        }
        if good { Some(prepared) } else { None }
    }

    /// The argument an example states for a parameter, or the loosest one that its facts allow.
    pub(crate) fn example_argument(
        &mut self,
        example: &Example<'_>,
        case: &Case,
        param: &Param,
    ) -> Option<Stated> {
        for given in &example.givens {
            if let (GivenBody::Var(argument), true) = (&given.body, given.word.text == param.name) {
                return self.argument(param.kind, argument);
            }
        }
        let word = |fact| case.word(fact).map(|word| Stated::Word(word.to_owned()));
        let (least, most) = param.bounds.clone();
        let loosest = param.default.clone().or(most);
        loosest.or(match param.kind {
            ParamKind::Money => Some(Stated::Money(1_000_000_000_000)),
            ParamKind::Count => Some(Stated::Number(1_000_000)),
            ParamKind::Percent => Some(Stated::Percent(100)),
            ParamKind::Days => Some(Stated::Number(36_525)),
            ParamKind::Date => Some(Stated::Date(Date::MAX)),
            ParamKind::District => word(Fact::PayerDistrict),
            ParamKind::Person => word(Fact::PayerId),
            ParamKind::Tags | ParamKind::Merchants | ParamKind::Products | ParamKind::Schedule => {
                least
            }
        })
    }

    fn given<'t>(
        &mut self,
        prepared: &mut Prepared<'t>,
        given: &Given<'t>,
        params: &[Param],
    ) -> Option<()> {
        match &given.body {
            GivenBody::At(date, minute) => {
                let civil = civil(*date, *minute);
                if given.word.text == "at" {
                    (prepared.case.now, prepared.timed) = (civil, true);
                } else {
                    prepared.issued = Some(civil);
                }
            }
            GivenBody::Last(label, date, minute) => {
                prepared.last.push((*label, civil(*date, *minute)));
            }
            GivenBody::Amount(value) => {
                let amount = i64::try_from(self.money(value)?).ok()?;
                prepared.case.set_number(Fact::PaymentAmount, amount);
            }
            GivenBody::Item(code, value, tags) => {
                let amount = self.money(value)?;
                let tags = self.tags(tags)?;
                let items = prepared.case.items.get_or_insert_default();
                items.push(Item { code: code.clone(), amount, tags });
            }
            GivenBody::Lists(name) => {
                self.known_list(*name)?;
                prepared.lists.push(name.text);
            }
            GivenBody::Spent(label, quantity) => {
                let quantity = self.quantity(quantity)?;
                prepared.spent.push((*label, quantity));
            }
            GivenBody::Var(argument) => {
                let param = params.iter().find(|param| param.name == given.word.text);
                let Some(param) = param else {
                    return self.parameter(given.word).map(|_| ());
                };
                self.argument(param.kind, argument)?;
            }
            GivenBody::Fact(argument) => {
                self.stated_fact(&mut prepared.case, given.word, argument)?;
            }
        }
        Some(())
    }

    fn stated_fact(
        &mut self,
        case: &mut Case,
        name: Name<'_>,
        argument: &Argument<'_>,
    ) -> Option<()> {
        let fact = self.fact(name)?;
        let values = match argument {
            Argument::One(value) => vec![value.clone()],
            Argument::Set(SetExpr::Braces(values, _)) => values.clone(),
            Argument::Set(_) => {
                return self.incomplete(name.span, "an example states values", "write `{ a, b }`");
            }
        };
        let many = is_set(fact) || fact == Fact::MerchantCategory;
        if values.len() > 1 && !many {
            let message = format!("`{}` has one value", name.text);
            return self.incomplete(name.span, &message, "leave the others out");
        }
        let first = values.first()?;
        match fact_type(fact) {
            FactType::Number => case.set_number(fact, self.number(first)?),
            FactType::Money => case.set_number(fact, i64::try_from(self.money(first)?).ok()?),
            FactType::Word(kind) if fact != Fact::ItemCode && fact != Fact::ItemCategory => {
                let words: Vec<_> =
                    values.iter().map(|value| self.word(kind, fact, value)).collect();
                case.set_words(fact, words.into_iter().collect::<Option<_>>()?);
            }
            _ => {
                let message = format!("`{}` is not stated by itself", name.text);
                return self.incomplete(
                    name.span,
                    &message,
                    "state `at`, `amount` and `item` lines",
                );
            }
        }
        Some(())
    }

    fn tags(&mut self, values: &[Value<'_>]) -> Option<Vec<String>> {
        let mut tags = Vec::with_capacity(values.len());
        for value in values {
            match value.kind {
                ValueKind::Word(word) => tags.push(word.to_owned()),
                _ => return self.fail(wrong(value, "a tag such as `food.bread`")),
            }
        }
        Some(tags)
    }

    fn known_list(&mut self, name: Name<'_>) -> Option<()> {
        let Some((_, definition)) = self.unit.find(name.text) else {
            let error = self.unit.unknown(name, "list");
            return self.fail(error);
        };
        match definition.body {
            DefinitionBody::List(..) | DefinitionBody::Calendar(_) => Some(()),
            _ => self.fail(super::unit::Unit::wrong_kind(name, &definition, "list")),
        }
    }

    fn check_amounts(&mut self, example: &Example<'_>, prepared: &Prepared<'_>, program: bool) {
        let amount = prepared.case.number(Fact::PaymentAmount);
        if amount.is_none() && !program {
            self.incomplete(example.span, "the amount is missing", "write `amount 2_500 won`");
        }
        let (Some(items), Some(amount)) = (&prepared.case.items, amount) else { return };
        let total = items.iter().try_fold(0_u64, |sum, item| sum.checked_add(item.amount));
        if total.and_then(|total| i64::try_from(total).ok()) != Some(amount) {
            self.incomplete(
                example.span,
                "the items do not add up to the amount",
                "correct one of them",
            );
        }
    }

    fn check_outcome(&mut self, example: &Example<'_>, labels: &RuleLabels<'_>) {
        let reward = matches!(example.outcome, Outcome::Give(_) | Outcome::Nothing);
        if reward != labels.program {
            let help = if labels.program {
                "write `give` or `nothing`"
            } else {
                "write `allow` or `deny`"
            };
            self.incomplete(example.outcome_span, "this rule never answers so", help);
        }
        match &example.outcome {
            Outcome::Allow(Some(value)) | Outcome::Give(value) => {
                self.money(value);
            }
            Outcome::Deny(expected) if !labels.program => {
                for label in expected.iter().filter(|label| !labels.all.contains(&label.text)) {
                    self.unknown_label(*label, labels.all.iter().copied(), "clause");
                }
            }
            Outcome::Allow(None) | Outcome::Nothing | Outcome::Deny(_) => {}
        }
    }

    fn unknown_label<'l>(
        &mut self,
        label: Name<'_>,
        labels: impl Iterator<Item = &'l str>,
        what: &str,
    ) {
        let message = format!("no {what} has the label `{}`", label.text);
        let error = Diagnostic::error(codes::UNKNOWN_LABEL, label.span, message);
        self.error(match nearest(label.text, labels) {
            Some(near) => error.help(format!("did you mean `{near}`?")).fix(
                format!("write `{near}`"),
                label.span,
                near,
            ),
            None => error.help(format!("use the label of a {what} of this rule")),
        });
    }

    fn incomplete(&mut self, span: Span, message: &str, help: &str) -> Option<()> {
        self.fail(Diagnostic::error(codes::EXAMPLE_INCOMPLETE, span, message).help(help))
    }

    /// Facts of examples may be any, whatever the clause; programmes count rewards.
    pub(crate) fn in_examples(&mut self, program: bool) {
        self.place.rule = if program { RulePlace::Reward } else { RulePlace::Anywhere };
        self.place.item = true;
    }
}

/// A wall clock reading; 24:00 is 00:00 of the next day.
fn civil(date: Date, minute: u16) -> Civil {
    if minute < 1440 { Civil::new(date, minute) } else { Civil::start_of(date.add_days(1)) }
}
