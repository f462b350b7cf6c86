//! Identity: what a policy means decides its id; layout, order, comments and texts do not.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::arithmetic_side_effects,
    clippy::format_collect,
    clippy::format_push_string,
    clippy::indexing_slicing,
    reason = "a test may stop, and reads better short"
)]

use std::collections::BTreeMap;

use proptest::prelude::*;
use scoin_policy::canon::DecodeError;
use scoin_policy::ir::{Policy, PolicyId, Program};
use scoin_policy::module::Module;

const TEN: &str = include_str!("data/policies/ten.scoin");
const IDS: &str = include_str!("data/policies/ten.ids");

/// Ids of everything in a source that takes no arguments.
fn ids(source: &str) -> BTreeMap<String, String> {
    let (module, found) = Module::parse(source);
    let module = module.unwrap_or_else(|| panic!("{found:#?}"));
    let arguments = [("district", "gu.mapo"), ("until", "2026-12-31")];
    let arguments = arguments.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let policy = |name: &str| {
        let given = if name == "city.relief" { &arguments[..] } else { &[] };
        module.policy(name, given).unwrap().id().to_string()
    };
    let program = |name: &str| {
        let id = module.program(name).unwrap().id();
        id.iter().map(|byte| format!("{byte:02x}")).collect()
    };
    let policies =
        module.policies().into_iter().map(|head| (head.name.clone(), policy(&head.name)));
    let programs =
        module.programs().into_iter().map(|head| (head.name.clone(), program(&head.name)));
    policies.chain(programs).collect()
}

fn id(source: &str) -> String {
    ids(source).remove("a.b").unwrap()
}

fn policy(body: &str) -> String {
    format!("policy a.b {{\n  zone Asia/Seoul\n{body}\n}}\n")
}

#[test]
fn ids_of_the_ten_never_change() {
    // To accept a new schema version: write the new ids, and raise `SCHEMA_VERSION`.
    let found: String = ids(TEN).iter().map(|(name, id)| format!("{name} {id}\n")).collect();
    assert_eq!(found, IDS);
}

#[test]
fn what_means_the_same_has_the_same_id() {
    let cases = [
        (
            "require a: payer.age in 19.. \n priority 10",
            "priority 10 // c\n\n require a: payer.age >= 19",
        ),
        ("require a: payer.age < 19", "require a: payer.age in ..18"),
        ("forbid a: merchant.category in { b, a, b }", "forbid a: merchant.category in { a, b }"),
        (
            "require a: not (payer.age > 5 and payer.age > 9)",
            "require a: not payer.age > 9 or not payer.age > 5",
        ),
        (
            "require a: payer.age > 1 and (payer.age > 2 and payer.age > 3)",
            "require a: payer.age > 3 and payer.age > 2 and payer.age > 1",
        ),
        ("require a: not not payer.age > 1", "require a: payer.age > 1"),
        ("require a: payer.groups not in { x }", "require a: not payer.groups in { x }"),
        (
            "cap a: 5 won per day by payer and merchant",
            "cap a: 5 won per day by merchant and payer",
        ),
        ("cap a: 5 won", "cap a: 5 won per payment"),
        ("cap a: 5_000 won per day", "cap a: 5000 won per day"),
        ("title ko \"가\"\n require a: payer.age > 1 because \"x\"", "require a: payer.age > 1"),
        ("pays transit, purchase", "pays purchase, transit, purchase"),
        (
            "pays purchase\n transfer to payer.district is merchant.district or receiver.id is payer.id",
            "",
        ),
        (
            "require a: payer.district is merchant.district",
            "require a: merchant.district is payer.district",
        ),
        ("expires 2 weeks after issue", "expires 14 days after issue then return to granter"),
        (
            "require a: time in weekly { mon..tue 09:00..10:00 }",
            "require a: time in weekly { tue 09:00..10:00, mon 09:00..10:00 }",
        ),
        ("require a: day in sat..sun", "require a: day in { sun, sat }"),
        ("gap a: 1 hours", "gap a: 60 minutes"),
    ];
    for (one, other) in cases.into_iter().filter(|(_, other)| !other.is_empty()) {
        assert_eq!(id(&policy(one)), id(&policy(other)), "{one} | {other}");
    }
    let named = format!(
        "let old = payer.age > 64\nset s = {{ a, b }}\nschedule h = weekly {{ mon 09:00..10:00 }}\n{}",
        policy("require a: old or merchant.category in set s or time in schedule h")
    );
    let plain = policy(
        "require a: time in weekly { mon 09:00..10:00 } or merchant.category in { b, a } or payer.age > 64",
    );
    assert_eq!(id(&named), id(&plain));
}

