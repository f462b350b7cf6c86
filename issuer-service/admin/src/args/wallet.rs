//! `scoin wallet …`: what a citizen, a parent, a child or a shop types.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use scoin_core::keys::PublicKey;
use scoin_core::{Amount, CommandId, LotId, PolicyId};

use super::allowance::Allowance;
use super::ask::Ask;
use super::chore::Chore;
use super::city::Migrate;
use super::consent::Way;
use super::device::{Device, Recovery};
use super::family::Family;
use super::policy::{Adopt, Retire};
use super::shop::Shop;
use super::{Change, parse};

/// A text wallet.
#[derive(Debug, Subcommand)]
pub(crate) enum Wallet {
    /// Make a new key, show its backup words once, open the account
    Init(Init),
    /// Make the key again from its backup words
    Restore(Restore),
    /// One's own address
    Address {
        /// Also draw it as a QR code
        #[arg(long)]
        qr: bool,
    },
    /// Coins and what they are for
    Balance,
    /// Give coins, as they are or under a rule
    Give(Give),
    /// Make an instance of a published policy with arguments, so that it can be given under
    Adopt(Adopt),
    /// Ask to be paid (shops): prints the request a customer pays
    Request(Request),
    /// Pay a shop's request
    Pay(Pay),
    /// Reserve coins for a shop's request
    Authorise(Pay),
    /// Take all or part of a reserved payment (shops)
    Capture {
        /// Id of the reserving command
        #[arg(value_parser = parse::command_id)]
        hold: CommandId,
        /// How much, minor units
        #[arg(value_parser = parse::amount)]
        amount: Amount,
        #[command(flatten)]
        change: Change,
    },
    /// Release a reserved payment
    Void {
        /// Id of the reserving command
        #[arg(value_parser = parse::command_id)]
        hold: CommandId,
        #[command(flatten)]
        change: Change,
    },
    /// Give a payment back, whole or in part (shops)
    Refund {
        /// Id of the paying command
        #[arg(value_parser = parse::command_id)]
        payment: CommandId,
        /// How much, minor units
        #[arg(value_parser = parse::amount)]
        amount: Amount,
        /// How much of a line of the basket; may be repeated, the sum must be the amount
        #[arg(long = "line", value_name = "LINE:AMOUNT", value_parser = parse::line_amount)]
        lines: Vec<(u32, Amount)>,
        #[command(flatten)]
        change: Change,
    },
    /// Cash out (shops)
    Redeem {
        /// How much, minor units
        #[arg(value_parser = parse::amount)]
        amount: Amount,
        #[command(flatten)]
        change: Change,
    },
    /// Stop all spending, of oneself or of a ward
    Freeze(Whose),
    /// Lift a freeze one has set
    Unfreeze(Whose),
    /// Guardians and wards
    #[command(subcommand)]
    Guardian(Guardian),
    /// Rules on all money of an account
    #[command(subcommand)]
    Guard(Guard),
    /// No new coins and no new guards under a rule one has adopted; coins already given keep working
    Retire(Retire),
    /// Move coins one has given under a rule to another version of it: at once if it is proved looser, else as an offer
    Migrate(Migrate),
    /// Offers to move coins to another version of their rule
    #[command(subcommand)]
    Offer(Offer),
    /// Gifts that repeat: coins on a date
    #[command(subcommand)]
    Allowance(Allowance),
    /// What a ward is to do, and what it earns
    #[command(subcommand)]
    Chore(Chore),
    /// A shop's till: orders, what came in, refunds, the day's close, staff
    #[command(subcommand)]
    Shop(Shop),
    /// Device keys and tills
    #[command(subcommand)]
    Key(Key),
    /// Devices of the account: add one by codes on two screens, name, cap, revoke
    #[command(subcommand)]
    Device(Device),
    /// Get the account back: any two of a device, the recovery words and the city
    #[command(subcommand)]
    Recovery(Recovery),
    /// Ask a guardian about a refused payment, and answer
    #[command(subcommand)]
    Ask(Ask),
    /// What guardians settle between them
    #[command(subcommand)]
    Family(Family),
    /// Would this payment work now? An estimate from the last known counters
    CanPay {
        /// Payment request, `scoin:pay?r=…`
        request: String,
    },
    /// What is the most I can pay at this shop now? An estimate from the last known counters
    Most {
        /// The shop's address
        shop: String,
    },
    /// What happened, newest first
    History {
        /// Address of a ward; default: oneself
        #[arg(long, value_name = "ADDRESS")]
        account: Option<String>,
        /// How many
        #[arg(long, default_value_t = 20)]
        limit: usize,
    },
    /// Fetch what changed and send what still waits
    Sync,
    /// Tell what happens as it happens, one line each, until Ctrl-C; with --json one document a line. Uses the wallet alone
    Watch {
        /// End after so many entries
        #[arg(long, value_name = "N")]
        count: Option<u64>,
    },
    /// Change the password; with the backup words also when it is forgotten
    Password(Password),
    /// Check that the backup words are written down: three of them are asked for
    Quiz {
        /// Check all the words in this file instead of asking
        #[arg(long, value_name = "FILE")]
        words_file: Option<PathBuf>,
    },
    /// Need a second secret, kept by the keyring of this desktop, so that a stolen file cannot be guessed at
    #[command(subcommand)]
    Keyring(Keyring),
    /// How the file with the keys is protected
    Vault,
    /// Put the generation before back in the place of a damaged file with keys
    Repair,
    /// A fresh command id for --id: known before the command is sent, so that sending it again is safe
    NewId,
}

