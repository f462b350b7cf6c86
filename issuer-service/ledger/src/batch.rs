//! A batch goes in, effects come out: the one way the books change.

use std::collections::{BTreeMap, BTreeSet};

use scoin_core::command::{Action, Payment, Proposal};
use scoin_core::envelope::{Signed, Verified, VerifiedCommand};
use scoin_core::outcome::Outcome;
use scoin_core::request::PaymentRequest;
use scoin_core::{AccountId, Amount, StackId, Timestamp};

use crate::frame::Frame;
use crate::invariants::Breach;
use crate::state::{Key, Totals, Writes};

/// What the sequencer hands over: some entries in order, and where in the journal they go.
#[derive(Clone, Copy, Debug)]
pub struct Batch<'a> {
    /// Number of the frame to be made: the last one's plus one.
    pub number: u64,
    /// Hash of the last frame's head.
    pub prev_hash: [u8; 32],
    /// State digest of the last frame.
    pub prev_state_digest: [u8; 32],
    /// Ledger time of all entries: max(last + 1 µs, clock).
    pub time: Timestamp,
    /// What to decide, in order.
    pub entries: &'a [Entry],
}

/// Something to decide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// A command whose signature holds.
    Signed(Box<Admitted>),
    /// Do what is due. Issued by the sequencer, unsigned.
    Tick,
}

/// What a batch does.
#[derive(Clone, Debug)]
pub struct Effects {
    /// What changes in the state.
    pub writes: Writes,
    /// One answer for each entry, in order.
    pub answers: Vec<Answer>,
    /// The frame to append before any answer is given; `None` if no entry is to be journaled (then `writes` is empty).
    pub frame: Option<Frame>,
    /// The totals of every stack touched, as they are now.
    pub sums: BTreeMap<StackId, Totals>,
    /// Who is touched, for those who watch.
    pub events: Vec<Event>,
    /// A broken invariant. The process must stop before the frame is committed.
    pub breach: Option<Breach>,
}

/// The answer to one entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// What was decided.
    pub outcome: Outcome,
    /// Where it is written.
    pub disposition: Disposition,
}

/// Where an answer is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disposition {
    /// In this batch's frame, at this index.
    New {
        /// Place in the frame.
        index: u32,
    },
    /// Decided before; `outcome` is the first answer, byte for byte.
    Repeated {
        /// Frame of the first answer.
        frame: u64,
        /// Place in that frame.
        index: u32,
    },
    /// Nowhere: the account or key is unknown, the city is another, the id was used for other content, or a tick found nothing to do.
    NotJournaled,
}

/// An account was touched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Which.
    pub account: AccountId,
    /// By which entry of the frame.
    pub index: u32,
    /// What happened.
    pub kind: EventKind,
    /// How much, if money is meant; else zero.
    pub amount: Amount,
    /// The other side, if there is one.
    pub with: Option<AccountId>,
}

/// What happened to an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EventKind {
    /// Keys, guardians, guards, attributes, registration or freezes changed.
    Changed,
    /// Money came in.
    Received,
    /// Money was paid or given.
    Sent,
    /// Money was reserved.
    Held,
    /// A reservation ended unused.
    Released,
    /// Money of a payment was given back.
    Refunded,
    /// Coins came to their end, melted or were taken back.
    Lost,
    /// A turn of an allowance could not be given.
    Unpaid,
    /// A turn of an allowance did not come.
    Missed,
    /// The person is of age and decides alone, or a ward does.
    OfAge,
    /// A chore was paid.
    ChorePaid,
    /// A chore was earned.
    ChoreEarned,
    /// A payout of a chore could not be given.
    ChoreUnpaid,
    /// A payout of a chore did not come.
    ChoreMissed,
}

/// A command whose signature holds, with the payment request inside it checked too.
///
/// Both signatures cost a hundred times what the decision costs, so they are checked here, before the entries are put in
/// order, on as many threads as there are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Admitted {
    command: VerifiedCommand,
    request: Option<Verified<PaymentRequest>>,
}

impl Admitted {
    /// The command.
    pub fn signed(&self) -> &VerifiedCommand {
        &self.command
    }

    /// The payment request inside it, if there is a genuine one.
    pub fn request(&self) -> Option<&Verified<PaymentRequest>> {
        self.request.as_ref()
    }
}

impl Entry {
    /// A command whose signature holds. Checks the signature of a payment request inside it.
    pub fn signed(command: VerifiedCommand) -> Self {
        let request = request(&command).and_then(|bytes| PaymentRequest::open(bytes).ok());
        Self::Signed(Box::new(Admitted { command, request }))
    }

    /// A command of the issuer's own sealed journal: its payment request was checked before it was accepted.
    /// Never for anything received, and not for an audit.
    pub fn journaled(command: VerifiedCommand) -> Self {
        let request = request(&command)
            .and_then(|bytes| Signed::decode(bytes).ok())
            .map(Signed::verified_before);
        Self::Signed(Box::new(Admitted { command, request }))
    }
}

/// The payment request inside a command.
fn request(command: &VerifiedCommand) -> Option<&[u8]> {
    if let Action::Pay(Payment { request, .. })
    | Action::Authorise(Payment { request, .. })
    | Action::Ask { request, .. } = &command.command().action
    {
        Some(request)
    } else {
        None
    }
}

