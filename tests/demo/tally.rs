//! What the clients were told, counted by them and not by the service.

use std::collections::BTreeMap;

use scoin_core::CommandId;
use scoin_core::envelope::SignedCommand;

/// Every answer that a client of the demo got, by command.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    answers: BTreeMap<CommandId, bool>,
    /// Accounts that `scoin wallet init` opened; it does not print the command's id.
    pub(crate) opened: u64,
    /// Acknowledged before a kill and different or gone after it.
    pub(crate) lost: u64,
    /// Accepted above a cap.
    pub(crate) over_cap: u64,
}

impl Tally {
    /// A command was answered; asking again does not count twice.
    pub(crate) fn answered(&mut self, id: CommandId, accepted: bool) {
        self.answers.insert(id, accepted);
    }

    /// The same for a signed command.
    pub(crate) fn count(&mut self, command: &[u8], accepted: bool) {
        if let Ok(signed) = SignedCommand::decode(command) {
            self.answered(signed.message().id, accepted);
        }
    }

    /// Commands that were accepted.
    pub(crate) fn accepted(&self) -> u64 {
        let answered = self.answers.values().filter(|accepted| **accepted).count();
        self.opened + answered as u64
    }

    /// Commands that were refused, the refusal recorded.
    pub(crate) fn refused(&self) -> u64 {
        self.answers.values().filter(|accepted| !**accepted).count() as u64
    }
}
