//! `scoin wallet ask …`: what a ward asks from a refusal, and what a guardian answers.

use clap::{Args, Subcommand};
use scoin_core::{Amount, PolicyId};

use super::{Change, parse};

/// `wallet ask …`
#[derive(Debug, Subcommand)]
pub(crate) enum Ask {
    /// Ask your guardians about a payment that was refused
    Send {
        /// Payment request, `scoin:pay?r=…`
        request: String,
        /// A few words for them, at most 200 bytes
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
        #[command(flatten)]
        change: Change,
    },
    /// What you asked, and what your wards ask you
    List,
    /// Let a payment through that only your own rules refuse
    Allow {
        #[command(flatten)]
        on: AskOn,
        /// All payments at this shop until midnight, up to this amount in all; default: this one, within 15 minutes
        #[arg(long, value_name = "AMOUNT", value_parser = parse::amount)]
        today: Option<Amount>,
        #[command(flatten)]
        change: Change,
    },
    /// Change your rules instead: say so, after or while you change a guard
    #[command(name = "change")]
    Replace {
        #[command(flatten)]
        on: AskOn,
        /// Id of a guard you have set, to be removed
        #[arg(long, value_name = "POLICY", value_parser = parse::policy_id)]
        remove: Option<PolicyId>,
        /// Id of a guard to set
        #[arg(long, value_name = "POLICY", value_parser = parse::policy_id)]
        set: Option<PolicyId>,
        #[command(flatten)]
        change: Change,
    },
    /// Say no, or take a yes back
    Decline {
        #[command(flatten)]
        on: AskOn,
        /// A few words for your ward, at most 200 bytes
        #[arg(long, value_name = "TEXT")]
        note: Option<String>,
        #[command(flatten)]
        change: Change,
    },
}

/// Which ask of whom.
#[derive(Debug, Args)]
pub(crate) struct AskOn {
    /// The ask, as `ask list` prints it; its first digits are enough if no other ask begins so
    pub ask: String,
    /// Address of the ward; default: whoever of your wards asked
    #[arg(long, value_name = "ADDRESS")]
    pub ward: Option<String>,
}
