//! Random policies, facts and states over a small vocabulary, so that about half of the payments pass.

use proptest::prelude::*;
use scoin_policy::civil::{Civil, Date, Weekday};
use scoin_policy::facts::{Fact, Facts, Id, Item, Person, Receiver, Shop, World};
use scoin_policy::ir::{
    By, Cap, Clause, ClauseKind, Ends, Expires, Fate, Gap, Policy, Pred, Quantity, Refund, Slot,
    Span, Split, Starts, Test, Transfer, Weekly, Window,
};

/// Lists and calendars by a fixed rule; `lost` is not known.
pub(crate) struct Town;

impl World for Town {
    fn listed(&self, list: &str, member: &str) -> Option<bool> {
        match list {
            "good" => Some(matches!(member, "shop-1" | "apples")),
            "wide" => Some(member != "shop-3"),
            _ => None,
        }
    }

    fn on_calendar(&self, calendar: &str, date: Date) -> Option<bool> {
        match calendar {
            "thirds" => Some(date.0.rem_euclid(3) == 0),
            "rare" => Some(date.0.rem_euclid(97) == 5),
            _ => None,
        }
    }
}

/// Facts that own what they point to.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) now: Civil,
    pub(crate) second: i64,
    pub(crate) amount: u64,
    pub(crate) kind: Option<&'static str>,
    pub(crate) channel: Option<&'static str>,
    pub(crate) items: Option<Vec<Item>>,
    pub(crate) age: Option<i64>,
    pub(crate) children: Option<i64>,
    pub(crate) district: Option<&'static str>,
    pub(crate) shop: Option<&'static str>,
    pub(crate) category: Option<Vec<String>>,
    pub(crate) shop_district: Option<&'static str>,
    pub(crate) groups: Option<Vec<String>>,
}

impl Case {
    pub(crate) fn facts(&self) -> Facts<'_> {
        Facts {
            now: self.now,
            instant_micros: self.now.minutes() * 60_000_000 + self.second * 1_000_000,
            amount: self.amount,
            kind: self.kind,
            channel: self.channel,
            items: self.items.as_deref(),
            payer: Person {
                age: self.age,
                children: self.children,
                district: self.district,
                ..Person::default()
            },
            merchant: Shop {
                id: self.shop.map(Id::from),
                category: self.category.as_deref(),
                district: self.shop_district,
                groups: self.groups.as_deref(),
                ..Shop::default()
            },
            receiver: Receiver::default(),
            ..Facts::default()
        }
    }
}

/// Counters that own what they point to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counters {
    pub(crate) issued: Option<Civil>,
    pub(crate) used: Vec<u64>,
    pub(crate) last: Vec<Option<i64>>,
}

fn words(words: &'static [&'static str]) -> impl Strategy<Value = &'static str> {
    prop::sample::select(words)
}

pub(crate) const TAGS: &[&str] = &[
    "food",
    "food.bakery",
    "food.cafe",
    "food.bakery.sweet",
    "retail",
    "retail.department",
    "books",
    "foodstuff",
];
const DISTRICTS: &[&str] = &["gu.mapo", "gu.jongno"];
pub(crate) const ITEM_TAGS: &[&str] = &["fruit", "fruit.apple", "milk", "drink.energy", "drink"];

fn tags(from: &'static [&'static str], most: usize) -> impl Strategy<Value = Vec<String>> {
    prop::collection::btree_set(words(from), 1..=most)
        .prop_map(|set| set.into_iter().map(str::to_owned).collect())
}

pub(crate) fn civil() -> impl Strategy<Value = Civil> {
    // Around a leap day, a month end and a year end; minutes often on the edges of slots.
    let date = prop_oneof![
        Just("2028-02-28"),
        Just("2028-02-29"),
        Just("2026-03-31"),
        Just("2026-12-31"),
        Just("2026-04-10")
    ]
    .prop_flat_map(|text| {
        (0..10).prop_map(move |ahead| Date::parse(text).unwrap().add_days(ahead))
    });
    let minute = prop_oneof![
        prop::sample::select(vec![0_u16, 119, 120, 359, 360, 840, 1139, 1140, 1320, 1439]),
        0_u16..1440
    ];
    (date, minute).prop_map(|(date, minute)| Civil { date, minute })
}

fn weekday() -> impl Strategy<Value = Weekday> {
    (0..7).prop_map(Weekday::from_index)
}

