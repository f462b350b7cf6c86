//! The pure centre of S-coin: what an amount, a key, a signed command, a receipt and a payment request are.
//!
//! Nothing here reads a clock, a random source, a file or the network: what is needed comes in as an argument.

pub mod amount;
pub mod id;
pub mod time;

pub mod address;
pub mod cbor;
pub mod keys;

pub mod command;
pub mod envelope;
pub mod link;
pub mod outcome;
pub mod read_proof;
pub mod request;

pub mod genesis;
pub mod merkle;
pub mod receipt;

pub use amount::Amount;
pub use id::{AccountId, CommandId, LotId, NetworkId, PolicyId, RequestId, StackId};
pub use time::Timestamp;
