//! One rule, one payment: how much passes, and if not all, why.
//!
//! [`pay`] allocates nothing and cannot fail; [`judge`] gives the same number with every reason.

use crate::causes::{Cause, Whose};
use crate::civil::{Civil, Date};
use crate::facts::{Facts, Item, World};
use crate::ir::{ClauseKind, Pred, Quantity, Window};
use crate::judge;
use crate::rule::{CapSlot, GapSlot, ITEM_CAPS_MAX, Rule, Unit};
use crate::truth::{Scene, Truth};
use crate::windows::window_dates;

/// Microseconds of a minute.
const MINUTE_MICROS: i64 = 60_000_000;

/// What the counters say now, for one rule in one scope. Entries that are missing count as zero or never.
#[derive(Clone, Copy, Debug, Default)]
pub struct State<'a> {
    /// When the lot was issued, in the rule's zone; `None` for a guard.
    pub issued: Option<Civil>,
    /// Parallel to [`Rule::caps`]: money or payments counted within the cap's window now.
    pub used: &'a [u64],
    /// Parallel to [`Rule::gaps`]: instant of the last payment, microseconds since 1970.
    pub last: &'a [Option<i64>],
    /// Parallel to [`Rule::caps`], optional: the day buckets behind `used`. Only rolling windows need them, and only
    /// to say exactly *when next*; without them a rolling window is taken to be full until all of it has passed.
    pub buckets: &'a [&'a [(Date, u64)]],
}

/// The full answer of one rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// How much of the payment passes, minor units; the same as [`pay`].
    pub allow: u64,
    /// Every clause that lets nothing pass, in the order pays, starts, expires, require, forbid, covers, gap, cap.
    pub causes: Vec<Cause>,
    /// When something passes but not all: the clauses that cut it, in the same order.
    pub binding: Vec<Cause>,
    /// How much of this payment would pass now, if a part is enough.
    pub pass_now: u64,
    /// When the whole payment would first pass, in the rule's zone, if nothing more is spent; `None` if not within
    /// 400 days or not before the end.
    pub next: Option<Civil>,
}

/// How much of the payment the rule lets pass: 0 to `facts.amount`.
pub fn pay(rule: &Rule, facts: &Facts<'_>, world: &dyn World, state: &State<'_>) -> u64 {
    Ask::new(rule, facts, world, state).pay()
}

/// As [`pay`], with every reason, what would pass now and when the whole would pass. `whose` is copied into the causes.
pub fn judge(
    rule: &Rule,
    facts: &Facts<'_>,
    world: &dyn World,
    state: &State<'_>,
    whose: Whose,
) -> Verdict {
    judge::verdict(&Ask::new(rule, facts, world, state), whose)
}

/// `percent` of an amount, floor.
pub(crate) fn share(amount: u64, percent: u8) -> u64 {
    let part = u128::from(amount).saturating_mul(u128::from(percent)).checked_div(100).unwrap_or(0);
    u64::try_from(part).unwrap_or(u64::MAX)
}

/// One question to one rule, at one moment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ask<'a> {
    pub(crate) rule: &'a Rule,
    /// The facts at the moment asked about.
    pub(crate) scene: Scene<'a>,
    pub(crate) state: &'a State<'a>,
    /// The moment at which `state` was read.
    pub(crate) read_at: Civil,
}

impl<'a> Ask<'a> {
    pub(crate) fn new(
        rule: &'a Rule,
        facts: &'a Facts<'a>,
        world: &'a dyn World,
        state: &'a State<'a>,
    ) -> Self {
        Self { rule, scene: Scene::new(facts, world), state, read_at: facts.now }
    }

    /// The same question at another moment, if nothing is spent in between.
    pub(crate) fn at(&self, now: Civil) -> Self {
        Self { scene: Scene { now, ..self.scene }, ..*self }
    }

    pub(crate) fn pay(&self) -> u64 {
        if !self.open() {
            return 0;
        }
        let most = self.purse_room().min(self.scene.facts.amount);
        if most == 0 { 0 } else { most.min(self.lines_room()) }
    }

    /// Kind, life span, conditions and gaps.
    pub(crate) fn open(&self) -> bool {
        self.passes() && self.in_time()
    }

    /// Kind and conditions: what depends on the rule, the payment and the clock alone.
    pub(crate) fn passes(&self) -> bool {
        self.kind_fits()
            && self.rule.clauses().iter().all(|clause| match clause.clause.kind {
                ClauseKind::Require => self.scene.holds(&clause.clause.pred, None) == Truth::True,
                ClauseKind::Forbid => self.scene.holds(&clause.clause.pred, None) == Truth::False,
                ClauseKind::Covers => true,
            })
    }

