//! No ward is linked without a guardian's consent that says how it was made sure of.

use scoin_core::command::{Action, ConsentProof, ConsentWay};
use scoin_core::outcome::{Effect, Refusal};
use scoin_ledger::state::Consent;
use scoin_ledger::{Key, Record, View, replay};

use crate::city::{City, Who};

fn proof(way: ConsentWay, number: u8) -> ConsentProof {
    ConsentProof { way, evidence: [number; 32] }
}

fn accept(ward: &Who, consent: Option<ConsentProof>) -> Action {
    Action::AcceptWard { ward: ward.id, consent }
}

fn confirm(ward: &Who, guardian: &Who, consent: ConsentProof) -> Action {
    Action::ConfirmConsent { ward: ward.id, guardian: guardian.id, consent }
}

fn consents(city: &City, ward: &Who) -> Vec<Consent> {
    match city.state.get(&Key::Family(ward.id)) {
        Some(Record::Family(family)) => family.consents.clone(),
        _ => Vec::new(),
    }
}

fn out_of_range(field: &str) -> Refusal {
    Refusal::OutOfRange { field: field.to_owned() }
}

#[test]
fn each_of_the_six_ways_is_kept_with_the_command_that_gave_it() {
    let mut city = City::new();
    let (mother, child, officer) = (city.person(1), city.person(2), city.officers[0].clone());
    for (number, way) in (1..).zip(ConsentWay::ALL) {
        city.ok(&child, Action::AskGuardian { guardian: mother.id });
        assert_eq!(city.no(&mother, accept(&child, None)), Refusal::ConsentRequired);
        let given = proof(way, number);
        let confirming = if way.needs_office() {
            assert_eq!(
                city.no(&mother, accept(&child, Some(given))),
                Refusal::ConsentUnconfirmed,
                "{way:?}"
            );
            Some(city.done(&officer, confirm(&child, &mother, given)))
        } else {
            assert_eq!(city.no(&officer, confirm(&child, &mother, given)), out_of_range("consent"));
            None
        };
        assert_eq!(city.account(&child.id).guardians, []);
        let command = city.done(&mother, accept(&child, Some(given)));
        assert_eq!(city.account(&child.id).guardians, [mother.id]);
        let kept = consents(&city, &child).pop().expect("a consent");
        assert_eq!((kept.guardian, kept.command, kept.proof), (mother.id, command, given));
        assert_eq!(
            kept.confirmed.map(|one| (one.by, one.command)),
            confirming.map(|id| (officer.id, id))
        );
        city.ok(&mother, Action::EndGuardian { ward: child.id, guardian: mother.id });
    }
    assert_eq!(consents(&city, &child).len(), 6);
    assert_eq!(replay(&city.frames).expect("it replays"), city.state);
}

#[test]
fn what_an_office_has_seen_is_that_consent_once_and_for_that_guardian() {
    let mut city = City::new();
    let (mother, father, child) = (city.person(1), city.person(3), city.person(2));
    let officer = city.officers[0].clone();
    let paper = proof(ConsentWay::Paper, 1);
    for guardian in [&mother, &father] {
        city.ok(&child, Action::AskGuardian { guardian: guardian.id });
    }
    assert_eq!(city.no(&mother, confirm(&child, &mother, paper)), Refusal::NotAllowed);
    assert_eq!(city.no(&officer, confirm(&child, &child, paper)), out_of_range("consent"));
    assert_eq!(city.ok(&officer, confirm(&child, &mother, paper)), Effect::Done);
    for other in [proof(ConsentWay::Paper, 2), proof(ConsentWay::Call, 1)] {
        assert_eq!(city.no(&mother, accept(&child, Some(other))), Refusal::ConsentUnconfirmed);
    }
    assert_eq!(city.no(&father, accept(&child, Some(paper))), Refusal::ConsentUnconfirmed);
    city.ok(&mother, accept(&child, Some(paper)));
    let again = Refusal::AlreadyDone { what: "guardian".to_owned() };
    assert_eq!(city.no(&officer, confirm(&child, &mother, paper)), again);
    // Used up: to be a guardian again takes another one.
    city.ok(&mother, Action::EndGuardian { ward: child.id, guardian: mother.id });
    city.ok(&child, Action::AskGuardian { guardian: mother.id });
    assert_eq!(city.no(&mother, accept(&child, Some(paper))), Refusal::ConsentUnconfirmed);
    // Who was not asked is told nothing of consents.
    let aunt = city.person(4);
    assert_eq!(city.no(&aunt, accept(&child, None)), Refusal::NotAllowed);
}
