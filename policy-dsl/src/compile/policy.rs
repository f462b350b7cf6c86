//! Policies: clauses into the compiled form, with embedded policies.

use std::collections::BTreeMap;

use super::clause::{Labels, fate};
use super::params::{self, Arguments, Source};
use super::types::{PAYMENT_KINDS, Place, RulePlace};
use super::unit::Unit;
use super::{ALSO_DEPTH_MAX, Lower};
use crate::canon::hash_from_hex;
use crate::civil::Weekday;
use crate::codes;
use crate::cost::{COST_MAX, Cost};
use crate::diagnostic::{Diagnostic, Span};
use crate::ir::{
    Clause, ClauseKind, Ends, Expires, Fate, Policy, Refund, Split, Starts, Texts, Transfer,
};
use crate::normal::normalize_policy;
use crate::syntax::ast::{self, ClauseBody, DefinitionBody, Name, Rule, Use};

/// Clauses that may stand once, and where each stands.
#[derive(Debug, Default)]
pub(super) struct Once(BTreeMap<&'static str, Span>);

impl<'u> Lower<'u, '_> {
    /// The compiled policy, in normal form. Mistakes are in the session; with an error the result means nothing.
    pub(crate) fn policy(&mut self, name: Name<'_>, rule: &Rule<'_>) -> Option<Policy> {
        let clauses: Vec<ast::Clause<'_>> = rule.clauses().collect();
        let pays = self.pays(&clauses);
        let transfers = pays.iter().any(|kind| kind == "transfer");
        self.place = Place { rule: RulePlace::Payment { transfers }, item: false };
        let mut policy = empty(name.text, pays);
        policy.zone = self.zone(name, &clauses);
        let (mut once, mut labels) = (Once::default(), Labels::default());
        for clause in &clauses {
            self.once(&mut once, clause);
            self.policy_clause(&mut policy, &mut labels, clause);
        }
        for clause in &clauses {
            if let ClauseBody::Also(used) = &clause.body {
                self.also(&mut policy, used);
            }
        }
        if self.session.failed() {
            return None;
        }
        normalize_policy(&mut policy);
        self.affordable(name, Cost::of(&policy))?;
        Some(policy)
    }

    /// What a rule costs to ask is known before anybody asks, and has a bound.
    pub(super) fn affordable(&mut self, name: Name<'_>, cost: Cost) -> Option<()> {
        let cost = cost.total();
        if cost <= COST_MAX {
            return Some(());
        }
        let message = format!("`{}` costs {cost} steps to ask, more than {COST_MAX}", name.text);
        let error = Diagnostic::error(codes::TOO_DEAR, name.span, message);
        self.fail(error.help("write fewer limits over many days, or fewer tests of items"))
    }

    fn policy_clause(
        &mut self,
        policy: &mut Policy,
        labels: &mut Labels,
        clause: &ast::Clause<'_>,
    ) {
        match &clause.body {
            ClauseBody::Title(texts) => policy.title = self.texts(texts),
            ClauseBody::Week(day) => policy.week_starts = *day,
            ClauseBody::Condition { label, pred, because } => {
                let condition = self.condition(labels, clause.word, (*label, pred), because);
                policy.clauses.extend(condition);
            }
            ClauseBody::Cap(cap) => policy.caps.extend(self.cap(labels, cap)),
            ClauseBody::Gap(gap) => policy.gaps.extend(self.gap(labels, gap)),
            ClauseBody::Starts(moment) => {
                policy.starts = self.starts(moment).unwrap_or(Starts::AtIssue);
            }
            ClauseBody::Expires(moment, then) => {
                policy.expires.end = self.end(moment).unwrap_or(Ends::Never);
                policy.expires.fate = fate(*then);
            }
            ClauseBody::Decays(decay) => policy.decays = self.decay(labels, decay),
            ClauseBody::Split(allowed) => {
                policy.split = if *allowed { Split::Allowed } else { Split::Never };
            }
            ClauseBody::Priority(value) => {
                let priority = self
                    .number(value)
                    .and_then(|number| self.between(number, (0, 100), value.span));
                policy.priority =
                    priority.and_then(|number| u8::try_from(number).ok()).unwrap_or(50);
            }
            ClauseBody::Transfer(to) => policy.transfer = self.transfer(to.as_ref()),
            ClauseBody::Grace(duration) => policy.refund.grace = self.duration(duration),
            ClauseBody::Restores(amount, count) => {
                policy.refund.restores_amount = *amount;
                policy.refund.restores_count = *count;
            }
            ClauseBody::Pool(_) | ClauseBody::Open(_) | ClauseBody::Reward(_) => {
                self.misplaced(clause, "policy", "program");
            }
            ClauseBody::Zone(_)
            | ClauseBody::Pays(_)
            | ClauseBody::Also(_)
            | ClauseBody::Example(_) => {}
        }
    }

    fn condition(
        &mut self,
        labels: &mut Labels,
        word: Name<'_>,
        (label, pred): (Name<'_>, &ast::Pred<'_>),
        because: &[ast::Text<'_>],
    ) -> Option<Clause> {
        let label = self.label(labels, label);
        let because = self.texts(because);
        let (kind, pred) = match word.text {
            "require" => (ClauseKind::Require, self.pred(pred)?),
            "forbid" => (ClauseKind::Forbid, self.pred(pred)?),
            _ => (ClauseKind::Covers, self.item_pred(pred)?),
        };
        Some(Clause { label, kind, pred, because })
    }

    fn transfer(&mut self, to: Option<&ast::Pred<'_>>) -> Transfer {
        let Some(pred) = to else { return Transfer::Never };
        let place =
            std::mem::replace(&mut self.place, Place { rule: RulePlace::Transfer, item: false });
        let pred = self.pred(pred);
        self.place = place;
        pred.map_or(Transfer::Never, Transfer::To)
    }

    fn pays(&mut self, clauses: &[ast::Clause<'_>]) -> Vec<String> {
        let stated = clauses.iter().find_map(|clause| match &clause.body {
            ClauseBody::Pays(kinds) => Some(kinds),
            _ => None,
        });
        let Some(kinds) = stated else { return vec!["purchase".to_owned()] };
        for kind in kinds.iter().filter(|kind| !PAYMENT_KINDS.contains(&kind.text)) {
            let what = "kind of payment";
            self.error(super::test::unknown_word(kind.text, kind.span, what, &PAYMENT_KINDS));
        }
        kinds.iter().map(|kind| kind.text.to_owned()).collect()
    }

    /// The zone; without one UTC, with a warning.
    pub(super) fn zone(&mut self, name: Name<'_>, clauses: &[ast::Clause<'_>]) -> String {
        let stated = clauses.iter().find_map(|clause| match &clause.body {
            ClauseBody::Zone(zone) => Some(zone.text.to_owned()),
            _ => None,
        });
        stated.unwrap_or_else(|| {
            let message =
                format!("`{}` names no time zone: its days and hours are those of UTC", name.text);
            let warning = Diagnostic::warning(codes::NO_ZONE, name.span, message);
            self.error(warning.help("write `zone Asia/Seoul`, for example"));
            "UTC".to_owned()
        })
    }

    /// Reports the second of two clauses that may stand once.
    pub(super) fn once(&mut self, once: &mut Once, clause: &ast::Clause<'_>) {
        let what = match &clause.body {
            ClauseBody::Title(_) => "title",
            ClauseBody::Zone(_) => "zone",
            ClauseBody::Week(_) => "week starts",
            ClauseBody::Pays(_) => "pays",
            ClauseBody::Starts(_) => "starts",
            ClauseBody::Expires(..) => "expires",
            ClauseBody::Decays(_) => "decays",
            ClauseBody::Split(_) => "split",
            ClauseBody::Priority(_) => "priority",
            ClauseBody::Transfer(_) => "transfer",
            ClauseBody::Grace(_) => "refund grace",
            ClauseBody::Restores(..) => "refund restores",
            ClauseBody::Pool(_) => "pool",
            ClauseBody::Open(_) => "open",
            ClauseBody::Condition { .. }
            | ClauseBody::Cap(_)
            | ClauseBody::Gap(_)
            | ClauseBody::Also(_)
            | ClauseBody::Reward(_)
            | ClauseBody::Example(_) => return,
        };
        if let Some(first) = once.0.insert(what, clause.word.span) {
            let message = format!("`{what}` stands twice");
            let error = Diagnostic::error(codes::CLAUSE_TWICE, clause.word.span, message);
            self.error(error.at(first, "first here").help("leave one of them out"));
        }
    }

    /// Reports a clause of the other kind of rule.
    pub(super) fn misplaced(&mut self, clause: &ast::Clause<'_>, here: &str, there: &str) {
        let message = format!("`{}` does not stand in a {here}", clause.word.text);
        let error = Diagnostic::error(codes::UNKNOWN_CLAUSE, clause.word.span, message);
        self.error(error.help(format!("it belongs in a {there}")));
    }

    fn also(&mut self, policy: &mut Policy, used: &Use<'_>) {
        let Some(embedded) = self.used_policy(used) else { return };
        if embedded.zone != policy.zone {
            let (ours, theirs) = (&policy.zone, &embedded.zone);
            let message = format!(
                "`{}` reads its days and hours in {theirs}, this policy in {ours}",
                used.name.text
            );
            let error = Diagnostic::error(codes::OTHER_ZONE, used.name.span, message);
            self.error(error.help("policies joined by `also` must have the same zone"));
        }
        policy.also.push(embedded);
    }

    /// The compiled policy of a use, with its arguments and hash checked.
    pub(super) fn used_policy(&mut self, used: &Use<'_>) -> Option<Policy> {
        self.session.count_policy(used.name.span)?;
        if self.session.path.len() > ALSO_DEPTH_MAX {
            let message = format!("policies embed each other deeper than {ALSO_DEPTH_MAX}");
            return self.fail(
                Diagnostic::error(codes::TOO_LARGE, used.name.span, message)
                    .help("make it simpler"),
            );
        }
        let home = self.unit;
        let Some((unit, definition)) = home.find(used.name.text) else {
            if home.is_broken(used.name.text) {
                return None;
            }
            let error = self.unit.unknown(used.name, "policy");
            return self.fail(error);
        };
        let DefinitionBody::Policy(rule) = &definition.body else {
            return self.fail(Unit::wrong_kind(used.name, &definition, "policy"));
        };
        let mut ignored = super::Session::default();
        let declared = params::declare(unit, rule, &mut ignored);
        let given: Vec<(String, Source<'_, '_>)> = used
            .arguments
            .iter()
            .map(|(name, value)| {
                (name.text.to_owned(), Source::Written(*name, value, self.arguments))
            })
            .collect();
        let place = Some(used.name.span);
        let arguments = params::bind(self.unit, declared, &given, place, self.session)?;
        let policy = self.embedded(used.name, unit, &definition, &arguments)?;
        self.pinned(used, &policy)?;
        Some(policy)
    }

    fn embedded(
        &mut self,
        name: Name<'_>,
        unit: &'u Unit,
        definition: &ast::Definition<'_>,
        arguments: &Arguments,
    ) -> Option<Policy> {
        let DefinitionBody::Policy(rule) = &definition.body else { return None };
        // What is wrong elsewhere has been said there; here only whether this one compiles counts.
        let before = std::mem::take(&mut self.session.found);
        let policy =
            self.expand(name, unit, arguments, |inside| inside.policy(definition.name, rule));
        let inside = std::mem::replace(&mut self.session.found, before);
        self.session.found.extend(inside.into_iter().filter(Diagnostic::is_error));
        policy
    }

    fn pinned(&mut self, used: &Use<'_>, policy: &Policy) -> Option<()> {
        let Some(pin) = used.pin else { return Some(()) };
        let hash = pin.text.strip_prefix("sp1:").and_then(hash_from_hex);
        if hash == Some(policy.id().0) {
            return Some(());
        }
        let Some(_) = hash else {
            let message = format!("`{}` is not the hash of a policy", pin.text);
            let error = Diagnostic::error(codes::BAD_HASH, pin.span, message);
            return self.fail(error.help("write `sp1:` and 64 hexadecimal digits"));
        };
        if self.arguments.stand_ins {
            // With stand-ins for arguments the hash cannot be right yet.
            return Some(());
        }
        let message = format!("`{}` is another policy than the pinned one", used.name.text);
        let error = Diagnostic::error(codes::WRONG_HASH, pin.span, message);
        self.fail(error.help(format!("it is now {}", policy.id())))
    }
}

/// A policy that states nothing.
fn empty(name: &str, pays: Vec<String>) -> Policy {
    Policy {
        name: name.to_owned(),
        title: Texts::new(),
        zone: String::new(),
        week_starts: Weekday::Mon,
        pays,
        clauses: Vec::new(),
        caps: Vec::new(),
        gaps: Vec::new(),
        starts: Starts::AtIssue,
        expires: Expires { end: Ends::Never, fate: Fate::Granter },
        decays: None,
        split: Split::Allowed,
        priority: 50,
        transfer: Transfer::Anyone,
        refund: Refund { grace: None, restores_amount: true, restores_count: true },
        also: Vec::new(),
    }
}
