//! The issuer: takes signed commands, decides them in order, makes them durable, answers with receipts.
//!
//! Read in the order of a payment's way: [`http`] takes it, [`admit`] checks the signature, [`sequencer`] puts it in order,
//! [`books`] decides it and commits the frame to an [`engine`], [`sealed`] cuts the receipt.

pub mod clock;
pub mod config;
pub mod genesis_file;

pub mod http;
pub mod service;

pub mod admit;
pub mod sequencer;

pub mod books;
pub mod check;
pub mod engine;
pub mod history;
pub mod sealed;

pub mod telemetry;
mod views;
