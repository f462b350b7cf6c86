//! What a change may not touch: life span, coverage, splitting, decay, giving on, refunds, the end.

use crate::ir::{Ends, Span, Starts, Transfer};
use crate::rule::{self, GapSlot, Rule};

/// Which lines are covered is decided line by line: only the same conditions, or fewer, are known to be looser.
pub(super) fn covers_alike(old: &Rule, new: &Rule) -> bool {
    let covers = |rule: &Rule| -> Vec<crate::ir::Pred> {
        let clauses = rule.clauses().iter().map(|clause| &clause.clause);
        let covers = clauses.filter(|clause| clause.kind == crate::ir::ClauseKind::Covers);
        covers.map(|clause| clause.pred.clone()).collect()
    };
    let old = covers(old);
    covers(new).iter().all(|pred| old.contains(pred))
}

/// Do splitting, decay, giving and refunds stay as they are, or fall away?
pub(super) fn handled_alike(old: &Rule, new: &Rule) -> bool {
    let transfers = |rule: &Rule| -> Vec<Transfer> {
        let parts = rule::parts(rule.policy());
        let bound = parts.into_iter().filter(|part| part.transfer != Transfer::Anyone);
        bound.map(|part| part.transfer.clone()).collect()
    };
    let known = transfers(old);
    (old.pays_alone() || !new.pays_alone())
        && (new.decay().is_none() || new.decay() == old.decay())
        && transfers(new).iter().all(|transfer| known.contains(transfer))
        && new.refund() == old.refund()
        && new.fate() == old.fate()
}

/// Does the old gap keep payments at least as far apart, by the same mark?
pub(super) fn is_longer(old: &GapSlot, new: &GapSlot) -> bool {
    old.minutes >= new.minutes && old.by == new.by && old.when == new.when
}

/// Does the new rule let coins begin no later and end no earlier? Spans are compared only in the same unit.
pub(super) fn lives_as_long(old: &Rule, new: &Rule) -> bool {
    let (before, after) = (rule::parts(old.policy()), rule::parts(new.policy()));
    let starts = after.iter().all(|part| match part.starts {
        Starts::AtIssue => true,
        Starts::On(date) => {
            before.iter().any(|old| matches!(old.starts, Starts::On(d) if d >= date))
        }
        Starts::After(span) => before
            .iter()
            .any(|old| matches!(old.starts, Starts::After(known) if is_at_most(span, known))),
    });
    let ends = after.iter().all(|part| match part.expires.end {
        Ends::Never => true,
        Ends::On(date) => {
            before.iter().any(|old| matches!(old.expires.end, Ends::On(d) if d <= date))
        }
        Ends::After(span) => before
            .iter()
            .any(|old| matches!(old.expires.end, Ends::After(known) if is_at_most(known, span))),
    });
    starts && ends
}

fn is_at_most(one: Span, other: Span) -> bool {
    match (one, other) {
        (Span::Minutes(a), Span::Minutes(b))
        | (Span::Hours(a), Span::Hours(b))
        | (Span::Days(a), Span::Days(b))
        | (Span::Months(a), Span::Months(b))
        | (Span::Years(a), Span::Years(b)) => a <= b,
        _ => false,
    }
}