#[test]
fn what_means_something_else_has_another_id() {
    let bodies = [
        "",
        "priority 10",
        "week starts sun",
        "pays transit",
        "split never",
        "transfer never",
        "transfer to receiver.household is payer.household",
        "refund grace 7 days",
        "refund restores nothing",
        "refund restores amount",
        "starts on 2026-01-01",
        "starts 1 days after issue",
        "expires on 2026-01-01",
        "expires 1 days after issue",
        "expires 1 days after issue then burn",
        "expires 1 days after issue then move to pool p",
        "expires 1 months after issue",
        "decays d: 10% of issued every month",
        "decays d: 10% of remaining every month",
        "decays d: 10% of issued every month after 1 months",
        "decays d: 10% of issued every month to pool p",
        "require a: payer.age > 1",
        "forbid a: payer.age > 1",
        "require b: payer.age > 1",
        "require a: payer.age > 2",
        "require a: payer.children > 1",
        "require a: known payer.age",
        "require a: payer.age is 2",
        "require a: any item (item.amount > 5 won)",
        "require a: every item (item.amount > 5 won)",
        "covers a: item.amount > 5 won",
        "require a: merchant.category in { x }",
        "require a: merchant.category is x",
        "require a: merchant.id in list l",
        "require a: day in calendar c",
        "require a: day in { mon }",
        "require a: date in 2026-01-01..",
        "require a: time in 09:00..10:00",
        "require a: time in 09:00..11:00",
        "cap a: 5 won per day",
        "cap a: 5 won per month",
        "cap a: 6 won per day",
        "cap a: 5 payments per day",
        "cap a: 5% of payment",
        "cap a: 5 won times payer.children per day",
        "cap a: 5 won per day by merchant",
        "cap a: 5 won per day when payer.age > 1",
        "cap a: 5 won per day on items item.amount > 5 won",
        "cap a: 5 won per 5 days",
        "cap a: 5 won per 5 months",
        "gap a: 5 minutes",
        "gap a: 5 minutes by merchant",
    ];
    let mut seen = BTreeMap::new();
    for body in bodies {
        let source = format!("list l : merchants\ncalendar c\n{}", policy(body));
        if let Some(other) = seen.insert(id(&source), body) {
            panic!("`{body}` and `{other}` have the same id");
        }
    }
    assert_ne!(id(&policy("")), id(&policy("").replace("Seoul", "Tokyo")));
}

#[test]
fn ids_are_written_and_read_in_one_way() {
    let id = PolicyId([0xab; 32]);
    assert_eq!(id.to_string().parse(), Ok(id));
    for text in ["", "sp1:", "sp1:ab", &id.to_string().to_uppercase(), &format!("{id}0"), "sp1:zz"]
    {
        assert!(text.parse::<PolicyId>().is_err(), "{text}");
    }
}

