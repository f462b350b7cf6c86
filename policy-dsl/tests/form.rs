//! Forms: whatever is filled in becomes a policy, and whatever became a policy opens as the same form again.
#![expect(clippy::unwrap_used, reason = "a test may stop")]

use std::collections::BTreeMap;

use proptest::prelude::*;
use scoin_policy::civil::Date;
use scoin_policy::explain::Lang;
use scoin_policy::explain::catalogue::Catalogue;
use scoin_policy::form::{Form, form};
use scoin_policy::module::{Module, ParamKind, Value};

const SOURCE: &str = r#"
list shops.near : merchants
list goods.good : products
schedule afternoons = weekly { mon..fri 14:00..19:00 }
policy test.every(
    $daily: money in 1_000 won..20_000 won = 5_000 won, $times: count in 1..9, $part: percent in 10%..90%,
    $days: days in 7..180 = 60, $until: date in 2026-01-01..2027-12-31, $home: district, $who: person,
    $kinds: tags, $where: merchants = list shops.near, $what: products, $when: schedule) {
  title ko "모두" en "Every type"
  zone Asia/Seoul
  require place: merchant.district is $home and merchant.id in $where
  require person: payer.id is $who
  require kind: merchant.category in $kinds
  require hours: time in $when
  covers goods: item.code in $what
  cap day: $daily per day
  cap times: $times payments per day
  cap part: $part of payment
  starts $days days after issue
  expires on $until
}
"#;

fn every() -> (Module, Form) {
    let (module, found) = Module::parse(SOURCE);
    assert!(found.is_empty(), "{found:?}");
    let module = module.unwrap();
    let form = form(&module, "test.every").unwrap();
    (module, form)
}

