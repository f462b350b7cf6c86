//! One question of `policy ask`: strict JSON in, borrowed facts out. Nothing is guessed: an unknown or doubled key is an error.

use std::collections::BTreeMap;
use std::fmt;

use scoin_policy::civil::{Civil, Date};
use scoin_policy::facts::{Facts, Happening, Id, Item, Person, Receiver, Shop, World};
use serde::de::{self, Deserialize, Deserializer, MapAccess, Visitor};

/// A question as it stands in one line.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Request {
    /// Policy or programme.
    pub policy: String,
    /// Arguments by `$name`.
    #[serde(default)]
    pub args: Unique<Argument>,
    /// Local time of the payment in the policy's zone.
    pub at: Moment,
    /// When the coins were issued; default: at `at`.
    #[serde(default)]
    pub issued: Option<Moment>,
    /// Everything known, by dotted name.
    #[serde(default)]
    pub facts: Known,
    /// Amount of the payment. May be left out for a programme.
    #[serde(default)]
    pub amount: Option<u64>,
    /// Lines of the basket; absent when the shop sent none.
    #[serde(default)]
    pub items: Option<Vec<Line>>,
    /// What the caps have counted already, by label.
    #[serde(default)]
    pub spent: Unique<u64>,
    /// Members of lists; a list that is not here is not known.
    #[serde(default)]
    pub lists: Unique<Vec<String>>,
    /// Days of calendars; a calendar that is not here is not known.
    #[serde(default)]
    pub calendars: Unique<Vec<Day>>,
}

/// One line of the basket.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Line {
    code: String,
    amount: u64,
    #[serde(default)]
    tags: Vec<String>,
}

/// Facts by their dotted names, typed.
#[derive(Debug, Default)]
pub(crate) struct Known {
    payer: PersonFacts,
    merchant: ShopFacts,
    amount: Option<u64>,
    channel: Option<String>,
    kind: Option<String>,
    receiver_id: Option<String>,
    receiver_household: Option<String>,
    receiver_relation: Option<String>,
    event_amount: Option<u64>,
    event_actor: Option<String>,
    event_role: Option<String>,
    event_days_early: Option<i64>,
}

#[derive(Debug, Default)]
struct PersonFacts {
    id: Option<String>,
    age: Option<i64>,
    district: Option<String>,
    household: Option<String>,
    groups: Option<Vec<String>>,
    children: Option<i64>,
}

#[derive(Debug, Default)]
struct ShopFacts {
    id: Option<String>,
    category: Option<Vec<String>>,
    district: Option<String>,
    country: Option<String>,
    groups: Option<Vec<String>>,
}

impl Request {
    /// The basket as the rules read it. What the lines leave of the amount is one more line of which nothing is known.
    pub(crate) fn basket(&mut self, amount: u64) -> Result<Option<Vec<Item>>, String> {
        let Some(lines) = self.items.take() else { return Ok(None) };
        let sum = lines.iter().try_fold(0_u64, |sum, line| sum.checked_add(line.amount));
        let Some(rest) = sum.and_then(|sum| amount.checked_sub(sum)) else {
            return Err(format!("the lines of `items` are more than the amount {amount}"));
        };
        let items = lines.into_iter().map(|line| Item {
            code: line.code,
            amount: line.amount,
            tags: line.tags,
        });
        let mut items: Vec<Item> = items.collect();
        if rest > 0 {
            items.push(Item { code: String::new(), amount: rest, tags: Vec::new() });
        }
        Ok(Some(items))
    }

    /// The amount: `amount`, or the fact `payment.amount`. Both must agree.
    pub(crate) fn units(&self) -> Result<Option<u64>, String> {
        match (self.amount, self.facts.amount) {
            (Some(given), Some(fact)) if given != fact => {
                Err(format!("`amount` is {given} and `payment.amount` is {fact}; give one of them"))
            }
            (given, fact) => Ok(given.or(fact)),
        }
    }

    /// `payer.district`
    pub(crate) fn payer_district(&self) -> Option<String> {
        self.facts.payer.district.clone()
    }

    /// `payer.id`
    pub(crate) fn payer_id(&self) -> Option<String> {
        self.facts.payer.id.clone()
    }

    /// The facts, borrowed from this question and its basket.
    pub(crate) fn facts<'a>(&'a self, amount: u64, items: Option<&'a [Item]>) -> Facts<'a> {
        let (known, payer, shop) = (&self.facts, &self.facts.payer, &self.facts.merchant);
        Facts {
            now: self.at.0,
            instant_micros: micros(self.at.0),
            amount,
            kind: known.kind.as_deref(),
            channel: known.channel.as_deref(),
            items,
            payer: Person {
                id: payer.id.as_deref().map(Id::from),
                age: payer.age,
                district: payer.district.as_deref(),
                household: payer.household.as_deref(),
                groups: payer.groups.as_deref(),
                children: payer.children,
            },
            merchant: Shop {
                id: shop.id.as_deref().map(Id::from),
                category: shop.category.as_deref(),
                district: shop.district.as_deref(),
                country: shop.country.as_deref(),
                groups: shop.groups.as_deref(),
            },
            receiver: Receiver {
                id: known.receiver_id.as_deref().map(Id::from),
                household: known.receiver_household.as_deref(),
                relation: known.receiver_relation.as_deref(),
            },
            event: Happening {
                amount: known.event_amount,
                actor: known.event_actor.as_deref(),
                role: known.event_role.as_deref(),
                days_early: known.event_days_early,
            },
        }
    }
}

