//! An account's coins with their rules and counters, as the allocation wants to see them; and what paying with them counts.

use std::sync::Arc;

use scoin_core::command::AccountKind;
use scoin_core::outcome::Refusal;
use scoin_core::{AccountId, Amount, LotId, Timestamp};
use scoin_policy::alloc::{
    Allocation, Charge, LayerView, LotView, Mark, Part, Refused, Wallet, allocate, refuse,
};
use scoin_policy::causes::Whose;
use scoin_policy::civil::{Civil, Date};
use scoin_policy::decide::State as Counted;
use scoin_policy::facts::Facts;
use scoin_policy::ir::{By, Ends, Policy, Pred, Quantity, Window};
use scoin_policy::measure::MeasureId;
use scoin_policy::rule::{CapSlot, GapSlot, Rule, Unit};
use scoin_policy::truth::{Scene, Truth};
use scoin_policy::windows::window_end;

use crate::facts::{InForce, Purchase};
use crate::invariants::Breach;
use crate::scope;
use crate::state::{Account, Bucket, Charged, Counters, LIFE, Last, Lot, Place, PolicyEntry, Slot};
use crate::work::{Work, not_found};

const MINUTE_MICROS: u64 = 60_000_000;

/// What an account may pay with.
#[derive(Debug)]
pub(crate) struct Purse {
    owner: AccountId,
    lots: Vec<PurseLot>,
    guards: Vec<PurseLayer>,
    scopes: Vec<Scope>,
}

#[derive(Debug)]
struct PurseLot {
    lot: Lot,
    layers: Vec<PurseLayer>,
}

#[derive(Debug)]
struct PurseLayer {
    entry: Arc<PolicyEntry>,
    /// The rule without its end, for coins in their grace time.
    endless: Option<Box<Rule>>,
    whose: Whose,
    scope: u32,
    now: Civil,
    issued: Option<Civil>,
    used: Vec<u64>,
    last: Vec<Option<i64>>,
    /// Parallel to `used`: the day buckets of rolling windows, empty for others.
    days: Vec<Vec<(Date, u64)>>,
}

/// One purse or guard, and the rules that count in it.
#[derive(Debug)]
struct Scope {
    name: [u8; 16],
    entries: Vec<Arc<PolicyEntry>>,
}

impl Purse {
    /// All coins of an account that may work now; or only the lots named, which must exist.
    pub(crate) fn open(
        work: &Work<'_>,
        owner: AccountId,
        merchant: AccountId,
        only: &[LotId],
    ) -> Result<Self, Refusal> {
        let account = work.known(&owner)?;
        if only.iter().any(|id| account.lot(*id).is_none()) {
            return Err(not_found("lot"));
        }
        let mut purse = Self { owner, lots: Vec::new(), guards: Vec::new(), scopes: Vec::new() };
        let reader = Reader { work, owner, account, merchant };
        for guard in &account.guards {
            if let Some(entry) = work.policy(&guard.policy) {
                let name = scope::guard(entry.rule().name(), &guard.by);
                let whose = reader.whose(&guard.by);
                let scope = purse.scope(name, &entry);
                purse.guards.push(reader.layer(entry, (scope, name), whose, None));
            }
        }
        let now = work.now();
        let able = |lot: &&Lot| {
            !lot.free().is_zero()
                && !lot.has_ended(now)
                && (only.is_empty() || only.contains(&lot.id))
        };
        for lot in account.lots.iter().filter(able) {
            let layers = purse.lot_layers(&reader, lot);
            purse.lots.push(PurseLot { lot: lot.clone(), layers });
        }
        if !only.is_empty() {
            let place = |lot: &PurseLot| only.iter().position(|id| *id == lot.lot.id);
            purse.lots.sort_by_key(place);
        }
        Ok(purse)
    }

    fn lot_layers(&mut self, reader: &Reader<'_, '_>, lot: &Lot) -> Vec<PurseLayer> {
        let mut layers = Vec::new();
        let mut prefix: Vec<(Arc<PolicyEntry>, AccountId)> = Vec::new();
        let stack = reader.work.layers(&lot.stack);
        for (layer, age) in stack.iter().zip(&lot.ages) {
            let Some(entry) = reader.work.policy(&layer.policy) else { continue };
            prefix.push((Arc::clone(&entry), layer.granter));
            let name =
                scope::purse(prefix.iter().map(|(entry, granter)| (entry.rule().name(), *granter)));
            let scope = self.scope(name, &entry);
            let whose = reader.whose(&layer.granter);
            layers.push(reader.layer(entry, (scope, name), whose, Some((lot, age.issued))));
        }
        layers
    }

