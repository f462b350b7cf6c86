//! A secp256k1 public key in compressed SEC1 form.

use std::fmt;

/// 33 bytes, known to be a point on the curve when made by `PublicKey::from_bytes`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PublicKey([u8; 33]);

impl PublicKey {
    /// The compressed point.
    pub const fn as_bytes(&self) -> &[u8; 33] {
        &self.0
    }

    /// From a compressed point; `None` if it is not on the curve.
    pub fn from_bytes(bytes: &[u8; 33]) -> Option<Self> {
        k256::PublicKey::from_sec1_bytes(bytes).ok().map(|_| Self(*bytes))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", hex::encode(self.0))
    }
}
