//! The life of a policy: published, retired, in force again.

use scoin_core::command::Action;
use scoin_core::outcome::{Effect, Refusal};
use scoin_core::{Amount, PolicyId};
use scoin_ledger::state::{Status, Version};
use scoin_ledger::{Key, Record, View};
use sha2::{Digest, Sha256};

use crate::city::{City, DAY, RULES, Who, accept, moved};

fn grant(to: &Who, policy: PolicyId) -> Action {
    Action::Grant { to: to.id, amount: Amount::new(1_000), policy }
}

fn guard(on: &Who, policy: PolicyId) -> Action {
    Action::SetGuard { account: on.id, policy }
}

fn adopt(city: &mut City, who: &Who, daily: &str) -> PolicyId {
    let arguments = vec![("daily".to_owned(), daily.to_owned())];
    match city.ok(who, Action::AdoptPolicy { name: "test.snack".to_owned(), arguments }) {
        Effect::Policy(id) => id,
        effect => panic!("{effect:?}"),
    }
}

fn version<'c>(city: &'c City, name: &str, policy: PolicyId) -> &'c Version {
    match city.state.get(&Key::version(name, policy)) {
        Some(Record::Version(version)) => version,
        _ => panic!("no version"),
    }
}

#[test]
fn a_retired_policy_takes_no_new_coins_and_no_guards_and_the_old_ones_work() {
    let mut city = City::new();
    let (child, shop) = (city.person(1), city.bakery(2));
    let (officer, other) = (city.officers[0].clone(), city.officers[1].clone());
    city.grant(&child, "test.free", 5_000);
    let policy = city.policy("test.free", &[]);
    let doc: [u8; 32] = Sha256::digest(RULES).into();
    let known = version(&city, "test.free", policy);
    assert_eq!((known.by, known.city, known.doc), (officer.id, true, doc));

    // Nobody but the city ends what the city published; any officer may.
    assert_eq!(city.no(&child, Action::RetirePolicy { policy }), Refusal::NotAllowed);
    city.ok(&other, Action::RetirePolicy { policy });
    let status = version(&city, "test.free", policy).status;
    assert!(matches!(status, Status::Retired(at) if at.micros() == city.now));
    let again = city.no(&officer, Action::RetirePolicy { policy });
    assert_eq!(again, Refusal::AlreadyDone { what: "policy".to_owned() });
    assert_eq!(city.no(&officer, grant(&child, policy)), Refusal::PolicyRetired);
    assert_eq!(city.no(&child, guard(&child, policy)), Refusal::PolicyRetired);
    // Adopting it is no way around that; the coins that are there can be spent and given on.
    city.ok(&child, Action::AdoptPolicy { name: "test.free".to_owned(), arguments: Vec::new() });
    assert_eq!(city.no(&child, grant(&child, policy)), Refusal::PolicyRetired);
    assert_eq!(moved(city.pay(&child, &shop, 2_000)), 2_000);

    // The same text again takes it back into force.
    city.ok(&officer, Action::PublishRules { source: RULES.to_owned() });
    city.ok(&officer, grant(&child, policy));
    let nobody = PolicyId([9; 32]);
    let unknown = Refusal::NotFound { what: "policy".to_owned() };
    assert_eq!(city.no(&officer, Action::RetirePolicy { policy: nobody }), unknown);
}

#[test]
fn everybody_retires_what_they_adopted_for_themselves_alone() {
    let mut city = City::new();
    let (mother, father, child) = (city.rich(1, 9_000), city.rich(2, 9_000), city.person(3));
    let (policy, same) =
        (adopt(&mut city, &mother, "4_000 won"), adopt(&mut city, &father, "4_000 won"));
    assert_eq!(policy, same);
    let officer = city.officers[0].clone();
    assert_eq!(city.no(&officer, Action::RetirePolicy { policy }), Refusal::NotAllowed);
    city.ok(&mother, Action::RetirePolicy { policy });
    assert_eq!(city.no(&mother, grant(&child, policy)), Refusal::PolicyRetired);
    city.ok(&father, grant(&child, policy));
    adopt(&mut city, &mother, "4_000 won");
    city.ok(&mother, grant(&child, policy));
}

