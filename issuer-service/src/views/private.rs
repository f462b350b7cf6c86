//! What a guardian sees of a ward whose shops are its own: sums and kinds of shops, not which (`docs/adr/0028`).

use scoin_api::{AccountBody, EntryBody};
use scoin_core::AccountId;

use crate::books::Live;

/// An account without what tells a shop: counters may count by shop, and are named by a hash of it.
pub(crate) fn hide_in_account(body: &mut AccountBody) {
    body.meters.clear();
    body.lasts.clear();
    for counter in &mut body.counters {
        counter.scope.clear();
        counter.days.clear();
    }
    for guard in &mut body.guards {
        guard.scope = None;
    }
}

/// An entry of the history without the shop, its reference, and the answer with what the rules found.
pub(crate) fn hide_in_entry(live: &Live, entry: &mut EntryBody) {
    let shop = [&entry.other, &entry.by].into_iter().flatten().find_map(|side| kinds(live, side));
    entry.outcome = None;
    if matches!(entry.action.as_str(), "pay" | "authorise" | "capture" | "void" | "refund") {
        entry.reference = None;
    }
    let Some(kinds) = shop else { return };
    entry.kinds = kinds;
    for side in [&mut entry.other, &mut entry.by] {
        if side.as_ref().is_some_and(|side| self::kinds(live, side).is_some()) {
            *side = None;
        }
    }
}

/// The categories of a shop or service; `None` for anybody else.
fn kinds(live: &Live, address: &str) -> Option<Vec<String>> {
    let id: AccountId = address.parse().ok()?;
    Some(live.account(&id)?.merchant.as_ref()?.profile.categories.clone())
}
