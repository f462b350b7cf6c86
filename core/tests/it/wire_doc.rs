//! `docs/wire.md` speaks of every number that can travel.

use scoin_core::command::{Action, Proposal};
use scoin_core::envelope::DOMAINS;
use scoin_core::outcome::{Effect, Outcome, Refusal};

const DOCUMENT: &str = include_str!("../../../docs/wire.md");

#[test]
fn every_number_and_name_is_written_down() {
    for (rule, names) in [
        ("action", Action::NAMES),
        ("proposal", Proposal::NAMES),
        ("effect", Effect::NAMES),
        ("refusal", Refusal::NAMES),
        ("outcome", Outcome::NAMES),
    ] {
        // `action /= [43, payment] ; pay`
        let written: Vec<(u16, &str)> = DOCUMENT
            .lines()
            .filter_map(|line| {
                let (body, name) =
                    line.strip_prefix(rule)?.strip_prefix(" /= [")?.rsplit_once(" ; ")?;
                let number = body.split([',', ']']).next()?.parse().ok()?;
                Some((number, name))
            })
            .collect();
        assert_eq!(written, names, "{rule}");
    }
}

#[test]
fn every_domain_is_written_down() {
    for domain in DOMAINS {
        assert!(DOCUMENT.contains(domain), "{domain}");
    }
}
