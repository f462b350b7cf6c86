//! Conditions as phrases: `at bakeries or cafés`, `on public holidays`; and what a cause found and would accept.

use super::message::{Args, Value};
use super::{View, lead, tags, write};
use crate::causes::{Accept, Allowed, Cause, Value as FoundValue};
use crate::facts::Fact;
use crate::ir::{Pred, Test};

/// At most this many parts of one `and` or `or` are told.
const PARTS_MAX: usize = 8;

/// A condition as a phrase that follows "it works" or "it doesn't work".
pub(super) fn phrase(pred: &Pred, view: &View<'_>) -> String {
    match pred {
        Pred::And(parts) => {
            // That the basket is known goes without saying where a thing in it is named.
            let items = |part: &Pred| matches!(part, Pred::AnyItem(_) | Pred::EveryItem(_));
            let obvious =
                |part: &Pred| *part == Pred::Known(Fact::PaymentItems) && parts.iter().any(items);
            let parts: Vec<&Pred> = parts.iter().filter(|part| !obvious(part)).collect();
            joined(&parts, "when.and", view)
        }
        Pred::Or(parts) => joined(&parts.iter().collect::<Vec<_>>(), "when.or", view),
        Pred::Not(inner) => with_phrase("when.not", inner, view),
        Pred::AnyItem(inner) => {
            if let Pred::Test(Test::InTags(Fact::ItemCategory, words)) = &**inner {
                say_list("when.basket", "goods", &names("goods", words, view), view)
            } else {
                with_phrase("when.basket_phrase", inner, view)
            }
        }
        Pred::EveryItem(inner) => with_phrase("when.basket_every", inner, view),
        Pred::Known(fact) => view.say("when.known", &[("fact", (&fact_name(*fact, view)).into())]),
        Pred::Test(test) => of_test(test, view),
    }
}

fn with_phrase(key: &str, inner: &Pred, view: &View<'_>) -> String {
    view.say(key, &[("phrase", (&phrase(inner, view)).into())])
}

fn joined(parts: &[&Pred], key: &str, view: &View<'_>) -> String {
    let one = |part: &&Pred| {
        let text = phrase(part, view);
        if matches!(part, Pred::And(_) | Pred::Or(_)) {
            view.say("when.grouped", &[("phrase", (&text).into())])
        } else {
            text
        }
    };
    let mut told: Vec<String> = parts.iter().take(PARTS_MAX).map(one).collect();
    if parts.len() > PARTS_MAX {
        told.push(view.say("when.more", &[]));
    }
    let both = |a: String, b: String| view.say(key, &[("a", (&a).into()), ("b", (&b).into())]);
    told.into_iter().reduce(both).unwrap_or_default()
}

fn of_test(test: &Test, view: &View<'_>) -> String {
    match test {
        Test::InTags(fact, words) => of_words(*fact, words, view),
        Test::Is(fact, word) => of_words(*fact, std::slice::from_ref(word), view),
        Test::InRange(fact, low, high) => of_range(*fact, *low, *high, view),
        Test::Equals(fact, number) => of_range(*fact, Some(*number), Some(*number), view),
        Test::InList(fact, list, _) => of_list(*fact, list, view),
        Test::OnCalendar(calendar, _) => of_calendar(calendar, view),
        Test::InSchedule(hours) => {
            view.say("when.hours", &[("hours", (&write::weekly(hours, view)).into())])
        }
        Test::OnWeekday(days) => {
            view.say("when.weekdays", &[("days", (&write::days(days, view)).into())])
        }
        Test::InDates(first, last) => {
            let date = |date: Option<crate::civil::Date>| date.map(|date| write::far(date, view));
            between("when.dates", (date(*first), date(*last)), &[], view)
        }
        Test::Same(Fact::MerchantDistrict, Fact::PayerDistrict)
        | Test::Same(Fact::PayerDistrict, Fact::MerchantDistrict) => view.say("when.own_area", &[]),
        Test::Same(Fact::ReceiverHousehold, Fact::PayerHousehold)
        | Test::Same(Fact::PayerHousehold, Fact::ReceiverHousehold) => {
            view.say("when.same_household", &[])
        }
        Test::Same(one, other) => {
            let (one, other) = (fact_name(*one, view), fact_name(*other, view));
            view.say("when.same", &[("one", (&one).into()), ("other", (&other).into())])
        }
    }
}

