//! Giving coins to somebody: as they are, or under one more layer.

use scoin_core::command::AccountKind;
use scoin_core::outcome::{Effect, Part, Refusal};
use scoin_core::{AccountId, Amount, LotId, PolicyId};
use scoin_policy::facts::Facts;
use scoin_policy::ir::Trigger;
use scoin_policy::truth::Truth;

use super::retire::check_layer;
use super::{Asker, check_frozen, givers, reward};
use crate::batch::EventKind;
use crate::coins::{check_lots, give as put, mark, take};
use crate::facts::{Gift, InForce, Report, Someone};
use crate::life::{touch, wind};
use crate::state::{Account, Layer, LayerAge, Lot, PLAIN};
use crate::work::{Decision, Work, not_found, out_of_range};

/// The most layers of a stack.
const LAYERS_MAX: usize = 8;

/// Gives coins to a person, under one more layer if `policy` says so.
///
/// A person gives own coins; an officer gives coins of the treasury (the money for them came in outside).
pub(super) fn give(
    work: &mut Work<'_>,
    asker: &Asker<'_>,
    to: AccountId,
    amount: Amount,
    policy: Option<PolicyId>,
) -> Decision {
    let giver = asker.acting(work, &[AccountKind::Person, AccountKind::Officer])?;
    check_frozen(giver)?;
    let from = if giver.kind == AccountKind::Officer { work.city().treasury } else { asker.by };
    asker.check_key(work, amount)?;
    if let Some(policy) = policy {
        check_layer(work, policy, &asker.by)?;
    }
    if policy.is_none() && to == from {
        work.known(&to)?;
        return Err(out_of_range("to"));
    }
    // The city gives to everybody.
    if from == asker.by {
        givers::check(work, &from, &to)?;
    }
    let done = hand_over(work, (from, to), amount, (policy, Of::Any))?;
    asker.spend_key(work, amount);
    Ok(done)
}

/// Which coins are given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Of {
    /// Plain coins first, then those that would be paid with last.
    Any,
    /// Plain coins only.
    Plain,
}

/// Moves coins from one account to another, under one more layer if `policy` says so.
pub(super) fn hand_over(
    work: &mut Work<'_>,
    (from, to): (AccountId, AccountId),
    amount: Amount,
    (policy, of): (Option<PolicyId>, Of),
) -> Decision {
    let receiver = work.known(&to)?;
    let is_person = receiver.kind == AccountKind::Person;
    // The treasury is nobody's guardian.
    let is_guardian = receiver.guardians.contains(&from);
    let layer = policy.map(|policy| new_layer(work, policy, from)).transpose()?;
    touch(work, from)?;
    let sources = givable(work, (from, of), (to, is_person), amount)?;
    let mut first = None;
    let mut parts = Vec::new();
    for (lot, part) in sources {
        let moved = move_lot(work, (from, lot), (to, layer), part)?;
        first.get_or_insert(moved);
        parts.push(Part { lot, line: 0, amount: part });
    }
    check_lots(work, &to)?;
    work.tell(from, EventKind::Sent, amount, Some(to));
    work.tell(to, EventKind::Received, amount, Some(from));
    if policy.is_some() && is_guardian {
        top_up(work, (from, to), amount, first)?;
    }
    Ok(Effect::Moved { amount, parts })
}

/// The layer a grant puts on top. Its coins must not be past their end already.
pub(super) fn new_layer(
    work: &Work<'_>,
    policy: PolicyId,
    granter: AccountId,
) -> Result<Layer, Refusal> {
    let entry = work.policy(&policy).ok_or_else(|| not_found("policy"))?;
    let now = entry.zone().civil(work.now());
    if entry.rule().ends_at(now).is_some_and(|end| end <= now) {
        return Err(out_of_range("policy"));
    }
    Ok(Layer { policy, granter })
}

