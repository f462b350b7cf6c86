//! The limit: how long one signature check takes, with the one function that every signature goes through.

use scoin_core::keys;
use scoin_tests::actor::key_of;

use crate::cpu;

/// So many checks are timed, of as many different keys and digests.
const CHECKS: u16 = 4_000;

/// CPU time of one check, nanoseconds.
pub(crate) fn nanos_per_verify() -> u64 {
    let signed: Vec<_> = (0..CHECKS)
        .map(|at| {
            let key = key_of(&format!("signer {at}"));
            let mut digest = [0x5a; 32];
            digest[..2].copy_from_slice(&at.to_be_bytes());
            (*key.public_key().as_bytes(), digest, key.sign(&digest))
        })
        .collect();
    let check = || {
        let before = cpu::thread_nanos().expect("Linux tells the time of a thread");
        for (key, digest, signature) in &signed {
            keys::verify(key, digest, signature).expect("our own signature");
        }
        cpu::thread_nanos().expect("Linux tells the time of a thread") - before
    };
    // The least of three: what disturbs a measurement only ever makes it longer.
    let least = (0..3).map(|_| check()).min().unwrap_or(0);
    least / u64::from(CHECKS)
}
