//! Sealed bytes: XChaCha20-Poly1305 with a random nonce, and random bytes from the operating system.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

/// A 256-bit key that is wiped when dropped.
pub(crate) type SealKey = Zeroizing<[u8; 32]>;

/// Length of the nonce in bytes.
pub(crate) const NONCE: usize = 24;

/// Random bytes, or `None` when the operating system gives none.
pub(crate) fn make_random<const N: usize>() -> Option<[u8; N]> {
    let mut bytes = [0u8; N];
    getrandom::fill(&mut bytes).ok().map(|()| bytes)
}

/// `plain` under `key` and `nonce`, bound to `aad`. `None` only when `plain` is absurdly long.
pub(crate) fn seal(
    key: &SealKey,
    nonce: &[u8; NONCE],
    aad: &[u8],
    plain: &[u8],
) -> Option<Vec<u8>> {
    let cipher = XChaCha20Poly1305::new(&Key::from(**key));
    cipher.encrypt(&XNonce::from(*nonce), Payload { msg: plain, aad }).ok()
}

/// The plain bytes, or `None` if anything differs by one bit.
pub(crate) fn unseal(
    key: &SealKey,
    nonce: &[u8; NONCE],
    aad: &[u8],
    sealed: &[u8],
) -> Option<Zeroizing<Vec<u8>>> {
    let cipher = XChaCha20Poly1305::new(&Key::from(**key));
    cipher.decrypt(&XNonce::from(*nonce), Payload { msg: sealed, aad }).ok().map(Zeroizing::new)
}