    /// The number of a scope, the same for the same name.
    fn scope(&mut self, name: [u8; 16], entry: &Arc<PolicyEntry>) -> u32 {
        let found = self.scopes.iter().position(|scope| scope.name == name);
        let at = found.unwrap_or(self.scopes.len());
        if found.is_none() {
            self.scopes.push(Scope { name, entries: Vec::new() });
        }
        if let Some(scope) = self.scopes.get_mut(at)
            && !scope.entries.iter().any(|known| known.id() == entry.id())
        {
            scope.entries.push(Arc::clone(entry));
        }
        u32::try_from(at).unwrap_or(u32::MAX)
    }

    /// The coins that may work, whatever the rules.
    pub(crate) fn have(&self) -> Amount {
        Amount::checked_sum(self.lots.iter().map(|lot| lot.lot.free())).unwrap_or(Amount::MAX)
    }

    /// The lot at a place of the allocation.
    pub(crate) fn lot(&self, at: usize) -> Option<&Lot> {
        self.lots.get(at).map(|lot| &lot.lot)
    }

    /// Which lots pay which lines. `in_order`: in the order the payer named them.
    pub(crate) fn allocate(
        &self,
        work: &Work<'_>,
        purchase: &Purchase,
        in_order: bool,
    ) -> Allocation {
        self.ask(work, purchase, in_order, allocate)
    }

    /// Why not all of it is paid.
    pub(crate) fn refuse(&self, work: &Work<'_>, purchase: &Purchase, in_order: bool) -> Refused {
        self.ask(work, purchase, in_order, refuse)
    }

    fn ask<T>(
        &self,
        work: &Work<'_>,
        purchase: &Purchase,
        in_order: bool,
        question: impl FnOnce(&Wallet<'_>) -> T,
    ) -> T {
        let (facts, world) = (purchase.facts(), InForce(work));
        let guard_days: Vec<Days<'_>> = days(&self.guards);
        let guards = views(&self.guards, &guard_days);
        let lot_days: Vec<Vec<Days<'_>>> = self.lots.iter().map(|lot| days(&lot.layers)).collect();
        let layers: Vec<Vec<LayerView<'_>>> =
            self.lots.iter().zip(&lot_days).map(|(lot, days)| views(&lot.layers, days)).collect();
        let lots: Vec<LotView<'_>> =
            self.lots.iter().zip(&layers).map(|(lot, layers)| lot_view(&lot.lot, layers)).collect();
        let order: Vec<usize> = (0..lots.len()).collect();
        question(&Wallet {
            facts: &facts,
            world: &world,
            lots: &lots,
            guards: &guards,
            order: in_order.then_some(&order),
        })
    }

    /// Count what an allocation says. Gives back what was counted, for refunds.
    pub(crate) fn charge(
        &self,
        work: &mut Work<'_>,
        purchase: &Purchase,
        allocation: &Allocation,
        merchant: AccountId,
    ) -> Vec<Charged> {
        let mut charged = Vec::new();
        for charge in &allocation.charges {
            let parts = self.counted(work, purchase, allocation, charge);
            for one in self.charge_one(work, charge, merchant) {
                charged.push(Charged { parts: parts.clone(), ..one });
            }
        }
        for mark in &allocation.marks {
            self.mark_one(work, mark, merchant);
        }
        if !self.within_limits(work, purchase, allocation, merchant) {
            work.broken(Breach::Counter(self.owner));
        }
        let (today, now) = (crate::zone::earliest_date(work.now()), work.now().micros());
        if !charged.is_empty()
            && let Some(counters) = work.counters_mut(&Place::Account(self.owner))
        {
            counters.prune(today, now);
        }
        charged
    }

    /// INVARIANT I3: after counting, no cap of the coins used or of a guard is exceeded. Counted anew, not taken from
    /// the allocation.
    fn within_limits(
        &self,
        work: &Work<'_>,
        purchase: &Purchase,
        allocation: &Allocation,
        merchant: AccountId,
    ) -> bool {
        let Some(account) = work.account(&self.owner) else { return false };
        let reader = Reader { work, owner: self.owner, account, merchant };
        let (facts, world) = (purchase.facts(), InForce(work));
        let holds = |layer: &PurseLayer, lot: Option<LotId>| {
            let Some(scope) = self.named(layer.scope) else { return false };
            let facts = Facts { now: layer.now, ..facts };
            let scene = Scene::new(&facts, &world);
            layer.entry.rule().caps().iter().all(|cap| {
                let (Quantity::Money(limit) | Quantity::Count(limit)) = cap.quantity else {
                    return true;
                };
                let applies =
                    cap.when.as_ref().is_none_or(|when| scene.holds(when, None) != Truth::False);
                let counts = allocation
                    .charges
                    .iter()
                    .any(|charge| (charge.scope, charge.measure) == (layer.scope, cap.measure));
                !applies || !counts || reader.used(cap, scope.name, lot, layer.now.date) <= limit
            })
        };
        let used = |at: usize| allocation.parts.iter().any(|part| part.lot == at);
        let mut lots = self.lots.iter().enumerate().filter(|(at, _)| used(*at));
        self.guards.iter().all(|guard| holds(guard, None))
            && lots.all(|(_, lot)| lot.layers.iter().all(|layer| holds(layer, Some(lot.lot.id))))
    }

    fn named(&self, scope: u32) -> Option<&Scope> {
        self.scopes.get(usize::try_from(scope).ok()?)
    }

    fn charge_one(
        &self,
        work: &mut Work<'_>,
        charge: &Charge,
        merchant: AccountId,
    ) -> Vec<Charged> {
        let Some(scope) = self.named(charge.scope) else { return Vec::new() };
        let Some(plan) = scope.plan(charge.measure, work.now()) else { return Vec::new() };
        let Some(account) = work.account(&self.owner) else { return Vec::new() };
        let place = scope::place(&plan.by, self.owner, account);
        let lot = charge.lot.and_then(|at| self.lot(at)).map(|lot| lot.id);
        let name = scope::part(scope.name, charge.by_merchant.then_some(merchant), lot);
        let (amount, count) = (Amount::new(charge.amount), charge.count);
        let days = [plan.day, plan.life.then_some((LIFE, i32::MAX))];
        let mut charged = Vec::new();
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
                    parts: Vec::new(),
                });
            }
        }
        charged
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
        let lot = mark.lot.and_then(|at| self.lot(at)).map(|lot| lot.id);
        let name = scope::part(scope.name, mark.by_merchant.then_some(merchant), lot);
        let at = work.now().micros();
        let keep_until = at.saturating_add(u64::from(gap.minutes).saturating_mul(MINUTE_MICROS));
        if let Some(counters) = work.counters_mut(&place) {
            counters.touch(Last { scope: name, gap: mark.measure.0, at, keep_until });
        }
    }
}

