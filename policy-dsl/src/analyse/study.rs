//! A study: some policies over one space, each as the set of payments of which it pays something.
//!
//! "Pays something" is meant with nothing spent before: kind, life span on dates, conditions, coverage, and limits that
//! are zero from the start. It is exactly where [`crate::decide::pay`] is above zero, up to the limits told at
//! [`super::idd`]; where a policy is outside them its set is an upper bound and marked so.

use std::fmt;

use super::idd::{
    Axis, Demand, Diagram, Form, Lines, Pair, Space, TooLarge, form, is_item, mentions, some_line,
};
use super::settings::{Issue, Settings};
use super::witness::lives;
use crate::civil::Date;
use crate::facts::Fact;
use crate::ir::{ClauseKind, Ends, Policy, Pred, Quantity, Starts, Test};
use crate::rule::{self, CapSlot, Rule};

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// The diagrams would become too large.
    TooLarge,
    /// The policies read time in different zones.
    Zones,
    /// Something is outside the exact fragment, and no witness was found that the evaluator confirms.
    Outside,
}

impl fmt::Display for Why {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::TooLarge => "too large to decide exactly",
            Self::Zones => "the policies read time in different zones",
            Self::Outside => "outside what can be decided exactly",
        })
    }
}

impl From<TooLarge> for Why {
    fn from(_: TooLarge) -> Self {
        Self::TooLarge
    }
}

/// What a part of a policy's set comes from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// `pays`
    Kinds,
    /// `starts` and `expires` on dates, and spans that never leave a living moment.
    Life,
    /// A `require` or `forbid`, by its place in [`Rule::clauses`].
    Clause(usize),
    /// All `covers` together, with item-scoped caps that are zero from the start.
    Coverage,
    /// A cap that is zero from the start, by its place in [`Rule::caps`].
    Cap(usize),
}

/// One part of a policy: a payment must be in the sets of all parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Where it comes from.
    pub source: Source,
    /// The payments it lets pass.
    pub allows: Diagram,
}

/// Some policies over one space.
#[derive(Clone, Debug)]
pub struct Study {
    pub(crate) rules: Vec<Rule>,
    pub(crate) space: Space,
    pub(crate) lines: Option<Lines>,
    /// The payments that exist, as far as dimensions depend on each other.
    pub(crate) valid: Diagram,
    pub(crate) settings: Settings,
    parts: Vec<Vec<Part>>,
    allowed: Vec<Diagram>,
    /// Is the set of a policy only an upper bound?
    loose: Vec<bool>,
}

impl Study {
    /// Compiles policies over one space.
    pub fn new(policies: &[&Policy], settings: &Settings) -> Result<Self, Why> {
        let zones = policies.iter().zip(policies.iter().skip(1));
        if zones.into_iter().any(|(one, next)| one.zone != next.zone) {
            return Err(Why::Zones);
        }
        let rules: Vec<Rule> = policies.iter().map(|policy| Rule::new((*policy).clone())).collect();
        let mut demand = Demand::new(&settings.sets(), false);
        for rule in &rules {
            demand_rule(rule, &mut demand);
            if let Some(days) = settings.issue.and_then(|issue| life_of(rule, issue)) {
                demand.form(&within(days));
            }
        }
        let questions = demand.lines.clone();
        let mut space = Space::new(demand, settings)?;
        let (mut lines, mut valid) = (None, Diagram::EVERYTHING);
        if !questions.is_empty() {
            let mut found = Lines::new(questions.into_iter(), settings)?;
            valid = found.valid(&mut space)?;
            lines = Some(found);
        }
        let (parts, allowed, loose) = (Vec::new(), Vec::new(), Vec::new());
        let settings = settings.clone();
        let mut study = Self { rules, space, lines, valid, settings, parts, allowed, loose };
        for at in 0..study.rules.len() {
            let Some(rule) = study.rules.get(at).cloned() else { continue };
            let (parts, loose) = study.parts_of(&rule)?;
            let mut allowed = study.valid;
            for part in &parts {
                allowed = study.space.store.and(allowed, part.allows)?;
            }
            study.parts.push(parts);
            study.allowed.push(allowed);
            study.loose.push(loose);
        }
        Ok(study)
    }

    /// The payments of which a policy pays something. Nothing for a place that has no policy.
    pub fn allowed(&self, at: usize) -> Diagram {
        self.allowed.get(at).copied().unwrap_or(Diagram::NOTHING)
    }

    /// The parts of a policy, in the order kinds, life, clauses, coverage, caps.
    pub fn parts(&self, at: usize) -> &[Part] {
        self.parts.get(at).map(Vec::as_slice).unwrap_or_default()
    }

    /// Is [`Study::allowed`] of this policy only an upper bound?
    pub fn is_loose(&self, at: usize) -> bool {
        self.loose.get(at).copied().unwrap_or(true)
    }

    /// The policies, made ready.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// How many nodes the diagrams take.
    pub fn nodes(&self) -> usize {
        self.space.store.len()
    }

