//! A private key: signs, is wiped from memory when dropped, and never shows itself.

use std::fmt;

use k256::ecdsa::signature::hazmat::PrehashSigner;
use k256::ecdsa::{Signature, SigningKey};
use zeroize::Zeroizing;

use super::PublicKey;

/// A secp256k1 private key. Its memory is wiped on drop (by `k256`).
#[derive(Clone)]
pub struct SecretKey {
    signing: SigningKey,
    public: PublicKey,
}

impl SecretKey {
    /// From 32 bytes: a vault's, or random ones. `None` for zero and for numbers not below the group order.
    pub fn from_bytes(bytes: &[u8; 32]) -> Option<Self> {
        SigningKey::from_slice(bytes).ok().map(Self::from_signing)
    }

    /// The 32 bytes, for a vault only. Wiped on drop.
    pub fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.signing.to_bytes().into())
    }

    /// The public half.
    pub const fn public_key(&self) -> PublicKey {
        self.public
    }

    /// Signs a SHA-256 digest: r || s, low-S, with the deterministic nonce of RFC 6979.
    pub fn sign(&self, digest: &[u8; 32]) -> [u8; 64] {
        #[expect(
            clippy::expect_used,
            clippy::missing_panics_doc,
            reason = "fails only for a digest below 16 bytes or one chance in 2^256"
        )]
        let signature: Signature =
            self.signing.sign_prehash(digest).expect("a 32-byte digest can be signed");
        signature.normalize_s().to_bytes().into()
    }

    pub(super) fn from_signing(signing: SigningKey) -> Self {
        let mut point = [0; 33];
        // A compressed point is 33 bytes for every key.
        for (to, from) in
            point.iter_mut().zip(signing.verifying_key().to_sec1_point(true).as_bytes())
        {
            *to = *from;
        }
        Self { signing, public: PublicKey::assume_on_curve(point) }
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretKey(of {:?})", self.public)
    }
}
