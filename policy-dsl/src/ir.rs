//! The compiled form of a rule set: what the evaluator reads, what the canonical bytes encode, what the id names.
//!
//! Everything is resolved: parameters are values, `let`, `set` and `schedule` are expanded, `also` is embedded.
//! Conditions are in negation normal form: [`Pred::Not`] stands only directly over a [`Pred::Test`],
//! [`Pred::AnyItem`], [`Pred::EveryItem`] or [`Pred::Known`].
//! Titles and because-texts ride along for people and are *not* part of the identity.

use crate::civil::{Date, Weekday};
use crate::facts::Fact;

/// SHA-256 of the canonical form; written `sp1:<hex>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PolicyId(pub [u8; 32]);

/// A text in several languages: (`ko`, "...") pairs sorted by language.
pub type Texts = Vec<(String, String)>;

/// One compiled policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Qualified name, `family.snack`.
    pub name: String,
    /// Display title. Not part of the identity.
    pub title: Texts,
    /// IANA zone name in which all its civil time is read.
    pub zone: String,
    /// First day of the week for `per week`.
    pub week_starts: Weekday,
    /// Payment kinds, sorted; default `["purchase"]`.
    pub pays: Vec<String>,
    /// `require`, `forbid` and `covers` clauses, sorted by label.
    pub clauses: Vec<Clause>,
    /// `cap` clauses, sorted by label.
    pub caps: Vec<Cap>,
    /// `gap` clauses, sorted by label.
    pub gaps: Vec<Gap>,
    /// When coins begin to work.
    pub starts: Starts,
    /// When coins end, and where they go then.
    pub expires: Expires,
    /// Decay, at most one.
    pub decays: Option<Decay>,
    /// `split never` lots pay a whole payment alone or nothing.
    pub split: Split,
    /// 0 to 100, lower pays first; default 50.
    pub priority: u8,
    /// Who may be given the coins.
    pub transfer: Transfer,
    /// What a refund does.
    pub refund: Refund,
    /// Policies joined by `also`, compiled, sorted by id.
    pub also: Vec<Policy>,
}

/// A labelled condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clause {
    /// Label, unique in the policy.
    pub label: String,
    /// Which kind of clause.
    pub kind: ClauseKind,
    /// The condition.
    pub pred: Pred,
    /// Words for the holder. Not part of the identity.
    pub because: Texts,
}

/// The three conditional clauses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ClauseKind {
    /// Must be true.
    Require,
    /// Must be false.
    Forbid,
    /// Item lines for which it is true may be paid.
    Covers,
}

/// A condition in negation normal form.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pred {
    /// All of two or more, flattened, sorted, deduplicated.
    And(Vec<Pred>),
    /// Any of two or more, flattened, sorted, deduplicated.
    Or(Vec<Pred>),
    /// Negation of a leaf.
    Not(Box<Pred>),
    /// Some item line satisfies it; unknown without an item list.
    AnyItem(Box<Pred>),
    /// Every item line satisfies it; unknown without an item list.
    EveryItem(Box<Pred>),
    /// The fact is present; never unknown.
    Known(Fact),
    /// A single comparison.
    Test(Test),
}

/// One comparison of one fact (or two of the same closed type).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Test {
    /// Some tag of the fact equals one of these or lies below it (`retail.department.food` is in `retail.department`).
    /// Also used for plain words (kinds, channels, districts, ids): the rule is the same. Sorted, deduplicated.
    InTags(Fact, Vec<String>),
    /// Inclusive range; an open end is `None`. Numbers, money, ages, days.
    InRange(Fact, Option<i64>, Option<i64>),
    /// Member of a list, by name; the pin (if any) is the list's content hash.
    InList(Fact, String, Option<[u8; 32]>),
    /// The local date is on a calendar; the pin (if any) is its content hash.
    OnCalendar(String, Option<[u8; 32]>),
    /// The local time lies in a weekly schedule.
    InSchedule(Weekly),
    /// The local weekday is one of these. Sorted.
    OnWeekday(Vec<Weekday>),
    /// The local date lies in an inclusive range.
    InDates(Option<Date>, Option<Date>),
    /// The fact equals a word, exactly.
    Is(Fact, String),
    /// The fact equals a number, exactly.
    Equals(Fact, i64),
    /// Two facts of the same closed type are equal.
    Same(Fact, Fact),
}

/// A weekly schedule: slots that belong to the day they open. Sorted, disjoint not required.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Weekly(pub Vec<Slot>);

/// One opening on one weekday. `end <= start` runs past midnight into the next day. Minutes 0..=1440.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Slot {
    /// Day on which it opens.
    pub day: Weekday,
    /// Opening minute, inclusive.
    pub start: u16,
    /// Closing minute, exclusive.
    pub end: u16,
}

/// A limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cap {
    /// Label, unique in the policy.
    pub label: String,
    /// How much.
    pub quantity: Quantity,
    /// Over which window.
    pub window: Window,
    /// Whose spending is counted together, besides the scope of the layer or guard. Sorted.
    pub by: Vec<By>,
    /// Counts (and limits) only payments for which this is true.
    pub when: Option<Pred>,
    /// Counts (and limits) only item lines for which this is true.
    pub on_items: Option<Pred>,
    /// Words for the holder. Not part of the identity.
    pub because: Texts,
}

/// How much a cap allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Quantity {
    /// Minor units.
    Money(u64),
    /// Minor units times a numeric fact (`5_000 won times payer.children`).
    MoneyTimes(u64, Fact),
    /// Number of payments (in a programme: of rewards).
    Count(u64),
    /// Percent of this payment's amount, floor.
    Share(u8),
}

