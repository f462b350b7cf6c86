//! Receipts: proof, checkable offline, that the issuer answered a command in a frame of its journal.
//!
//! The issuer signs once a frame: the [`FrameHead`] carries the root of a Merkle tree over the frame's entries, and
//! a [`Receipt`] is that signature, the outcome, and the path from one to the other.

use sha2::{Digest, Sha256};

use crate::cbor::{self, CborError};
use crate::envelope::{self, EnvelopeError, Message, Signed};
use crate::id::NetworkId;
use crate::keys::{PublicKey, SecretKey};
use crate::merkle::{self, Hash, ProofError};
use crate::outcome::Outcome;
use crate::time::Timestamp;
use crate::wire_map;

/// What is signed for a frame: a batch of the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrameHead {
    /// The city.
    pub network: NetworkId,
    /// From 0 (which carries the genesis), without gaps.
    pub number: u64,
    /// Hash of the head before; all zero for frame 0.
    pub prev: Hash,
    /// Ledger time of its entries; strictly later than the frame before.
    pub time: Timestamp,
    /// How many entries.
    pub entries: u64,
    /// Root of the Merkle tree over the entries' leaves.
    pub entries_root: Hash,
    /// SHA-256(digest before || canonical bytes of everything written, in key order).
    pub state_digest: Hash,
    /// True for a city that is only played with: its money is worth nothing.
    pub sandbox: bool,
}

/// The issuer's answer to one command, with its proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The issuer's `COSE_Sign1` over the frame head.
    pub seal: Vec<u8>,
    /// Which entry of the frame, from 0.
    pub index: u64,
    /// Digest of the command.
    pub command: Hash,
    /// The outcome's encoding.
    pub outcome: Vec<u8>,
    /// From the entry's leaf to the frame's root, lowest step first.
    pub path: Vec<Hash>,
}

/// A receipt that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedReceipt {
    /// The frame it is in.
    pub head: FrameHead,
    /// Which entry of the frame, from 0.
    pub index: u64,
    /// What was answered.
    pub outcome: Outcome,
}

/// Why a receipt does not hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    /// The receipt or its outcome cannot be read.
    #[error("the receipt cannot be read: {0}")]
    Cbor(#[from] CborError),
    /// The seal does not hold.
    #[error("the seal of the receipt does not hold: {0}")]
    Seal(#[from] EnvelopeError),
    /// The seal is good, but not the issuer's.
    #[error("the receipt is sealed by another key than the issuer's: do not trust it")]
    NotTheIssuer,
    /// It is of another city.
    #[error("the receipt is of another city: look at the address of the service")]
    WrongNetwork,
    /// It is for another command.
    #[error("the receipt is for another command: ask for it again")]
    WrongCommand,
    /// The outcome is not in the sealed frame.
    #[error("the outcome is not in the sealed frame: {0}")]
    Proof(#[from] ProofError),
}

impl FrameHead {
    /// The hash that the next frame carries, and the leaf content of the journal's tree.
    pub fn hash(&self) -> Hash {
        Sha256::digest(cbor::encode(self)).into()
    }

    /// The issuer's signature over this head.
    pub fn seal(&self, issuer: &SecretKey) -> Vec<u8> {
        envelope::sign(self, issuer)
    }

    /// Reads a seal and checks that it is the issuer's.
    pub fn open_seal(seal: &[u8], issuer: &PublicKey) -> Result<Self, ReceiptError> {
        let verified = Signed::<Self>::decode(seal)?.verify()?;
        if verified.key() == issuer {
            Ok(verified.into_message())
        } else {
            Err(ReceiptError::NotTheIssuer)
        }
    }
}

/// The Merkle leaf hash of an entry: over CBOR `[command digest, SHA-256(outcome)]`.
pub fn entry_leaf(command: &Hash, outcome: &[u8]) -> Hash {
    let outcome: Hash = Sha256::digest(outcome).into();
    merkle::leaf_hash(&cbor::encode(&(*command, outcome)))
}

impl Receipt {
    /// The encoding.
    pub fn to_bytes(&self) -> Vec<u8> {
        cbor::encode(self)
    }

    /// From its encoding; nothing is proved yet.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ReceiptError> {
        Ok(cbor::decode(bytes)?)
    }

    /// Checks everything: the issuer's seal, the city, the command, and the path from the outcome to the seal.
    pub fn verify(
        &self,
        issuer: &PublicKey,
        network: NetworkId,
        command: &Hash,
    ) -> Result<VerifiedReceipt, ReceiptError> {
        if self.command != *command {
            return Err(ReceiptError::WrongCommand);
        }
        let head = FrameHead::open_seal(&self.seal, issuer)?;
        if head.network != network {
            return Err(ReceiptError::WrongNetwork);
        }
        let leaf = entry_leaf(command, &self.outcome);
        merkle::verify_inclusion(self.index, head.entries, &leaf, &self.path, &head.entries_root)?;
        Ok(VerifiedReceipt {
            head,
            index: self.index,
            outcome: Outcome::from_bytes(&self.outcome)?,
        })
    }
}

impl VerifiedReceipt {
    /// The frame number.
    pub const fn frame(&self) -> u64 {
        self.head.number
    }

    /// When it was decided.
    pub const fn time(&self) -> Timestamp {
        self.head.time
    }

    /// True if the city is only played with.
    pub const fn sandbox(&self) -> bool {
        self.head.sandbox
    }
}

impl Message for FrameHead {
    const DOMAIN: &'static str = "scoin/seal/v1";
}

wire_map! { FrameHead {
    1 network, 2 number, 3 prev, 4 time, 5 entries, 6 entries_root, 7 state_digest, 8 sandbox
} }
wire_map! { Receipt { 1 seal, 2 index, 3 command, 4 outcome, 5 path } }
