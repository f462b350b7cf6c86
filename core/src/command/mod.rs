//! Everything that may ask the ledger to change: one signed [`Command`], one [`Action`].
//!
//! The wire form (deterministic CBOR with integer keys, CDDL in `docs/wire.md`) is in `wire`, the ranges of the
//! fields are in `shape`; the envelope that signs it is in [`crate::envelope`].

mod allowance;
mod chore;
mod consent;
mod family;
mod shape;
mod till;
mod wire;

pub use allowance::{Allowance, CatchUp, Every, MINUTE_MAX};
pub use chore::{Chore, ChorePayout, ChoreWhen, PayDay, WEEK_DAYS_ALL};
pub use consent::{ConsentProof, ConsentWay};
pub use family::{
    ASK_MICROS, ASKS_OPEN_MAX, AskAnswer, CHANGE_MICROS, GUARDIANS_MAX, ONCE_MICROS, Quorum,
};
pub use shape::{
    ARGUMENT_BYTES_MAX, ARGUMENTS_MAX, CALENDAR_DAYS_MAX, DEVICE_NAME_BYTES_MAX, GIVERS_MAX,
    LINES_MAX, LIST_CHANGES_MAX, LOTS_MAX, NAME_BYTES_MAX, REASON_MAX, REQUEST_BYTES_MAX,
    SOURCE_BYTES_MAX, TAGS_MAX, TEXT_BYTES_MAX,
};

pub use till::{REFUND_MICROS_MAX, Takings, TillRights};

use crate::amount::Amount;
use crate::id::{AccountId, CommandId, LotId, NetworkId, PolicyId};
use crate::keys::PublicKey;
use crate::time::Timestamp;

/// The longest time a command may stay valid, in microseconds: 7 days.
pub const VALID_MICROS_MAX: u64 = 7 * 24 * 3600 * 1_000_000;

/// How long before it begins a guard over the whole city must be announced, in microseconds: 24 hours.
pub const NOTICE_MICROS: u64 = 24 * 3600 * 1_000_000;
/// How far ahead a guard over several accounts may begin, in microseconds: 366 days.
pub const AHEAD_MICROS_MAX: u64 = 366 * 24 * 3600 * 1_000_000;

/// Anything signed that asks the ledger to change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// Made by the client before it asks; the same id always gets the same answer.
    pub id: CommandId,
    /// The city it is meant for.
    pub network: NetworkId,
    /// The account that acts. The signing key must be one of its live device keys.
    pub by: AccountId,
    /// Refused after this instant; at most [`VALID_MICROS_MAX`] ahead of ledger time.
    pub valid_until: Timestamp,
    /// What is asked.
    pub action: Action,
    /// The device's own count of its commands, rising with every one; absent from a client that keeps none
    /// (`docs/adr/0029`).
    pub sequence: Option<u64>,
}

/// What a command asks. The discriminants are the wire numbers: append only, never reused.
#[derive(Clone, Debug, PartialEq, Eq)]
#[repr(u16)]
pub enum Action {
    /// Open an account whose first device key is the signing key. `by` must be `AccountId::derive(network, key)`.
    OpenAccount {
        /// Person, or shop awaiting registration.
        kind: AccountKind,
    } = 1,
    /// Add a device key, certified by an existing one.
    AddKey {
        /// The new key.
        key: PublicKey,
        /// What this key may do.
        role: KeyRole,
        /// Most it may spend per civil day, if capped.
        daily_cap: Option<Amount>,
        /// What people call the device, at most [`DEVICE_NAME_BYTES_MAX`]; everybody who reads the journal reads it.
        name: Option<String>,
    } = 2,
    /// Revoke a device key. The last owner key cannot be revoked.
    RevokeKey {
        /// The key to revoke.
        key: PublicKey,
    } = 3,
    /// Replace the signing key by a new one.
    RotateKey {
        /// The new key; takes the role and cap of the signing key.
        key: PublicKey,
    } = 4,
    /// An officer states predicates about a person, from a document they saw. Replaces earlier ones.
    Attest {
        /// About whom.
        subject: AccountId,
        /// What is stated.
        attributes: Attributes,
    } = 5,
    /// A ward names a guardian. Takes effect when the guardian accepts.
    AskGuardian {
        /// The guardian.
        guardian: AccountId,
    } = 6,
    /// A guardian accepts a ward who asked, and consents to what the city keeps of the ward.
    AcceptWard {
        /// The ward.
        ward: AccountId,
        /// How the consent was made sure of. Refused without it; optional so that the ledger can say so.
        consent: Option<ConsentProof>,
    } = 7,
    /// A guardian (or officer) ends a guardianship.
    EndGuardian {
        /// The ward.
        ward: AccountId,
        /// The guardian.
        guardian: AccountId,
    } = 8,
    /// Change or lift the daily cap of a device key.
    SetCap {
        /// The key.
        key: PublicKey,
        /// Most it may spend per civil day; no cap if absent.
        daily_cap: Option<Amount>,
    } = 9,

