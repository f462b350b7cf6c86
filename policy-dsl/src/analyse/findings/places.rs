//! Findings as diagnostics of a source, each at the clause it is about.

use super::{Finding, Place, Problem};
use crate::diagnostic::{Diagnostic, Span};
use crate::module::{Module, rule_of};
use crate::syntax::ast::{Clause, ClauseBody};

impl Finding {
    /// The finding as a warning about a source. A clause that stands in an earlier source is shown where `policy`, the
    /// policy that was analysed, stands; without a place for that either, the whole source is meant.
    pub fn diagnostic(&self, module: &Module, policy: &str) -> Diagnostic {
        let here = span_of(module, &self.place);
        let outer = Place { rule: policy.to_owned(), clause: String::new() };
        let span = here.or_else(|| span_of(module, &outer)).unwrap_or_default();
        let mut found = Diagnostic::warning(self.code, span, self.message());
        for (place, text) in self.others() {
            if let Some(span) = span_of(module, place) {
                found = found.at(span, text);
            }
        }
        let mut help = self.help().to_owned();
        if let Some(witness) = &self.witness {
            help = format!("{help}; see for example: {witness}");
        }
        found.help(help)
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
            | Problem::NobodyMayReceive
            | Problem::NotAnalysed(_) => (&[], ""),
        };
        places.iter().filter(|place| **place != self.place).map(|place| (place, text)).collect()
    }
}

/// Where a clause stands in a source: its label, the clause word when it has none, or the name of the policy.
fn span_of(module: &Module, place: &Place) -> Option<Span> {
    let mut definitions = module.tree().definitions();
    let definition = definitions.find(|definition| definition.name.text == place.rule)?;
    if place.clause.is_empty() {
        return Some(definition.name.span);
    }
    let rule = rule_of(&definition)?;
    rule.clauses().find_map(|clause| span_in(&clause, &place.clause))
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
