//! The bodies of the targets.

pub(crate) mod policy;
mod policy_of;
pub(crate) mod source;
