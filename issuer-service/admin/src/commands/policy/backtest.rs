//! `policy backtest`: the journal, decided again with another rule.

use std::path::Path;

use scoin_api::{CheckpointBody, paths};
use scoin_core::Timestamp;
use scoin_ledger::Frame;
use scoin_ledger::backtest::{Candidate, During, NotPossible, Past, Whom, backtest};
use scoin_ledger::zone::Zone;
use scoin_policy::civil::Civil;
use scoin_policy::module::Module;

use super::backtest_report::{Tried, report};
use super::request::{date, written_date};
use super::{check, module};
use crate::args::Global;
use crate::args::policy::Backtest;
use crate::exit::Exit;
use crate::failure::{Failure, read_text};
use crate::journal::{self, Chain, difference};
use crate::output::Report;
use crate::refused::failure_of;
use crate::session::{self, Session};

/// Runs the command.
pub(crate) async fn run(global: &Global, wanted: &Backtest) -> Result<Report, Failure> {
    let source = read_text(&wanted.file)?;
    let (frames, chain) = match &wanted.journal {
        Some(file) => {
            let mut chain = Chain::new(None);
            (journal::read(file, &mut chain)?, chain)
        }
        None => download(global).await?,
    };
    let genesis = chain.genesis().ok_or_else(|| difference(0, "the journal is empty"))?;
    let zone = genesis.zone.clone();
    let during = during(wanted, &zone)?;
    let past = Past::read(&frames, during)
        .map_err(|breach| difference(0, &breach.to_string()).hint("see `scoin check`"))?;
    drop(frames);
    let module = compile(&past, &wanted.file, &source)?;
    let (candidate, tried) = candidate(&past, &module, wanted)?;
    let found = backtest(&past, &candidate).map_err(|why| not_possible(&why))?;
    Ok(report(&found, &tried, (&past, &zone, genesis.network_id())))
}

/// The journal of the service, as far as it goes now.
async fn download(global: &Global) -> Result<(Vec<Frame>, Chain), Failure> {
    let session = Session::open(global).await?;
    let network = session.wallet.network().map_err(|error| failure_of(error, global.lang))?;
    let checkpoint: CheckpointBody = session.read(paths::CHECKPOINT).await?;
    let mut chain = Chain::new(Some(network));
    let mut frames = Vec::new();
    journal::download(&session, global.json, checkpoint.size, |body| {
        frames.push(chain.take(body.number, &body.frame.0, &body.seal.0)?);
        Ok(())
    })
    .await?;
    Ok((frames, chain))
}

/// Whole days of the city, both included.
fn during(wanted: &Backtest, zone: &str) -> Result<During, Failure> {
    let zone = Zone::named(zone).ok_or_else(|| {
        Failure::new(Exit::Failed, format!("`{zone}` is not a zone this program knows"))
    })?;
    let instant = |text: &String, later: i32| {
        let day = date(text).ok_or_else(|| {
            Failure::new(Exit::Usage, format!("`{text}` is not a day"))
                .hint("write a day such as 2026-09-01")
        })?;
        Ok(zone.first_instant(Civil::start_of(day.add_days(later))))
    };
    let from = wanted.from.as_ref().map(|text| instant(text, 0)).transpose()?;
    let to = wanted.to.as_ref().map(|text| instant(text, 1)).transpose()?;
    let during =
        During { from: from.unwrap_or(During::ALWAYS.from), to: to.unwrap_or(During::ALWAYS.to) };
    if during.from < during.to {
        return Ok(during);
    }
    Err(Failure::new(Exit::Usage, "--from is later than --to")
        .hint("name the first and the last day"))
}

/// The candidate's file, compiled as the city would compile it.
fn compile(past: &Past, file: &Path, source: &str) -> Result<Module, Failure> {
    past.compile(source).map_err(|refusal| {
        // By itself it shows every mistake; together with what is published only the first one is known.
        if let Err(failure) = module(file, source) {
            return failure;
        }
        let refusal = scoin_api::RefusalBody::of(&refusal);
        let code = refusal.what.clone().map_or_else(String::new, |code| format!("{code}: "));
        let why = format!("{code}{}", refusal.detail());
        Failure::new(Exit::Refused, format!("the city would not publish `{}`", file.display()))
            .why(why)
            .hint(format!("`scoin policy check {}` runs its examples", file.display()))
    })
}

