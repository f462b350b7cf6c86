//! Conditions: rules that never pay, clauses and parts of clauses that change nothing.

use super::pieces::{Piece, pieces};
use super::{Finding, Place, Problem};
use crate::analyse::idd::{Diagram, TooLarge};
use crate::analyse::study::{Part, Source, Study, Why};
use crate::analyse::witness::Witness;
use crate::ir::{ClauseKind, Policy, Pred};
use crate::rule::Rule;

/// At most so many parts of clauses are tried in one policy.
const PIECES_MAX: usize = 2_048;

/// Looks at the only policy of a study; false when it never pays.
pub(super) fn look(study: &mut Study, found: &mut Vec<Finding>) -> Result<bool, Why> {
    let Some(rule) = study.rules().first().cloned() else { return Ok(false) };
    let mut look = Look { study, rule, parts: Vec::new() };
    look.parts = look.units();
    look.contradictions(found)?;
    if look.study.allowed(0).is_nothing() {
        look.never_pays(found)?;
        return Ok(false);
    }
    look.dead_clauses(found)?;
    look.dead_parts(found)?;
    look.dead_kinds(found)?;
    Ok(true)
}

struct Look<'a> {
    study: &'a mut Study,
    rule: Rule,
    /// What can be blamed: a payment passes when all of these let it pass.
    parts: Vec<Unit>,
}

#[derive(Clone, Debug)]
struct Unit {
    source: Source,
    allows: Diagram,
    place: Place,
}

