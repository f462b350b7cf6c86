//! A candidate: the rule that stands in the world of a back-test, and where.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use scoin_core::command::{AccountKind, Action};
use scoin_core::outcome::Outcome;
use scoin_core::{AccountId, LotId, PolicyId, StackId};
use scoin_policy::ir::{Policy, Program, Under};

use super::past::Past;
use crate::batch::Entry;
use crate::coins::edit_lot;
use crate::life::wind;
use crate::state::{Guard, Key, PolicyEntry, ProgramEntry, Record, Stack, View};
use crate::work::Work;

/// What is tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Candidate {
    /// Each of these policies is replaced, wherever it stands: on coins, as a guard, under rewards. The new rule takes
    /// over the place of the old one, its name and so its counters; coins already out follow it from the first step on.
    Policies(BTreeMap<PolicyId, Policy>),
    /// The programme of this name is replaced, in all its versions. It takes over the counters and the evidence.
    Program {
        /// The one in force.
        name: String,
        /// The new one.
        program: Box<Program>,
    },
    /// One more guard.
    Guard {
        /// The guard.
        policy: Box<Policy>,
        /// On whose money.
        on: Whom,
    },
}

/// On whose money a candidate guard is put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whom {
    /// Every person's, by the city. Those who open an account later too.
    Everybody,
    /// One account's, by this other one: a guardian, or the owner.
    One {
        /// Whose money.
        account: AccountId,
        /// Who sets it.
        by: AccountId,
    },
}

/// Why a candidate cannot be tried on a past.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotPossible {
    /// Nothing to decide again.
    #[error("the journal has no frame in this time: choose another")]
    NoFrames,
    /// No such policy was ever in force.
    #[error("policy {} is not in the journal: name one that was published", .0.to_hex())]
    NoPolicy(PolicyId),
    /// No such programme was ever in force.
    #[error("programme `{0}` is not in the journal: name one that was published")]
    NoProgram(String),
    /// The guarded account was never opened.
    #[error("account {0} is not in the journal: name one that was opened")]
    NoAccount(AccountId),
    /// The rule reads civil time in a zone that does not exist.
    #[error("`{0}` is not a time zone of the IANA database")]
    NoZone(String),
}

/// A candidate, made ready to stand.
#[derive(Debug)]
pub(super) struct Stand {
    /// The stand-ins, by the id they stand under.
    policies: BTreeMap<PolicyId, Arc<PolicyEntry>>,
    /// Policies of rewards that must be there, by their own id.
    under: Vec<Arc<PolicyEntry>>,
    program: Option<Arc<ProgramEntry>>,
    guard: Option<(Guard, Whom)>,
    /// Some coins live for another time than before.
    lives_differ: bool,
}

impl Stand {
    pub(super) fn new(past: &Past, candidate: &Candidate) -> Result<Self, NotPossible> {
        if past.steps.is_empty() {
            return Err(NotPossible::NoFrames);
        }
        let mut stand = Self {
            policies: BTreeMap::new(),
            under: Vec::new(),
            program: None,
            guard: None,
            lives_differ: false,
        };
        match candidate {
            Candidate::Policies(rules) => {
                for (old, policy) in rules {
                    stand.replace(past, *old, policy)?;
                }
            }
            Candidate::Program { name, program } => stand.replace_program(past, name, program)?,
            Candidate::Guard { policy, on } => stand.set_guard(past, policy, *on)?,
        }
        Ok(stand)
    }

    fn replace(&mut self, past: &Past, old: PolicyId, policy: &Policy) -> Result<(), NotPossible> {
        let Some(Record::Policy(entry)) = past.after.get(&Key::Policy(old)) else {
            return Err(NotPossible::NoPolicy(old));
        };
        let new = entry.stand_in(policy.clone()).ok_or_else(|| no_zone(policy))?;
        self.lives_differ |= lives_differ(entry, &new);
        self.policies.insert(old, Arc::new(new));
        Ok(())
    }

    fn replace_program(
        &mut self,
        past: &Past,
        name: &str,
        program: &Program,
    ) -> Result<(), NotPossible> {
        let no_program = || NotPossible::NoProgram(name.to_owned());
        let by = past.program(name).ok_or_else(no_program)?.by();
        for reward in &program.rewards {
            if let Under::Policy(policy) = &reward.under {
                let entry = PolicyEntry::new(policy.as_ref().clone(), by, Vec::new());
                self.under.push(Arc::new(entry.ok_or_else(|| no_zone(policy))?));
            }
        }
        let program = Program { name: name.to_owned(), ..program.clone() };
        let zone = program.zone.clone();
        let entry = ProgramEntry::new(program, by).ok_or(NotPossible::NoZone(zone))?;
        self.program = Some(Arc::new(entry));
        Ok(())
    }

    fn set_guard(&mut self, past: &Past, policy: &Policy, on: Whom) -> Result<(), NotPossible> {
        let by = match on {
            Whom::Everybody => match past.after.get(&Key::City) {
                Some(Record::City(city)) => city.treasury,
                _ => return Err(NotPossible::NoFrames),
            },
            Whom::One { account, by } => {
                let known = past.after.get(&Key::Account(account));
                known.map(|_| by).ok_or(NotPossible::NoAccount(account))?
            }
        };
        let entry = PolicyEntry::new(policy.clone(), by, Vec::new());
        let entry = entry.ok_or_else(|| no_zone(policy))?;
        let guard = Guard::new(entry.id(), by);
        self.under.push(Arc::new(entry));
        self.guard = Some((guard, on));
        Ok(())
    }

