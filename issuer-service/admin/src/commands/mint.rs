//! `scoin mint …`, `scoin burn …`: what needs several officers.

use scoin_api::{ProposalBody, ProposalsBody, paths};
use scoin_core::command::{Action, Proposal};
use scoin_core::outcome::Effect;
use scoin_wallet::Done;

use crate::args::Global;
use crate::args::city::{Approve, Burn, Decline, Mint, Propose};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::home;
use crate::output::Report;
use crate::session::Session;
use crate::words;

/// Runs one command of `mint`.
pub(crate) async fn run(global: &Global, mint: Mint) -> Result<Report, Failure> {
    match mint {
        Mint::Propose(what) => {
            let proposal = Proposal::Mint { amount: what.amount, reason: what.reason.clone() };
            propose(global, what, proposal, "mint").await
        }
        Mint::Approve(what) => approve(global, &what).await,
        Mint::Decline(what) => decline(global, &what).await,
        Mint::List => list(global).await,
    }
}

/// Runs one command of `burn`.
pub(crate) async fn run_burn(global: &Global, burn: Burn) -> Result<Report, Failure> {
    match burn {
        Burn::Propose(what) => {
            let proposal = Proposal::Burn { amount: what.amount, reason: what.reason.clone() };
            propose(global, what, proposal, "burn").await
        }
        Burn::Approve(what) => approve(global, &what).await,
        Burn::Decline(what) => decline(global, &what).await,
    }
}

async fn propose(
    global: &Global,
    what: Propose,
    proposal: Proposal,
    verb: &str,
) -> Result<Report, Failure> {
    let session = Session::open(global).await?;
    let done = session.submit(Action::Propose { proposal }, &what.change).await?;
    let amount = words::amount(what.amount);
    let report =
        words::done(&done, &what.change, format!("proposed to {verb} {amount}: {}", what.reason));
    let next = format!("next: another officer runs `scoin {verb} approve {}`", done.id.to_hex());
    Ok(if is_pending(&done) { report.text(next) } else { report })
}

async fn approve(global: &Global, what: &Approve) -> Result<Report, Failure> {
    let session = Session::open(global).await?;
    let digest = if let Some(text) = &what.digest {
        digest(text)?
    } else {
        let proposal = find(&session, what).await?;
        let kind = &proposal.kind;
        let amount =
            proposal.amount.map_or_else(String::new, |units| format!(" {}", words::money(units)));
        let reason = proposal.reason.as_deref().unwrap_or("no reason stated");
        home::confirm(
            global,
            &format!("approve to {kind}{amount} ({reason}), proposed by {}?", proposal.by),
        )?;
        digest(&proposal.digest)?
    };
    let action = Action::Approve { proposal: what.proposal, digest };
    let done = session.submit(action, &what.change).await?;
    let carried_out = if is_pending(&done) { "approved" } else { "approved and carried out" };
    Ok(words::done(
        &done,
        &what.change,
        format!("{carried_out}: proposal {}", what.proposal.to_hex()),
    ))
}

async fn decline(global: &Global, what: &Decline) -> Result<Report, Failure> {
    let session = Session::open(global).await?;
    let done = session.submit(Action::Decline { proposal: what.proposal }, &what.change).await?;
    Ok(words::done(&done, &what.change, format!("declined: proposal {}", what.proposal.to_hex())))
}

async fn list(global: &Global) -> Result<Report, Failure> {
    let session = Session::open(global).await?;
    let body: ProposalsBody = session.read(paths::PROPOSALS).await?;
    let rows = body.proposals.iter().map(|proposal| {
        vec![
            proposal.id.clone(),
            proposal.kind.clone(),
            proposal.amount.map_or_else(String::new, words::money),
            proposal.reason.clone().unwrap_or_default(),
            format!("{} more", proposal.missing),
            proposal.by.clone(),
        ]
    });
    let rows: Vec<_> = rows.collect();
    let json =
        serde_json::json!({ "frame": body.frame, "items": body.proposals, "next_cursor": null });
    Ok(Report::new(json).table(vec!["id", "kind", "amount", "reason", "approvals", "by"], rows))
}

/// The proposal as the service shows it, so that nobody approves what they have not seen.
async fn find(session: &Session, what: &Approve) -> Result<ProposalBody, Failure> {
    let body: ProposalsBody = session.read(paths::PROPOSALS).await?;
    let id = what.proposal.to_hex();
    body.proposals.into_iter().find(|proposal| proposal.id == id).ok_or_else(|| {
        Failure::new(Exit::NotFound, format!("no proposal `{id}` waits for approval"))
            .hint("`scoin mint list` prints those that do")
    })
}

fn digest(text: &str) -> Result<[u8; 32], Failure> {
    let mut bytes = [0; 32];
    hex::decode_to_slice(text, &mut bytes).map_err(|_| {
        Failure::new(Exit::Usage, format!("`{text}` is not a digest")).hint("write 64 hex digits")
    })?;
    Ok(bytes)
}

fn is_pending(done: &Done) -> bool {
    matches!(done.effect, Effect::Pending { .. })
}
