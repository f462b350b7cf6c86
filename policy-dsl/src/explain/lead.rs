//! What a policy's coins are for, in one sentence: goods, shops, hours.

use super::{ListWords, View, tags, write};
use crate::civil::Civil;
use crate::facts::Fact;
use crate::ir::{Clause, ClauseKind, Policy, Pred, Test, Weekly};
use crate::rule::parts;

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
    /// What it pays besides purchases.
    pub(super) also: Vec<String>,
    /// It does not work today at all, so its hours are told for the week.
    pub(super) rests: bool,
}

impl Lead {
    pub(super) fn of(policy: &Policy, view: &View<'_>) -> Self {
        let mut lead = Self {
            purchases: policy.pays.iter().any(|kind| kind == "purchase"),
            ..Self::default()
        };
        let mut kinds: Vec<&String> =
            policy.pays.iter().filter(|kind| *kind != "purchase").collect();
        for clause in parts(policy).iter().flat_map(|part| &part.clauses) {
            if clause.kind != ClauseKind::Forbid {
                lead.pred(&clause.pred, view);
                kinds.retain(|kind| may_be(clause, kind));
            }
        }
        let kinds = kinds.into_iter().map(|kind| tags::goods(kind, view.words));
        if lead.purchases {
            lead.also = kinds.collect();
        } else if lead.goods.is_empty() {
            lead.goods = kinds.collect();
        }
        lead
    }

