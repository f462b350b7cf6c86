//! How many cases a property is asked, and from which seed.
//!
//! The same cases on every run, so that a failure is the change's own. `PROPTEST_RNG_SEED` looks elsewhere and
//! `PROPTEST_CASES` further: it stands for the largest number here, and every other number keeps its share of it.

use proptest::test_runner::{Config, RngSeed};

/// What `PROPTEST_CASES` stands for.
const USUAL: u32 = 20_000;

/// The seed of an ordinary run.
const SEED: u64 = 2026;

/// So many cases; a failure is printed, not kept in a file.
pub(crate) fn cases(usual: u32) -> Config {
    let given = Config::default();
    let rng_seed = match given.rng_seed {
        RngSeed::Random => RngSeed::Fixed(SEED),
        fixed @ RngSeed::Fixed(_) => fixed,
    };
    Config { cases: share(usual), rng_seed, failure_persistence: None, ..given }
}

/// The share of a number of cases that the environment asks for; at least one.
pub(crate) fn share(usual: u32) -> u32 {
    if std::env::var_os("PROPTEST_CASES").is_none() {
        return usual;
    }
    let share = u64::from(usual) * u64::from(Config::default().cases) / u64::from(USUAL);
    u32::try_from(share).unwrap_or(u32::MAX).max(1)
}
