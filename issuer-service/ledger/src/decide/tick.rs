//! The tick: everything that is due by now, oldest first, a bounded amount at a time.

use scoin_core::outcome::{Effect, Outcome, Refusal};
use scoin_core::{CommandId, Timestamp};

use super::{age, allowance, chore, hold, recovery};
use crate::life::sweep;
use crate::state::{Due, Key, Record, Standing};
use crate::work::{Decision, Work};

/// The most things one tick does.
pub const TICK_MAX: usize = 1_000;
/// How long a closed hold still answers as closed, in microseconds: 8 days, longer than any command lives.
const HOLD_KEPT_MICROS: u64 = 8 * 24 * 3_600 * 1_000_000;

/// Does what is due: either one thing that is a tick of its own, whose outcome it gives, or things up to the next such.
///
/// # Errors
/// Something could not be done and nothing must be kept.
pub(crate) fn tick(work: &mut Work<'_>) -> Result<Outcome, Refusal> {
    let end = Key::due_after(work.now());
    for (place, key) in work.keys(&Key::first_due(), &end, TICK_MAX).into_iter().enumerate() {
        let Key::Due(at, what) = key else { continue };
        if what.is_alone() {
            if place == 0 {
                return alone(work, at, what);
            }
            break;
        }
        carry_out(work, at, what)?;
    }
    allowance::wake(work);
    Ok(Outcome::Accepted(Effect::Done))
}

/// What is a tick of its own.
pub(crate) fn alone(work: &mut Work<'_>, at: Timestamp, what: Due) -> Result<Outcome, Refusal> {
    let decision = match what {
        Due::Allowance(giver, id) => allowance::turn(work, at, (giver, id)),
        Due::Chore(ward, id) => chore::turn(work, at, (ward, id)),
        Due::OfAge(ward) => {
            work.clear_due(at, what);
            return age::come(work, ward);
        }
        Due::Lot(..)
        | Due::Hold(_)
        | Due::Proposal(_)
        | Due::Answer(..)
        | Due::Offer(..)
        | Due::Recovery(_) => Ok(Effect::Done),
    };
    Ok(turn(work, decision))
}

/// One turn of an allowance or payout of a chore. One that is refused changes no money, and still moves on to the next
/// date.
fn turn(work: &mut Work<'_>, decision: Decision) -> Outcome {
    let outcome = match decision {
        Ok(effect) => Outcome::Accepted(effect),
        Err(refusal) => Outcome::Refused(refusal),
    };
    allowance::wake(work);
    outcome
}

/// How many ticks it takes to do these things, which are due, in this order.
pub fn ticks_for(due: &[Key]) -> usize {
    let (mut ticks, mut things) = (0_usize, 0);
    for key in due {
        let alone = matches!(key, Key::Due(_, what) if what.is_alone());
        let goes_on = !alone && (1..TICK_MAX).contains(&things);
        things = match (alone, goes_on) {
            (true, _) => 0,
            (false, true) => things.saturating_add(1),
            (false, false) => 1,
        };
        ticks = ticks.saturating_add(usize::from(!goes_on));
    }
    ticks
}

/// Does one thing that is due.
pub(crate) fn carry_out(work: &mut Work<'_>, at: Timestamp, what: Due) -> Result<(), Refusal> {
    // Something done before may have changed what else is due.
    if work.get(&Key::Due(at, what)).is_none() {
        return Ok(());
    }
    match what {
        Due::Lot(owner, lot) => sweep(work, owner, lot)?,
        Due::Hold(id) => end_hold(work, id)?,
        Due::Proposal(id) => end_proposal(work, id),
        Due::Answer(account, id) => work.remove(Key::Answer(account, id)),
        Due::Offer(owner, id) => work.remove(Key::Offer(owner, id)),
        Due::Recovery(account) => recovery::finish(work, account)?,
        // These are ticks of their own.
        Due::Allowance(..) | Due::Chore(..) | Due::OfAge(_) => return Ok(()),
    }
    work.clear_due_if_past(at, what);
    Ok(())
}

/// An open hold past its deadline is released; a closed one is forgotten some days later.
fn end_hold(work: &mut Work<'_>, id: CommandId) -> Result<(), Refusal> {
    let Some(Record::Hold(hold)) = work.get(&Key::Hold(id)) else { return Ok(()) };
    let hold = hold.as_ref().clone();
    let forget = hold.deadline.saturating_add_micros(HOLD_KEPT_MICROS);
    if forget <= work.now() && !hold.open {
        work.remove(Key::Hold(id));
        return Ok(());
    }
    work.set_due(forget.max(work.now().saturating_add_micros(1)), Due::Hold(id));
    if hold.open { hold::let_go(work, id, hold) } else { Ok(()) }
}

fn end_proposal(work: &mut Work<'_>, id: CommandId) {
    let Some(Record::Proposal(proposed)) = work.get(&Key::Proposal(id)) else { return };
    if proposed.standing == Standing::Open {
        let mut closed = proposed.clone();
        closed.standing = Standing::Closed;
        work.put(Key::Proposal(id), Record::Proposal(closed));
    }
}
