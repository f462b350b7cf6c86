//! What a shop does beside being paid: order numbers, what came in, the day's close, the statement (`docs/adr/0030`).

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::StreamExt as _;
use scoin_api::history::parse_event_id;
use scoin_api::{ClosedDayBody, EntryBody, HistoryBody, ShopBody, Status, TakingsBody, Time};
use scoin_core::command::{Action, TillRights};
use scoin_core::keys::PublicKey;
use scoin_core::{AccountId, Amount, CommandId, RequestId};
use scoin_policy::civil::Date;
use sha2::{Digest, Sha256};

use super::{Ask, Done, TillRight, Wallet};
use crate::client::{ClientError, Page};
use crate::error::WalletError;

/// How long a code with an order number can be paid unless the shop says otherwise: 60 seconds.
pub const ORDER_VALID_MICROS: u64 = 60 * 1_000_000;
/// The calendar in which a city keeps the dates on which it pays shops out, if it has one.
pub const PAYOUTS: &str = "city.payouts";
/// Entries of history asked for at once.
const PAGE: u32 = 500;
/// How long a stream of events is listened to before the proof of the key is made anew.
const STREAM: Duration = Duration::from_mins(2);
/// How long after a stream broke another one is opened.
const AGAIN: Duration = Duration::from_millis(300);

/// Money of a payment to be given back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refund {
    /// Id of the paying (or authorising) command.
    pub payment: CommandId,
    /// How much, at most what is left.
    pub amount: Amount,
    /// (line, amount) of the basket; their sum is `amount`. Empty for every part in proportion.
    pub lines: Vec<(u32, Amount)>,
    /// Why, in a few words the payer reads.
    pub reason: Option<String>,
}

/// Money that came in. Of the payer it says nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// Its place in the journal, `frame:index`: give it as `after` to get what came later.
    pub cursor: String,
    /// The payment, for a refund: 32 hex digits.
    pub payment: String,
    /// When it was decided.
    pub time: Time,
    /// How much.
    pub amount: Amount,
    /// The order number or words of the request.
    pub order: Option<String>,
}

/// What came in since a place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Arrivals {
    /// Payments, oldest first.
    pub items: Vec<Received>,
    /// Where to go on.
    pub cursor: String,
}

/// What moved a shop's money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Move {
    /// A payment.
    Taken,
    /// Money of a payment given back.
    Refunded,
    /// Cashed out.
    CashedOut,
}

impl Move {
    /// One word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Taken => "taken",
            Self::Refunded => "refunded",
            Self::CashedOut => "cashed-out",
        }
    }
}

/// One line of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatementLine {
    /// Date of the business day it belongs to.
    pub day: String,
    /// When.
    pub time: Time,
    /// What.
    pub what: Move,
    /// How much.
    pub amount: Amount,
    /// Order number, or the reason of a refund.
    pub reference: Option<String>,
    /// The payment it is, or is about.
    pub payment: Option<String>,
    /// Its place in the journal.
    pub place: String,
}

/// Business days with every entry, compared with what the books say of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statement {
    /// Closed days, oldest first.
    pub days: Vec<ClosedDayBody>,
    /// Their entries, oldest first. They add up to the days: a statement of which they do not is refused.
    pub lines: Vec<StatementLine>,
    /// What was taken by day and kind of goods, as far as the baskets say; refunds are not taken off.
    pub categories: Vec<Category>,
    /// The next date on which the city pays shops out, if it says so.
    pub payout: Option<String>,
}

/// What a day took for one kind of goods.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Category {
    /// Date of the business day.
    pub day: String,
    /// The first tag of the lines; `None` for what no basket tells.
    pub tag: Option<String>,
    /// How much.
    pub amount: Amount,
}

impl Wallet {
    /// The request id of an order: the same for one number of one shop, whichever till asks and however often its code is
    /// shown. The books let a request be paid once, and so the order.
    pub fn order_request(shop: AccountId, order: &str) -> RequestId {
        let digest = Sha256::new()
            .chain_update(b"scoin-order/1")
            .chain_update(shop.0)
            .chain_update(order.as_bytes())
            .finalize();
        let mut id = [0; 16];
        for (to, from) in id.iter_mut().zip(digest) {
            *to = from;
        }
        RequestId(id)
    }

    /// Gives money of a payment back.
    pub async fn refund(&self, refund: Refund, ask: &Ask) -> Result<Done, WalletError> {
        let Refund { payment, amount, lines, reason } = refund;
        self.submit(Action::Refund { payment, amount, lines, reason }, ask).await
    }

    /// Closes the business day of this date; of today in the city when none is given.
    pub async fn close_day(&self, day: Option<i32>, ask: &Ask) -> Result<Done, WalletError> {
        let day = match day {
            Some(day) => day,
            None => self.today().await?.0,
        };
        self.submit(Action::CloseDay { day }, ask).await
    }

