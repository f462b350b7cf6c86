//! Rewards: what programmes give for a payment, a top-up or a reported fact.

use std::sync::Arc;

use scoin_core::outcome::Refusal;
use scoin_core::{AccountId, Amount, PolicyId, StackId};
use scoin_policy::civil::Date;
use scoin_policy::facts::Facts;
use scoin_policy::ir::{Trigger, Under, Window};
use scoin_policy::program::{caps, charges, reward};
use scoin_policy::rule::{CapSlot, Unit};
use scoin_policy::windows::window_end;

use crate::batch::EventKind;
use crate::coins::{self, check_lots, give, mark, plain_of, take_plain};
use crate::facts::InForce;
use crate::life::wind;
use crate::looser::is_retired;
use crate::scope;
use crate::state::{
    Bucket, Charged, Key, LIFE, Layer, LayerAge, Lot, PLAIN, Place, ProgramEntry, Record, Rewarded,
    Slot,
};
use crate::work::{Work, not_found};

/// What happened, to whom.
#[derive(Clone, Copy)]
pub(super) struct Occasion<'a> {
    /// What may be rewarded.
    pub(super) on: &'a Trigger,
    /// Who earns.
    pub(super) earner: AccountId,
    /// The facts; `now` is left to each programme's zone.
    pub(super) facts: &'a Facts<'a>,
    /// The stack (and granter) of the coins that caused it, for rewards under the same policy.
    pub(super) same: Option<(StackId, AccountId)>,
}

/// What one programme wants to give.
pub(super) struct Due {
    entry: Arc<ProgramEntry>,
    gifts: Vec<(String, Amount, Option<PolicyId>)>,
    charges: Vec<(CapSlot, Place, u64, u64)>,
    today: Date,
}

impl Due {
    /// Name of the programme.
    pub(super) fn program(&self) -> &str {
        &self.entry.program().name
    }

    fn total(&self) -> Amount {
        Amount::checked_sum(self.gifts.iter().map(|gift| gift.1)).unwrap_or(Amount::MAX)
    }
}

/// All programmes in force that reward such a thing.
pub(super) fn programs(work: &Work<'_>, on: &Trigger) -> Vec<Arc<ProgramEntry>> {
    let keys = work.keys(&Key::Program(String::new()), &Key::List(String::new()), usize::MAX);
    let entry = |key: &Key| match work.get(key) {
        Some(Record::Program(entry)) => Some(Arc::clone(entry)),
        _ => None,
    };
    let rewards =
        |entry: &Arc<ProgramEntry>| entry.program().rewards.iter().any(|reward| reward.on == *on);
    keys.iter().filter_map(entry).filter(rewards).collect()
}

/// What a programme would give now.
pub(super) fn due(
    work: &Work<'_>,
    entry: &Arc<ProgramEntry>,
    occasion: &Occasion<'_>,
) -> Option<Due> {
    let program = entry.program();
    let account = work.account(&occasion.earner)?;
    let now = entry.zone().civil(work.now());
    let facts = Facts { now, ..*occasion.facts };
    let slots = caps(program);
    let place =
        |cap: &CapSlot| scope::program_place(&program.name, &cap.by, occasion.earner, account);
    let used: Vec<u64> =
        slots.iter().map(|cap| used(work, &program.name, cap, (&place(cap), now.date))).collect();
    let world = InForce(work);
    let given = reward(program, Some(occasion.on), &facts, &world, &used);
    if given.is_empty() || !are_in_force(work, program, &given, occasion) {
        return None;
    }
    let counted = charges(program, &facts, &world, &given);
    let charges = slots.iter().zip(counted).filter(|(cap, _)| cap.window != Window::Payment);
    let charges =
        charges.map(|(cap, (amount, count))| (cap.clone(), place(cap), amount, count)).collect();
    let under = |under: &Under| match under {
        Under::SamePolicy => None,
        Under::Policy(policy) => Some(PolicyId(policy.id().0)),
    };
    let gifts = given
        .iter()
        .map(|given| (given.label.to_owned(), Amount::new(given.amount), under(given.under)))
        .collect();
    Some(Due { entry: Arc::clone(entry), gifts, charges, today: now.date })
}