    /// An officer publishes rule text: policies, programmes, lists and calendars by name. Examples must hold.
    PublishRules {
        /// The source text, at most [`SOURCE_BYTES_MAX`].
        source: String,
    } = 10,
    /// Anyone makes an instance of a published policy with arguments. Its id can then be used in grants and guards.
    AdoptPolicy {
        /// Qualified name, `family.snack`.
        name: String,
        /// Arguments by parameter name without `$`, written as in the language (`5_000 won`, `2026-12-31`, `gu.mapo`).
        arguments: Vec<(String, String)>,
    } = 11,
    /// An officer changes a list.
    PutList {
        /// Qualified name.
        name: String,
        /// What its members are.
        kind: ListKind,
        /// Members to add (account addresses for merchants and persons, codes for products).
        add: Vec<String>,
        /// Members to remove.
        remove: Vec<String>,
    } = 12,
    /// An officer replaces a calendar.
    PutCalendar {
        /// Qualified name.
        name: String,
        /// Days since 1970-01-01, ascending.
        days: Vec<i32>,
    } = 13,
    /// No new coins and no new guards under a policy one has published or adopted. Coins already given keep working.
    /// Officers retire what the city published. Publishing or adopting again takes it back into force.
    RetirePolicy {
        /// The policy.
        policy: PolicyId,
    } = 14,
    /// An officer retires a published name: every version and instance of it so far, and adopting more of them.
    RetireName {
        /// Qualified name, `family.snack`.
        name: String,
    } = 15,
    /// Move an owner's coins from one version of a policy to another of the same name, as whoever put the layer there.
    /// Done at once if the new version is proved looser, else an offer that the owner may accept.
    Migrate {
        /// Whose coins.
        owner: AccountId,
        /// Who put the layer there: oneself; for an officer the treasury or a pool.
        granter: AccountId,
        /// The version they are under.
        from: PolicyId,
        /// The version they shall be under.
        to: PolicyId,
    } = 16,
    /// The owner (or a guardian who did not make the offer) accepts an offer to move coins.
    AcceptMigration {
        /// Whose coins.
        owner: AccountId,
        /// Id of the migrating command.
        offer: CommandId,
        /// The version offered, so that nobody accepts what they have not seen.
        to: PolicyId,
    } = 17,
    /// The owner, a guardian or the granter ends an offer.
    DeclineMigration {
        /// Whose coins.
        owner: AccountId,
        /// Id of the migrating command.
        offer: CommandId,
    } = 18,

    /// An officer registers a shop (or a city service) and what the policies may know of it.
    RegisterMerchant {
        /// The account.
        account: AccountId,
        /// Registry entry.
        profile: MerchantProfile,
    } = 20,
    /// An officer suspends a shop, or lifts that.
    SuspendMerchant {
        /// The account.
        account: AccountId,
        /// True to suspend.
        suspended: bool,
    } = 21,

    /// An officer proposes something that needs several officers.
    Propose {
        /// What is proposed.
        proposal: Proposal,
    } = 30,
    /// Another officer approves. The last needed approval carries it out at once.
    Approve {
        /// Id of the proposing command.
        proposal: CommandId,
        /// Digest of the proposing command, so that nobody approves what they have not seen.
        digest: [u8; 32],
    } = 31,
    /// An officer withdraws or declines a proposal.
    Decline {
        /// Id of the proposing command.
        proposal: CommandId,
    } = 32,
    /// An officer moves treasury money into a programme's pool.
    FundPool {
        /// Pool name, `city.tax`.
        pool: String,
        /// How much.
        amount: Amount,
    } = 33,

