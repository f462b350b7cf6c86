//! Who may give a ward coins.

use scoin_core::AccountId;

use crate::canon::canon_struct;

/// The list of one guardian.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Givers {
    /// The guardian.
    pub by: AccountId,
    /// Who may give, sorted.
    pub givers: Vec<AccountId>,
}

canon_struct!(Givers { by, givers });
