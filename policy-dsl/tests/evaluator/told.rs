//! What a holder reads, word for word, and the lint that keeps Korean particles off variables.

use scoin_policy::causes::Whose;
use scoin_policy::civil::{Civil, Date, Weekday};
use scoin_policy::decide::{State, judge};
use scoin_policy::explain::{Lang, ListWords, Names, NoNames, View, cause, lead, promise, refusal};
use scoin_policy::facts::{Fact, Facts, Item, Person, Shop};
use scoin_policy::ir::{
    By, Cap, Clause, ClauseKind, Ends, Expires, Fate, Gap, Policy, Pred, Quantity, Slot, Span,
    Starts, Test, Transfer, Weekly, Window,
};
use scoin_policy::rule::Rule;

use crate::make::{Town, empty};

struct Snacks;

impl Names for Snacks {
    fn list(&self, list: &str, lang: Lang) -> Option<ListWords> {
        let (place, goods) = match lang {
            Lang::Ko => ("학교 앞", "간식"),
            Lang::En => ("near school", "snacks"),
        };
        (list == "good").then(|| ListWords {
            members: 3,
            place: Some(place.to_owned()),
            goods: Some(goods.to_owned()),
        })
    }
}

fn at(text: &str) -> Civil {
    let (date, time) = text.split_once(' ').unwrap();
    let (hour, minute) = time.split_once(':').unwrap();
    Civil {
        date: Date::parse(date).unwrap(),
        minute: hour.parse::<u16>().unwrap() * 60 + minute.parse::<u16>().unwrap(),
    }
}

fn clause(label: &str, kind: ClauseKind, test: Test) -> Clause {
    Clause { label: label.to_owned(), kind, pred: Pred::Test(test), because: Vec::new() }
}

fn limit(label: &str, quantity: Quantity, window: Window) -> Cap {
    Cap {
        label: label.to_owned(),
        quantity,
        window,
        by: vec![By::Purse],
        when: None,
        on_items: None,
        because: Vec::new(),
    }
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

/// Snack money from a parent: weekdays 14 to 19, Saturdays 10 to 18, three shops near school.
fn snack() -> Policy {
    let week = (0..5).map(|day| Slot { day: Weekday::from_index(day), start: 840, end: 1140 });
    let hours = week.chain([Slot { day: Weekday::Sat, start: 600, end: 1080 }]).collect();
    Policy {
        clauses: vec![
            clause("after-school", ClauseKind::Require, Test::InSchedule(Weekly(hours))),
            clause(
                "snack-shop",
                ClauseKind::Require,
                Test::InList(Fact::MerchantId, "good".to_owned(), None),
            ),
        ],
        caps: vec![
            limit("each-buy", Quantity::Money(3_000), Window::Payment),
            limit("each-day", Quantity::Money(5_000), Window::Day),
            limit("thrice", Quantity::Count(3), Window::Day),
        ],
        expires: Expires { end: Ends::After(Span::Days(30)), fate: Fate::Granter },
        transfer: Transfer::Never,
        ..empty("family.snack")
    }
}

/// The refusal (or the cut) in both languages.
fn told(policy: Policy, facts: &Facts<'_>, state: &State<'_>) -> (String, String) {
    let rule = Rule::new(policy);
    let verdict = judge(&rule, facts, &Town, state, Whose::Guardian);
    let causes: Vec<_> = verdict.causes.into_iter().chain(verdict.binding).collect();
    let view = |lang, unit| View { lang, now: facts.now, unit, names: &Snacks };
    let say = |view: View<'_>| refusal(&causes, Some(rule.policy()), &view);
    (say(view(Lang::En, "won")).replace('\u{a0}', " "), say(view(Lang::Ko, "원")))
}

fn at_shop(now: &str) -> Facts<'static> {
    let shop = Shop { id: Some("shop-1"), ..Shop::default() };
    Facts { now: at(now), amount: 2_500, merchant: shop, ..Facts::default() }
}

