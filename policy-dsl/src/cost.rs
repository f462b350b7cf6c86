//! What asking a policy or a programme once costs at most, known before anybody asks.

use crate::ir::{Cap, ClauseKind, Policy, Pred, Program, Quantity, Transfer, Window};
use crate::rule;

/// The most that a policy may cost, and the most that a programme may.
pub const COST_MAX: u64 = 20_000;
/// The most lines of a basket.
const LINES: u64 = 200;

/// Steps of one decision, each about as long: tests, day buckets of counters, and tests of lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// Tests of the payment, each once.
    pub tests: u64,
    /// Each limit, with the days its window reads.
    pub limits: u64,
    /// Tests of lines, for a basket of 200.
    pub lines: u64,
}

impl Cost {
    /// The cost of a compiled policy with all it embeds.
    pub fn of(policy: &Policy) -> Self {
        let mut cost = Self::default();
        for part in rule::parts(policy) {
            for clause in &part.clauses {
                cost.pred(&clause.pred, clause.kind == ClauseKind::Covers);
            }
            cost.caps(&part.caps);
            for gap in &part.gaps {
                gap.when.iter().for_each(|when| cost.pred(when, false));
                cost.limits = cost.limits.saturating_add(1);
            }
            if let Transfer::To(pred) = &part.transfer {
                cost.pred(pred, false);
            }
        }
        cost
    }

    /// The cost of a compiled programme: every reward tested and every limit read, as for one report. The policies that it
    /// puts on its rewards are asked when these are spent, and have a cost of their own.
    pub fn of_program(program: &Program) -> Self {
        let mut cost = Self::default();
        for reward in &program.rewards {
            reward.when.iter().for_each(|when| cost.pred(when, false));
        }
        cost.caps(&program.caps);
        cost
    }

    /// All of it.
    pub fn total(self) -> u64 {
        self.tests.saturating_add(self.limits).saturating_add(self.lines)
    }

    fn caps(&mut self, caps: &[Cap]) {
        for cap in caps {
            cap.when.iter().for_each(|when| self.pred(when, false));
            cap.on_items.iter().for_each(|on_items| self.pred(on_items, true));
            self.limits = self.limits.saturating_add(days(cap)).saturating_add(1);
        }
    }

    fn pred(&mut self, pred: &Pred, each_line: bool) {
        match pred {
            Pred::And(parts) | Pred::Or(parts) => {
                for part in parts {
                    self.pred(part, each_line);
                }
            }
            Pred::Not(inner) => self.pred(inner, each_line),
            Pred::AnyItem(inner) | Pred::EveryItem(inner) => self.pred(inner, true),
            Pred::Known(_) | Pred::Test(_) if each_line => {
                self.lines = self.lines.saturating_add(LINES);
            }
            Pred::Known(_) | Pred::Test(_) => self.tests = self.tests.saturating_add(1),
        }
    }
}

/// How many day buckets a limit reads at most.
fn days(cap: &Cap) -> u64 {
    if matches!(cap.quantity, Quantity::Share(_)) {
        return 0;
    }
    match cap.window {
        Window::Payment => 0,
        // What is counted for life is kept as one sum.
        Window::Day | Window::Life => 1,
        Window::Week => 7,
        Window::Month => 31,
        Window::Year => 366,
        Window::Days(n) => u64::from(n),
        Window::Months(n) => u64::from(n).saturating_mul(31),
        Window::Years(n) => u64::from(n).saturating_mul(366),
    }
}
