//! `scoin wallet device …`, `scoin wallet recovery …`: an account's devices, and getting it back without them.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use scoin_core::Amount;
use scoin_core::keys::PublicKey;

use super::wallet::{Role, Words};
use super::{Change, parse};

/// `wallet device …`
#[derive(Debug, Subcommand)]
pub(crate) enum Device {
    /// On a new device (made with `wallet init --offline`): the first code, for the old one
    Offer {
        /// What the device is called; everybody who may read the city's journal reads it
        #[arg(long)]
        name: Option<String>,
        /// Also draw the code as a QR code
        #[arg(long)]
        qr: bool,
    },
    /// On the old device: read the first code and give the second
    Answer {
        /// `scoin:device?o=…`
        offer: String,
        /// Also draw the code as a QR code
        #[arg(long)]
        qr: bool,
    },
    /// On the new device: read the second code, show six digits and the third code
    Check {
        /// `scoin:device?a=…`
        answer: String,
        /// Also draw the code as a QR code
        #[arg(long)]
        qr: bool,
    },
    /// On the old device: read the third code and the six digits, and add the new device
    Add(Add),
    /// The devices of the account
    List,
    /// Say what a device is called
    Name {
        /// Public key, 66 hex digits
        #[arg(value_parser = parse::public_key)]
        key: PublicKey,
        /// The name; everybody who may read the city's journal reads it
        name: String,
        #[command(flatten)]
        change: Change,
    },
    /// Change or lift what a device may spend on one day
    Cap {
        /// Public key, 66 hex digits
        #[arg(value_parser = parse::public_key)]
        key: PublicKey,
        /// Minor units
        #[arg(value_parser = parse::amount, required_unless_present = "none")]
        amount: Option<Amount>,
        /// Without a cap from now on
        #[arg(long, conflicts_with = "amount")]
        none: bool,
        #[command(flatten)]
        change: Change,
    },
    /// Revoke a device: from now on it can do nothing
    Revoke {
        /// Public key, 66 hex digits
        #[arg(value_parser = parse::public_key)]
        key: PublicKey,
        #[command(flatten)]
        change: Change,
    },
    /// Give this device the next key of its words; name, cap and count stay
    Rotate {
        #[command(flatten)]
        change: Change,
    },
    /// Let a device act again that was locked because a copy of it acted
    Unlock {
        /// Public key, 66 hex digits
        #[arg(value_parser = parse::public_key)]
        key: PublicKey,
        #[command(flatten)]
        change: Change,
    },
}

/// `wallet device add`
#[derive(Debug, Args)]
pub(crate) struct Add {
    /// `scoin:device?r=…`
    pub reveal: String,
    /// The six digits on the new device's screen; without it they are asked for. Wrong ones end the offer
    #[arg(long, value_name = "DIGITS")]
    pub code: Option<String>,
    /// What it may do
    #[arg(long, default_value = "owner")]
    pub role: Role,
    /// Most it may spend on one day, minor units
    #[arg(long, value_name = "AMOUNT", value_parser = parse::amount)]
    pub daily_cap: Option<Amount>,
    /// What it is called; default: what it calls itself
    #[arg(long)]
    pub name: Option<String>,
    #[command(flatten)]
    pub change: Change,
}

/// `wallet recovery …`
#[derive(Debug, Subcommand)]
pub(crate) enum Recovery {
    /// Make recovery words, show them once and register their key: one of three things of which two bring the account back
    Words {
        /// Language of the words
        #[arg(long, default_value = "english")]
        words: Words,
        /// Write the words into this new file instead of printing them
        #[arg(long, value_name = "FILE")]
        words_file: Option<PathBuf>,
        #[command(flatten)]
        change: Change,
    },
    /// Without recovery words from now on
    Forget {
        #[command(flatten)]
        change: Change,
    },
    /// On a new device (made with `wallet init --offline`): ask by the recovery words that its key takes over
    Start {
        /// Address of the account
        #[arg(long, value_name = "ADDRESS")]
        account: String,
        /// File with the recovery words; without it they are asked for
        #[arg(long, value_name = "FILE")]
        words_file: Option<PathBuf>,
        /// Without words: the city and a device ask for the public key that is printed
        #[arg(long, conflicts_with = "words_file")]
        no_words: bool,
    },
    /// On a device of the account: ask that a new device's key takes over
    Agree {
        /// Public key of the new device, 66 hex digits
        #[arg(value_parser = parse::public_key)]
        key: PublicKey,
        #[command(flatten)]
        change: Change,
    },
    /// Stop a recovery: on a device of the account, or by the recovery words
    Cancel {
        /// Address of the account, for the words
        #[arg(long, value_name = "ADDRESS", requires = "words_file")]
        account: Option<String>,
        /// File with the recovery words
        #[arg(long, value_name = "FILE", requires = "account")]
        words_file: Option<PathBuf>,
        #[command(flatten)]
        change: Change,
    },
    /// What is registered, asked for and running
    Show,
}