impl World for Request {
    fn listed(&self, list: &str, member: &str) -> Option<bool> {
        self.lists.0.get(list).map(|members| members.iter().any(|known| known == member))
    }

    fn on_calendar(&self, calendar: &str, date: Date) -> Option<bool> {
        self.calendars.0.get(calendar).map(|days| days.iter().any(|day| day.0 == date))
    }
}

/// Microseconds of a civil reading, as if its zone were UTC: only differences matter, and there is no earlier payment here.
fn micros(at: Civil) -> i64 {
    i64::from(at.date.0)
        .saturating_mul(1440)
        .saturating_add(i64::from(at.minute))
        .saturating_mul(60_000_000)
}

/// A map that refuses a doubled key instead of keeping the last.
#[derive(Debug)]
pub(crate) struct Unique<T>(pub BTreeMap<String, T>);

impl<T> Default for Unique<T> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Unique<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries<T>(std::marker::PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Entries<T> {
            type Value = Unique<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Unique<T>, A::Error> {
                let mut entries = BTreeMap::new();
                while let Some((key, value)) = map.next_entry::<String, T>()? {
                    if entries.contains_key(&key) {
                        return Err(de::Error::custom(format_args!("`{key}` stands twice")));
                    }
                    entries.insert(key, value);
                }
                Ok(Unique(entries))
            }
        }
        deserializer.deserialize_map(Entries(std::marker::PhantomData))
    }
}

/// An argument: text as the language writes it, or a bare number.
#[derive(Debug, serde::Deserialize)]
#[serde(untagged)]
pub(crate) enum Argument {
    /// `5_000 won`, `2026-12-31`, `gu.mapo`
    Text(String),
    /// `60`; for a money parameter, minor units.
    Number(i64),
}

/// Minute of a local day: `2026-09-01T10:00`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment(pub Civil);

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        moment(&text).map(Moment).ok_or_else(|| {
            de::Error::custom(format_args!("`{text}` is not a local time such as 2026-09-01T10:00"))
        })
    }
}

/// A local day: `2026-03-02`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Day(pub Date);

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        date(&text).map(Day).ok_or_else(|| {
            de::Error::custom(format_args!("`{text}` is not a day such as 2026-03-02"))
        })
    }
}

/// Reads `YYYY-MM-DDTHH:MM`, nothing else.
fn moment(text: &str) -> Option<Civil> {
    let (day, clock) = text.split_once('T')?;
    let (hour, minute) = clock.split_once(':')?;
    let (hour, minute) = (digits(hour, 2)?, digits(minute, 2)?);
    if hour > 23 || minute > 59 {
        return None;
    }
    let minute = hour.checked_mul(60)?.checked_add(minute)?;
    Some(Civil { date: date(day)?, minute: u16::try_from(minute).ok()? })
}

/// Reads `YYYY-MM-DD`, years 1 to 9999, nothing else.
pub(crate) fn date(text: &str) -> Option<Date> {
    let mut parts = text.split('-');
    let (year, month, day) =
        (digits(parts.next()?, 4)?, digits(parts.next()?, 2)?, digits(parts.next()?, 2)?);
    if parts.next().is_some() || year == 0 {
        return None;
    }
    let civil = jiff::civil::Date::new(
        i16::try_from(year).ok()?,
        i8::try_from(month).ok()?,
        i8::try_from(day).ok()?,
    )
    .ok()?;
    let since = civil.since((jiff::Unit::Day, jiff::civil::date(1970, 1, 1))).ok()?;
    Some(Date(since.get_days()))
}

/// Writes a local minute as `2026-09-02T14:00`.
pub(crate) fn written(at: Civil) -> String {
    format!("{}T{:02}:{:02}", written_date(at.date), at.minute / 60, at.minute % 60)
}

/// Writes a local day as `2026-09-02`.
pub(crate) fn written_date(date: Date) -> String {
    jiff::civil::date(1970, 1, 1)
        .checked_add(jiff::Span::new().days(date.0))
        .map_or_else(|_| "9999-12-31".to_owned(), |day| day.to_string())
}

fn digits(text: &str, length: usize) -> Option<u32> {
    let well_formed = text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
    if well_formed { text.parse().ok() } else { None }
}

/// One tag or several.
#[derive(serde::Deserialize)]
#[serde(untagged)]
enum Tags {
    One(String),
    Many(Vec<String>),
}

impl From<Tags> for Vec<String> {
    fn from(tags: Tags) -> Self {
        match tags {
            Tags::One(tag) => vec![tag],
            Tags::Many(tags) => tags,
        }
    }
}

