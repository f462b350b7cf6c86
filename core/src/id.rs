//! Distinct types for distinct ids, so that one cannot be passed for another.

use sha2::{Digest, Sha256};

use crate::cbor::{CborError, Reader, Wire, Writer};
use crate::keys::PublicKey;
use crate::time::Timestamp;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $size:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; $size]);

        impl $name {
            /// The raw bytes.
            pub const fn as_bytes(&self) -> &[u8; $size] {
                &self.0
            }
            /// Lower-case hex.
            pub fn to_hex(self) -> String {
                hex::encode(self.0)
            }
            /// From exactly as much hex, either case.
            pub fn from_hex(text: &str) -> Option<Self> {
                let mut bytes = [0u8; $size];
                hex::decode_to_slice(text, &mut bytes).ok()?;
                Some(Self(bytes))
            }
        }

        impl Wire for $name {
            fn write(&self, to: &mut Writer) {
                to.bytes(&self.0);
            }
            fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
                <[u8; $size]>::read(from).map(Self)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}({})", stringify!($name), hex::encode(self.0))
            }
        }
    };
}

id!(
    /// An account: an owner, whatever keys it has. Shown to people as a bech32m address (`crate::address`).
    AccountId, 20
);
id!(
    /// A command id: 16 bytes, time-ordered (UUID version 7), made by the client before it asks.
    CommandId, 16
);
id!(
    /// A payment request: 16 bytes, time-ordered, made by the till.
    RequestId, 16
);
id!(
    /// A city: the first 8 bytes of the SHA-256 of its genesis document.
    NetworkId, 8
);
id!(
    /// A compiled policy: SHA-256 of its canonical form.
    PolicyId, 32
);
id!(
    /// A stack of layers: SHA-256 of its (policy, granter) pairs. All zero for coins without rules.
    StackId, 32
);

/// A lot: a number given by the ledger in order of creation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LotId(pub u64);

impl CommandId {
    /// A UUID version 7 (RFC 9562, 5.7): 48 bits of milliseconds, then 74 of the 80 random bits.
    pub fn time_ordered(now: Timestamp, random: [u8; 10]) -> Self {
        Self(time_ordered(now, random))
    }
}

impl RequestId {
    /// As [`CommandId::time_ordered`].
    pub fn time_ordered(now: Timestamp, random: [u8; 10]) -> Self {
        Self(time_ordered(now, random))
    }
}

fn time_ordered(now: Timestamp, random: [u8; 10]) -> [u8; 16] {
    let [_, _, t0, t1, t2, t3, t4, t5] = (now.micros() / 1_000).to_be_bytes();
    let [r0, r1, r2, r3, r4, r5, r6, r7, r8, r9] = random;
    let (version, variant) = (0x70 | (r0 & 0x0f), 0x80 | (r2 & 0x3f));
    [t0, t1, t2, t3, t4, t5, version, r1, variant, r3, r4, r5, r6, r7, r8, r9]
}

impl AccountId {
    /// The id of an account opened by `key`: SHA-256("scoin-account/1" || network || key), first 20 bytes.
    pub fn derive(network: NetworkId, key: &PublicKey) -> Self {
        Self::hashed(b"scoin-account/1", network, key.as_bytes())
    }

    /// The id of a pool: SHA-256("scoin-pool/1" || network || name), first 20 bytes. The treasury is the pool `treasury`.
    pub fn pool(network: NetworkId, name: &str) -> Self {
        Self::hashed(b"scoin-pool/1", network, name.as_bytes())
    }

    fn hashed(domain: &[u8], network: NetworkId, rest: &[u8]) -> Self {
        let digest = Sha256::new()
            .chain_update(domain)
            .chain_update(network.0)
            .chain_update(rest)
            .finalize();
        let mut id = [0u8; 20];
        for (to, from) in id.iter_mut().zip(digest) {
            *to = from;
        }
        Self(id)
    }
}
