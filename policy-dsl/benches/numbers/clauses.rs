//! Check and full analysis of a policy of forty clauses.

use scoin_policy::analyse::{Settings, analyse};
use scoin_policy::module::Module;
use scoin_policy::rank;
use scoin_policy::rule::Rule;

use crate::Figure;
use crate::decisions::Town;

const FORTY: &str = include_str!("forty.scoin");

pub(crate) fn figures() -> Vec<Figure> {
    let (module, found) = Module::parse(FORTY);
    assert!(found.is_empty(), "{found:?}");
    let policy = module.unwrap().policy("bench.forty", &[]).unwrap();
    let clauses = policy.clauses.len() + policy.caps.len() + policy.gaps.len();
    assert_eq!(clauses, 40);
    let check = || {
        let module = Module::parse(FORTY).0.unwrap();
        let policy = module.policy("bench.forty", &[]).unwrap();
        let passed = module.examples(&Town).iter().all(|result| result.failure.is_none());
        (policy.id(), passed, analyse(&policy, &Settings::default()))
    };
    let module = Module::parse(FORTY).0.unwrap();
    for result in module.examples(&Town) {
        assert!(result.failure.is_none(), "{result:?}");
    }
    let rule = Rule::new(policy);
    vec![
        Figure::new("check/parse-compile-analyse-40-clauses", Some(50_000_000), 1, check),
        Figure::new("check/rank-40-clauses", None, 1, move || rank::of([&rule])),
    ]
}
