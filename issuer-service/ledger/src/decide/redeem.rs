//! A merchant cashes out: the coins are gone, the bank transfer happens outside.

use scoin_core::Amount;
use scoin_core::command::AccountKind;
use scoin_core::outcome::{Effect, Refusal};

use super::{Asker, check_frozen, merchant, shop};
use crate::batch::EventKind;
use crate::coins::take_plain;
use crate::state::PLAIN;
use crate::work::{Decision, Work};

/// Cashes out takings.
pub(super) fn redeem(work: &mut Work<'_>, asker: &Asker<'_>, amount: Amount) -> Decision {
    let account = asker.acting(work, &[AccountKind::Merchant, AccountKind::Service])?;
    check_frozen(account)?;
    merchant::check_open(work, &asker.by)?;
    asker.check_key(work, amount)?;
    take_plain(work, asker.by, amount).map_err(|have| Refusal::NotEnough { have })?;
    let mut totals = work.totals(PLAIN);
    totals.redeemed = totals.redeemed.checked_add(amount.units()).ok_or(Refusal::Overflow)?;
    work.set_totals(PLAIN, totals);
    shop::redeemed(work, asker.by, amount)?;
    asker.spend_key(work, amount);
    work.tell(asker.by, EventKind::Sent, amount, None);
    Ok(Effect::Done)
}
