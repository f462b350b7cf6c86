//! The point of a refusal: which entry of the denial catalogue it is, with its values still as values.

use super::{ListWords, View, tags, write};
use crate::causes::{Accept, Allowed, Cause, CauseKind, Value};
use crate::civil::Civil;
use crate::facts::Fact;
use crate::ir::{ClauseKind, Fate, Policy, Pred, Test, Weekly, Window};
use crate::rule::{Unit, parts};

/// What a policy's coins are for.
#[derive(Clone, Debug, Default)]
pub(super) struct Lead {
    /// Names of what is bought.
    pub(super) goods: Vec<String>,
    /// Names of the shops.
    pub(super) shops: Vec<String>,
    /// Lists of shops.
    pub(super) lists: Vec<ListWords>,
    /// The district of the shops.
    pub(super) district: Option<String>,
    /// Opening hours.
    pub(super) hours: Option<Weekly>,
    /// Does it pay purchases, or only other kinds?
    pub(super) purchases: bool,
    /// It does not work today at all, so its hours are told for the week.
    pub(super) rests: bool,
}

impl Lead {
    pub(super) fn of(policy: &Policy, view: &View<'_>) -> Self {
        let purchases = policy.pays.iter().any(|kind| kind == "purchase");
        let mut lead = Self { purchases, ..Self::default() };
        for clause in parts(policy).iter().flat_map(|part| &part.clauses) {
            if clause.kind != ClauseKind::Forbid {
                lead.pred(&clause.pred, view);
            }
        }
        if lead.goods.is_empty() && !purchases {
            lead.goods = policy.pays.iter().map(|kind| tags::goods(kind, view.lang)).collect();
        }
        lead
    }

    fn pred(&mut self, pred: &Pred, view: &View<'_>) {
        match pred {
            Pred::And(parts) | Pred::Or(parts) => {
                for part in parts {
                    self.pred(part, view);
                }
            }
            Pred::Test(Test::InTags(Fact::MerchantCategory, words)) => {
                self.goods.extend(words.iter().map(|word| tags::goods(word, view.lang)));
                self.shops.extend(words.iter().map(|word| tags::shops(word, view.lang)));
            }
            Pred::Test(Test::InTags(Fact::MerchantGroups, words)) => {
                self.shops.extend(words.iter().map(|word| tags::shops(word, view.lang)));
            }
            Pred::Test(Test::InTags(Fact::ItemCategory, words)) => {
                self.goods.extend(words.iter().map(|word| tags::goods(word, view.lang)));
            }
            Pred::Test(Test::InList(Fact::MerchantId, list, _)) => {
                if let Some(words) = view.names.list(list, view.lang) {
                    self.goods.extend(words.goods.clone());
                    self.lists.push(words);
                }
            }
            Pred::Test(Test::Is(Fact::MerchantDistrict, word)) => {
                self.district = Some(tags::district(word, view.lang));
            }
            Pred::Test(Test::InSchedule(hours)) => self.hours = Some(hours.clone()),
            Pred::Test(_)
            | Pred::Not(_)
            | Pred::AnyItem(_)
            | Pred::EveryItem(_)
            | Pred::Known(_) => {}
        }
    }

    /// First opening and last closing today, when there are hours and it opens today.
    pub(super) fn today(&self, view: &View<'_>) -> Option<(u16, u16)> {
        write::today(self.hours.as_ref()?, view.now.date)
    }

    /// The first minute at or after `moment` at which it is open; `moment` itself if it has no hours.
    pub(super) fn opens(&self, moment: Civil) -> Civil {
        let Some(hours) = &self.hours else { return moment };
        let opening = |ahead: i32| {
            let date = moment.date.add_days(ahead);
            let (start, end) = write::today(hours, date)?;
            let is_open =
                ahead == 0 && start <= moment.minute && (moment.minute < end || end <= start);
            let minute = if is_open { moment.minute } else { start };
            Some(Civil { date, minute }).filter(|opening| *opening >= moment)
        };
        (0..=7).find_map(opening).unwrap_or(moment)
    }
}

