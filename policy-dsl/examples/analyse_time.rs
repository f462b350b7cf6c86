//! How long checking and fully analysing a policy of forty clauses takes: `cargo run --release -p scoin-policy
//! --example analyse_time`. Prints the mean over a hundred runs, and what all pairs of the ten policies take.
#![expect(
    clippy::arithmetic_side_effects,
    clippy::use_debug,
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a stopwatch for people"
)]

use std::fmt::Write as _;
use std::time::Instant;

use scoin_policy::analyse::{Settings, Study, analyse};
use scoin_policy::ir::Policy;
use scoin_policy::module::Module;

const RUNS: u32 = 100;
const TEN: &str = include_str!("../tests/data/policies/ten.scoin");

/// Forty clauses that touch every kind of fact.
fn forty() -> String {
    let mut source =
        "list city.shops : merchants\nlist city.goods : products\ncalendar kr.holidays\n\
                      policy city.forty {\n  zone Asia/Seoul\n  pays purchase, transit, bill\n"
            .to_owned();
    for n in 0..6 {
        writeln!(
            source,
            "  forbid tag-{n}: merchant.category in {{ sort-{n}, sort-{n}.a, other.b-{n} }}"
        )
        .unwrap();
        writeln!(
            source,
            "  forbid group-{n}: merchant.groups in {{ group-{n} }} and payer.age in ..{}",
            12 + n
        )
        .unwrap();
        writeln!(
            source,
            "  require age-{n}: payer.age in {n}.. or payer.groups in {{ kind-{n}, kind-x }}"
        )
        .unwrap();
        writeln!(source, "  forbid hours-{n}: time in weekly {{ mon..fri 0{n}:00..0{n}:30, sat 2{}:00..0{n}:00 }}", n % 4).unwrap();
        writeln!(source, "  cap day-{n}: {} won per {} days", 5_000 + n * 1_000, n + 1).unwrap();
    }
    source.push_str(
        "  forbid holidays: day in calendar kr.holidays and payer.age in ..18\n\
           require listed: merchant.id in list city.shops or merchant.category in { food, books }\n\
           forbid junk: known payment.items and any item (item.category in { tobacco, alcohol })\n\
           require near: merchant.district is payer.district or payment.kind in { transit, bill }\n\
           forbid far: merchant.country in { jp, us }\n\
           forbid machine: payment.channel is machine and payment.amount in 50_000 won..\n\
           cap once: 30_000 won per payment\n\
           cap month: 25_000 won per month\n\
           cap milk: 3_000 won per day on items item.category in { milk }\n\
           gap pause: 2 minutes by merchant\n\
           expires 90 days after issue then return to granter\n}\n",
    );
    source
}

fn main() {
    let source = forty();
    let settings = Settings::default();
    let policy = Module::parse(&source).0.unwrap().policy("city.forty", &[]).unwrap();
    let nodes = Study::new(&[&policy], &settings).map(|study| study.nodes());
    println!("nodes of forty clauses: {nodes:?}");
    let start = Instant::now();
    let mut found = Vec::new();
    for _ in 0..RUNS {
        let (module, diagnostics) = Module::parse(&source);
        assert!(diagnostics.is_empty(), "{diagnostics:?}");
        let policy = module.unwrap().policy("city.forty", &[]).unwrap();
        found = analyse(&policy, &settings).unwrap();
    }
    println!("check and full analysis of forty clauses: {:?}", start.elapsed() / RUNS);
    for finding in found {
        println!("  {finding}");
        println!("    {}", finding.witness.map(|witness| witness.to_string()).unwrap_or_default());
    }
    pairs(&settings);
}

fn pairs(settings: &Settings) {
    let module = Module::parse(TEN).0.unwrap();
    let given = [("district", "gu.mapo"), ("until", "2026-12-31")];
    let given = given.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let policies: Vec<Policy> = module
        .policies()
        .into_iter()
        .map(|head| {
            let arguments = if head.name == "city.relief" { given.as_slice() } else { &[] };
            module.policy(&head.name, arguments).unwrap()
        })
        .collect();
    let all: Vec<&Policy> = policies.iter().collect();
    let start = Instant::now();
    let mut nodes = 0;
    for _ in 0..RUNS {
        let mut study = Study::new(&all, settings).unwrap();
        for first in 0..all.len() {
            for second in (0..all.len()).filter(|second| *second != first) {
                let _ = study.passes_only(first, second);
            }
        }
        nodes = study.nodes();
    }
    println!("ninety pairs of the ten policies: {:?}, {nodes} nodes", start.elapsed() / RUNS);
}
