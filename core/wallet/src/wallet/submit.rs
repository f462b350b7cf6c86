//! One way for every command: persist, send, verify, settle.

use scoin_core::command::Action;
use scoin_core::outcome::Effect;
use scoin_core::{CommandId, PolicyId, Timestamp};

use super::Wallet;
use crate::error::WalletError;

/// How a command is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ask {
    /// The command's id, when the caller made it before (to ask the same again safely). Otherwise a new one is made.
    pub id: Option<CommandId>,
    /// Decide without recording: nothing is kept, nothing changes.
    pub dry_run: bool,
    /// How long the command stays valid from now, in microseconds of city time; at most 7 days.
    pub valid_micros: u64,
}

impl Default for Ask {
    fn default() -> Self {
        Self { id: None, dry_run: false, valid_micros: 60 * 60 * 1_000_000 }
    }
}

/// A verified receipt: the issuer signed that this is its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// Journal frame.
    pub frame: u64,
    /// Place in the frame.
    pub index: u32,
    /// Ledger time of the decision.
    pub time: Timestamp,
    /// True in a city that is only a trial.
    pub sandbox: bool,
    /// The receipt, byte for byte, for whoever asks for evidence.
    pub receipt: Vec<u8>,
}

/// An accepted command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    /// Its id.
    pub id: CommandId,
    /// SHA-256 of its signed structure; approvals name a proposal by it.
    pub digest: [u8; 32],
    /// What it did.
    pub effect: Effect,
    /// The verified receipt; `None` only for a dry run.
    pub proof: Option<Proof>,
}

impl Done {
    /// The policy id, when a policy was adopted.
    pub fn policy(&self) -> Option<PolicyId> {
        match self.effect {
            Effect::Policy(policy) => Some(policy),
            Effect::Done
            | Effect::Pending { .. }
            | Effect::Moved { .. }
            | Effect::Earned { .. } => None,
        }
    }
}

impl Wallet {
    /// Asks the ledger for `action`. The command is durable in the outbox before it is sent; a refusal is an error
    /// ([`WalletError::Refused`]), and so is a missing answer ([`WalletError::Offline`]), after which the command stays in
    /// the outbox and is sent again, byte for byte, by the next call.
    pub async fn submit(&self, action: Action, ask: &Ask) -> Result<Done, WalletError> {
        let _ = (action, ask, &self.setup.client);
        Err(WalletError::NotJoined)
    }

    /// Sends what still waits for an answer and gives the answers, oldest first.
    pub async fn resume(&self) -> Result<Vec<Result<Done, WalletError>>, WalletError> {
        Err(WalletError::NotJoined)
    }
}
