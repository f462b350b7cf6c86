//! What the rules may know: the city's registry, attestations and the merchant's request, as facts.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::sync::Arc;

use scoin_core::command::Attributes;
use scoin_core::request::PaymentRequest;
use scoin_core::{AccountId, Amount, Timestamp};
use scoin_policy::civil::Date;
use scoin_policy::facts::{Facts, Happening, Id, Item, Person, Receiver, Shop, World, Written};

use crate::state::{Account, Key, MerchantEntry, Record};
use crate::work::Work;

/// An address, written when a rule asks for it.
#[derive(Clone, Debug, Default)]
struct Address {
    of: Option<AccountId>,
    text: OnceCell<String>,
}

impl Address {
    fn of(id: AccountId) -> Self {
        Self { of: Some(id), text: OnceCell::new() }
    }
}

impl Written for Address {
    fn written(&self) -> &str {
        self.text.get_or_init(|| self.of.map(|id| id.to_string()).unwrap_or_default())
    }
}

/// A person as the rules see it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Someone {
    id: Address,
    attributes: Option<Arc<Attributes>>,
    household: Option<String>,
    age: Option<i64>,
}

impl Someone {
    /// A person today, by the civil date of the city.
    pub(crate) fn new(id: &AccountId, account: &Account, today: Date) -> Self {
        let attributes = account.attributes.clone();
        let known = attributes
            .as_ref()
            .filter(|known| known.age_until.is_none_or(|until| today.0 <= until));
        let age = known.and_then(|known| known.age).map(i64::from);
        let household = attributes.as_ref().and_then(|known| known.household).map(|id| hex(&id));
        Self { id: Address::of(*id), attributes, household, age }
    }

    /// The facts about a payer.
    pub(crate) fn person(&self) -> Person<'_> {
        let known = self.attributes.as_ref();
        Person {
            id: Some(Id::Later(&self.id)),
            age: self.age,
            district: known.and_then(|known| known.district.as_deref()),
            household: self.household.as_deref(),
            groups: known.map(|known| known.groups.as_slice()),
            children: known.and_then(|known| known.children).map(i64::from),
        }
    }
}

/// A shop as the rules see it.
#[derive(Clone, Debug, Default)]
pub(crate) struct SomeShop {
    id: Address,
    entry: Option<Arc<MerchantEntry>>,
}

impl SomeShop {
    /// A registered shop.
    pub(crate) fn new(id: &AccountId, account: &Account) -> Self {
        Self { id: Address::of(*id), entry: account.merchant.clone() }
    }

    fn shop(&self) -> Shop<'_> {
        let profile = self.entry.as_ref().map(|entry| &entry.profile);
        Shop {
            id: Some(Id::Later(&self.id)),
            category: profile
                .map(|profile| profile.categories.as_slice())
                .filter(|tags| !tags.is_empty()),
            district: profile.and_then(|profile| profile.district.as_deref()),
            country: None,
            groups: profile.map(|profile| profile.groups.as_slice()),
        }
    }

    fn channel(&self) -> &'static str {
        match &self.entry {
            Some(entry) if entry.profile.online => "online",
            _ => "store",
        }
    }
}

/// One payment as the rules see it, owned, so that facts can be borrowed from it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Purchase {
    /// Who pays.
    pub(crate) payer: Someone,
    /// Who is paid.
    pub(crate) shop: SomeShop,
    /// How much in all.
    pub(crate) amount: Amount,
    /// `purchase`, `transit` or `bill`.
    pub(crate) kind: Cow<'static, str>,
    /// Channel the shop stated.
    pub(crate) channel: Option<String>,
    /// The basket, if the shop told it.
    pub(crate) items: Option<Vec<Item>>,
    /// When.
    pub(crate) now: Timestamp,
}

impl Purchase {
    /// A payment of a request.
    pub(crate) fn of(
        work: &Work<'_>,
        (payer_id, payer): (&AccountId, &Account),
        shop: &Account,
        request: &PaymentRequest,
    ) -> Self {
        let items = request.items.iter().map(|item| Item {
            code: item.code.clone(),
            amount: item.amount.units(),
            tags: item.tags.clone(),
        });
        Self {
            payer: Someone::new(payer_id, payer, work.today()),
            shop: SomeShop::new(&request.merchant, shop),
            amount: request.amount,
            kind: Cow::Borrowed(request.kind.as_str()),
            channel: request.channel.clone(),
            items: if request.items.is_empty() { None } else { Some(items.collect()) },
            now: work.now(),
        }
    }

