//! What happened to an account.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::answer::{OutcomeBody, Status};
use crate::encode::Time;

/// A page of history, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HistoryBody {
    /// bech32m address.
    pub address: String,
    /// Number of the last frame this view contains.
    pub frame: u64,
    /// The entries.
    pub entries: Vec<EntryBody>,
    /// Give this as `before` to get the next page; absent on the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// One entry; also the data of a server-sent event, whose id is `frame:index`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EntryBody {
    /// Journal frame.
    pub frame: u64,
    /// Place in the frame.
    pub index: u32,
    /// Ledger time.
    pub time: Time,
    /// What was asked, as in `docs/wire.md`: `pay`, `grant`, `refund`; `tick` for expiry and decay, `allowance` for a turn
    /// of an allowance, `of-age` where somebody comes of age, `chore` for a payout.
    pub action: String,
    /// The command's id, 32 hex digits; absent for a tick.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
    /// Address of who asked; absent for a tick; of an allowance, its giver.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// Address of the other side: the shop, the receiver, the ward. A shop is not told who paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other: Option<String>,
    /// The payment or hold it is about, 32 hex digits: for a refund, a capture or a release.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// The merchant's reference or the reason, if there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// The basket of a payment as the shop itself asked for it, where it told one; only the shop is shown it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<ItemBody>,
    /// Accepted or refused. Refusals are seen by who asked, and by no one else; a missed turn of an allowance by both sides.
    pub status: Status,
    /// Amount that moved, minor units; 0 if none.
    pub amount: u64,
    /// What it did to this account's money: positive in, negative out.
    pub change: i64,
    /// The decision, if this account asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<OutcomeBody>,
    /// Why a turn of an allowance or a payout was missed: the name of a refusal, `not-enough`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missed: Option<String>,
    /// Category tags of the shop, for a guardian who is not told which shop it was.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<String>,
}

/// One line of a basket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ItemBody {
    /// Product code.
    pub code: String,
    /// What it cost, minor units.
    pub amount: u64,
    /// Tags, ascending.
    pub tags: Vec<String>,
}

impl EntryBody {
    /// The id of this entry as an event: `frame:index`.
    pub fn event_id(&self) -> String {
        format!("{}:{}", self.frame, self.index)
    }
}

/// Frame and index from an event id (`Last-Event-ID`, `before`).
pub fn parse_event_id(text: &str) -> Option<(u64, u32)> {
    let (frame, index) = text.split_once(':')?;
    Some((frame.parse().ok()?, index.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::parse_event_id;

    #[test]
    fn event_ids_are_read_back() {
        assert_eq!(parse_event_id("12:3"), Some((12, 3)));
        for bad in ["", "12", "12:", ":3", "a:b", "1:2:3", "-1:0"] {
            assert_eq!(parse_event_id(bad), None, "{bad}");
        }
    }
}
