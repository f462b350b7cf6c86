//! INVARIANT I3, checked on every payment: no cap of the coins used or of a guard is exceeded by it.
//!
//! Counted anew from the counters, not taken from the allocation. Lots under different versions of a rule share a counter:
//! those with less room pay first, so what the others pay after them is not held against their limit.

use scoin_core::{AccountId, LotId};
use scoin_policy::alloc::Allocation;
use scoin_policy::facts::Facts;
use scoin_policy::ir::{By, Quantity};
use scoin_policy::rule::CapSlot;
use scoin_policy::truth::{Scene, Truth};

use super::Purse;
use super::read::{PurseLayer, Reader};
use crate::facts::{InForce, Purchase};
use crate::work::Work;

/// What the check reads.
struct Check<'a, 'v> {
    purse: &'a Purse,
    reader: Reader<'a, 'v>,
    purchase: &'a Purchase,
    allocation: &'a Allocation,
}

impl Purse {
    /// After counting, no cap of the coins used or of a guard is exceeded.
    pub(super) fn within_limits(
        &self,
        work: &Work<'_>,
        purchase: &Purchase,
        allocation: &Allocation,
        merchant: AccountId,
    ) -> bool {
        let Some(account) = work.account(&self.owner) else { return false };
        let reader = Reader { work, owner: self.owner, account, merchant, waived: &[] };
        let check = Check { purse: self, reader, purchase, allocation };
        self.guards.iter().all(|guard| check.holds(guard, None))
            && check.used_lots().all(|(at, lot)| {
                lot.layers.iter().all(|layer| check.holds(layer, Some((at, lot.id))))
            })
    }
}

impl<'a> Check<'a, '_> {
    fn used_lots(&self) -> impl Iterator<Item = (usize, &'a super::PurseLot)> {
        let used = |at: usize| self.allocation.parts.iter().any(|part| part.lot == at);
        self.purse.lots.iter().enumerate().filter(move |(at, _)| used(*at))
    }

    fn holds(&self, layer: &PurseLayer, lot: Option<(usize, LotId)>) -> bool {
        let (facts, world) = (self.purchase.facts(), InForce(self.reader.work));
        let facts = Facts { now: layer.now, ..facts };
        let scene = Scene::new(&facts, &world);
        let caps = layer.entry.rule().caps().iter();
        let mut applies = caps.filter(|cap| {
            let when = cap.when.as_ref();
            when.is_none_or(|when| scene.holds(when, None) != Truth::False)
                && self.counted(layer, cap).is_some()
        });
        applies.all(|cap| match cap.quantity {
            Quantity::Money(limit) => {
                let Some(used) = self.used(layer, cap, lot) else { return false };
                used.saturating_sub(self.paid_after(layer, cap, lot)) <= limit
            }
            Quantity::Count(limit) => self.used(layer, cap, lot).is_some_and(|used| used <= limit),
            Quantity::MoneyTimes(..) | Quantity::Share(_) => true,
        })
    }

    /// What this payment added to the counter of a cap, if anything.
    fn counted(&self, layer: &PurseLayer, cap: &CapSlot) -> Option<u64> {
        let same = |charge: &&scoin_policy::alloc::Charge| {
            (charge.scope, charge.measure) == (layer.scope, cap.measure)
        };
        let mut charges = self.allocation.charges.iter().filter(same).peekable();
        charges.peek()?;
        Some(charges.fold(0, |sum, charge| sum.saturating_add(charge.amount)))
    }

    /// What the counter of a cap says now.
    fn used(&self, layer: &PurseLayer, cap: &CapSlot, lot: Option<(usize, LotId)>) -> Option<u64> {
        let scope = self.purse.named(layer.scope)?;
        Some(self.reader.used(cap, scope.name, lot.map(|(_, id)| id), layer.now.date))
    }

    /// What the cap left before this payment; nothing is known of a limit that depends on a fact.
    fn room(&self, layer: &PurseLayer, cap: &CapSlot, lot: (usize, LotId)) -> Option<u64> {
        let Quantity::Money(limit) = cap.quantity else { return None };
        let before = self.used(layer, cap, Some(lot))?.saturating_sub(self.counted(layer, cap)?);
        Some(limit.saturating_sub(before))
    }

    /// What lots with more room under the same counter paid: they pay after this one.
    fn paid_after(&self, layer: &PurseLayer, cap: &CapSlot, lot: Option<(usize, LotId)>) -> u64 {
        let Some(lot) = lot.filter(|_| !cap.by.contains(&By::Lot)) else { return 0 };
        let Some(mine) = self.room(layer, cap, lot) else { return 0 };
        let others = self.used_lots().filter(|(at, _)| *at != lot.0);
        let behind = others.filter(|(at, other)| {
            let layers = other.layers.iter().filter(|other| other.scope == layer.scope);
            let rooms = layers.flat_map(|layer| {
                let caps = layer.entry.rule().caps().iter();
                let caps = caps.filter(|other| other.measure == cap.measure);
                caps.map(|cap| self.room(layer, cap, (*at, other.id)).unwrap_or(u64::MAX))
            });
            rooms.min().is_some_and(|room| room > mine)
        });
        behind.fold(0, |sum, (at, _)| sum.saturating_add(self.paid(at, layer, cap)))
    }

    /// What a lot paid of the lines that a cap counts.
    fn paid(&self, lot: usize, layer: &PurseLayer, cap: &CapSlot) -> u64 {
        let (facts, world) = (self.purchase.facts(), InForce(self.reader.work));
        let facts = Facts { now: layer.now, ..facts };
        let scene = Scene::new(&facts, &world);
        let parts = self.allocation.parts.iter().filter(|part| part.lot == lot);
        let counted = parts.filter(|part| {
            let item = self.purchase.items.as_ref().and_then(|items| items.get(part.line));
            let on_items = cap.on_items.as_ref();
            on_items.is_none_or(|pred| scene.holds(pred, item) != Truth::False)
        });
        counted.fold(0, |sum, part| sum.saturating_add(part.amount))
    }
}