#[track_caller]
fn check(found: &(String, String), en: &str, ko: &str) {
    assert_eq!(found.0, en);
    assert_eq!(found.1, ko);
}

#[test]
fn a_day_off_names_the_hours_and_the_next_opening() {
    let holiday = clause(
        "holidays",
        ClauseKind::Forbid,
        Test::InDates(Date::parse("2026-03-03"), Date::parse("2026-03-03")),
    );
    let mut policy = snack();
    policy.clauses.push(holiday);
    let found = told(policy, &at_shop("2026-03-03 15:00"), &State::default());
    check(
        &found,
        "This coin buys snacks at 3 shops near school, Mon–Fri 14:00–19:00, Sat 10:00–18:00. \
         This coin rests today. It works again tomorrow from 14:00. \
         (Rule \"holidays\", set by your parent.)",
        "이 코인은 학교 앞 가게 3곳에서 월~금 14:00~19:00, 토 10:00~18:00에 간식 살 때 쓸 수 있어요. \
         오늘은 쉬는 코인이에요. 다음은 내일 14:00부터예요. (규칙 «holidays» · 보호자가 정했어요.)",
    );
}

#[test]
fn goods_left_out_are_named_only_if_they_are_in_the_basket() {
    let left_out = words(&["alcohol", "drink.energy", "tobacco"]);
    let junk = Pred::AnyItem(Box::new(Pred::Test(Test::InTags(Fact::ItemCategory, left_out))));
    let mut policy = snack();
    policy.clauses.push(Clause {
        label: "junk".to_owned(),
        kind: ClauseKind::Forbid,
        pred: junk,
        because: Vec::new(),
    });
    let item =
        |code: &str, tag: &str| Item { code: code.to_owned(), amount: 1_250, tags: words(&[tag]) };
    let items = [item("bread", "food.bread"), item("boost", "drink.energy.large")];
    let facts = Facts { items: Some(&items), ..at_shop("2026-03-03 15:00") };
    let found = told(policy, &facts, &State::default());
    check(
        &found,
        "This coin buys snacks at 3 shops near school, until 19:00 today. \
         Something here doesn’t fit this coin. It can’t buy energy drinks. \
         (Rule \"junk\", set by your parent.)",
        "이 코인은 학교 앞 가게 3곳에서 오늘 19:00까지 간식 살 때 쓸 수 있어요. \
         살 수 없는 것이 들어 있어요. 에너지 음료 살 때는 쓸 수 없어요. \
         (규칙 «junk» · 보호자가 정했어요.)",
    );
}

#[test]
fn the_model_sentence() {
    let found = told(snack(), &at_shop("2026-03-03 19:10"), &State::default());
    check(
        &found,
        "This coin buys snacks at 3 shops near school, until 19:00 today. It is 19:10. \
         It works again tomorrow from 14:00. (Rule \"after-school\", set by your parent.)",
        "이 코인은 학교 앞 가게 3곳에서 오늘 19:00까지 간식 살 때 쓸 수 있어요. 지금 시각 19:10. \
         내일 14:00부터 다시 쓸 수 있어요. (규칙 «after-school» · 보호자가 정했어요.)",
    );
}

#[test]
fn a_day_nearly_used_up() {
    let state = State { used: &[0, 4_000, 2], ..State::default() };
    let found = told(snack(), &at_shop("2026-03-03 15:30"), &state);
    check(
        &found,
        "This coin buys snacks at 3 shops near school, until 19:00 today. 1,000 won left today. \
         The limit is 5,000 won a day. It refills from tomorrow. (Rule \"each-day\", set by your parent.)",
        "이 코인은 학교 앞 가게 3곳에서 오늘 19:00까지 간식 살 때 쓸 수 있어요. 오늘은 1,000원 남았어요. \
         하루 5,000원까지 쓸 수 있고 내일부터 다시 채워져요. (규칙 «each-day» · 보호자가 정했어요.)",
    );
}

