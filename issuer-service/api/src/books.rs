//! Totals, checkpoints and frames: what officers and auditors read.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::account::LayerBody;
use crate::encode::{Base64, Time};

/// Totals of the whole city.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReportBody {
    /// Number of the last frame this view contains.
    pub frame: u64,
    /// Ledger time of that frame.
    pub time: Time,
    /// True if every total agrees with the lots, recounted for this answer.
    pub balanced: bool,
    /// Ever created.
    pub minted: u64,
    /// Ever destroyed.
    pub burned: u64,
    /// Ever cashed out by shops.
    pub redeemed: u64,
    /// In all lots now, holds included: minted - burned - redeemed.
    pub supply: u64,
    /// Reserved by holds.
    pub held: u64,
    /// Number of accounts.
    pub accounts: u64,
    /// By stack of rules.
    pub stacks: Vec<StackBody>,
    /// The treasury and the programmes' pools.
    pub pools: Vec<PoolBody>,
}

/// Totals of one stack of rules.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StackBody {
    /// 64 hex digits; all zero for plain money.
    pub stack: String,
    /// Its layers, lowest first.
    pub layers: Vec<LayerBody>,
    /// Created under it.
    pub minted: u64,
    /// Came in from other stacks.
    pub marked_in: u64,
    /// Went out to other stacks.
    pub marked_out: u64,
    /// Destroyed under it.
    pub burned: u64,
    /// Cashed out under it.
    pub redeemed: u64,
    /// In lots now, recounted.
    pub lots: u64,
}

/// A pool.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PoolBody {
    /// `treasury` or the programme's pool.
    pub name: String,
    /// bech32m address.
    pub address: String,
    /// What it has, minor units.
    pub balance: u64,
}

/// Proposals that still wait for approvals.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProposalsBody {
    /// Number of the last frame this view contains.
    pub frame: u64,
    /// Oldest first.
    pub proposals: Vec<ProposalBody>,
}

/// One proposal.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProposalBody {
    /// Id of the proposing command, 32 hex digits.
    pub id: String,
    /// Digest of the proposing command, 64 hex digits: what an approval approves.
    pub digest: String,
    /// `mint`, `burn`, `claw-back` or `recover`.
    pub kind: String,
    /// How much, minor units, where money is meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<u64>,
    /// Why: the number of the budget decision, or the legal reason code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Whose account, where one is meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// Address of the proposing officer.
    pub by: String,
    /// Addresses of all officers who agreed, the proposer included.
    pub approvals: Vec<String>,
    /// Approvals still needed.
    pub missing: u8,
    /// When it lapses, if it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Time>,
}

/// Where the journal stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CheckpointBody {
    /// Number of frames.
    pub size: u64,
    /// RFC 6962 root over the head hashes of all frames, 64 hex digits.
    pub root: String,
    /// Hash of the last frame's head, 64 hex digits.
    pub head: String,
    /// Chained state digest of the last frame, 64 hex digits.
    pub state_digest: String,
    /// Ledger time of the last frame.
    pub time: Time,
    /// The last frame's seal, signed by the issuer.
    pub seal: Base64,
}

/// Some frames.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FramesBody {
    /// Number of frames in the journal now.
    pub size: u64,
    /// In order; fewer than asked for when the answer would be too large.
    pub frames: Vec<FrameBody>,
}

/// One frame.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FrameBody {
    /// Its number.
    pub number: u64,
    /// Canonical frame: head and entries.
    pub frame: Base64,
    /// The issuer's seal over the head.
    pub seal: Base64,
}