    /// A city service reports a fact that may earn rewards. One reward per evidence id and programme.
    Earn {
        /// Who earns.
        account: AccountId,
        /// Event name, `tax.paid`.
        event: String,
        /// Unique for the fact reported (hash of the document number).
        evidence: [u8; 32],
        /// `event.amount`.
        amount: Amount,
        /// `event.days-early`.
        days_early: Option<i64>,
        /// `event.role`.
        role: Option<String>,
    } = 40,
    /// Give coins under an added layer. An officer gives plain money of the treasury, which is then the granter
    /// (`docs/adr/0012`).
    Grant {
        /// The receiver.
        to: AccountId,
        /// How much.
        amount: Amount,
        /// The layer put on top; must be adopted or published.
        policy: PolicyId,
    } = 41,
    /// Give coins as they are. An officer gives plain money of the treasury.
    Transfer {
        /// The receiver.
        to: AccountId,
        /// How much.
        amount: Amount,
    } = 42,
    /// Pay a merchant's signed request.
    Pay(Payment) = 43,
    /// Reserve coins for a merchant's signed request.
    Authorise(Payment) = 44,
    /// The merchant takes all or part of a hold.
    Capture {
        /// Id of the authorising command.
        hold: CommandId,
        /// How much, at most the hold.
        amount: Amount,
    } = 45,
    /// The merchant (or, after the deadline, anyone) releases a hold.
    Void {
        /// Id of the authorising command.
        hold: CommandId,
    } = 46,
    /// A merchant's owner or manager gives money back.
    Refund {
        /// Id of the paying (or authorising) command.
        payment: CommandId,
        /// How much, at most what is left of the payment. Given back by line if `lines` is not empty.
        amount: Amount,
        /// (line number, amount) of the payment request; their sum must be `amount`. May be empty.
        lines: Vec<(u32, Amount)>,
        /// Why, in a few words; the payer reads them.
        reason: Option<String>,
    } = 47,
    /// A merchant cashes out; the bank transfer happens outside.
    Redeem {
        /// How much.
        amount: Amount,
    } = 48,

    /// Put a policy on all money of an account: one's own, or a ward's.
    SetGuard {
        /// Whose money.
        account: AccountId,
        /// The policy.
        policy: PolicyId,
    } = 50,
    /// Remove a guard one has set.
    RemoveGuard {
        /// Whose money.
        account: AccountId,
        /// The policy.
        policy: PolicyId,
    } = 51,
    /// Stop all spending: of oneself, of a ward, or (officers) of anyone.
    Freeze {
        /// Whose.
        account: AccountId,
    } = 52,
    /// Lift a freeze one has set.
    Unfreeze {
        /// Whose.
        account: AccountId,
    } = 53,
    /// An officer puts a policy on all money of a household or of everybody, from a time on.
    SetSharedGuard {
        /// Whose money.
        over: Over,
        /// The policy.
        policy: PolicyId,
        /// From when. For the whole city at least [`NOTICE_MICROS`] ahead, for a household now at the earliest; at most a
        /// year ahead.
        starts: Timestamp,
    } = 54,
    /// An officer removes a guard of a household or of the city, at once.
    RemoveSharedGuard {
        /// Whose money.
        over: Over,
        /// The policy.
        policy: PolicyId,
    } = 55,