#[test]
fn another_shop_before_hours() {
    let mut facts = at_shop("2026-03-03 13:05");
    facts.merchant.id = Some("shop-9");
    let found = told(snack(), &facts, &State::default());
    check(
        &found,
        "This coin buys snacks at 3 shops near school, 14:00–19:00 today. It is 13:05. \
         It works again today from 14:00. (Rule \"after-school\", set by your parent.) \
         This coin works elsewhere. This coin buys snacks at 3 shops near school, 14:00–19:00 today. \
         (Rule \"snack-shop\", set by your parent.)",
        "이 코인은 학교 앞 가게 3곳에서 오늘 14:00~19:00에 간식 살 때 쓸 수 있어요. 지금 시각 13:05. \
         오늘 14:00부터 다시 쓸 수 있어요. (규칙 «after-school» · 보호자가 정했어요.) \
         여기서는 쓸 수 없는 코인이에요. 이 코인은 학교 앞 가게 3곳에서 오늘 14:00~19:00에 간식 살 때 쓸 수 있어요. \
         (규칙 «snack-shop» · 보호자가 정했어요.)",
    );
}

#[test]
fn the_promise() {
    let view = View { lang: Lang::En, now: at("2026-03-03 12:00"), unit: "won", names: &Snacks };
    assert_eq!(
        promise(&snack(), &view).replace('\u{a0}', " "),
        "This coin buys snacks at 3 shops near school, Mon–Fri 14:00–19:00, Sat 10:00–18:00. \
         Up to 3,000 won at a time, 5,000 won a day, 3 times a day. \
         It works for 30 days after you get it; what is left then goes back to whoever gave it. \
         It can’t be sent to others."
    );
    assert_eq!(
        promise(&snack(), &View { lang: Lang::Ko, unit: "원", ..view }),
        "이 코인은 학교 앞 가게 3곳에서 월~금 14:00~19:00, 토 10:00~18:00에 간식 살 때 쓸 수 있어요. \
         한 번에 3,000원, 하루 5,000원, 하루 3번까지예요. \
         받은 뒤 30일 동안 쓸 수 있고, 남은 돈은 준 사람에게 돌아가요. 다른 사람에게 보낼 수 없어요."
    );
}

