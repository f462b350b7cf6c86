//! Names of counters: whose spending is counted together, as 16 bytes that issuer and wallet make alike.

use sha2::{Digest, Sha256};

/// An unambiguous hash of some parts: 16 bytes of SHA-256 over each part with its length before it.
pub fn name(parts: &[&[u8]]) -> [u8; 16] {
    let mut hash = Sha256::new();
    for part in parts {
        let length = u64::try_from(part.len()).unwrap_or(u64::MAX);
        hash.update(length.to_be_bytes());
        hash.update(part);
    }
    let digest: [u8; 32] = hash.finalize().into();
    digest.first_chunk().copied().unwrap_or_default()
}

/// The part of a scope that belongs to one merchant or one lot, where a counter is kept apart by these.
pub fn part(scope: [u8; 16], merchant: Option<[u8; 20]>, lot: Option<u64>) -> [u8; 16] {
    if merchant.is_none() && lot.is_none() {
        return scope;
    }
    let lot = lot.map(u64::to_be_bytes);
    let merchant: &[u8] = merchant.as_ref().map_or(&[], |id| id);
    let lot: &[u8] = lot.as_ref().map_or(&[], |id| id);
    name(&[b"scoin-part/1", &scope, merchant, lot])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_apart() {
        let scope = name(&[b"a", b"bc"]);
        assert_ne!(scope, name(&[b"ab", b"c"]));
        assert_eq!(part(scope, None, None), scope);
        let apart = [
            part(scope, Some([1; 20]), None),
            part(scope, Some([2; 20]), None),
            part(scope, None, Some(1)),
            part(scope, Some([1; 20]), Some(1)),
        ];
        for (at, one) in apart.iter().enumerate() {
            assert!(*one != scope && !apart[..at].contains(one));
        }
    }
}
