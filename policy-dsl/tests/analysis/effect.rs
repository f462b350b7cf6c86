//! The effect of edits, told as boxes with payments that show them.

use scoin_policy::analyse::compare::{Migration, effect, may_migrate};
use scoin_policy::analyse::{Settings, Why};
use scoin_policy::ir::Policy;
use scoin_policy::module::Module;

fn policy(body: &str) -> Policy {
    let source = format!("policy city.test {{ zone Asia/Seoul {body} }}");
    let (module, found) = Module::parse(&source);
    assert!(found.is_empty(), "{found:?}");
    module.unwrap().policy("city.test", &[]).unwrap()
}

#[test]
fn an_edit_is_told_as_what_becomes_allowed_and_denied() {
    let old =
        policy("require age: payer.age in 19..64  require shop: merchant.district is gu.mapo");
    let new =
        policy("require age: payer.age in 13..60  require shop: merchant.district is gu.mapo");
    let effect = effect(&old, &new, &Settings::default()).unwrap();
    assert!(effect.complete);
    let [more] = effect.allowed.as_slice() else { panic!("{effect:#?}") };
    assert!(more.conditions.contains(&"payer.age in 13..18".to_owned()), "{more:?}");
    assert!(more.conditions.contains(&"merchant.district in { gu.mapo }".to_owned()), "{more:?}");
    let [less] = effect.denied.as_slice() else { panic!("{effect:#?}") };
    assert!(less.conditions.contains(&"payer.age in 61..64".to_owned()), "{less:?}");
    assert!(more.witness.is_some() && less.witness.is_some());
    assert!(changes_nothing(&old));
}

fn changes_nothing(policy: &Policy) -> bool {
    let effect = effect(policy, policy, &Settings::default()).unwrap();
    effect.allowed.is_empty() && effect.denied.is_empty() && effect.tighter.is_empty()
}

#[test]
fn coins_move_only_to_what_is_proved_looser() {
    let old =
        "require age: payer.age in 19..64  cap day: 5_000 won per day  expires 30 days after issue";
    let cases = [
        (old, Migration::Looser),
        (
            "require age: payer.age in 18..  cap day: 6_000 won per day  expires 31 days after issue",
            Migration::Looser,
        ),
        ("cap week: 35_000 won per 7 days", Migration::Looser),
        ("cap week: 34_999 won per 7 days", Migration::Limits(vec!["week".to_owned()])),
        ("cap once: 1 payments per day", Migration::Limits(vec!["once".to_owned()])),
        ("gap rest: 5 minutes", Migration::Limits(vec!["rest".to_owned()])),
        ("transfer never", Migration::NotProved(Why::Outside)),
        ("decays melt: 1% of issued every month to granter", Migration::NotProved(Why::Outside)),
        ("expires 29 days after issue", Migration::Life),
        ("expires 2 months after issue", Migration::Life),
    ];
    for (new, expected) in cases {
        assert_eq!(
            may_migrate(&policy(old), &policy(new), &Settings::default()),
            expected,
            "{new}"
        );
    }
    let tighter =
        may_migrate(&policy(old), &policy("require age: payer.age in 20.."), &Settings::default());
    let Migration::Tighter(witness) = tighter else { panic!("{tighter:?}") };
    assert_eq!(witness.facts().payer.age, Some(19));
}