    /// Where a condition about a payment is true and where it is false. Only conditions made of the tests of the
    /// studied policies can be asked.
    pub(crate) fn pair(&mut self, pred: &Pred) -> Result<Pair, TooLarge> {
        self.space.form(&form(pred))
    }

    /// What a `require` or `forbid` lets pass.
    pub(crate) fn clause(&mut self, kind: ClauseKind, pred: &Pred) -> Result<Diagram, TooLarge> {
        let pair = self.pair(pred)?;
        Ok(if kind == ClauseKind::Forbid { pair.no } else { pair.yes })
    }

    fn parts_of(&mut self, rule: &Rule) -> Result<(Vec<Part>, bool), TooLarge> {
        let kinds: Vec<String> = rule.pays().to_vec();
        let kinds = if kinds.is_empty() {
            Diagram::NOTHING
        } else {
            self.space.form(&Form::Test(Test::InTags(Fact::PaymentKind, kinds)))?.yes
        };
        let mut parts = vec![
            Part { source: Source::Kinds, allows: self.exact_kinds(rule, kinds)? },
            Part { source: Source::Life, allows: self.life(rule)? },
        ];
        for (at, clause) in rule.clauses().iter().enumerate() {
            if clause.clause.kind == ClauseKind::Covers {
                continue;
            }
            let allows = self.clause(clause.clause.kind, &clause.clause.pred)?;
            parts.push(Part { source: Source::Clause(at), allows });
        }
        let (coverage, loose) = self.coverage(rule, |_| true)?;
        parts.push(Part { source: Source::Coverage, allows: coverage });
        for (at, cap) in rule.caps().iter().enumerate() {
            if cap.on_items.is_none() {
                let zero = self.zero(cap)?;
                let allows = self.space.store.not(zero)?;
                parts.push(Part { source: Source::Cap(at), allows });
            }
        }
        Ok((parts, loose))
    }

    /// `pays` names kinds exactly, not with all below them.
    fn exact_kinds(&mut self, rule: &Rule, under: Diagram) -> Result<Diagram, TooLarge> {
        let mut exact = Diagram::NOTHING;
        for kind in rule.pays() {
            let is = Test::Is(Fact::PaymentKind, kind.clone());
            let one = self.space.form(&Form::Test(is))?.yes;
            exact = self.space.store.or(exact, one)?;
        }
        self.space.store.and(exact, under)
    }

    fn life(&mut self, rule: &Rule) -> Result<Diagram, TooLarge> {
        if !lives(rule) {
            return Ok(Diagram::NOTHING);
        }
        let (first, last) = dates(rule);
        Ok(self.space.form(&Form::Test(Test::InDates(first, last)))?.yes)
    }

    /// Where some line (or the payment as a whole, without lines) is covered and no item-scoped cap is zero for it.
    /// The flag says that the set is only an upper bound.
    pub(crate) fn coverage(
        &mut self,
        rule: &Rule,
        used: impl Fn(usize) -> bool,
    ) -> Result<(Diagram, bool), TooLarge> {
        let covers = covers(rule, used);
        let mut all = self.covered(&covers)?;
        let mut zero_caps = 0_usize;
        for cap in rule.caps().iter().filter(|cap| may_be_zero(cap)) {
            let Some(on_items) = &cap.on_items else { continue };
            let zero = self.zero(cap)?;
            if zero.is_nothing() {
                continue;
            }
            zero_caps = zero_caps.saturating_add(1);
            let mut free = covers.clone();
            free.push(Pred::Not(Box::new(on_items.clone())));
            let free = self.covered(&free)?;
            let open = self.space.store.not(zero)?;
            let either = self.space.store.or(open, free)?;
            all = self.space.store.and(all, either)?;
        }
        Ok((all, zero_caps > 1))
    }

    /// Where some line satisfies all of these, or the payment without lines does.
    fn covered(&mut self, covers: &[Pred]) -> Result<Diagram, TooLarge> {
        let Some((with, without)) = coverage_forms(covers) else {
            return Ok(Diagram::EVERYTHING);
        };
        let items = self.space.cells(&Axis::Items, |cell| cell == 1)?;
        let with = self.space.form(&with)?.yes;
        let without = self.space.form(&without)?.yes;
        let without = self.space.store.without(without, items)?;
        self.space.store.or(with, without)
    }

    /// Where a cap is zero from the start and applies.
    fn zero(&mut self, cap: &CapSlot) -> Result<Diagram, TooLarge> {
        let zero = match &cap.quantity {
            Quantity::Money(0)
            | Quantity::Count(0)
            | Quantity::Share(0)
            | Quantity::MoneyTimes(0, _) => Diagram::EVERYTHING,
            Quantity::Money(_) | Quantity::Count(_) => Diagram::NOTHING,
            Quantity::Share(percent) => {
                let some = Test::InRange(Fact::PaymentAmount, Some(least_for(*percent)), None);
                self.space.form(&Form::Test(some))?.no
            }
            Quantity::MoneyTimes(_, fact) => {
                let some = self.space.form(&Form::Test(Test::InRange(*fact, Some(1), None)))?.yes;
                self.space.store.not(some)?
            }
        };
        match &cap.when {
            None => Ok(zero),
            Some(when) => {
                let never = self.pair(when)?.no;
                self.space.store.without(zero, never)
            }
        }
    }
}