    fn pred(&mut self, pred: &Pred, view: &View<'_>) {
        let named = |kind: &str, all: &[String]| -> Vec<String> {
            all.iter().map(|tag| tags::named(kind, tag, view.words)).collect()
        };
        match pred {
            Pred::And(parts) | Pred::Or(parts) => {
                for part in parts {
                    self.pred(part, view);
                }
            }
            Pred::Test(Test::InTags(Fact::MerchantCategory, words)) => {
                self.goods.extend(named("goods", words));
                self.shops.extend(named("shops", words));
            }
            Pred::Test(Test::InTags(Fact::MerchantGroups, words)) => {
                self.shops.extend(named("shops", words));
            }
            Pred::Test(Test::InTags(Fact::ItemCategory, words)) => {
                self.goods.extend(named("goods", words));
            }
            Pred::Test(Test::InList(Fact::MerchantId, list, _)) => {
                match view.names.list(list, view.lang()) {
                    Some(words) => {
                        self.goods.extend(words.goods.clone());
                        self.lists.push(words);
                    }
                    None => self.shops.push(view.say("place.named", &[])),
                }
            }
            Pred::Test(Test::Is(Fact::MerchantDistrict, word)) => {
                self.district = Some(tags::district(word, view.words));
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

    /// `This coin buys snacks at 3 shops near school, until 19:00 today.`
    pub(super) fn sentence(&self, view: &View<'_>) -> String {
        self.with_hours(&self.hours_now(view), view)
    }

    /// `This coin buys snacks at 3 shops near school, Mon–Fri 14:00–19:00.`
    pub(super) fn sentence_for_ever(&self, view: &View<'_>) -> String {
        self.with_hours(&self.hours_of_week(view), view)
    }

    /// The goods, as a list.
    pub(super) fn what(&self, view: &View<'_>) -> String {
        write::list(&self.goods, write::NAMES_MAX, view)
    }

    /// How many shops of one list, and where they are, when that is all there is to say of the place.
    pub(super) fn one_list(&self) -> Option<(u64, &str)> {
        match (self.lists.as_slice(), self.shops.is_empty(), &self.district) {
            ([list], true, None) if self.purchases && self.also.is_empty() => {
                Some((u64::from(list.members), list.place.as_deref()?))
            }
            _ => None,
        }
    }

    /// When it closes today: `19:00 today`; nothing when it has not opened yet, or does not open.
    pub(super) fn until(&self, view: &View<'_>) -> Option<String> {
        let (start, end) = self.today(view).filter(|_| !self.rests)?;
        let key = match (view.now.minute < start, end <= start) {
            (true, _) => return None,
            (false, true) => "until.night",
            (false, false) => "until.today",
        };
        Some(view.say(key, &[("time", (&write::clock(end)).into())]))
    }

    fn with_hours(&self, hours: &str, view: &View<'_>) -> String {
        let (what, place) = (self.what(view), self.place(view).unwrap_or_default());
        let key = match (self.purchases, what.is_empty(), place.is_empty()) {
            (false, ..) => "pays",
            (true, true, true) => "anywhere",
            (true, true, false) => "where",
            (true, false, true) => "what",
            (true, false, false) => "both",
        };
        let family = if view.is_child() { "lead.child" } else { "lead" };
        let args = [("what", (&what).into()), ("place", (&place).into()), ("hours", hours.into())];
        let sentence = view.say(&format!("{family}.{key}"), &args);
        if self.also.is_empty() {
            return sentence;
        }
        let also = write::list(&self.also, write::NAMES_MAX, view);
        let also = view.say(&format!("{family}.also"), &[("what", (&also).into())]);
        [sentence, also].join(view.gap())
    }

    /// `at bakeries and 3 shops near school`, `at shops in Mapo-gu`.
    fn place(&self, view: &View<'_>) -> Option<String> {
        let mut shops = self.shops.clone();
        // An empty list says nothing, unless nothing else says where.
        let told = |list: &&ListWords| list.members > 0 || self.shops.is_empty();
        shops.extend(self.lists.iter().filter(told).map(|list| of_list(list, view)));
        let shops = write::list(&shops, write::NAMES_MAX, view);
        let area = self.district.as_deref();
        let key = match (shops.is_empty(), area) {
            (true, None) => return None,
            (true, Some(_)) => "place.area",
            (false, None) => "place.shops",
            (false, Some(_)) => "place.shops_area",
        };
        let area = area.unwrap_or_default();
        Some(view.say(key, &[("shops", (&shops).into()), ("area", area.into())]))
    }

    fn hours_now(&self, view: &View<'_>) -> String {
        if let Some(until) = self.until(view) {
            return view.say("lead.hours.until", &[("until", (&until).into())]);
        }
        match self.today(view) {
            Some((start, end)) if !self.rests => {
                let range = write::range(start, end, view);
                view.say("lead.hours.today", &[("range", (&range).into())])
            }
            _ => self.hours_of_week(view),
        }
    }

    fn hours_of_week(&self, view: &View<'_>) -> String {
        self.hours.as_ref().map_or_else(String::new, |hours| {
            let hours = write::weekly(hours, view);
            view.say("lead.hours.week", &[("hours", (&hours).into())])
        })
    }
}

/// `3 shops near school`.
pub(super) fn of_list(list: &ListWords, view: &View<'_>) -> String {
    let n = u64::from(list.members).into();
    match &list.place {
        Some(place) => view.say("place.list", &[("n", n), ("where", place.into())]),
        None => view.say("place.list_plain", &[("n", n)]),
    }
}

/// Does the lead say all that this clause says?
pub(super) fn says(clause: &Clause) -> bool {
    clause.kind == ClauseKind::Require && is_place_or_hours(&clause.pred)
}

fn is_place_or_hours(pred: &Pred) -> bool {
    let is_kind = |pred: &Pred| matches!(pred, Pred::Test(Test::InTags(Fact::PaymentKind, _)));
    if let Pred::Or(parts) = pred {
        return parts.iter().all(|part| is_shop(part) || is_kind(part));
    }
    let is_more =
        |test: &Test| matches!(test, Test::InSchedule(_) | Test::Is(Fact::MerchantDistrict, _));
    is_shop(pred) || matches!(pred, Pred::Test(test) if is_more(test))
}

fn is_shop(pred: &Pred) -> bool {
    matches!(
        pred,
        Pred::Test(
            Test::InTags(Fact::MerchantCategory | Fact::MerchantGroups, _)
                | Test::InList(Fact::MerchantId, ..)
        )
    )
}

/// Can a payment of this kind (that is no purchase) fulfil the clause? Not when it asks for a shop and does not name
/// the kind.
fn may_be(clause: &Clause, kind: &str) -> bool {
    let names = |pred: &Pred| {
        matches!(pred, Pred::Test(Test::InTags(Fact::PaymentKind, words))
            if words.iter().any(|word| word == kind))
    };
    let is_of_kind =
        |words: &[String]| words.iter().any(|word| word.split('.').next() == Some(kind));
    if let Pred::Or(parts) = &clause.pred {
        parts.iter().any(names)
    } else if let Pred::Test(Test::InTags(Fact::MerchantCategory, words)) = &clause.pred {
        is_of_kind(words)
    } else if let Pred::Test(Test::InTags(Fact::PaymentKind, _)) = &clause.pred {
        names(&clause.pred)
    } else {
        !is_shop(&clause.pred)
    }
}
