//! Golden bytes: what every message looked like when it was first published. A changed line breaks every old wallet.
//!
//! `tests/data/wire/golden.txt` has one `name hex` a line. A new action adds lines; no line is ever changed.

use std::collections::BTreeMap;

use scoin_core::command::{Action, Command, Proposal};
use scoin_core::envelope::SignedCommand;
use scoin_core::genesis::Genesis;
use scoin_core::outcome::{Effect, Outcome, Refusal};
use scoin_core::{cbor, envelope};

use crate::receipts::{frame_head, genesis, read_proof, receipt};
use crate::samples::{actions, command, key, outcomes, request};

const GOLDEN: &str = include_str!("../../../tests/data/wire/golden.txt");

fn messages() -> Vec<(String, Vec<u8>)> {
    let mut messages = Vec::new();
    for (name, action) in actions() {
        messages.push((format!("action/{name}"), cbor::encode(&action)));
    }
    for (name, outcome) in outcomes() {
        messages.push((format!("outcome/{name}"), outcome.to_bytes()));
    }
    let signed = envelope::sign(&command(actions().swap_remove(0).1), &key(1));
    let counted = Command { sequence: Some(300), ..command(actions().swap_remove(0).1) };
    messages.extend([
        ("signed/command".to_owned(), signed),
        ("signed/counted".to_owned(), envelope::sign(&counted, &key(1))),
        ("signed/request".to_owned(), request().sign(&key(2)).unwrap()),
        ("signed/seal".to_owned(), frame_head().seal(&key(9))),
        ("signed/read-proof".to_owned(), envelope::sign(&read_proof(), &key(1))),
        ("genesis".to_owned(), genesis().to_bytes()),
        ("receipt".to_owned(), receipt().to_bytes()),
    ]);
    messages
}

#[test]
fn messages_have_their_golden_bytes() {
    let golden: BTreeMap<&str, &str> =
        GOLDEN.lines().map(|line| line.split_once(' ').unwrap()).collect();
    let messages = messages();
    let wrong: Vec<String> = messages
        .iter()
        .filter(|(name, bytes)| golden.get(name.as_str()) != Some(&hex::encode(bytes).as_str()))
        .map(|(name, bytes)| format!("{name} {}", hex::encode(bytes)))
        .collect();
    assert!(wrong.is_empty(), "not in golden.txt:\n{}", wrong.join("\n"));
    assert_eq!(messages.len(), golden.len(), "a golden line has no message any more");
}

#[test]
fn golden_bytes_read_back() {
    for (name, bytes) in messages() {
        let same = match name.split_once('/') {
            Some(("action", _)) => cbor::encode(&cbor::decode::<Action>(&bytes).unwrap()),
            Some(("outcome", _)) => Outcome::from_bytes(&bytes).unwrap().to_bytes(),
            Some(("signed", "command" | "counted")) => {
                SignedCommand::decode(&bytes).unwrap().verify().unwrap().bytes().to_vec()
            }
            _ if name == "genesis" => Genesis::from_bytes(&bytes).unwrap().to_bytes(),
            _ => continue,
        };
        assert_eq!(same, bytes, "{name}");
    }
}

#[test]
fn every_number_has_a_golden_message() {
    let (actions, outcomes) = (actions(), outcomes());
    for (number, name) in Action::NAMES {
        assert!(actions.iter().any(|(_, action)| action.number() == *number), "{name}");
    }
    for (number, name) in Proposal::NAMES {
        let has = |action: &Action| matches!(action, Action::Propose { proposal } if proposal.number() == *number);
        assert!(actions.iter().any(|(_, action)| has(action)), "{name}");
    }
    for (_, name) in Effect::NAMES.iter().chain(Refusal::NAMES) {
        assert!(outcomes.iter().any(|(outcome, _)| outcome == name), "{name}");
    }
}

/// The numbers in the source of the types are those on the wire.
#[test]
fn discriminants_are_the_wire_numbers() {
    let sources =
        [include_str!("../../src/command/mod.rs"), include_str!("../../src/outcome/mod.rs")];
    for (source, of, names) in [
        (sources[0], "pub enum Action {", Action::NAMES),
        (sources[0], "pub enum Proposal {", Proposal::NAMES),
        (sources[1], "pub enum Effect {", Effect::NAMES),
        (sources[1], "pub enum Refusal {", Refusal::NAMES),
    ] {
        let body = source.split_once(of).unwrap().1.split_once("\n}").unwrap().0;
        let written: Vec<u16> = body
            .lines()
            .filter_map(|line| line.strip_suffix(',')?.rsplit_once(" = ")?.1.parse().ok())
            .collect();
        let numbers: Vec<u16> = names.iter().map(|(number, _)| *number).collect();
        assert_eq!(written, numbers, "{of}");
    }
}

/// A reader we did not write agrees that it is plain, well-formed CBOR.
#[test]
fn another_reader_understands_every_message() {
    for (name, bytes) in messages() {
        let mut decoder = minicbor::Decoder::new(&bytes);
        decoder.skip().unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(decoder.position(), bytes.len(), "{name}");
    }
}
