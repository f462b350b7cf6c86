//! Reading the rules of a lot or guard and what their counters say now.

use std::sync::Arc;

use scoin_core::command::AccountKind;
use scoin_core::{AccountId, LotId, Timestamp};
use scoin_policy::alloc::LayerView;
use scoin_policy::causes::Whose;
use scoin_policy::civil::{Civil, Date};
use scoin_policy::decide::State as Counted;
use scoin_policy::ir::{By, Window};
use scoin_policy::rule::{CapSlot, GapSlot, Unit};
use smallvec::SmallVec;

use crate::scope;
use crate::state::{Account, Bucket, Counters, LIFE, Lot, PolicyEntry, Slot};
use crate::work::Work;

/// A layer of a lot, or a guard, with its counters.
#[derive(Debug)]
pub(super) struct PurseLayer {
    pub(super) entry: Arc<PolicyEntry>,
    /// Coins in their grace time: the rule counts without its end.
    endless: bool,
    whose: Whose,
    pub(super) scope: u32,
    pub(super) now: Civil,
    issued: Option<Civil>,
    used: SmallVec<[u64; 4]>,
    last: Vec<Option<i64>>,
    /// Parallel to `used`: the day buckets of rolling windows, empty for others. All empty: nothing at all.
    days: Vec<Vec<(Date, u64)>>,
}

/// What a layer is for every lot that has it, and a guard for all.
#[derive(Clone, Debug)]
pub(super) struct Known {
    entry: Arc<PolicyEntry>,
    name: [u8; 16],
    scope: u32,
    whose: Whose,
    now: Civil,
}

/// What is needed to read the rules and counters of an account.
pub(super) struct Reader<'a, 'v> {
    pub(super) work: &'a Work<'v>,
    pub(super) owner: AccountId,
    pub(super) account: &'a Account,
    pub(super) merchant: AccountId,
    /// Guardians whose own rules are left out.
    pub(super) waived: &'a [AccountId],
}

impl Reader<'_, '_> {
    pub(super) fn known(
        &self,
        entry: Arc<PolicyEntry>,
        (scope, name): (u32, [u8; 16]),
        by: &AccountId,
    ) -> Known {
        let now = entry.zone().civil(self.work.now());
        Known { entry, name, scope, whose: self.whose(by), now }
    }

    pub(super) fn layer(&self, known: &Known, lot: Option<(&Lot, Timestamp)>) -> PurseLayer {
        let Known { name, scope, whose, now, .. } = *known;
        let entry = Arc::clone(&known.entry);
        let endless = lot.is_some_and(|(lot, _)| lot.grace);
        let issued = lot.filter(|_| !endless).map(|(_, issued)| entry.zone().civil(issued));
        let lot = lot.map(|(lot, _)| lot.id);
        let rule = entry.rule();
        let used = rule.caps().iter().map(|cap| self.used(cap, name, lot, now.date)).collect();
        let days = if rule.caps().iter().any(rolls) {
            rule.caps().iter().map(|cap| self.days(cap, name, lot, now.date)).collect()
        } else {
            Vec::new()
        };
        let last = rule.gaps().iter().map(|gap| self.last(gap, name, lot)).collect();
        PurseLayer { entry, endless, whose, scope, now, issued, used, last, days }
    }

    pub(super) fn used(
        &self,
        cap: &CapSlot,
        name: [u8; 16],
        lot: Option<LotId>,
        today: Date,
    ) -> u64 {
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
        let Some((from, to)) = cap.dates(today).filter(|_| rolls(cap)) else { return Vec::new() };
        let slot = Slot { scope: self.part(&cap.by, name, lot), measure: cap.measure.0 };
        let counted = |bucket: &Bucket| match cap.counts {
            Unit::Money => bucket.amount.units(),
            Unit::Count => bucket.count,
        };
        let buckets = self.counters(&cap.by).map(|counters| counters.days(slot, from.0, to.0));
        buckets.into_iter().flatten().map(|bucket| (Date(bucket.day), counted(&bucket))).collect()
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

/// Does the window move on every day, and so give room bit by bit?
fn rolls(cap: &CapSlot) -> bool {
    matches!(cap.window, Window::Days(_) | Window::Months(_) | Window::Years(_))
}

/// The day buckets behind one cap of a layer.
pub(super) type Days<'a> = &'a [(Date, u64)];

impl PurseLayer {
    /// What [`PurseLayer::view`] wants to find.
    pub(super) fn days(&self) -> impl Iterator<Item = Days<'_>> {
        self.days.iter().map(Vec::as_slice)
    }

    /// As the allocation sees it. The days of this layer come first in `days` and are taken off.
    pub(super) fn view<'a>(&'a self, days: &mut &'a [Days<'a>]) -> LayerView<'a> {
        LayerView {
            rule: if self.endless { self.entry.endless() } else { self.entry.rule() },
            whose: self.whose,
            scope: self.scope,
            now: self.now,
            state: Counted {
                issued: self.issued,
                used: &self.used,
                last: &self.last,
                buckets: super::next(days, self.days.len()),
            },
        }
    }
}
