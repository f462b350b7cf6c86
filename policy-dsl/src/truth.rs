//! Three-valued conditions: strong Kleene logic over facts that may be absent.
//!
//! Total: any condition over any facts has an answer, a test that does not fit its fact is unknown, and learning a
//! fact never flips an answer that was true or false.

use crate::civil::{Civil, MINUTES_PER_DAY};
use crate::facts::{Fact, Facts, Id, Item, World};
use crate::ir::{Pred, Slot, Test, Weekly};

/// True, false, or not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Truth {
    /// Known to be false.
    False,
    /// A needed fact is missing.
    Unknown,
    /// Known to be true.
    True,
}

impl From<bool> for Truth {
    fn from(value: bool) -> Self {
        if value { Self::True } else { Self::False }
    }
}

impl Truth {
    /// Kleene negation.
    #[must_use]
    pub fn negate(self) -> Self {
        match self {
            Self::False => Self::True,
            Self::Unknown => Self::Unknown,
            Self::True => Self::False,
        }
    }
}

/// What a condition looks at: the facts, the lists in force and the civil time in the rule's zone.
#[derive(Clone, Copy)]
pub struct Scene<'a> {
    /// The facts; `facts.now` is not read here.
    pub facts: &'a Facts<'a>,
    /// Lists and calendars.
    pub world: &'a dyn World,
    /// Civil time in the rule's zone.
    pub now: Civil,
}

impl core::fmt::Debug for Scene<'_> {
    fn fmt(&self, out: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        out.debug_struct("Scene")
            .field("facts", self.facts)
            .field("now", &self.now)
            .finish_non_exhaustive()
    }
}

impl<'a> Scene<'a> {
    /// The scene at `facts.now`.
    pub fn new(facts: &'a Facts<'a>, world: &'a dyn World) -> Self {
        Self { facts, world, now: facts.now }
    }

