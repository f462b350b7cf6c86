//! Where a record lives: one ordered key space for the whole state.

use scoin_core::command::Over;
use scoin_core::{AccountId, CommandId, LotId, PolicyId, RequestId, StackId, Timestamp};

use crate::canon::canon_enum;

/// The key of one record. The order of the variants is the order of the state; the numbers are its bytes: append only.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// The genesis document.
    City,
    /// What changes with every frame: time, next lot number, money made.
    Head,
    /// An account with its keys, lots and counters.
    Account(AccountId),
    /// The answer to a command of an account, kept until `valid_until` and a day.
    Answer(AccountId, CommandId),
    /// A hold, by the authorising command.
    Hold(CommandId),
    /// A payment, by the paying (or authorising) command.
    Payment(CommandId),
    /// A merchant's payment request that was paid or reserved.
    Request(AccountId, RequestId),
    /// A compiled policy.
    Policy(PolicyId),
    /// Published rule text, by its SHA-256.
    Module([u8; 32]),
    /// Which module defines a policy name.
    Name(String),
    /// A programme in force.
    Program(String),
    /// A list.
    List(String),
    /// A calendar.
    Calendar(String),
    /// A proposal, by the proposing command.
    Proposal(CommandId),
    /// Evidence a programme has rewarded.
    Evidence(String, [u8; 32]),
    /// The layers of a stack.
    Stack(StackId),
    /// What was made and moved under a stack.
    Totals(StackId),
    /// Counters that belong to no single account: a household's, a programme's.
    Counters([u8; 16]),
    /// Something to be done by a tick at this time.
    Due(Timestamp, Due),
    /// How a policy stands, by name, id and adopter; all zero for how it stands in the city.
    Version(String, PolicyId, AccountId),
    /// A name that officers have retired.
    Retired(String),
    /// Whether coins under one policy may move to another without asking their holder.
    Proof(PolicyId, PolicyId),
    /// An offer to move an owner's coins, by the migrating command.
    Offer(AccountId, CommandId),
    /// The guards of a household or of the city.
    Guards(Over),
    /// What a ward's family has asked and settled.
    Family(AccountId),
    /// The allowances an account gives.
    Allowances(AccountId),
    /// The allowances an account is given.
    AllowancesTo(AccountId),
    /// A consent that an office has seen or heard and that its guardian has not used yet: ward, guardian.
    Confirmed(AccountId, AccountId),
    /// Guardians whom a ward lets see in which shops it pays.
    Shared(AccountId),
    /// What is kept of an account's devices beside their keys.
    Devices(AccountId),
    /// How an account is recovered.
    Recovery(AccountId),
    /// The open business day of a shop.
    OpenDay(AccountId),
    /// A closed business day of a shop, by its date.
    ClosedDay(AccountId, i32),
    /// The tills of a shop that have other rights than those of their roles.
    Tills(AccountId),
    /// The chores of a ward.
    Chores(AccountId),
    /// Who may give a ward coins.
    Givers(AccountId),
}

/// What a tick has to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Due {
    /// A lot decays or ends.
    Lot(AccountId, LotId),
    /// A hold is past its deadline.
    Hold(CommandId),
    /// A proposal is past its time.
    Proposal(CommandId),
    /// An answer may be forgotten.
    Answer(AccountId, CommandId),
    /// An offer is past its time.
    Offer(AccountId, CommandId),
    /// A turn of an allowance, by giver. Always a tick of its own.
    Allowance(AccountId, CommandId),
    /// A person comes of age. Always a tick of its own.
    OfAge(AccountId),
    /// A recovery is past its delay.
    Recovery(AccountId),
    /// A payout of a chore, by ward. Always a tick of its own.
    Chore(AccountId, CommandId),
}

impl Due {
    /// True for what is a tick of its own, so that it has its own line in the history of whom it is about.
    pub const fn is_alone(&self) -> bool {
        matches!(self, Self::Allowance(..) | Self::OfAge(_) | Self::Chore(..))
    }
}

impl Key {
    /// How a policy stands in the city.
    pub fn version(name: &str, policy: PolicyId) -> Self {
        Self::Version(name.to_owned(), policy, AccountId([0; 20]))
    }

    /// The first key of what is due, at any time.
    pub fn first_due() -> Self {
        Self::Due(Timestamp::from_micros(0), Due::Lot(AccountId([0; 20]), LotId(0)))
    }

    /// The first key of what is due later than at this time.
    pub fn due_after(now: Timestamp) -> Self {
        Self::Due(now.saturating_add_micros(1), Due::Lot(AccountId([0; 20]), LotId(0)))
    }
}

canon_enum!(Key {
    1 City,
    2 Head,
    3 Account(account),
    4 Answer(account, command),
    5 Hold(command),
    6 Payment(command),
    7 Request(merchant, request),
    8 Policy(policy),
    9 Module(module),
    10 Name(name),
    11 Program(name),
    12 List(name),
    13 Calendar(name),
    14 Proposal(command),
    15 Evidence(program, evidence),
    16 Stack(stack),
    17 Totals(stack),
    18 Counters(scope),
    19 Due(at, what),
    20 Version(name, policy, adopter),
    21 Retired(name),
    22 Proof(from, to),
    23 Offer(owner, command),
    24 Guards(over),
    30 Family(ward),
    31 Allowances(giver),
    32 AllowancesTo(receiver),
    33 Confirmed(ward, guardian),
    34 Shared(ward),
    35 Devices(account),
    36 Recovery(account),
    38 OpenDay(shop),
    39 ClosedDay(shop, day),
    40 Tills(shop),
    41 Chores(ward),
    42 Givers(ward),
});
canon_enum!(Due {
    1 Lot(account, lot),
    2 Hold(command),
    3 Proposal(command),
    4 Answer(account, command),
    5 Offer(owner, command),
    10 Allowance(giver, command),
    11 OfAge(account),
    12 Recovery(account),
    13 Chore(ward, command),
});
