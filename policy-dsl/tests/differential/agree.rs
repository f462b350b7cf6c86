//! One question, four answers.

use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::{Config, RngSeed, TestRunner};
use scoin_policy::analyse::{Settings, Study};
use scoin_policy::decide::{State, pay};
use scoin_policy::ir::{Ends, Policy, Starts};
use scoin_policy::rule::Rule;

use crate::cedar::{Contents, Opinion, Question, stateless};
use crate::make::{self, Case, Counters, Town};
use crate::runs::{cases, share};
use crate::twin::Twin;

/// How many payments a policy is asked about.
const PAYMENTS: u32 = 100;

/// Every so manieth payment is asked of Cedar too.
const CEDAR_STEP: u32 = 5;

const CONTENTS: Contents<'static> = Contents {
    world: &Town,
    lists: &["good", "wide", "lost"],
    calendars: &["thirds", "rare", "lost"],
};

/// How often each answer was compared, and how often something passed.
#[derive(Debug, Default)]
struct Tally {
    three: u32,
    counted: u32,
    cedar: u32,
    cedar_passes: u32,
    passes: u32,
}

/// A quarter of the cases, so that all cores have something to do.
#[track_caller]
fn quarter(at: u64) {
    let config = cases(50_000);
    let RngSeed::Fixed(seed) = config.rng_seed else { panic!("the seed is fixed") };
    let seed = RngSeed::Fixed(seed.wrapping_mul(4).wrapping_add(at));
    let mut runner = TestRunner::new(Config { rng_seed: seed, ..config });
    let wanted = share(50_000);
    let mut tally = Tally::default();
    while tally.three < wanted {
        ask_one_policy(&mut runner, &mut tally);
    }
    println!("quarter {at}: {tally:?}");
    let half = tally.three / 2;
    assert!(tally.passes.abs_diff(half) * 5 <= half * 2, "far from half pass: {tally:?}");
    assert!(tally.cedar * (CEDAR_STEP + 1) >= tally.three, "{tally:?}");
    assert!(tally.cedar_passes * 10 >= tally.cedar, "{tally:?}");
}

#[test]
fn all_evaluators_agree_on_the_first_quarter() {
    quarter(0);
}

#[test]
fn all_evaluators_agree_on_the_second_quarter() {
    quarter(1);
}

#[test]
fn all_evaluators_agree_on_the_third_quarter() {
    quarter(2);
}

#[test]
fn all_evaluators_agree_on_the_fourth_quarter() {
    quarter(3);
}

fn ask_one_policy(runner: &mut TestRunner, tally: &mut Tally) {
    let policy = make::policy().new_tree(runner).unwrap().current();
    // Spans since issue are no conditions: the diagrams are asked about the policy without them.
    let timeless = without_spans(policy.clone());
    let Ok(study) = Study::new(&[&timeless], &Settings::default()) else { return };
    let bare = stateless(&policy);
    let (opinion, rule, bare_rule) = (Opinion::new(&bare), Rule::new(policy), Rule::new(bare));
    let timeless = Rule::new(timeless);
    let strategy = make::case();
    for at in 0..PAYMENTS {
        let case = strategy.new_tree(runner).unwrap().current();
        let facts = case.facts();
        let fresh = pay(&timeless, &facts, &Town, &State::default());
        if let Some(looked_up) = study.lookup(0, &facts, &Town) {
            let walked = walk(timeless.policy(), &case, &Counters::default());
            let told = || format!("{:#?}\n{case:#?}", timeless.policy());
            assert_eq!(fresh, walked, "production and walker: {}", told());
            assert_eq!(fresh > 0, looked_up, "production and diagram: {}", told());
            tally.three += 1;
            tally.passes += u32::from(fresh > 0);
        }
        if at % 2 == 0 {
            let counters = make::counters(case.now).new_tree(runner).unwrap().current();
            let Counters { issued, used, last } = &counters;
            let state = State { issued: *issued, used, last, buckets: &[] };
            let paid = pay(&rule, &facts, &Town, &state);
            let told = || format!("{:#?}\n{case:#?}\n{counters:#?}", rule.policy());
            assert_eq!(paid, walk(rule.policy(), &case, &counters), "with counters: {}", told());
            tally.counted += 1;
        }
        if at % CEDAR_STEP == 0 && facts.amount > 0 {
            let whole = pay(&bare_rule, &facts, &Town, &State::default()) == facts.amount;
            let said = opinion.passes(&Question::new(&facts, CONTENTS));
            assert_eq!(whole, said, "Cedar: {:#?}\n{case:#?}", bare_rule.policy());
            tally.cedar += 1;
            tally.cedar_passes += u32::from(said);
        }
    }
}

fn walk(policy: &Policy, case: &Case, counters: &Counters) -> u64 {
    let Counters { issued, used, last } = counters;
    Twin { facts: &case.facts(), world: &Town, issued: *issued, used, last }.pay(policy)
}

fn without_spans(mut policy: Policy) -> Policy {
    if matches!(policy.starts, Starts::After(_)) {
        policy.starts = Starts::AtIssue;
    }
    if matches!(policy.expires.end, Ends::After(_)) {
        policy.expires.end = Ends::Never;
    }
    policy.also = policy.also.into_iter().map(without_spans).collect();
    policy
}
