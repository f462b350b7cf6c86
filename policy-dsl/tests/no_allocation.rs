//! A decision allocates nothing: counted over the ten policies of the city and many payments.
#![expect(clippy::unwrap_used, reason = "this is a test: a wrong number must stop it")]

use allocation_counter::measure;
use scoin_policy::civil::{Civil, Date};
use scoin_policy::decide::{State, pay};
use scoin_policy::facts::{Facts, Item, Person, Shop, World};
use scoin_policy::module::Module;
use scoin_policy::rule::Rule;

const TEN: &str = include_str!("data/policies/ten.scoin");

struct Town;

impl World for Town {
    fn listed(&self, _: &str, member: &str) -> Option<bool> {
        Some(member.starts_with("good"))
    }
    fn on_calendar(&self, _: &str, date: Date) -> Option<bool> {
        Some(date.weekday().index() == 6)
    }
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn ten() -> Vec<Rule> {
    let module = Module::parse(TEN).0.unwrap();
    let given: Vec<(String, String)> = [("district", "gu.mapo"), ("until", "2026-12-31")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec();
    let rule = |name: String| {
        let given = if name == "city.relief" { given.as_slice() } else { &[] };
        Rule::new(module.policy(&name, given).unwrap())
    };
    module.policies().into_iter().map(|head| rule(head.name)).collect()
}

/// Runs `look` on payments of all ages, kinds, hours, shops and baskets, facts missing included.
fn payments(mut look: impl FnMut(&Facts<'_>)) {
    let categories =
        [words(&["food.bakery"]), words(&["culture.museum", "books"]), words(&["transit.metro"])];
    let groups = words(&["small-business"]);
    let item =
        |code: &str, tag: &str| Item { code: code.to_owned(), amount: 900, tags: words(&[tag]) };
    let items =
        [item("good-apples", "food.fruit"), item("milk", "food.milk"), item("beer", "alcohol")];
    for (day, category) in (0..).zip(&categories) {
        for age in [None, Some(9), Some(70)] {
            for minute in [0, 600, 930, 1_439] {
                for items in [None, Some(&items[..2]), Some(&items[..])] {
                    for kind in ["purchase", "transit"] {
                        look(&Facts {
                            now: Civil {
                                date: Date::parse("2026-04-10").unwrap().add_days(day),
                                minute,
                            },
                            instant_micros: 1_775_800_000_000_000,
                            amount: 2_700,
                            kind: Some(kind),
                            items,
                            payer: Person { age, district: Some("gu.mapo"), ..Person::default() },
                            merchant: Shop {
                                id: Some("shop-1".into()),
                                category: Some(category),
                                district: Some("gu.mapo"),
                                groups: Some(&groups),
                                ..Shop::default()
                            },
                            ..Facts::default()
                        });
                    }
                }
            }
        }
    }
}

#[test]
fn no_decision_allocates() {
    let rules = ten();
    let (mut asked, mut passed) = (0, 0);
    payments(|facts| {
        for rule in &rules {
            for used in [[0; 8], [2_000; 8]] {
                let last = [Some(1_775_799_990_000_000); 2];
                let state = State { used: &used, last: &last, ..State::default() };
                let mut found = 0;
                let counted = measure(|| found = pay(rule, facts, &Town, &state));
                assert_eq!(counted.count_total, 0, "{} {facts:?}", rule.name());
                asked += 1;
                passed += u64::from(found > 0);
            }
        }
    });
    assert!(asked > 4_000 && passed > 400, "{passed} of {asked}");
}

#[test]
fn the_counter_counts() {
    let counted = measure(|| drop(core::hint::black_box(vec![0_u8; 100])));
    assert_eq!(counted.count_total, 1);
}
