//! The issuer as its callers see it: engines, books, HTTP, shutdown.

mod city;
mod damage;
mod engines;
mod http;
mod openapi;
mod restart;
mod shutdown;