    /// The item lines; an empty list counts as no list.
    pub fn items(&self) -> Option<&'a [Item]> {
        self.facts.items.filter(|items| !items.is_empty())
    }

    /// Is the condition true? `item` is the line a `covers` or `on items` condition is asked about.
    pub fn holds(&self, pred: &Pred, item: Option<&Item>) -> Truth {
        match pred {
            Pred::And(parts) => {
                let mut all = Truth::True;
                for part in parts {
                    all = all.min(self.holds(part, item));
                    if all == Truth::False {
                        break;
                    }
                }
                all
            }
            Pred::Or(parts) => {
                let mut any = Truth::False;
                for part in parts {
                    any = any.max(self.holds(part, item));
                    if any == Truth::True {
                        break;
                    }
                }
                any
            }
            Pred::Not(inner) => self.holds(inner, item).negate(),
            Pred::AnyItem(inner) => match self.items() {
                None => Truth::Unknown,
                Some(items) => items
                    .iter()
                    .map(|line| self.holds(inner, Some(line)))
                    .max()
                    .unwrap_or(Truth::Unknown),
            },
            Pred::EveryItem(inner) => match self.items() {
                None => Truth::Unknown,
                Some(items) => items
                    .iter()
                    .map(|line| self.holds(inner, Some(line)))
                    .min()
                    .unwrap_or(Truth::Unknown),
            },
            Pred::Known(fact) => Truth::from(self.known(*fact, item)),
            Pred::Test(test) => self.test(test, item),
        }
    }

    /// Is the fact present?
    pub fn known(&self, fact: Fact, item: Option<&Item>) -> bool {
        match fact {
            Fact::PaymentItems => self.items().is_some(),
            Fact::Time | Fact::Day | Fact::Date => true,
            Fact::PayerAge
            | Fact::PayerChildren
            | Fact::PaymentAmount
            | Fact::ItemAmount
            | Fact::EventAmount
            | Fact::EventDaysEarly => self.number(fact, item).is_some(),
            Fact::PayerId
            | Fact::PayerDistrict
            | Fact::PayerHousehold
            | Fact::PayerGroups
            | Fact::MerchantId
            | Fact::MerchantCategory
            | Fact::MerchantDistrict
            | Fact::MerchantCountry
            | Fact::MerchantGroups
            | Fact::PaymentChannel
            | Fact::PaymentKind
            | Fact::ItemCode
            | Fact::ItemCategory
            | Fact::ReceiverId
            | Fact::ReceiverHousehold
            | Fact::ReceiverRelation
            | Fact::EventActor
            | Fact::EventRole => !matches!(self.words(fact, item), Words::Absent),
        }
    }

    fn test(&self, test: &Test, item: Option<&Item>) -> Truth {
        match test {
            Test::InTags(fact, tags) => {
                self.words(*fact, item).any(|word| tags.iter().any(|tag| under(word, tag)).into())
            }
            Test::InRange(fact, low, high) => {
                self.number(*fact, item).map_or(Truth::Unknown, |value| {
                    (low.is_none_or(|low| value >= low) && high.is_none_or(|high| value <= high))
                        .into()
                })
            }
            Test::InList(fact, list, pin) => self.words(*fact, item).any(|word| {
                let listed = match pin {
                    None => self.world.listed(list, word),
                    Some(pin) => self.world.listed_pinned(list, pin, word),
                };
                listed.map_or(Truth::Unknown, Truth::from)
            }),
            Test::OnCalendar(calendar, pin) => {
                let marked = match pin {
                    None => self.world.on_calendar(calendar, self.now.date),
                    Some(pin) => self.world.on_calendar_pinned(calendar, pin, self.now.date),
                };
                marked.map_or(Truth::Unknown, Truth::from)
            }
            Test::InSchedule(weekly) => in_schedule(weekly, self.now).into(),
            Test::OnWeekday(days) => days.contains(&self.now.date.weekday()).into(),
            Test::InDates(first, last) => {
                let date = self.now.date;
                (first.is_none_or(|first| date >= first) && last.is_none_or(|last| date <= last))
                    .into()
            }
            Test::Is(fact, expected) => {
                self.words(*fact, item).any(|word| (word == expected).into())
            }
            Test::Equals(fact, expected) => {
                self.number(*fact, item).map_or(Truth::Unknown, |value| (value == *expected).into())
            }
            Test::Same(left, right) => {
                let right = self.words(*right, item);
                if matches!(right, Words::Absent) {
                    return Truth::Unknown;
                }
                self.words(*left, item).any(|word| right.any(|other| (word == other).into()))
            }
        }
    }

    /// A numeric fact; `None` when absent or not a number.
    pub fn number(&self, fact: Fact, item: Option<&Item>) -> Option<i64> {
        let facts = self.facts;
        match fact {
            Fact::PayerAge => facts.payer.age,
            Fact::PayerChildren => facts.payer.children,
            Fact::PaymentAmount => Some(whole(facts.amount)),
            Fact::ItemAmount => item.map(|item| whole(item.amount)),
            Fact::EventAmount => facts.event.amount.map(whole),
            Fact::EventDaysEarly => facts.event.days_early,
            Fact::Time => Some(i64::from(self.now.minute)),
            Fact::Date => Some(i64::from(self.now.date.0)),
            Fact::PayerId
            | Fact::PayerDistrict
            | Fact::PayerHousehold
            | Fact::PayerGroups
            | Fact::MerchantId
            | Fact::MerchantCategory
            | Fact::MerchantDistrict
            | Fact::MerchantCountry
            | Fact::MerchantGroups
            | Fact::PaymentChannel
            | Fact::PaymentKind
            | Fact::ItemCode
            | Fact::ItemCategory
            | Fact::ReceiverId
            | Fact::ReceiverHousehold
            | Fact::ReceiverRelation
            | Fact::EventActor
            | Fact::EventRole
            | Fact::PaymentItems
            | Fact::Day => None,
        }
    }

    /// A fact made of words; `Absent` when absent or not words.
    pub(crate) fn words<'b>(&self, fact: Fact, item: Option<&'b Item>) -> Words<'b>
    where
        'a: 'b,
    {
        let facts = self.facts;
        match fact {
            Fact::PayerId => Words::one(facts.payer.id.map(Id::text)),
            Fact::PayerDistrict => Words::one(facts.payer.district),
            Fact::PayerHousehold => Words::one(facts.payer.household),
            Fact::PayerGroups => Words::many(facts.payer.groups),
            Fact::MerchantId => Words::one(facts.merchant.id.map(Id::text)),
            Fact::MerchantCategory => Words::many(facts.merchant.category),
            Fact::MerchantDistrict => Words::one(facts.merchant.district),
            Fact::MerchantCountry => Words::one(facts.merchant.country),
            Fact::MerchantGroups => Words::many(facts.merchant.groups),
            Fact::PaymentChannel => Words::one(facts.channel),
            Fact::PaymentKind => Words::One(facts.kind.unwrap_or("purchase")),
            Fact::ItemCode => {
                Words::one(item.map(|item| item.code.as_str()).filter(|code| !code.is_empty()))
            }
            Fact::ItemCategory => {
                Words::many(item.map(|item| item.tags.as_slice()).filter(|tags| !tags.is_empty()))
            }
            Fact::ReceiverId => Words::one(facts.receiver.id.map(Id::text)),
            Fact::ReceiverHousehold => Words::one(facts.receiver.household),
            Fact::ReceiverRelation => Words::one(facts.receiver.relation),
            Fact::EventActor => Words::one(facts.event.actor),
            Fact::EventRole => Words::one(facts.event.role),
            Fact::PayerAge
            | Fact::PayerChildren
            | Fact::PaymentAmount
            | Fact::PaymentItems
            | Fact::ItemAmount
            | Fact::EventAmount
            | Fact::EventDaysEarly
            | Fact::Time
            | Fact::Day
            | Fact::Date => Words::Absent,
        }
    }
}

