//! Payments and holds: what a capture, a void or a refund must know.

use scoin_core::{AccountId, Amount, CommandId, LotId, RequestId, Timestamp};

use super::Lot;
use crate::canon::{canon_enum, canon_struct};

/// A payment made. Also what a hold has reserved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paid {
    /// Who paid.
    pub payer: AccountId,
    /// Who was paid.
    pub merchant: AccountId,
    /// The merchant's request.
    pub request: RequestId,
    /// When it was decided (authorised).
    pub at: Timestamp,
    /// How much was paid.
    pub amount: Amount,
    /// How much was given back.
    pub refunded: Amount,
    /// Which lots paid which lines, in order.
    pub parts: Vec<PaidPart>,
    /// The lots as they were, without their money, so that a refund can bring them back.
    pub lots: Vec<Lot>,
    /// What was counted.
    pub charges: Vec<Charged>,
    /// What it earned.
    pub rewards: Vec<Rewarded>,
}

/// One part of a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PaidPart {
    /// Which lot.
    pub lot: LotId,
    /// Which line of the basket.
    pub line: u32,
    /// How much.
    pub amount: Amount,
    /// How much of it was given back.
    pub refunded: Amount,
}

/// Where a counter is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// In an account.
    Account(AccountId),
    /// In a shared record.
    Shared([u8; 16]),
}

/// What one payment added to one counter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Charged {
    /// Where.
    pub place: Place,
    /// Scope of the counter.
    pub scope: [u8; 16],
    /// Measure of the counter.
    pub measure: [u8; 16],
    /// Civil day of the bucket.
    pub day: i32,
    /// Money counted and not given back.
    pub amount: Amount,
    /// Payments counted and not given back.
    pub count: u64,
    /// A refund gives the money back.
    pub restores_amount: bool,
    /// A refund of the whole gives the count back.
    pub restores_count: bool,
    /// Which parts of the payment it counted, by place; empty if all.
    pub parts: Vec<u32>,
}

/// A reward a payment earned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rewarded {
    /// Programme.
    pub program: String,
    /// The lot given.
    pub lot: LotId,
    /// How much was given.
    pub amount: Amount,
    /// How much was taken back, or written off because it had been spent.
    pub returned: Amount,
    /// What the programme counted for it.
    pub charges: Vec<Charged>,
}

/// A hold: a payment reserved, to be captured before its deadline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    /// What is reserved; its money is held in the payer's lots.
    pub paid: Paid,
    /// After this it is released.
    pub deadline: Timestamp,
    /// True until captured, voided or past its deadline.
    pub open: bool,
    /// Who authorised it with which basket, for rewards at capture.
    pub kind: String,
    /// Channel of the request.
    pub channel: Option<String>,
}

/// The id of the command that paid or reserved a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestUse {
    /// The command.
    pub by: CommandId,
}

canon_struct!(Paid {
    payer,
    merchant,
    request,
    at,
    amount,
    refunded,
    parts,
    lots,
    charges,
    rewards
});
canon_struct!(PaidPart { lot, line, amount, refunded });
canon_enum!(Place { 1 Account(account), 2 Shared(scope) });
canon_struct!(Charged {
    place,
    scope,
    measure,
    day,
    amount,
    count,
    restores_amount,
    restores_count,
    parts,
});
canon_struct!(Rewarded { program, lot, amount, returned, charges });
canon_struct!(Hold { paid, deadline, open, kind, channel });
canon_struct!(RequestUse { by });
