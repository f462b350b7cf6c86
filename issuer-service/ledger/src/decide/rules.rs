//! Rules: publish them, make instances of them, and keep the lists and calendars they read.

use std::collections::BTreeSet;
use std::sync::Arc;

use scoin_core::command::{AccountKind, ListKind};
use scoin_core::outcome::{Effect, Refusal};
use scoin_core::{AccountId, PolicyId};
use scoin_policy::diagnostic::{Diagnostic, Severity};
use scoin_policy::ir::{Policy, Program, Under};
use scoin_policy::module::{self, Module};
use sha2::{Digest, Sha256};

use super::Asker;
use super::retire::{is_name_retired, put_version, reopen};
use crate::facts::InForce;
use crate::state::{Key, ListEntry, ModuleEntry, PolicyEntry, ProgramEntry, Record, Status};
use crate::work::{Decision, Work, already, not_found, out_of_range};

/// The most modules whose names one source may use.
const EARLIER_MAX: usize = 64;

/// Publishes rule text. It must compile and its examples must hold.
pub(super) fn publish(work: &mut Work<'_>, asker: &Asker<'_>, source: &str) -> Decision {
    asker.officer(work)?;
    let digest: [u8; 32] = Sha256::digest(source).into();
    let (module, earlier) = compile(work, source)?;
    let names = module.policies().into_iter().chain(module.programs()).map(|head| head.name);
    let names: Vec<String> = names.collect();
    let in_force = |name: &String| matches!(work.get(&Key::Name(name.clone())), Some(Record::Name(old)) if *old == digest);
    let again = names.iter().any(|name| is_name_retired(work, name)) || has_retired(work, &module);
    if !names.is_empty() && names.iter().all(in_force) && !again {
        return Err(already("rules"));
    }
    check_examples(work, &module)?;
    let entry = ModuleEntry { source: source.to_owned(), by: asker.by, earlier };
    work.put(Key::Module(digest), Record::Module(Arc::new(entry)));
    for name in names {
        reopen(work, &name);
        work.put(Key::Name(name), Record::Name(digest));
    }
    declare(work, &module);
    put_policies(work, (asker.by, digest), &module)?;
    put_programs(work, (asker.by, digest), &module)?;
    Ok(Effect::Done)
}

/// True if the city has retired a policy that this source would publish.
fn has_retired(work: &Work<'_>, module: &Module) -> bool {
    ready(module).any(|policy| {
        let key = Key::version(&policy.name, PolicyId(policy.id().0));
        matches!(work.get(&key), Some(Record::Version(old)) if old.status != Status::Active)
    })
}

/// The policies of a source that need no argument.
fn ready(module: &Module) -> impl Iterator<Item = Policy> {
    let heads = module.policies().into_iter();
    let heads = heads.filter(|head| head.params.iter().all(|param| param.default.is_some()));
    heads.filter_map(|head| module.policy(&head.name, &[]).ok())
}

/// A source compiled as for publication; its examples hold.
pub(crate) fn compile_checked(work: &Work<'_>, source: &str) -> Result<Module, Refusal> {
    let (module, _) = compile(work, source)?;
    check_examples(work, &module)?;
    Ok(module)
}

/// A source by itself, or with the names of what is in force.
fn compile(work: &Work<'_>, source: &str) -> Result<(Module, Vec<[u8; 32]>), Refusal> {
    let (module, alone) = Module::parse(source);
    if let Some(module) = module {
        return Ok((module, Vec::new()));
    }
    let earlier = modules_in_force(work);
    let built: Vec<Module> = earlier.iter().filter_map(|digest| build(work, digest)).collect();
    let (module, _) = Module::parse_with(source, &built.iter().collect::<Vec<_>>());
    module.map(|module| (module, earlier)).ok_or_else(|| rejected(&alone))
}

/// The modules some name in force is defined in.
fn modules_in_force(work: &Work<'_>) -> Vec<[u8; 32]> {
    let names = work.keys(&Key::Name(String::new()), &Key::Program(String::new()), usize::MAX);
    let digests = names.iter().filter_map(|name| match work.get(name) {
        Some(Record::Name(digest)) => Some(*digest),
        _ => None,
    });
    digests.collect::<BTreeSet<_>>().into_iter().take(EARLIER_MAX).collect()
}

/// A published module, compiled again.
fn build(work: &Work<'_>, digest: &[u8; 32]) -> Option<Module> {
    let Some(Record::Module(entry)) = work.get(&Key::Module(*digest)) else { return None };
    let earlier: Vec<Module> =
        entry.earlier.iter().filter_map(|digest| build(work, digest)).collect();
    Module::parse_with(&entry.source, &earlier.iter().collect::<Vec<_>>()).0
}

fn check_examples(work: &Work<'_>, module: &Module) -> Result<(), Refusal> {
    let results = module.examples(&InForce(work));
    match results.into_iter().find_map(|result| result.failure) {
        Some(failure) => Err(rejected(&[failure])),
        None => Ok(()),
    }
}

/// The first error, or the first finding of any kind.
fn rejected(diagnostics: &[Diagnostic]) -> Refusal {
    let error = diagnostics.iter().find(|found| found.severity == Severity::Error);
    match error.or_else(|| diagnostics.first()) {
        Some(found) => {
            Refusal::RulesRejected { code: found.code.to_owned(), message: found.message.clone() }
        }
        None => Refusal::RulesRejected {
            code: "E0001".to_owned(),
            message: "the rules do not compile".to_owned(),
        },
    }
}

