//! What a holder reads of a refusal, word for word.

use scoin_policy::causes::Whose;
use scoin_policy::civil::{Civil, Date};
use scoin_policy::decide::{State, judge};
use scoin_policy::explain::catalogue::Catalogue;
use scoin_policy::explain::{Lang, ListWords, Names, Reader, View, cause, refusal};
use scoin_policy::facts::{Facts, Item, Person, Shop, World};
use scoin_policy::ir::Policy;
use scoin_policy::module::Module;
use scoin_policy::rule::Rule;

use crate::promises::{in_file, policy, unit};

/// Three shops near school.
pub(crate) struct Snacks;

impl Names for Snacks {
    fn list(&self, list: &str, lang: Lang) -> Option<ListWords> {
        let (place, goods) = match lang {
            Lang::Ko => ("학교 앞", "간식"),
            Lang::En => ("near school", "snacks"),
            Lang::Zh => ("学校附近", "零食"),
        };
        let words = || ListWords {
            members: 3,
            place: Some(place.to_owned()),
            goods: Some(goods.to_owned()),
        };
        (list == "school-shops").then(words)
    }
}

impl World for Snacks {
    fn listed(&self, list: &str, member: &str) -> Option<bool> {
        Some(list == "school-shops" && member == "shop-1")
    }

    fn on_calendar(&self, _calendar: &str, date: Date) -> Option<bool> {
        Some(Date::parse("2026-03-02") == Some(date))
    }
}

/// Snack money from a parent: weekdays 14 to 19, Saturdays 10 to 18, three shops near school.
fn snack(more: &str) -> Policy {
    let text = format!(
        "list school-shops : merchants
         calendar kr.holidays
         policy family.snack {{
           zone Asia/Seoul
           require after-school: time in weekly {{ mon..fri 14:00..19:00, sat 10:00..18:00 }}
           require snack-shop: merchant.id in list school-shops
           cap each-buy: 3_000 won per payment
           cap each-day: 5_000 won per day
           cap thrice: 3 payments per day
           transfer never
           expires 30 days after issue then return to granter
           {more}
         }}"
    );
    Module::parse(&text).0.unwrap().policy("family.snack", &[]).unwrap()
}

pub(crate) fn at(text: &str) -> Civil {
    let (date, time) = text.split_once(' ').unwrap();
    let (hour, minute) = time.split_once(':').unwrap();
    Civil {
        date: Date::parse(date).unwrap(),
        minute: hour.parse::<u16>().unwrap() * 60 + minute.parse::<u16>().unwrap(),
    }
}

fn at_shop(now: &str) -> Facts<'static> {
    let shop = Shop { id: Some("shop-1".into()), ..Shop::default() };
    Facts { now: at(now), amount: 2_500, merchant: shop, ..Facts::default() }
}

/// The refusal (or the cut) in every language.
fn tell(policy: Policy, facts: &Facts<'_>, state: &State<'_>, reader: Reader) -> [String; 3] {
    let rule = Rule::new(policy);
    let verdict = judge(&rule, facts, &Snacks, state, Whose::Guardian);
    let causes: Vec<_> = verdict.causes.into_iter().chain(verdict.binding).collect();
    Lang::ALL.map(|lang| {
        let words = Catalogue::of(lang);
        let view = View {
            words: &words,
            reader,
            now: facts.now,
            unit: &unit(&words),
            amount: Some(facts.amount),
            names: &Snacks,
        };
        refusal(&causes, Some(rule.policy()), &view).replace('\u{a0}', " ")
    })
}

#[track_caller]
fn check(policy: Policy, facts: &Facts<'_>, state: &State<'_>, reader: Reader, told: [&str; 3]) {
    let [ko, en, zh] = tell(policy, facts, state, reader);
    assert_eq!(en, told[1]);
    assert_eq!(ko, told[0]);
    assert_eq!(zh, told[2]);
}

#[test]
fn the_model_sentence() {
    check(
        snack(""),
        &at_shop("2026-03-03 19:10"),
        &State::default(),
        Reader::Adult,
        [
            "이 코인은 학교 앞 가게 3곳에서 오늘 19:00까지 간식 살 때 쓸 수 있어요. 지금 시각 19:10. \
             내일 14:00부터 다시 쓸 수 있어요. (규칙 «after-school» · 보호자가 정했어요.)",
            "This coin buys snacks at 3 shops near school, until 19:00 today. It is 19:10. \
             It works again tomorrow from 14:00. (Rule \"after-school\", set by your parent.)",
            "这枚币可以在学校附近的 3 家店买零食，今天 19:00 前有效。现在 19:10。明天 14:00 起可以再用。\
             （规则“after-school”，由你的监护人设定。）",
        ],
    );
}