    /// Life span and gaps: what depends on these coins.
    pub(crate) fn in_time(&self) -> bool {
        self.started()
            && !self.ended()
            && self.rule.gaps().iter().enumerate().all(|(at, gap)| self.gap_over(at, gap))
    }

    pub(crate) fn kind_fits(&self) -> bool {
        let kind = self.scene.facts.kind.unwrap_or("purchase");
        self.rule.pays().iter().any(|paid| paid == kind)
    }

    pub(crate) fn started(&self) -> bool {
        self.rule.start(self.state.issued).is_none_or(|start| self.scene.now >= start)
    }

    pub(crate) fn ended(&self) -> bool {
        self.rule.end(self.state.issued).is_some_and(|end| self.scene.now >= end)
    }

    pub(crate) fn gap_over(&self, at: usize, gap: &GapSlot) -> bool {
        !self.applies(gap.when.as_ref())
            || self.gap_ends(at, gap).is_none_or(|end| self.instant() >= end)
    }

    /// The instant at which a gap is over, whatever its `when`.
    pub(crate) fn gap_ends(&self, at: usize, gap: &GapSlot) -> Option<i64> {
        let last = self.state.last.get(at).copied().flatten()?;
        Some(last.saturating_add(i64::from(gap.minutes).saturating_mul(MINUTE_MICROS)))
    }

    /// The first civil minute that begins after a gap is over, at or after now; `None` when it never began.
    pub(crate) fn gap_moment(&self, at: usize, gap: &GapSlot) -> Option<Civil> {
        let end = self.gap_ends(at, gap)?;
        let instant = self.scene.facts.instant_micros;
        let minute_start = instant.saturating_sub(instant.rem_euclid(MINUTE_MICROS));
        let wait = end.saturating_sub(minute_start);
        let minutes =
            wait.saturating_add(MINUTE_MICROS.saturating_sub(1)).div_euclid(MINUTE_MICROS).max(0);
        Some(self.read_at.add_minutes(minutes))
    }

    /// The instant asked about: that of the facts, or the beginning of the minute when another moment is asked about.
    fn instant(&self) -> i64 {
        let instant = self.scene.facts.instant_micros;
        let minutes = self.scene.now.minutes().saturating_sub(self.read_at.minutes());
        if minutes == 0 {
            return instant;
        }
        let minute_start = instant.saturating_sub(instant.rem_euclid(MINUTE_MICROS));
        minute_start.saturating_add(minutes.saturating_mul(MINUTE_MICROS))
    }

    /// A `when` that is unknown applies: what is not known never widens.
    pub(crate) fn applies(&self, when: Option<&Pred>) -> bool {
        when.is_none_or(|when| self.scene.holds(when, None) != Truth::False)
    }

    /// Is the line (or the whole payment, without an item list) covered?
    pub(crate) fn covered(&self, item: Option<&Item>) -> bool {
        let covers =
            self.rule.clauses().iter().filter(|clause| clause.clause.kind == ClauseKind::Covers);
        covers.into_iter().all(|clause| self.scene.holds(&clause.clause.pred, item) == Truth::True)
    }

    /// Is the line counted and limited by an item-scoped cap? Unknown counts.
    pub(crate) fn limited(&self, on_items: &Pred, item: Option<&Item>) -> bool {
        self.scene.holds(on_items, item) != Truth::False
    }

    /// What all caps that are not item-scoped leave together.
    pub(crate) fn purse_room(&self) -> u64 {
        let caps = self.rule.caps().iter().enumerate().filter(|(_, cap)| cap.on_items.is_none());
        caps.map(|(at, cap)| self.room(at, cap)).min().unwrap_or(u64::MAX)
    }

    /// What these caps leave at most at any moment, when all that begins anew has begun.
    pub(crate) fn most_room(&self) -> u64 {
        let caps = self.rule.caps().iter().enumerate();
        let always = caps.filter(|(_, cap)| cap.on_items.is_none() && cap.when.is_none());
        let rooms = always.map(|(at, cap)| {
            let used = if cap.window == Window::Life { self.used(at, cap) } else { 0 };
            self.room_after(cap, used)
        });
        rooms.min().unwrap_or(u64::MAX)
    }

    /// What one cap leaves: `u64::MAX` when it does not apply, or counts payments and has one left.
    pub(crate) fn room(&self, at: usize, cap: &CapSlot) -> u64 {
        self.room_after(cap, self.used(at, cap))
    }

