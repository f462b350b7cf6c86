//! The books, tested at their boundary: signed commands in, outcomes and state out.

#![cfg(test)]
#![expect(
    clippy::arithmetic_side_effects,
    clippy::wildcard_enum_match_arm,
    reason = "a test that overflows, or meets what it does not know, fails"
)]

mod allowance;
mod asks;
mod backtest;
mod basics;
mod child_fuzz;
mod chores;
mod city;
mod consent;
mod conservation;
mod devices;
mod givers;
mod guards;
mod invariants;
mod journal;
mod life;
mod limits;
mod matrix;
mod migration;
mod of_age;
mod programmes;
mod quorum;
mod quorum_model;
mod recovery;
mod refusals;
mod shop;
mod undo;