impl<'de> Deserialize<'de> for Known {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Facts;
        impl<'de> Visitor<'de> for Facts {
            type Value = Known;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of facts by dotted name")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Known, A::Error> {
                let mut known = Known::default();
                while let Some(name) = map.next_key::<String>()? {
                    read_fact(&mut known, &name, &mut map)?;
                }
                Ok(known)
            }
        }
        deserializer.deserialize_map(Facts)
    }
}

/// Reads the value of one fact into its place.
fn read_fact<'de, A: MapAccess<'de>>(
    known: &mut Known,
    name: &str,
    map: &mut A,
) -> Result<(), A::Error> {
    let once = |done: bool| {
        if done { Ok(()) } else { Err(de::Error::custom(format_args!("`{name}` stands twice"))) }
    };
    macro_rules! read {
        ($place:expr, $type:ty) => {
            once($place.replace(map.next_value::<$type>()?.into()).is_none())
        };
    }
    match name {
        "payer.id" => read!(known.payer.id, String),
        "payer.age" => read!(known.payer.age, i64),
        "payer.district" => read!(known.payer.district, String),
        "payer.household" => read!(known.payer.household, String),
        "payer.groups" => read!(known.payer.groups, Tags),
        "payer.children" => read!(known.payer.children, i64),
        "merchant.id" => read!(known.merchant.id, String),
        "merchant.category" => read!(known.merchant.category, Tags),
        "merchant.district" => read!(known.merchant.district, String),
        "merchant.country" => read!(known.merchant.country, String),
        "merchant.groups" => read!(known.merchant.groups, Tags),
        "payment.amount" => read!(known.amount, u64),
        "payment.channel" => read!(known.channel, String),
        "payment.kind" => read!(known.kind, String),
        "receiver.id" => read!(known.receiver_id, String),
        "receiver.household" => read!(known.receiver_household, String),
        "receiver.relation" => read!(known.receiver_relation, String),
        "event.amount" => read!(known.event_amount, u64),
        "event.actor" => read!(known.event_actor, String),
        "event.role" => read!(known.event_role, String),
        "event.days-early" => read!(known.event_days_early, i64),
        _ => Err(de::Error::custom(format_args!("`{name}` is not a fact that can be given"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Request, String> {
        serde_json::from_str(text).map_err(|error| error.to_string())
    }

    #[test]
    fn reads_the_line_of_the_design() {
        let text = r#"{"policy":"city.relief","args":{"$district":"gu.mapo"},"at":"2026-09-01T10:00","facts":{"payer.age":30,"merchant.groups":["small-business"]},"amount":42000,"items":[{"code":"apples","amount":6000,"tags":["food.fruit"]}],"spent":{"each-day":4000},"lists":{},"calendars":{"kr.holidays":["2026-03-02"]}}"#;
        let mut request = parse(text).unwrap();
        assert_eq!(written(request.at.0), "2026-09-01T10:00");
        assert_eq!(request.units(), Ok(Some(42_000)));
        let basket = request.basket(42_000).unwrap().unwrap();
        assert_eq!((basket.len(), basket[1].amount), (2, 36_000));
        assert_eq!(request.on_calendar("kr.holidays", date("2026-03-02").unwrap()), Some(true));
        assert_eq!(request.on_calendar("kr.other", date("2026-03-02").unwrap()), None);
        assert_eq!(request.facts(42_000, None).payer.age, Some(30));
    }

    #[test]
    fn refuses_what_it_does_not_know() {
        let cases = [
            (r#"{"policy":"p","at":"2026-09-01T10:00","amount":1,"foo":1}"#, "unknown field `foo`"),
            (
                r#"{"policy":"p","at":"2026-09-01T10:00","amount":1,"facts":{"payer.name":"x"}}"#,
                "`payer.name` is not a fact",
            ),
            (
                r#"{"policy":"p","at":"2026-09-01T10:00","amount":1,"facts":{"payer.age":1,"payer.age":2}}"#,
                "stands twice",
            ),
            (
                r#"{"policy":"p","at":"2026-09-01T10:00","amount":1,"spent":{"a":1,"a":2}}"#,
                "stands twice",
            ),
            (r#"{"policy":"p","at":"2026-13-01T10:00","amount":1}"#, "is not a local time"),
            (r#"{"policy":"p","at":"2026-09-01T24:00","amount":1}"#, "is not a local time"),
            (r#"{"policy":"p","at":"2026-09-01T10:00","amount":-1}"#, "invalid value"),
            (r#"{"policy":"p","at":"2026-09-01T10:00","amount":1.5}"#, "invalid type"),
            (r#"{"policy":"p","amount":1}"#, "missing field `at`"),
            (r#"{"policy":"p","at":"2026-09-01T10:00","amount":1} x"#, "trailing characters"),
        ];
        for (text, expected) in cases {
            let error = parse(text).unwrap_err();
            assert!(error.contains(expected), "{text}: {error}");
        }
    }

    #[test]
    fn dates_come_back_as_they_went_in() {
        for text in ["0001-01-01", "1969-12-31", "1970-01-01", "2024-02-29", "9999-12-31"] {
            assert_eq!(written_date(date(text).unwrap()), text);
        }
        assert_eq!(date("2026-02-29"), None);
        assert_eq!(date("2026-2-09"), None);
    }
}
