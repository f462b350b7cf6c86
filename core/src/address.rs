//! Addresses: an account id in bech32m (BIP-350) with the prefix `scoin`, 44 characters.

use std::fmt;
use std::str::FromStr;

use bech32::primitives::decode::CheckedHrpstring;
use bech32::{Bech32, Bech32m, Hrp};

use crate::id::AccountId;

/// The prefix, before the separator `1`.
pub const PREFIX: &str = "scoin";

/// Why a text is not an address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Not bech32m at all, or a character is wrong.
    #[error("`{0}` is not an address: check every character")]
    Malformed(String),
    /// The older checksum, bech32.
    #[error("`{0}` has the older bech32 checksum: ask for a new address")]
    OldChecksum(String),
    /// Another prefix: an address of something else.
    #[error("`{0}` does not begin with `scoin1`: this is no S-coin address")]
    WrongPrefix(String),
    /// Not 20 bytes.
    #[error("`{0}` has the wrong length: an S-coin address has 44 characters")]
    WrongLength(String),
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        bech32::encode_lower_to_fmt::<Bech32m, _>(f, Hrp::parse_unchecked(PREFIX), &self.0)
            .map_err(|_| fmt::Error)
    }
}

impl FromStr for AccountId {
    type Err = AddressError;

    /// Reads an address in lower or upper case, not mixed.
    fn from_str(text: &str) -> Result<Self, AddressError> {
        let checked = CheckedHrpstring::new::<Bech32m>(text).map_err(|_| {
            match CheckedHrpstring::new::<Bech32>(text) {
                Ok(_) => AddressError::OldChecksum(text.to_owned()),
                Err(_) => AddressError::Malformed(text.to_owned()),
            }
        })?;
        if checked.hrp() != Hrp::parse_unchecked(PREFIX) {
            return Err(AddressError::WrongPrefix(text.to_owned()));
        }
        let bytes: Vec<u8> = checked.byte_iter().collect();
        let id =
            bytes.try_into().map(Self).map_err(|_| AddressError::WrongLength(text.to_owned()))?;
        // Re-encode and compare: padding bits that are not zero would give an account a second address.
        if id.to_string().eq_ignore_ascii_case(text) {
            Ok(id)
        } else {
            Err(AddressError::Malformed(text.to_owned()))
        }
    }
}
