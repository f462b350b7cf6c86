//! Modules as the issuer and a parent's form use them: arguments, bounds, several sources, pins.

#![expect(clippy::panic, reason = "a test may stop")]

use scoin_policy::civil::Date;
use scoin_policy::diagnostic::Diagnostic;
use scoin_policy::facts::World;
use scoin_policy::ir::{Quantity, Under};
use scoin_policy::module::{ListKind, Module, ParamKind, Value};

const TEN: &str = include_str!("data/policies/ten.scoin");

fn module(source: &str) -> Module {
    let (module, found) = Module::parse(source);
    module.unwrap_or_else(|| panic!("{found:#?}"))
}

fn given(arguments: &[(&str, &str)]) -> Vec<(String, String)> {
    arguments.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn a_form_sees_types_bounds_and_defaults() {
    let ten = module(TEN);
    let heads = ten.policies();
    let snack = heads.iter().find(|head| head.name == "family.snack").unwrap();
    assert_eq!(
        snack.title,
        [("en", "After-school snack money"), ("ko", "방과 후 간식 돈")]
            .map(|(a, b)| (a.to_owned(), b.to_owned()))
    );
    let daily = &snack.params[0];
    assert_eq!((daily.name.as_str(), daily.kind), ("daily", ParamKind::Money));
    assert_eq!(daily.bounds, (Some(Value::Money(1000)), Some(Value::Money(20_000))));
    assert_eq!(daily.default.as_ref().map(ToString::to_string).as_deref(), Some("5_000 won"));
    let relief = heads.iter().find(|head| head.name == "city.relief").unwrap();
    assert!(relief.params.iter().all(|param| param.default.is_none()));
    assert_eq!(
        ten.lists().iter().map(|list| list.kind).collect::<Vec<_>>(),
        [ListKind::Merchants, ListKind::Products]
    );
    assert_eq!(ten.calendars().len(), 2);
    assert_eq!(ten.names().len(), 13);
}

#[test]
fn a_form_is_lossless() {
    let ten = module(TEN);
    for head in ten.policies() {
        let defaults: Option<Vec<(String, String)>> = head
            .params
            .iter()
            .map(|param| Some((param.name.clone(), param.default.as_ref()?.to_string())))
            .collect();
        let Some(defaults) = defaults else { continue };
        assert_eq!(ten.policy(&head.name, &defaults), ten.policy(&head.name, &[]), "{}", head.name);
    }
}

#[test]
fn arguments_change_the_policy() {
    let ten = module(TEN);
    let policy = ten
        .policy("family.snack", &given(&[("$daily", "7_000 won"), ("once", "500 won")]))
        .unwrap();
    let limit = |label: &str| {
        policy.caps.iter().find(|cap| cap.label == label).map(|cap| cap.quantity.clone())
    };
    assert_eq!(limit("each-day"), Some(Quantity::Money(7000)));
    assert_eq!(limit("each-buy"), Some(Quantity::Money(500)));
    assert_ne!(policy.id(), ten.policy("family.snack", &[]).unwrap().id());
}

#[test]
fn wrong_arguments_are_refused_by_code() {
    type Case = (&'static str, &'static [(&'static str, &'static str)], &'static [&'static str]);
    let ten = module(TEN);
    let cases: &[Case] = &[
        ("city.relief", &[], &["E0301", "E0301"]),
        ("city.relief", &[("district", "gu.mapo")], &["E0301"]),
        ("family.snack", &[("weekly", "5 won")], &["E0302"]),
        ("family.snack", &[("daily", "5_000 won"), ("$daily", "6_000 won")], &["E0305"]),
        ("family.snack", &[("daily", "5000")], &["E0202"]),
        ("family.snack", &[("daily", "5%")], &["E0303"]),
        ("family.snack", &[("daily", "")], &["E0303"]),
        ("family.snack", &[("daily", "5_000 won }")], &["E0303"]),
        ("family.snack", &[("daily", "$once")], &["E0303"]),
        ("family.snack", &[("daily", "999 won")], &["E0304"]),
        ("family.snack", &[("daily", "20_001 won")], &["E0304"]),
        ("family.exam-gift", &[("days", "6")], &["E0304"]),
        ("city.culture-65", &[("until", "2026-02-30")], &["E0303"]),
        ("family.snak", &[], &["E0102"]),
        ("city.tax-reward", &[], &["E0103"]),
    ];
    for (name, arguments, codes) in cases {
        let found = ten.policy(name, &given(arguments)).unwrap_err();
        let found: Vec<&str> = found.iter().map(|found| found.code).collect();
        assert_eq!(found, *codes, "{name} {arguments:?}");
    }
    assert!(ten.policy("family.snack", &given(&[("daily", "20_000 won")])).is_ok());
    assert_eq!(ten.program("family.snack").unwrap_err()[0].code, "E0103");
}