fn of_words(fact: Fact, words: &[String], view: &View<'_>) -> String {
    let shops_only = || words.iter().all(|word| word == "purchase");
    let transit = || words.iter().all(|word| word.split('.').next() == Some("transit"));
    let (key, place, kind) = match fact {
        Fact::MerchantCategory if transit() => ("when.kinds", "goods", "goods"),
        Fact::MerchantCategory | Fact::MerchantGroups => ("when.shops", "shops", "shops"),
        Fact::MerchantDistrict => ("when.area", "area", "district"),
        Fact::PayerDistrict => ("when.lives", "area", "district"),
        Fact::ItemCategory => ("when.goods", "goods", "goods"),
        Fact::PaymentKind if shops_only() => ("when.goods", "goods", "goods"),
        Fact::PaymentKind => ("when.kinds", "goods", "goods"),
        Fact::PayerGroups => ("when.groups", "groups", "group"),
        Fact::PaymentChannel => ("when.channel", "channel", "channel"),
        Fact::MerchantCountry => ("when.country", "country", "country"),
        Fact::EventRole => ("when.role", "role", "role"),
        Fact::ReceiverRelation => ("when.relation", "relation", "relation"),
        Fact::PayerId | Fact::ReceiverId | Fact::EventActor => {
            return view.say("when.person", &[]);
        }
        Fact::MerchantId => {
            return view.say("when.shops", &[("shops", (&view.say("place.named", &[])).into())]);
        }
        Fact::PayerAge
        | Fact::PayerHousehold
        | Fact::PayerChildren
        | Fact::PaymentAmount
        | Fact::PaymentItems
        | Fact::ItemCode
        | Fact::ItemAmount
        | Fact::ReceiverHousehold
        | Fact::EventAmount
        | Fact::EventDaysEarly
        | Fact::Time
        | Fact::Day
        | Fact::Date => {
            let words = write::list_or(words, write::NAMES_FULL_MAX, view);
            let fact = fact_name(fact, view);
            return view.say("when.words", &[("fact", (&fact).into()), ("words", (&words).into())]);
        }
    };
    say_list(key, place, &names(kind, words, view), view)
}

fn of_range(fact: Fact, low: Option<i64>, high: Option<i64>, view: &View<'_>) -> String {
    let plain = |number: i64| number.to_string();
    let money = |number: i64| write::money(u64::try_from(number).unwrap_or(0), view);
    let name = fact_name(fact, view);
    match (fact, low, high) {
        (Fact::PayerAge, ..) => between("when.age", (low.map(plain), high.map(plain)), &[], view),
        (Fact::PaymentAmount | Fact::ItemAmount | Fact::EventAmount, ..) => {
            between("when.amount", (low.map(money), high.map(money)), &[], view)
        }
        (Fact::EventDaysEarly, Some(0), None) => view.say("when.in_time", &[]),
        (Fact::EventDaysEarly, Some(days @ 1..), None) => {
            view.say("when.days_early", &[("n", days.unsigned_abs().into())])
        }
        (Fact::Time, ..) => {
            let clock = |minute: i64| write::clock(u16::try_from(minute).unwrap_or(0));
            let from = clock(low.unwrap_or(0));
            let to =
                clock(high.map_or(i64::from(crate::civil::MINUTES_PER_DAY), |high| {
                    high.saturating_add(1)
                }));
            view.say("when.time_between", &[("from", (&from).into()), ("to", (&to).into())])
        }
        _ => {
            let fact = [("fact", Value::from(&name))];
            between("when.count", (low.map(plain), high.map(plain)), &fact, view)
        }
    }
}

/// `from a to b`, `from a`, `to b`.
fn between(
    family: &str,
    ends: (Option<String>, Option<String>),
    more: &Args<'_>,
    view: &View<'_>,
) -> String {
    let key = match &ends {
        (Some(_), Some(_)) => "between",
        (Some(_), None) => "from",
        (None, Some(_)) => "to",
        (None, None) => return view.say("when.more", &[]),
    };
    let (from, to) = (ends.0.unwrap_or_default(), ends.1.unwrap_or_default());
    let mut args = vec![("from", Value::from(&from)), ("to", Value::from(&to))];
    args.extend_from_slice(more);
    view.say(&format!("{family}_{key}"), &args)
}