#[test]
fn a_child_reads_easier_words() {
    check(
        snack(""),
        &at_shop("2026-03-03 19:10"),
        &State::default(),
        Reader::Child,
        [
            "이 코인은 학교 앞 가게 3곳에서 오늘 19:00까지 간식 살 때 써요. 오늘 시간은 끝났어요. \
             내일 14:00에 다시 만나요. (규칙 «after-school» · 보호자가 정했어요.)",
            "With this coin you can buy snacks at 3 shops near school, until 19:00 today. \
             Time’s up for today. See you tomorrow at 14:00. (Rule \"after-school\", set by your parent.)",
            "用这枚币可以在学校附近的 3 家店买零食，今天 19:00 前有效。今天的时间到了。明天 14:00 再来。\
             （规则“after-school”，由你的监护人设定。）",
        ],
    );
}

/// After Saturday's hours the easier words may not say tomorrow.
#[test]
fn a_child_is_told_the_day_when_it_is_not_tomorrow() {
    let [_, en, zh] =
        tell(snack(""), &at_shop("2026-03-07 18:30"), &State::default(), Reader::Child);
    assert!(en.contains("See you on Mon 9 Mar at 14:00."), "{en}");
    assert!(zh.contains("3月9日（周一） 14:00 再来。"), "{zh}");
}

#[test]
fn the_sample_of_the_wrong_shop() {
    let elsewhere = Shop { id: Some("shop-9".into()), ..Shop::default() };
    let facts = Facts { merchant: elsewhere, ..at_shop("2026-03-03 15:30") };
    check(
        snack(""),
        &facts,
        &State::default(),
        Reader::Adult,
        [
            "여기서는 쓸 수 없는 코인이에요. 이 코인은 학교 앞 가게 3곳에서 오늘 19:00까지 간식 살 때 쓸 수 있어요. \
             (규칙 «snack-shop» · 보호자가 정했어요.)",
            "This coin works elsewhere. This coin buys snacks at 3 shops near school, until 19:00 today. \
             (Rule \"snack-shop\", set by your parent.)",
            "这枚币不能在这里用。这枚币可以在学校附近的 3 家店买零食，今天 19:00 前有效。\
             （规则“snack-shop”，由你的监护人设定。）",
        ],
    );
}

#[test]
fn a_day_off_names_the_hours_and_the_next_opening() {
    check(
        snack("forbid holidays: day in calendar kr.holidays"),
        &at_shop("2026-03-02 15:00"),
        &State::default(),
        Reader::Adult,
        [
            "이 코인은 학교 앞 가게 3곳에서 월~금 14:00~19:00, 토 10:00~18:00에 간식 살 때 쓸 수 있어요. \
             오늘은 쉬는 코인이에요. 다음은 내일 14:00부터예요. (규칙 «holidays» · 보호자가 정했어요.)",
            "This coin buys snacks at 3 shops near school, Mon–Fri 14:00–19:00, Sat 10:00–18:00. \
             This coin rests today. Next: tomorrow 14:00. (Rule \"holidays\", set by your parent.)",
            "这枚币可以在学校附近的 3 家店买零食，周一~周五 14:00~19:00、周六 10:00~18:00 有效。\
             这枚币今天休息。下次 明天 14:00 起。（规则“holidays”，由你的监护人设定。）",
        ],
    );
}

#[test]
fn a_day_nearly_used_up() {
    check(
        snack(""),
        &at_shop("2026-03-03 15:30"),
        &State { used: &[0, 4_000, 2], ..State::default() },
        Reader::Adult,
        [
            "이 코인은 학교 앞 가게 3곳에서 오늘 19:00까지 간식 살 때 쓸 수 있어요. 오늘은 1,000원 남았어요. \
             하루 5,000원까지 쓸 수 있고 내일 00:00에 다시 채워져요. (규칙 «each-day» · 보호자가 정했어요.)",
            "This coin buys snacks at 3 shops near school, until 19:00 today. 1,000 won left today. \
             The daily limit is 5,000 won. It refills at 00:00 tomorrow. (Rule \"each-day\", set by your parent.)",
            "这枚币可以在学校附近的 3 家店买零食，今天 19:00 前有效。今天还剩 1,000韩元。\
             每天最多 5,000韩元，明天 00:00 恢复。（规则“each-day”，由你的监护人设定。）",
        ],
    );
}