    /// A ward asks the guardians to let a refused payment through. Asking again for the same request changes nothing.
    Ask {
        /// The merchant's `COSE_Sign1` payment request, byte for byte.
        request: Vec<u8>,
        /// A few words for the guardians.
        reason: Option<String>,
    } = 60,
    /// A guardian answers an ask.
    AnswerAsk {
        /// Who asked.
        ward: AccountId,
        /// Digest of the payment request asked about, so that nobody answers what they have not seen.
        ask: [u8; 32],
        /// The answer.
        answer: AskAnswer,
    } = 61,
    /// A guardian says for which kinds of loosening both guardians are needed. To need fewer needs both.
    SetQuorum {
        /// Whose guardians.
        ward: AccountId,
        /// How many of two.
        quorum: Quorum,
    } = 62,
    /// The other guardian agrees to a change that needs both. It is carried out at once.
    AgreeChange {
        /// The ward.
        ward: AccountId,
        /// Id of the command that asked for it.
        change: CommandId,
        /// Digest of that command, so that nobody agrees to what they have not seen.
        digest: [u8; 32],
    } = 63,
    /// A guardian declines or withdraws a change that waits for both.
    EndChange {
        /// The ward.
        ward: AccountId,
        /// Id of the command that asked for it.
        change: CommandId,
    } = 64,
    /// An officer confirms a guardian's consent that an office has seen or heard, before the guardian accepts.
    ConfirmConsent {
        /// The ward.
        ward: AccountId,
        /// The guardian.
        guardian: AccountId,
        /// How it was given, and by which document.
        consent: ConsentProof,
    } = 65,
    /// A ward lets a guardian see in which shops it pays, or ends that.
    ShareShops {
        /// The guardian.
        guardian: AccountId,
        /// True to let them see.
        shared: bool,
    } = 66,
    /// A person gives another one coins again and again. Its id is that of this command.
    SetAllowance {
        /// The receiver.
        to: AccountId,
        /// How much, when, and what if the money is not there.
        terms: Allowance,
    } = 70,
    /// The giver changes an allowance, at once. Turns that are owed stay as they are.
    ChangeAllowance {
        /// Id of the command that set it.
        allowance: CommandId,
        /// What holds from now on.
        terms: Allowance,
    } = 71,
    /// The giver, the receiver or a guardian of the receiver ends an allowance, at once, with what is owed.
    EndAllowance {
        /// The giver.
        giver: AccountId,
        /// Id of the command that set it.
        allowance: CommandId,
    } = 72,
    /// Say what people call a device.
    NameKey {
        /// Its key.
        key: PublicKey,
        /// At most [`DEVICE_NAME_BYTES_MAX`]; everybody who reads the journal reads it.
        name: String,
    } = 73,
    /// Another device lets a locked one act again.
    UnlockKey {
        /// The locked key.
        key: PublicKey,
    } = 74,
    /// Register the key of the recovery words, in place of the one before.
    SetRecoveryKey {
        /// The key; none from now on if absent.
        key: Option<PublicKey>,
    } = 75,
    /// One factor, a device or the recovery words, asks that a new key takes the place of all device keys. Starts when
    /// a second factor asks for the same key (`docs/adr/0032`).
    Recover {
        /// The new key.
        key: PublicKey,
    } = 76,
    /// A device or the recovery words stop a recovery, and forget what was asked for.
    CancelRecovery = 77,
    /// A shop closes its business day: what was taken and given back since the last close is counted and never changes.
    CloseDay {
        /// Its date: today in the city, or yesterday for a shop that closes after midnight. Later than the last one closed.
        day: i32,
    } = 80,
    /// A shop's owner says what a till may do.
    SetTill {
        /// The till's key.
        key: PublicKey,
        /// Its rights; without them those of its role.
        rights: Option<TillRights>,
    } = 81,
    /// A guardian sets a ward a chore. Its id is that of this command.
    SetChore {
        /// Who is to do it.
        ward: AccountId,
        /// What, when, and what it earns.
        terms: Chore,
    } = 82,
    /// The ward says that a chore is done.
    MarkChore {
        /// Id of the command that set it.
        chore: CommandId,
        /// For which day: today in the city, or yesterday.
        day: i32,
    } = 83,
    /// The guardian who set a chore confirms that it is done, or gives it back.
    AnswerChore {
        /// Who did it.
        ward: AccountId,
        /// Id of the command that set it.
        chore: CommandId,
        /// The day that was marked.
        day: i32,
        /// True if it is done.
        done: bool,
        /// A few words for the ward.
        note: Option<String>,
    } = 84,
    /// A guardian ends a chore, with what it would still earn.
    EndChore {
        /// Who is to do it.
        ward: AccountId,
        /// Id of the command that set it.
        chore: CommandId,
    } = 85,
    /// A guardian says who may give a ward coins, beside the guardians and the city. Each guardian has a list, and a giver
    /// must be on every list there is: nobody widens what the other has set.
    SetGivers {
        /// The ward.
        ward: AccountId,
        /// True: only those named. False: no list of this guardian any more.
        only: bool,
        /// Who, ascending.
        givers: Vec<AccountId>,
    } = 86,
}