/// Which lots are given, and how much of each: own money first, then the coins that would be paid with last.
fn givable(
    work: &Work<'_>,
    (from, of): (AccountId, Of),
    (to, is_person): (AccountId, bool),
    amount: Amount,
) -> Result<Vec<(LotId, Amount)>, Refusal> {
    let (giver, receiver) = (work.known(&from)?, work.known(&to)?);
    let gift = Gift::new(work, (&from, giver), (&to, receiver), amount);
    let facts = gift.facts();
    let now = work.now();
    let of_these = |lot: &&Lot| of == Of::Any || lot.stack == PLAIN;
    let mut able: Vec<(Order, LotId, Amount)> = giver
        .lots
        .iter()
        .filter(of_these)
        .filter(|lot| is_person && !lot.free().is_zero() && !lot.has_ended(now))
        .filter(|lot| may_give(work, giver, lot, &facts))
        .map(|lot| (order(work, lot), lot.id, lot.free()))
        .collect();
    able.sort_unstable();
    let mut left = amount;
    let mut sources = Vec::new();
    for (_, lot, free) in &able {
        let part = (*free).min(left);
        if !part.is_zero() {
            sources.push((*lot, part));
            left = left.saturating_sub(part);
        }
    }
    if left.is_zero() {
        return Ok(sources);
    }
    let sum = |amounts: &mut dyn Iterator<Item = Amount>| {
        Amount::checked_sum(amounts).unwrap_or(Amount::MAX)
    };
    let have = sum(&mut giver.lots.iter().filter(of_these).map(Lot::free));
    let givable = sum(&mut able.iter().map(|(_, _, free)| *free));
    let refusal = if have < amount && is_person && givable == have {
        Refusal::NotEnough { have }
    } else {
        Refusal::NotGivable { givable }
    };
    Err(refusal)
}

/// Plain coins first, then by the reverse of the order of paying.
type Order = (bool, std::cmp::Reverse<(u8, u64, u64, u64, u64)>);

fn order(work: &Work<'_>, lot: &Lot) -> Order {
    let layers = work.layers(&lot.stack);
    let entries: Vec<_> = layers.iter().filter_map(|layer| work.policy(&layer.policy)).collect();
    let priority = entries.iter().map(|entry| entry.rule().priority()).min().unwrap_or(100);
    let rules = layers.rules(|policy| work.policy(policy));
    let rank = rules.map_or(u64::MAX, |rules| rules.rank);
    let end = lot.expires.map_or(u64::MAX, scoin_core::Timestamp::micros);
    (!layers.is_empty(), std::cmp::Reverse((priority, rank, end, lot.issued.micros(), lot.id.0)))
}

/// Every layer of the coins and every guard of the giver must let them go to this receiver.
fn may_give(work: &Work<'_>, giver: &Account, lot: &Lot, facts: &Facts<'_>) -> bool {
    let world = InForce(work);
    let layers = work.layers(&lot.stack);
    let policies = layers.iter().map(|layer| layer.policy);
    let guards = crate::guards::guards(|key| work.get(key), giver);
    let guards = guards.iter().filter(|guard| guard.is_in_force(work.now()));
    policies.chain(guards.map(|guard| guard.policy)).all(|policy| {
        work.policy(&policy).is_some_and(|entry| {
            let facts = Facts { now: entry.zone().civil(work.now()), ..*facts };
            entry.rule().may_give(&facts, &world) == Truth::True
        })
    })
}

fn move_lot(
    work: &mut Work<'_>,
    (from, lot): (AccountId, LotId),
    (to, layer): (AccountId, Option<Layer>),
    amount: Amount,
) -> Result<LotId, Refusal> {
    let taken = take(work, from, lot, amount)?;
    let mut given = Lot { id: LotId(0), issued: work.now(), ..taken.clone() };
    if let Some(layer) = layer {
        let mut layers = work.layers(&taken.stack).to_vec();
        if layers.len() >= LAYERS_MAX {
            return Err(Refusal::NotGivable { givable: Amount::ZERO });
        }
        layers.push(layer);
        given.stack = work.stack_of(layers);
        given.granter = layer.granter;
        given.ages.push(LayerAge { issued: work.now(), base: amount, steps: 0 });
        wind(work, &mut given);
        mark(work, taken.stack, given.stack, amount)?;
    } else if given.ages.is_empty() {
        given.granter = to;
    }
    put(work, to, given)
}

/// A guardian gave a ward coins: programmes may add to them.
fn top_up(
    work: &mut Work<'_>,
    (from, to): (AccountId, AccountId),
    amount: Amount,
    lot: Option<LotId>,
) -> Result<(), Refusal> {
    let ward = work.known(&to)?;
    let report = Report {
        person: Someone::new(&to, ward, work.today()),
        amount,
        actor: from.to_string(),
        role: Some("parent".to_owned()),
        days_early: None,
        now: work.now(),
    };
    let same = lot.and_then(|id| ward.lot(id)).map(|lot| (lot.stack, lot.granter));
    let facts = report.facts();
    let occasion = reward::Occasion { on: &Trigger::Topup, earner: to, facts: &facts, same };
    reward::give_what_fits(work, &occasion)?;
    Ok(())
}
