//! Moving coins: between lots, accounts and stacks, so that every stack's totals stay true.

use scoin_core::command::AccountKind;
use scoin_core::outcome::Refusal;
use scoin_core::{AccountId, Amount, CommandId, LotId, StackId, Timestamp};
use smallvec::SmallVec;

use crate::life;
use crate::state::{Account, Due, Key, LOTS_MAX, Lot, PLAIN, Record};
use crate::work::{Work, not_found, plus};

/// Change one lot. A lot left empty is removed; its next due date is kept up.
pub(crate) fn edit_lot<T>(
    work: &mut Work<'_>,
    owner: AccountId,
    id: LotId,
    change: impl FnOnce(&mut Lot) -> Result<T, Refusal>,
) -> Result<T, Refusal> {
    let account = work.known_mut(&owner)?;
    let at = account.lots.binary_search_by_key(&id, |lot| lot.id).map_err(|_| not_found("lot"))?;
    let lot = account.lots.get_mut(at).ok_or_else(|| not_found("lot"))?;
    let before = lot.due();
    let changed = change(lot)?;
    let after = if lot.amount.is_zero() { None } else { lot.due() };
    if lot.amount.is_zero() {
        account.lots.remove(at);
    }
    reschedule(work, Due::Lot(owner, id), before, after);
    Ok(changed)
}

/// Put a lot into an account under its own id. The account must not have it.
pub(crate) fn insert_lot(work: &mut Work<'_>, owner: AccountId, lot: Lot) -> Result<(), Refusal> {
    let (id, due) = (lot.id, lot.due());
    let account = work.known_mut(&owner)?;
    match account.lots.binary_search_by_key(&id, |lot| lot.id) {
        Ok(_) => return Err(Refusal::Overflow),
        Err(at) => account.lots.insert(at, lot),
    }
    reschedule(work, Due::Lot(owner, id), None, due);
    Ok(())
}

fn reschedule(work: &mut Work<'_>, what: Due, before: Option<Timestamp>, after: Option<Timestamp>) {
    if before == after {
        return;
    }
    if let Some(at) = before {
        work.clear_due(at, what);
    }
    if let Some(at) = after {
        work.set_due(at, what);
    }
}

/// Take free coins out of a lot to be given on. Gives back a lot like it, with exactly these coins in it.
pub(crate) fn take(
    work: &mut Work<'_>,
    owner: AccountId,
    id: LotId,
    amount: Amount,
) -> Result<Lot, Refusal> {
    edit_lot(work, owner, id, |lot| {
        let mut taken = lot.clone();
        taken.split(amount, lot)?;
        Ok(taken)
    })
}

/// Take free coins out of a lot to be spent. What the lot once was stays as it is, so that a refund makes it whole again.
pub(crate) fn spend(
    work: &mut Work<'_>,
    owner: AccountId,
    id: LotId,
    amount: Amount,
) -> Result<(), Refusal> {
    edit_lot(work, owner, id, |lot| {
        let have = lot.free();
        if amount > have {
            return Err(Refusal::NotEnough { have });
        }
        lot.amount = lot.amount.checked_sub(amount).ok_or(Refusal::Overflow)?;
        Ok(())
    })
}

impl Lot {
    /// Make this copy of `rest` hold `amount` of its free coins, and leave the others in `rest`.
    /// The issued amounts are split in proportion, so that melting goes on alike in both.
    fn split(&mut self, amount: Amount, rest: &mut Self) -> Result<(), Refusal> {
        let have = rest.free();
        if amount > have {
            return Err(Refusal::NotEnough { have });
        }
        for (mine, theirs) in self.ages.iter_mut().zip(rest.ages.iter_mut()) {
            mine.base = portion(theirs.base, amount, rest.amount);
            theirs.base = theirs.base.saturating_sub(mine.base);
        }
        self.amount = amount;
        self.issued_amount = amount;
        self.held = Amount::ZERO;
        rest.amount = rest.amount.checked_sub(amount).ok_or(Refusal::Overflow)?;
        Ok(())
    }
}

/// `base * part / whole`, floor.
pub(crate) fn portion(base: Amount, part: Amount, whole: Amount) -> Amount {
    let exact = u128::from(base.units()).saturating_mul(u128::from(part.units()));
    let share = exact.checked_div(u128::from(whole.units())).unwrap_or(0);
    Amount::new(u64::try_from(share).unwrap_or(u64::MAX))
}

/// Give an account coins. They join a lot from which nothing distinguishes them, or become a lot of their own.
pub(crate) fn give(work: &mut Work<'_>, owner: AccountId, lot: Lot) -> Result<LotId, Refusal> {
    if lot.amount.is_zero() {
        return Ok(lot.id);
    }
    let account = work.known(&owner)?;
    let twin = account.lots.iter().find(|old| life::same(work, old, &lot)).map(|old| old.id);
    if let Some(id) = twin {
        edit_lot(work, owner, id, |old| old.join(&lot))?;
        return Ok(id);
    }
    let id = work.next_lot()?;
    insert_lot(work, owner, Lot { id, ..lot })?;
    Ok(id)
}

