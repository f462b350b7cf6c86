//! Totals, programmes, proposals.

use std::collections::BTreeMap;

use scoin_api::{PoolBody, ProgramBody, ProposalBody, ProposalsBody, ReportBody, StackBody, texts};
use scoin_core::command::Proposal;
use scoin_core::{AccountId, CommandId, NetworkId, StackId};
use scoin_ledger::state::{ProgramEntry, Proposed, Standing, Totals};
use scoin_ledger::{Key, Record};
use scoin_policy::ir::Trigger;

use super::{between, layer_body, layers};
use crate::books::Live;

/// Totals of the whole city, recounted from the lots.
pub(crate) fn report(live: &Live) -> ReportBody {
    let mut body =
        ReportBody { frame: live.number(), time: live.time().into(), ..ReportBody::default() };
    let mut lots: BTreeMap<StackId, u64> = BTreeMap::new();
    for (id, account) in super::accounts(&live.state) {
        body.accounts = body.accounts.saturating_add(1);
        for lot in &account.lots {
            let sum = lots.entry(lot.stack).or_default();
            *sum = sum.saturating_add(lot.amount.units());
            body.held = body.held.saturating_add(lot.held.units());
        }
        if let Some(name) = &account.pool {
            body.pools.push(PoolBody {
                name: name.clone(),
                address: id.to_string(),
                balance: account.balance().units(),
            });
        }
    }
    body.pools.sort_by(|a, b| a.name.cmp(&b.name));
    let totals: BTreeMap<_, _> = totals(live).collect();
    body.balanced = lots.keys().all(|stack| totals.contains_key(stack));
    for (stack, totals) in totals {
        let in_lots = lots.get(&stack).copied().unwrap_or_default();
        body.balanced &= totals.in_lots() == i128::from(in_lots);
        body.minted = body.minted.saturating_add(totals.minted);
        body.burned = body.burned.saturating_add(totals.burned);
        body.redeemed = body.redeemed.saturating_add(totals.redeemed);
        body.stacks.push(stack_body(live, stack, totals, in_lots));
    }
    body.supply = lots.values().fold(0, |sum, lots| u64::saturating_add(sum, *lots));
    let made = body.minted.saturating_sub(body.burned).saturating_sub(body.redeemed);
    body.balanced &= body.supply == made;
    body
}

/// The programmes and what their pools have left.
pub(crate) fn programs(live: &Live, network: NetworkId) -> Vec<ProgramBody> {
    let (from, to) = (Key::Program(String::new()), Key::List(String::new()));
    let all = between(&live.state, &from, &to).filter_map(|(key, record)| match (key, record) {
        (Key::Program(_), Record::Program(entry)) => Some(program(live, network, entry)),
        _ => None,
    });
    all.collect()
}

/// Proposals that wait for approvals, oldest first.
pub(crate) fn proposals(live: &Live, approvals_needed: u8) -> ProposalsBody {
    let from = Key::Proposal(CommandId([0; 16]));
    let to = Key::Evidence(String::new(), [0; 32]);
    let open = between(&live.state, &from, &to).filter_map(|(key, record)| match (key, record) {
        (Key::Proposal(id), Record::Proposal(proposed)) if proposed.standing == Standing::Open => {
            Some(proposal(id, proposed, approvals_needed))
        }
        _ => None,
    });
    // Command ids are time-ordered, so the order of keys is the order of making.
    ProposalsBody { frame: live.number(), proposals: open.collect() }
}

fn totals(live: &Live) -> impl Iterator<Item = (StackId, Totals)> + '_ {
    let (from, to) = (Key::Totals(StackId([0; 32])), Key::Counters([0; 16]));
    between(&live.state, &from, &to).filter_map(|(key, record)| match (key, record) {
        (Key::Totals(stack), Record::Totals(totals)) => Some((stack, *totals)),
        _ => None,
    })
}

fn stack_body(live: &Live, stack: StackId, totals: Totals, lots: u64) -> StackBody {
    let layers = layers(&live.state, stack);
    StackBody {
        stack: stack.to_hex(),
        layers: layers.iter().map(|layer| layer_body(&live.state, layer)).collect(),
        minted: totals.minted,
        marked_in: totals.marked_in,
        marked_out: totals.marked_out,
        burned: totals.burned,
        redeemed: totals.redeemed,
        lots,
    }
}

fn program(live: &Live, network: NetworkId, entry: &ProgramEntry) -> ProgramBody {
    let program = entry.program();
    let pool = live.account(&AccountId::pool(network, &program.pool));
    let events = program.rewards.iter().map(|reward| match &reward.on {
        Trigger::Payment => "payment".to_owned(),
        Trigger::Topup => "topup".to_owned(),
        Trigger::Earn(event) => event.clone(),
    });
    let events: std::collections::BTreeSet<_> = events.collect();
    ProgramBody {
        name: program.name.clone(),
        title: texts(&program.title),
        pool: program.pool.clone(),
        left: pool.map_or(0, |pool| pool.balance().units()),
        published: None,
        events: events.into_iter().collect(),
    }
}

fn proposal(id: CommandId, proposed: &Proposed, approvals_needed: u8) -> ProposalBody {
    let mut body = ProposalBody {
        id: id.to_hex(),
        digest: scoin_core::PolicyId(proposed.digest).to_hex(),
        by: proposed.agreed.first().map(AccountId::to_string).unwrap_or_default(),
        approvals: proposed.agreed.iter().map(AccountId::to_string).collect(),
        expires: Some(proposed.until.into()),
        ..ProposalBody::default()
    };
    let agreed = u8::try_from(proposed.agreed.len()).unwrap_or(u8::MAX);
    body.missing = approvals_needed.saturating_sub(agreed);
    let (kind, amount, reason, account) = match &proposed.proposal {
        Proposal::Mint { amount, reason } => ("mint", Some(amount), Some(reason.clone()), None),
        Proposal::Burn { amount, reason } => ("burn", Some(amount), Some(reason.clone()), None),
        Proposal::ClawBack { account, amount, reason, .. } => {
            ("claw-back", Some(amount), Some(reason.to_string()), Some(account))
        }
        Proposal::Recover { account, .. } => ("recover", None, None, Some(account)),
    };
    kind.clone_into(&mut body.kind);
    body.amount = amount.map(|amount| amount.units());
    body.reason = reason;
    body.account = account.map(AccountId::to_string);
    body
}