/// `wallet init`
#[derive(Debug, Args)]
pub(crate) struct Init {
    /// Person, shop or city service
    #[arg(long, default_value = "person")]
    pub kind: Kind,
    /// Language of the backup words
    #[arg(long, default_value = "english")]
    pub words: Words,
    /// Write the backup words into this new file instead of printing them
    #[arg(long, value_name = "FILE")]
    pub words_file: Option<PathBuf>,
    /// Only make the key; open the account later with `wallet sync`
    #[arg(long)]
    pub offline: bool,
}

/// `wallet restore`
#[derive(Debug, Args)]
pub(crate) struct Restore {
    /// Person, shop or city service
    #[arg(long, default_value = "person")]
    pub kind: Kind,
    /// Language of the backup words
    #[arg(long, default_value = "english")]
    pub words: Words,
    /// File with the backup words; without it they are asked for
    #[arg(long, value_name = "FILE")]
    pub words_file: Option<PathBuf>,
}

/// `wallet password`
#[derive(Debug, Args)]
pub(crate) struct Password {
    /// File whose first line is the new password; without it it is asked for twice
    #[arg(long, value_name = "FILE")]
    pub new_password_file: Option<PathBuf>,
    /// The old password or this device's keyring is gone: open with the backup words
    #[arg(long)]
    pub recover: bool,
    /// File with the backup words; without it they are asked for
    #[arg(long, value_name = "FILE", requires = "recover")]
    pub words_file: Option<PathBuf>,
}

/// `wallet keyring …`
#[derive(Clone, Copy, Debug, Subcommand)]
pub(crate) enum Keyring {
    /// Need it from now on
    On,
    /// Need the password only, from now on
    Off,
}

/// What an account is opened as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    /// A citizen
    Person,
    /// A shop; useless until an officer registers it
    Merchant,
    /// A city service; useless until an officer registers it
    Service,
}

/// Language of backup words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Words {
    /// English
    English,
    /// Korean
    Korean,
    /// Chinese, simplified
    Chinese,
    /// Japanese
    Japanese,
}

/// `wallet give`
#[derive(Debug, Args)]
pub(crate) struct Give {
    /// Address of the receiver
    pub to: String,
    /// How much, minor units
    #[arg(value_parser = parse::amount)]
    pub amount: Amount,
    /// Put this rule on top: an id as `adopt` prints it, or the name of a published policy without arguments
    #[arg(long, value_name = "POLICY")]
    pub under: Option<String>,
    #[command(flatten)]
    pub change: Change,
}

/// `wallet request`
#[derive(Debug, Args)]
pub(crate) struct Request {
    /// How much, minor units
    #[arg(value_parser = parse::amount)]
    pub amount: Amount,
    /// What is paid: purchase, transit or bill
    #[arg(long, default_value = "purchase")]
    pub kind: String,
    /// A line of the basket; may be repeated, the sum must be the amount
    #[arg(long = "item", value_name = "CODE:AMOUNT[:TAG,TAG]", value_parser = parse::item)]
    pub items: Vec<parse::Line>,
    /// How long the request can be paid
    #[arg(long, default_value_t = 10, value_name = "MINUTES", value_parser = clap::value_parser!(u16).range(1..=10_080))]
    pub minutes: u16,
    /// Text for both sides, at most 64 characters
    #[arg(long)]
    pub reference: Option<String>,
    /// Where it is paid: shop or online
    #[arg(long)]
    pub channel: Option<String>,
    /// Shop this till belongs to; default: one's own account
    #[arg(long, value_name = "ADDRESS")]
    pub merchant: Option<String>,
    /// Also draw it as a QR code
    #[arg(long)]
    pub qr: bool,
}

