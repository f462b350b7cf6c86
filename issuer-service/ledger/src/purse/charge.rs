//! Counting a payment: which buckets it goes into, and that no limit is exceeded by it.

use scoin_core::{AccountId, Amount, Timestamp};
use scoin_policy::alloc::{Allocation, Charge, Mark, Part};
use scoin_policy::civil::Date;
use scoin_policy::ir::{By, Pred, Window};
use scoin_policy::measure::MeasureId;
use scoin_policy::rule::CapSlot;
use scoin_policy::truth::{Scene, Truth};
use scoin_policy::windows::window_end;

use super::{Purse, Scope};
use crate::facts::{InForce, Purchase};
use crate::invariants::Breach;
use crate::scope;
use crate::state::{Bucket, Charged, LIFE, Last};
use crate::work::Work;

const MINUTE_MICROS: u64 = 60_000_000;

impl Purse {
    /// Count what an allocation says. Gives back what was counted, for refunds.
    pub(crate) fn charge(
        &self,
        work: &mut Work<'_>,
        purchase: &Purchase,
        allocation: &Allocation,
        merchant: AccountId,
    ) -> Vec<Charged> {
        let mut charged = Vec::with_capacity(allocation.charges.len());
        for charge in &allocation.charges {
            let parts = self.counted(work, purchase, allocation, charge);
            self.charge_one(work, charge, (merchant, &parts), &mut charged);
        }
        for mark in &allocation.marks {
            self.mark_one(work, mark, merchant);
        }
        if work.is_checked() && !self.within_limits(work, purchase, allocation, merchant) {
            work.broken(Breach::Counter(self.owner));
        }
        let (today, now) = (crate::zone::earliest_date(work.now()), work.now().micros());
        for (at, one) in charged.iter().enumerate() {
            let is_first = !charged.iter().take(at).any(|before| before.place == one.place);
            if let Some(counters) = work.counters_mut(&one.place).filter(|_| is_first) {
                counters.prune(today, now);
            }
        }
        charged
    }

    pub(super) fn named(&self, scope: u32) -> Option<&Scope> {
        self.scopes.get(usize::try_from(scope).ok()?)
    }

    fn charge_one(
        &self,
        work: &mut Work<'_>,
        charge: &Charge,
        (merchant, parts): (AccountId, &[u32]),
        charged: &mut Vec<Charged>,
    ) {
        let Some(scope) = self.named(charge.scope) else { return };
        let Some(plan) = scope.plan(charge.measure, work.now()) else { return };
        let Some(account) = work.account(&self.owner) else { return };
        let place = scope::place(plan.by, self.owner, account);
        let lot = charge.lot.and_then(|at| self.lot(at));
        let name = scope::part(scope.name, charge.by_merchant.then_some(merchant), lot);
        let (amount, count) = (Amount::new(charge.amount), charge.count);
        let days = [plan.day, plan.life.then_some((LIFE, i32::MAX))];
        for (day, keep_until) in days.into_iter().flatten() {
            let measure = charge.measure.0;
            if let Some(counters) = work.counters_mut(&place) {
                counters.add(Bucket { scope: name, measure, day, keep_until, amount, count });
                charged.push(Charged {
                    place,
                    scope: name,
                    measure,
                    day,
                    amount,
                    count,
                    restores_amount: plan.restores_amount,
                    restores_count: plan.restores_count,
                    parts: parts.to_vec(),
                });
            }
        }
    }

    /// The places of the parts that a charge counts; empty if it counts all of them.
    fn counted(
        &self,
        work: &Work<'_>,
        purchase: &Purchase,
        allocation: &Allocation,
        charge: &Charge,
    ) -> Vec<u32> {
        let (facts, world) = (purchase.facts(), InForce(work));
        let scene = Scene::new(&facts, &world);
        let on_items = self.named(charge.scope).and_then(|scope| scope.on_items(charge.measure));
        let is_guard = self.guards.iter().any(|guard| guard.scope == charge.scope);
        let counts = |part: &Part| {
            let in_scope = is_guard
                || self
                    .lots
                    .get(part.lot)
                    .is_some_and(|lot| lot.layers.iter().any(|layer| layer.scope == charge.scope));
            let item = purchase.items.as_ref().and_then(|items| items.get(part.line));
            in_scope
                && charge.lot.is_none_or(|lot| lot == part.lot)
                && on_items.is_none_or(|pred| scene.holds(pred, item) != Truth::False)
        };
        let places = allocation.parts.iter().zip(0_u32..);
        let counted: Vec<u32> = places.filter(|(part, _)| counts(part)).map(|(_, at)| at).collect();
        if counted.len() == allocation.parts.len() { Vec::new() } else { counted }
    }

    fn mark_one(&self, work: &mut Work<'_>, mark: &Mark, merchant: AccountId) {
        let Some(scope) = self.named(mark.scope) else { return };
        let gaps = scope.entries.iter().flat_map(|entry| entry.rule().gaps());
        let Some(gap) =
            gaps.filter(|gap| gap.measure == mark.measure).max_by_key(|gap| gap.minutes)
        else {
            return;
        };
        let Some(account) = work.account(&self.owner) else { return };
        let place = scope::place(&gap.by, self.owner, account);
        let lot = mark.lot.and_then(|at| self.lot(at));
        let name = scope::part(scope.name, mark.by_merchant.then_some(merchant), lot);
        let at = work.now().micros();
        let keep_until = at.saturating_add(u64::from(gap.minutes).saturating_mul(MINUTE_MICROS));
        if let Some(counters) = work.counters_mut(&place) {
            counters.touch(Last { scope: name, gap: mark.measure.0, at, keep_until });
        }
    }
}

/// How one measure of a scope is counted.
struct Plan<'r> {
    by: &'r [By],
    /// Today's bucket and how long it is read, if a window reads day buckets.
    day: Option<(i32, i32)>,
    /// True if a `life` window reads it.
    life: bool,
    restores_amount: bool,
    restores_count: bool,
}

impl Scope {
    /// The lines a measure is restricted to.
    fn on_items(&self, measure: MeasureId) -> Option<&Pred> {
        let caps = self.entries.iter().flat_map(|entry| entry.rule().caps());
        caps.filter(|cap| cap.measure == measure).find_map(|cap| cap.on_items.as_ref())
    }

    fn plan(&self, measure: MeasureId, now: Timestamp) -> Option<Plan<'_>> {
        let mut plan: Option<Plan<'_>> = None;
        for entry in &self.entries {
            let today = entry.zone().date(now);
            let refund = entry.rule().refund();
            for cap in entry.rule().caps().iter().filter(|cap| cap.measure == measure) {
                let plan = plan.get_or_insert_with(|| Plan {
                    by: &cap.by,
                    day: None,
                    life: false,
                    restores_amount: refund.restores_amount,
                    restores_count: refund.restores_count,
                });
                plan.read_by(cap, today);
            }
        }
        plan
    }
}

impl Plan<'_> {
    fn read_by(&mut self, cap: &CapSlot, today: Date) {
        if !cap.keeps_count() {
            return;
        }
        if cap.window == Window::Life {
            self.life = true;
        } else if let Some(end) = window_end(cap.window, today, cap.week_starts) {
            let (day, keep) = self.day.unwrap_or((today.0, end.0));
            self.day = Some((day, keep.max(end.0)));
        }
    }
}
