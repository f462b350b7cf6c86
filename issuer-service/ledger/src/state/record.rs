//! What lives under a key.

use std::collections::BTreeSet;
use std::sync::Arc;

use scoin_core::command::{ListKind, Proposal};
use scoin_core::{AccountId, Amount, CommandId, Timestamp};

use super::{
    Account, Allowed, ClosedDay, Confirmed, Counters, Devices, Family, Givers, Hold, Offer,
    OpenDay, Paid, PolicyEntry, ProgramEntry, Recovery, RequestUse, RetiredName, SharedGuard,
    Source, Stack, Task, Till, Version,
};
use crate::canon::{Blob, canon_enum, canon_struct};

/// One record of the state. The numbers are its bytes: append only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Record {
    /// Under [`super::Key::City`].
    City(Arc<City>),
    /// Under [`super::Key::Head`].
    Head(Head),
    /// Under [`super::Key::Account`].
    Account(Box<Account>),
    /// Under [`super::Key::Answer`].
    Answer(Box<Answered>),
    /// Under [`super::Key::Hold`].
    Hold(Box<Hold>),
    /// Under [`super::Key::Payment`].
    Payment(Box<Paid>),
    /// Under [`super::Key::Request`].
    Request(RequestUse),
    /// Under [`super::Key::Policy`].
    Policy(Arc<PolicyEntry>),
    /// Under [`super::Key::Module`].
    Module(Arc<ModuleEntry>),
    /// Under [`super::Key::Name`]: the module that defines the name.
    Name([u8; 32]),
    /// Under [`super::Key::Program`].
    Program(Arc<ProgramEntry>),
    /// Under [`super::Key::List`].
    List(Arc<ListEntry>),
    /// Under [`super::Key::Calendar`].
    Calendar(Arc<BTreeSet<i32>>),
    /// Under [`super::Key::Proposal`].
    Proposal(Box<Proposed>),
    /// Under [`super::Key::Evidence`]: the command that brought it.
    Evidence(CommandId),
    /// Under [`super::Key::Stack`]: its layers, base layer first.
    Stack(Arc<Stack>),
    /// Under [`super::Key::Totals`].
    Totals(Totals),
    /// Under [`super::Key::Counters`].
    Counters(Box<Counters>),
    /// Under [`super::Key::Due`].
    Due,
    /// Under [`super::Key::Version`].
    Version(Box<Version>),
    /// Under [`super::Key::Retired`].
    Retired(RetiredName),
    /// Under [`super::Key::Proof`]: true if the second is proved looser.
    Proof(bool),
    /// Under [`super::Key::Offer`].
    Offer(Box<Offer>),
    /// Under [`super::Key::Guards`], sorted.
    Guards(Vec<SharedGuard>),
    /// Under [`super::Key::Family`].
    Family(Box<Family>),
    /// Under [`super::Key::Allowances`], sorted by id; never empty.
    Allowances(Vec<Allowed>),
    /// Under [`super::Key::AllowancesTo`], sorted; never empty.
    AllowancesTo(Vec<Source>),
    /// Under [`super::Key::Confirmed`].
    Confirmed(Box<Confirmed>),
    /// Under [`super::Key::Shared`], sorted; never empty.
    Shared(Vec<AccountId>),
    /// Under [`super::Key::Devices`]; never empty.
    Devices(Box<Devices>),
    /// Under [`super::Key::Recovery`]; never empty.
    Recovery(Box<Recovery>),
    /// Under [`super::Key::OpenDay`].
    OpenDay(Box<OpenDay>),
    /// Under [`super::Key::ClosedDay`].
    ClosedDay(Box<ClosedDay>),
    /// Under [`super::Key::Tills`], sorted by key; never empty.
    Tills(Vec<Till>),
    /// Under [`super::Key::Chores`], sorted by id; never empty.
    Chores(Vec<Task>),
    /// Under [`super::Key::Givers`], sorted by guardian; never empty.
    Givers(Vec<Givers>),
}

