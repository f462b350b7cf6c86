//! A policy made ready to be asked: `also` flattened, caps and gaps numbered, life span and order at hand.

use std::sync::OnceLock;

use crate::civil::Weekday;
use crate::civil::{Civil, Date};
use crate::facts::{Facts, World};
use crate::ir::{
    By, Cap, Clause, ClauseKind, Decay, Ends, Fate, Gap, Policy, PolicyId, Pred, Quantity, Refund,
    Span, Split, Starts, Texts, Transfer, Window,
};
use crate::measure::{self, MeasureId};
use crate::truth::{Scene, Truth};
use crate::{rank, windows};

/// At most this many item-scoped caps in one rule, embedded rules included. A rule with more allows nothing.
pub const ITEM_CAPS_MAX: usize = 64;

/// A policy prepared for evaluation. Build once, ask often; immutable.
#[derive(Clone, Debug)]
pub struct Rule {
    id: PolicyId,
    policy: Policy,
    clauses: Vec<RuleClause>,
    caps: Vec<CapSlot>,
    gaps: Vec<GapSlot>,
    lives: Vec<(Starts, Ends)>,
    pays: Vec<String>,
    /// Computed when first asked for: most rules are never compared.
    rank: OnceLock<u64>,
    alone: bool,
}

/// What a cap counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unit {
    /// Minor units of money.
    Money,
    /// Payments (in a programme: rewards).
    Count,
}

/// A condition and the policy that states it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleClause {
    /// Name of the policy that states it (an embedded one, perhaps).
    pub rule_name: String,
    /// The clause.
    pub clause: Clause,
}

/// A cap with what its counter is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CapSlot {
    /// Label in its policy.
    pub label: String,
    /// Name of the policy that states it (an embedded one, perhaps).
    pub rule_name: String,
    /// Which counter it reads, within the scope of its layer or guard. The limit and the window are not part of it.
    pub measure: MeasureId,
    /// Over which window.
    pub window: Window,
    /// First day of the week, for [`Window::Week`].
    pub week_starts: Weekday,
    /// Grouping keys: for [`By::Merchant`] and [`By::Lot`] the counter is kept apart for each merchant or lot.
    pub by: Vec<By>,
    /// Whether `used` is money or a number of payments.
    pub counts: Unit,
    /// The limit.
    pub quantity: Quantity,
    /// Applies unless this is false.
    pub when: Option<Pred>,
    /// Counts and limits only lines for which this is not false.
    pub on_items: Option<Pred>,
    /// Words for the holder.
    pub because: Texts,
}

/// A gap with what its last payment is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GapSlot {
    /// Label in its policy.
    pub label: String,
    /// Name of the policy that states it.
    pub rule_name: String,
    /// Which last payment it reads, within the scope of its layer or guard.
    pub measure: MeasureId,
    /// Length in minutes.
    pub minutes: u32,
    /// Grouping keys, as for a cap.
    pub by: Vec<By>,
    /// Applies unless this is false.
    pub when: Option<Pred>,
    /// Words for the holder.
    pub because: Texts,
}

impl CapSlot {
    /// Prepares one cap of a policy or programme.
    pub fn new(cap: &Cap, rule_name: &str, week_starts: Weekday) -> Self {
        Self {
            label: cap.label.clone(),
            rule_name: rule_name.to_owned(),
            measure: measure::of_cap(cap),
            window: cap.window,
            week_starts,
            by: cap.by.clone(),
            counts: match cap.quantity {
                Quantity::Money(_) | Quantity::MoneyTimes(..) | Quantity::Share(_) => Unit::Money,
                Quantity::Count(_) => Unit::Count,
            },
            quantity: cap.quantity.clone(),
            when: cap.when.clone(),
            on_items: cap.on_items.clone(),
            because: cap.because.clone(),
        }
    }

    /// Does the cap keep a counter between payments? A share, or a cap per payment, does not.
    pub fn keeps_count(&self) -> bool {
        self.window != Window::Payment && !matches!(self.quantity, Quantity::Share(_))
    }

    /// The inclusive range of day buckets it reads on `today`; `None` when it reads none.
    pub fn dates(&self, today: Date) -> Option<(Date, Date)> {
        if self.keeps_count() {
            windows::window_dates(self.window, today, self.week_starts)
        } else {
            None
        }
    }
}

impl Rule {
    /// Prepares a policy. The id is computed from its canonical form.
    pub fn new(policy: Policy) -> Self {
        let id = policy.id();
        Self::with_id(id, policy)
    }

