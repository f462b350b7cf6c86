//! `scoin service …`: what a city service does.

use scoin_core::command::Action;
use scoin_core::outcome::Effect;
use sha2::{Digest, Sha256};

use crate::args::Global;
use crate::args::city::{Fact, Service};
use crate::failure::Failure;
use crate::output::Report;
use crate::session::{Session, account};
use crate::words;

/// Runs one command.
pub(crate) async fn run(global: &Global, service: Service) -> Result<Report, Failure> {
    let Service::Report(Fact { account: whose, event, evidence, amount, days_early, role, change }) =
        service;
    let account = account(&whose)?;
    // Only the hash leaves this machine: the document's number may be personal.
    let evidence = Sha256::digest(evidence.as_bytes()).into();
    let action = Action::Earn { account, event, evidence, amount, days_early, role };
    let done = Session::open(global).await?.submit(action, &change).await?;
    let rewards =
        if let Effect::Earned { rewards } = &done.effect { rewards.as_slice() } else { &[] };
    let rows =
        rewards.iter().map(|(label, amount)| vec![label.clone(), words::amount(*amount)]).collect();
    Ok(words::done(&done, &change, format!("reported about {account}"))
        .table(vec!["reward", "amount"], rows))
}