/// The words of one fact.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Words<'a> {
    Absent,
    One(&'a str),
    Many(&'a [String]),
}

impl<'a> Words<'a> {
    fn one(word: Option<&'a str>) -> Self {
        word.map_or(Self::Absent, Self::One)
    }

    fn many(words: Option<&'a [String]>) -> Self {
        words.map_or(Self::Absent, Self::Many)
    }

    /// True when `check` is true for one word, unknown when it may be or the fact is absent, else false.
    pub(crate) fn any(self, check: impl Fn(&str) -> Truth) -> Truth {
        match self {
            Self::Absent => Truth::Unknown,
            Self::One(word) => check(word),
            Self::Many(words) => words.iter().map(|word| check(word)).max().unwrap_or(Truth::False),
        }
    }
}

/// Is `word` this tag or below it? `retail.department.food` is under `retail.department`, `retailer` is not under `retail`.
pub fn under(word: &str, tag: &str) -> bool {
    word.strip_prefix(tag).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// Is this wall-clock minute inside a slot? A slot that runs past midnight belongs to the day it opens.
pub fn in_schedule(weekly: &Weekly, now: Civil) -> bool {
    let today = now.date.weekday();
    weekly.0.iter().any(|slot| {
        (slot.day == today && now.minute >= slot.start && now.minute < same_day_end(*slot))
            || (slot.day == today.previous() && past_midnight(*slot) && now.minute < slot.end)
    })
}

/// Does the slot run into the next day?
pub(crate) fn past_midnight(slot: Slot) -> bool {
    slot.end <= slot.start
}

fn same_day_end(slot: Slot) -> u16 {
    if past_midnight(slot) { MINUTES_PER_DAY } else { slot.end }
}

fn whole(amount: u64) -> i64 {
    i64::try_from(amount).unwrap_or(i64::MAX)
}
