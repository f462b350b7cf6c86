//! The point of a refusal: which entry of the denial catalogue it is, with its values still as values.

use super::lead::Lead;
use super::{View, tags, write};
use crate::causes::{Accept, Allowed, Cause, CauseKind, Value};
use crate::civil::Civil;
use crate::facts::Fact;
use crate::ir::{Fate, Policy, Weekly, Window};
use crate::rule::Unit;

/// What a refusal is about.
#[derive(Clone, Debug)]
pub(super) enum Point {
    /// The kind of payment: these are paid; purchases are (`true`) or are not among them.
    Kind(Vec<String>, bool),
    /// Begins then.
    NotStarted(Civil),
    /// Was good until the minute before; then the rest goes there.
    Expired(Civil, Fate),
    /// The shop: works for this instead.
    Shop(Lead),
    /// The shop is among those left out.
    NotShops(Vec<String>),
    /// The things bought: these are meant (`true`), or these are left out.
    Goods(bool, Vec<String>),
    /// Only part of the basket.
    Part(u64),
    /// The payer is younger than this.
    AgeUnder(i64),
    /// The payer is older than this.
    AgeOver(i64),
    /// Later today.
    Before(Weekly, (u16, u16)),
    /// Earlier today.
    After(Weekly, (u16, u16)),
    /// Not today; the hours, if there are any.
    Rest(Option<Weekly>),
    /// Shops of this area only (or, under `true`, of any other).
    Area(Option<String>, bool),
    /// People of this area only.
    Residents(Option<String>),
    /// People of these groups only.
    Groups(Vec<String>),
    /// Only this person; the name, if there is one.
    Owner(Option<String>),
    /// At most so much at a time.
    Single(u64),
    /// At most so many percent, here so much.
    Share(u8, u64),
    /// Money in a window: limit and what is left.
    Money(Window, u64, u64),
    /// Payments in a window: the limit.
    Count(Window, u64, bool),
    /// So many minutes between payments.
    Soon(u32),
    /// Pays alone or not at all.
    Alone,
    /// Something must be known first.
    Missing(Fact),
    /// Anything else.
    Other,
}

impl Point {
    pub(super) fn of(cause: &Cause, policy: Option<&Policy>, view: &View<'_>) -> Self {
        match cause.kind {
            CauseKind::Split => Self::Alone,
            CauseKind::Cap => limit(cause),
            CauseKind::Covers if cause.pass_now > 0 => Self::Part(cause.pass_now),
            CauseKind::Pays
            | CauseKind::Starts
            | CauseKind::Expires
            | CauseKind::Require
            | CauseKind::Forbid
            | CauseKind::Covers
            | CauseKind::Gap => match (cause.missing, cause.allowed.first()) {
                (Some(fact), _) => Self::Missing(fact),
                (None, Some(allowed)) => accepted(allowed, cause, policy, view),
                (None, None) => Self::Other,
            },
        }
    }

    /// The code of the denial catalogue.
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::Kind(..) | Self::Goods(..) => "kind_not_allowed",
            Self::NotStarted(_) => "not_started",
            Self::Expired(..) => "expired",
            Self::Shop(_) | Self::NotShops(_) => "shop_not_allowed",
            Self::Part(_) => "part_of_basket",
            Self::AgeUnder(_) => "age_under",
            Self::AgeOver(_) => "age_over",
            Self::Residents(_) => "not_resident",
            Self::Groups(_) => "not_in_group",
            Self::Owner(_) => "owner_only",
            Self::Before(..) => "before_time",
            Self::After(..) => "after_time",
            Self::Rest(_) => "wrong_day",
            Self::Area(..) => "outside_area",
            Self::Single(_) => "over_single",
            Self::Share(..) => "over_share",
            Self::Money(Window::Day, ..) => "over_day",
            Self::Money(..) => "over_period",
            Self::Count(..) => "over_count",
            Self::Soon(_) => "too_soon",
            Self::Alone => "pays_alone",
            Self::Missing(_) => "fact_missing",
            Self::Other => "rule_refuses",
        }
    }
}

fn limit(cause: &Cause) -> Point {
    let Some(limit) = cause.limit else {
        return Point::Other;
    };
    let left = limit.limit.saturating_sub(limit.used);
    match (cause.missing, limit.share, limit.unit, limit.window) {
        (Some(fact), ..) => Point::Missing(fact),
        (_, Some(percent), ..) => Point::Share(percent, limit.limit),
        (_, _, Unit::Count, window) => Point::Count(window, limit.limit, limit.by_merchant),
        (_, _, Unit::Money, Window::Payment) => Point::Single(limit.limit),
        (_, _, Unit::Money, window) => Point::Money(window, limit.limit, left),
    }
}

