//! Programmes: rewards, pools and caps into the compiled form.

use super::Lower;
use super::clause::Labels;
use super::policy::Once;
use super::types::{FactType, Place, RulePlace, fact_type};
use crate::civil::Weekday;
use crate::codes;
use crate::cost::Cost;
use crate::diagnostic::Diagnostic;
use crate::ir::{Gift, Program, Reward, Texts, Trigger, Under};
use crate::normal::normalize_program;
use crate::syntax::ast::{self, ClauseBody, Name, Rule, ValueKind};

impl Lower<'_, '_> {
    /// The compiled programme, in normal form. Mistakes are in the session.
    pub(crate) fn program(&mut self, name: Name<'_>, rule: &Rule<'_>) -> Option<Program> {
        let clauses: Vec<ast::Clause<'_>> = rule.clauses().collect();
        self.place = Place { rule: RulePlace::Reward, item: false };
        let mut program = Program {
            name: name.text.to_owned(),
            title: Texts::new(),
            zone: self.zone(name, &clauses),
            week_starts: Weekday::Mon,
            pool: String::new(),
            open: (None, None),
            rewards: Vec::new(),
            caps: Vec::new(),
        };
        let (mut once, mut labels) = (Once::default(), Labels::default());
        for clause in &clauses {
            self.once(&mut once, clause);
            self.program_clause(&mut program, &mut labels, clause);
        }
        let damaged = rule.tree.is_damaged(rule.node.span);
        if program.pool.is_empty() && !damaged {
            let message = format!("`{}` has no pool to pay from", name.text);
            let error = Diagnostic::error(codes::NOT_COMPLETE, name.span, message);
            self.error(error.help("write `pool` and the name of a pool"));
        }
        if self.session.failed() {
            return None;
        }
        normalize_program(&mut program);
        self.affordable(name, Cost::of_program(&program))?;
        Some(program)
    }

    fn program_clause(
        &mut self,
        program: &mut Program,
        labels: &mut Labels,
        clause: &ast::Clause<'_>,
    ) {
        match &clause.body {
            ClauseBody::Title(texts) => program.title = self.texts(texts),
            ClauseBody::Week(day) => program.week_starts = *day,
            ClauseBody::Pool(name) => name.text.clone_into(&mut program.pool),
            ClauseBody::Open(range) => {
                program.open = self.ends(range, Self::date).unwrap_or_default();
            }
            ClauseBody::Reward(reward) => program.rewards.extend(self.reward(labels, reward)),
            ClauseBody::Cap(cap) => program.caps.extend(self.cap(labels, cap)),
            ClauseBody::Zone(_) | ClauseBody::Example(_) => {}
            ClauseBody::Pays(_)
            | ClauseBody::Condition { .. }
            | ClauseBody::Gap(_)
            | ClauseBody::Starts(_)
            | ClauseBody::Expires(..)
            | ClauseBody::Decays(_)
            | ClauseBody::Split(_)
            | ClauseBody::Priority(_)
            | ClauseBody::Transfer(_)
            | ClauseBody::Grace(_)
            | ClauseBody::Restores(..)
            | ClauseBody::Also(_) => self.misplaced(clause, "program", "policy"),
        }
    }

    fn reward(&mut self, labels: &mut Labels, reward: &ast::Reward<'_>) -> Option<Reward> {
        let label = self.label(labels, reward.label);
        let on = match reward.on {
            (word, Some(what)) if word.text == "earn" => Trigger::Earn(what.text.to_owned()),
            (word, _) if word.text == "topup" => Trigger::Topup,
            _ => Trigger::Payment,
        };
        let place = std::mem::replace(&mut self.place, Place::of_trigger(&on));
        let when = reward.when.as_ref().map(|pred| self.pred(pred));
        let gift = self.gift(&reward.gift);
        self.place = place;
        let under = match &reward.under {
            Some(used) => self.used_policy(used).map(|policy| Under::Policy(Box::new(policy))),
            None => Some(Under::SamePolicy),
        };
        let because = self.texts(&reward.because);
        let when = match when {
            Some(pred) => Some(pred?),
            None => None,
        };
        Some(Reward { label, on, when, gift: gift?, under: under?, because })
    }

    fn gift(&mut self, gift: &ast::Gift<'_>) -> Option<Gift> {
        let Some(of) = gift.of else {
            if matches!(gift.amount.kind, ValueKind::Percent(_)) {
                return self.fail(super::value::wrong(&gift.amount, "an amount of money"));
            }
            return self.money(&gift.amount).map(Gift::Money);
        };
        let percent = self.percent(&gift.amount);
        let fact = self.fact(of);
        let up_to = match &gift.up_to {
            Some(value) => Some(self.money(value)?),
            None => None,
        };
        let fact = fact?;
        if fact_type(fact) != FactType::Money {
            let message = format!("`{}` is not an amount of money", of.text);
            let error = Diagnostic::error(codes::WRONG_LITERAL, of.span, message);
            return self.fail(error.help("write `event.amount` or `payment.amount`"));
        }
        Some(Gift::Percent { percent: percent?, of: fact, up_to })
    }
}