fn of_list(fact: Fact, list: &str, view: &View<'_>) -> String {
    let words = view.names.list(list, view.lang());
    match (fact, words) {
        (Fact::MerchantId, Some(words)) if words.members > 0 => {
            view.say("when.shops", &[("shops", (&lead::of_list(&words, view)).into())])
        }
        (Fact::MerchantId, _) => {
            view.say("when.shops", &[("shops", (&view.say("place.named", &[])).into())])
        }
        (Fact::ItemCode, Some(super::ListWords { goods: Some(goods), .. })) => {
            view.say("when.item_list_named", &[("goods", (&goods).into())])
        }
        (Fact::ItemCode, _) => view.say("when.item_list", &[]),
        _ => view.say("when.person_list", &[]),
    }
}

fn of_calendar(calendar: &str, view: &View<'_>) -> String {
    let own = view.names.calendar(calendar, view.lang());
    match own.or_else(|| tags::known("calendar", calendar, view.words)) {
        Some(days) => view.say("when.calendar_known", &[("days", (&days).into())]),
        None => view.say("when.calendar", &[("calendar", calendar.into())]),
    }
}

fn names(kind: &str, words: &[String], view: &View<'_>) -> Vec<String> {
    words.iter().map(|word| tags::named(kind, word, view.words)).collect()
}

fn say_list(key: &str, place: &str, names: &[String], view: &View<'_>) -> String {
    let list = write::list_or(names, write::NAMES_FULL_MAX, view);
    view.say(key, &[(place, (&list).into())])
}

/// What a cause found, a line for each fact.
pub(super) fn found(cause: &Cause, view: &View<'_>) -> Vec<String> {
    let line = |found: &crate::causes::Found| {
        let value = match &found.value {
            FoundValue::Missing => view.say("value.missing", &[]),
            FoundValue::Words(all) => {
                let name = |word: &String| {
                    kind_of(found.fact)
                        .map_or_else(|| word.clone(), |kind| tags::nearest(kind, word, view.words))
                };
                let all: Vec<String> = all.iter().map(name).collect();
                write::list(&all, write::NAMES_FULL_MAX, view)
            }
            FoundValue::Number(number) if is_money(found.fact) => {
                write::money(u64::try_from(*number).unwrap_or(0), view)
            }
            FoundValue::Number(number) => number.to_string(),
            FoundValue::Time(time) => write::moment(*time, view),
            FoundValue::Wait(minutes) => write::length(*minutes, view),
        };
        let fact = if matches!(found.value, FoundValue::Wait(_)) {
            view.say("fact.wait", &[])
        } else {
            fact_name(found.fact, view)
        };
        view.say("cause.found", &[("fact", (&fact).into()), ("value", (&value).into())])
    };
    // Ids of people and shops say nothing to a reader.
    let told = |found: &&crate::causes::Found| {
        !matches!(
            found.fact,
            Fact::PayerId | Fact::MerchantId | Fact::ReceiverId | Fact::EventActor
        ) && !matches!(found.fact, Fact::PayerHousehold | Fact::ReceiverHousehold)
    };
    cause.found.iter().filter(told).map(line).collect()
}

/// What a cause would accept: alternatives, what is needed together in one phrase.
pub(super) fn allowed(cause: &Cause, view: &View<'_>) -> Vec<String> {
    let mut groups: Vec<(u8, Vec<String>)> = Vec::new();
    for allowed in &cause.allowed {
        let Some(mut text) = accepted(allowed, view) else { continue };
        if allowed.except {
            text = view.say("when.not", &[("phrase", (&text).into())]);
        }
        match groups.iter_mut().find(|(group, _)| *group == allowed.group) {
            Some((_, texts)) => texts.push(text),
            None => groups.push((allowed.group, vec![text])),
        }
    }
    let both =
        |a: String, b: String| view.say("when.and", &[("a", (&a).into()), ("b", (&b).into())]);
    groups.into_iter().filter_map(|(_, texts)| texts.into_iter().reduce(both)).collect()
}

