//! The words of the catalogue: the formatter against another one, the lints over `locales/`, and every sentence that the
//! city's rules are told with.
#![expect(
    clippy::unwrap_used,
    clippy::format_push_string,
    clippy::arithmetic_side_effects,
    clippy::panic,
    reason = "this is a test: a wrong word must stop it"
)]

mod golden;
mod lints;
mod order;
mod promises;
mod told;