/// The city, as its genesis says. Never changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct City {
    /// The genesis document, byte for byte.
    pub genesis: Blob,
    /// Its id.
    pub network: scoin_core::NetworkId,
    /// Zone of device caps and attested ages.
    pub zone: String,
    /// Word for its money in rule texts, `won`.
    pub currency: String,
    /// True for a city with play money.
    pub sandbox: bool,
    /// Officers who must agree to a proposal, the proposer included.
    pub approvals_needed: u8,
    /// How long a hold lives, in hours.
    pub hold_hours: u32,
    /// The account of the treasury.
    pub treasury: AccountId,
}

/// What changes with every frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// Number of the last frame.
    pub frame: u64,
    /// Its time.
    pub time: Timestamp,
    /// Number of the next lot.
    pub next_lot: u64,
    /// Money the officers approved in all.
    pub approved: Amount,
    /// Money made in all. At most `approved`.
    pub minted: Amount,
}

/// The first and only answer to a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// Digest of the command.
    pub digest: [u8; 32],
    /// Frame it is in.
    pub frame: u64,
    /// Its place in the frame.
    pub index: u32,
    /// Canonical bytes of the outcome.
    pub outcome: Blob,
}

/// Published rule text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModuleEntry {
    /// The text.
    pub source: String,
    /// The officer who published it.
    pub by: AccountId,
    /// Modules whose names it uses.
    pub earlier: Vec<[u8; 32]>,
}

/// A list in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListEntry {
    /// What its members are.
    pub kind: ListKind,
    /// The members.
    pub members: BTreeSet<String>,
}

/// A proposal before the officers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposed {
    /// What is proposed.
    pub proposal: Proposal,
    /// Digest of the proposing command.
    pub digest: [u8; 32],
    /// Officers who agree, the proposer first.
    pub agreed: Vec<AccountId>,
    /// After this it is closed.
    pub until: Timestamp,
    /// How it stands.
    pub standing: Standing,
}

/// How a proposal stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Waiting for approvals.
    Open,
    /// Carried out.
    Done,
    /// Withdrawn, declined or past its time.
    Closed,
}

/// The running totals of one stack.
///
/// INVARIANT (I1): coins in lots = `minted + marked_in - marked_out - burned - redeemed`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Made under this stack.
    pub minted: u64,
    /// Came from other stacks.
    pub marked_in: u64,
    /// Went to other stacks.
    pub marked_out: u64,
    /// Destroyed.
    pub burned: u64,
    /// Cashed out.
    pub redeemed: u64,
}

impl Totals {
    /// What the lots of this stack must hold in all.
    pub fn in_lots(&self) -> i128 {
        let inward = i128::from(self.minted).saturating_add(i128::from(self.marked_in));
        let outward = i128::from(self.marked_out)
            .saturating_add(i128::from(self.burned))
            .saturating_add(i128::from(self.redeemed));
        inward.saturating_sub(outward)
    }
}

canon_enum!(Record {
    1 City(city),
    2 Head(head),
    3 Account(account),
    4 Answer(answer),
    5 Hold(hold),
    6 Payment(paid),
    7 Request(used),
    8 Policy(policy),
    9 Module(module),
    10 Name(module),
    11 Program(program),
    12 List(list),
    13 Calendar(days),
    14 Proposal(proposed),
    15 Evidence(command),
    16 Stack(layers),
    17 Totals(totals),
    18 Counters(counters),
    19 Due,
    20 Version(version),
    21 Retired(name),
    22 Proof(looser),
    23 Offer(offer),
    24 Guards(guards),
    30 Family(family),
    31 Allowances(given),
    32 AllowancesTo(sources),
    33 Confirmed(confirmed),
    34 Shared(guardians),
    35 Devices(devices),
    36 Recovery(recovery),
    38 OpenDay(day),
    39 ClosedDay(day),
    40 Tills(tills),
    41 Chores(tasks),
    42 Givers(lists),
});
canon_struct!(City {
    genesis,
    network,
    zone,
    currency,
    sandbox,
    approvals_needed,
    hold_hours,
    treasury
});
canon_struct!(Head { frame, time, next_lot, approved, minted });
canon_struct!(Answered { digest, frame, index, outcome });
canon_struct!(ModuleEntry { source, by, earlier });
canon_struct!(ListEntry { kind, members });
canon_struct!(Proposed { proposal, digest, agreed, until, standing });
canon_enum!(Standing { 1 Open, 2 Done, 3 Closed });
canon_struct!(Totals { minted, marked_in, marked_out, burned, redeemed });