/// Everything deciding these entries may read directly, sorted: what an engine loads before [`crate::apply`].
///
/// Reference data (policies and how they stand, stacks, allowances, programmes, lists, calendars, totals, shared counters and guards, tills and open days of shops) is small, is needed by nearly
/// every batch and is expected to be at hand always; accounts reached only through a proposal, a hold or a payment follow
/// from its record.
pub fn footprint(entries: &[Entry]) -> BTreeSet<Key> {
    let mut keys = BTreeSet::from([Key::City, Key::Head]);
    for entry in entries {
        if let Entry::Signed(signed) = entry {
            let command = signed.command.command();
            keys.insert(Key::Account(command.by));
            keys.insert(Key::Answer(command.by, command.id));
            keys.insert(Key::Devices(command.by));
            if let Some(request) = &signed.request {
                let request = request.message();
                keys.insert(Key::Account(request.merchant));
                keys.insert(Key::Request(request.merchant, request.id));
                // The id must not be that of a payment or hold already.
                keys.extend([Key::Payment(command.id), Key::Hold(command.id)]);
                keys.insert(Key::Family(command.by));
            }
            action_keys(command.by, &command.action, &mut keys);
            keys.extend(confirmed_key(command.by, &command.action));
        }
    }
    keys
}

#[expect(clippy::too_many_lines, reason = "one arm for each action: there is nothing to split")]
fn action_keys(by: AccountId, action: &Action, keys: &mut BTreeSet<Key>) {
    match action {
        Action::Attest { subject: account, .. }
        | Action::AskGuardian { guardian: account }
        | Action::RegisterMerchant { account, .. }
        | Action::SuspendMerchant { account, .. }
        | Action::Earn { account, .. }
        | Action::SetGuard { account, .. }
        | Action::Freeze { account }
        | Action::Migrate { owner: account, .. }
        | Action::SetAllowance { to: account, .. }
        | Action::Propose { proposal: Proposal::ClawBack { account, .. } } => {
            keys.insert(Key::Account(*account));
        }
        Action::Transfer { to: account, .. } | Action::Grant { to: account, .. } => {
            keys.extend([Key::Account(*account), Key::Givers(*account)]);
        }
        Action::AnswerAsk { ward, .. }
        | Action::SetQuorum { ward, .. }
        | Action::AgreeChange { ward, .. }
        | Action::EndChange { ward, .. } => {
            keys.extend([Key::Account(*ward), Key::Family(*ward)]);
        }
        Action::AcceptWard { ward: account, .. }
        | Action::RemoveGuard { account, .. }
        | Action::Unfreeze { account } => {
            keys.extend([Key::Account(*account), Key::Family(*account)]);
        }
        Action::Propose { proposal: Proposal::Recover { account, .. } } => {
            keys.extend([Key::Account(*account), Key::Recovery(*account)]);
        }
        Action::AddKey { .. }
        | Action::RevokeKey { .. }
        | Action::RotateKey { .. }
        | Action::SetRecoveryKey { .. }
        | Action::Recover { .. }
        | Action::CancelRecovery => {
            keys.insert(Key::Recovery(by));
        }
        Action::SetGivers { ward, .. } => {
            keys.extend([Key::Account(*ward), Key::Givers(*ward)]);
        }
        Action::SetChore { ward, .. }
        | Action::AnswerChore { ward, .. }
        | Action::EndChore { ward, .. } => {
            keys.extend([Key::Account(*ward), Key::Chores(*ward)]);
        }
        Action::EndAllowance { giver, .. } => {
            keys.extend([Key::Account(*giver), Key::Allowances(*giver)]);
        }
        Action::EndGuardian { ward, guardian } | Action::ConfirmConsent { ward, guardian, .. } => {
            keys.extend([Key::Account(*ward), Key::Account(*guardian), Key::Family(*ward)]);
        }
        Action::Approve { proposal, .. } | Action::Decline { proposal } => {
            keys.insert(Key::Proposal(*proposal));
        }
        Action::Capture { hold, .. } | Action::Void { hold } => {
            keys.extend([Key::Hold(*hold), Key::Payment(*hold)]);
        }
        Action::Refund { payment, .. } => {
            keys.insert(Key::Payment(*payment));
        }
        Action::AcceptMigration { owner, offer, .. }
        | Action::DeclineMigration { owner, offer } => {
            keys.extend([Key::Account(*owner), Key::Offer(*owner, *offer)]);
        }
        Action::OpenAccount { .. }
        | Action::PublishRules { .. }
        | Action::AdoptPolicy { .. }
        | Action::PutList { .. }
        | Action::PutCalendar { .. }
        | Action::RetirePolicy { .. }
        | Action::RetireName { .. }
        | Action::SetSharedGuard { .. }
        | Action::RemoveSharedGuard { .. }
        | Action::FundPool { .. }
        | Action::Propose { proposal: Proposal::Mint { .. } | Proposal::Burn { .. } }
        | Action::Pay(_)
        | Action::Authorise(_)
        | Action::Ask { .. }
        | Action::ShareShops { .. }
        | Action::ChangeAllowance { .. }
        | Action::SetCap { .. }
        | Action::NameKey { .. }
        | Action::UnlockKey { .. }
        | Action::CloseDay { .. }
        | Action::SetTill { .. }
        | Action::MarkChore { .. }
        | Action::Redeem { .. } => {}
    }
}

/// The consent that an office has confirmed, where one may be needed or is given.
fn confirmed_key(by: AccountId, action: &Action) -> Option<Key> {
    if let Action::AcceptWard { ward, .. } = action {
        Some(Key::Confirmed(*ward, by))
    } else if let Action::ConfirmConsent { ward, guardian, .. } = action {
        Some(Key::Confirmed(*ward, *guardian))
    } else {
        None
    }
}
