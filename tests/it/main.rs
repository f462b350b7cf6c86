//! One test binary: rules of the repository, then end to end tests against the real service.

mod architecture;
mod tidy;
