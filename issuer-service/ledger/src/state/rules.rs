//! Compiled rules in force: kept ready to decide, written as their canonical bytes.

use std::sync::OnceLock;

use scoin_core::{AccountId, PolicyId};
use scoin_policy::ir;
use scoin_policy::rule::Rule;

use crate::canon::{BadBytes, Blob, Canon, Input, put_array};
use crate::zone::Zone;

/// A policy that may be put on coins.
#[derive(Clone, Debug)]
pub struct PolicyEntry {
    id: PolicyId,
    rule: Rule,
    endless: OnceLock<Box<Rule>>,
    zone: Zone,
    by: AccountId,
    arguments: Vec<(String, String)>,
}

/// A programme that gives rewards.
#[derive(Clone, Debug)]
pub struct ProgramEntry {
    program: ir::Program,
    zone: Zone,
    by: AccountId,
}

impl PolicyEntry {
    /// Prepares a policy; `None` if its zone does not exist.
    pub fn new(
        policy: ir::Policy,
        by: AccountId,
        arguments: Vec<(String, String)>,
    ) -> Option<Self> {
        let zone = Zone::named(&policy.zone)?;
        let id = PolicyId(policy.id().0);
        let (rule, endless) = (Rule::new(policy), OnceLock::new());
        Some(Self { id, rule, endless, zone, by, arguments })
    }

    /// Another rule in its place: under its id, its name and its arguments. `None` if the zone does not exist.
    pub(crate) fn stand_in(&self, policy: ir::Policy) -> Option<Self> {
        let zone = Zone::named(&policy.zone)?;
        let policy = ir::Policy { name: self.rule.name().to_owned(), ..policy };
        let rule = Rule::with_id(self.rule.id(), policy);
        let (endless, arguments) = (OnceLock::new(), self.arguments.clone());
        Some(Self { id: self.id, rule, endless, zone, by: self.by, arguments })
    }

    /// Its id.
    pub fn id(&self) -> PolicyId {
        self.id
    }

    /// Ready to be asked.
    pub fn rule(&self) -> &Rule {
        &self.rule
    }

    /// The same rule without its end, for coins that live again for a while after a refund.
    pub(crate) fn endless(&self) -> &Rule {
        self.endless.get_or_init(|| Box::new(without_end(&self.rule)))
    }

    /// The zone in which it reads civil time.
    pub fn zone(&self) -> &Zone {
        &self.zone
    }

    /// Who published or adopted it.
    pub fn by(&self) -> AccountId {
        self.by
    }

    /// The arguments it was made with, so that a form can be opened again.
    pub fn arguments(&self) -> &[(String, String)] {
        &self.arguments
    }
}

fn without_end(rule: &Rule) -> Rule {
    fn open(policy: &mut ir::Policy) {
        policy.expires.end = ir::Ends::Never;
        policy.also.iter_mut().for_each(open);
    }
    let mut policy = rule.policy().clone();
    open(&mut policy);
    Rule::with_id(rule.id(), policy)
}

impl PartialEq for PolicyEntry {
    fn eq(&self, other: &Self) -> bool {
        (self.id, self.by, &self.arguments) == (other.id, other.by, &other.arguments)
    }
}

impl Eq for PolicyEntry {}

impl ProgramEntry {
    /// Prepares a programme; `None` if its zone does not exist.
    pub fn new(program: ir::Program, by: AccountId) -> Option<Self> {
        let zone = Zone::named(&program.zone)?;
        Some(Self { program, zone, by })
    }

    /// The compiled programme.
    pub fn program(&self) -> &ir::Program {
        &self.program
    }

    /// The zone in which it reads civil time.
    pub fn zone(&self) -> &Zone {
        &self.zone
    }

    /// The officer who published it.
    pub fn by(&self) -> AccountId {
        self.by
    }
}

impl PartialEq for ProgramEntry {
    fn eq(&self, other: &Self) -> bool {
        (&self.program, self.by) == (&other.program, other.by)
    }
}

impl Eq for ProgramEntry {}

impl Canon for PolicyEntry {
    fn put(&self, out: &mut Vec<u8>) {
        put_array(out, 3);
        Blob(self.rule.policy().to_bytes_with_texts()).put(out);
        self.by.put(out);
        self.arguments.put(out);
    }
    fn take(input: &mut Input<'_>) -> Result<Self, BadBytes> {
        input.array(3)?;
        let policy = ir::Policy::from_bytes(&Blob::take(input)?.0).map_err(|_| BadBytes)?;
        Self::new(policy, Canon::take(input)?, Canon::take(input)?).ok_or(BadBytes)
    }
}

impl Canon for ProgramEntry {
    fn put(&self, out: &mut Vec<u8>) {
        put_array(out, 2);
        Blob(self.program.to_bytes_with_texts()).put(out);
        self.by.put(out);
    }
    fn take(input: &mut Input<'_>) -> Result<Self, BadBytes> {
        input.array(2)?;
        let program = ir::Program::from_bytes(&Blob::take(input)?.0).map_err(|_| BadBytes)?;
        Self::new(program, Canon::take(input)?).ok_or(BadBytes)
    }
}
