//! "Can I pay this?" without a connection.

use scoin_core::{Amount, LotId, Timestamp};

/// What would happen to a payment, as far as this device knows. Never a promise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Estimate {
    /// What was asked for.
    pub asked: Amount,
    /// How much of it would pass.
    pub passes: Amount,
    /// From which lots, in order.
    pub lots: Vec<(LotId, Amount)>,
    /// Ledger time of the counters this is made from.
    pub as_of: Timestamp,
    /// Always true: only the issuer decides.
    pub estimate: bool,
}
