//! Keys: words, derivation, signing, public keys.
//!
//! Words ([`Mnemonic`]) give a seed, the seed gives one key a purpose ([`derive()`]), a key signs digests
//! ([`SecretKey`]), and [`PublicKey`] checks them. Random bytes always come in as an argument.

mod derive;
mod mnemonic;
mod public;
mod secret;

pub use derive::{DeriveError, KeyPath, Purpose, derive};
pub use mnemonic::{Language, Mnemonic, MnemonicError};
pub use public::{PublicKey, SignatureError, verify};
pub use secret::SecretKey;