impl Lot {
    /// Take in coins that nothing distinguishes from these.
    pub(crate) fn join(&mut self, more: &Self) -> Result<(), Refusal> {
        self.amount = plus(self.amount, more.amount)?;
        self.issued_amount = plus(self.issued_amount, more.amount)?;
        for (mine, theirs) in self.ages.iter_mut().zip(&more.ages) {
            mine.base = plus(mine.base, theirs.base)?;
        }
        Ok(())
    }

    /// Coins without rules.
    pub(crate) fn plain(owner: AccountId, issued: Timestamp, amount: Amount) -> Self {
        Self {
            id: LotId(0),
            stack: PLAIN,
            granter: owner,
            issued,
            ages: SmallVec::new(),
            expires: None,
            next_decay: None,
            issued_amount: amount,
            amount,
            held: Amount::ZERO,
            grace: false,
        }
    }
}

/// Give an account coins without rules.
pub(crate) fn give_plain(
    work: &mut Work<'_>,
    owner: AccountId,
    amount: Amount,
) -> Result<LotId, Refusal> {
    let lot = Lot::plain(owner, work.now(), amount);
    give(work, owner, lot)
}

/// What an account has of free coins without rules.
pub(crate) fn plain_of(work: &Work<'_>, owner: &AccountId) -> Amount {
    let lots = work.account(owner).map(|account| account.lots.as_slice()).unwrap_or_default();
    let plain = lots.iter().filter(|lot| lot.stack == PLAIN).map(Lot::free);
    Amount::checked_sum(plain).unwrap_or(Amount::MAX)
}

/// Take coins without rules from an account; how much there is, if that is too little.
pub(crate) fn take_plain(
    work: &mut Work<'_>,
    owner: AccountId,
    amount: Amount,
) -> Result<(), Amount> {
    let have = plain_of(work, &owner);
    if have < amount {
        return Err(have);
    }
    let lots = work.account(&owner).map(|account| account.lots.clone()).unwrap_or_default();
    let mut left = amount;
    for lot in lots.iter().filter(|lot| lot.stack == PLAIN) {
        let part = lot.free().min(left);
        if !part.is_zero() {
            spend(work, owner, lot.id, part).map_err(|_| have)?;
            left = left.saturating_sub(part);
        }
    }
    Ok(())
}

/// Coins go from one stack to another.
pub(crate) fn mark(
    work: &mut Work<'_>,
    from: StackId,
    to: StackId,
    amount: Amount,
) -> Result<(), Refusal> {
    if from == to || amount.is_zero() {
        return Ok(());
    }
    let (mut old, mut new) = (work.totals(from), work.totals(to));
    old.marked_out = old.marked_out.checked_add(amount.units()).ok_or(Refusal::Overflow)?;
    new.marked_in = new.marked_in.checked_add(amount.units()).ok_or(Refusal::Overflow)?;
    work.set_totals(from, old);
    work.set_totals(to, new);
    Ok(())
}

/// Coins of a stack are destroyed.
pub(crate) fn burn(work: &mut Work<'_>, stack: StackId, amount: Amount) -> Result<(), Refusal> {
    let mut totals = work.totals(stack);
    totals.burned = totals.burned.checked_add(amount.units()).ok_or(Refusal::Overflow)?;
    work.set_totals(stack, totals);
    Ok(())
}

/// The account of a pool; made when it is first needed.
pub(crate) fn pool(work: &mut Work<'_>, name: &str) -> AccountId {
    let id = AccountId::pool(work.city().network, name);
    if work.account(&id).is_none() {
        let account = Account { pool: Some(name.to_owned()), ..Account::empty(AccountKind::Pool) };
        work.put(Key::Account(id), Record::Account(Box::new(account)));
    }
    id
}

/// An account may not be left with too many lots by a command.
pub(crate) fn check_lots(work: &Work<'_>, owner: &AccountId) -> Result<(), Refusal> {
    let lots = work.account(owner).map_or(0, |account| account.lots.len());
    if lots > LOTS_MAX { Err(Refusal::TooManyLots) } else { Ok(()) }
}

/// The id names no payment or hold of anybody yet.
pub(crate) fn check_unused(work: &Work<'_>, id: CommandId) -> Result<(), Refusal> {
    let used = work.get(&Key::Payment(id)).is_some() || work.get(&Key::Hold(id)).is_some();
    if used { Err(Refusal::IdConflict) } else { Ok(()) }
}