#[test]
fn another_shop_before_hours() {
    let elsewhere = Shop { id: Some("shop-9".into()), ..Shop::default() };
    let facts = Facts { merchant: elsewhere, ..at_shop("2026-03-03 13:05") };
    check(
        snack(""),
        &facts,
        &State::default(),
        Reader::Adult,
        [
            "이 코인은 학교 앞 가게 3곳에서 오늘 14:00~19:00에 간식 살 때 쓸 수 있어요. 지금 시각 13:05. \
             오늘 14:00부터 쓸 수 있어요. (규칙 «after-school» · 보호자가 정했어요.) \
             여기서는 쓸 수 없는 코인이에요. (규칙 «snack-shop» · 보호자가 정했어요.)",
            "This coin buys snacks at 3 shops near school, 14:00–19:00 today. It is 13:05. \
             It works today from 14:00. (Rule \"after-school\", set by your parent.) \
             This coin works elsewhere. (Rule \"snack-shop\", set by your parent.)",
            "这枚币可以在学校附近的 3 家店买零食，今天 14:00~19:00 有效。现在 13:05。今天 14:00 起可以用。\
             （规则“after-school”，由你的监护人设定。）这枚币不能在这里用。\
             （规则“snack-shop”，由你的监护人设定。）",
        ],
    );
}

/// Only what is in the basket is named.
#[test]
fn goods_left_out_are_named_only_if_they_are_in_the_basket() {
    let item = |code: &str, tag: &str| Item {
        code: code.to_owned(),
        amount: 1_250,
        tags: vec![tag.to_owned()],
    };
    let items = [item("bread", "food.bread"), item("boost", "drink.energy.large")];
    let facts = Facts { items: Some(&items), ..at_shop("2026-03-03 15:00") };
    let policy =
        snack("forbid junk: any item (item.category in { alcohol, drink.energy, tobacco })");
    let [ko, en, zh] = tell(policy, &facts, &State::default(), Reader::Adult);
    assert!(ko.contains("살 수 없는 것이 들어 있어요. 에너지 음료 살 때는 쓸 수 없어요."), "{ko}");
    assert!(
        en.contains("Something here doesn’t fit this coin. It can’t buy energy drinks."),
        "{en}"
    );
    assert!(zh.contains("有这枚币不能买的东西。不能用它买能量饮料。"), "{zh}");
}

/// One clause each, and the code its refusal has.
const CLAUSES: &[(&str, &str)] = &[
    ("kind_not_allowed", "pays transit"),
    ("kind_not_allowed", "covers food: item.category in { food.milk }"),
    ("kind_not_allowed", "forbid junk: any item (item.category in { drink.energy, alcohol })"),
    ("not_started", "starts on 2026-03-05"),
    ("expired", "expires on 2026-02-20 then burn"),
    ("shop_not_allowed", "require x: merchant.category in { books }"),
    ("shop_not_allowed", "require x: merchant.id in list others"),
    ("shop_not_allowed", "forbid x: merchant.category in { retail.department }"),
    ("outside_area", "require x: merchant.district is gu.mapo"),
    ("outside_area", "require x: merchant.district is payer.district"),
    ("not_resident", "require x: payer.district is gu.mapo"),
    ("not_in_group", "require x: payer.groups in { student }"),
    ("owner_only", "require x: payer.id is \"someone\""),
    ("age_under", "require x: payer.age in 65.."),
    ("age_over", "require x: payer.age in ..9"),
    ("before_time", "require x: time in weekly { mon..fri 14:00..19:00 }"),
    ("before_time", "require x: time in weekly { mon..fri 14:00..19:00, sat 10:00..18:00 }"),
    ("after_time", "require x: time in weekly { mon..sun 08:00..11:00 }"),
    ("after_time", "require x: time in weekly { tue 08:00..11:00, sat 10:00..18:00 }"),
    ("after_time", "require x: time in weekly { tue 08:00..11:00 } expires on 2026-03-04"),
    ("wrong_day", "require x: time in weekly { sat 10:00..18:00 }"),
    ("wrong_day", "forbid x: day in { tue }"),
    ("wrong_day", "require x: date in ..2026-03-01"),
    ("over_single", "cap x: 500 won per payment"),
    ("over_share", "cap x: 80% of payment"),
    ("over_day", "cap x: 500 won per day"),
    ("over_day", "cap x: 500 won per day expires on 2026-03-03"),
    ("over_period", "cap x: 500 won per week"),
    ("over_period", "cap x: 500 won per 2 months"),
    ("over_period", "cap x: 500 won per life"),
    ("over_count", "cap x: 1 payments per day"),
    ("over_count", "cap x: 1 payments per day by merchant"),
    ("over_count", "cap x: 1 payments per week"),
    ("too_soon", "gap x: 90 minutes"),
    ("part_of_basket", "covers food: item.category in { food.fruit }"),
    ("fact_missing", "require x: merchant.groups in { small-business }"),
    ("fact_missing", "require x: payer.children in 1.."),
    ("rule_refuses", "require x: payment.channel is online"),
    ("rule_refuses", "forbid x: payment.amount in 1_500 won.."),
];