fn slot() -> impl Strategy<Value = Slot> {
    let edges = prop::sample::select(vec![
        (360_u16, 1320_u16),
        (840, 1140),
        (1320, 120),
        (0, 1440),
        (600, 600),
        (360, 120),
    ]);
    (weekday(), edges).prop_map(|(day, (start, end))| Slot { day, start, end })
}

fn weekly() -> impl Strategy<Value = Weekly> {
    prop::collection::vec(slot(), 1..8).prop_map(|mut slots| {
        slots.sort();
        slots.dedup();
        Weekly(slots)
    })
}

fn test() -> impl Strategy<Value = Test> {
    let dates = (civil(), 0..20_i32);
    prop_oneof![
        4 => tags(TAGS, 3).prop_map(|tags| Test::InTags(Fact::MerchantCategory, tags)),
        2 => tags(&["small-business", "chain-direct"], 2).prop_map(|tags| Test::InTags(Fact::MerchantGroups, tags)),
        1 => tags(&["purchase", "transit"], 1).prop_map(|tags| Test::InTags(Fact::PaymentKind, tags)),
        3 => (prop::option::of(0..40_i64), prop::option::of(10..60_i64)).prop_map(|(low, high)| Test::InRange(Fact::PayerAge, low, high)),
        1 => (0..8_i64).prop_map(|low| Test::InRange(Fact::PaymentAmount, Some(low), None)),
        2 => (prop_oneof![Just(Fact::MerchantId), Just(Fact::PayerId)], words(&["good", "wide", "lost"])).prop_map(|(fact, list)| Test::InList(fact, list.to_owned(), None)),
        2 => words(&["thirds", "rare", "lost"]).prop_map(|calendar| Test::OnCalendar(calendar.to_owned(), None)),
        4 => weekly().prop_map(Test::InSchedule),
        1 => prop::collection::btree_set(weekday(), 1..6).prop_map(|days| Test::OnWeekday(days.into_iter().collect())),
        1 => dates.prop_map(|(first, days)| Test::InDates(Some(first.date), Some(first.date.add_days(days)))),
        1 => (0..1440_i64, 0..1440_i64).prop_map(|(low, high)| Test::InRange(Fact::Time, Some(low), Some(high))),
        2 => words(DISTRICTS).prop_map(|district| Test::Is(Fact::MerchantDistrict, district.to_owned())),
        1 => (0..4_i64).prop_map(|children| Test::Equals(Fact::PayerChildren, children)),
        1 => Just(Test::Same(Fact::MerchantDistrict, Fact::PayerDistrict)),
        1 => item_test(),
    ]
}

pub(crate) fn item_test() -> impl Strategy<Value = Test> {
    prop_oneof![
        4 => tags(ITEM_TAGS, 2).prop_map(|tags| Test::InTags(Fact::ItemCategory, tags)),
        1 => Just(Test::InList(Fact::ItemCode, "good".to_owned(), None)),
        1 => (0..5_i64).prop_map(|low| Test::InRange(Fact::ItemAmount, Some(low), None)),
    ]
}

fn leaf(known: bool) -> BoxedStrategy<Pred> {
    let fact = prop::sample::select(vec![
        Fact::PayerAge,
        Fact::PaymentItems,
        Fact::MerchantCategory,
        Fact::PaymentChannel,
    ]);
    let item = || item_test().prop_map(|test| Box::new(Pred::Test(test)));
    let base = prop_oneof![
        8 => test().prop_map(Pred::Test),
        1 => item().prop_map(Pred::AnyItem),
        1 => item().prop_map(Pred::EveryItem),
    ];
    let base = if known {
        prop_oneof![9 => base, 1 => fact.prop_map(Pred::Known)].boxed()
    } else {
        base.boxed()
    };
    prop_oneof![3 => base.clone(), 1 => base.prop_map(|leaf| Pred::Not(Box::new(leaf)))].boxed()
}

/// Any condition. `known` allows `known f`, the one test that is not monotone in what is known.
pub(crate) fn pred(known: bool) -> BoxedStrategy<Pred> {
    leaf(known)
        .prop_recursive(3, 12, 3, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 2..4).prop_map(Pred::And),
                prop::collection::vec(inner, 2..4).prop_map(Pred::Or),
            ]
        })
        .boxed()
}