    /// Is a cause of this policy the candidate's doing?
    pub(super) fn is_candidate(&self, policy: PolicyId) -> bool {
        self.policies.contains_key(&policy)
            || self.guard.as_ref().is_some_and(|(guard, _)| guard.policy == policy)
    }

    /// Does a stack of these policies follow the candidate?
    pub(super) fn policies(&self) -> BTreeSet<PolicyId> {
        self.policies.keys().copied().collect()
    }

    /// Take the place of what is in force.
    pub(super) fn begin(&self, work: &mut Work<'_>, accounts: &[AccountId], stacks: &[StackId]) {
        for entry in &self.under {
            if work.policy(&entry.id()).is_none() {
                work.put(Key::Policy(entry.id()), Record::Policy(Arc::clone(entry)));
            }
        }
        self.take_place(work);
        self.forget_rules(work, stacks);
        if let Some((_, on)) = self.guard {
            for account in accounts {
                let kind = work.account(account).map(|account| account.kind);
                let is_meant = match on {
                    Whom::Everybody => kind == Some(AccountKind::Person),
                    Whom::One { account: one, .. } => one == *account,
                };
                if is_meant {
                    self.guard_account(work, account);
                }
            }
        }
        if self.lives_differ {
            rewind(work, &self.policies(), accounts);
        }
    }

    /// What was published or opened by this entry follows the candidate too.
    pub(super) fn after(&self, work: &mut Work<'_>, entry: &Entry, outcome: &Outcome) {
        let (Entry::Signed(admitted), Outcome::Accepted(_)) = (entry, outcome) else { return };
        let command = admitted.signed().command();
        if let Action::PublishRules { .. } | Action::AdoptPolicy { .. } = command.action {
            self.take_place(work);
        }
        if let Action::OpenAccount { kind: AccountKind::Person } = command.action {
            match self.guard {
                Some((_, Whom::Everybody)) => self.guard_account(work, &command.by),
                Some((_, Whom::One { account, .. })) if account == command.by => {
                    self.guard_account(work, &account);
                }
                Some(_) | None => {}
            }
        }
    }

    fn take_place(&self, work: &mut Work<'_>) {
        for (id, entry) in &self.policies {
            if work.policy(id).is_some() {
                work.put(Key::Policy(*id), Record::Policy(Arc::clone(entry)));
            }
        }
        if let Some(entry) = &self.program {
            let key = Key::Program(entry.program().name.clone());
            if work.get(&key).is_some() {
                work.put(key, Record::Program(Arc::clone(entry)));
            }
        }
    }

    /// Stacks remember the rules they were first asked for; those of the candidate are looked up anew.
    fn forget_rules(&self, work: &mut Work<'_>, stacks: &[StackId]) {
        for stack in stacks {
            let layers = work.layers(stack);
            if layers.iter().any(|layer| self.policies.contains_key(&layer.policy)) {
                let anew = Stack::new(layers.to_vec());
                work.put(Key::Stack(*stack), Record::Stack(Arc::new(anew)));
            }
        }
    }

    fn guard_account(&self, work: &mut Work<'_>, account: &AccountId) {
        let Some((guard, _)) = &self.guard else { return };
        let Some(account) = work.account_mut(account) else { return };
        if let Err(at) = account.guards.binary_search(guard) {
            account.guards.insert(at, guard.clone());
        }
    }
}

fn no_zone(policy: &Policy) -> NotPossible {
    NotPossible::NoZone(policy.zone.clone())
}

/// Would a lot end or melt at another time?
fn lives_differ(old: &PolicyEntry, new: &PolicyEntry) -> bool {
    fn same(old: &Policy, new: &Policy) -> bool {
        (old.expires.end, &old.decays) == (new.expires.end, &new.decays)
            && old.also.len() == new.also.len()
            && old.also.iter().zip(&new.also).all(|(old, new)| same(old, new))
    }
    let (old, new) = (old.rule().policy(), new.rule().policy());
    old.zone != new.zone || !same(old, new)
}

/// Coins already out end and melt as the new rules say.
fn rewind(work: &mut Work<'_>, policies: &BTreeSet<PolicyId>, accounts: &[AccountId]) {
    let follows = |work: &Work<'_>, stack: &StackId| {
        work.layers(stack).iter().any(|layer| policies.contains(&layer.policy))
    };
    for owner in accounts {
        let lots = work.account(owner).map(|account| account.lots.clone()).unwrap_or_default();
        let lots = lots.into_iter().filter(|lot| !lot.grace && follows(work, &lot.stack));
        for mut lot in lots.collect::<Vec<_>>() {
            wind(work, &mut lot);
            let id: LotId = lot.id;
            // The lot stands: a failure would leave it as it is.
            let _ = edit_lot(work, *owner, id, |old| {
                (old.expires, old.next_decay) = (lot.expires, lot.next_decay);
                Ok(())
            });
        }
    }
}
