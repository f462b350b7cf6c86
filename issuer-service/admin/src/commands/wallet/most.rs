//! `wallet most`: the greatest amount that would be paid whole at a shop now.

use scoin_policy::explain::catalogue::Catalogue;
use serde_json::json;

use super::make::failed;
use crate::args::Global;
use crate::failure::Failure;
use crate::output::Report;
use crate::session::{Session, account};
use crate::words;

/// Runs the command; from what was last synced, without a connection too.
pub(crate) async fn most(global: &Global, shop: &str) -> Result<Report, Failure> {
    let session = Session::open_offline(global)?;
    let shop = account(shop)?;
    drop(session.wallet.sync().await);
    let found = session.wallet.most(shop).await.map_err(failed(global))?;
    let lots =
        found.lots.iter().map(|(lot, amount)| json!({ "lot": lot.0, "amount": amount.units() }));
    let json = json!({
        "estimate": true,
        "most": found.passes.units(),
        "next": found.next.map(scoin_api::Time),
        "as_of": scoin_api::Time(found.as_of),
        "lots": lots.collect::<Vec<_>>(),
        "causes": found.causes.iter().map(|cause| &cause.label).collect::<Vec<_>>(),
    });
    let catalogue = Catalogue::of(global.lang.into());
    let amount = words::amount(found.passes);
    let said = catalogue.say("notice.most", &[("money", (&amount).into())]);
    Ok(Report::new(json).text(said))
}