/// What a check of ranges comes to: the field that is out of its range.
type Checked = Result<(), &'static str>;

/// Whose money a guard of several accounts judges.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u16)]
pub enum Over {
    /// Everybody's.
    City = 1,
    /// That of everybody attested to this household.
    Household([u8; 16]) = 2,
}

/// What an account is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum AccountKind {
    /// A citizen of any age.
    Person = 1,
    /// A shop; useless until an officer registers it.
    Merchant = 2,
    /// A city service that may report facts; useless until an officer registers it.
    Service = 3,
    /// A city officer; only genesis makes them.
    Officer = 4,
    /// Money set aside by the city: the treasury and the programmes' pools. Has no keys.
    Pool = 5,
}

/// What a device key may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum KeyRole {
    /// Everything the account may do.
    Owner = 1,
    /// A till that receives: signs payment requests and captures.
    Cashier = 2,
    /// A till that may also cancel, refund and close the day.
    Manager = 3,
}

/// Predicates about a person. No name, no birth date, no address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attributes {
    /// Completed years, as of the day it was stated.
    pub age: Option<u8>,
    /// The age is unknown after this day (days since 1970-01-01): at the latest the day before the next birthday.
    pub age_until: Option<i32>,
    /// District tag, `gu.mapo`.
    pub district: Option<String>,
    /// Opaque household number.
    pub household: Option<[u8; 16]>,
    /// Number of children.
    pub children: Option<u8>,
    /// Group tags, `student`. Sorted.
    pub groups: Vec<String>,
    /// The day from which the person decides alone and has no guardians (days since 1970-01-01, in the city's zone).
    pub of_age_from: Option<i32>,
    /// The day from which guardians see sums and kinds of shops only (days since 1970-01-01, in the city's zone).
    pub private_from: Option<i32>,
}

/// What the city's registry says of a shop.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MerchantProfile {
    /// Public display name.
    pub name: String,
    /// Category tags, `food.bakery`. Sorted.
    pub categories: Vec<String>,
    /// District tag.
    pub district: Option<String>,
    /// Group tags, `small-business`. Sorted.
    pub groups: Vec<String>,
    /// ISO 18245 code, carried as evidence only.
    pub mcc: Option<u16>,
    /// True for an online shop.
    pub online: bool,
}

/// What the members of a list are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum ListKind {
    /// Account addresses of shops.
    Merchants = 1,
    /// Product codes.
    Products = 2,
    /// Account addresses of people.
    Persons = 3,
}

/// What needs several officers.
#[derive(Clone, Debug, PartialEq, Eq)]
#[repr(u16)]
pub enum Proposal {
    /// Create money in the treasury.
    Mint {
        /// How much.
        amount: Amount,
        /// Why: the number of the budget decision.
        reason: String,
    } = 1,
    /// Destroy money of the treasury.
    Burn {
        /// How much.
        amount: Amount,
        /// Why.
        reason: String,
    } = 2,
    /// Take coins back to the treasury. Never from a merchant.
    ClawBack {
        /// From whom.
        account: AccountId,
        /// Which lot.
        lot: LotId,
        /// How much.
        amount: Amount,
        /// Legal reason code, 1 to 99.
        reason: u8,
    } = 3,
    /// Give an account a new owner key and revoke all others (lost phone).
    Recover {
        /// Whose.
        account: AccountId,
        /// The new key.
        key: PublicKey,
    } = 4,
}

/// A payment of a merchant's signed request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payment {
    /// The merchant's `COSE_Sign1` payment request, byte for byte.
    pub request: Vec<u8>,
    /// True if the payer agrees that only a part may be paid.
    pub part: bool,
    /// Lots to use, in this order; empty means the published order.
    pub lots: Vec<LotId>,
}
