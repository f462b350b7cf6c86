//! The issuer as its callers see it: engines, books, HTTP, shutdown.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking, helpers included"
)]

mod city;
mod damage;
mod engines;
mod http;
mod openapi;
mod restart;
mod shutdown;
mod tls;
