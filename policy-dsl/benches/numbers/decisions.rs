//! One decision, and one decision with its full explanation, for each of the ten policies of the city.

use std::rc::Rc;

use scoin_policy::causes::Whose;
use scoin_policy::civil::{Civil, Date};
use scoin_policy::decide::{State, judge, pay};
use scoin_policy::explain::catalogue::Catalogue;
use scoin_policy::explain::{Lang, NoNames, Reader, View, refusal};
use scoin_policy::facts::{Facts, Item, Person, Shop, World};
use scoin_policy::module::Module;
use scoin_policy::rule::Rule;

use crate::Figure;

const TEN: &str = include_str!("../../tests/data/policies/ten.scoin");

/// Lists hold what begins with `good`; 1 March and Sundays are holidays.
pub(crate) struct Town;

impl World for Town {
    fn listed(&self, _: &str, member: &str) -> Option<bool> {
        Some(member.starts_with("good"))
    }
    fn on_calendar(&self, _: &str, date: Date) -> Option<bool> {
        Some(date.weekday().index() == 6)
    }
}

pub(crate) fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

/// The rules of the ten policies.
pub(crate) fn ten() -> Vec<Rule> {
    let module = Module::parse(TEN).0.unwrap();
    let rule = |name: String| {
        let given = match name.as_str() {
            "city.relief" => vec![
                ("district".to_owned(), "gu.mapo".to_owned()),
                ("until".to_owned(), "2026-12-31".to_owned()),
            ],
            _ => Vec::new(),
        };
        Rule::new(module.policy(&name, &given).unwrap())
    };
    module.policies().into_iter().map(|head| rule(head.name)).collect()
}

const USED: [u64; 8] = [500; 8];
const LAST: [Option<i64>; 2] = [Some(1_772_499_000_000_000); 2];

/// What payments borrow from.
struct Payments {
    category: Vec<String>,
    groups: Vec<String>,
    items: Vec<Item>,
}

impl Payments {
    fn new() -> Self {
        let item = |code: &str, amount, tag: &str| Item {
            code: code.to_owned(),
            amount,
            tags: words(&[tag]),
        };
        Self {
            category: words(&["food.bakery"]),
            groups: words(&["small-business"]),
            items: vec![
                item("good-apples", 900, "food.fruit"),
                item("milk", 800, "food.milk"),
                item("chips", 800, "food.snack"),
            ],
        }
    }

    /// A basket at a bakery on a Tuesday, in the afternoon (mostly allowed) or at night (mostly refused).
    fn facts(&self, minute: u16) -> Facts<'_> {
        Facts {
            now: Civil { date: Date::parse("2026-03-03").unwrap(), minute },
            instant_micros: 1_772_500_000_000_000,
            amount: 2_500,
            kind: Some("purchase"),
            channel: Some("store"),
            items: Some(&self.items),
            payer: Person { age: Some(11), district: Some("gu.mapo"), ..Person::default() },
            merchant: Shop {
                id: Some("shop-1".into()),
                category: Some(&self.category),
                district: Some("gu.mapo"),
                groups: Some(&self.groups),
                ..Shop::default()
            },
            ..Facts::default()
        }
    }
}

pub(crate) fn figures() -> Vec<Figure> {
    let rules = Rc::new(ten());
    let payments = Rc::new(Payments::new());
    let words = Rc::new(Catalogue::of(Lang::En));
    let mut figures = Vec::new();
    for at in 0..rules.len() {
        let name = rules[at].name().to_owned();
        let (both, held) = (Rc::clone(&rules), Rc::clone(&payments));
        let state = || State { used: &USED, last: &LAST, ..State::default() };
        figures.push(Figure::new(&format!("decide/{name}"), Some(2_000), 2, move || {
            let day = pay(&both[at], &held.facts(930), &Town, &state());
            day.wrapping_add(pay(&both[at], &held.facts(1_410), &Town, &state()))
        }));
        let (both, held, words) = (Rc::clone(&rules), Rc::clone(&payments), Rc::clone(&words));
        figures.push(Figure::new(&format!("explain/{name}"), Some(20_000), 1, move || {
            let facts = held.facts(1_410);
            let verdict = judge(&both[at], &facts, &Town, &state(), Whose::Guardian);
            let view = View {
                words: &words,
                reader: Reader::Adult,
                now: facts.now,
                unit: "won",
                amount: None,
                names: &NoNames,
            };
            let text = refusal(&verdict.causes, Some(both[at].policy()), &view);
            (verdict, text)
        }));
    }
    figures
}
