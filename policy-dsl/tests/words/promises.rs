//! The promises of the city's ten policies and three programmes, in every language, for adults and for children; and
//! every clause in a sentence. The files are what people have read and accepted.

use scoin_policy::explain::catalogue::Catalogue;
use scoin_policy::explain::{
    Lang, Line, NoNames, Reader, View, lead, lines, program_lines, program_promise, promise,
};
use scoin_policy::ir::Policy;
use scoin_policy::module::Module;

use crate::told::at;

const TEN: &str = include_str!("../data/policies/ten.scoin");

/// The policy named `t` of a text.
pub(crate) fn policy(text: &str) -> Policy {
    let (module, found) = Module::parse(text);
    module.unwrap_or_else(|| panic!("{found:?}\n{text}")).policy("t", &[]).unwrap()
}

/// The currency's word in a language.
pub(crate) fn unit(words: &Catalogue) -> String {
    words.say("unit.won", &[])
}

/// The text must be that of the file beside the tests; on a difference the whole new text is printed.
#[track_caller]
pub(crate) fn in_file(name: &str, kept: &str, found: &str) {
    let difference = kept.lines().zip(found.lines()).find(|(kept, found)| kept != found);
    assert!(
        kept == found,
        "{name} differs, first at {difference:?}; if the new words are right, the file should be:\n{found}"
    );
}

fn ten() -> Module {
    Module::parse(TEN).0.unwrap()
}

fn all_policies() -> Vec<Policy> {
    let module = ten();
    let relief = [("district", "gu.mapo"), ("until", "2026-12-31")];
    let arguments = |name: &str| -> Vec<(String, String)> {
        let given = if name == "city.relief" { relief.as_slice() } else { &[] };
        given.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    };
    let names = module.policies().into_iter().map(|head| head.name);
    names.map(|name| module.policy(&name, &arguments(&name)).unwrap()).collect()
}

/// `tell` in every language, for both readers.
fn everywhere(mut tell: impl FnMut(&View<'_>) -> String) -> String {
    let mut told = String::new();
    for reader in [Reader::Adult, Reader::Child] {
        for lang in Lang::ALL {
            let words = Catalogue::of(lang);
            let view = View {
                words: &words,
                reader,
                now: at("2026-03-03 12:00"),
                unit: &unit(&words),
                amount: None,
                names: &NoNames,
            };
            let child = if reader == Reader::Child { " child" } else { "" };
            let text = tell(&view).replace('\u{a0}', " ");
            told.push_str(&format!("{}{child}: {text}\n", lang.code()));
        }
    }
    told
}

#[test]
fn the_promise_of_every_policy_and_programme() {
    let mut found = String::new();
    for policy in all_policies() {
        found.push_str(&format!("## {}\n", policy.name));
        found.push_str(&everywhere(|view| lead(&policy, view)));
        found.push_str("# promise\n");
        found.push_str(&everywhere(|view| promise(&policy, view)));
    }
    let module = ten();
    for head in module.programs() {
        let program = module.program(&head.name).unwrap();
        found.push_str(&format!("## {}\n", head.name));
        found.push_str(&everywhere(|view| program_promise(&program, view)));
    }
    in_file("promises.txt", include_str!("../data/words/promises.txt"), &found);
}

#[test]
fn every_clause_in_a_sentence() {
    let mut found = String::new();
    for lang in Lang::ALL {
        let words = Catalogue::of(lang);
        let view = View {
            words: &words,
            reader: Reader::Adult,
            now: at("2026-03-03 12:00"),
            unit: &unit(&words),
            amount: None,
            names: &NoNames,
        };
        let mut add = |lines: Vec<Line>| {
            for line in lines {
                let because = line.because.map(|why| format!(" [{why}]")).unwrap_or_default();
                let (rule, label, text) = (line.rule, line.label, line.text);
                found
                    .push_str(&format!("{rule} {label}: {text}{because}\n").replace('\u{a0}', " "));
            }
        };
        for policy in &all_policies() {
            add(lines(policy, &view));
        }
        add(lines(&policy(EVERY_KIND), &view));
        let module = ten();
        for head in module.programs() {
            add(program_lines(&module.program(&head.name).unwrap(), &view));
        }
    }
    in_file("clauses.txt", include_str!("../data/words/clauses.txt"), &found);
}

/// What the ten do not have.
const EVERY_KIND: &str = "
  list city.shops : merchants list city.people : persons calendar city.fair
  policy t {
    zone Asia/Seoul
    require a: (payer.age in 13..18 and payer.groups in { student }) or payer.id in list city.people
    require b: day in { mon, tue, wed } or day in calendar city.fair or date in 2026-03-01..2026-05-31
    require c: merchant.district is payer.district
    require d: not (payment.channel is online)
    require e: payment.amount in 1_000 won..50_000 won
    require f: every item (item.category in { food } and item.amount in ..9_000 won)
    forbid g: merchant.id in list city.shops
    require h: known payer.household
    require i: payer.children in 2..
    cap j: 5_000 won times payer.children per week when payer.district in { gu.mapo, gu.jung }
    cap k: 3 payments per 7 days by lot
    cap l: 90_000 won per 3 months by merchant
    gap m: 90 minutes
    decays n: 5% of remaining every week to granter
    starts 2 days after issue
    expires 18 hours after issue then burn
    split never
    priority 80
    transfer to receiver.relation in { friend } and receiver.household is payer.household
    refund restores amount
  }";
