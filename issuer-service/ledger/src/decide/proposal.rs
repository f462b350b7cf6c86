//! What needs several officers: make and destroy money, take coins back, give an account a new key.

use scoin_core::command::{AccountKind, Proposal};
use scoin_core::outcome::{Effect, Refusal};
use scoin_core::{AccountId, Amount, CommandId, LotId};

use super::Asker;
use super::recovery;
use crate::batch::EventKind;
use crate::coins::{burn, give_plain, mark, spend, take_plain};
use crate::state::{Due, Key, PLAIN, Proposed, Record, Standing};
use crate::work::{Decision, Work, already, not_found, plus};

/// How long officers may take to agree, in microseconds: 24 hours.
pub(crate) const OPEN_MICROS: u64 = 24 * 3600 * 1_000_000;

/// Proposes; carried out at once if one officer is enough.
pub(super) fn propose(work: &mut Work<'_>, asker: &Asker<'_>, proposal: &Proposal) -> Decision {
    asker.officer(work)?;
    if work.get(&Key::Proposal(asker.id)).is_some() {
        return Err(Refusal::IdConflict);
    }
    check(work, proposal)?;
    let until = work.now().saturating_add_micros(OPEN_MICROS);
    let proposed = Proposed {
        proposal: proposal.clone(),
        digest: asker.digest,
        agreed: vec![asker.by],
        until,
        standing: Standing::Open,
    };
    work.set_due(until, Due::Proposal(asker.id));
    settle(work, asker.id, proposed)
}

/// Approves; the last needed approval carries the proposal out.
pub(super) fn approve(
    work: &mut Work<'_>,
    asker: &Asker<'_>,
    id: CommandId,
    digest: &[u8; 32],
) -> Decision {
    asker.officer(work)?;
    let mut proposed = find(work, id)?;
    if proposed.agreed.contains(&asker.by) {
        return Err(already("approval"));
    }
    if proposed.digest != *digest {
        return Err(Refusal::DigestMismatch);
    }
    check_open(work, &proposed)?;
    proposed.agreed.push(asker.by);
    settle(work, id, proposed)
}

/// Withdraws or declines.
pub(super) fn decline(work: &mut Work<'_>, asker: &Asker<'_>, id: CommandId) -> Decision {
    asker.officer(work)?;
    let proposed = find(work, id)?;
    check_open(work, &proposed)?;
    let closed = Proposed { standing: Standing::Closed, ..proposed };
    work.put(Key::Proposal(id), Record::Proposal(Box::new(closed)));
    Ok(Effect::Done)
}

fn find(work: &Work<'_>, id: CommandId) -> Result<Proposed, Refusal> {
    match work.get(&Key::Proposal(id)) {
        Some(Record::Proposal(proposed)) => Ok(proposed.as_ref().clone()),
        _ => Err(not_found("proposal")),
    }
}

fn check_open(work: &Work<'_>, proposed: &Proposed) -> Result<(), Refusal> {
    match proposed.standing {
        Standing::Done => Err(already("proposal")),
        Standing::Closed => Err(Refusal::ProposalClosed),
        Standing::Open if proposed.until <= work.now() => Err(Refusal::ProposalClosed),
        Standing::Open => Ok(()),
    }
}

/// Write a proposal down; carry it out if enough officers agree.
fn settle(work: &mut Work<'_>, id: CommandId, mut proposed: Proposed) -> Decision {
    let agreed = u8::try_from(proposed.agreed.len()).unwrap_or(u8::MAX);
    let missing = work.city().approvals_needed.saturating_sub(agreed);
    let effect = if missing == 0 {
        carry_out(work, &proposed.proposal)?;
        proposed.standing = Standing::Done;
        Effect::Done
    } else {
        Effect::Pending { missing }
    };
    work.put(Key::Proposal(id), Record::Proposal(Box::new(proposed)));
    Ok(effect)
}

/// What can be said before the officers agree.
fn check(work: &Work<'_>, proposal: &Proposal) -> Result<(), Refusal> {
    match proposal {
        Proposal::Mint { .. } | Proposal::Burn { .. } => Ok(()),
        Proposal::ClawBack { account, lot, .. } => {
            let owner = work.known(account)?;
            if owner.kind != AccountKind::Person {
                return Err(Refusal::NotAllowed);
            }
            owner.lot(*lot).map(|_| ()).ok_or_else(|| not_found("lot"))
        }
        Proposal::Recover { account, key } => recovery::check(work, account, key),
    }
}

fn carry_out(work: &mut Work<'_>, proposal: &Proposal) -> Result<(), Refusal> {
    check(work, proposal)?;
    match proposal {
        Proposal::Mint { amount, .. } => mint(work, *amount),
        Proposal::Burn { amount, .. } => {
            let treasury = work.city().treasury;
            take_plain(work, treasury, *amount).map_err(|have| Refusal::PoolEmpty { have })?;
            burn(work, PLAIN, *amount)
        }
        Proposal::ClawBack { account, lot, amount, .. } => claw_back(work, *account, *lot, *amount),
        Proposal::Recover { account, key } => recovery::of_city(work, *account, *key).map(|_| ()),
    }
}

fn mint(work: &mut Work<'_>, amount: Amount) -> Result<(), Refusal> {
    let mut head = work.head();
    head.approved = plus(head.approved, amount)?;
    head.minted = plus(head.minted, amount)?;
    if head.minted > Amount::MAX {
        return Err(Refusal::Overflow);
    }
    work.set_head(head);
    let mut totals = work.totals(PLAIN);
    totals.minted = totals.minted.checked_add(amount.units()).ok_or(Refusal::Overflow)?;
    work.set_totals(PLAIN, totals);
    let treasury = work.city().treasury;
    give_plain(work, treasury, amount).map(|_| ())
}

fn claw_back(
    work: &mut Work<'_>,
    account: AccountId,
    lot: LotId,
    amount: Amount,
) -> Result<(), Refusal> {
    crate::life::touch(work, account)?;
    let found = work.known(&account)?.lot(lot).ok_or_else(|| not_found("lot"))?;
    let (stack, left) = (found.stack, found.free());
    if amount > left {
        return Err(Refusal::MoreThanLeft { left });
    }
    spend(work, account, lot, amount)?;
    mark(work, stack, PLAIN, amount)?;
    let treasury = work.city().treasury;
    give_plain(work, treasury, amount)?;
    work.tell(account, EventKind::Lost, amount, Some(treasury));
    Ok(())
}