#[test]
fn a_retired_name_ends_every_version_until_it_is_published_again() {
    let mut city = City::new();
    let (parent, child, officer) = (city.rich(1, 9_000), city.person(2), city.officers[0].clone());
    let policy = adopt(&mut city, &parent, "4_000 won");
    let retire = |name: &str| Action::RetireName { name: name.to_owned() };
    assert_eq!(city.no(&parent, retire("test.snack")), Refusal::NotAllowed);
    let unknown = Refusal::NotFound { what: "policy".to_owned() };
    assert_eq!(city.no(&officer, retire("test.none")), unknown);
    city.ok(&officer, retire("test.snack"));
    assert!(matches!(city.no(&officer, retire("test.snack")), Refusal::AlreadyDone { .. }));
    assert_eq!(city.no(&parent, grant(&child, policy)), Refusal::PolicyRetired);
    let arguments = vec![("daily".to_owned(), "3_000 won".to_owned())];
    let more = Action::AdoptPolicy { name: "test.snack".to_owned(), arguments };
    assert_eq!(city.no(&parent, more.clone()), Refusal::PolicyRetired);

    city.pass(DAY);
    city.ok(&officer, Action::PublishRules { source: RULES.to_owned() });
    city.ok(&parent, more);
    // What was adopted before stays retired until it is adopted again.
    assert_eq!(city.no(&parent, grant(&child, policy)), Refusal::PolicyRetired);
    adopt(&mut city, &parent, "4_000 won");
    city.ok(&parent, grant(&child, policy));
}

const BONUS: &str = r"
policy gone.coin { zone Asia/Seoul }
program gone.first {
  zone Asia/Seoul
  pool gone.pool
  reward welcome: on payment give 500 won under gone.coin
}
program gone.match {
  zone Asia/Seoul
  pool gone.pool
  reward match: on topup when event.role is parent give 20% of event.amount under same policy
}
";

#[test]
fn no_programme_rewards_under_a_retired_policy() {
    let mut city = City::new();
    let (parent, child, shop) = (city.rich(1, 9_000), city.rich(2, 9_000), city.bakery(3));
    let officer = city.officers[0].clone();
    city.ok(&officer, Action::PublishRules { source: BONUS.to_owned() });
    let (pool, amount) = ("gone.pool".to_owned(), Amount::new(10_000));
    city.ok(&officer, Action::FundPool { pool, amount });
    assert_eq!(moved(city.pay(&child, &shop, 100)), 100);
    assert_eq!(city.pool("gone.pool"), 9_500);
    let policy = city.policy("gone.coin", &[]);
    city.ok(&officer, Action::RetirePolicy { policy });
    assert_eq!(moved(city.pay(&child, &shop, 100)), 100);
    assert_eq!(city.pool("gone.pool"), 9_500);

    city.ok(&child, Action::AskGuardian { guardian: parent.id });
    city.ok(&parent, accept(child.id));
    let policy = adopt(&mut city, &parent, "4_000 won");
    city.ok(&parent, grant(&child, policy));
    assert_eq!(city.pool("gone.pool"), 9_300);
    city.ok(&officer, Action::RetireName { name: "test.snack".to_owned() });
    assert_eq!(city.no(&parent, grant(&child, policy)), Refusal::PolicyRetired);
}

#[test]
fn rewards_are_not_given_under_a_rule_that_counts_by_payer() {
    let mut city = City::new();
    let officer = city.officers[0].clone();
    let source = "policy bad.coin { zone Asia/Seoul cap c: 10 won per day by payer }
      program bad.first { zone Asia/Seoul pool bad.pool
        reward r: on payment give 5 won under bad.coin }";
    let refused = city.no(&officer, Action::PublishRules { source: source.to_owned() });
    assert!(matches!(refused, Refusal::RulesRejected { .. }), "{refused:?}");
}
