//! Moving held coins to another version of their rule: proved looser, or with the holder's consent.

use proptest::prelude::*;
use scoin_core::command::{Action, Proposal};
use scoin_core::outcome::{Effect, Outcome, Refusal};
use scoin_core::{AccountId, Amount, CommandId, PolicyId};
use scoin_ledger::replay;

use crate::city::{City, DAY, HOUR, Who, accept, labels, moved, refusal, whole};

/// Publish a version of a name, and give its id.
fn version(city: &mut City, name: &str, body: &str) -> PolicyId {
    let officer = city.officers[0].clone();
    let source = format!("policy {name} {{ zone Asia/Seoul {body} }}");
    city.ask(&officer, Action::PublishRules { source });
    city.policy(name, &[])
}

fn give(city: &mut City, to: &Who, policy: PolicyId, amount: u64) {
    let officer = city.officers[0].clone();
    city.ok(&officer, Action::Grant { to: to.id, amount: Amount::new(amount), policy });
}

fn migrate(city: &City, owner: &Who, from: PolicyId, to: PolicyId) -> Action {
    Action::Migrate { owner: owner.id, granter: treasury(city), from, to }
}

fn treasury(city: &City) -> AccountId {
    AccountId::pool(city.network, "treasury")
}

const PENDING: Effect = Effect::Pending { missing: 1 };

/// A child with 20,000 under the first of two versions, and a bakery.
fn two(old: &str, new: &str) -> (City, Who, Who, Who, [PolicyId; 2]) {
    let mut city = City::new();
    let (child, shop, officer) = (city.person(1), city.bakery(2), city.officers[0].clone());
    let (old, new) = (version(&mut city, "two.v", old), version(&mut city, "two.v", new));
    give(&mut city, &child, old, 20_000);
    (city, child, shop, officer, [old, new])
}

#[test]
fn coins_move_at_once_to_a_looser_version_and_their_counters_stay() {
    let (mut city, child, shop, officer, [old, new]) = two(
        "cap c: 5_000 won per day expires 30 days after issue then return to granter",
        "cap c: 8_000 won per day expires 40 days after issue then return to granter",
    );
    give(&mut city, &child, new, 1_000);
    assert_eq!(moved(city.pay(&child, &shop, 5_000)), 5_000);
    let before = city.account(&child.id).lots[0].clone();
    let action = migrate(&city, &child, old, new);
    assert_eq!(moved(city.ask(&officer, action.clone())), 15_000);
    let after = &city.account(&child.id).lots[0];
    assert_eq!((after.id, after.amount, &after.ages), (before.id, before.amount, &before.ages));
    assert_eq!(
        after.expires.map(scoin_core::Timestamp::micros),
        before.expires.map(|at| at.micros() + 10 * DAY)
    );
    // 5,000 of today's 8,000 are used; nothing was forgotten and nothing counted twice.
    assert_eq!(city.would_pay(&child, &shop, 9_000, 0), 3_000);
    let none = Refusal::NotFound { what: "lot".to_owned() };
    assert_eq!(city.no(&officer, action), none);
    assert_eq!(replay(&city.frames).expect("it replays"), city.state);
}

#[test]
fn a_tighter_version_is_only_an_offer_that_the_holder_accepts_or_not() {
    let (mut city, child, shop, officer, [old, new]) =
        two("cap c: 5_000 won per day", "cap c: 2_000 won per day");
    let offer = migrate(&city, &child, old, new);
    let command = city.command(&officer, offer);
    assert_eq!(city.send(&officer, &command).outcome, Outcome::Accepted(PENDING));
    let (owner, offer) = (child.id, command.id);
    assert_eq!(city.would_pay(&child, &shop, 9_000, 0), 5_000);

    let accept = Action::AcceptMigration { owner, offer, to: new };
    let stranger = city.person(4);
    for who in [&officer, &stranger] {
        assert_eq!(city.no(who, accept.clone()), Refusal::NotAllowed);
    }
    let blind = Action::AcceptMigration { owner, offer, to: old };
    assert_eq!(city.no(&child, blind), Refusal::DigestMismatch);
    assert_eq!(city.no(&stranger, Action::DeclineMigration { owner, offer }), Refusal::NotAllowed);
    assert_eq!(moved(city.ask(&child, accept.clone())), 20_000);
    assert_eq!(city.would_pay(&child, &shop, 9_000, 0), 2_000);
    let gone = Refusal::NotFound { what: "offer".to_owned() };
    assert_eq!(city.no(&child, accept), gone);
}