    /// Prepares a policy whose id is known already.
    pub fn with_id(id: PolicyId, policy: Policy) -> Self {
        let parts = parts(&policy);
        let clauses = in_order(&parts);
        let cap = |part: &&Policy| {
            let (name, week) = (part.name.clone(), part.week_starts);
            part.caps.iter().map(|cap| CapSlot::new(cap, &name, week)).collect::<Vec<_>>()
        };
        let caps = parts.iter().flat_map(cap).collect();
        let gaps = parts
            .iter()
            .flat_map(|part| part.gaps.iter().map(|gap| gap_slot(gap, &part.name)))
            .collect();
        let lives = parts.iter().map(|part| (part.starts, part.expires.end)).collect();
        let pays: Vec<String> = policy
            .pays
            .iter()
            .filter(|kind| parts.iter().all(|part| part.pays.contains(kind)))
            .cloned()
            .collect();
        let alone = parts.iter().any(|part| part.split == Split::Never);
        let rank = OnceLock::new();
        Self { id, policy, clauses, caps, gaps, lives, pays, rank, alone }
    }

    /// The policy's id.
    pub fn id(&self) -> PolicyId {
        self.id
    }

    /// The policy as compiled.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Qualified name.
    pub fn name(&self) -> &str {
        &self.policy.name
    }

    /// IANA zone in which the rule reads civil time.
    pub fn zone(&self) -> &str {
        &self.policy.zone
    }

    /// Payment kinds it can pay, sorted: those that its embedded policies pay too.
    pub fn pays(&self) -> &[String] {
        &self.pays
    }

    /// Conditions: every `require`, then every `forbid`, then every `covers`, own before embedded, by label.
    pub fn clauses(&self) -> &[RuleClause] {
        &self.clauses
    }

    /// Does it say nothing about which lines it covers?
    pub(crate) fn covers_all(&self) -> bool {
        // Sorted by kind, `covers` last.
        self.clauses.last().is_none_or(|last| last.clause.kind != ClauseKind::Covers)
    }

    /// Caps, own before embedded, by label. [`crate::decide::State::used`] is parallel to this.
    pub fn caps(&self) -> &[CapSlot] {
        &self.caps
    }

    /// Gaps, own before embedded, by label. [`crate::decide::State::last`] is parallel to this.
    pub fn gaps(&self) -> &[GapSlot] {
        &self.gaps
    }

    /// 0 to 100, lower pays first.
    pub fn priority(&self) -> u8 {
        self.policy.priority
    }

    /// How narrow the rule is on its own: lower is narrower. That of a stack is [`rank::of`] all its rules.
    pub fn rank(&self) -> u64 {
        *self.rank.get_or_init(|| rank::of([self]))
    }

    /// Must these coins pay alone? Yes when the policy or an embedded one says `split never`.
    pub fn pays_alone(&self) -> bool {
        self.alone
    }

    /// What a refund does.
    pub fn refund(&self) -> Refund {
        self.policy.refund
    }

    /// Where the rest goes at the end.
    pub fn fate(&self) -> &Fate {
        &self.policy.expires.fate
    }

    /// First civil minute at which coins issued at `issued` work; `None` when they work at once.
    pub fn starts_at(&self, issued: Civil) -> Option<Civil> {
        self.start(Some(issued))
    }

    /// First civil minute at which coins issued at `issued` no longer work; `None` for never.
    /// Whole-day ends are inclusive, so this is the first minute of the day after.
    pub fn ends_at(&self, issued: Civil) -> Option<Civil> {
        self.end(Some(issued))
    }

    /// As [`Rule::starts_at`]; without an issue date (a guard) only dates written in the rule count.
    pub(crate) fn start(&self, issued: Option<Civil>) -> Option<Civil> {
        let start = |(starts, _): &(Starts, Ends)| match starts {
            Starts::AtIssue => None,
            Starts::On(date) => Some(Civil::start_of(*date)),
            Starts::After(span) => issued.map(|issued| after(issued, *span)),
        };
        self.lives.iter().filter_map(start).max()
    }

    /// As [`Rule::ends_at`]; without an issue date (a guard) only dates written in the rule count.
    pub(crate) fn end(&self, issued: Option<Civil>) -> Option<Civil> {
        let end = |(_, ends): &(Starts, Ends)| match ends {
            Ends::Never => None,
            Ends::On(date) => Some(Civil::start_of(date.add_days(1))),
            Ends::After(span @ (Span::Minutes(_) | Span::Hours(_))) => {
                issued.map(|issued| after(issued, *span))
            }
            Ends::After(span) => {
                issued.map(|issued| Civil::start_of(after(issued, *span).date.add_days(1)))
            }
        };
        self.lives.iter().filter_map(end).min()
    }

