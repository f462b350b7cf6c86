//! A shop's tills and business days, as the shop itself sees them.

use scoin_core::Amount;
use scoin_core::command::{Takings, TillRights};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::encode::{Time, date_text, parse_date};

/// What the books keep of a shop beside its account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ShopBody {
    /// The business day that is open, as it stands. Its `day` is that of today in the city.
    pub open: TakingsBody,
    /// The last closed days, newest first; at most 62.
    pub days: Vec<ClosedDayBody>,
    /// What each till may do, owner keys left out.
    pub tills: Vec<TillBody>,
}

/// What a business day came to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TakingsBody {
    /// Its date, `2026-03-03`.
    pub day: String,
    /// Its number among the closes of the shop, from 1.
    pub number: u32,
    /// When the day before it was closed, or the first money was taken.
    pub since: Time,
    /// The entry of the journal behind which the day begins, `frame:index`.
    pub after: String,
    /// Payments taken.
    pub payments: u32,
    /// What they were in all, minor units.
    pub gross: u64,
    /// Refunds given, of payments of any day.
    pub refunds: u32,
    /// What they were in all.
    pub refunded: u64,
    /// `gross` without `refunded`; negative if more was given back than taken.
    pub net: i64,
    /// What was cashed out.
    pub redeemed: u64,
}

/// A closed business day. It never changes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ClosedDayBody {
    /// What it came to.
    #[serde(flatten)]
    pub takings: TakingsBody,
    /// When it was closed.
    pub closed: Time,
    /// The entry of the journal that closed it, `frame:index`: its last one.
    pub until: String,
    /// The key that closed it, 66 hex digits.
    pub by: String,
}

/// What a till may do.
#[expect(clippy::struct_excessive_bools, reason = "four rights, each by itself")]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TillBody {
    /// Its key, 66 hex digits.
    pub key: String,
    /// `cashier` or `manager`.
    pub role: String,
    /// Sign payment requests, and take what was reserved for them.
    pub receive: bool,
    /// Release a reserved payment.
    pub cancel: bool,
    /// Give a payment back.
    pub refund: bool,
    /// Close the business day.
    pub close: bool,
}

impl TakingsBody {
    /// The view of a day.
    pub fn of(takings: &Takings) -> Self {
        let signed = |amount: Amount| i64::try_from(amount.units()).unwrap_or(i64::MAX);
        Self {
            day: date_text(takings.day),
            number: takings.number,
            since: takings.since.into(),
            after: format!("{}:{}", takings.after_frame, takings.after_index),
            payments: takings.payments,
            gross: takings.gross.units(),
            refunds: takings.refunds,
            refunded: takings.refunded.units(),
            net: signed(takings.gross).saturating_sub(signed(takings.refunded)),
            redeemed: takings.redeemed.units(),
        }
    }

    /// The day itself; `None` if a text in it is not of its form.
    pub fn to_takings(&self) -> Option<Takings> {
        let (after_frame, after_index) = crate::history::parse_event_id(&self.after)?;
        Some(Takings {
            day: parse_date(&self.day)?,
            number: self.number,
            since: self.since.0,
            after_frame,
            after_index,
            payments: self.payments,
            gross: Amount::new(self.gross),
            refunds: self.refunds,
            refunded: Amount::new(self.refunded),
            redeemed: Amount::new(self.redeemed),
        })
    }
}

impl TillBody {
    /// The rights it names.
    pub fn rights(&self) -> TillRights {
        TillRights {
            receive: self.receive,
            cancel: self.cancel,
            refund: self.refund,
            close: self.close,
        }
    }
}
