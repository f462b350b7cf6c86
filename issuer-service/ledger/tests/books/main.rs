//! The books, tested at their boundary: signed commands in, outcomes and state out.

mod basics;
mod city;
mod conservation;
mod journal;
mod limits;
mod programmes;
mod refusals;
mod undo;
