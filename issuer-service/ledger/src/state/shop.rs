//! What the books keep of a shop beside its account: the rights of its tills, the open business day, the closed ones.

use scoin_core::command::{Takings, TillRights};
use scoin_core::keys::PublicKey;
use scoin_core::{Amount, Timestamp};

use crate::canon::canon_struct;

/// A till whose rights are not those of its role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Till {
    /// Its key.
    pub key: PublicKey,
    /// What it may do.
    pub rights: TillRights,
}

/// The business day that is open, as it stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OpenDay {
    /// When the day before it was closed, or the first money was taken.
    pub since: Timestamp,
    /// Place of that close in the journal; 0 before the first.
    pub after_frame: u64,
    /// Its place in the frame.
    pub after_index: u32,
    /// Date of the last day that was closed.
    pub last: Option<i32>,
    /// How many were closed.
    pub closes: u32,
    /// Payments taken.
    pub payments: u32,
    /// What they were in all.
    pub gross: Amount,
    /// Refunds given.
    pub refunds: u32,
    /// What they were in all.
    pub refunded: Amount,
    /// What was cashed out.
    pub redeemed: Amount,
}

/// A business day that is closed. Written once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClosedDay {
    /// What it came to.
    pub takings: Takings,
    /// When it was closed.
    pub at: Timestamp,
    /// The frame of the close, which is the last entry of the day.
    pub frame: u64,
    /// The place in that frame.
    pub index: u32,
    /// The key that closed it.
    pub by: PublicKey,
}

canon_struct!(Till { key, rights });
canon_struct!(OpenDay {
    since,
    after_frame,
    after_index,
    last,
    closes,
    payments,
    gross,
    refunds,
    refunded,
    redeemed
});
canon_struct!(ClosedDay { takings, at, frame, index, by });
