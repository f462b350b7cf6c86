//! Findings as diagnostics of a source, each at the clause it is about.

use super::{Finding, Place, Problem};
use crate::diagnostic::{Diagnostic, Span};
use crate::module::{Module, examples_of, rule_of};
use crate::syntax::ast::{Clause, ClauseBody, Definition, Example, Outcome};

impl Finding {
    /// The finding as a warning about a source: at the clause, or where `policy`, the policy that was analysed, embeds
    /// the policy that states the clause. The clauses that cause it are the other places, a payment that shows it is
    /// told in words, and what can be left out without changing an answer can be left out by a fix.
    pub fn diagnostic(&self, module: &Module, policy: &str) -> Diagnostic {
        let own = span_of(module, &self.place);
        let used = (self.place.rule != policy).then(|| embedded(module, policy, &self.place.rule));
        let outer = Place { rule: policy.to_owned(), clause: String::new() };
        let main = used.flatten().or(own).or_else(|| span_of(module, &outer)).unwrap_or_default();
        let mut found = Diagnostic::warning(self.code, main, self.message());
        if let Some(own) = own.filter(|own| *own != main) {
            found = found.at(own, "this clause");
        }
        for (place, text) in self.others() {
            if let Some(span) = span_of(module, place) {
                found = found.at(span, text);
            }
        }
        let mut help = self.help().to_owned();
        if let Some(witness) = &self.witness {
            help = format!("{help}; for example: {}", witness.in_words());
        }
        found = found.help(help);
        match self.removable(module, policy) {
            Some(span) => found.fix(format!("leave out `{}`", self.place.clause), span, ""),
            None => found,
        }
    }

    /// The whole of a clause that is proved to change no answer, if the policy states it itself and no example names it.
    fn removable(&self, module: &Module, policy: &str) -> Option<Span> {
        let dead = matches!(self.problem, Problem::DeadClause(_));
        if !dead || self.one_category || self.place.rule != policy {
            return None;
        }
        let definition = definition_of(module, policy)?;
        let rule = rule_of(&definition)?;
        let named = |example: &Example<'_>| match &example.outcome {
            Outcome::Deny(labels) => labels.iter().any(|label| label.text == self.place.clause),
            Outcome::Allow(_) | Outcome::Give(_) | Outcome::Nothing => false,
        };
        if examples_of(rule).iter().any(named) {
            return None;
        }
        let clause = rule.clauses().find(|clause| span_in(clause, &self.place.clause).is_some())?;
        // With the line it stands on, when it is alone there.
        let source = module.source();
        let before = source.get(..clause.span.start)?;
        let blank = before.len().checked_sub(before.trim_end_matches([' ', '\t']).len())?;
        let alone = before.trim_end_matches([' ', '\t']).ends_with('\n')
            && source.get(clause.span.end..)?.starts_with('\n');
        let Span { start, end } = clause.span;
        Some(if alone {
            Span { start: start.saturating_sub(blank), end: end.saturating_add(1) }
        } else {
            clause.span
        })
    }

    /// Other clauses it is about.
    fn others(&self) -> Vec<(&Place, &'static str)> {
        let (places, text): (&[Place], _) = match &self.problem {
            Problem::NeverPays(places) => (places, "together with this"),
            Problem::DeadClause(places) => (places, "this refuses it already"),
            Problem::DeadCap(places) => (places, "this binds before it"),
            Problem::CrossingItems(place) => (std::slice::from_ref(place), "and this"),
            Problem::DeadPart(_)
            | Problem::AlwaysTrue(_)
            | Problem::Contradiction
            | Problem::NeverInFull
            | Problem::NeverApplies
            | Problem::DeadKind(_)
            | Problem::Stranded { .. }
            | Problem::ZeroCap
            | Problem::NobodyMayReceive => (&[], ""),
        };
        places.iter().filter(|place| **place != self.place).map(|place| (place, text)).collect()
    }
}

fn definition_of<'m>(module: &'m Module, name: &str) -> Option<Definition<'m>> {
    module.tree().definitions().find(|definition| definition.name.text == name)
}

/// Where a clause stands in a source: its label, the clause word when it has none, or the name of the policy.
fn span_of(module: &Module, place: &Place) -> Option<Span> {
    let definition = definition_of(module, &place.rule)?;
    if place.clause.is_empty() {
        return Some(definition.name.span);
    }
    let rule = rule_of(&definition)?;
    rule.clauses().find_map(|clause| span_in(&clause, &place.clause))
}

/// The `also` of `outer` that brings `inner` in, directly or through others of the same source.
fn embedded(module: &Module, outer: &str, inner: &str) -> Option<Span> {
    let definition = definition_of(module, outer)?;
    rule_of(&definition)?.clauses().find_map(|clause| {
        let ClauseBody::Also(used) = &clause.body else { return None };
        let direct = used.name.text == inner;
        (direct || embedded(module, used.name.text, inner).is_some()).then_some(clause.span)
    })
}

fn span_in(clause: &Clause<'_>, name: &str) -> Option<Span> {
    let at = if let ClauseBody::Condition { label, .. } = &clause.body {
        *label
    } else if let ClauseBody::Cap(cap) = &clause.body {
        cap.label
    } else if let ClauseBody::Gap(gap) = &clause.body {
        gap.label
    } else {
        clause.word
    };
    (at.text == name).then_some(at.span)
}