/// `wallet pay`, `wallet authorise`
#[derive(Debug, Args)]
pub(crate) struct Pay {
    /// Payment request, `scoin:pay?r=…`
    pub request: String,
    /// Agree to pay only a part if the rules allow no more
    #[arg(long)]
    pub part: bool,
    /// Use only this lot; may be repeated, in the order of use. Lots that are not named stay as they are
    #[arg(long = "lot", value_name = "NUMBER", value_parser = |text: &str| text.parse().map(LotId))]
    pub lots: Vec<LotId>,
    #[command(flatten)]
    pub change: Change,
}

/// `wallet freeze`, `wallet unfreeze`
#[derive(Debug, Args)]
pub(crate) struct Whose {
    /// Address of a ward; default: oneself
    pub account: Option<String>,
    #[command(flatten)]
    pub change: Change,
}

/// `wallet guardian …`
#[derive(Debug, Subcommand)]
pub(crate) enum Guardian {
    /// Name a guardian; takes effect when the guardian accepts
    Ask {
        /// Address of the guardian
        guardian: String,
        #[command(flatten)]
        change: Change,
    },
    /// Accept a ward who asked
    Accept {
        /// Address of the ward
        ward: String,
        /// How your consent was made sure of; paper, mail and call must be confirmed by an officer first
        #[arg(long, value_name = "WAY", requires = "evidence")]
        consent: Option<Way>,
        /// Number of the message, check, document, mail or call; only its hash is sent
        #[arg(long, value_name = "NUMBER", requires = "consent")]
        evidence: Option<String>,
        #[command(flatten)]
        change: Change,
    },
    /// End a guardianship
    End {
        /// Address of the ward
        ward: String,
        /// Address of the guardian; default: oneself
        #[arg(long, value_name = "ADDRESS")]
        guardian: Option<String>,
        #[command(flatten)]
        change: Change,
    },
}

/// `wallet guard …`
#[derive(Debug, Subcommand)]
pub(crate) enum Guard {
    /// Put a rule on all money of an account
    Set(GuardOn),
    /// Remove a rule one has set
    Remove(GuardOn),
}

/// Which rule on whose money.
#[derive(Debug, Args)]
pub(crate) struct GuardOn {
    /// Id of the policy, as `adopt` prints it
    #[arg(value_parser = parse::policy_id)]
    pub policy: PolicyId,
    /// Address of a ward; default: oneself
    #[arg(long, value_name = "ADDRESS")]
    pub account: Option<String>,
    #[command(flatten)]
    pub change: Change,
}

/// `wallet offer …`
#[derive(Debug, Subcommand)]
pub(crate) enum Offer {
    /// Offers that stand
    List {
        /// Address of a ward; default: oneself
        #[arg(long, value_name = "ADDRESS")]
        account: Option<String>,
    },
    /// Accept an offer: the coins are under the other version from now on
    Accept(OfferOn),
    /// Decline or withdraw an offer
    Decline(OfferOn),
}

/// Which offer to whom.
#[derive(Debug, Args)]
pub(crate) struct OfferOn {
    /// Id of the offer, as `offer list` prints it
    #[arg(value_parser = parse::command_id)]
    pub offer: CommandId,
    /// Address of the holder; default: oneself
    #[arg(long, value_name = "ADDRESS")]
    pub account: Option<String>,
    /// Id of the version that must be offered; default: the one the service shows
    #[arg(long, value_name = "POLICY", value_parser = parse::policy_id)]
    pub to: Option<PolicyId>,
    #[command(flatten)]
    pub change: Change,
}

/// `wallet key …`
#[derive(Debug, Subcommand)]
pub(crate) enum Key {
    /// One's own public key, for somebody else's `key add`
    Show,
    /// Add a device or till
    Add {
        /// Public key, 66 hex digits
        #[arg(value_parser = parse::public_key)]
        key: PublicKey,
        /// What it may do
        #[arg(long, default_value = "owner")]
        role: Role,
        /// Most it may spend on one day, minor units
        #[arg(long, value_name = "AMOUNT", value_parser = parse::amount)]
        daily_cap: Option<Amount>,
        #[command(flatten)]
        change: Change,
    },
    /// Revoke a device or till
    Revoke {
        /// Public key, 66 hex digits
        #[arg(value_parser = parse::public_key)]
        key: PublicKey,
        #[command(flatten)]
        change: Change,
    },
}

/// What a key may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Role {
    /// Everything
    Owner,
    /// Take payments
    Cashier,
    /// Take payments and refund
    Manager,
}
