//! Why a payment was refused or cut: every clause that stands in the way, what it found and what it would accept.
//!
//! [`encode`] and [`decode`] give the one canonical byte form that travels in refusals and is kept in the journal.

use crate::canon::{self, DecodeError};
use crate::civil::{Civil, Date, Weekday};
use crate::facts::Fact;
use crate::ir::{Fate, PolicyId, Texts, Weekly, Window};
use crate::rule::Unit;

/// Whose rule it is, as seen by the holder.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Whose {
    /// The city's.
    #[default]
    City,
    /// A guardian's.
    Guardian,
    /// Set by whoever gave the coins.
    Granter,
    /// The holder's own.
    Own,
}

/// Which kind of clause stands in the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CauseKind {
    /// The kind of payment is not among those paid.
    Pays,
    /// Not yet begun.
    Starts,
    /// Over.
    Expires,
    /// A requirement does not hold.
    Require,
    /// Something forbidden holds.
    Forbid,
    /// No line (or not every line) is covered.
    Covers,
    /// Too soon after the last payment.
    Gap,
    /// A limit is reached.
    Cap,
    /// These coins pay alone or not at all.
    Split,
}

/// One clause that stands in the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// Id of the policy asked (the outermost one).
    pub policy: PolicyId,
    /// Name of the policy that states the clause (an embedded one, perhaps).
    pub rule: String,
    /// Whose rule it is.
    pub whose: Whose,
    /// Label of the clause; `pays`, `starts`, `expires` and `split` for those.
    pub label: String,
    /// Kind of clause.
    pub kind: CauseKind,
    /// The first fact that was missing, if that is why.
    pub missing: Option<Fact>,
    /// What the failing tests found.
    pub found: Vec<Found>,
    /// What they would accept: alternatives, the nearest first. All entries with the same `group` are needed together.
    pub allowed: Vec<Allowed>,
    /// For caps: what limits and how far it is used up.
    pub limit: Option<Limit>,
    /// How much of this payment the clause alone would let pass now, minor units.
    pub pass_now: u64,
    /// When the clause alone would let the whole payment (or as much as it ever can) pass, in the policy's zone, if
    /// nothing more is spent; `None` if not within 400 days or not before the end.
    pub next: Option<Civil>,
    /// The rule's own words for the holder.
    pub because: Texts,
}

/// A limit and its use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// Money or payments.
    pub unit: Unit,
    /// The limit.
    pub limit: u64,
    /// Used up within the window.
    pub used: u64,
    /// The window.
    pub window: Window,
    /// Percent, for a share of the payment.
    pub share: Option<u8>,
    /// Only some item lines are limited.
    pub on_items: bool,
    /// Counted apart for each merchant.
    pub by_merchant: bool,
}

/// What a test found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Which fact.
    pub fact: Fact,
    /// Its value.
    pub value: Value,
}

/// A value of a fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Not there.
    Missing,
    /// Words: tags, ids, groups, kinds.
    Words(Vec<String>),
    /// A number or an amount.
    Number(i64),
    /// A local time.
    Time(Civil),
    /// Minutes still to wait.
    Wait(u32),
}

/// One accepted value, range or set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allowed {
    /// Alternatives have different groups; what must hold together has the same one.
    pub group: u8,
    /// True when the values stated are those *not* accepted.
    pub except: bool,
    /// The values.
    pub what: Accept,
}

/// The values a clause accepts (or, under [`Allowed::except`], refuses).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Accept {
    /// Any of these tags or words.
    Words(Fact, Vec<String>),
    /// A range of numbers, inclusive.
    Range(Fact, Option<i64>, Option<i64>),
    /// Members of a list.
    List(Fact, String),
    /// Days on a calendar.
    Calendar(String),
    /// A weekly schedule.
    Slots(Weekly),
    /// Weekdays.
    Weekdays(Vec<Weekday>),
    /// A range of dates, inclusive.
    Dates(Option<Date>, Option<Date>),
    /// Two facts that must be the same.
    Same(Fact, Fact),
    /// The fact must be known.
    Known(Fact),
    /// From this moment.
    From(Civil),
    /// Before this moment; then the rest goes there.
    Until(Civil, Fate),
    /// So many minutes after the last payment.
    Wait(u32),
}

/// The canonical bytes of a list of causes.
pub fn encode(causes: &[Cause]) -> Vec<u8> {
    canon::causes::encode(causes)
}

/// Reads what [`encode`] wrote.
///
/// # Errors
/// Strict and bounded: any other bytes are refused, and so is what is longer than [`canon::BYTES_MAX`].
pub fn decode(bytes: &[u8]) -> Result<Vec<Cause>, DecodeError> {
    canon::causes::decode(bytes)
}