/// What a refusal is about.
#[derive(Clone, Debug)]
pub(super) enum Point {
    /// The kind of payment: these are paid.
    Kind(Vec<String>),
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
    /// The payer's age must lie here.
    Age(Option<i64>, Option<i64>),
    /// Later today.
    Before(Weekly, (u16, u16)),
    /// Earlier today.
    After(Weekly, (u16, u16)),
    /// Not today; the hours, if there are any.
    Rest(Option<Weekly>),
    /// Shops of this area only.
    Area(Option<String>),
    /// People of this area only.
    Residents(Option<String>),
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
            Self::Kind(_) | Self::Goods(..) => "kind_not_allowed",
            Self::NotStarted(_) => "not_started",
            Self::Expired(..) => "expired",
            Self::Shop(_) | Self::NotShops(_) => "shop_not_allowed",
            Self::Part(_) => "part_of_basket",
            Self::Age(Some(_), _) => "age_under",
            Self::Age(None, _) | Self::Residents(_) => "not_eligible",
            Self::Before(..) => "before_time",
            Self::After(..) => "after_time",
            Self::Rest(_) => "wrong_day",
            Self::Area(_) => "outside_area",
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
    let lang = view.lang;
    let names = |name: fn(&str, super::Lang) -> String, words: &[String]| {
        words.iter().map(|word| name(word, lang)).collect()
    };
    match &allowed.what {
        Accept::From(start) => Point::NotStarted(*start),
        Accept::Until(end, fate) => Point::Expired(*end, fate.clone()),
        Accept::Wait(minutes) => Point::Soon(*minutes),
        Accept::Slots(_) if allowed.except => Point::Rest(None),
        Accept::Slots(hours) => time(hours, found_time(cause).unwrap_or(view.now)),
        Accept::Calendar(_) | Accept::Weekdays(_) | Accept::Dates(..) => Point::Rest(None),
        Accept::Words(Fact::PaymentKind, kinds) if !allowed.except => {
            Point::Kind(kinds.iter().map(|kind| tags::goods(kind, lang)).collect())
        }
        Accept::Words(Fact::MerchantDistrict, words) => Point::Area(
            words.first().filter(|_| !allowed.except).map(|word| tags::district(word, lang)),
        ),
        Accept::Words(Fact::PayerDistrict, words) => Point::Residents(
            words.first().filter(|_| !allowed.except).map(|word| tags::district(word, lang)),
        ),
        Accept::Words(Fact::MerchantCategory | Fact::MerchantGroups, words) if allowed.except => {
            Point::NotShops(names(tags::shops, words))
        }
        Accept::Words(Fact::MerchantCategory | Fact::MerchantGroups | Fact::MerchantId, words) => {
            Point::Shop(policy.map_or_else(
                || lead_of(names(tags::shops, words)),
                |policy| Lead::of(policy, view),
            ))
        }
        Accept::List(Fact::MerchantId, list) if !allowed.except => {
            let own = || Lead {
                lists: view.names.list(list, lang).into_iter().collect(),
                purchases: true,
                ..Lead::default()
            };
            Point::Shop(policy.map_or_else(own, |policy| Lead::of(policy, view)))
        }
        Accept::Words(Fact::ItemCategory, words) => {
            let words = if allowed.except { present(words, cause) } else { words.clone() };
            Point::Goods(!allowed.except, names(tags::goods, &words))
        }
        Accept::List(Fact::ItemCode, list) => {
            let goods = view.names.list(list, lang).and_then(|words| words.goods);
            Point::Goods(!allowed.except, goods.into_iter().collect())
        }
        Accept::Range(Fact::PayerAge, low, high) if !allowed.except => Point::Age(*low, *high),
        Accept::Same(Fact::MerchantDistrict, _) | Accept::Same(_, Fact::MerchantDistrict) => {
            Point::Area(None)
        }
        Accept::Known(fact) if !allowed.except => Point::Missing(*fact),
        Accept::Words(..)
        | Accept::List(..)
        | Accept::Range(..)
        | Accept::Same(..)
        | Accept::Known(_) => Point::Other,
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

fn lead_of(shops: Vec<String>) -> Lead {
    Lead { shops, purchases: true, ..Lead::default() }
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
