//! Independent evaluators asked the same questions: production, a naive walker, the diagrams and Cedar.
//!
//! An ordinary run asks 200,000. `PROPTEST_CASES=500000` asks 5,000,000, `PROPTEST_RNG_SEED` asks others; what was run
//! once and found is in `docs/claims.md`.
#![expect(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::panic,
    clippy::wildcard_enum_match_arm,
    clippy::print_stdout,
    clippy::use_debug,
    reason = "this is a test: a wrong number must stop it"
)]

mod agree;
#[path = "../support/cedar.rs"]
mod cedar;
#[path = "../evaluator/make.rs"]
mod make;
#[path = "../support/runs.rs"]
mod runs;
#[path = "../evaluator/twin.rs"]
mod twin;