    /// What one cap leaves when so much of it is used up.
    pub(crate) fn room_after(&self, cap: &CapSlot, used: u64) -> u64 {
        if !self.applies(cap.when.as_ref()) {
            return u64::MAX;
        }
        let left = self.limit(cap).saturating_sub(used);
        match cap.counts {
            Unit::Money => left,
            Unit::Count if left == 0 => 0,
            Unit::Count => u64::MAX,
        }
    }

    /// The limit of a cap for this payment.
    pub(crate) fn limit(&self, cap: &CapSlot) -> u64 {
        match &cap.quantity {
            Quantity::Money(limit) | Quantity::Count(limit) => *limit,
            Quantity::Share(percent) => share(self.scene.facts.amount, *percent),
            Quantity::MoneyTimes(unit, fact) => {
                let factor =
                    self.scene.number(*fact, None).and_then(|value| u64::try_from(value).ok());
                unit.saturating_mul(factor.unwrap_or(0))
            }
        }
    }

    /// How far a cap is used up at the moment asked about.
    pub(crate) fn used(&self, at: usize, cap: &CapSlot) -> u64 {
        if !cap.keeps_count() {
            return 0;
        }
        let used = self.state.used.get(at).copied().unwrap_or(0);
        let (today, read_on) = (self.scene.now.date, self.read_at.date);
        if used == 0 || today == read_on {
            return used;
        }
        let Some((first, _)) = window_dates(cap.window, today, cap.week_starts) else {
            return used;
        };
        let rolling = matches!(cap.window, Window::Days(_) | Window::Months(_) | Window::Years(_));
        match self.state.buckets.get(at) {
            Some(buckets) if rolling && !buckets.is_empty() => {
                let inside = buckets.iter().filter(|(date, _)| *date >= first && *date <= today);
                inside.fold(0_u64, |sum, (_, amount)| sum.saturating_add(*amount))
            }
            _ if first > read_on => 0,
            _ => used,
        }
    }

    /// What the lines and the item-scoped caps let pass together.
    ///
    /// Item sets of caps are nested or disjoint, so filling line after line is exact, if lines of which a cap cannot
    /// tell whether they are inside come last: they use up the room of every such cap at once, so they never make
    /// way for less. Were sets of known lines to cross, the sum would still respect every cap.
    fn lines_room(&self) -> u64 {
        let mut rooms = [u64::MAX; ITEM_CAPS_MAX];
        if !self.item_rooms(&mut rooms) {
            return 0;
        }
        let Some(items) = self.scene.items() else {
            return self.line_room(None, self.scene.facts.amount, &mut rooms);
        };
        if self.item_caps().nth(1).is_none() {
            let lines =
                items.iter().map(|item| self.line_room(Some(item), item.amount, &mut rooms));
            return lines.fold(0, u64::saturating_add);
        }
        let mut sum = 0_u64;
        for unsure in [false, true] {
            for item in items.iter().filter(|item| self.unsure(item) == unsure) {
                sum = sum.saturating_add(self.line_room(Some(item), item.amount, &mut rooms));
            }
        }
        sum
    }

    /// Is there an item-scoped cap of which it is not known whether it limits the line?
    fn unsure(&self, item: &Item) -> bool {
        self.item_caps()
            .any(|(_, _, on_items)| self.scene.holds(on_items, Some(item)) == Truth::Unknown)
    }

    /// Fills in the room of every item-scoped cap, in order; false when there are too many.
    fn item_rooms(&self, rooms: &mut [u64; ITEM_CAPS_MAX]) -> bool {
        let mut free = rooms.iter_mut();
        self.item_caps().all(|(at, cap, _)| {
            free.next().is_some_and(|room| {
                *room = self.room(at, cap);
                true
            })
        })
    }

    fn item_caps(&self) -> impl Iterator<Item = (usize, &'a CapSlot, &'a Pred)> {
        let caps = self.rule.caps().iter().enumerate();
        caps.filter_map(|(at, cap)| cap.on_items.as_ref().map(|on_items| (at, cap, on_items)))
    }

    fn line_room(&self, item: Option<&Item>, amount: u64, rooms: &mut [u64; ITEM_CAPS_MAX]) -> u64 {
        if amount == 0 || !self.covered(item) {
            return 0;
        }
        let mut most = amount;
        for ((_, _, on_items), room) in self.item_caps().zip(rooms.iter()) {
            if *room < most && self.limited(on_items, item) {
                most = *room;
            }
        }
        if most > 0 {
            for ((_, cap, on_items), room) in self.item_caps().zip(rooms.iter_mut()) {
                if cap.counts == Unit::Money && *room != u64::MAX && self.limited(on_items, item) {
                    *room = room.saturating_sub(most);
                }
            }
        }
        most
    }
}