/// What is tried, and how to call it.
fn candidate(
    past: &Past,
    module: &Module,
    wanted: &Backtest,
) -> Result<(Candidate, Tried), Failure> {
    let name = rule_name(module, wanted)?;
    let is_program = module.programs().iter().any(|head| head.name == name);
    let compiled = |arguments: &[(String, String)]| {
        module.policy(&name, arguments).map_err(|found| check::not_compiled(&name, &found))
    };
    if let Some(whom) = &wanted.guard {
        let policy = Box::new(compiled(&wanted.arguments)?);
        let tried = Tried { kind: "guard", rule: name.clone(), stands_for: whom.clone(), count: 1 };
        return Ok((Candidate::Guard { policy, on: on(past, whom)? }, tried));
    }
    let old = wanted.replace.clone().unwrap_or_else(|| name.clone());
    if is_program {
        let program = module.program_with(&name, &wanted.arguments);
        let program = program.map_err(|found| check::not_compiled(&name, &found))?;
        let tried = Tried { kind: "program", rule: name, stands_for: old.clone(), count: 1 };
        return Ok((Candidate::Program { name: old, program: Box::new(program) }, tried));
    }
    let instances = past.policies(&old);
    if instances.is_empty() {
        return Err(Failure::new(Exit::NotFound, format!("the city has no policy `{old}`"))
            .hint("name a published one with --replace, or try it with --guard everybody"));
    }
    let heads = module.policies();
    let params = heads.iter().filter(|head| head.name == name).flat_map(|head| &head.params);
    let params: Vec<&str> = params.map(|param| param.name.as_str()).collect();
    let mut policies = std::collections::BTreeMap::new();
    for entry in &instances {
        // The instance's own arguments, as far as the candidate takes them; what is typed here goes first.
        let own = entry.arguments().iter().filter(|(name, _)| {
            let bare = name.trim_start_matches('$');
            params.contains(&bare) && !wanted.arguments.iter().any(|(given, _)| given == bare)
        });
        let arguments: Vec<_> = own.chain(&wanted.arguments).cloned().collect();
        policies.insert(entry.id(), compiled(&arguments)?);
    }
    let count = instances.len();
    Ok((
        Candidate::Policies(policies),
        Tried { kind: "policy", rule: name, stands_for: old, count },
    ))
}

/// The rule of the file that is tried.
fn rule_name(module: &Module, wanted: &Backtest) -> Result<String, Failure> {
    let names = module.names();
    let there = |name: &String| names.contains(name);
    let asked = wanted.rule.as_ref().or_else(|| wanted.replace.as_ref().filter(|name| there(name)));
    match (asked, names.as_slice()) {
        (Some(name), _) if there(name) => Ok(name.clone()),
        (None, [only]) => Ok(only.clone()),
        (asked, _) => {
            let what = asked.map_or_else(
                || format!("`{}` defines {} rules", wanted.file.display(), names.len()),
                |name| format!("`{}` does not define `{name}`", wanted.file.display()),
            );
            Err(Failure::new(Exit::Usage, what)
                .why(names.join(", "))
                .hint("name one of them with --rule NAME"))
        }
    }
}

/// `everybody`, or an address: its first guardian sets the guard, else its owner.
fn on(past: &Past, whom: &str) -> Result<Whom, Failure> {
    if whom == "everybody" {
        return Ok(Whom::Everybody);
    }
    let account = session::account(whom)?;
    Ok(Whom::One { account, by: past.guardian(&account).unwrap_or(account) })
}

fn not_possible(why: &NotPossible) -> Failure {
    let exit = match why {
        NotPossible::NoFrames
        | NotPossible::NoPolicy(_)
        | NotPossible::NoProgram(_)
        | NotPossible::NoAccount(_) => Exit::NotFound,
        NotPossible::NoZone(_) => Exit::Refused,
    };
    Failure::new(exit, "the candidate cannot be tried").why(why.to_string())
}

/// A day for people, in the zone.
pub(super) fn day(at: Timestamp, zone: &str) -> String {
    Zone::named(zone).map_or_else(String::new, |zone| written_date(zone.date(at)))
}
