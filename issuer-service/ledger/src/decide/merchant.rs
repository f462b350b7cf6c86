//! The city's registry of shops and services.

use std::sync::Arc;

use scoin_core::command::{AccountKind, MerchantProfile};
use scoin_core::outcome::{Effect, Refusal};
use scoin_core::{AccountId, Amount};

use super::Asker;
use crate::batch::EventKind;
use crate::state::MerchantEntry;
use crate::work::{Decision, Work, already, not_found};

/// Registers a shop or a service, or replaces what is registered. A suspension stays.
pub(super) fn register(
    work: &mut Work<'_>,
    asker: &Asker<'_>,
    account: AccountId,
    profile: &MerchantProfile,
) -> Decision {
    asker.officer(work)?;
    let shop = work.known(&account)?;
    if !matches!(shop.kind, AccountKind::Merchant | AccountKind::Service) {
        return Err(not_found("merchant"));
    }
    let suspended = shop.merchant.as_ref().is_some_and(|entry| entry.suspended);
    let entry = MerchantEntry { profile: profile.clone(), suspended };
    work.known_mut(&account)?.merchant = Some(Arc::new(entry));
    work.tell(account, EventKind::Changed, Amount::ZERO, Some(asker.by));
    Ok(Effect::Done)
}

/// Suspends a shop, or lifts that.
pub(super) fn suspend(
    work: &mut Work<'_>,
    asker: &Asker<'_>,
    account: AccountId,
    suspended: bool,
) -> Decision {
    asker.officer(work)?;
    let missing = || not_found("merchant");
    let entry =
        work.account(&account).and_then(|shop| shop.merchant.as_ref()).ok_or_else(missing)?;
    if entry.suspended == suspended {
        return Err(already(if suspended { "suspension" } else { "registration" }));
    }
    if let Some(entry) = work.known_mut(&account)?.merchant.as_mut() {
        Arc::make_mut(entry).suspended = suspended;
    }
    work.tell(account, EventKind::Changed, Amount::ZERO, Some(asker.by));
    Ok(Effect::Done)
}

/// A registered shop that is not suspended.
pub(super) fn check_open(work: &Work<'_>, account: &AccountId) -> Result<(), Refusal> {
    let shop = work.account(account).ok_or_else(|| not_found("merchant"))?;
    match shop.kind {
        AccountKind::Merchant | AccountKind::Service if shop.is_open_merchant() => Ok(()),
        AccountKind::Merchant | AccountKind::Service => Err(Refusal::MerchantClosed),
        AccountKind::Person | AccountKind::Officer | AccountKind::Pool => {
            Err(not_found("merchant"))
        }
    }
}
