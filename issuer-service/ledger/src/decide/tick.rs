//! The tick: everything that is due by now, oldest first, a bounded amount at a time.

use scoin_core::outcome::Refusal;
use scoin_core::{CommandId, Timestamp};

use super::hold;
use crate::life::sweep;
use crate::state::{Due, Key, Record, Standing};
use crate::work::Work;

/// The most things one tick does.
pub const TICK_MAX: usize = 1_000;
/// How long a closed hold still answers as closed, in microseconds: 8 days, longer than any command lives.
const HOLD_KEPT_MICROS: u64 = 8 * 24 * 3_600 * 1_000_000;

/// Does what is due.
pub(crate) fn tick(work: &mut Work<'_>) -> Result<(), Refusal> {
    let end = Key::due_after(work.now());
    for key in work.keys(&Key::first_due(), &end, TICK_MAX) {
        if let Key::Due(at, what) = key {
            carry_out(work, at, what)?;
        }
    }
    Ok(())
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
