//! The exact analysis: seeded faults and clean rule sets, proofs against enumeration, witnesses against the evaluator.
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
    reason = "this is a test: a wrong number must stop it"
)]

#[expect(dead_code, reason = "the generators of the evaluator's tests; not all are needed here")]
#[path = "../evaluator/make.rs"]
mod make;

mod caps;
mod effect;
mod inspect;
mod lookup;
mod pairs;
mod rank;
mod seeded;
#[path = "../evaluator/twin.rs"]
mod twin;
