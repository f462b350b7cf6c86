//! Stand-ins with the agreed signatures, until the real ones land in `scoin_core` and `scoin_policy`.

use scoin_core::command::Command;
use scoin_core::keys::PublicKey;
use scoin_core::outcome::Outcome;
use scoin_core::{NetworkId, Timestamp};
use scoin_policy::ir;

/// A command whose signature holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedCommand {
    /// What is asked.
    pub command: Command,
    /// Who signed.
    pub key: PublicKey,
    /// SHA-256 of the `Sig_structure`.
    pub digest: [u8; 32],
    /// As received.
    pub bytes: Vec<u8>,
}

/// The head of a frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrameHead {
    /// The city.
    pub network: NetworkId,
    /// Number of the frame.
    pub number: u64,
    /// Hash of the head before.
    pub prev: [u8; 32],
    /// Ledger time.
    pub time: Timestamp,
    /// How many entries.
    pub entry_count: u32,
    /// RFC 6962 root of the entry leaves.
    pub entries_root: [u8; 32],
    /// Chained digest of all writes.
    pub state_digest: [u8; 32],
    /// Play money.
    pub sandbox: bool,
}

/// The document that makes a city.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Genesis {
    /// Its officers.
    pub officers: Vec<PublicKey>,
}

pub(crate) fn policy_to_bytes(_: &ir::Policy) -> Vec<u8> {
    Vec::new()
}
pub(crate) fn policy_from_bytes(_: &[u8]) -> Option<ir::Policy> {
    None
}
pub(crate) fn program_to_bytes(_: &ir::Program) -> Vec<u8> {
    Vec::new()
}
pub(crate) fn program_from_bytes(_: &[u8]) -> Option<ir::Program> {
    None
}
pub(crate) fn outcome_to_bytes(_: &Outcome) -> Vec<u8> {
    Vec::new()
}
