//! A secp256k1 public key in compressed SEC1 form, and the one place where a signature is checked.

use std::fmt;

use k256::ecdsa::signature::hazmat::PrehashVerifier;
use k256::ecdsa::{Signature, VerifyingKey};

/// 33 bytes, known to be a point on the curve when made by `PublicKey::from_bytes`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PublicKey([u8; 33]);

/// Why a signature does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// The key is not a point on the curve.
    #[error("the public key is not on the curve: send a compressed secp256k1 key")]
    BadKey,
    /// r or s is zero or not below the group order.
    #[error("the signature is malformed: sign again")]
    Malformed,
    /// s is in the upper half: the twin of a good signature, which anyone could make.
    #[error("the signature is not in its low-S form: normalise it")]
    HighS,
    /// The signature is not of this key over this digest.
    #[error("the signature does not match the key and the content: sign again")]
    Mismatch,
}

/// Checks a 64-byte ECDSA signature (r || s, both big-endian) over a SHA-256 digest.
///
/// Every signature in S-coin is checked here and nowhere else, so that another backend can take its place.
pub fn verify(
    key: &[u8; 33],
    digest: &[u8; 32],
    signature: &[u8; 64],
) -> Result<(), SignatureError> {
    let signature = Signature::from_slice(signature).map_err(|_| SignatureError::Malformed)?;
    if signature.normalize_s() != signature {
        return Err(SignatureError::HighS);
    }
    VerifyingKey::from_sec1_bytes(key)
        .map_err(|_| SignatureError::BadKey)?
        .verify_prehash(digest, &signature)
        .map_err(|_| SignatureError::Mismatch)
}

impl PublicKey {
    /// The compressed point.
    pub const fn as_bytes(&self) -> &[u8; 33] {
        &self.0
    }

    /// From a compressed point; `None` if it is not on the curve.
    pub fn from_bytes(bytes: &[u8; 33]) -> Option<Self> {
        k256::PublicKey::from_sec1_bytes(bytes).ok().map(|_| Self(*bytes))
    }

    /// Lower-case hex of the compressed point.
    pub fn to_hex(self) -> String {
        hex::encode(self.0)
    }

    /// From 66 hex digits of a point on the curve.
    pub fn from_hex(text: &str) -> Option<Self> {
        let mut bytes = [0; 33];
        hex::decode_to_slice(text, &mut bytes).ok()?;
        Self::from_bytes(&bytes)
    }

    /// Checks a signature of this key; see [`verify`].
    pub fn verify(&self, digest: &[u8; 32], signature: &[u8; 64]) -> Result<(), SignatureError> {
        verify(&self.0, digest, signature)
    }

    /// For bytes that were checked in another way: by a signature that held, or by a journal's chain.
    pub(crate) const fn assume_on_curve(bytes: [u8; 33]) -> Self {
        Self(bytes)
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", hex::encode(self.0))
    }
}
