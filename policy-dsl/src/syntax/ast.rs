//! Typed views of the tree: definitions, clauses, conditions and values, each with its span.
//!
//! Only undamaged nodes are read: a clause in which the parser found a mistake is left out, as if it were not there,
//! so that one mistake gives one message. Bodies of clauses are read in `read.rs`.

use super::tree::{Node, Tree};
use crate::civil::{Date, Weekday};
use crate::diagnostic::Span;

/// A word of the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Name<'t> {
    /// As written; parameters without `$`.
    pub text: &'t str,
    /// Where.
    pub span: Span,
}

/// A definition. `node` is what it was read from.
#[derive(Clone, Debug)]
pub struct Definition<'t> {
    /// Its name; for an import the quoted source.
    pub name: Name<'t>,
    /// What it defines.
    pub body: DefinitionBody<'t>,
}

/// What a definition defines.
#[derive(Clone, Debug)]
pub enum DefinitionBody<'t> {
    /// `import`, with its hash.
    Import(Option<Name<'t>>),
    /// `let`
    Let(Pred<'t>),
    /// `set`
    Set(Vec<Value<'t>>),
    /// `schedule`
    Schedule(Vec<Slot>),
    /// `list`: kind and hash.
    List(Name<'t>, Option<Name<'t>>),
    /// `calendar`: hash.
    Calendar(Option<Name<'t>>),
    /// `policy`; its clauses are read by [`Rule::clauses`].
    Policy(Rule<'t>),
    /// `program`
    Program(Rule<'t>),
}

/// A policy or programme.
#[derive(Clone, Debug)]
pub struct Rule<'t> {
    /// The tree it stands in.
    pub tree: &'t Tree,
    /// Its node.
    pub node: &'t Node,
    /// Its parameters.
    pub params: Vec<Param<'t>>,
}

/// A declared parameter.
#[derive(Clone, Debug)]
pub struct Param<'t> {
    /// Name without `$`.
    pub name: Name<'t>,
    /// Type word.
    pub kind: Name<'t>,
    /// `in` range.
    pub range: Option<Range<'t>>,
    /// `=` value.
    pub default: Option<Argument<'t>>,
}

/// One clause.
#[derive(Clone, Debug)]
pub struct Clause<'t> {
    /// The word it starts with.
    pub word: Name<'t>,
    /// The whole of it.
    pub span: Span,
    /// What it says.
    pub body: ClauseBody<'t>,
}

/// What a clause says.
#[derive(Clone, Debug)]
pub enum ClauseBody<'t> {
    /// `title`
    Title(Vec<Text<'t>>),
    /// `zone`
    Zone(Name<'t>),
    /// `week starts`
    Week(Weekday),
    /// `pays`
    Pays(Vec<Name<'t>>),
    /// `require`, `forbid`, `covers`
    Condition {
        /// Label.
        label: Name<'t>,
        /// Condition.
        pred: Pred<'t>,
        /// Words for the holder.
        because: Vec<Text<'t>>,
    },
    /// `cap`
    Cap(Box<Cap<'t>>),
    /// `gap`
    Gap(Box<Gap<'t>>),
    /// `starts`
    Starts(Moment<'t>),
    /// `expires`; the fate may be left out.
    Expires(Moment<'t>, Option<Fate<'t>>),
    /// `decays`
    Decays(Box<Decay<'t>>),
    /// `split`: is it allowed?
    Split(bool),
    /// `priority`
    Priority(Value<'t>),
    /// `transfer never` or `transfer to`
    Transfer(Option<Pred<'t>>),
    /// `refund grace`
    Grace(Duration<'t>),
    /// `refund restores`: amount, count
    Restores(bool, bool),
    /// `also`
    Also(Use<'t>),
    /// `pool`
    Pool(Name<'t>),
    /// `open`
    Open(Range<'t>),
    /// `reward`
    Reward(Box<Reward<'t>>),
    /// `example`
    Example(Example<'t>),
}

/// `cap`
#[derive(Clone, Debug)]
pub struct Cap<'t> {
    /// Label.
    pub label: Name<'t>,
    /// Limit.
    pub quantity: Quantity<'t>,
    /// `per`
    pub window: Option<Window<'t>>,
    /// `by`
    pub by: Vec<Name<'t>>,
    /// `when`
    pub when: Option<Pred<'t>>,
    /// `on items`
    pub on_items: Option<Pred<'t>>,
    /// Words for the holder.
    pub because: Vec<Text<'t>>,
}

/// `gap`
#[derive(Clone, Debug)]
pub struct Gap<'t> {
    /// Label.
    pub label: Name<'t>,
    /// Length.
    pub duration: Duration<'t>,
    /// `by`
    pub by: Vec<Name<'t>>,
    /// `when`
    pub when: Option<Pred<'t>>,
    /// Words for the holder.
    pub because: Vec<Text<'t>>,
}

/// `decays`
#[derive(Clone, Debug)]
pub struct Decay<'t> {
    /// Label.
    pub label: Name<'t>,
    /// Step size.
    pub percent: Value<'t>,
    /// Of the issued amount, not of the remaining one.
    pub of_issued: bool,
    /// Step length.
    pub every: Window<'t>,
    /// Before the first step.
    pub after: Option<Duration<'t>>,
    /// Where it goes.
    pub to: Option<Fate<'t>>,
}

/// `reward`
#[derive(Clone, Debug)]
pub struct Reward<'t> {
    /// Label.
    pub label: Name<'t>,
    /// `payment`, `topup` or `earn`, and what is earned for.
    pub on: (Name<'t>, Option<Name<'t>>),
    /// `when`
    pub when: Option<Pred<'t>>,
    /// How much.
    pub gift: Gift<'t>,
    /// Under which policy; `None` is `same policy`.
    pub under: Option<Use<'t>>,
    /// Words for the holder.
    pub because: Vec<Text<'t>>,
}

/// How much a reward gives.
#[derive(Clone, Debug)]
pub struct Gift<'t> {
    /// Money, or a percentage when `of` is there.
    pub amount: Value<'t>,
    /// The fact a percentage is of.
    pub of: Option<Name<'t>>,
    /// At most.
    pub up_to: Option<Value<'t>>,
}

/// A text and its language; no language for a bare string.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text<'t> {
    /// `ko`, `en`, ...
    pub language: Option<Name<'t>>,
    /// The text.
    pub text: String,
}

/// The limit of a cap, or what an example says is spent.
#[derive(Clone, Debug)]
pub struct Quantity<'t> {
    /// The number.
    pub value: Value<'t>,
    /// Its unit.
    pub unit: QuantityUnit<'t>,
    /// The whole of it.
    pub span: Span,
}

/// The unit of a quantity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuantityUnit<'t> {
    /// Money, or whatever the parameter is.
    Plain,
    /// `times` a fact.
    Times(Name<'t>),
    /// `payments`, `rewards`
    Counted(Name<'t>),
    /// `of payment`
    OfPayment,
}

/// A window: a word, or a number and a unit.
#[derive(Clone, Copy, Debug)]
pub struct Window<'t> {
    /// The number of units, if any.
    pub units: Option<i64>,
    /// `day`, `months`, ...
    pub word: Name<'t>,
    /// The whole of it.
    pub span: Span,
}

/// A length of time.
#[derive(Clone, Debug)]
pub struct Duration<'t> {
    /// The number.
    pub number: Value<'t>,
    /// The unit word.
    pub unit: Name<'t>,
    /// The whole of it.
    pub span: Span,
}

/// A moment in the life of a coin.
#[derive(Clone, Debug)]
pub enum Moment<'t> {
    /// `at issue`, `never`
    Default,
    /// `on` a date
    On(Value<'t>),
    /// A while after issue
    After(Duration<'t>),
}

/// Where money goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate<'t> {
    /// To whoever gave it.
    Granter,
    /// Into a pool.
    Pool(Name<'t>),
    /// Nowhere.
    Burn,
}

/// A use of a policy.
#[derive(Clone, Debug)]
pub struct Use<'t> {
    /// Its name.
    pub name: Name<'t>,
    /// Its arguments.
    pub arguments: Vec<(Name<'t>, Argument<'t>)>,
    /// The hash it must have.
    pub pin: Option<Name<'t>>,
}

/// A condition.
#[derive(Clone, Debug)]
pub enum Pred<'t> {
    /// All of these.
    And(Vec<Self>),
    /// Any of these.
    Or(Vec<Self>),
    /// Not this.
    Not(Box<Self>),
    /// `any item` (false) or `every item` (true)
    Items(bool, Box<Self>, Span),
    /// `known`
    Known(Name<'t>),
    /// The name of a `let`
    Let(Name<'t>),
    /// `fact in set`; true for `not in`
    In(Name<'t>, bool, SetExpr<'t>),
    /// `fact is value`; true for `is not`
    Is(Name<'t>, bool, Value<'t>),
    /// `fact < value` and so on
    Compare(Name<'t>, Name<'t>, Value<'t>),
}

/// What a fact may be in.
#[derive(Clone, Debug)]
pub enum SetExpr<'t> {
    /// `{ a, b }`
    Braces(Vec<Value<'t>>, Span),
    /// `a..b`
    Range(Range<'t>),
    /// `list x`: keyword and name
    Named(Name<'t>, Name<'t>),
    /// `weekly { ... }`
    Weekly(Vec<Slot>, Span),
    /// `$x`
    Var(Name<'t>),
}

/// An argument, a default, or the value of a fact in an example.
#[derive(Clone, Debug)]
pub enum Argument<'t> {
    /// One value.
    One(Value<'t>),
    /// A set; never a range or a parameter.
    Set(SetExpr<'t>),
}

/// `a..b`; an end may be open.
#[derive(Clone, Debug)]
pub struct Range<'t> {
    /// First.
    pub low: Option<Value<'t>>,
    /// Last.
    pub high: Option<Value<'t>>,
    /// The whole of it.
    pub span: Span,
}

/// A slot with all its weekdays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    /// Weekdays on which it opens.
    pub days: Vec<Weekday>,
    /// Opening minute.
    pub start: u16,
    /// Closing minute.
    pub end: u16,
    /// The whole of it.
    pub span: Span,
}

/// A single value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value<'t> {
    /// What it is.
    pub kind: ValueKind<'t>,
    /// Where.
    pub span: Span,
}

/// Kinds of values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ValueKind<'t> {
    /// `5`
    Int(i64),
    /// `5 won`
    Money(i64),
    /// `5%`
    Percent(i64),
    /// `2026-03-02`
    Date(Date),
    /// `09:30`
    Clock(u16),
    /// `"..."`
    Str(String),
    /// `food.bakery`, `mon`, `payer.district`
    Word(&'t str),
    /// `$x`, without `$`
    Var(&'t str),
}

/// An executable example.
#[derive(Clone, Debug)]
pub struct Example<'t> {
    /// Its name.
    pub name: String,
    /// Where the name stands.
    pub span: Span,
    /// Facts.
    pub givens: Vec<Given<'t>>,
    /// The expected answer.
    pub outcome: Outcome<'t>,
    /// Where the expected answer stands.
    pub outcome_span: Span,
}

/// One fact of an example.
#[derive(Clone, Debug)]
pub struct Given<'t> {
    /// The word it starts with: `at`, `item`, the name of a fact or parameter.
    pub word: Name<'t>,
    /// What it says.
    pub body: GivenBody<'t>,
}

/// What a given says.
#[derive(Clone, Debug)]
pub enum GivenBody<'t> {
    /// `at`, `issued`
    At(Date, u16),
    /// `last` use of a gap
    Last(Name<'t>, Date, u16),
    /// `amount`
    Amount(Value<'t>),
    /// `item`: code, money, tags
    Item(String, Value<'t>, Vec<Value<'t>>),
    /// `lists`
    Lists(Name<'t>),
    /// `spent`
    Spent(Name<'t>, Quantity<'t>),
    /// A parameter of the policy
    Var(Argument<'t>),
    /// A fact
    Fact(Argument<'t>),
}

/// What an example expects.
#[derive(Clone, Debug)]
pub enum Outcome<'t> {
    /// `allow`, everything or this much
    Allow(Option<Value<'t>>),
    /// `deny` for exactly these reasons
    Deny(Vec<Name<'t>>),
    /// `give`
    Give(Value<'t>),
    /// `nothing`
    Nothing,
}
