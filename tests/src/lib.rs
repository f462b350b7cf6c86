//! The harness of the end to end tests and of the demo: a whole city in a few lines, against the real service.
//!
//! [`service`] runs the real binary and talks HTTP to it; [`actor`] holds a key and signs; [`city`] puts both together
//! and founds a sandbox city on a manual clock; [`load`] sends much at once and remembers every answer. [`books`] is the ledger alone,
//! without a service; [`mod@reference`] is the naive ledger it is compared with.

pub mod actor;
pub mod binaries;
pub mod books;
pub mod chance;
pub mod city;
pub mod data;
pub mod line;
pub mod load;
pub mod reference;
pub mod service;

use std::path::{Path, PathBuf};

pub use actor::Actor;
pub use city::City;
pub use line::{Line, Reply};
pub use service::Service;

/// The root of the checkout.
pub fn repository() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.parent().unwrap_or(own).to_path_buf()
}