/// A programme gives nothing under a retired policy: neither its own nor that of the coins that caused the reward.
fn are_in_force(
    work: &Work<'_>,
    program: &scoin_policy::ir::Program,
    given: &[scoin_policy::program::Given<'_>],
    occasion: &Occasion<'_>,
) -> bool {
    let pool = AccountId::pool(work.city().network, &program.pool);
    given.iter().all(|given| match given.under {
        Under::Policy(policy) => !is_retired(|key| work.get(key), PolicyId(policy.id().0), &pool),
        Under::SamePolicy => occasion.same.is_none_or(|(stack, _)| {
            let layers = work.layers(&stack);
            layers
                .iter()
                .all(|layer| !is_retired(|key| work.get(key), layer.policy, &layer.granter))
        }),
    })
}

fn used(work: &Work<'_>, program: &str, cap: &CapSlot, (place, today): (&Place, Date)) -> u64 {
    let Some((from, to)) = cap.dates(today) else { return 0 };
    let (from, to) = if cap.window == Window::Life { (LIFE, LIFE) } else { (from.0, to.0) };
    let slot = Slot { scope: scope::program(program), measure: cap.measure.0 };
    let (amount, count) =
        work.counters(place).map_or((0, 0), |counters| counters.sum(slot, from, to));
    match cap.counts {
        Unit::Money => amount,
        Unit::Count => count,
    }
}

/// Give what a programme owes, from its pool.
pub(super) fn pay_out(
    work: &mut Work<'_>,
    due: &Due,
    occasion: &Occasion<'_>,
) -> Result<Vec<(String, Rewarded)>, Refusal> {
    let program = due.entry.program();
    let pool = coins::pool(work, &program.pool);
    take_plain(work, pool, due.total()).map_err(|have| Refusal::PoolEmpty { have })?;
    let mut rewarded = Vec::new();
    for (label, amount, under) in &due.gifts {
        let stack = stack_for(work, pool, *under, occasion)?;
        mark(work, PLAIN, stack, *amount)?;
        let lot = new_lot(work, stack, pool, *amount);
        let lot = give(work, occasion.earner, lot)?;
        work.tell(occasion.earner, EventKind::Received, *amount, Some(pool));
        let charges = charge(work, due, *amount);
        let (program, amount) = (program.name.clone(), *amount);
        let one = Rewarded { program, lot, amount, returned: Amount::ZERO, charges };
        rewarded.push((label.clone(), one));
    }
    check_lots(work, &occasion.earner)?;
    Ok(rewarded)
}

/// The stack of a reward. Under the same policy it is the very stack of the coins that caused it, so that its caps are
/// shared; only what is left at the end goes back to the pool, because the pool is the granter of the lot.
fn stack_for(
    work: &mut Work<'_>,
    pool: AccountId,
    under: Option<PolicyId>,
    occasion: &Occasion<'_>,
) -> Result<StackId, Refusal> {
    match (under, occasion.same) {
        (Some(policy), _) => Ok(work.stack_of(vec![Layer { policy, granter: pool }])),
        (None, Some((stack, _))) => Ok(stack),
        (None, None) => Err(not_found("policy")),
    }
}

fn new_lot(work: &Work<'_>, stack: StackId, granter: AccountId, amount: Amount) -> Lot {
    let now = work.now();
    let age = LayerAge { issued: now, base: amount, steps: 0 };
    let ages = work.layers(&stack).iter().map(|_| age).collect();
    let mut lot = Lot { stack, granter, ages, ..Lot::plain(granter, now, amount) };
    wind(work, &mut lot);
    lot
}

/// Count one reward of a programme, once for each counter it has.
fn charge(work: &mut Work<'_>, due: &Due, given: Amount) -> Vec<Charged> {
    let scope = scope::program(due.program());
    let mut charged: Vec<Charged> = Vec::new();
    for (cap, place, amount, count) in &due.charges {
        if *amount == 0 && *count == 0 {
            continue;
        }
        let (day, keep_until) = if cap.window == Window::Life {
            (LIFE, i32::MAX)
        } else {
            let end = window_end(cap.window, due.today, cap.week_starts);
            (due.today.0, end.map_or(i32::MAX, |end| end.0))
        };
        let same =
            |old: &&mut Charged| (old.place, old.measure, old.day) == (*place, cap.measure.0, day);
        let counted_before = charged.iter_mut().find(same).is_some();
        let (amount, count) = if counted_before { (Amount::ZERO, 0) } else { (given, 1) };
        let measure = cap.measure.0;
        if let Some(counters) = work.counters_mut(place) {
            counters.add(Bucket { scope, measure, day, keep_until, amount, count });
        }
        if !counted_before {
            charged.push(Charged {
                place: *place,
                scope,
                measure,
                day,
                amount,
                count,
                restores_amount: true,
                restores_count: true,
                parts: Vec::new(),
            });
        }
    }
    charged
}

/// Give every reward whose pool can pay it; a payment or a gift never fails for want of a reward.
pub(super) fn give_what_fits(
    work: &mut Work<'_>,
    occasion: &Occasion<'_>,
) -> Result<Vec<Rewarded>, Refusal> {
    let mut all = Vec::new();
    for entry in programs(work, occasion.on) {
        let Some(due) = due(work, &entry, occasion) else { continue };
        let pool = coins::pool(work, &entry.program().pool);
        let lots = work.account(&occasion.earner).map_or(0, |account| account.lots.len());
        let room = lots.saturating_add(due.gifts.len()) <= crate::state::LOTS_MAX;
        if room && plain_of(work, &pool) >= due.total() {
            all.extend(pay_out(work, &due, occasion)?.into_iter().map(|(_, one)| one));
        }
    }
    Ok(all)
}

/// Take back part of what a payment earned, in proportion to what was refunded of it. What is spent already is written off.
pub(super) fn take_back(
    work: &mut Work<'_>,
    earner: AccountId,
    rewarded: &mut Rewarded,
    (refunded, paid): (Amount, Amount),
) -> Result<(), Refusal> {
    let owed = coins::portion(rewarded.amount, refunded, paid);
    let step = owed.saturating_sub(rewarded.returned);
    let lot = work.account(&earner).and_then(|account| account.lot(rewarded.lot));
    if let Some((stack, pool, free)) = lot.map(|lot| (lot.stack, lot.granter, lot.free()))
        && !free.min(step).is_zero()
    {
        let free = free.min(step);
        coins::spend(work, earner, rewarded.lot, free)?;
        mark(work, stack, PLAIN, free)?;
        coins::give_plain(work, pool, free)?;
        work.tell(earner, EventKind::Lost, free, Some(pool));
    }
    rewarded.returned = owed;
    let whole = refunded == paid;
    for charge in &mut rewarded.charges {
        let amount = step.min(charge.amount);
        let count = if whole { charge.count } else { 0 };
        let slot = Slot { scope: charge.scope, measure: charge.measure };
        if let Some(counters) = work.counters_mut(&charge.place) {
            counters.lower(slot, charge.day, amount, count);
        }
        charge.amount = charge.amount.saturating_sub(amount);
        charge.count = charge.count.saturating_sub(count);
    }
    Ok(())
}