fn accepted(allowed: &Allowed, cause: &Cause, policy: Option<&Policy>, view: &View<'_>) -> Point {
    match &allowed.what {
        Accept::From(start) => Point::NotStarted(*start),
        Accept::Until(end, fate) => Point::Expired(*end, fate.clone()),
        Accept::Wait(minutes) => Point::Soon(*minutes),
        Accept::Slots(_) if allowed.except => Point::Rest(None),
        Accept::Slots(hours) => time(hours, found_time(cause).unwrap_or(view.now)),
        Accept::Calendar(_) | Accept::Weekdays(_) | Accept::Dates(..) => Point::Rest(None),
        Accept::Range(Fact::PayerAge, low, high) if !allowed.except => age(*low, *high, cause),
        Accept::Same(Fact::MerchantDistrict, _) | Accept::Same(_, Fact::MerchantDistrict) => {
            Point::Area(None, allowed.except)
        }
        Accept::Known(fact) if !allowed.except => Point::Missing(*fact),
        Accept::List(Fact::MerchantId, list) if !allowed.except => {
            let own = || Lead {
                lists: view.names.list(list, view.lang()).into_iter().collect(),
                purchases: true,
                ..Lead::default()
            };
            Point::Shop(policy.map_or_else(own, |policy| Lead::of(policy, view)))
        }
        Accept::List(Fact::ItemCode, list) => {
            let goods = view.names.list(list, view.lang()).and_then(|words| words.goods);
            Point::Goods(!allowed.except, goods.into_iter().collect())
        }
        Accept::Words(fact, words) => of_words(*fact, words, allowed.except, (cause, policy), view),
        Accept::List(..) | Accept::Range(..) | Accept::Same(..) | Accept::Known(_) => Point::Other,
    }
}

fn of_words(
    fact: Fact,
    words: &[String],
    except: bool,
    (cause, policy): (&Cause, Option<&Policy>),
    view: &View<'_>,
) -> Point {
    let named = |kind: &str, all: &[String]| -> Vec<String> {
        all.iter().map(|tag| tags::named(kind, tag, view.words)).collect()
    };
    let district = || words.first().filter(|_| !except).map(|tag| tags::district(tag, view.words));
    match fact {
        Fact::PaymentKind if !except => {
            Point::Kind(named("goods", words), words.iter().any(|word| word == "purchase"))
        }
        Fact::MerchantDistrict => Point::Area(district(), except),
        Fact::PayerDistrict => Point::Residents(district()),
        Fact::PayerGroups if !except => Point::Groups(named("group", words)),
        Fact::PayerId if !except => {
            Point::Owner(words.first().and_then(|id| view.names.person(id, view.lang())))
        }
        Fact::MerchantCategory | Fact::MerchantGroups if except => {
            Point::NotShops(named("shops", words))
        }
        Fact::MerchantCategory | Fact::MerchantGroups | Fact::MerchantId => {
            let own = || Lead { shops: named("shops", words), purchases: true, ..Lead::default() };
            Point::Shop(policy.map_or_else(own, |policy| Lead::of(policy, view)))
        }
        Fact::ItemCategory => {
            let words = if except { present(words, cause) } else { words.to_vec() };
            Point::Goods(!except, named("goods", &words))
        }
        Fact::PayerId
        | Fact::PayerGroups
        | Fact::PaymentKind
        | Fact::PayerAge
        | Fact::PayerHousehold
        | Fact::PayerChildren
        | Fact::MerchantCountry
        | Fact::PaymentAmount
        | Fact::PaymentChannel
        | Fact::PaymentItems
        | Fact::ItemCode
        | Fact::ItemAmount
        | Fact::ReceiverId
        | Fact::ReceiverHousehold
        | Fact::ReceiverRelation
        | Fact::EventAmount
        | Fact::EventActor
        | Fact::EventRole
        | Fact::EventDaysEarly
        | Fact::Time
        | Fact::Day
        | Fact::Date => Point::Other,
    }
}

/// On which side of the range the payer is; the lower end, if that is not known.
fn age(low: Option<i64>, high: Option<i64>, cause: &Cause) -> Point {
    let found = cause.found.iter().find_map(|found| match (found.fact, &found.value) {
        (Fact::PayerAge, Value::Number(age)) => Some(*age),
        _ => None,
    });
    match (low, high) {
        (Some(low), high) if found.is_none_or(|age| age < low) || high.is_none() => {
            Point::AgeUnder(low)
        }
        (_, Some(high)) => Point::AgeOver(high),
        (_, None) => Point::Other,
    }
}

/// Those of the words that were found in the basket; all of them if none can be told.
fn present(words: &[String], cause: &Cause) -> Vec<String> {
    let found = |word: &&String| {
        cause.found.iter().any(|found| match &found.value {
            Value::Words(tags) => tags.iter().any(|tag| is_below(tag, word)),
            Value::Missing | Value::Number(_) | Value::Time(_) | Value::Wait(_) => false,
        })
    };
    let present: Vec<String> = words.iter().filter(found).cloned().collect();
    if present.is_empty() { words.to_vec() } else { present }
}

/// `drink.energy` is below `drink` and below itself.
fn is_below(tag: &str, word: &str) -> bool {
    tag.strip_prefix(word).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

fn found_time(cause: &Cause) -> Option<Civil> {
    cause.found.iter().find_map(|found| match found.value {
        Value::Time(time) => Some(time),
        Value::Missing | Value::Words(_) | Value::Number(_) | Value::Wait(_) => None,
    })
}

fn time(hours: &Weekly, now: Civil) -> Point {
    match write::today(hours, now.date) {
        None => Point::Rest(Some(hours.clone())),
        Some((start, end)) if now.minute < start => Point::Before(hours.clone(), (start, end)),
        Some((start, end)) => Point::After(hours.clone(), (start, end)),
    }
}
