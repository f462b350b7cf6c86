//! The wallet engine that the command line, the desktop and the phones bind to.
//!
//! Read in this order: [`vault`] holds the keys and makes every signature; [`outbox`] keeps a command until it is
//! answered, so that nothing is paid twice and nothing is lost; [`client`] talks to the issuer; [`store`] caches what
//! the issuer could give again; [`wallet`] puts them together into verbs; [`estimate`] answers "can I pay this?"
//! without a connection; [`explain`] turns a refusal into sentences.

#[cfg(test)]
mod chance;
mod civil;
pub mod client;
pub mod clock;
mod error;
pub mod estimate;
pub mod explain;
#[cfg(test)]
mod fake;
pub mod outbox;
pub mod process;
mod rules;
mod seal;
pub mod store;
pub mod vault;
pub mod wallet;

pub use client::{Client, HttpClient};
pub use clock::{Clock, FixedClock, SystemClock};
pub use error::{Refused, Told, WalletError};
pub use vault::{Language, Vault, VaultCost, Words};
pub use wallet::{Ask, Done, Setup, Wallet};