#[test]
fn an_offer_ends_by_declining_by_time_and_with_its_version() {
    let (mut city, child, _, officer, [old, new]) =
        two("cap c: 5_000 won per day", "cap c: 2_000 won per day");
    let action = migrate(&city, &child, old, new);
    let gone = Refusal::NotFound { what: "offer".to_owned() };
    let owner = child.id;
    for who in [&child, &officer] {
        let offer = city.done(&officer, action.clone());
        city.ok(who, Action::DeclineMigration { owner, offer });
        let accept = Action::AcceptMigration { owner, offer, to: new };
        assert_eq!(city.no(&child, accept), gone);
    }
    let offer = city.done(&officer, action.clone());
    city.now += 30 * DAY;
    let accept = Action::AcceptMigration { owner, offer, to: new };
    assert_eq!(city.no(&child, accept.clone()), gone);
    city.tick();
    assert_eq!(city.no(&child, accept), gone);

    let offer = city.done(&officer, action);
    city.ok(&officer, Action::RetirePolicy { policy: new });
    let accept = Action::AcceptMigration { owner, offer, to: new };
    assert_eq!(city.no(&child, accept), Refusal::PolicyRetired);
    let late = migrate(&city, &child, old, new);
    assert_eq!(city.no(&officer, late), Refusal::PolicyRetired);
}

#[test]
fn only_the_granter_moves_a_layer_and_only_to_a_version_of_its_name() {
    let (mut city, child, _, officer, [old, new]) =
        two("cap c: 5_000 won per day", "cap c: 8_000 won per day");
    let other = version(&mut city, "two.other", "");
    let named = migrate(&city, &child, old, other);
    assert_eq!(city.no(&officer, named), Refusal::OutOfRange { field: "to".to_owned() });
    let guard = version(&mut city, "two.v", "cap c: 8_000 won per day by payer");
    let owned = migrate(&city, &child, old, guard);
    assert_eq!(city.no(&officer, owned), Refusal::GuardOnly);
    // The holder does not loosen what somebody else put on the coins, nor speak for them.
    let own = Action::Migrate { owner: child.id, granter: child.id, from: old, to: new };
    assert!(matches!(city.no(&child, own), Refusal::NotFound { .. }));
    let theirs = migrate(&city, &child, old, new);
    assert_eq!(city.no(&child, theirs), Refusal::NotAllowed);
    let unknown = migrate(&city, &child, old, PolicyId([9; 32]));
    assert!(matches!(city.no(&officer, unknown), Refusal::NotFound { .. }));
}

#[test]
fn a_guardian_accepts_for_a_ward_but_never_their_own_offer() {
    let mut city = City::new();
    let (mother, father) = (city.rich(1, 9_000), city.rich(2, 9_000));
    let (child, shop) = (city.person(3), city.bakery(4));
    for parent in [&mother, &father] {
        city.ok(&child, Action::AskGuardian { guardian: parent.id });
        city.ok(parent, accept(child.id));
    }
    let old = version(&mut city, "two.v", "cap c: 5_000 won per day");
    let new = version(&mut city, "two.v", "cap c: 2_000 won per day");
    city.ok(&mother, Action::Grant { to: child.id, amount: Amount::new(9_000), policy: old });
    let owner = child.id;
    let offer =
        city.done(&mother, Action::Migrate { owner, granter: mother.id, from: old, to: new });
    let accept = Action::AcceptMigration { owner, offer, to: new };
    assert_eq!(city.no(&mother, accept.clone()), Refusal::NotAllowed);
    assert_eq!(moved(city.ask(&father, accept)), 9_000);
    assert_eq!(city.would_pay(&child, &shop, 9_000, 0), 2_000);
}

