//! Pools: treasury money set aside for programmes.

use scoin_core::Amount;
use scoin_core::genesis::TREASURY;
use scoin_core::outcome::{Effect, Refusal};

use super::Asker;
use crate::batch::EventKind;
use crate::coins::{self, give_plain, take_plain};
use crate::work::{Decision, Work, out_of_range};

/// Moves treasury money into a pool, which is made if it is new.
pub(super) fn fund(work: &mut Work<'_>, asker: &Asker<'_>, pool: &str, amount: Amount) -> Decision {
    asker.officer(work)?;
    if pool == TREASURY {
        return Err(out_of_range("pool"));
    }
    let treasury = work.city().treasury;
    take_plain(work, treasury, amount).map_err(|have| Refusal::PoolEmpty { have })?;
    let to = coins::pool(work, pool);
    give_plain(work, to, amount)?;
    work.tell(to, EventKind::Received, amount, Some(treasury));
    Ok(Effect::Done)
}