impl Look<'_> {
    fn units(&self) -> Vec<Unit> {
        let unit = |part: &Part| Unit {
            place: self.place(&part.source),
            source: part.source.clone(),
            allows: part.allows,
        };
        self.study.parts(0).iter().map(unit).collect()
    }

    fn place(&self, source: &Source) -> Place {
        let own =
            |clause: &str| Place { rule: self.rule.name().to_owned(), clause: clause.to_owned() };
        match source {
            Source::Kinds => own("pays"),
            Source::Life => own("expires"),
            Source::Clause(at) => self.rule.clauses().get(*at).map_or_else(
                || own(""),
                |clause| Place {
                    rule: clause.rule_name.clone(),
                    clause: clause.clause.label.clone(),
                },
            ),
            Source::Coverage => {
                let mut clauses = self.rule.clauses().iter();
                let covers = clauses.find(|clause| clause.clause.kind == ClauseKind::Covers);
                covers.map_or_else(
                    || own(""),
                    |clause| Place {
                        rule: clause.rule_name.clone(),
                        clause: clause.clause.label.clone(),
                    },
                )
            }
            Source::Cap(at) => self.rule.caps().get(*at).map_or_else(
                || own(""),
                |cap| Place { rule: cap.rule_name.clone(), clause: cap.label.clone() },
            ),
        }
    }

    /// For each part, what all parts before it let pass.
    fn before(&mut self) -> Result<Vec<Diagram>, TooLarge> {
        let mut before = vec![self.study.valid];
        let mut all = self.study.valid;
        for part in self.parts.clone() {
            all = self.study.space.store.and(all, part.allows)?;
            before.push(all);
        }
        Ok(before)
    }

    /// For each part, what all parts after it let pass.
    fn after(&mut self) -> Result<Vec<Diagram>, TooLarge> {
        let mut after = Vec::with_capacity(self.parts.len());
        let mut all = self.study.valid;
        for part in self.parts.clone().into_iter().rev() {
            after.push(all);
            all = self.study.space.store.and(all, part.allows)?;
        }
        after.reverse();
        Ok(after)
    }

    /// The payments that all parts but one let pass.
    fn without(&mut self, skipped: usize) -> Result<Diagram, TooLarge> {
        let mut rest = self.study.valid;
        for (at, part) in self.parts.iter().enumerate() {
            if at != skipped {
                rest = self.study.space.store.and(rest, part.allows)?;
            }
        }
        Ok(rest)
    }

    /// Clauses that are never true, or never false, on their own.
    fn contradictions(&mut self, found: &mut Vec<Finding>) -> Result<(), TooLarge> {
        for part in self.parts.clone() {
            let Source::Clause(at) = part.source else { continue };
            let Some(clause) = self.rule.clauses().get(at).map(|clause| clause.clause.clone())
            else {
                continue;
            };
            let pair = self.study.pair(&clause.pred)?;
            let (pass, refuse) = match clause.kind {
                ClauseKind::Forbid => (pair.no, pair.yes),
                ClauseKind::Require | ClauseKind::Covers => (pair.yes, pair.no),
            };
            let valid = self.study.valid;
            let passes = self.study.space.store.and(pass, valid)?;
            let refuses = self.study.space.store.and(refuse, valid)?;
            let problem = if passes.is_nothing() {
                Problem::Contradiction
            } else if refuses.is_nothing() {
                Problem::AlwaysTrue(super::words::pred(&clause.pred))
            } else {
                continue;
            };
            let stuck = problem == Problem::Contradiction;
            let rest = if stuck { Diagram::EVERYTHING } else { self.study.allowed(0) };
            let witness = self.confirm(rest, |pay| (pay == 0) == stuck);
            found.push(Finding::new(part.place, problem, witness));
        }
        for at in 0..self.parts.len() {
            let Some(part) = self.parts.get(at).cloned() else { continue };
            let never = part.allows.is_nothing();
            let problem = match part.source {
                _ if !never => continue,
                Source::Life | Source::Kinds => Problem::NeverPays(vec![part.place.clone()]),
                Source::Cap(_) => Problem::ZeroCap,
                Source::Coverage => Problem::Contradiction,
                Source::Clause(_) => continue,
            };
            let rest = self.without(at)?;
            let witness = self.confirm(rest, |pay| pay == 0);
            found.push(Finding::new(part.place, problem, witness));
        }
        Ok(())
    }

    /// The smallest set of parts that excludes every payment.
    fn never_pays(&mut self, found: &mut Vec<Finding>) -> Result<(), TooLarge> {
        let explains = |finding: &Finding| !matches!(finding.problem, Problem::AlwaysTrue(_));
        if found.iter().any(explains) {
            // A single clause already explains it.
            return Ok(());
        }
        let mut core: Vec<Unit> = self.parts.clone();
        let mut at = 0_usize;
        while at < core.len() {
            let mut fewer = core.clone();
            fewer.remove(at);
            if self.all_of(&fewer)?.is_nothing() {
                core = fewer;
            } else {
                at = at.saturating_add(1);
            }
        }
        let rest: Vec<Unit> = core.iter().skip(1).cloned().collect();
        let mut most = self.all_of(&rest)?;
        for part in self.parts.clone() {
            // As many of the others as possible, so that the witness is refused for this alone.
            let more = self.study.space.store.and(most, part.allows)?;
            if !more.is_nothing() {
                most = more;
            }
        }
        let witness = self.confirm(most, |pay| pay == 0);
        let places: Vec<Place> = core.iter().map(|part| part.place.clone()).collect();
        let labelled =
            places.iter().find(|place| !matches!(place.clause.as_str(), "pays" | "expires"));
        let place = labelled.or(places.first()).cloned();
        let place = place.unwrap_or_else(|| self.place(&Source::Kinds));
        found.push(Finding::new(place, Problem::NeverPays(places), witness));
        Ok(())
    }

    fn all_of(&mut self, parts: &[Unit]) -> Result<Diagram, TooLarge> {
        let mut all = self.study.valid;
        for part in parts {
            all = self.study.space.store.and(all, part.allows)?;
        }
        Ok(all)
    }

    /// Clauses without which exactly the same payments pass. The last ones go first, so that of two equal clauses the
    /// first stays; one that is dead does not help to prove another dead.
    fn dead_clauses(&mut self, found: &mut Vec<Finding>) -> Result<(), TooLarge> {
        let before = self.before()?;
        let mut after = self.study.valid;
        for at in (0..self.parts.len()).rev() {
            let Some(part) = self.parts.get(at).cloned() else { continue };
            let place = match part.source {
                Source::Clause(place) if !found.iter().any(|known| known.place == part.place) => {
                    place
                }
                Source::Clause(_)
                | Source::Kinds
                | Source::Life
                | Source::Coverage
                | Source::Cap(_) => {
                    after = self.study.space.store.and(after, part.allows)?;
                    continue;
                }
            };
            let refused = self.study.space.store.not(part.allows)?;
            let before = before.get(at).copied().unwrap_or(Diagram::EVERYTHING);
            if !self.study.space.store.exclude_each_other(&[before, after, refused])? {
                after = self.study.space.store.and(after, part.allows)?;
                continue;
            }
            self.parts.remove(at);
            let because = self.reasons(part.allows)?;
            let refused = self.study.space.store.without(self.study.valid, part.allows)?;
            let kept = self.mostly(refused, &because)?;
            let changed = self.changed(place, None);
            let witness = self.confirm_both(kept, changed.as_ref());
            found.push(Finding::new(part.place, Problem::DeadClause(because), witness));
        }
        self.dead_covers(found)
    }

    fn dead_covers(&mut self, found: &mut Vec<Finding>) -> Result<(), TooLarge> {
        let Some(at) = self.parts.iter().position(|part| part.source == Source::Coverage) else {
            return Ok(());
        };
        if self.study.is_loose(0) || self.rule.caps().iter().any(|cap| cap.on_items.is_some()) {
            return Ok(());
        }
        let rule = self.rule.clone();
        let covers = rule.clauses().iter().enumerate();
        let covers: Vec<usize> = covers
            .filter(|(_, clause)| clause.clause.kind == ClauseKind::Covers)
            .map(|(at, _)| at)
            .collect();
        // How much of a basket is covered is decided line by line, so a clause is dead only when another covers less.
        for place in &covers {
            for other in &covers {
                if other == place {
                    continue;
                }
                let only = self.study.coverage(&rule, |at| at == *other)?.0;
                let both = self.study.coverage(&rule, |at| at == *other || at == *place)?.0;
                if only == both
                    && self.is_narrower(*other, *place)
                    && !self.is_narrower(*place, *other)
                {
                    let source = Source::Clause(*place);
                    let because = vec![self.place(&Source::Clause(*other))];
                    let problem = Problem::DeadClause(because);
                    let allowed = self.without(at)?;
                    let changed = self.changed(*place, None);
                    let witness = self.confirm_both(allowed, changed.as_ref());
                    let known = |old: &Finding| old.place == self.place(&source);
                    if !found.iter().any(known) {
                        found.push(Finding::new(self.place(&source), problem, witness));
                    }
                }
            }
        }
        Ok(())
    }

    /// Does every line that one `covers` covers belong to the other too?
    fn is_narrower(&self, narrow: usize, wide: usize) -> bool {
        let pred = |at: usize| self.rule.clauses().get(at).map(|clause| clause.clause.pred.clone());
        let (Some(narrow), Some(wide)) = (pred(narrow), pred(wide)) else { return false };
        super::limits::line_sets(&[narrow, wide], true, &self.study.settings).is_some_and(|sets| {
            let (mut lines, pairs) = sets;
            let (Some(narrow), Some(wide)) = (pairs.first(), pairs.get(1)) else { return false };
            lines.store.without(narrow.yes, wide.yes).is_ok_and(Diagram::is_nothing)
        })
    }

    /// The fewest of the other parts that refuse all that is outside `allows`.
    fn reasons(&mut self, allows: Diagram) -> Result<Vec<Place>, TooLarge> {
        let refused = self.study.space.store.not(allows)?;
        let valid = self.study.valid;
        for part in &self.parts {
            // Most often one other clause is enough.
            if self.study.space.store.exclude_each_other(&[part.allows, refused, valid])? {
                return Ok(vec![part.place.clone()]);
            }
        }
        let mut kept = self.parts.clone();
        let mut at = 0_usize;
        while at < kept.len() {
            let mut fewer = kept.clone();
            fewer.remove(at);
            let rest = self.all_of(&fewer)?;
            if self.study.space.store.without(rest, allows)?.is_nothing() {
                kept = fewer;
            } else {
                at = at.saturating_add(1);
            }
        }
        Ok(kept.into_iter().map(|part| part.place).collect())
    }

    /// The payments of a set that as many as possible of the parts let pass, those at `except` left out.
    fn mostly(&mut self, mut set: Diagram, except: &[Place]) -> Result<Diagram, TooLarge> {
        for part in self.parts.clone() {
            if except.contains(&part.place) {
                continue;
            }
            let fewer = self.study.space.store.and(set, part.allows)?;
            if !fewer.is_nothing() {
                set = fewer;
            }
        }
        Ok(set)
    }

    /// Parts of conditions that change nothing.
    fn dead_parts(&mut self, found: &mut Vec<Finding>) -> Result<(), TooLarge> {
        let mut left = PIECES_MAX;
        let (before, after) = (self.before()?, self.after()?);
        for at in 0..self.parts.len() {
            let Some(part) = self.parts.get(at).cloned() else { continue };
            let Source::Clause(place) = part.source else { continue };
            if found.iter().any(|known| known.place == part.place) {
                continue;
            }
            let Some(clause) = self.rule.clauses().get(place).cloned() else { continue };
            let (Some(before), Some(after)) = (before.get(at), after.get(at)) else { continue };
            let rest = [*before, *after];
            let mut pred = clause.clause.pred.clone();
            while let Some((piece, allows)) =
                self.dead_piece(&pred, &part, (clause.clause.kind, rest), &mut left)?
            {
                let touched = self.study.space.store.without(allows, part.allows)?;
                let more = self.study.space.store.without(part.allows, allows)?;
                let touched = self.study.space.store.or(touched, more)?;
                let valid = self.study.valid;
                let touched = self.study.space.store.and(touched, valid)?;
                let set = if touched.is_nothing() { self.study.allowed(0) } else { touched };
                let changed = self.changed(place, Some(&piece.without));
                let witness = self.confirm_both(set, changed.as_ref());
                let problem = Problem::DeadPart(piece.text);
                found.push(Finding::new(part.place.clone(), problem, witness));
                pred = piece.without;
            }
        }
        Ok(())
    }

    /// The first piece of a condition without which the same payments pass, and what the condition allows without it.
    fn dead_piece(
        &mut self,
        pred: &Pred,
        part: &Unit,
        (kind, [before, after]): (ClauseKind, [Diagram; 2]),
        left: &mut usize,
    ) -> Result<Option<(Piece, Diagram)>, TooLarge> {
        for piece in pieces(pred) {
            let Some(fewer) = left.checked_sub(1) else { return Ok(None) };
            *left = fewer;
            let allows = self.study.clause(kind, &piece.without)?;
            let more = self.study.space.store.without(allows, part.allows)?;
            let less = self.study.space.store.without(part.allows, allows)?;
            let touched = self.study.space.store.or(more, less)?;
            if self.study.space.store.exclude_each_other(&[before, after, touched])? {
                return Ok(Some((piece, allows)));
            }
        }
        Ok(None)
    }

    /// Kinds of payment that are paid and never pass.
    fn dead_kinds(&mut self, found: &mut Vec<Finding>) -> Result<(), TooLarge> {
        for kind in self.rule.pays().to_vec() {
            let test = crate::ir::Test::Is(crate::facts::Fact::PaymentKind, kind.clone());
            let this = self.study.pair(&Pred::Test(test))?.yes;
            let allowed = self.study.allowed(0);
            if self.study.space.store.and(allowed, this)?.is_nothing() {
                let set = self.mostly(this, &[])?;
                let witness = self.confirm(set, |pay| pay == 0);
                let place = self.place(&Source::Kinds);
                found.push(Finding::new(place, Problem::DeadKind(kind), witness));
            }
        }
        Ok(())
    }

    /// The rule with one clause left out or changed.
    fn changed(&self, place: usize, pred: Option<&Pred>) -> Option<Rule> {
        let clause = self.rule.clauses().get(place)?;
        let mut policy = self.rule.policy().clone();
        change(&mut policy, &clause.rule_name, &clause.clause.label, pred);
        Some(Rule::new(policy))
    }

    /// A payment of the set for which the evaluator says what is claimed.
    fn confirm(&mut self, set: Diagram, claim: impl Fn(u64) -> bool) -> Option<Witness> {
        let shown = self.study.show(set, false, |rules, witness| {
            rules.first().is_some_and(|rule| claim(witness.pay(rule, 0)))
        });
        shown.example().cloned()
    }

    /// A payment of the set of which the rule and the changed rule pay the same.
    fn confirm_both(&mut self, set: Diagram, changed: Option<&Rule>) -> Option<Witness> {
        let changed = changed?;
        let shown = self.study.show(set, false, |rules, witness| {
            rules.first().is_some_and(|rule| witness.pay(rule, 0) == witness.pay(changed, 0))
        });
        shown.example().cloned()
    }
}

/// Leaves out a clause, or gives it another condition, wherever it is embedded.
fn change(policy: &mut Policy, rule: &str, label: &str, pred: Option<&Pred>) {
    if policy.name == rule {
        match pred {
            None => policy.clauses.retain(|clause| clause.label != label),
            Some(pred) => {
                let mut clauses = policy.clauses.iter_mut();
                if let Some(clause) = clauses.find(|clause| clause.label == label) {
                    clause.pred = pred.clone();
                }
            }
        }
    }
    policy.also.iter_mut().for_each(|inner| change(inner, rule, label, pred));
}
