//! The ten policies of the city, word for word: they compile, keep their ids and their examples hold.

use scoin_policy::diagnostic::position;
use scoin_policy::ir::{Policy, Program};
use scoin_policy::module::Module;

const TEN: &str = include_str!("data/policies/ten.scoin");

fn ten() -> Module {
    let (module, found) = Module::parse(TEN);
    for diagnostic in &found {
        let place = diagnostic.span().map(|span| position(TEN, span.start));
        println!("{place:?} {diagnostic}");
    }
    assert_eq!(found, Vec::new());
    module.expect("a source without errors gives a module")
}

fn arguments(name: &str) -> Vec<(String, String)> {
    let given: &[(&str, &str)] = match name {
        "city.relief" => &[("$district", "gu.mapo"), ("until", "2026-12-31")],
        _ => &[],
    };
    given.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn every_policy_compiles_and_survives_both_encodings() {
    let module = ten();
    assert_eq!(module.policies().len(), 10);
    for head in module.policies() {
        let policy = module.policy(&head.name, &arguments(&head.name)).unwrap();
        assert_eq!(
            Policy::from_bytes(&policy.to_bytes_with_texts()).unwrap(),
            policy,
            "{}",
            head.name
        );
        let bare = Policy::from_bytes(&policy.to_bytes()).unwrap();
        assert_eq!(bare.id(), policy.id());
        assert_eq!(bare.to_bytes(), policy.to_bytes());
        assert!(bare.title.is_empty() && !policy.title.is_empty());
    }
}

#[test]
fn every_program_compiles_and_survives_both_encodings() {
    let module = ten();
    assert_eq!(module.programs().len(), 3);
    for head in module.programs() {
        let program = module.program(&head.name).unwrap();
        assert_eq!(Program::from_bytes(&program.to_bytes_with_texts()).unwrap(), program);
        assert_eq!(Program::from_bytes(&program.to_bytes()).unwrap().id(), program.id());
    }
}
