//! One noun a file: convert what was typed, call the engine, convert what came back.

pub(crate) mod account;
pub(crate) mod calendar;
pub(crate) mod city;
pub(crate) mod life;
pub(crate) mod list;
pub(crate) mod merchant;
pub(crate) mod mint;
pub(crate) mod policy;
pub(crate) mod program;
pub(crate) mod report;
pub(crate) mod rules;
pub(crate) mod service;
pub(crate) mod wallet;
