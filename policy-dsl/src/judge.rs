//! The second pass: every clause that stands in the way of a payment, in a fixed order.

use crate::causes::{Accept, Allowed, Cause, CauseKind, Found, Limit, Value, Whose};
use crate::civil::Civil;
use crate::decide::{Ask, Verdict};
use crate::facts::{Fact, Item};
use crate::ir::{By, ClauseKind, Quantity, Texts, Window};
use crate::next::{Edges, timed};
use crate::reasons::{Reasons, reasons};
use crate::rule::{CapSlot, GapSlot, RuleClause};
use crate::truth::Truth;

/// The full answer to one question.
pub(crate) fn verdict(ask: &Ask<'_>, whose: Whose) -> Verdict {
    let allow = ask.pay();
    let amount = ask.scene.facts.amount;
    let all = Judge { ask, whose, amount }.all();
    let (mut causes, mut binding): (Vec<Cause>, Vec<Cause>) =
        all.into_iter().partition(|cause| cause.pass_now == 0);
    if allow == 0 && causes.is_empty() {
        // Each clause alone lets something pass, together they let nothing pass.
        causes = core::mem::take(&mut binding);
    }
    let next = if allow < amount { whole(ask) } else { None };
    Verdict { allow, causes, binding, pass_now: allow, next }
}

/// When the whole payment first passes.
pub(crate) fn whole(ask: &Ask<'_>) -> Option<Civil> {
    let end = ask.rule.end(ask.state.issued);
    let judge = Judge { ask, whose: Whose::City, amount: ask.scene.facts.amount };
    if !judge.may_ever_pass() {
        return None;
    }
    let amount = ask.scene.facts.amount;
    Edges::of(ask).first(ask.scene.now, end, |moment| ask.at(moment).pay() == amount)
}

/// Every clause that stands in the way of a whole basket, even where the payment is less than its lines: for answers
/// that no single clause explains.
pub(crate) fn of_basket(ask: &Ask<'_>, whose: Whose) -> Vec<Cause> {
    let items = ask.scene.items().unwrap_or_default();
    let amount = sum(items.iter()).max(ask.scene.facts.amount);
    Judge { ask, whose, amount }.all()
}

/// True when a condition that time cannot change stands in the way of every payment like this one.
pub(crate) fn is_shut(ask: &Ask<'_>) -> bool {
    let unmet = |clause: &RuleClause| {
        let met = match clause.clause.kind {
            ClauseKind::Require => Truth::True,
            ClauseKind::Forbid => Truth::False,
            ClauseKind::Covers => return false,
        };
        !timed(&clause.clause.pred) && ask.scene.holds(&clause.clause.pred, None) != met
    };
    !ask.kind_fits() || ask.ended() || ask.rule.clauses().iter().any(unmet)
}

struct Judge<'a> {
    ask: &'a Ask<'a>,
    whose: Whose,
    /// The amount that should pass.
    amount: u64,
}

