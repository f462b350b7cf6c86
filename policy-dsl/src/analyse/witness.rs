//! Payments that show an answer: every fact, and what lists and calendars must say.

use std::collections::BTreeMap;
use std::fmt;

use super::idd::Pin;
use super::settings::Contents;
use crate::civil::{Civil, Date};
use crate::decide::{self, State};
use crate::facts::{Fact, Facts, Happening, Id, Item, Person, Receiver, Shop, World};
use crate::ir::{Ends, Span, Starts};
use crate::rule::{self, Rule};

/// A payment, complete: the evaluator says about it what the answer claims.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Witness {
    /// Local date and minute.
    pub now: Civil,
    /// When the coins were issued, for each rule in the order of the question.
    pub issued: Vec<Option<Civil>>,
    /// Minor units.
    pub amount: u64,
    /// Facts made of words that are known.
    pub words: BTreeMap<Fact, Vec<String>>,
    /// Facts made of numbers that are known.
    pub numbers: BTreeMap<Fact, i64>,
    /// The basket, when the shop sent one.
    pub items: Option<Vec<Item>>,
    /// What lists say: list, pin, member; `None` when the list is not at hand. Other members are not on any list.
    pub listed: BTreeMap<(String, Pin, String), Option<bool>>,
    /// What calendars say about the day; `None` when the calendar is not at hand.
    pub calendars: BTreeMap<(String, Pin), Option<bool>>,
    /// Known contents.
    pub contents: Contents,
}

impl Witness {
    /// The facts, borrowed.
    pub fn facts(&self) -> Facts<'_> {
        let one = |fact: Fact| {
            let words = self.words.get(&fact);
            words.and_then(|words| words.first()).map(String::as_str)
        };
        let many = |fact: Fact| self.words.get(&fact).map(Vec::as_slice);
        let number = |fact: Fact| self.numbers.get(&fact).copied();
        Facts {
            now: self.now,
            instant_micros: self.now.minutes().saturating_mul(60_000_000),
            amount: self.amount,
            kind: one(Fact::PaymentKind),
            channel: one(Fact::PaymentChannel),
            items: self.items.as_deref(),
            payer: Person {
                id: one(Fact::PayerId).map(Id::from),
                age: number(Fact::PayerAge),
                district: one(Fact::PayerDistrict),
                household: one(Fact::PayerHousehold),
                groups: many(Fact::PayerGroups),
                children: number(Fact::PayerChildren),
            },
            merchant: Shop {
                id: one(Fact::MerchantId).map(Id::from),
                category: many(Fact::MerchantCategory),
                district: one(Fact::MerchantDistrict),
                country: one(Fact::MerchantCountry),
                groups: many(Fact::MerchantGroups),
            },
            receiver: Receiver {
                id: one(Fact::ReceiverId).map(Id::from),
                household: one(Fact::ReceiverHousehold),
                relation: one(Fact::ReceiverRelation),
            },
            event: Happening {
                amount: number(Fact::EventAmount).and_then(|amount| u64::try_from(amount).ok()),
                actor: one(Fact::EventActor),
                role: one(Fact::EventRole),
                days_early: number(Fact::EventDaysEarly),
            },
        }
    }

    /// How much a rule pays, nothing having been spent before. `at` is the rule's place in the question.
    pub fn pay(&self, rule: &Rule, at: usize) -> u64 {
        let issued = self.issued.get(at).copied().flatten();
        decide::pay(rule, &self.facts(), self, &State { issued, ..State::default() })
    }

    fn listing(&self, list: &str, pin: Pin, member: &str, known: Option<bool>) -> Option<bool> {
        if known.is_some() {
            return known;
        }
        if let Some(said) = self.listed.get(&(list.to_owned(), pin, member.to_owned())) {
            return *said;
        }
        // A list that is not at hand is so for every member.
        let same = |key: &(String, Pin, String)| key.0 == list && key.1 == pin;
        let missing = self.listed.iter().any(|(key, said)| same(key) && said.is_none());
        (!missing).then_some(false)
    }
}

impl World for Witness {
    fn listed(&self, list: &str, member: &str) -> Option<bool> {
        self.listing(list, None, member, self.contents.listed(list, member))
    }