/// Every kind of clause in every language, for adults and for children: title, body, what was found and allowed, what
/// would pass, when, and what one can do. Read by people; the file is what they accepted.
#[test]
fn every_kind_of_clause_in_every_language() {
    let mut found = String::new();
    for (code, clause) in CLAUSES {
        found.push_str(&format!("## {clause}\n"));
        for reader in [Reader::Adult, Reader::Child] {
            for lang in Lang::ALL {
                let (told, line) = told_of(clause, lang, reader);
                assert_eq!(told, *code, "{clause}");
                found.push_str(&line);
            }
        }
    }
    in_file("causes.txt", include_str!("../data/words/causes.txt"), &found);
}

fn told_of(clause: &str, lang: Lang, reader: Reader) -> (&'static str, String) {
    let tag = |tag: &str| vec![tag.to_owned()];
    let item = |tag: &str| Item { code: tag.to_owned(), amount: 1_000, tags: vec![tag.to_owned()] };
    let lines = [item("food.fruit"), item("drink.energy")];
    let (category, groups) = (tag("retail.department.food"), tag("senior"));
    let shop = Shop { category: Some(&category), district: Some("gu.jongno"), ..Shop::default() };
    let shop = Shop { id: Some("shop-9".into()), ..shop };
    let payer = Person { age: Some(12), district: Some("gu.jung"), ..Person::default() };
    let payer = Person { groups: Some(&groups), id: Some("me".into()), ..payer };
    let (now, items) = (at("2026-03-03 12:00"), Some(lines.as_slice()));
    let facts = Facts { now, amount: 2_000, items, merchant: shop, payer, ..Facts::default() };
    let facts = Facts { channel: Some("shop"), ..facts };
    let rule = Rule::new(policy(&format!(
        "list others : merchants policy t {{ zone Asia/Seoul {clause} }}"
    )));
    let used = if clause.contains("payments") { 1 } else { 200 };
    let state = State { used: &[used], last: &[Some(facts.instant_micros)], ..State::default() };
    let verdict = judge(&rule, &facts, &Snacks, &state, Whose::City);
    let first = verdict.causes.iter().chain(&verdict.binding).next().unwrap();
    let words = Catalogue::of(lang);
    let (unit, amount) = (unit(&words), Some(facts.amount));
    let view = View { words: &words, reader, now, unit: &unit, amount, names: &Snacks };
    let told = cause(first, Some(rule.policy()), &view);
    let (lang, reader) = (lang.code(), if reader == Reader::Child { " child" } else { "" });
    let mut line = format!("{lang}{reader}: {} — {}\n", told.title, told.body);
    if reader.is_empty() {
        let more = [
            ("found", told.found.join(" | ")),
            ("allowed", told.allowed.join(" | ")),
            ("passes", told.passes.unwrap_or_default()),
            ("next", told.next.unwrap_or_default()),
            ("buttons", told.buttons.join(" | ")),
        ];
        for (name, text) in more.iter().filter(|(_, text)| !text.is_empty()) {
            line.push_str(&format!("   {name}: {text}\n"));
        }
    }
    (told.code, line.replace('\u{a0}', " "))
}