#[test]
fn every_type_of_argument_is_taken() {
    let source = "list l : merchants\nlist g : products\nschedule s = weekly { mon 09:00..10:00 }\nset t = { a, b }\n\
        policy p.q($tags: tags, $shops: merchants, $goods: products, $hours: schedule, $who: person, $share: percent) {\n\
        zone Asia/Seoul\nrequire a: merchant.category in $tags and merchant.id in $shops and time in $hours and payer.id is $who\n\
        covers b: item.code in $goods\ncap c: $share\n}";
    let module = module(source);
    let common = [("shops", "l"), ("goods", "list g"), ("who", "\"01A\""), ("share", "5%")];
    let tags = ["{ b, a }", "set t", "{ a, b, a }"];
    let hours = ["s", "schedule s", "weekly { mon 09:00..10:00 }"];
    let mut ids: Vec<_> = tags
        .iter()
        .zip(hours)
        .map(|(tags, hours)| {
            let arguments = [&common[..], &[("tags", *tags), ("hours", hours)]].concat();
            module
                .policy("p.q", &given(&arguments))
                .unwrap_or_else(|found| panic!("{found:#?}"))
                .id()
        })
        .collect();
    ids.dedup();
    assert_eq!(ids.len(), 1);
    for (name, value, code) in [
        ("shops", "g", "E0303"),
        ("shops", "nothing", "E0102"),
        ("tags", "5", "E0303"),
        ("hours", "l", "E0103"),
    ] {
        let arguments: Vec<_> = common
            .iter()
            .copied()
            .chain([("tags", "a"), ("hours", "s")])
            .map(|(known, old)| if known == name { (known, value) } else { (known, old) })
            .collect();
        assert_eq!(
            module.policy("p.q", &given(&arguments)).unwrap_err()[0].code,
            code,
            "{name} {value}"
        );
    }
}

#[test]
fn later_sources_see_earlier_ones() {
    let city = module(TEN);
    let source = "policy school.gift { zone Asia/Seoul also city.no-gambling also family.snack($daily = 2_000 won)\n\
        require a: merchant.category not in set city.big-retail }\n\
        program school.fund { zone Asia/Seoul pool school.fund\n reward r: on topup give 5 won under city.bonus-coin }";
    let (school, found) = Module::parse_with(source, &[&city]);
    let school = school.unwrap_or_else(|| panic!("{found:#?}"));
    let gift = school.policy("school.gift", &[]).unwrap();
    assert_eq!(gift.also.len(), 2);
    assert!(gift.also.contains(&city.policy("city.no-gambling", &[]).unwrap()));
    let programme = school.program("school.fund").unwrap();
    assert_eq!(
        programme.rewards[0].under,
        Under::Policy(Box::new(city.policy("city.bonus-coin", &[]).unwrap()))
    );
    assert_eq!(school.policies().len(), 1);
    // Through the later module the earlier one's policies can be had too, and from a third source.
    assert_eq!(school.policy("family.snack", &[]), city.policy("family.snack", &[]));
    let (third, _) = Module::parse_with(
        "policy a.b { zone Asia/Seoul also city.no-gambling also school.gift }",
        &[&school],
    );
    assert_eq!(third.unwrap().policy("a.b", &[]).unwrap().also.len(), 2);
}

#[test]
fn a_name_defined_again_does_not_change_what_was_published() {
    let old =
        module("set s = { a }\npolicy p.q { zone UTC require a: merchant.category in set s }");
    let (new, _) = Module::parse_with(
        "set s = { b }\npolicy r.s { zone UTC require a: merchant.category in set s }",
        &[&old],
    );
    let new = new.unwrap();
    assert_eq!(new.policy("p.q", &[]), old.policy("p.q", &[]));
    let (newer, _) = Module::parse_with(
        "policy p.q { zone UTC priority 1 }\npolicy t.u { zone UTC also p.q }",
        &[&new],
    );
    let newer = newer.unwrap();
    assert_eq!(newer.policy("p.q", &[]).unwrap().priority, 1);
    assert_eq!(newer.policy("t.u", &[]).unwrap().also[0].priority, 1);
}