    fn on_calendar(&self, calendar: &str, date: Date) -> Option<bool> {
        let known = self.contents.on_calendar(calendar, date);
        let said = self.calendars.get(&(calendar.to_owned(), None));
        known.or_else(|| said.copied().unwrap_or(Some(false)))
    }

    fn listed_pinned(&self, list: &str, pin: &[u8; 32], member: &str) -> Option<bool> {
        let known = self.contents.listed_pinned(list, pin, member);
        self.listing(list, Some(*pin), member, known)
    }

    fn on_calendar_pinned(&self, calendar: &str, pin: &[u8; 32], date: Date) -> Option<bool> {
        let known = self.contents.on_calendar_pinned(calendar, pin, date);
        let said = self.calendars.get(&(calendar.to_owned(), Some(*pin)));
        known.or_else(|| said.copied().unwrap_or(Some(false)))
    }
}

impl fmt::Display for Witness {
    /// One line, in the words of an `example` block: `at 2026-01-01 12:00 payer.age 30 amount 1000`.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "at {}", self.now)?;
        for (fact, number) in &self.numbers {
            write!(out, " {} {number}", fact.name())?;
        }
        for (fact, words) in &self.words {
            match words.as_slice() {
                [] => write!(out, " known {}", fact.name())?,
                words => write!(out, " {} {}", fact.name(), words.join(" and "))?,
            }
        }
        write!(out, " amount {}", self.amount)?;
        for item in self.items.iter().flatten() {
            write!(out, " item {} {} tags {{ {} }}", item.code, item.amount, item.tags.join(", "))?;
        }
        for ((list, _, member), said) in &self.listed {
            match said {
                Some(true) => write!(out, ", {member} on {list}")?,
                Some(false) => write!(out, ", {member} not on {list}")?,
                None => write!(out, ", {list} not at hand")?,
            }
        }
        for ((calendar, _), said) in &self.calendars {
            match said {
                Some(true) => write!(out, ", a day of {calendar}")?,
                Some(false) => write!(out, ", no day of {calendar}")?,
                None => write!(out, ", {calendar} not at hand")?,
            }
        }
        Ok(())
    }
}

/// A moment of issue at which coins of this rule are alive at `now`, if one is found within ten years before.
pub(crate) fn issue_for(rule: &Rule, now: Civil) -> Option<Civil> {
    let alive = |issued: &Civil| {
        rule.start(Some(*issued)).is_none_or(|start| now >= start)
            && rule.end(Some(*issued)).is_none_or(|end| now < end)
    };
    let minutes = (0..1_440).map(|ago: i64| now.add_minutes(ago.saturating_neg()));
    let days = (1..3_660).map(|ago: i32| Civil {
        date: now.date.add_days(ago.saturating_neg()),
        minute: now.minute,
    });
    std::iter::once(now).chain(days).chain(minutes).find(alive)
}

/// Can coins ever be alive, whenever they are issued? Spans counted from issue are compared for every day of issue of
/// four years, which is every combination of month, day and leap year from 2000 to 2099.
pub(crate) fn lives(rule: &Rule) -> bool {
    let first = Date::from_ymd(2024, 1, 1).unwrap_or_default();
    let parts = rule::parts(rule.policy());
    let lives = |issued: Civil| {
        let start = parts.iter().filter_map(|part| match part.starts {
            Starts::After(span) => Some(rule::after(issued, span)),
            Starts::AtIssue | Starts::On(_) => None,
        });
        let end = parts.iter().filter_map(|part| match part.expires.end {
            Ends::After(span) => Some(end_after(issued, span)),
            Ends::Never | Ends::On(_) => None,
        });
        end.min().is_none_or(|end| start.max().unwrap_or(issued) < end)
    };
    (0..1_461).map(|ahead| Civil::start_of(first.add_days(ahead))).any(lives)
}

fn end_after(issued: Civil, span: Span) -> Civil {
    match span {
        Span::Minutes(_) | Span::Hours(_) => rule::after(issued, span),
        Span::Days(_) | Span::Months(_) | Span::Years(_) => {
            Civil::start_of(rule::after(issued, span).date.add_days(1))
        }
    }
}