fn clause() -> impl Strategy<Value = (ClauseKind, Pred)> {
    let easy = prop_oneof![
        // Conditions that often hold, so that enough payments pass.
        Just(Pred::Test(Test::InRange(Fact::PayerAge, Some(0), None))),
        Just(Pred::Test(Test::InTags(
            Fact::MerchantCategory,
            vec!["books".to_owned(), "food".to_owned(), "retail".to_owned()]
        ))),
    ];
    prop_oneof![
        12 => easy.prop_map(|pred| (ClauseKind::Require, pred)),
        1 => pred(true).prop_map(|pred| (ClauseKind::Require, pred)),
        1 => pred(true).prop_map(|pred| (ClauseKind::Forbid, pred)),
        1 => item_test().prop_map(|test| (ClauseKind::Covers, Pred::Test(test))),
    ]
}

fn window() -> impl Strategy<Value = Window> {
    prop::sample::select(vec![
        Window::Payment,
        Window::Day,
        Window::Week,
        Window::Month,
        Window::Year,
        Window::Life,
        Window::Days(3),
        Window::Days(30),
        Window::Months(1),
        Window::Months(2),
        Window::Years(1),
    ])
}

/// Item conditions whose sets of lines are nested or disjoint.
fn nested() -> impl Strategy<Value = Option<Pred>> {
    let under =
        |tag: &str| Some(Pred::Test(Test::InTags(Fact::ItemCategory, vec![tag.to_owned()])));
    prop::sample::select(vec![
        None,
        None,
        None,
        under("fruit"),
        under("fruit.apple"),
        under("milk"),
        under("drink"),
    ])
}

pub(crate) fn cap() -> impl Strategy<Value = Cap> {
    let quantity = prop_oneof![
        1 => (0..30_u64).prop_map(Quantity::Money),
        5 => (8..60_u64).prop_map(Quantity::Money),
        1 => Just(Quantity::Money(u64::MAX)),
        1 => (1..6_u64).prop_map(|unit| Quantity::MoneyTimes(unit, Fact::PayerChildren)),
        2 => (1..12_u64).prop_map(Quantity::Count),
        1 => (0..=100_u8).prop_map(Quantity::Share),
    ];
    (quantity, window(), prop::option::weighted(0.2, pred(true)), nested()).prop_map(
        |(quantity, window, when, on_items)| Cap {
            label: String::new(),
            quantity,
            window,
            by: vec![By::Purse],
            when,
            on_items,
            because: Vec::new(),
        },
    )
}

fn span() -> impl Strategy<Value = Span> {
    prop_oneof![
        (0..5_000_u32).prop_map(Span::Minutes),
        (0..60_u32).prop_map(Span::Hours),
        (0..60_u32).prop_map(Span::Days),
        (0..4_u32).prop_map(Span::Months),
        (0..2_u32).prop_map(Span::Years),
    ]
}

fn starts() -> impl Strategy<Value = Starts> {
    prop_oneof![
        14 => Just(Starts::AtIssue),
        1 => civil().prop_map(|civil| Starts::On(civil.date)),
        1 => span().prop_map(Starts::After),
    ]
}

fn ends() -> impl Strategy<Value = Ends> {
    prop_oneof![
        9 => Just(Ends::Never),
        1 => civil().prop_map(|civil| Ends::On(civil.date)),
        2 => span().prop_map(Ends::After),
    ]
}

/// One policy without embedded ones.
pub(crate) fn plain() -> impl Strategy<Value = Policy> {
    let kinds = prop_oneof![
        3 => Just(vec!["purchase"]),
        9 => Just(vec!["purchase", "transit"]),
        1 => Just(vec!["transit"]),
    ];
    let gap = (1..4_000_u32, prop::option::weighted(0.3, pred(true)));
    (
        kinds,
        prop::collection::vec(clause(), 0..4),
        prop::collection::vec(cap(), 0..4),
        prop::option::weighted(0.15, gap),
        starts(),
        ends(),
        weekday(),
    )
        .prop_map(|(kinds, clauses, caps, gap, starts, ends, week_starts)| Policy {
            pays: kinds.into_iter().map(str::to_owned).collect(),
            clauses: clauses
                .into_iter()
                .enumerate()
                .map(|(at, (kind, pred))| Clause {
                    label: format!("c{at}"),
                    kind,
                    pred,
                    because: Vec::new(),
                })
                .collect(),
            caps: caps
                .into_iter()
                .enumerate()
                .map(|(at, cap)| Cap { label: format!("k{at}"), ..cap })
                .collect(),
            gaps: gap
                .into_iter()
                .map(|(minutes, when)| Gap {
                    label: "g".to_owned(),
                    minutes,
                    by: vec![By::Purse],
                    when,
                    because: Vec::new(),
                })
                .collect(),
            starts,
            expires: Expires { end: ends, fate: Fate::Granter },
            week_starts,
            ..empty("test.policy")
        })
}

