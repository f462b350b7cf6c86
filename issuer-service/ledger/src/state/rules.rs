//! Compiled rules in force: kept ready to decide, written as their canonical bytes.

use scoin_core::AccountId;
use scoin_policy::ir;

use crate::canon::{BadBytes, Blob, Canon, Input, put_array};
use crate::pending;

/// A policy that may be put on coins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyEntry {
    /// The compiled policy.
    pub policy: ir::Policy,
    /// Who published or adopted it.
    pub by: AccountId,
    /// The arguments it was made with, so that a form can be opened again.
    pub arguments: Vec<(String, String)>,
}

/// A programme that gives rewards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProgramEntry {
    /// The compiled programme.
    pub program: ir::Program,
    /// The officer who published it.
    pub by: AccountId,
}

impl Canon for PolicyEntry {
    fn put(&self, out: &mut Vec<u8>) {
        put_array(out, 3);
        Blob(pending::policy_to_bytes(&self.policy)).put(out);
        self.by.put(out);
        self.arguments.put(out);
    }
    fn take(input: &mut Input<'_>) -> Result<Self, BadBytes> {
        input.array(3)?;
        let policy = pending::policy_from_bytes(&Blob::take(input)?.0).ok_or(BadBytes)?;
        Ok(Self { policy, by: Canon::take(input)?, arguments: Canon::take(input)? })
    }
}

impl Canon for ProgramEntry {
    fn put(&self, out: &mut Vec<u8>) {
        put_array(out, 2);
        Blob(pending::program_to_bytes(&self.program)).put(out);
        self.by.put(out);
    }
    fn take(input: &mut Input<'_>) -> Result<Self, BadBytes> {
        input.array(2)?;
        let program = pending::program_from_bytes(&Blob::take(input)?.0).ok_or(BadBytes)?;
        Ok(Self { program, by: Canon::take(input)? })
    }
}