/// How one measure of a scope is counted.
struct Plan {
    by: Vec<By>,
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

    fn plan(&self, measure: MeasureId, now: Timestamp) -> Option<Plan> {
        let mut plan: Option<Plan> = None;
        for entry in &self.entries {
            let today = entry.zone().date(now);
            let refund = entry.rule().refund();
            for cap in entry.rule().caps().iter().filter(|cap| cap.measure == measure) {
                let plan = plan.get_or_insert_with(|| Plan {
                    by: cap.by.clone(),
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

impl Plan {
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

/// What is needed to read the rules and counters of an account.
struct Reader<'a, 'v> {
    work: &'a Work<'v>,
    owner: AccountId,
    account: &'a Account,
    merchant: AccountId,
}

impl Reader<'_, '_> {
    fn layer(
        &self,
        entry: Arc<PolicyEntry>,
        (scope, name): (u32, [u8; 16]),
        whose: Whose,
        lot: Option<(&Lot, Timestamp)>,
    ) -> PurseLayer {
        let now = entry.zone().civil(self.work.now());
        let in_grace = lot.is_some_and(|(lot, _)| lot.grace);
        let issued = lot.filter(|_| !in_grace).map(|(_, issued)| entry.zone().civil(issued));
        let lot = lot.map(|(lot, _)| lot.id);
        let rule = entry.rule();
        let used = rule.caps().iter().map(|cap| self.used(cap, name, lot, now.date)).collect();
        let days = rule.caps().iter().map(|cap| self.days(cap, name, lot, now.date)).collect();
        let last = rule.gaps().iter().map(|gap| self.last(gap, name, lot)).collect();
        let endless = in_grace.then(|| Box::new(without_end(rule)));
        PurseLayer { entry, endless, whose, scope, now, issued, used, last, days }
    }

    fn used(&self, cap: &CapSlot, name: [u8; 16], lot: Option<LotId>, today: Date) -> u64 {
        let Some((from, to)) = cap.dates(today) else { return 0 };
        let (from, to) = if cap.window == Window::Life { (LIFE, LIFE) } else { (from.0, to.0) };
        let scope = self.part(&cap.by, name, lot);
        let slot = Slot { scope, measure: cap.measure.0 };
        let (amount, count) =
            self.counters(&cap.by).map_or((0, 0), |counters| counters.sum(slot, from, to));
        match cap.counts {
            Unit::Money => amount,
            Unit::Count => count,
        }
    }

    /// The day buckets of a rolling window: they say exactly when it next gives room.
    fn days(
        &self,
        cap: &CapSlot,
        name: [u8; 16],
        lot: Option<LotId>,
        today: Date,
    ) -> Vec<(Date, u64)> {
        let rolls = matches!(cap.window, Window::Days(_) | Window::Months(_) | Window::Years(_));
        let Some((from, to)) = cap.dates(today).filter(|_| rolls) else { return Vec::new() };
        let slot = Slot { scope: self.part(&cap.by, name, lot), measure: cap.measure.0 };
        let counted = |bucket: &Bucket| match cap.counts {
            Unit::Money => bucket.amount.units(),
            Unit::Count => bucket.count,
        };
        let buckets = self.counters(&cap.by).map(|counters| counters.days(slot, from.0, to.0));
        buckets.into_iter().flatten().map(|bucket| (Date(bucket.day), counted(bucket))).collect()
    }

    fn last(&self, gap: &GapSlot, name: [u8; 16], lot: Option<LotId>) -> Option<i64> {
        let scope = self.part(&gap.by, name, lot);
        let at = self.counters(&gap.by)?.last(scope, gap.measure.0)?;
        i64::try_from(at).ok()
    }

    fn counters(&self, by: &[By]) -> Option<&Counters> {
        self.work.counters(&scope::place(by, self.owner, self.account))
    }

    fn part(&self, by: &[By], name: [u8; 16], lot: Option<LotId>) -> [u8; 16] {
        let merchant = by.contains(&By::Merchant).then_some(self.merchant);
        scope::part(name, merchant, lot.filter(|_| by.contains(&By::Lot)))
    }

    /// Whose rule it is, as the holder sees it.
    fn whose(&self, by: &AccountId) -> Whose {
        let kind = self.work.account(by).map(|account| account.kind);
        whose((&self.owner, self.account), (by, kind))
    }
}

/// Whose rule it is, as the holder of an account sees it: the rule was put there by `by`, an account of this kind.
pub fn whose(
    (owner, account): (&AccountId, &Account),
    (by, kind): (&AccountId, Option<AccountKind>),
) -> Whose {
    if by == owner {
        Whose::Own
    } else if account.guardians.contains(by) {
        Whose::Guardian
    } else if matches!(kind, Some(AccountKind::Officer | AccountKind::Pool)) {
        Whose::City
    } else {
        Whose::Granter
    }
}

/// The day buckets behind each cap of a layer.
type Days<'a> = Vec<&'a [(Date, u64)]>;

fn days(layers: &[PurseLayer]) -> Vec<Days<'_>> {
    layers.iter().map(|layer| layer.days.iter().map(Vec::as_slice).collect()).collect()
}

fn views<'a>(layers: &'a [PurseLayer], days: &'a [Days<'a>]) -> Vec<LayerView<'a>> {
    layers.iter().zip(days).map(|(layer, days)| layer.view(days)).collect()
}

impl PurseLayer {
    fn view<'a>(&'a self, days: &'a Days<'a>) -> LayerView<'a> {
        LayerView {
            rule: self.endless.as_deref().unwrap_or_else(|| self.entry.rule()),
            whose: self.whose,
            scope: self.scope,
            now: self.now,
            state: Counted {
                issued: self.issued,
                used: &self.used,
                last: &self.last,
                buckets: days,
            },
        }
    }
}

fn lot_view<'a>(lot: &Lot, layers: &'a [LayerView<'a>]) -> LotView<'a> {
    let time = |at: Timestamp| i64::try_from(at.micros()).unwrap_or(i64::MAX);
    let mut id = [0; 32];
    for (to, from) in id.iter_mut().rev().zip(lot.id.0.to_le_bytes()) {
        *to = from;
    }
    LotView {
        available: lot.free().units(),
        expires: lot.expires.map(time),
        issued: time(lot.issued),
        id,
        layers,
    }
}

/// The same rule for coins whose end has passed and that live again for a while.
fn without_end(rule: &Rule) -> Rule {
    fn open(policy: &mut Policy) {
        policy.expires.end = Ends::Never;
        policy.also.iter_mut().for_each(open);
    }
    let mut policy = rule.policy().clone();
    open(&mut policy);
    Rule::with_id(rule.id(), policy)
}
