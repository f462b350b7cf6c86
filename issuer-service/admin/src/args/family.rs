//! `scoin wallet family …`: what guardians settle between them.

use clap::{Args, Subcommand};
use scoin_core::CommandId;

use super::{Change, parse};

/// `wallet family …`
#[derive(Debug, Subcommand)]
pub(crate) enum Family {
    /// Guardians, consents, what needs both guardians and what waits for one
    Show {
        /// Address of a ward; default: oneself
        account: Option<String>,
    },
    /// For which kinds of loosening both guardians are needed; what is left out stays. To need fewer needs both
    Quorum {
        /// Address of the ward
        ward: String,
        #[command(flatten)]
        need: Need,
        #[command(flatten)]
        change: Change,
    },
    /// Who may give a ward coins, beside guardians and the city; a giver must be on the list of every guardian who has one
    Givers {
        /// Address of the ward
        ward: String,
        /// Somebody who may; may be repeated. What is not named may not any more
        #[arg(long = "only", value_name = "ADDRESS")]
        only: Vec<String>,
        /// Nobody else at all
        #[arg(long, conflicts_with_all = ["only", "anybody"])]
        nobody: bool,
        /// Anybody, as far as you say: your list is gone
        #[arg(long, conflicts_with = "only", required_unless_present_any = ["only", "nobody"])]
        anybody: bool,
        #[command(flatten)]
        change: Change,
    },
    /// Let a guardian see in which shops you pay, from the day on which that is your own
    Share {
        /// Address of the guardian
        guardian: String,
        /// End it
        #[arg(long)]
        stop: bool,
        #[command(flatten)]
        change: Change,
    },
    /// Agree to a change that needs both guardians
    Agree(OnChange),
    /// Decline or withdraw a change that needs both guardians
    Decline(OnChange),
}

/// How many of two guardians are needed.
#[derive(Debug, Args)]
pub(crate) struct Need {
    /// To remove a guard: 1 or 2
    #[arg(long, value_parser = clap::value_parser!(u8).range(1..=2))]
    pub guards: Option<u8>,
    /// To let a payment through that was asked about: 1 or 2
    #[arg(long, value_parser = clap::value_parser!(u8).range(1..=2))]
    pub answers: Option<u8>,
    /// To lift a guardian's freeze: 1 or 2
    #[arg(long, value_parser = clap::value_parser!(u8).range(1..=2))]
    pub unfreeze: Option<u8>,
    /// To end a guardianship: 1 or 2, and as many as for anything else
    #[arg(long, value_parser = clap::value_parser!(u8).range(1..=2))]
    pub ending: Option<u8>,
}

/// Which change.
#[derive(Debug, Args)]
pub(crate) struct OnChange {
    /// Id of the change, as `family show` prints it
    #[arg(value_name = "CHANGE", value_parser = parse::command_id)]
    pub waiting: CommandId,
    #[command(flatten)]
    pub change: Change,
}