    /// The facts. `now` is left to each rule's own zone.
    pub(crate) fn facts(&self) -> Facts<'_> {
        Facts {
            instant_micros: micros(self.now),
            amount: self.amount.units(),
            kind: Some(&self.kind),
            channel: Some(self.channel.as_deref().unwrap_or(self.shop.channel())),
            items: self.items.as_deref(),
            payer: self.payer.person(),
            merchant: self.shop.shop(),
            ..Facts::default()
        }
    }
}

/// A gift from one person to another as the rules see it.
#[derive(Clone, Debug)]
pub(crate) struct Gift {
    giver: Someone,
    receiver: Someone,
    relation: &'static str,
    amount: Amount,
    now: Timestamp,
}

impl Gift {
    /// A gift.
    pub(crate) fn new(
        work: &Work<'_>,
        (from, giver): (&AccountId, &Account),
        (to, receiver): (&AccountId, &Account),
        amount: Amount,
    ) -> Self {
        let today = work.today();
        Self {
            relation: relation(giver, from, receiver, to),
            giver: Someone::new(from, giver, today),
            receiver: Someone::new(to, receiver, today),
            amount,
            now: work.now(),
        }
    }

    /// The facts. `now` is left to each rule's own zone.
    pub(crate) fn facts(&self) -> Facts<'_> {
        Facts {
            instant_micros: micros(self.now),
            amount: self.amount.units(),
            kind: Some("transfer"),
            payer: self.giver.person(),
            receiver: Receiver {
                id: Some(Id::Later(&self.receiver.id)),
                household: self.receiver.household.as_deref(),
                relation: Some(self.relation),
            },
            ..Facts::default()
        }
    }
}

/// What the receiver is to the giver: `self`, `ward`, `guardian` or `other`.
fn relation(giver: &Account, from: &AccountId, receiver: &Account, to: &AccountId) -> &'static str {
    if from == to {
        "self"
    } else if receiver.guardians.contains(from) {
        "ward"
    } else if giver.guardians.contains(to) {
        "guardian"
    } else {
        "other"
    }
}

/// Something reported that may earn a reward.
#[derive(Clone, Debug)]
pub(crate) struct Report {
    /// Who earns.
    pub(crate) person: Someone,
    /// `event.amount`.
    pub(crate) amount: Amount,
    /// `event.actor`.
    pub(crate) actor: String,
    /// `event.role`.
    pub(crate) role: Option<String>,
    /// `event.days-early`.
    pub(crate) days_early: Option<i64>,
    /// When.
    pub(crate) now: Timestamp,
}

impl Report {
    /// The facts. `now` is left to each programme's own zone.
    pub(crate) fn facts(&self) -> Facts<'_> {
        Facts {
            instant_micros: micros(self.now),
            amount: self.amount.units(),
            payer: self.person.person(),
            event: Happening {
                amount: Some(self.amount.units()),
                actor: Some(&self.actor),
                role: self.role.as_deref(),
                days_early: self.days_early,
            },
            ..Facts::default()
        }
    }
}

fn micros(at: Timestamp) -> i64 {
    i64::try_from(at.micros()).unwrap_or(i64::MAX)
}

fn hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).flatten().collect()
}

/// The lists and calendars in force.
pub(crate) struct InForce<'a, 'v>(pub(crate) &'a Work<'v>);

impl World for InForce<'_, '_> {
    fn listed(&self, list: &str, member: &str) -> Option<bool> {
        match self.0.get(&Key::List(list.to_owned())) {
            Some(Record::List(entry)) => Some(entry.members.contains(member)),
            _ => None,
        }
    }

    fn on_calendar(&self, calendar: &str, date: Date) -> Option<bool> {
        match self.0.get(&Key::Calendar(calendar.to_owned())) {
            Some(Record::Calendar(days)) => Some(days.contains(&date.0)),
            _ => None,
        }
    }
}