impl Judge<'_> {
    /// Every clause that does not let the whole amount pass. `pass_now` is zero for those that let nothing pass.
    fn all(&self) -> Vec<Cause> {
        let mut causes = self.frame();
        causes.extend(self.ask.rule.clauses().iter().filter_map(|clause| self.clause(clause)));
        let gaps = self.ask.rule.gaps().iter().enumerate();
        causes.extend(gaps.filter_map(|(at, gap)| self.gap(at, gap)));
        let caps = self.ask.rule.caps().iter().enumerate();
        causes.extend(caps.filter_map(|(at, cap)| self.cap(at, cap)));
        causes
    }

    /// False when a clause that time cannot change stands in the way: no need to look ahead then.
    fn may_ever_pass(&self) -> bool {
        let ask = self.ask;
        let stuck = |clause: &RuleClause| {
            !timed(&clause.clause.pred) && self.clause_passes(clause) < self.amount
        };
        let capped = |(at, cap): (usize, &CapSlot)| {
            let steady = [cap.when.as_ref(), cap.on_items.as_ref()]
                .into_iter()
                .flatten()
                .all(|pred| !timed(pred));
            let used = if cap.window == Window::Life { ask.used(at, cap) } else { 0 };
            steady && self.cap_passes(cap, used) < self.amount
        };
        ask.kind_fits()
            && !ask.ended()
            && !ask.rule.clauses().iter().any(stuck)
            && !ask.rule.caps().iter().enumerate().any(capped)
    }

    fn cause(&self, rule_name: &str, label: &str, kind: CauseKind, because: &Texts) -> Cause {
        Cause {
            policy: self.ask.rule.id(),
            rule: rule_name.to_owned(),
            whose: self.whose,
            label: label.to_owned(),
            kind,
            missing: None,
            found: Vec::new(),
            allowed: Vec::new(),
            limit: None,
            pass_now: 0,
            next: None,
            because: because.clone(),
        }
    }

    /// Kind of payment and life span.
    fn frame(&self) -> Vec<Cause> {
        let (ask, rule) = (self.ask, self.ask.rule);
        let own = |label: &str, kind, found, what| {
            let allowed = vec![Allowed { group: 0, except: false, what }];
            Cause {
                found: vec![found],
                allowed,
                ..self.cause(rule.name(), label, kind, &Vec::new())
            }
        };
        let now = || Found { fact: Fact::Time, value: Value::Time(ask.scene.now) };
        let mut causes = Vec::new();
        if !ask.kind_fits() {
            let kind = ask.scene.facts.kind.unwrap_or("purchase").to_owned();
            let found = Found { fact: Fact::PaymentKind, value: Value::Words(vec![kind]) };
            let accept = Accept::Words(Fact::PaymentKind, rule.pays().to_vec());
            causes.push(own("pays", CauseKind::Pays, found, accept));
        }
        if let Some(start) = rule.start(ask.state.issued).filter(|_| !ask.started()) {
            let cause = own("starts", CauseKind::Starts, now(), Accept::From(start));
            causes.push(Cause {
                next: self.when(&Edges::new(), Some(start), |moment| moment >= start),
                ..cause
            });
        }
        if let Some(end) = rule.end(ask.state.issued).filter(|_| ask.ended()) {
            causes.push(own(
                "expires",
                CauseKind::Expires,
                now(),
                Accept::Until(end, rule.fate().clone()),
            ));
        }
        causes
    }

    /// The first moment before the end at which one clause passes.
    fn when(
        &self,
        edges: &Edges,
        moment: Option<Civil>,
        passes: impl FnMut(Civil) -> bool,
    ) -> Option<Civil> {
        let mut edges = edges.clone();
        if let Some(moment) = moment {
            edges.moment(moment);
        }
        edges.first(self.ask.scene.now, self.ask.rule.end(self.ask.state.issued), passes)
    }

    fn clause(&self, clause: &RuleClause) -> Option<Cause> {
        let pass_now = self.clause_passes(clause);
        if pass_now >= self.amount && !(self.amount == 0 && self.clause_fails(clause)) {
            return None;
        }
        let (own, pred) = (&clause.clause, &clause.clause.pred);
        let (kind, want) = match own.kind {
            ClauseKind::Require => (CauseKind::Require, true),
            ClauseKind::Forbid => (CauseKind::Forbid, false),
            ClauseKind::Covers => (CauseKind::Covers, true),
        };
        let line = self.uncovered(clause);
        let Reasons { missing, found, allowed, .. } = reasons(&self.ask.scene, pred, want, line);
        let next = if timed(pred) {
            let mut edges = Edges::new();
            edges.pred(pred);
            self.when(&edges, None, |moment| {
                let later = &self.ask.at(moment);
                Judge { ask: later, ..*self }.clause_passes(clause) >= self.amount
            })
        } else {
            None
        };
        let told = self.cause(&clause.rule_name, &own.label, kind, &own.because);
        Some(Cause { missing, found, allowed, pass_now, next, ..told })
    }

    /// How much the clause alone lets pass.
    fn clause_passes(&self, clause: &RuleClause) -> u64 {
        if clause.clause.kind != ClauseKind::Covers {
            return if self.clause_fails(clause) { 0 } else { self.amount };
        }
        let covered =
            |item: Option<&Item>| self.ask.scene.holds(&clause.clause.pred, item) == Truth::True;
        let Some(items) = self.ask.scene.items() else {
            return if covered(None) { self.amount } else { 0 };
        };
        let lines = items.iter().filter(|item| covered(Some(item))).map(|item| item.amount);
        lines.fold(0, u64::saturating_add).min(self.amount)
    }

    fn clause_fails(&self, clause: &RuleClause) -> bool {
        let holds = self.ask.scene.holds(&clause.clause.pred, None);
        match clause.clause.kind {
            ClauseKind::Require => holds != Truth::True,
            ClauseKind::Forbid => holds != Truth::False,
            ClauseKind::Covers => self.clause_passes(clause) == 0,
        }
    }

    /// The first line a `covers` clause does not cover.
    fn uncovered(&self, clause: &RuleClause) -> Option<&Item> {
        let items = self.ask.scene.items().filter(|_| clause.clause.kind == ClauseKind::Covers)?;
        items
            .iter()
            .find(|item| self.ask.scene.holds(&clause.clause.pred, Some(item)) != Truth::True)
    }

    fn gap(&self, at: usize, gap: &GapSlot) -> Option<Cause> {
        if self.ask.gap_over(at, gap) {
            return None;
        }
        let over = self.ask.gap_moment(at, gap)?;
        let wait = over.minutes().saturating_sub(self.ask.scene.now.minutes());
        let wait = Value::Wait(u32::try_from(wait).unwrap_or(u32::MAX));
        let mut edges = Edges::new();
        gap.when.iter().for_each(|when| edges.pred(when));
        let next = self.when(&edges, Some(over), |moment| self.ask.at(moment).gap_over(at, gap));
        Some(Cause {
            found: vec![Found { fact: Fact::Time, value: wait }],
            allowed: vec![Allowed { group: 0, except: false, what: Accept::Wait(gap.minutes) }],
            next,
            ..self.cause(&gap.rule_name, &gap.label, CauseKind::Gap, &gap.because)
        })
    }

    fn cap(&self, at: usize, cap: &CapSlot) -> Option<Cause> {
        let ask = self.ask;
        let used = ask.used(at, cap);
        let pass_now = self.cap_passes(cap, used);
        let exhausted = self.amount == 0 && ask.room(at, cap) == 0 && cap.on_items.is_none();
        if pass_now >= self.amount && !exhausted {
            return None;
        }
        let missing = match &cap.quantity {
            Quantity::MoneyTimes(_, fact) => {
                Some(*fact).filter(|fact| !ask.scene.known(*fact, None))
            }
            Quantity::Money(_) | Quantity::Count(_) | Quantity::Share(_) => None,
        };
        let limit = Some(self.limit(cap, used));
        let next = self.cap_next(at, cap, pass_now);
        let cause = self.cause(&cap.rule_name, &cap.label, CauseKind::Cap, &cap.because);
        Some(Cause { missing, limit, pass_now, next, ..cause })
    }

    /// When a cap alone lets the whole pass, or else as much as it ever does while it applies.
    fn cap_next(&self, at: usize, cap: &CapSlot, pass_now: u64) -> Option<Civil> {
        let scope = || [cap.when.as_ref(), cap.on_items.as_ref()].into_iter().flatten();
        let mut edges = Edges::new();
        scope().for_each(|pred| edges.pred(pred));
        let first = |goal: u64| {
            self.when(&edges, None, |moment| {
                let ask = &self.ask.at(moment);
                let passes = Judge { ask, ..*self }.cap_passes(cap, ask.used(at, cap));
                passes >= goal && passes > pass_now
            })
        };
        let may_lift = scope().any(timed);
        let fresh = self.cap_passes(cap, 0).min(self.amount);
        let lifted = if may_lift { first(self.amount) } else { None };
        let moves = fresh > 0 && (may_lift || cap.keeps_count());
        lifted.or_else(|| if moves { first(fresh) } else { None })
    }

    fn limit(&self, cap: &CapSlot, used: u64) -> Limit {
        Limit {
            unit: cap.counts,
            limit: self.ask.limit(cap),
            used,
            window: cap.window,
            share: match cap.quantity {
                Quantity::Share(percent) => Some(percent),
                Quantity::Money(_) | Quantity::MoneyTimes(..) | Quantity::Count(_) => None,
            },
            on_items: cap.on_items.is_some(),
            by_merchant: cap.by.contains(&By::Merchant),
        }
    }

    /// How much a cap alone lets pass when so much of it is used up. An item-scoped cap is asked about the lines that
    /// are covered, or about all lines when none is.
    fn cap_passes(&self, cap: &CapSlot, used: u64) -> u64 {
        let room = self.ask.room_after(cap, used);
        let Some(on_items) = &cap.on_items else {
            return room.min(self.amount);
        };
        let Some(items) = self.ask.scene.items() else {
            return if self.ask.limited(on_items, None) {
                room.min(self.amount)
            } else {
                self.amount
            };
        };
        let covered = |item: &&Item| self.ask.covered(Some(item));
        let any_covered = items.iter().any(|item| covered(&item));
        let lines = || items.iter().filter(|item| !any_covered || covered(item));
        let limited: u64 = sum(lines().filter(|item| self.ask.limited(on_items, Some(item))));
        let free = sum(lines().filter(|item| !self.ask.limited(on_items, Some(item))));
        if limited <= room { self.amount } else { free.saturating_add(room).min(self.amount) }
    }
}

fn sum<'a>(lines: impl Iterator<Item = &'a Item>) -> u64 {
    lines.map(|item| item.amount).fold(0, u64::saturating_add)
}
