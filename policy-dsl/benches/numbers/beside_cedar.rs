//! The stateless policies beside Cedar: the same requests to both, in the same run, after both gave the same answers.
//!
//! Both sides are prepared as far as they can be: policies parsed, facts, entities and requests built. Cedar is asked
//! with one policy set for each policy, as a coin is asked about its own rule only. Categories are entity parents,
//! groups are sets, time is the minute of the week.

use std::collections::BTreeMap;

use cedar_policy::{Authorizer, Context, Decision, Entities, EntityUid, PolicySet, Request};
use scoin_policy::civil::{Civil, Date};
use scoin_policy::decide::{State, pay};
use scoin_policy::facts::{Facts, Person, Shop};
use scoin_policy::module::Module;
use scoin_policy::rule::Rule;

use crate::Figure;
use crate::decisions::{Town, words};

const OURS: &str = include_str!("stateless.scoin");
const THEIRS: &str = include_str!("stateless.cedar");

/// So many requests to each of the five policies.
const REQUESTS: usize = 400;

const AGES: [i64; 6] = [9, 18, 19, 64, 65, 80];
const DISTRICTS: [&str; 2] = ["gu.mapo", "gu.jongno"];
const CATEGORIES: [&str; 8] = [
    "food.bakery",
    "food.grocer",
    "retail.department.food",
    "culture.museum",
    "books",
    "online",
    "transit.metro",
    "sport.pool",
];
const GROUPS: [&str; 3] = ["", "small-business", "chain-direct"];
const KINDS: [&str; 3] = ["purchase", "transit", "bill"];

/// One request, as places in the tables above.
#[derive(Clone, Copy)]
struct Asked {
    age: usize,
    home: usize,
    shop: usize,
    kind: usize,
    /// Minute of the week, Monday first.
    minute: u16,
}

const SHOPS: usize = CATEGORIES.len() * DISTRICTS.len() * GROUPS.len();

fn category(shop: usize) -> &'static str {
    CATEGORIES[shop % CATEGORIES.len()]
}

fn district(shop: usize) -> &'static str {
    DISTRICTS[shop / CATEGORIES.len() % DISTRICTS.len()]
}

fn group(shop: usize) -> &'static str {
    GROUPS[shop / CATEGORIES.len() / DISTRICTS.len()]
}

fn requests() -> Vec<Asked> {
    let mut seed = 7_u64;
    let mut below = |end: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695);
        usize::try_from(seed >> 33).unwrap() % end
    };
    let one = |_| Asked {
        age: below(AGES.len()),
        home: below(DISTRICTS.len()),
        shop: below(SHOPS),
        // Most payments are purchases.
        kind: below(6).saturating_sub(3),
        minute: u16::try_from(below(10_080)).unwrap(),
    };
    (0..REQUESTS).map(one).collect()
}

/// What our side borrows from.
struct Ours {
    rules: Vec<Rule>,
    categories: Vec<Vec<String>>,
    groups: Vec<Vec<String>>,
}

impl Ours {
    fn new() -> Self {
        let (module, found) = Module::parse(OURS);
        assert!(found.is_empty(), "{found:?}");
        let module = module.unwrap();
        let names = module.policies().into_iter().map(|head| head.name);
        let groups = |shop| if group(shop).is_empty() { Vec::new() } else { words(&[group(shop)]) };
        Self {
            rules: names.map(|name| Rule::new(module.policy(&name, &[]).unwrap())).collect(),
            categories: (0..SHOPS).map(|shop| words(&[category(shop)])).collect(),
            groups: (0..SHOPS).map(groups).collect(),
        }
    }

    fn facts(&self, asked: Asked) -> Facts<'_> {
        let monday = Date::parse("2026-03-02").unwrap();
        let day = i32::from(asked.minute / 1_440);
        Facts {
            now: Civil { date: monday.add_days(day), minute: asked.minute % 1_440 },
            amount: 1_000,
            kind: Some(KINDS[asked.kind]),
            payer: Person {
                age: Some(AGES[asked.age]),
                district: Some(DISTRICTS[asked.home]),
                ..Person::default()
            },
            merchant: Shop {
                category: Some(&self.categories[asked.shop]),
                district: Some(district(asked.shop)),
                groups: Some(&self.groups[asked.shop]),
                ..Shop::default()
            },
            ..Facts::default()
        }
    }
}

/// What Cedar is asked with.
struct Theirs {
    authorizer: Authorizer,
    policies: Vec<PolicySet>,
    entities: Entities,
    requests: Vec<Request>,
}