/// The window of a cap. Rolling windows are whole civil units ending with the current one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Window {
    /// This payment alone.
    Payment,
    /// The civil day.
    Day,
    /// The civil week, from `week_starts`.
    Week,
    /// The civil month.
    Month,
    /// The civil year.
    Year,
    /// For ever.
    Life,
    /// Today and the previous n-1 civil days.
    Days(u16),
    /// From the date n months ago (exclusive, clamped) to today.
    Months(u16),
    /// From the date n years ago (exclusive, clamped) to today.
    Years(u16),
}

/// A grouping key of a cap or gap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum By {
    /// Each lot on its own.
    Lot,
    /// The purse of the layer (the default).
    Purse,
    /// The payer; guards and programmes only.
    Payer,
    /// The payer's household; guards and programmes only.
    Household,
    /// Each merchant on its own.
    Merchant,
}

/// A minimum time between payments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// Label, unique in the policy.
    pub label: String,
    /// Length in minutes (exact time, not civil).
    pub minutes: u32,
    /// Whose payments are looked at together. Sorted.
    pub by: Vec<By>,
    /// Applies only to payments for which this is true.
    pub when: Option<Pred>,
    /// Words for the holder. Not part of the identity.
    pub because: Texts,
}

/// A civil length of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Span {
    /// Exact minutes.
    Minutes(u32),
    /// Exact hours.
    Hours(u32),
    /// Civil days.
    Days(u32),
    /// Civil months, clamped to the last day.
    Months(u32),
    /// Civil years, clamped to the last day.
    Years(u32),
}

/// When coins begin to work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Starts {
    /// At once.
    AtIssue,
    /// At the first instant of a date.
    On(Date),
    /// Some time after issue.
    After(Span),
}

/// When coins end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expires {
    /// The moment.
    pub end: Ends,
    /// What happens to the rest.
    pub fate: Fate,
}

/// The moment of expiry. Dates are inclusive: the coin works to the end of that civil day.
/// `After(Days | Months | Years)` likewise: to the end of the day that many days (months, years) after the issue date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ends {
    /// Never.
    Never,
    /// At the end of this day.
    On(Date),
    /// Counted from issue.
    After(Span),
}

/// Where money goes when its time is up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Back to whoever gave it (the default).
    Granter,
    /// Into a pool.
    Pool(String),
    /// Destroyed.
    Burn,
}

/// Money that melts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decay {
    /// Label.
    pub label: String,
    /// Percent a step.
    pub percent: u8,
    /// Of the issued amount (true) or of what remains (false).
    pub of_issued: bool,
    /// Step length: `Day`, `Week`, `Month` or `Year`.
    pub every: Window,
    /// First step after this long (the first step falls on issue date + after + one `every`... see `decay_dates`).
    pub after: Option<Span>,
    /// Where it goes.
    pub to: Fate,
}

/// May a payment be split between these coins and others?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Split {
    /// Yes.
    #[default]
    Allowed,
    /// These coins pay alone or not at all.
    Never,
}

/// Who may be given the coins.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum Transfer {
    /// Not stated: any person.
    #[default]
    Anyone,
    /// Nobody.
    Never,
    /// Receivers for whom this is true.
    To(Pred),
}

/// What a refund does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refund {
    /// Days (as a span) an expired lot lives again after a refund.
    pub grace: Option<Span>,
    /// The amount goes back to the bucket of the original payment; default true.
    pub restores_amount: bool,
    /// The count goes back when the whole payment is refunded; default true.
    pub restores_count: bool,
}

/// One compiled programme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// Qualified name, `city.tax-reward`.
    pub name: String,
    /// Display title. Not part of the identity.
    pub title: Texts,
    /// IANA zone name.
    pub zone: String,
    /// First day of the week.
    pub week_starts: Weekday,
    /// Pool that pays, `city.tax`.
    pub pool: String,
    /// First and last day, inclusive.
    pub open: (Option<Date>, Option<Date>),
    /// Rewards, sorted by label.
    pub rewards: Vec<Reward>,
    /// Caps over what is given, sorted by label.
    pub caps: Vec<Cap>,
}

/// One reward of a programme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reward {
    /// Label, unique in the programme.
    pub label: String,
    /// What triggers it.
    pub on: Trigger,
    /// Extra condition.
    pub when: Option<Pred>,
    /// How much.
    pub gift: Gift,
    /// Under which policy the coins are given.
    pub under: Under,
    /// Words for the holder. Not part of the identity.
    pub because: Texts,
}

/// What triggers a reward.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trigger {
    /// A payment was made.
    Payment,
    /// A parent topped up a child.
    Topup,
    /// A city service reported this fact, `tax.paid`.
    Earn(String),
}

/// How much a reward gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gift {
    /// A fixed amount, minor units.
    Money(u64),
    /// Percent of a money fact, floor, at most `up_to`.
    Percent {
        /// Percent.
        percent: u8,
        /// Of what (`event.amount` or `payment.amount`).
        of: Fact,
        /// At most.
        up_to: Option<u64>,
    },
}

/// Under which policy a reward is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Under {
    /// The same stack as the coins that triggered it.
    SamePolicy,
    /// A named policy, compiled; the embedded policy's id is what counts.
    Policy(Box<Policy>),
}

impl Policy {
    /// Does it, or a policy embedded in it, count `by payer` or `by household`? Then it may be a guard, but not a
    /// layer: the purse of a layer is not the whole owner.
    pub fn uses_owner_keys(&self) -> bool {
        let owner = |by: &[By]| by.iter().any(|key| matches!(key, By::Payer | By::Household));
        self.caps.iter().any(|cap| owner(&cap.by))
            || self.gaps.iter().any(|gap| owner(&gap.by))
            || self.also.iter().any(Self::uses_owner_keys)
    }
}