    /// The decay that applies: the policy's own, else the first embedded one. At most one applies to a lot.
    pub fn decay(&self) -> Option<&Decay> {
        self.policy.decays.as_ref().or_else(|| find_decay(&self.policy))
    }

    /// The dates on which coins issued on `issued` melt, in order, without end (until 9999): step k (from 1) is
    /// issue date + `after` + k times `every`, counted from the anchor so that it does not drift. Empty without decay.
    pub fn decay_steps(&self, issued: Date) -> impl Iterator<Item = Date> {
        let plan = self.decay().map(|decay| (decay.after, decay.every));
        (1_i32..).map_while(move |step| {
            let (delay, every) = plan?;
            decay_date(issued, delay, every, step)
        })
    }

    /// May these coins be given to this receiver?
    pub fn may_give(&self, facts: &Facts<'_>, world: &dyn World) -> Truth {
        let scene = Scene::new(facts, world);
        let allowed = |part: &&Policy| match &part.transfer {
            Transfer::Anyone => Truth::True,
            Transfer::Never => Truth::False,
            Transfer::To(pred) => scene.holds(pred, None),
        };
        parts(&self.policy).iter().map(allowed).min().unwrap_or(Truth::True)
    }
}

/// A civil moment some time after another. Days, months and years keep the minute.
pub fn after(from: Civil, span: Span) -> Civil {
    let moved = |date: Date| Civil { date, minute: from.minute };
    match span {
        Span::Minutes(n) => from.add_minutes(i64::from(n)),
        Span::Hours(n) => from.add_minutes(i64::from(n).saturating_mul(60)),
        Span::Days(n) => moved(from.date.add_days(steps(n))),
        Span::Months(n) => moved(from.date.add_months(steps(n))),
        Span::Years(n) => moved(from.date.add_years(steps(n))),
    }
}

/// A policy and all it embeds, the outermost first.
pub(crate) fn parts(policy: &Policy) -> Vec<&Policy> {
    let mut found = vec![policy];
    let mut next = 0_usize;
    while let Some(part) = found.get(next).copied() {
        found.extend(part.also.iter());
        next = next.saturating_add(1);
    }
    found
}

fn in_order(parts: &[&Policy]) -> Vec<RuleClause> {
    let mut ordered = Vec::new();
    for kind in [ClauseKind::Require, ClauseKind::Forbid, ClauseKind::Covers] {
        for part in parts {
            let own = part.clauses.iter().filter(|clause| clause.kind == kind);
            ordered.extend(
                own.map(|clause| RuleClause {
                    rule_name: part.name.clone(),
                    clause: clause.clone(),
                }),
            );
        }
    }
    ordered
}

fn gap_slot(gap: &Gap, rule_name: &str) -> GapSlot {
    GapSlot {
        label: gap.label.clone(),
        rule_name: rule_name.to_owned(),
        measure: measure::of_gap(gap),
        minutes: gap.minutes,
        by: gap.by.clone(),
        when: gap.when.clone(),
        because: gap.because.clone(),
    }
}

fn find_decay(policy: &Policy) -> Option<&Decay> {
    parts(policy).into_iter().find_map(|part| part.decays.as_ref())
}

fn decay_date(issued: Date, delay: Option<Span>, every: Window, step: i32) -> Option<Date> {
    // Months and years of the delay and of the steps are added in one go, so that month ends do not drift.
    let (months, days) = match delay {
        None | Some(Span::Minutes(_) | Span::Hours(_)) => (0, 0),
        Some(Span::Days(n)) => (0, steps(n)),
        Some(Span::Months(n)) => (steps(n), 0),
        Some(Span::Years(n)) => (steps(n).saturating_mul(12), 0),
    };
    let (more_months, more_days) = match every {
        Window::Day => (0, step),
        Window::Week => (0, step.saturating_mul(7)),
        Window::Month => (step, 0),
        Window::Year => (step.saturating_mul(12), 0),
        Window::Payment | Window::Life | Window::Days(_) | Window::Months(_) | Window::Years(_) => {
            return None;
        }
    };
    let date = issued
        .add_months(months.saturating_add(more_months))
        .add_days(days.saturating_add(more_days));
    (date < Date::MAX).then_some(date)
}

fn steps(n: u32) -> i32 {
    i32::try_from(n).unwrap_or(i32::MAX)
}
