//! An account's coins with their rules and counters, as the allocation wants to see them.
//!
//! `read` looks up the rules and counters of each lot, `charge` counts what a payment takes, `limits` checks it.

mod charge;
mod limits;
mod read;

use std::sync::Arc;

use scoin_core::outcome::Refusal;
use scoin_core::{AccountId, Amount, LotId, StackId, Timestamp};
use scoin_policy::alloc::{Allocation, LayerView, LotView, Refused, Wallet, allocate, refuse};
use smallvec::SmallVec;

use self::read::{Days, Known, PurseLayer, Reader};
use crate::facts::{InForce, Purchase};
use crate::guards::GuardOn;
use crate::state::{Lot, PolicyEntry};
use crate::work::{Work, not_found};

pub use self::read::whose;

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
    id: LotId,
    free: Amount,
    issued: Timestamp,
    expires: Option<Timestamp>,
    /// Nearly always one.
    layers: SmallVec<[PurseLayer; 1]>,
    rank: u64,
}

/// What all lots of one stack share.
struct StackView {
    rank: u64,
    /// Base first; none for a layer that is left out.
    layers: SmallVec<[Option<Known>; 2]>,
}

/// One purse or guard, and the rules that count in it.
#[derive(Debug)]
struct Scope {
    name: [u8; 16],
    /// Nearly always one.
    entries: SmallVec<[Arc<PolicyEntry>; 1]>,
}

impl Purse {
    /// All coins of an account that may work now; or only the lots named, which must exist. The own rules of guardians
    /// in `waived` are left out: the guards they set on the account, and the layers they put on its coins.
    pub(crate) fn open(
        work: &Work<'_>,
        owner: AccountId,
        (merchant, waived): (AccountId, &[AccountId]),
        only: &[LotId],
    ) -> Result<Self, Refusal> {
        let account = work.known(&owner)?;
        if only.iter().any(|id| account.lot(*id).is_none()) {
            return Err(not_found("lot"));
        }
        let reader = Reader { work, owner, account, merchant, waived };
        let guards = crate::guards::guards(|key| work.get(key), account);
        let mut purse = Self {
            owner,
            lots: Vec::with_capacity(account.lots.len()),
            guards: Vec::with_capacity(guards.len()),
            scopes: Vec::with_capacity(guards.len().saturating_add(account.lots.len())),
        };
        let judges = |guard: &&GuardOn<'_>| {
            guard.is_in_force(work.now()) && (guard.over.is_some() || !waived.contains(&guard.by))
        };
        for guard in guards.iter().filter(judges) {
            if let Some(entry) = work.policy(&guard.policy) {
                let name = guard.scope(entry.rule());
                let scope = purse.scope(name, &entry);
                let known = reader.known(entry, (scope, name), &guard.by);
                purse.guards.push(reader.layer(&known, None));
            }
        }
        let now = work.now();
        let able = |lot: &&Lot| {
            !lot.free().is_zero()
                && !lot.has_ended(now)
                && (only.is_empty() || only.contains(&lot.id))
        };
        // Lots of one stack have the same rules and purses: these are looked up once.
        let mut stacks: Vec<(StackId, Option<StackView>)> = Vec::with_capacity(account.lots.len());
        for lot in account.lots.iter().filter(able) {
            let found = stacks.iter().position(|(id, _)| *id == lot.stack);
            let at = found.unwrap_or(stacks.len());
            if found.is_none() {
                stacks.push((lot.stack, purse.stack(&reader, lot)));
            }
            // Coins under a rule that is not there do not pay.
            if let Some((_, Some(stack))) = stacks.get(at) {
                let layers = stack.layers.iter().zip(&lot.ages).filter_map(|(known, age)| {
                    Some(reader.layer(known.as_ref()?, Some((lot, age.issued))))
                });
                let (layers, rank) = (layers.collect(), stack.rank);
                let Lot { id, issued, expires, .. } = *lot;
                let free = lot.free();
                purse.lots.push(PurseLot { id, free, issued, expires, layers, rank });
            }
        }
        if !only.is_empty() {
            let place = |lot: &PurseLot| only.iter().position(|id| *id == lot.id);
            purse.lots.sort_by_key(place);
        }
        Ok(purse)
    }

    fn stack(&mut self, reader: &Reader<'_, '_>, lot: &Lot) -> Option<StackView> {
        let stack = reader.work.layers(&lot.stack);
        let rules = stack.rules(|policy| reader.work.policy(policy))?;
        let mut view = StackView { rank: rules.rank, layers: SmallVec::new() };
        for ((entry, name), layer) in rules.layers.iter().zip(stack.iter()) {
            let judges = !reader.waived.contains(&layer.granter);
            view.layers.push(judges.then(|| {
                let scope = self.scope(*name, entry);
                reader.known(Arc::clone(entry), (scope, *name), &layer.granter)
            }));
        }
        Some(view)
    }

    /// The number of a scope, the same for the same name.
    fn scope(&mut self, name: [u8; 16], entry: &Arc<PolicyEntry>) -> u32 {
        let found = self.scopes.iter().position(|scope| scope.name == name);
        let at = found.unwrap_or(self.scopes.len());
        if found.is_none() {
            self.scopes.push(Scope { name, entries: SmallVec::new() });
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
        Amount::checked_sum(self.lots.iter().map(|lot| lot.free)).unwrap_or(Amount::MAX)
    }

    /// The lot at a place of the allocation.
    pub(crate) fn lot(&self, at: usize) -> Option<LotId> {
        self.lots.get(at).map(|lot| lot.id)
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
        let layers = || self.guards.iter().chain(self.lots.iter().flat_map(|lot| &lot.layers));
        let days: Vec<Days<'_>> = layers().flat_map(PurseLayer::days).collect();
        let mut rest = days.as_slice();
        let views: Vec<LayerView<'_>> = layers().map(|layer| layer.view(&mut rest)).collect();
        let mut rest = views.as_slice();
        let guards = next(&mut rest, self.guards.len());
        let lots = self.lots.iter().map(|lot| lot_view(lot, next(&mut rest, lot.layers.len())));
        let lots: Vec<LotView<'_>> = lots.collect();
        let order: Option<Vec<usize>> = in_order.then(|| (0..lots.len()).collect());
        question(&Wallet {
            facts: &facts,
            world: &world,
            lots: &lots,
            guards,
            order: order.as_deref(),
        })
    }
}

/// The next so many of a row that is gone through once.
fn next<'a, T>(rest: &mut &'a [T], count: usize) -> &'a [T] {
    rest.split_off(..count).unwrap_or_default()
}

fn lot_view<'a>(lot: &PurseLot, layers: &'a [LayerView<'a>]) -> LotView<'a> {
    let time = |at: Timestamp| i64::try_from(at.micros()).unwrap_or(i64::MAX);
    let mut id = [0; 32];
    for (to, from) in id.iter_mut().rev().zip(lot.id.0.to_le_bytes()) {
        *to = from;
    }
    LotView {
        available: lot.free.units(),
        expires: lot.expires.map(time),
        issued: time(lot.issued),
        rank: lot.rank,
        id,
        layers,
    }
}