#[test]
fn mistakes_in_another_source_are_shown_at_the_use() {
    let city = module("policy p.q($low: count) { zone UTC require a: payer.age in $low..9 }");
    let source = "policy r.s { zone UTC also p.q($low = 10) }";
    let (_, found) = Module::parse_with(source, &[&city]);
    assert_eq!(found.iter().map(|found| found.code).collect::<Vec<_>>(), ["E0207"]);
    let span = found[0].span().unwrap();
    assert_eq!(source.get(span.start..span.end), Some("p.q"));
}

#[test]
fn pins_hold() {
    let hash = "ab".repeat(32);
    let source = format!(
        "list l : merchants @sha256:{hash}\npolicy p.q {{ zone UTC require a: merchant.id in list l }}"
    );
    let pinned = module(&source);
    assert_eq!(pinned.lists()[0].pin, Some([0xab; 32]));
    let live = module(&source.replace(&format!(" @sha256:{hash}"), ""));
    let id = pinned.policy("p.q", &[]).unwrap().id();
    assert_ne!(live.policy("p.q", &[]).unwrap().id(), id);
    let user = |id: &str| format!("{source}\npolicy r.s {{ zone UTC also p.q @{id} }}");
    assert!(Module::parse(&user(&id.to_string())).0.is_some());
    assert!(Module::parse(&user(&id.to_string().replace("sp1:", "sha256:"))).0.is_none());
}

#[test]
fn owner_keys_are_seen_through_also() {
    let module = module(
        "policy a.b { zone UTC cap c: 5 won per day by household }\npolicy c.d { zone UTC also a.b }\npolicy e.f { zone UTC cap c: 5 won per day by purse }",
    );
    let uses = |name: &str| module.policy(name, &[]).unwrap().uses_owner_keys();
    assert_eq!([uses("a.b"), uses("c.d"), uses("e.f")], [true, true, false]);
}

#[test]
fn imports_are_named_not_read() {
    assert_eq!(module("import \"city.scoin\"\nimport \"b\"").imports(), ["city.scoin", "b"]);
}

struct Nothing;

impl World for Nothing {
    fn listed(&self, _list: &str, _member: &str) -> Option<bool> {
        None
    }

    fn on_calendar(&self, _calendar: &str, _date: Date) -> Option<bool> {
        None
    }
}

#[test]
fn examples_state_or_infer_their_arguments() {
    let source = "list l : merchants\ncalendar h\npolicy p.q($most: money in 1 won..100 won, $home: district, $until: date) {\n\
        zone UTC\n cap c: $most per day\n require home: merchant.district is $home\n require l: merchant.id in list l\n\
        forbid h: day in calendar h\n gap g: 5 minutes\n starts on 2026-01-01\n expires 3 days after issue\n\
        example \"loosest\" { at 2026-02-01 10:00 payer.district gu.a merchant.district gu.a merchant.id m lists l amount 150 won }\n\
        expect deny h\n\
        example \"stated\" { $most 7 won $home gu.b at 2026-02-01 10:00 merchant.district gu.b amount 150 won merchant.id m }\n\
        expect deny l, h\n\
        example \"on the day\" { $home gu.b at 2026-02-01 10:00 merchant.district gu.b merchant.id m lists l lists h amount 5 won }\n\
        expect deny h\n\
        example \"late and quick\" { $home gu.b at 2026-02-05 10:00 issued 2026-02-01 last g 2026-02-05 09:58\n\
        merchant.district gu.b merchant.id m lists l lists h amount 5 won } expect deny h, g, expires\n\
        example \"no district\" { at 2026-02-01 10:00 amount 5 won } expect allow }";
    let results = module(source).examples(&Nothing);
    let failed: Vec<&str> = results
        .iter()
        .filter(|result| result.failure.is_some())
        .map(|result| result.name.as_str())
        .collect();
    assert_eq!(failed, ["no district"], "{results:#?}");
    assert_eq!(results[4].failure.as_ref().map(|found: &Diagnostic| found.code), Some("E0501"));
}