/// A policy, sometimes with an embedded one.
pub(crate) fn policy() -> impl Strategy<Value = Policy> {
    (plain(), prop::option::weighted(0.25, plain())).prop_map(|(policy, also)| Policy {
        also: also
            .into_iter()
            .map(|also| Policy { name: "test.inner".to_owned(), ..also })
            .collect(),
        ..policy
    })
}

/// A policy that says nothing.
pub(crate) fn empty(name: &str) -> Policy {
    Policy {
        name: name.to_owned(),
        title: Vec::new(),
        zone: "Asia/Seoul".to_owned(),
        week_starts: Weekday::Mon,
        pays: vec!["purchase".to_owned()],
        clauses: Vec::new(),
        caps: Vec::new(),
        gaps: Vec::new(),
        starts: Starts::AtIssue,
        expires: Expires { end: Ends::Never, fate: Fate::Granter },
        decays: None,
        split: Split::Allowed,
        priority: 50,
        transfer: Transfer::Anyone,
        refund: Refund { grace: None, restores_amount: true, restores_count: true },
        also: Vec::new(),
    }
}

pub(crate) fn item() -> impl Strategy<Value = Item> {
    let tags = prop_oneof![4 => tags(ITEM_TAGS, 1), 1 => Just(Vec::new())];
    (words(&["apples", "milk", ""]), 1..6_u64, tags).prop_map(|(code, amount, tags)| Item {
        code: code.to_owned(),
        amount,
        tags,
    })
}

/// Facts of a payment; about a tenth of each fact is missing.
pub(crate) fn case() -> impl Strategy<Value = Case> {
    let amount = prop_oneof![8 => 1..20_u64, 1 => any::<u64>(), 1 => prop::sample::select(vec![0, u64::MAX])];
    let groups =
        prop_oneof![3 => tags(&["small-business", "chain-direct"], 1), 1 => Just(Vec::new())];
    let payer = (
        prop::option::weighted(0.9, 0..60_i64),
        prop::option::weighted(0.8, -1..5_i64),
        prop::option::weighted(0.9, words(DISTRICTS)),
        prop::option::weighted(0.9, words(&["shop", "online"])),
    );
    let shop = (
        prop::option::weighted(0.9, words(&["shop-1", "shop-2", "shop-3"])),
        prop::option::weighted(0.95, tags(TAGS, 2)),
        prop::option::weighted(0.9, words(DISTRICTS)),
        prop::option::weighted(0.9, groups),
    );
    let kind = prop_oneof![6 => Just(None), 1 => Just(Some("transit"))];
    let items = prop::option::weighted(0.4, prop::collection::vec(item(), 0..4));
    (civil(), 0..60_i64, amount, kind, items, payer, shop).prop_map(
        |(
            now,
            second,
            amount,
            kind,
            items,
            (age, children, district, channel),
            (shop, category, shop_district, groups),
        )| {
            let total = items.iter().flatten().map(|item| item.amount).sum();
            Case {
                now,
                second,
                amount: if items.as_ref().is_some_and(|items| !items.is_empty()) {
                    total
                } else {
                    amount
                },
                kind,
                channel,
                items,
                age,
                children,
                district,
                shop,
                category,
                shop_district,
                groups,
            }
        },
    )
}

/// Counters for as many caps and gaps as there may be.
pub(crate) fn counters(now: Civil) -> impl Strategy<Value = Counters> {
    let issued =
        prop::option::weighted(0.9, (0..40_000_i64).prop_map(move |ago| now.add_minutes(-ago)));
    let used =
        prop::collection::vec(prop_oneof![4 => Just(0), 6 => 0..12_u64, 1 => any::<u64>()], 0..8);
    let last = prop::option::of(
        (0..6_000_i64).prop_map(move |ago| (now.minutes() - ago) * 60_000_000 + 17),
    );
    (issued, used, prop::collection::vec(last, 2)).prop_map(|(issued, used, last)| Counters {
        issued,
        used,
        last,
    })
}
