//! The pure centre of S-coin: what an amount, a key, a signed command, a receipt and a payment request are.
//!
//! Nothing here reads a clock, a random source, a file or the network: what is needed comes in as an argument.

pub mod amount;
pub mod command;
pub mod id;
pub mod keys;
pub mod outcome;
pub mod time;

pub use amount::Amount;
pub use id::{AccountId, CommandId, LotId, NetworkId, PolicyId, StackId};
pub use time::Timestamp;
