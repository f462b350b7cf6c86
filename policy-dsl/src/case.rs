//! Facts that own their values: filled in name by name, then lent to the evaluator.

use std::collections::BTreeMap;

use crate::civil::Civil;
use crate::facts::{Fact, Facts, Happening, Id, Item, Person, Receiver, Shop};

/// One payment or event, as an example or a question states it. What is not set is unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Case {
    /// Civil time in the zone of the rule.
    pub now: Civil,
    /// Lines of the basket; `None` when no list was sent.
    pub items: Option<Vec<Item>>,
    numbers: BTreeMap<Fact, i64>,
    words: BTreeMap<Fact, Vec<String>>,
}

impl Case {
    /// States a number or an amount in minor units; [`Fact::PaymentAmount`] is the amount of the payment.
    pub fn set_number(&mut self, fact: Fact, number: i64) {
        self.numbers.insert(fact, number);
    }

    /// States the words of a fact; facts that hold one word take the first.
    pub fn set_words(&mut self, fact: Fact, words: Vec<String>) {
        self.words.insert(fact, words);
    }

    /// The first word of a fact, if it is stated.
    pub fn word(&self, fact: Fact) -> Option<&str> {
        self.words.get(&fact)?.first().map(String::as_str)
    }

    /// The number of a fact, if it is stated.
    pub fn number(&self, fact: Fact) -> Option<i64> {
        self.numbers.get(&fact).copied()
    }

    /// The facts, for the evaluator. The instant is the wall clock read as UTC: differences between two instants are
    /// right unless the clocks were changed in between.
    pub fn facts(&self) -> Facts<'_> {
        let money = |fact| self.number(fact).and_then(|amount| u64::try_from(amount).ok());
        let words = |fact| self.words.get(&fact).map(Vec::as_slice);
        Facts {
            now: self.now,
            instant_micros: instant_micros(self.now),
            amount: money(Fact::PaymentAmount).unwrap_or(0),
            kind: self.word(Fact::PaymentKind),
            channel: self.word(Fact::PaymentChannel),
            items: self.items.as_deref(),
            payer: Person {
                id: self.word(Fact::PayerId).map(Id::from),
                age: self.number(Fact::PayerAge),
                district: self.word(Fact::PayerDistrict),
                household: self.word(Fact::PayerHousehold),
                groups: words(Fact::PayerGroups),
                children: self.number(Fact::PayerChildren),
            },
            merchant: Shop {
                id: self.word(Fact::MerchantId).map(Id::from),
                category: words(Fact::MerchantCategory),
                district: self.word(Fact::MerchantDistrict),
                country: self.word(Fact::MerchantCountry),
                groups: words(Fact::MerchantGroups),
            },
            receiver: Receiver {
                id: self.word(Fact::ReceiverId).map(Id::from),
                household: self.word(Fact::ReceiverHousehold),
                relation: self.word(Fact::ReceiverRelation),
            },
            event: Happening {
                amount: money(Fact::EventAmount),
                actor: self.word(Fact::EventActor),
                role: self.word(Fact::EventRole),
                days_early: self.number(Fact::EventDaysEarly),
            },
        }
    }
}

/// A wall clock reading as an instant, in microseconds since 1970, as if the zone were UTC.
pub fn instant_micros(civil: Civil) -> i64 {
    civil.minutes().saturating_mul(60_000_000)
}