    /// Says what a till may do; without rights, what its role says.
    pub async fn set_till(
        &self,
        key: PublicKey,
        rights: Option<TillRights>,
        ask: &Ask,
    ) -> Result<Done, WalletError> {
        self.submit(Action::SetTill { key, rights }, ask).await
    }

    /// The shop's tills and business days, as the books have them now.
    pub async fn shop_books(&self) -> Result<ShopBody, WalletError> {
        let proof = self.read_proof().await?;
        let body = self.client().account(self.account_id()?, &proof, None).await?;
        body.shop.ok_or_else(|| WalletError::BadInput("this account is no shop".to_owned()))
    }

    /// What came in after a place; of the open business day when none is given.
    pub async fn received(&self, after: Option<&str>) -> Result<Arrivals, WalletError> {
        self.check_staff(TillRight::Receive)?;
        let after = match after {
            Some(after) => after.to_owned(),
            None => self.shop_books().await?.open.after,
        };
        let entries = self.entries_between(place(&after)?, None).await?;
        let cursor = entries.last().map_or(after, EntryBody::event_id);
        Ok(Arrivals { items: entries.iter().filter_map(received).collect(), cursor })
    }

    /// As [`Wallet::received`]; if nothing came, waits for the next payment, at most this long.
    pub async fn wait_received(
        &self,
        after: Option<&str>,
        patience: Duration,
    ) -> Result<Arrivals, WalletError> {
        let mut arrivals = self.received(after).await?;
        if !arrivals.items.is_empty() {
            return Ok(arrivals);
        }
        let waiting = async {
            loop {
                match tokio::time::timeout(STREAM, self.next_received(&mut arrivals.cursor)).await {
                    Ok(Ok(Some(item))) => return Ok(item),
                    Ok(Ok(None)) | Err(_) => {}
                    Ok(Err(WalletError::Offline { .. })) => tokio::time::sleep(AGAIN).await,
                    Ok(Err(error)) => return Err(error),
                }
            }
        };
        match tokio::time::timeout(patience, waiting).await {
            Ok(item) => {
                let item = item?;
                let cursor = item.cursor.clone();
                Ok(Arrivals { items: vec![item], cursor })
            }
            Err(_) => Ok(arrivals),
        }
    }

    /// The next payment that the service tells of; `None` when the stream ends.
    async fn next_received(&self, cursor: &mut String) -> Result<Option<Received>, WalletError> {
        let proof = self.read_proof().await?;
        let mut events = self.client().events(self.account_id()?, &proof, Some(cursor)).await?;
        while let Some(event) = events.next().await {
            let event = event?;
            cursor.clone_from(&event.id);
            if let Some(item) = received(&event.entry) {
                return Ok(Some(item));
            }
        }
        tokio::time::sleep(AGAIN).await;
        Ok(None)
    }

    /// Closed days from one date to another with all their entries; the last closed day when no date is given.
    pub async fn statement(
        &self,
        from: Option<&str>,
        to: Option<&str>,
    ) -> Result<Statement, WalletError> {
        let shop = self.shop_books().await?;
        let last = shop.days.first().map(|day| day.takings.day.clone()).unwrap_or_default();
        let from = from.or(to).unwrap_or(&last);
        let is_in = |day: &ClosedDayBody| {
            let day = day.takings.day.as_str();
            day >= from && to.is_none_or(|to| day <= to)
        };
        let mut days: Vec<_> = shop.days.into_iter().filter(is_in).collect();
        days.reverse();
        let (mut lines, mut categories) = (Vec::new(), Vec::new());
        if let (Some(first), Some(last)) = (days.first(), days.last()) {
            let (after, until) = (place(&first.takings.after)?, place(&last.until)?);
            let entries = self.entries_between(after, Some(until)).await?;
            for day in &days {
                let own = lines_of(day, &entries)?;
                check_sums(&day.takings, &own)?;
                categories.extend(categories_of(day, &entries)?);
                lines.extend(own);
            }
        }
        Ok(Statement { days, lines, categories, payout: self.next_payout().await? })
    }

    /// The next date on which the city pays shops out; `None` where it says none.
    pub async fn next_payout(&self) -> Result<Option<String>, WalletError> {
        let Some(calendar) = self.client().calendar(PAYOUTS).await? else { return Ok(None) };
        let today = scoin_api::encode::date_text(self.today().await?.0);
        Ok(calendar.days.into_iter().filter(|day| *day >= today).min())
    }

    /// The date in the city.
    pub(super) async fn today(&self) -> Result<Date, WalletError> {
        let now = self.city_now().await?;
        let zone = self.city()?.genesis.zone;
        crate::civil::Zone::named(&zone)
            .map(|zone| zone.civil(now).date)
            .ok_or_else(|| WalletError::BadInput(format!("the zone `{zone}` is not known here")))
    }