#[test]
fn other_encodings_are_refused_by_name() {
    let (module, _) = Module::parse(TEN);
    let policy = module.unwrap().policy("family.snack", &[]).unwrap();
    let good = policy.to_bytes();
    let with = |at: usize, byte: u8| {
        let mut bytes = good.clone();
        bytes[at] = byte;
        bytes
    };
    let longer = |byte: u8| [&good[..], &[byte]].concat();
    // The first bytes: a map of 14, key 1, a text of 12 bytes.
    assert_eq!(&good[..3], [0xae, 0x01, 0x6c]);
    let cases = [
        (Vec::new(), DecodeError::Truncated),
        (good[..good.len() - 1].to_vec(), DecodeError::Truncated),
        (longer(0), DecodeError::TrailingBytes),
        (with(0, 0xaf), DecodeError::WrongType),
        (with(0, 0xbf), DecodeError::WrongType),
        (with(1, 0x02), DecodeError::WrongType),
        ([&good[..1], &[0x18, 0x01], &good[2..]].concat(), DecodeError::WrongType),
        ([&good[..2], &[0x78, 0x0c], &good[3..]].concat(), DecodeError::NotMinimal),
        (with(3, 0xff), DecodeError::NotText),
        (
            vec![0xae, 0x01, 0x7b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
            DecodeError::Truncated,
        ),
        (vec![0; (1 << 20) + 1], DecodeError::TooLong),
    ];
    for (bytes, error) in cases {
        assert_eq!(
            Policy::from_bytes(&bytes).err(),
            Some(error),
            "{:02x?}",
            &bytes[..bytes.len().min(16)]
        );
    }
}

#[test]
fn what_is_not_normal_is_refused() {
    let (module, _) = Module::parse(TEN);
    let good = module.unwrap().policy("family.snack", &[]).unwrap();
    let mut turned = good.clone();
    turned.clauses.reverse();
    let mut doubled = good.clone();
    doubled.pays.push("purchase".to_owned());
    let mut labelled = good.clone();
    labelled.clauses[1].label = labelled.clauses[0].label.clone();
    let mut texts = good;
    texts.title.reverse();
    for policy in [turned, doubled, labelled, texts] {
        assert_eq!(Policy::from_bytes(&policy.to_bytes_with_texts()), Err(DecodeError::NotNormal));
    }
}

#[test]
fn deep_bytes_are_refused() {
    // Negations without end: [2, [2, [2, ...
    let mut bytes = vec![
        0xae, 0x01, 0x60, 0x03, 0x60, 0x04, 0x00, 0x05, 0x80, 0x06, 0x81, 0xa3, 0x01, 0x60, 0x02,
        0x00, 0x03,
    ];
    bytes.extend([0x82, 0x02].repeat(100_000));
    assert_eq!(Policy::from_bytes(&bytes), Err(DecodeError::TooDeep));
}

/// Sources made of clauses in any order: the same clauses must give the same id.
fn clause() -> impl Strategy<Value = String> {
    let tag = proptest::sample::select(vec!["books", "culture", "food.cafe", "x-y"]);
    (0..9_u8, 0..30_u8, tag, 1..90_u32).prop_map(|(kind, label, tag, number)| match kind {
        0 => format!("require l{label}: payer.age in {number}.."),
        1 => format!("forbid l{label}: merchant.category in {{ {tag}, other }} or payer.groups in {{ {tag} }}"),
        2 => format!("cap l{label}: {number} won per {number} days when not merchant.groups in {{ {tag} }}"),
        3 => format!("cap l{label}: {number}% of payment by merchant"),
        4 => format!("gap l{label}: {number} minutes"),
        5 => format!("covers l{label}: item.category in {{ {tag} }} and item.amount > {number} won"),
        6 => format!("require l{label}: time in weekly {{ mon..fri 09:00..{:02}:00 }} or day in {{ sat }}", number % 24),
        7 => format!("require l{label}: any item (item.code is {tag}) because ko \"{number}\" en \"b\""),
        _ => format!("cap l{label}: {number} payments per week on items item.category in {{ {tag} }}"),
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn order_never_matters_and_bytes_go_both_ways(
        (clauses, shuffled) in proptest::collection::btree_map(0..30_u8, clause(), 1..12).prop_flat_map(|clauses| {
            // One clause a label.
            let clauses: Vec<String> = clauses.into_iter().map(|(at, clause)| {
                let (word, rest) = clause.split_once(' ').unwrap();
                format!("{word} l{at}:{}", rest.split_once(':').unwrap().1)
            }).collect();
            (Just(clauses.clone()), Just(clauses).prop_shuffle())
        }),
    ) {
        let (one, other) = (policy(&clauses.join("\n")), policy(&shuffled.join(" // c\n\n")));
        prop_assert_eq!(id(&one), id(&other));
        let (module, _) = Module::parse(&one);
        let compiled = module.unwrap().policy("a.b", &[]).unwrap();
        let (full, bare) = (compiled.to_bytes_with_texts(), compiled.to_bytes());
        let id = compiled.id();
        prop_assert_eq!(Policy::from_bytes(&full), Ok(compiled));
        prop_assert_eq!(Policy::from_bytes(&bare).map(|policy| policy.id()), Ok(id));
    }

    #[test]
    fn hostile_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = (Policy::from_bytes(&bytes), Program::from_bytes(&bytes));
    }

    #[test]
    fn a_changed_byte_is_refused_or_another_policy(at in any::<u16>(), byte in any::<u8>()) {
        let (module, _) = Module::parse(TEN);
        let module = module.unwrap();
        for name in ["family.snack", "city.tax-coin", "city.healthy-food", "family.exam-gift"] {
            let policy = module.policy(name, &[]).unwrap();
            let mut bytes = policy.to_bytes_with_texts();
            let at = usize::from(at) % bytes.len();
            bytes[at] = byte;
            if let Ok(changed) = Policy::from_bytes(&bytes) {
                prop_assert_eq!(changed.to_bytes_with_texts(), bytes);
            }
        }
    }
}

/// One rule of a source that is written in many ways: a name, and what a payment must be.
#[derive(Clone, Debug)]
enum Piece {
    Age(i64),
    Shops(Vec<&'static str>),
    Day(u64),
}

fn pieces() -> impl Strategy<Value = Vec<Piece>> {
    let tags = prop::collection::btree_set(prop::sample::select(vec!["a", "b", "c.d", "e"]), 1..4);
    let piece = prop_oneof![
        (1..90_i64).prop_map(Piece::Age),
        tags.prop_map(|tags| Piece::Shops(tags.into_iter().collect())),
        (1..9_000_u64).prop_map(Piece::Day),
    ];
    prop::collection::vec(piece, 1..6)
}

/// How a source is written: nothing of it means anything.
#[derive(Clone, Debug)]
struct Style {
    order: Vec<usize>,
    /// For each piece: named by a `let` or `set` of this number, or written in place.
    named: Vec<Option<u16>>,
    turns: Vec<usize>,
    comments: Vec<bool>,
}

fn style() -> impl Strategy<Value = Style> {
    let order = Just((0..6).collect::<Vec<usize>>()).prop_shuffle();
    let named = prop::collection::vec(prop::option::of(0..2_000_u16), 6);
    let turns = prop::collection::vec(0..4_usize, 6);
    (order, named, turns, prop::collection::vec(any::<bool>(), 6))
        .prop_map(|(order, named, turns, comments)| Style { order, named, turns, comments })
}

fn written(pieces: &[Piece], style: &Style) -> String {
    let (mut before, mut body) = (String::new(), String::new());
    for at in style.order.iter().copied().filter(|at| *at < pieces.len()) {
        let name = style.named[at].map(|number| format!("n{number}-{at}"));
        let mut say = |word: &str, what: String| match &name {
            None => what,
            Some(name) => {
                before.insert_str(0, &format!("{word} {name} = {what}\n"));
                format!("{}{name}", if word == "set" { "set " } else { "" })
            }
        };
        let comment = if style.comments[at] { "// so it is\n" } else { "" };
        let rule = match &pieces[at] {
            Piece::Age(from) => {
                format!("require r{at}: {}", say("let", format!("payer.age >= {from}")))
            }
            Piece::Shops(tags) => {
                let mut tags = tags.clone();
                let turn = style.turns[at] % tags.len();
                tags.rotate_left(turn);
                tags.extend(style.comments[at].then_some(tags[0]));
                let set = say("set", format!("{{ {} }}", tags.join(", ")));
                format!("require r{at}: merchant.category in {set}")
            }
            Piece::Day(won) => format!("cap r{at}: {won} won per day"),
        };
        body.push_str(&format!("{comment}  {rule}\n{comment}"));
    }
    format!("{before}{}", policy(&body))
}

/// What one piece may become, so that it means something else.
fn other(piece: &Piece) -> Piece {
    match piece {
        Piece::Age(from) => Piece::Age(from + 1),
        Piece::Shops(tags) if tags.contains(&"e") && tags.len() > 1 => {
            Piece::Shops(tags.iter().copied().filter(|tag| *tag != "e").collect())
        }
        Piece::Shops(tags) if tags.contains(&"e") => Piece::Shops(vec!["f"]),
        Piece::Shops(tags) => Piece::Shops(tags.iter().copied().chain(["e"]).collect()),
        Piece::Day(won) => Piece::Day(won + 1),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn order_names_comments_and_sets_do_not_change_an_id(
        pieces in pieces(), one in style(), two in style(), changed in any::<prop::sample::Index>(),
    ) {
        let known = id(&written(&pieces, &one));
        prop_assert_eq!(&known, &id(&written(&pieces, &two)), "{}", written(&pieces, &two));
        let mut others = pieces.clone();
        let at = changed.index(pieces.len());
        others[at] = other(&pieces[at]);
        prop_assert_ne!(known, id(&written(&others, &two)));
    }
}