#[test]
fn holds_and_refunds_follow_coins_that_moved() {
    let (mut city, child, shop, officer, [old, new]) =
        two("cap c: 5_000 won per day", "cap c: 8_000 won per day");
    let request = city.request(&shop, 1_000);
    let paid = city.done(&child, Action::Pay(whole(&request, &shop)));
    let mut holds = Vec::new();
    for _ in 0..2 {
        let request = city.request(&shop, 500);
        holds.push(city.done(&child, Action::Authorise(whole(&request, &shop))));
    }
    let action = migrate(&city, &child, old, new);
    assert_eq!(moved(city.ask(&officer, action)), 19_000);
    let [taken, freed] = holds[..] else { panic!() };
    city.ok(&shop, Action::Capture { hold: taken, amount: Amount::new(300) });
    city.ok(&shop, Action::Void { hold: freed });
    let refund =
        |payment, amount| Action::Refund { payment, amount, lines: Vec::new(), reason: None };
    // What was paid under the old version comes back under it, beside the lot that has moved on.
    city.ok(&shop, refund(paid, Amount::new(600)));
    city.ok(&shop, refund(paid, Amount::new(400)));
    city.ok(&shop, refund(taken, Amount::new(300)));
    let lots: Vec<u64> =
        city.account(&child.id).lots.iter().map(|lot| lot.amount.units()).collect();
    assert_eq!(lots, [19_000, 1_000]);
    assert_eq!(city.would_pay(&child, &shop, 9_000, 0), 8_000);
    let again = migrate(&city, &child, old, new);
    assert_eq!(moved(city.ask(&officer, again)), 1_000);
    assert_eq!(replay(&city.frames).expect("it replays"), city.state);
}

#[test]
fn a_layer_beneath_another_moves_too_and_the_one_above_keeps_its_limit() {
    let (mut city, parent, shop, officer, [old, new]) =
        two("cap c: 5_000 won per day", "cap c: 8_000 won per day");
    let child = city.person(3);
    let snack = city.policy("test.snack", &[("daily", "3_000 won")]);
    city.ok(&parent, Action::Grant { to: child.id, amount: Amount::new(9_000), policy: snack });
    assert_eq!(moved(city.pay(&child, &shop, 2_000)), 2_000);
    let action = migrate(&city, &child, old, new);
    assert_eq!(moved(city.ask(&officer, action)), 7_000);
    assert_eq!(labels(&refusal(city.pay(&child, &shop, 1_001))), ["each-day"]);
    assert_eq!(moved(city.pay(&child, &shop, 1_000)), 1_000);
}

#[test]
fn coins_that_would_end_at_once_are_not_moved_even_with_consent() {
    let (mut city, child, _, officer, [old, new]) =
        two("", "expires 2 days after issue then return to granter");
    let action = migrate(&city, &child, old, new);
    let offer = city.done(&officer, action.clone());
    city.pass(5 * DAY);
    let accept = Action::AcceptMigration { owner: child.id, offer, to: new };
    let over = Refusal::OutOfRange { field: "to".to_owned() };
    assert_eq!(city.no(&child, accept), over);
    assert_eq!(city.no(&officer, action), over);
}

#[test]
fn melting_that_a_new_version_brings_takes_nothing_for_the_past() {
    let (mut city, child, _, officer, [old, new]) = two(
        "expires 12 months after issue then move to pool test.back",
        "decays fade: 10% of issued every month to pool test.back
         expires 12 months after issue then move to pool test.back",
    );
    city.pass(100 * DAY);
    let action = migrate(&city, &child, old, new);
    let offer = city.done(&officer, action);
    city.ok(&child, Action::AcceptMigration { owner: child.id, offer, to: new });
    city.pass(DAY);
    assert_eq!(city.balance(&child), 20_000);
    city.pass(31 * DAY);
    assert_eq!(city.balance(&child), 18_000);
}

/// Versions of one name, some looser than others and some not to be compared.
const VERSIONS: &[&str] = &[
    "cap c: 3_000 won per day",
    "cap c: 5_000 won per day",
    "cap c: 9_000 won per week",
    "cap c: 5_000 won per day cap w: 20_000 won per week",
    "require bakery: merchant.category in { food.bakery } cap c: 5_000 won per day",
    "require food: merchant.category in { food } cap c: 6_000 won per day",
    "cap n: 2 payments per day",
    "cap n: 3 payments per day cap one: 4_000 won per payment",
    "cap life: 9_000 won per life",
    "gap g: 60 minutes cap c: 5_000 won per day",
    "expires 3 days after issue then return to granter",
    "expires 30 days after issue then return to granter",
    "",
];

