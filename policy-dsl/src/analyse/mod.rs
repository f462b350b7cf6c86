//! Exact static analysis: what a set of rules can and cannot do, before it is switched on.
//!
//! No solver and no guessing: conditions are decision diagrams ([`idd`]), limits are shortest paths over days. Every
//! answer is a proof, a witness that the evaluator has confirmed, or "not proved".

pub mod caps;
pub mod compare;
pub mod findings;
pub mod idd;
mod implied;
#[cfg(feature = "compile")]
pub mod inspect;
pub mod looser;
pub mod questions;
pub mod settings;
mod show;
pub mod study;
pub mod witness;
pub(crate) mod words;

pub use findings::{Finding, Place, Problem, analyse};
pub use looser::{Doubt, Proof, Refused, looser};
pub use settings::{Contents, Issue, Settings, Shops};
pub use show::Shown;
pub use study::{Study, Why};
pub use witness::Witness;