#[test]
fn every_kind_of_cause_has_its_entry() {
    let item = |tag: &str| Item { code: "x".to_owned(), amount: 1_000, tags: words(&[tag]) };
    let lines = [item("food.fruit"), item("drink.energy")];
    let category = words(&["retail.department.food"]);
    let shop = Shop { category: Some(&category), district: Some("gu.jongno"), ..Shop::default() };
    let payer = Person { age: Some(12), district: Some("gu.jongno"), ..Person::default() };
    let facts = Facts {
        now: at("2026-03-01 12:00"),
        amount: 2_000,
        items: Some(&lines),
        merchant: shop,
        payer,
        ..Facts::default()
    };
    let require =
        |test| Policy { clauses: vec![clause("x", ClauseKind::Require, test)], ..empty("t") };
    let forbid =
        |test| Policy { clauses: vec![clause("x", ClauseKind::Forbid, test)], ..empty("t") };
    let capped =
        |quantity, window| Policy { caps: vec![limit("x", quantity, window)], ..empty("t") };
    let gap = Gap {
        label: "x".to_owned(),
        minutes: 90,
        by: vec![By::Purse],
        when: None,
        because: Vec::new(),
    };
    let cases: Vec<(&str, Policy)> = vec![
        ("kind_not_allowed", Policy { pays: words(&["transit"]), ..empty("t") }),
        ("not_started", Policy { starts: Starts::On(at("2026-03-05 00:00").date), ..empty("t") }),
        (
            "expired",
            Policy {
                expires: Expires { end: Ends::On(at("2026-02-20 00:00").date), fate: Fate::Burn },
                ..empty("t")
            },
        ),
        ("shop_not_allowed", require(Test::InTags(Fact::MerchantCategory, words(&["books"])))),
        (
            "shop_not_allowed",
            forbid(Test::InTags(Fact::MerchantCategory, words(&["retail.department"]))),
        ),
        ("outside_area", require(Test::Is(Fact::MerchantDistrict, "gu.mapo".to_owned()))),
        ("not_eligible", require(Test::Is(Fact::PayerDistrict, "gu.mapo".to_owned()))),
        ("age_under", require(Test::InRange(Fact::PayerAge, Some(65), None))),
        ("wrong_day", snack()),
        ("over_single", capped(Quantity::Money(500), Window::Payment)),
        ("over_share", capped(Quantity::Share(80), Window::Payment)),
        ("over_day", capped(Quantity::Money(500), Window::Day)),
        ("over_period", capped(Quantity::Money(500), Window::Months(2))),
        ("over_count", capped(Quantity::Count(1), Window::Week)),
        ("too_soon", Policy { gaps: vec![gap], ..empty("t") }),
        (
            "part_of_basket",
            Policy {
                clauses: vec![clause(
                    "x",
                    ClauseKind::Covers,
                    Test::InTags(Fact::ItemCategory, words(&["food"])),
                )],
                ..empty("t")
            },
        ),
        ("fact_missing", require(Test::InTags(Fact::MerchantGroups, words(&["small-business"])))),
    ];
    for (code, policy) in cases {
        let rule = Rule::new(policy);
        let state = State { used: &[1], last: &[Some(facts.instant_micros)], ..State::default() };
        let verdict = judge(&rule, &facts, &Town, &state, Whose::City);
        let first = verdict.causes.iter().chain(&verdict.binding).next().unwrap();
        for (lang, unit) in [(Lang::En, "won"), (Lang::Ko, "원")] {
            let view = View { lang, now: facts.now, unit, names: &NoNames };
            let told = cause(first, Some(rule.policy()), &view);
            assert_eq!(told.code, code, "{told:?}");
            assert!(
                !told.title.is_empty() && !told.body.is_empty() && !told.body.contains("  "),
                "{told:?}"
            );
            assert!(told.title.chars().count() <= 40, "{told:?}");
        }
    }
}

#[test]
fn what_a_coin_is_for() {
    let view = View { lang: Lang::En, now: at("2026-03-03 12:00"), unit: "won", names: &NoNames };
    let transit = Policy {
        pays: words(&["transit"]),
        clauses: vec![clause(
            "modes",
            ClauseKind::Require,
            Test::InTags(Fact::MerchantCategory, words(&["transit.metro", "transit.bus"])),
        )],
        ..empty("t")
    };
    assert_eq!(lead(&transit, &view), "This coin pays for metro fares and bus fares.");
    assert_eq!(lead(&empty("t"), &view), "This coin works at every shop.");
    let ko = View { lang: Lang::Ko, ..view };
    assert_eq!(lead(&transit, &ko), "이 코인은 지하철 요금, 버스 요금 낼 때 쓸 수 있어요.");
    assert_eq!(lead(&empty("t"), &ko), "이 코인은 어느 가게에서나 쓸 수 있어요.");
}

#[test]
fn no_particle_follows_a_variable() {
    let source = include_str!("../../src/explain/ko.rs");
    let wrong = [
        "은",
        "는",
        "이",
        "가",
        "을",
        "를",
        "과",
        "와",
        "으로",
        "로",
        "이에요",
        "예요",
        "아",
        "야",
    ];
    let mut seen = 0;
    for (at, _) in source.match_indices('}') {
        let rest = &source[at + 1..];
        seen += usize::from(rest.starts_with("까지"));
        for particle in wrong {
            assert!(
                !rest.starts_with(particle),
                "a particle after a variable: …}}{}",
                &rest[..rest.len().min(30)]
            );
        }
    }
    assert!(seen > 5, "the lint looks at the templates");
}