/// What one alternative names, whether it is wanted or left out.
pub(super) fn accepted(allowed: &Allowed, view: &View<'_>) -> Option<String> {
    let moment = |key: &str, moment| {
        view.say(key, &[("moment", (&write::full_moment(moment, view)).into())])
    };
    Some(match &allowed.what {
        Accept::Words(fact, words) => of_words(*fact, words, view),
        Accept::Range(fact, low, high) => of_range(*fact, *low, *high, view),
        Accept::List(fact, list) => of_list(*fact, list, view),
        Accept::Calendar(calendar) => of_calendar(calendar, view),
        Accept::Slots(hours) => of_test(&Test::InSchedule(hours.clone()), view),
        Accept::Weekdays(days) => of_test(&Test::OnWeekday(days.clone()), view),
        Accept::Dates(first, last) => of_test(&Test::InDates(*first, *last), view),
        Accept::Same(one, other) => of_test(&Test::Same(*one, *other), view),
        Accept::Known(fact) => phrase(&Pred::Known(*fact), view),
        Accept::From(start) => moment("when.since", *start),
        Accept::Until(end, _) => {
            view.say("when.before", &[("moment", (&write::last_day(*end, view)).into())])
        }
        Accept::Wait(minutes) => {
            view.say("when.waited", &[("gap", (&write::length(*minutes, view)).into())])
        }
    })
    .filter(|text| !text.is_empty())
}

/// Which words of the catalogue name the values of a fact.
fn kind_of(fact: Fact) -> Option<&'static str> {
    match fact {
        Fact::MerchantCategory | Fact::MerchantGroups => Some("shops"),
        Fact::ItemCategory | Fact::PaymentKind => Some("goods"),
        Fact::MerchantDistrict | Fact::PayerDistrict => Some("district"),
        Fact::PaymentChannel => Some("channel"),
        Fact::PayerId
        | Fact::PayerGroups
        | Fact::MerchantId
        | Fact::MerchantCountry
        | Fact::ReceiverId
        | Fact::ReceiverRelation
        | Fact::EventActor
        | Fact::EventRole
        | Fact::PayerAge
        | Fact::PayerHousehold
        | Fact::PayerChildren
        | Fact::PaymentAmount
        | Fact::PaymentItems
        | Fact::ItemCode
        | Fact::ItemAmount
        | Fact::ReceiverHousehold
        | Fact::EventAmount
        | Fact::EventDaysEarly
        | Fact::Time
        | Fact::Day
        | Fact::Date => None,
    }
}

fn is_money(fact: Fact) -> bool {
    matches!(fact, Fact::PaymentAmount | Fact::ItemAmount | Fact::EventAmount)
}

/// What a fact is called: `your age`.
pub(super) fn fact_name(fact: Fact, view: &View<'_>) -> String {
    let key = match fact {
        Fact::PayerAge => "fact.payer.age",
        Fact::PayerDistrict => "fact.payer.district",
        Fact::PayerHousehold => "fact.payer.household",
        Fact::PayerGroups => "fact.payer.groups",
        Fact::PayerChildren => "fact.payer.children",
        Fact::PaymentItems | Fact::ItemCode | Fact::ItemCategory => "fact.items",
        Fact::MerchantCategory | Fact::MerchantGroups => "fact.shop.kind",
        Fact::MerchantId => "fact.shop.name",
        Fact::MerchantDistrict | Fact::MerchantCountry => "fact.shop.place",
        Fact::PaymentChannel => "fact.channel",
        Fact::ReceiverId | Fact::ReceiverHousehold | Fact::ReceiverRelation => "fact.receiver",
        Fact::PaymentAmount | Fact::ItemAmount | Fact::EventAmount => "fact.amount",
        Fact::PaymentKind => "fact.kind",
        Fact::EventActor | Fact::EventRole | Fact::EventDaysEarly => "fact.event",
        Fact::Time | Fact::Day | Fact::Date => "fact.time",
        Fact::PayerId => "fact.payment",
    };
    view.say(key, &[])
}
