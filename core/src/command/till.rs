//! What a shop says of its tills and its business days (`docs/adr/0030`).

use super::KeyRole;
use crate::amount::Amount;
use crate::time::Timestamp;
use crate::wire_map;

/// How long after a payment it may be given back, in microseconds: 366 days.
pub const REFUND_MICROS_MAX: u64 = 366 * 24 * 3600 * 1_000_000;

/// What a till may do. Each right stands alone.
#[expect(clippy::struct_excessive_bools, reason = "four rights, each by itself")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TillRights {
    /// Sign payment requests, and take what was reserved for them.
    pub receive: bool,
    /// Release a reserved payment.
    pub cancel: bool,
    /// Give a payment back, whole or in part.
    pub refund: bool,
    /// Close the business day.
    pub close: bool,
}

impl TillRights {
    /// Every right.
    pub const ALL: Self = Self { receive: true, cancel: true, refund: true, close: true };

    /// The rights that come with a role, unless the shop says otherwise.
    pub const fn of(role: KeyRole) -> Self {
        match role {
            KeyRole::Owner | KeyRole::Manager => Self::ALL,
            KeyRole::Cashier => Self { receive: true, cancel: false, refund: false, close: false },
        }
    }

    /// What both allow.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self {
            receive: self.receive && other.receive,
            cancel: self.cancel && other.cancel,
            refund: self.refund && other.refund,
            close: self.close && other.close,
        }
    }
}

/// A business day of a shop: everything between the close before it and its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Takings {
    /// Its date, days since 1970-01-01.
    pub day: i32,
    /// Its number among the closes of the shop, from 1, without gaps.
    pub number: u32,
    /// When the day before it was closed; for the first one, when the first money was taken.
    pub since: Timestamp,
    /// The frame of the close before it; the entries of the day stand behind that place. 0 for the first one.
    pub after_frame: u64,
    /// The place in that frame.
    pub after_index: u32,
    /// Payments taken.
    pub payments: u32,
    /// What they were in all.
    pub gross: Amount,
    /// Refunds given, of payments of any day.
    pub refunds: u32,
    /// What they were in all. May be more than `gross`.
    pub refunded: Amount,
    /// What was cashed out.
    pub redeemed: Amount,
}

wire_map! { TillRights { 1 receive, 2 cancel, 3 refund, 4 close } }
wire_map! { Takings {
    1 day, 2 number, 3 since, 4 after_frame, 5 after_index, 6 payments, 7 gross, 8 refunds, 9 refunded, 10 redeemed
} }
