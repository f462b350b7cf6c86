//! The rule language of S-coin: a rule says *how much* of a payment some coins may pay, and why not more.
//!
//! Pure: no clock, no random source, no I/O. The evaluator needs nothing but `sha2`; the compiler is behind `compile`.

pub mod civil;
pub mod facts;
pub mod ir;

pub mod canon;
pub mod case;
pub mod names;
pub mod normal;

pub mod alloc;
pub mod causes;
pub mod cost;
pub mod decide;
pub mod diagram;
pub mod explain;
mod judge;
pub mod manifest;
pub mod measure;
pub mod next;
pub mod program;
pub mod rank;
mod reasons;
pub mod rule;
pub mod scope;
pub mod truth;
pub mod windows;

#[cfg(feature = "analyse")]
pub mod analyse;

#[cfg(feature = "compile")]
pub mod codes;
#[cfg(feature = "compile")]
mod compile;
#[cfg(feature = "compile")]
pub mod coverage;
#[cfg(feature = "compile")]
pub mod diagnostic;
#[cfg(feature = "compile")]
pub mod examples;
#[cfg(feature = "compile")]
pub mod form;
#[cfg(feature = "compile")]
pub mod module;
#[cfg(feature = "compile")]
mod params;
#[cfg(feature = "compile")]
pub mod syntax;
