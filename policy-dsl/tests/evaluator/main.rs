//! The evaluator against an independent twin, brute force, and a scan of every minute.
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
    clippy::too_many_arguments,
    clippy::too_many_lines,
    reason = "this is a test: a wrong number must stop it"
)]

mod allocation;
mod causes;
mod decide;
mod examples;
mod make;
mod measures;
mod next;
mod programs;
mod suggest;
mod twin;

#[path = "../support/runs.rs"]
mod runs;

use runs::cases;