/// The first and last day on which coins issued so work; `None` when they never end, or end before they begin.
pub(crate) fn life_of(rule: &Rule, issue: Issue) -> Option<(Date, Date)> {
    let end = rule.ends_at(issue.at)?;
    let start = rule.starts_at(issue.at).map_or(issue.at.date, |start| start.date);
    let first = start.max(issue.at.date);
    let last = if end.minute == 0 { end.date.add_days(-1) } else { end.date };
    (first <= last).then_some((first, last))
}

/// The condition that a payment is made on one of these days.
pub(crate) fn within((first, last): (Date, Date)) -> Form {
    Form::Test(Test::InDates(Some(first), Some(last)))
}

/// The first and last date on which coins of the rule can work, as far as dates are written in it.
pub(crate) fn dates(rule: &Rule) -> (Option<Date>, Option<Date>) {
    let parts = rule::parts(rule.policy());
    let first = parts.iter().filter_map(|part| match part.starts {
        Starts::On(date) => Some(date),
        Starts::AtIssue | Starts::After(_) => None,
    });
    let last = parts.iter().filter_map(|part| match part.expires.end {
        Ends::On(date) => Some(date),
        Ends::Never | Ends::After(_) => None,
    });
    (first.max(), last.min())
}

/// The least amount of which a share is at least one minor unit.
fn least_for(percent: u8) -> i64 {
    100_i64
        .div_euclid(i64::from(percent).max(1))
        .saturating_add(i64::from(100_i64.rem_euclid(i64::from(percent).max(1)) > 0))
}

fn may_be_zero(cap: &CapSlot) -> bool {
    !matches!(cap.quantity, Quantity::Money(1..) | Quantity::Count(1..))
}

/// The `covers` conditions that are used.
fn covers(rule: &Rule, used: impl Fn(usize) -> bool) -> Vec<Pred> {
    let clauses = rule.clauses().iter().enumerate();
    let covers =
        clauses.filter(|(at, clause)| clause.clause.kind == ClauseKind::Covers && used(*at));
    covers.map(|(_, clause)| clause.clause.pred.clone()).collect()
}

/// The forms of "some line of at least one minor unit satisfies all", and of the same without lines.
fn coverage_forms(covers: &[Pred]) -> Option<(Form, Form)> {
    if covers.is_empty() {
        return None;
    }
    let mut all = covers.to_vec();
    let without = Form::And(all.iter().map(form).collect());
    if all.iter().any(|pred| mentions(pred, is_item)) {
        all.push(Pred::Test(Test::InRange(Fact::ItemAmount, Some(1), None)));
    }
    let mut all = Pred::And(all);
    crate::normal::normalize_pred(&mut all);
    Some((Form::WithItems(Box::new(some_line(&all))), without))
}

/// Adds everything a study of the rule, and of the rule with parts left out, can ask.
fn demand_rule(rule: &Rule, demand: &mut Demand) {
    for kind in rule.pays() {
        demand.form(&Form::Test(Test::Is(Fact::PaymentKind, kind.clone())));
    }
    demand.form(&Form::Test(Test::InTags(Fact::PaymentKind, rule.pays().to_vec())));
    let (first, last) = dates(rule);
    demand.form(&Form::Test(Test::InDates(first, last)));
    let kinds = [ClauseKind::Require, ClauseKind::Forbid];
    for clause in rule.clauses().iter().filter(|clause| kinds.contains(&clause.clause.kind)) {
        demand.form(&form(&clause.clause.pred));
    }
    let mut coverages = vec![covers(rule, |_| true)];
    for at in 0..rule.clauses().len() {
        coverages.push(covers(rule, |other| other != at));
        coverages.push(covers(rule, |other| other == at));
    }
    for cap in rule.caps() {
        cap.when.iter().for_each(|when| demand.form(&form(when)));
        match &cap.quantity {
            Quantity::Share(percent) => {
                let some = Test::InRange(Fact::PaymentAmount, Some(least_for(*percent)), None);
                demand.form(&Form::Test(some));
            }
            Quantity::MoneyTimes(_, fact) => {
                demand.form(&Form::Test(Test::InRange(*fact, Some(1), None)));
            }
            Quantity::Money(limit) => {
                let limit = i64::try_from(*limit).unwrap_or(i64::MAX);
                let small = Test::InRange(Fact::PaymentAmount, None, Some(limit));
                demand.form(&Form::Test(small));
            }
            Quantity::Count(_) => {}
        }
        if let Some(on_items) = cap.on_items.as_ref().filter(|_| may_be_zero(cap)) {
            let mut free = covers(rule, |_| true);
            free.push(Pred::Not(Box::new(on_items.clone())));
            coverages.push(free);
        }
    }
    for gap in rule.gaps() {
        gap.when.iter().for_each(|when| demand.form(&form(when)));
    }
    for (with, without) in coverages.iter().filter_map(|covers| coverage_forms(covers)) {
        demand.form(&with);
        demand.form(&without);
    }
}