    /// The entries of one's own history behind `after`, up to and with `until`, oldest first.
    async fn entries_between(
        &self,
        after: (u64, u32),
        until: Option<(u64, u32)>,
    ) -> Result<Vec<EntryBody>, WalletError> {
        let own = self.account_id()?;
        let proof = self.read_proof().await?;
        let mut before = until.map(|(frame, index)| format!("{frame}:{}", index.saturating_add(1)));
        let mut entries = Vec::new();
        loop {
            let page = Page { before: before.clone(), limit: Some(PAGE), min_seq: None };
            let body: HistoryBody = self.client().history(own, &proof, &page).await?;
            let mut is_end = body.next.is_none();
            for entry in body.entries {
                if (entry.frame, entry.index) <= after {
                    is_end = true;
                    break;
                }
                entries.push(entry);
            }
            before = body.next;
            if is_end {
                break;
            }
        }
        entries.reverse();
        Ok(entries)
    }
}

/// A payment that came in, if an entry is one.
fn received(entry: &EntryBody) -> Option<Received> {
    let line = line_of("", entry).filter(|line| line.what == Move::Taken)?;
    let (cursor, payment) = (line.place, line.payment?);
    Some(Received { cursor, payment, time: line.time, amount: line.amount, order: line.reference })
}

/// What an entry did to the shop's money, if it did.
fn line_of(day: &str, entry: &EntryBody) -> Option<StatementLine> {
    let what = match entry.action.as_str() {
        "pay" | "capture" => Move::Taken,
        "refund" => Move::Refunded,
        "redeem" => Move::CashedOut,
        _ => return None,
    };
    if entry.status != Status::Accepted || entry.change == 0 {
        return None;
    }
    Some(StatementLine {
        day: day.to_owned(),
        time: entry.time,
        what,
        amount: Amount::new(entry.amount),
        reference: entry.reference.clone(),
        payment: entry.about.clone().or_else(|| match what {
            Move::Taken => entry.command.clone(),
            Move::Refunded | Move::CashedOut => None,
        }),
        place: entry.event_id(),
    })
}

fn lines_of(day: &ClosedDayBody, entries: &[EntryBody]) -> Result<Vec<StatementLine>, WalletError> {
    let (after, until) = (place(&day.takings.after)?, place(&day.until)?);
    let own = entries.iter().filter(|entry| {
        let place = (entry.frame, entry.index);
        place > after && place <= until
    });
    Ok(own.filter_map(|entry| line_of(&day.takings.day, entry)).collect())
}

/// What a day took by the first tag of each line. They add up to what it took.
fn categories_of(day: &ClosedDayBody, entries: &[EntryBody]) -> Result<Vec<Category>, WalletError> {
    let (after, until) = (place(&day.takings.after)?, place(&day.until)?);
    let mut sums: BTreeMap<Option<String>, u64> = BTreeMap::new();
    let mut add = |tag: Option<String>, units: u64| {
        let sum = sums.entry(tag).or_default();
        *sum = sum.saturating_add(units);
    };
    for entry in entries {
        let at = (entry.frame, entry.index);
        let taken = line_of("", entry).filter(|line| line.what == Move::Taken);
        let Some(line) = taken.filter(|_| at > after && at <= until) else { continue };
        let told = entry.items.iter().fold(0_u64, |sum, item| sum.saturating_add(item.amount));
        // A basket that was paid in part does not say which of its goods were.
        if told == line.amount.units() {
            for item in &entry.items {
                add(item.tags.first().cloned(), item.amount);
            }
        } else {
            add(None, line.amount.units());
        }
    }
    let name = day.takings.day.clone();
    let category = |(tag, units)| Category { day: name.clone(), tag, amount: Amount::new(units) };
    Ok(sums.into_iter().map(category).collect())
}

/// The entries of a day are what the books say it came to.
fn check_sums(takings: &TakingsBody, lines: &[StatementLine]) -> Result<(), WalletError> {
    let of = |what| lines.iter().filter(move |line| line.what == what);
    let sum = |what| Amount::checked_sum(of(what).map(|line| line.amount)).map(Amount::units);
    let adds_up = sum(Move::Taken) == Some(takings.gross)
        && sum(Move::Refunded) == Some(takings.refunded)
        && sum(Move::CashedOut) == Some(takings.redeemed)
        && u32::try_from(of(Move::Taken).count()) == Ok(takings.payments)
        && u32::try_from(of(Move::Refunded).count()) == Ok(takings.refunds);
    let why = || format!("the entries of {} do not add up to its close", takings.day);
    if adds_up { Ok(()) } else { Err(WalletError::ReceiptInvalid(why())) }
}

fn place(text: &str) -> Result<(u64, u32), WalletError> {
    parse_event_id(text).ok_or_else(|| {
        WalletError::Client(ClientError::Garbled(format!("`{text}` is no place in the journal")))
    })
}
