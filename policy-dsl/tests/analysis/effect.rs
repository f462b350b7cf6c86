//! The effect of edits, told as boxes with payments that show them.

use scoin_policy::analyse::compare::{Relation, compare, effect};
use scoin_policy::analyse::{Proof, Refused, Settings, looser};
use scoin_policy::decide::{State, pay};
use scoin_policy::ir::Policy;
use scoin_policy::module::Module;
use scoin_policy::rule::{CapSlot, Rule, Unit};
use scoin_policy::windows::window_dates;

fn policy(body: &str) -> Policy {
    let zone = if body.starts_with("zone") { "" } else { "zone Asia/Seoul" };
    let source = format!("policy city.test {{ {zone} {body} }}");
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

#[test]
fn two_policies_are_the_same_wider_narrower_crossing_or_apart() {
    let old = policy("require age: payer.age in 19..64");
    let cases = [
        ("require age: payer.age >= 19  require top: payer.age <= 64", Relation::Same),
        ("require age: payer.age in 18..64", Relation::Wider),
        ("require age: payer.age in 19..63", Relation::Narrower),
        ("require age: payer.age in 40..80", Relation::Crossing),
        ("require age: payer.age in ..18", Relation::Apart),
    ];
    for (text, expected) in cases {
        let found = compare(&old, &policy(text), &Settings::default()).unwrap();
        assert_eq!(found.relation, expected, "{text}");
    }
    let same = "require age: payer.age in 19..64  cap day: 5_000 won per day";
    let found = compare(&policy(same), &old, &Settings::default()).unwrap();
    assert_eq!((found.relation, found.proof), (Relation::Same, Proof::Yes));
    assert_eq!((found.effect.tighter.len(), found.effect.looser.len()), (0, 1));
    let found = compare(&old, &policy(same), &Settings::default()).unwrap();
    assert!(matches!(found.proof, Proof::No(_)), "{found:?}");
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
        (old, "yes"),
        (
            "require age: payer.age in 18..  cap day: 6_000 won per day  expires 31 days after issue",
            "yes",
        ),
        ("cap day: 5_000 won per day  cap once: 5_000 won per payment", "yes"),
        // What other coins of the same purse spent within the week counts too.
        ("cap week: 35_000 won per 7 days", "these limits might be tighter: `week`"),
        ("require age: payer.age in 20..", "no"),
        ("cap day: 4_999 won per day", "no"),
        ("cap share: 50% of payment", "no"),
        ("cap week: 34_999 won per 7 days", "no"),
        ("cap day: 5_000 won per day by merchant", "these limits might be tighter: `day`"),
        (
            "cap day: 5_000 won per day when payer.age in 30..",
            "these limits might be tighter: `day`",
        ),
        ("cap once: 1 payments per day", "no"),
        ("gap rest: 5 minutes", "no"),
        ("transfer never", "splitting, decay, giving on, refunds or the end are handled otherwise"),
        (
            "decays melt: 1% of issued every month to granter",
            "splitting, decay, giving on, refunds or the end are handled otherwise",
        ),
        ("expires 29 days after issue", "no"),
        ("expires 43_199 minutes after issue", "no"),
        ("expires 2 months after issue", "coins might end sooner or begin later"),
        ("starts 2 days after issue", "no"),
        ("zone Asia/Tokyo", "the policies read time in different zones"),
    ];
    let old = policy(old);
    for (text, expected) in cases {
        let new = policy(text);
        let found = match looser(&old, &new) {
            Proof::Yes => "yes".to_owned(),
            Proof::No(refused) => {
                let found = (replayed(&old, &refused, 0), replayed(&new, &refused, 1));
                assert_eq!(found, (refused.old, refused.new), "{text}");
                assert!(refused.old > refused.new, "{text}: {refused:?}");
                "no".to_owned()
            }
            Proof::NotProved(doubt) => doubt.to_string(),
        };
        assert_eq!(found, expected, "{text}");
    }
}

/// What the evaluator says of a payment after those before it, counted here once more.
fn replayed(policy: &Policy, refused: &Refused, at: usize) -> u64 {
    let rule = Rule::new(policy.clone());
    let payment = &refused.payment;
    let used = |cap: &CapSlot| {
        let window = window_dates(cap.window, payment.now.date, cap.week_starts);
        let inside = refused.before.iter().filter(|(at, _)| {
            cap.keeps_count() && window.is_some_and(|(first, _)| at.date >= first)
        });
        inside.map(|(_, amount)| if cap.counts == Unit::Count { 1 } else { *amount }).sum()
    };
    let used: Vec<u64> = rule.caps().iter().map(used).collect();
    let last = refused.before.last().map(|(at, _)| at.minutes() * 60_000_000);
    let last = vec![last; rule.gaps().len()];
    let state = State { issued: payment.issued[at], used: &used, last: &last, buckets: &[] };
    pay(&rule, &payment.facts(), payment, &state)
}
