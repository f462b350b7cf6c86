//! How a guardian's consent was made sure of.

use clap::{Args, ValueEnum};
use scoin_core::command::{ConsentProof, ConsentWay};
use sha2::{Digest, Sha256};

use super::Change;

/// One of the six ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Way {
    /// Said yes here, and was told of it by text message
    Message,
    /// Said yes here, and showed a payment card
    Card,
    /// Said yes here, and was identified by mobile phone
    Phone,
    /// Signed a paper; an officer confirms it
    Paper,
    /// Answered an e-mail; an officer confirms it
    Mail,
    /// Said yes in a telephone call; an officer confirms it
    Call,
}

impl Way {
    /// What is signed: the way, and the hash of the number by which it is found again.
    pub(crate) fn proof(self, number: &str) -> ConsentProof {
        let way = match self {
            Self::Message => ConsentWay::Message,
            Self::Card => ConsentWay::Card,
            Self::Phone => ConsentWay::Phone,
            Self::Paper => ConsentWay::Paper,
            Self::Mail => ConsentWay::Mail,
            Self::Call => ConsentWay::Call,
        };
        ConsentProof { way, evidence: Sha256::digest(number).into() }
    }
}

/// `account consent`
#[derive(Debug, Args)]
pub(crate) struct Consent {
    /// Address of the ward
    pub ward: String,
    /// Address of the guardian
    pub guardian: String,
    /// How it was given: paper, mail or call
    #[arg(long = "consent", value_name = "WAY")]
    pub way: Way,
    /// Number of the document, mail or call; only its hash is sent
    #[arg(long, value_name = "NUMBER")]
    pub evidence: String,
    #[command(flatten)]
    pub change: Change,
}