fn uid(kind: &str, name: &str) -> EntityUid {
    format!("{kind}::\"{name}\"").parse().unwrap()
}

impl Theirs {
    fn new(asked: &[Asked]) -> Self {
        let request = |asked: &Asked| {
            let person = uid("Person", &format!("{}-{}", asked.age, asked.home));
            let context = format!("{{\"minute\": {}}}", asked.minute);
            let context = Context::from_json_str(&context, None).unwrap();
            let (action, shop) =
                (uid("Action", KINDS[asked.kind]), uid("Shop", &asked.shop.to_string()));
            Request::new(person, action, shop, context, None).unwrap()
        };
        Self {
            authorizer: Authorizer::new(),
            policies: THEIRS.split("====").map(|text| text.parse().unwrap()).collect(),
            entities: Entities::from_json_str(&entities(), None).unwrap(),
            requests: asked.iter().map(request).collect(),
        }
    }
}

/// People, shops and the tree of categories, as Cedar's JSON.
fn entities() -> String {
    let entity = |kind: &str, name: &str, attributes: &str, parent: Option<&str>| {
        let parents = parent.map(|parent| format!(r#"{{"type":"Category","id":"{parent}"}}"#));
        format!(
            r#"{{"uid":{{"type":"{kind}","id":"{name}"}},"attrs":{{{attributes}}},"parents":[{}]}}"#,
            parents.unwrap_or_default()
        )
    };
    let mut all = Vec::new();
    for (age, years) in AGES.iter().enumerate() {
        for (home, district) in DISTRICTS.iter().enumerate() {
            let attributes = format!(r#""age":{years},"district":"{district}""#);
            all.push(entity("Person", &format!("{age}-{home}"), &attributes, None));
        }
    }
    let mut tree: BTreeMap<String, Option<String>> = BTreeMap::new();
    for shop in 0..SHOPS {
        let groups =
            if group(shop).is_empty() { String::new() } else { format!("\"{}\"", group(shop)) };
        let attributes = format!(r#""district":"{}","groups":[{groups}]"#, district(shop));
        all.push(entity("Shop", &shop.to_string(), &attributes, Some(category(shop))));
        let mut tag = category(shop);
        while let Some((above, _)) = tag.rsplit_once('.') {
            tree.insert(tag.to_owned(), Some(above.to_owned()));
            tag = above;
        }
        tree.entry(tag.to_owned()).or_default();
    }
    all.extend(tree.iter().map(|(tag, above)| entity("Category", tag, "", above.as_deref())));
    format!("[{}]", all.join(","))
}

pub(crate) fn figures() -> Vec<Figure> {
    let asked = requests();
    // Facts borrow from it for as long as the bench runs.
    let ours: &'static Ours = Box::leak(Box::new(Ours::new()));
    let theirs = Theirs::new(&asked);
    assert_eq!(ours.rules.len(), theirs.policies.len());
    let mut allowed = 0;
    for (rule, policies) in ours.rules.iter().zip(&theirs.policies) {
        for (asked, request) in asked.iter().zip(&theirs.requests) {
            let here = pay(rule, &ours.facts(*asked), &Town, &State::default()) > 0;
            let answer = theirs.authorizer.is_authorized(request, policies, &theirs.entities);
            let there = answer.decision() == Decision::Allow;
            assert!(answer.diagnostics().errors().next().is_none(), "{request}");
            assert_eq!(here, there, "{}: {request}", rule.name());
            allowed += usize::from(here);
        }
    }
    let all = REQUESTS * ours.rules.len();
    assert!(allowed * 10 > all && allowed * 10 < all * 9, "{allowed} of {all} are allowed");
    let each = u64::try_from(all).unwrap();
    let facts: Vec<Facts<'static>> = asked.iter().map(|asked| ours.facts(*asked)).collect();
    vec![
        Figure::new("cedar/our-decide", Some(2_000), each, move || {
            let mut allowed = 0_u64;
            for rule in &ours.rules {
                for facts in &facts {
                    allowed += u64::from(pay(rule, facts, &Town, &State::default()) > 0);
                }
            }
            allowed
        }),
        Figure::new("cedar/their-decide", None, each, move || {
            let mut allowed = 0_u64;
            for policies in &theirs.policies {
                for request in &theirs.requests {
                    let answer =
                        theirs.authorizer.is_authorized(request, policies, &theirs.entities);
                    allowed += u64::from(answer.decision() == Decision::Allow);
                }
            }
            allowed
        }),
    ]
}
