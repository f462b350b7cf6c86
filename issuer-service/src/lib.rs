//! The issuer: takes signed commands, decides them in order, makes them durable, answers with receipts.

pub mod clock;
pub mod config;
pub mod engine;