fn values() -> impl Strategy<Value = BTreeMap<String, String>> {
    let slots = [
        "weekly { mon..fri 14:00..19:00 }",
        "afternoons",
        "weekly { sat 22:00..02:00, sun 09:00..10:00 }",
    ];
    let texts = (
        prop::option::of((1_000..=20_000_u64).prop_map(|n| n.to_string())),
        (1..=9_u8).prop_map(|n| n.to_string()),
        (10..=90_u8).prop_map(|n| n.to_string()),
        prop::option::of((7..=180_u8).prop_map(|n| n.to_string())),
        (0..=729_i32).prop_map(|n| Date::parse("2026-01-01").unwrap().add_days(n).to_string()),
        prop::sample::select(vec!["gu.mapo", "gu.jongno", "x-1"]).prop_map(ToOwned::to_owned),
        "[A-Za-z0-9가-힣\"\\\\ ]{1,12}"
            .prop_map(|text| format!("p{text}").trim().to_owned())
            // Words that join conditions may be names too.
            .boxed()
            .prop_union(
                prop::sample::select(vec!["or", "is", "not"]).prop_map(ToOwned::to_owned).boxed(),
            ),
        prop::collection::btree_set("t[a-z0-9]{0,4}(\\.[a-z]{1,4})?", 1..4)
            .prop_map(|tags| format!("{{ {} }}", tags.into_iter().collect::<Vec<_>>().join(", "))),
        prop::sample::select(slots.to_vec()).prop_map(ToOwned::to_owned),
    );
    texts.prop_map(|(daily, times, part, days, until, home, who, kinds, when)| {
        let mut all = BTreeMap::new();
        all.extend(daily.map(|text| ("daily".to_owned(), text)));
        all.extend(days.map(|text| ("days".to_owned(), text)));
        let rest = [
            ("times", times),
            ("part", part),
            ("until", until),
            ("home", home),
            ("who", who),
            ("kinds", kinds),
            ("what", "goods.good".to_owned()),
            ("when", when),
        ];
        all.extend(rest.map(|(name, text)| (name.to_owned(), text)));
        all
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn form_and_policy_turn_into_each_other_without_loss(typed in values()) {
        let (module, form) = every();
        let read = |(name, text): (&String, &String)| {
            (name.clone(), form.read(&module, name, text).unwrap_or_else(|error| panic!("{text}: {error:?}")))
        };
        let values: BTreeMap<String, Value> = typed.iter().map(read).collect();
        let instance = form.fill(&module, &values).unwrap();
        prop_assert_eq!(instance.arguments.len(), form.fields.len());

        let reopened = form.reopen(&module, &instance.arguments).unwrap();
        prop_assert!(values.iter().all(|(name, value)| reopened.get(name) == Some(value)));
        let again = form.fill(&module, &reopened).unwrap();
        prop_assert_eq!(&again, &instance);
        prop_assert_eq!(again.policy.id(), instance.policy.id());
        // The arguments alone, without a form, give the same policy too.
        let direct = module.policy("test.every", &instance.arguments).unwrap();
        prop_assert_eq!(direct.id(), instance.policy.id());
    }
}

fn wrong(typed: &[(&str, &str)]) -> Vec<String> {
    let (module, form) = every();
    let mut values = BTreeMap::new();
    let mut lines = Vec::new();
    let fine = [
        ("times", "3"),
        ("part", "50"),
        ("until", "2026-12-31"),
        ("home", "gu.mapo"),
        ("who", "me"),
        ("kinds", "books"),
        ("what", "goods.good"),
        ("when", "afternoons"),
    ];
    let left = fine.iter().filter(|(name, _)| !typed.iter().any(|(other, _)| other == name));
    for (name, text) in left.chain(typed) {
        match form.read(&module, name, text) {
            Ok(value) => drop(values.insert((*name).to_owned(), value)),
            Err(error) => lines.push(format!(
                "{}: {} / {}",
                error.field,
                error.message(&Catalogue::of(Lang::Ko)),
                error.message(&Catalogue::of(Lang::En))
            )),
        }
    }
    if lines.is_empty() {
        let errors = form.fill(&module, &values).err().unwrap_or_default();
        lines.extend(
            errors.iter().map(|error| {
                format!("{}: {}", error.field, error.message(&Catalogue::of(Lang::En)))
            }),
        );
    }
    lines.iter().map(|line| line.replace('\u{a0}', " ")).collect()
}

#[test]
fn every_field_says_what_it_wants() {
    let cases: &[(&str, &str, &str)] = &[
        (
            "daily",
            "999",
            "daily: 1,000원 이상 20,000원 이하 / at least 1,000 won, at most 20,000 won",
        ),
        (
            "daily",
            "20001 won",
            "daily: 1,000원 이상 20,000원 이하 / at least 1,000 won, at most 20,000 won",
        ),
        ("daily", "1.5", "daily: 금액을 숫자로 넣어 주세요 / write an amount in whole won"),
        ("daily", "5%", "daily: 금액을 숫자로 넣어 주세요 / write an amount in whole won"),
        ("times", "0", "times: 1 이상 9 이하 / at least 1, at most 9"),
        ("part", "91", "part: 10% 이상 90% 이하 / at least 10%, at most 90%"),
        (
            "until",
            "2028-01-01",
            "until: 2026-01-01 이상 2027-12-31 이하 / at least 2026-01-01, at most 2027-12-31",
        ),
        ("until", "soon", "until: 날짜를 연-월-일로 넣어 주세요 / write a date as year-month-day"),
        ("what", "shops.near", "what: 물건 목록을 골라 주세요 / choose a list of products"),
        ("when", "noon", "when: 요일과 시간을 골라 주세요 / choose days and hours"),
        ("colour", "red", "colour: 이 양식에 없는 항목이에요 / there is no such field"),
    ];
    for (name, text, expected) in cases {
        assert_eq!(wrong(&[(name, text)]), [*expected], "{name} {text}");
    }
    let (module, form) = every();
    let missing = form.fill(&module, &BTreeMap::new()).unwrap_err();
    let fields: Vec<&str> = missing.iter().map(|error| error.field.as_str()).collect();
    assert_eq!(fields, ["times", "part", "until", "home", "who", "kinds", "what", "when"]);
    let old = [("daily".to_owned(), "50_000 won".to_owned()), ("gone".to_owned(), "1".to_owned())];
    let stale = form.reopen(&module, &old).unwrap_err();
    assert_eq!(stale.len(), 2, "{stale:?}");
}

#[test]
fn labels_come_from_what_the_policy_does() {
    let (_, form) = every();
    let label = |name: &str| {
        let field = form.fields.iter().find(|field| field.param.name == name).unwrap();
        let text = |lang| field.label(&Catalogue::of(lang));
        format!("{} / {} {}", text(Lang::Ko), text(Lang::En), field.unit).trim_end().to_owned()
    };
    assert_eq!(label("daily"), "하루 한도 / Limit per day won");
    assert_eq!(label("times"), "하루 결제 횟수 / Payments per day payments");
    assert_eq!(label("until"), "마지막 날 / Last day");
    assert_eq!(label("home"), "자치구 / District");
    let kinds: Vec<ParamKind> = form.fields.iter().map(|field| field.param.kind).collect();
    assert_eq!(kinds, ParamKind::ALL);
}
