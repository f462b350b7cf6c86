//! Keys: words, derivation, signing, public keys.

mod public;

pub use public::PublicKey;
