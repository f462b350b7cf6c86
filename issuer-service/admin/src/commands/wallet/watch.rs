//! `scoin wallet watch`: what happens to the account, one line each, as it happens.

use scoin_api::{EntryBody, Status};
use scoin_policy::explain::catalogue::Catalogue;
use scoin_wallet::wallet::{Live, Patience};
use serde_json::{Value, json};

use super::make::failed;
use super::view::signed;
use crate::args::Global;
use crate::failure::Failure;
use crate::output::{self, Report};
use crate::session::Session;
use crate::words;

/// Follows until it has told `count` entries; for ever without one.
pub(crate) async fn watch(global: &Global, count: Option<u64>) -> Result<Report, Failure> {
    let session = Session::open(global).await?;
    let catalogue = Catalogue::of(global.lang.into());
    let mut follower = session.wallet.follow(Patience::default());
    let mut left = count;
    while left != Some(0) {
        let news = follower.next().await.map_err(failed(global))?;
        if let Live::Entry(_) = &news {
            left = left.map(|left| left.saturating_sub(1));
        }
        let line = if global.json {
            document(&news).to_string()
        } else {
            told(&catalogue, &news, &session.zone())
        };
        output::line(&line);
    }
    Ok(Report::streamed())
}

/// One JSON document a line.
fn document(live: &Live) -> Value {
    match live {
        Live::Connected => json!({ "what": "connected" }),
        Live::Entry(entry) => json!({ "what": "entry", "entry": entry }),
        Live::Gap(entries) => json!({ "what": "gap", "entries": entries }),
        Live::Lost(wait) => json!({ "what": "lost", "again_in_seconds": wait.as_secs() }),
    }
}

fn told(catalogue: &Catalogue, live: &Live, zone: &str) -> String {
    match live {
        Live::Connected => catalogue.say("watch.connected", &[]),
        Live::Entry(entry) => of_entry(entry, zone),
        Live::Gap(entries) => {
            let n = u64::try_from(*entries).unwrap_or(u64::MAX);
            catalogue.say("watch.gap", &[("n", n.into())])
        }
        Live::Lost(wait) => {
            let seconds = wait.as_secs().max(1).to_string();
            catalogue.say("watch.lost", &[("seconds", (&seconds).into())])
        }
    }
}

/// The columns of `wallet history`, apart by tabs.
fn of_entry(entry: &EntryBody, zone: &str) -> String {
    let state = if entry.status == Status::Refused { "refused" } else { "" };
    [
        words::local(entry.time.0, zone),
        entry.action.clone(),
        state.to_owned(),
        signed(entry.change),
        entry.other.clone().unwrap_or_default(),
        entry.reference.clone().unwrap_or_default(),
    ]
    .join("\t")
}