/// Lists and calendars a source names exist from now on, empty until they are filled.
fn declare(work: &mut Work<'_>, module: &Module) {
    for list in module.lists() {
        let kind = match list.kind {
            module::ListKind::Merchants => ListKind::Merchants,
            module::ListKind::Products => ListKind::Products,
            module::ListKind::Persons => ListKind::Persons,
        };
        let key = Key::List(list.name);
        if work.get(&key).is_none() {
            let entry = ListEntry { kind, members: BTreeSet::new() };
            work.put(key, Record::List(Arc::new(entry)));
        }
    }
}

/// Policies that need no argument can be used at once.
fn put_policies(
    work: &mut Work<'_>,
    by: (AccountId, [u8; 32]),
    module: &Module,
) -> Result<(), Refusal> {
    for head in module.policies() {
        if head.params.iter().all(|param| param.default.is_some()) {
            let policy = module.policy(&head.name, &[]).map_err(|found| rejected(&found))?;
            put_policy(work, policy, by, Vec::new())?;
        }
    }
    Ok(())
}

fn put_programs(
    work: &mut Work<'_>,
    by: (AccountId, [u8; 32]),
    module: &Module,
) -> Result<(), Refusal> {
    for head in module.programs() {
        let program: Program = module.program(&head.name).map_err(|found| rejected(&found))?;
        for reward in &program.rewards {
            if let Under::Policy(policy) = &reward.under {
                if policy.uses_owner_keys() {
                    return Err(guard_only(&policy.name));
                }
                put_policy(work, policy.as_ref().clone(), by, Vec::new())?;
            }
        }
        let zone = program.zone.clone();
        let entry = ProgramEntry::new(program, by.0).ok_or_else(|| unknown_zone(&zone))?;
        work.put(Key::Program(head.name), Record::Program(Arc::new(entry)));
    }
    Ok(())
}

/// Make a policy usable. The first to do so is remembered.
fn put_policy(
    work: &mut Work<'_>,
    policy: Policy,
    by: (AccountId, [u8; 32]),
    arguments: Vec<(String, String)>,
) -> Result<PolicyId, Refusal> {
    let zone = policy.zone.clone();
    let entry = PolicyEntry::new(policy, by.0, arguments).ok_or_else(|| unknown_zone(&zone))?;
    let id = entry.id();
    put_version(work, &entry, by);
    if work.policy(&id).is_none() {
        work.put(Key::Policy(id), Record::Policy(Arc::new(entry)));
    }
    Ok(id)
}

fn guard_only(policy: &str) -> Refusal {
    Refusal::RulesRejected {
        code: "E0001".to_owned(),
        message: format!(
            "`{policy}` counts by payer or household, so no reward can be given under it"
        ),
    }
}

fn unknown_zone(zone: &str) -> Refusal {
    Refusal::RulesRejected {
        code: "E0001".to_owned(),
        message: format!("`{zone}` is not a time zone of the IANA database"),
    }
}

/// Makes an instance of a published policy.
pub(super) fn adopt(
    work: &mut Work<'_>,
    asker: &Asker<'_>,
    name: &str,
    arguments: &[(String, String)],
) -> Decision {
    let kinds = [AccountKind::Person, AccountKind::Merchant, AccountKind::Officer];
    asker.acting(work, &kinds)?;
    if is_name_retired(work, name) {
        return Err(Refusal::PolicyRetired);
    }
    let doc = match work.get(&Key::Name(name.to_owned())) {
        Some(Record::Name(digest)) => *digest,
        _ => return Err(not_found("policy")),
    };
    let module = build(work, &doc).ok_or_else(|| not_found("policy"))?;
    if !module.policies().iter().any(|head| head.name == name) {
        return Err(not_found("policy"));
    }
    let policy = module.policy(name, arguments).map_err(|found| rejected(&found))?;
    put_policy(work, policy, (asker.by, doc), arguments.to_vec()).map(Effect::Policy)
}

/// Adds members to a list and removes others; the list is made if it is new.
pub(super) fn put_list(
    work: &mut Work<'_>,
    asker: &Asker<'_>,
    (name, kind): (&str, ListKind),
    (add, remove): (&[String], &[String]),
) -> Decision {
    asker.officer(work)?;
    let key = Key::List(name.to_owned());
    let mut entry = match work.get(&key) {
        Some(Record::List(entry)) => entry.as_ref().clone(),
        _ => ListEntry { kind, members: BTreeSet::new() },
    };
    if entry.kind != kind {
        return Err(out_of_range("kind"));
    }
    for member in add {
        let member = canonical(kind, member).ok_or_else(|| out_of_range("add"))?;
        entry.members.insert(member);
    }
    for member in remove {
        let member = canonical(kind, member).ok_or_else(|| out_of_range("remove"))?;
        entry.members.remove(&member);
    }
    work.put(key, Record::List(Arc::new(entry)));
    Ok(Effect::Done)
}

/// Replaces a calendar.
pub(super) fn put_calendar(
    work: &mut Work<'_>,
    asker: &Asker<'_>,
    name: &str,
    days: &[i32],
) -> Decision {
    asker.officer(work)?;
    let days: BTreeSet<i32> = days.iter().copied().collect();
    work.put(Key::Calendar(name.to_owned()), Record::Calendar(Arc::new(days)));
    Ok(Effect::Done)
}

/// A member as the facts write it.
fn canonical(kind: ListKind, member: &str) -> Option<String> {
    match kind {
        ListKind::Products => Some(member.to_owned()),
        ListKind::Merchants | ListKind::Persons => {
            member.parse::<AccountId>().ok().map(|id| id.to_string())
        }
    }
}