#[derive(Clone, Copy, Debug)]
enum Step {
    Grant { version: usize, amount: u64 },
    Pay { shop: usize, amount: u64, later: bool },
    Finish { pick: usize, amount: u64 },
    Migrate { from: usize, to: usize },
    Wait { hours: u64 },
    ClawBack { amount: u64 },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let any_version = || 0..VERSIONS.len();
    let step = prop_oneof![
        3 => (any_version(), 1..15_000_u64)
            .prop_map(|(version, amount)| Step::Grant { version, amount }),
        4 => (0..2_usize, 1..6_000_u64, any::<bool>())
            .prop_map(|(shop, amount, later)| Step::Pay { shop, amount, later }),
        2 => (any::<usize>(), 1..6_000_u64).prop_map(|(pick, amount)| Step::Finish { pick, amount }),
        6 => (any_version(), any_version()).prop_map(|(from, to)| Step::Migrate { from, to }),
        2 => (1..60_u64).prop_map(|hours| Step::Wait { hours }),
        1 => (1..2_000_u64).prop_map(|amount| Step::ClawBack { amount }),
    ];
    prop::collection::vec(step, 4..24)
}

/// A child, two shops, and what was paid and reserved.
struct Play {
    city: City,
    child: Who,
    shops: [Who; 2],
    versions: Vec<PolicyId>,
    paid: Vec<(CommandId, usize)>,
}

impl Play {
    fn new() -> Self {
        let mut city = City::new();
        let child = city.person(1);
        let shops = [city.bakery(2), city.shop(3, "food.market")];
        let versions = VERSIONS.iter().map(|body| version(&mut city, "many.v", body)).collect();
        Self { city, child, shops, versions, paid: Vec::new() }
    }

    /// What passes now and in some days, in small payments and in large ones.
    fn passes(&self) -> Vec<u64> {
        let mut passes = Vec::new();
        for later in [0, HOUR, DAY, 9 * DAY] {
            for shop in &self.shops {
                for amount in [700, 100_000] {
                    passes.push(self.city.would_pay(&self.child, shop, amount, later));
                }
            }
        }
        passes
    }

    /// Nobody consents to anything here: whatever happens, no migration may cost the child anything.
    fn take(&mut self, step: Step) -> Result<(), TestCaseError> {
        let officer = self.city.officers[0].clone();
        match step {
            Step::Grant { version, amount } => {
                let (to, policy) = (self.child.id, self.versions[version]);
                let amount = Amount::new(amount);
                self.city.ask(&officer, Action::Grant { to, amount, policy });
            }
            Step::Pay { shop, amount, later } => {
                let mut payment = self.city.payment(&self.shops[shop].clone(), amount);
                payment.part = true;
                let action = if later { Action::Authorise(payment) } else { Action::Pay(payment) };
                let child = self.child.clone();
                let command = self.city.command(&child, action);
                if let Outcome::Accepted(_) = self.city.send(&child, &command).outcome {
                    self.paid.push((command.id, shop));
                }
            }
            Step::Finish { pick, amount } => {
                let Some(at) = pick.checked_rem(self.paid.len()) else { return Ok(()) };
                let ((id, shop), amount) = (self.paid[at], Amount::new(amount));
                let shop = self.shops[shop].clone();
                self.city.ask(&shop, Action::Capture { hold: id, amount });
                let lines = Vec::new();
                self.city.ask(&shop, Action::Refund { payment: id, amount, lines, reason: None });
            }
            Step::Migrate { from, to } => {
                if from == to {
                    return Ok(());
                }
                let (before, balance) = (self.passes(), self.city.balance(&self.child));
                let (from, to) = (self.versions[from], self.versions[to]);
                let action = migrate(&self.city, &self.child, from, to);
                self.city.ask(&officer, action);
                let after = self.passes();
                let none_less = before.iter().zip(&after).all(|(before, after)| before <= after);
                prop_assert!(none_less, "{before:?} became {after:?}");
                prop_assert_eq!(self.city.balance(&self.child), balance);
            }
            Step::Wait { hours } => self.city.pass(hours * HOUR),
            Step::ClawBack { amount } => {
                let account = self.child.id;
                let Some(lot) = self.city.account(&account).lots.first().map(|lot| lot.id) else {
                    return Ok(());
                };
                let amount = Amount::new(amount);
                self.city.agree_if_possible(Proposal::ClawBack { account, lot, amount, reason: 1 });
            }
        }
        Ok(())
    }
}

/// 24 cases; `PROPTEST_CASES` looks further.
fn config() -> ProptestConfig {
    let given = ProptestConfig::default();
    let cases = if std::env::var_os("PROPTEST_CASES").is_some() { given.cases } else { 24 };
    ProptestConfig { cases, failure_persistence: None, ..given }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn no_migration_tightens_coins_without_consent(steps in steps()) {
        let mut play = Play::new();
        for step in steps {
            play.take(step)?;
        }
        prop_assert_eq!(&replay(&play.city.frames).expect("it replays"), &play.city.state);
    }
}
