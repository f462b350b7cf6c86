//! What a rule may know about one payment: typed, closed, borrowed from the caller.
//!
//! An absent fact is `None`, never an empty string: absence makes a test *unknown*, and unknown refuses.

use core::fmt;

use crate::civil::{Civil, Date};

/// Every name a condition may use (schema v1). The order is part of the canonical form: append only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Fact {
    /// `payer.id`
    PayerId,
    /// `payer.age`, completed years on the payment's local date.
    PayerAge,
    /// `payer.district`
    PayerDistrict,
    /// `payer.household`
    PayerHousehold,
    /// `payer.groups`, a set.
    PayerGroups,
    /// `payer.children`, a number.
    PayerChildren,
    /// `merchant.id`
    MerchantId,
    /// `merchant.category`, hierarchical tags.
    MerchantCategory,
    /// `merchant.district`
    MerchantDistrict,
    /// `merchant.country`
    MerchantCountry,
    /// `merchant.groups`, a set.
    MerchantGroups,
    /// `payment.amount`, minor units.
    PaymentAmount,
    /// `payment.channel`: `shop`, `online`, ...
    PaymentChannel,
    /// `payment.kind`: `purchase`, `transit`, `bill`, `transfer`, `cash-out`.
    PaymentKind,
    /// `payment.items`: known or not; only `known payment.items` may test it.
    PaymentItems,
    /// `item.code`, only inside item conditions.
    ItemCode,
    /// `item.category`, hierarchical tags, only inside item conditions.
    ItemCategory,
    /// `item.amount`, minor units, only inside item conditions.
    ItemAmount,
    /// `receiver.id`, for transfers.
    ReceiverId,
    /// `receiver.household`, for transfers.
    ReceiverHousehold,
    /// `receiver.relation`, for transfers.
    ReceiverRelation,
    /// `event.amount`, for programmes.
    EventAmount,
    /// `event.actor`, for programmes.
    EventActor,
    /// `event.role`, for programmes.
    EventRole,
    /// `event.days-early`, for programmes; negative when late.
    EventDaysEarly,
    /// `time`: minute of the local day.
    Time,
    /// `day`: the local weekday or calendar day.
    Day,
    /// `date`: the local date.
    Date,
}

/// An id of a person or shop, as rules and lists write it.
#[derive(Clone, Copy)]
pub enum Id<'a> {
    /// At hand.
    Text(&'a str),
    /// Written when a rule first asks for it: few do, and an address takes longer to write than a rule to ask.
    Later(&'a dyn Written),
}

/// Something with an id that is written when it is asked for.
pub trait Written {
    /// The id; the same one each time.
    fn written(&self) -> &str;
}

impl<'a> Id<'a> {
    /// The text.
    pub fn text(self) -> &'a str {
        match self {
            Self::Text(text) => text,
            Self::Later(later) => later.written(),
        }
    }
}

impl<'a> From<&'a str> for Id<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}

impl PartialEq for Id<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.text() == other.text()
    }
}

impl Eq for Id<'_> {}

impl fmt::Debug for Id<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.text().fmt(f)
    }
}

/// The person who pays (or, in a programme, receives the reward).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Person<'a> {
    /// `payer.id`
    pub id: Option<Id<'a>>,
    /// `payer.age`
    pub age: Option<i64>,
    /// `payer.district`
    pub district: Option<&'a str>,
    /// `payer.household`
    pub household: Option<&'a str>,
    /// `payer.groups`
    pub groups: Option<&'a [String]>,
    /// `payer.children`
    pub children: Option<i64>,
}

/// The shop, as the city's registry describes it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shop<'a> {
    /// `merchant.id`
    pub id: Option<Id<'a>>,
    /// `merchant.category`: one or more tags.
    pub category: Option<&'a [String]>,
    /// `merchant.district`
    pub district: Option<&'a str>,
    /// `merchant.country`
    pub country: Option<&'a str>,
    /// `merchant.groups`
    pub groups: Option<&'a [String]>,
}

/// One line of the basket.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Item {
    /// `item.code`
    pub code: String,
    /// `item.amount`, minor units.
    pub amount: u64,
    /// `item.category`: tags given by the shop; empty means unknown.
    pub tags: Vec<String>,
}

/// The receiver of a transfer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Receiver<'a> {
    /// `receiver.id`
    pub id: Option<Id<'a>>,
    /// `receiver.household`
    pub household: Option<&'a str>,
    /// `receiver.relation`
    pub relation: Option<&'a str>,
}

/// What a city service reported, for programmes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Happening<'a> {
    /// `event.amount`, minor units.
    pub amount: Option<u64>,
    /// `event.actor`
    pub actor: Option<&'a str>,
    /// `event.role`
    pub role: Option<&'a str>,
    /// `event.days-early`
    pub days_early: Option<i64>,
}

/// All facts of one payment, transfer or event. `now` is civil time in the zone of the policy being asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Facts<'a> {
    /// Local date and minute.
    pub now: Civil,
    /// Instant, in microseconds since 1970-01-01T00:00Z; used only by `gap`.
    pub instant_micros: i64,
    /// `payment.amount`, minor units.
    pub amount: u64,
    /// `payment.kind`; `None` means `purchase`.
    pub kind: Option<&'a str>,
    /// `payment.channel`
    pub channel: Option<&'a str>,
    /// `payment.items`; `None` when the shop sent no list.
    pub items: Option<&'a [Item]>,
    /// The payer.
    pub payer: Person<'a>,
    /// The shop.
    pub merchant: Shop<'a>,
    /// The receiver of a transfer.
    pub receiver: Receiver<'a>,
    /// The event of a programme.
    pub event: Happening<'a>,
}

/// Lists and calendars in force, looked up by name.
pub trait World {
    /// Is `member` on list `list`? `None` when the list is not known.
    fn listed(&self, list: &str, member: &str) -> Option<bool>;
    /// Is `date` on calendar `calendar`? `None` when the calendar is not known.
    fn on_calendar(&self, calendar: &str, date: Date) -> Option<bool>;
    /// As [`World::listed`], for a list pinned to the content with this hash. `None` when that content is not at hand.
    fn listed_pinned(&self, list: &str, pin: &[u8; 32], member: &str) -> Option<bool> {
        let _ = (list, pin, member);
        None
    }
    /// As [`World::on_calendar`], for a calendar pinned to the content with this hash.
    fn on_calendar_pinned(&self, calendar: &str, pin: &[u8; 32], date: Date) -> Option<bool> {
        let _ = (calendar, pin, date);
        None
    }
}
