//! What must always be true of the books (design 4, I1 to I10).
//!
//! What one entry touched is checked inside [`crate::apply`], in release builds too; [`check_all`] and [`recount`] check
//! everything.

use std::collections::{BTreeMap, BTreeSet};

use scoin_core::{AccountId, Amount, CommandId, LotId, StackId};

use crate::age::day_begins;
use crate::frame::Frame;
use crate::replay::replay;
use crate::scope;
use crate::state::{Account, Allowed, Due, Key, Place, Record, State, Task, Totals, Turn, View};
use crate::work::Work;

/// A broken invariant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Breach {
    /// I1: the lots of a stack do not add up to its totals.
    #[error("I1: the coins of stack {} do not add up", .0.to_hex())]
    Conservation(StackId),
    /// I2: more is held than there is, or a lot is empty.
    #[error("I2: lot {} of account {} is not sound", .1.0, .0.to_hex())]
    Lot(AccountId, LotId),
    /// I3: a counter is above its limit, or differs from a recount.
    #[error("I3: a counter of account {} is wrong", .0.to_hex())]
    Counter(AccountId),
    /// I4: the hash chain or a root does not verify.
    #[error("I4: frame {0} does not follow from the one before")]
    Chain(u64),
    /// I5: replaying a frame gives another state.
    #[error("I5: frame {0} replays to another state")]
    Replay(u64),
    /// I6: a command has two answers.
    #[error("I6: command {} has two answers", .0.to_hex())]
    Answer(CommandId),
    /// I8: time does not increase.
    #[error("I8: the time of frame {0} is not after that of the one before")]
    Time(u64),
    /// I9: more money was made than approved.
    #[error("I9: more was minted than approved")]
    Minted,
    /// I10: a hold past its deadline, a lot past its end, a turn of an allowance or a payout is not known to the tick.
    #[error("I10: something due of account {} is forgotten", .0.to_hex())]
    Overdue(AccountId),
    /// I11: the business days of a shop do not add up to its payments and refunds, or a closed one was changed.
    #[error("I11: the business days of shop {} are wrong", .0.to_hex())]
    Takings(AccountId),
}

/// The cheap checks on everything the present entry touched.
pub(crate) fn check_entry(work: &mut Work<'_>) {
    let mut moved: BTreeMap<StackId, i128> = BTreeMap::new();
    let mut breach = None;
    work.settle();
    for (key, record) in work.entry() {
        let before = work.get_before(key);
        match key {
            Key::Account(id) => {
                let after = account_of(record.as_ref());
                add_lots(&mut moved, after, 1);
                add_lots(&mut moved, account_of(before), -1);
                breach = breach.or_else(|| after.and_then(|account| unsound(id, account)));
            }
            Key::Totals(stack) => {
                let of = |record: Option<&Record>| totals_of(record).in_lots();
                let change = of(record.as_ref()).saturating_sub(of(before));
                let sum = moved.entry(*stack).or_default();
                *sum = sum.saturating_sub(change);
            }
            Key::Answer(_, id) if before.is_some() && record.is_some() => {
                breach = breach.or(Some(Breach::Answer(*id)));
            }
            Key::ClosedDay(shop, _) if before.is_some() => {
                breach = breach.or(Some(Breach::Takings(*shop)));
            }
            Key::City
            | Key::Head
            | Key::Answer(..)
            | Key::Hold(_)
            | Key::Payment(_)
            | Key::Request(..)
            | Key::Policy(_)
            | Key::Module(_)
            | Key::Name(_)
            | Key::Program(_)
            | Key::List(_)
            | Key::Calendar(_)
            | Key::Proposal(_)
            | Key::Evidence(..)
            | Key::Stack(_)
            | Key::Counters(_)
            | Key::Due(..)
            | Key::Version(..)
            | Key::Retired(_)
            | Key::Proof(..)
            | Key::Offer(..)
            | Key::Guards(_)
            | Key::Family(_)
            | Key::Allowances(_)
            | Key::AllowancesTo(_)
            | Key::Confirmed(..)
            | Key::Shared(_)
            | Key::Devices(_)
            | Key::Recovery(_)
            | Key::OpenDay(_)
            | Key::ClosedDay(..)
            | Key::Tills(_)
            | Key::Chores(_)
            | Key::Givers(_) => {}
        }
    }
    let lost = moved.into_iter().find(|(_, sum)| *sum != 0);
    breach = breach.or(lost.map(|(stack, _)| Breach::Conservation(stack)));
    let head = work.head();
    if head.minted > head.approved {
        breach = breach.or(Some(Breach::Minted));
    }
    if let Some(breach) = breach {
        work.broken(breach);
    }
}

fn account_of(record: Option<&Record>) -> Option<&Account> {
    match record {
        Some(Record::Account(account)) => Some(account),
        _ => None,
    }
}

fn totals_of(record: Option<&Record>) -> Totals {
    match record {
        Some(Record::Totals(totals)) => *totals,
        _ => Totals::default(),
    }
}

fn add_lots(sums: &mut BTreeMap<StackId, i128>, account: Option<&Account>, sign: i128) {
    for lot in account.map(|account| account.lots.as_slice()).unwrap_or_default() {
        let sum = sums.entry(lot.stack).or_default();
        *sum = sum.saturating_add(i128::from(lot.amount.units()).saturating_mul(sign));
    }
}

fn unsound(id: &AccountId, account: &Account) -> Option<Breach> {
    let bad = account.lots.iter().find(|lot| lot.amount.is_zero() || lot.held > lot.amount);
    let sorted = account.lots.is_sorted_by(|a, b| a.id < b.id);
    let bad = bad.or_else(|| account.lots.first().filter(|_| !sorted));
    bad.map(|lot| Breach::Lot(*id, lot.id))
}

/// Check everything that can be checked in a state alone. Empty if the books are sound.
pub fn check_all(state: &State) -> Vec<Breach> {
    let mut breaches = Vec::new();
    let mut sums: BTreeMap<StackId, i128> = BTreeMap::new();
    let mut totals: BTreeMap<StackId, i128> = BTreeMap::new();
    let mut held: BTreeMap<(AccountId, LotId), u64> = BTreeMap::new();
    for (key, record) in state.iter() {
        match (key, record) {
            (Key::Account(id), Record::Account(account)) => {
                breaches.extend(unsound(id, account));
                add_lots(&mut sums, Some(account), 1);
                for lot in account.lots.iter().filter(|lot| !lot.held.is_zero()) {
                    held.insert((*id, lot.id), lot.held.units());
                }
            }
            (Key::Totals(stack), Record::Totals(of)) => {
                totals.insert(*stack, of.in_lots());
            }
            (Key::Head, Record::Head(last)) if last.minted > last.approved => {
                breaches.push(Breach::Minted);
            }
            _ => {}
        }
    }
    let stacks: BTreeSet<StackId> = sums.keys().chain(totals.keys()).copied().collect();
    let differs = |stack: &StackId| {
        sums.get(stack).copied().unwrap_or(0) != totals.get(stack).copied().unwrap_or(0)
    };
    breaches.extend(stacks.into_iter().filter(differs).map(Breach::Conservation));
    breaches.extend(check_holds(state, held));
    breaches.extend(check_due(state));
    breaches.extend(check_counters(state));
    breaches.extend(check_takings(state));
    breaches
}

/// A counter: where it is kept, whose it is, what it counts, on which day.
type Counted = (Place, [u8; 16], [u8; 16], i32);

/// I3: every counter is what the payments and holds in the state add up to. Programmes also count what was earned by
/// reports, of which only the evidence is kept, so theirs may be greater.
fn check_counters(state: &State) -> Vec<Breach> {
    let mut sums: BTreeMap<Counted, (u64, u64)> = BTreeMap::new();
    let mut programs: BTreeSet<[u8; 16]> = BTreeSet::new();
    for (key, record) in state.iter() {
        let paid = match (key, record) {
            (_, Record::Payment(paid)) => paid.as_ref(),
            (_, Record::Hold(kept)) => &kept.paid,
            (Key::Program(name), _) => {
                programs.insert(scope::program(name));
                continue;
            }
            _ => continue,
        };
        let earned = paid.rewards.iter().flat_map(|reward| &reward.charges);
        for charge in paid.charges.iter().chain(earned) {
            let at = (charge.place, charge.scope, charge.measure, charge.day);
            let sum = sums.entry(at).or_default();
            sum.0 = sum.0.saturating_add(charge.amount.units());
            sum.1 = sum.1.saturating_add(charge.count);
        }
    }
    let mut breaches = Vec::new();
    for (key, record) in state.iter() {
        let (place, counters, owner) = match (key, record) {
            (Key::Account(id), Record::Account(account)) => {
                (Place::Account(*id), &account.counters, *id)
            }
            (Key::Counters(shared), Record::Counters(counters)) => {
                (Place::Shared(*shared), counters.as_ref(), AccountId([0; 20]))
            }
            _ => continue,
        };
        let wrong = counters.buckets().any(|bucket| {
            let at = (place, bucket.scope, bucket.measure, bucket.day);
            let (amount, count) = sums.get(&at).copied().unwrap_or_default();
            let (has, times) = (bucket.amount.units(), bucket.count);
            if programs.contains(&bucket.scope) {
                has < amount || times < count
            } else {
                (has, times) != (amount, count)
            }
        });
        breaches.extend(wrong.then_some(Breach::Counter(owner)));
    }
    breaches
}

/// I11: what a shop's days say it took and gave back is what its payments say.
fn check_takings(state: &State) -> Vec<Breach> {
    let mut sums: BTreeMap<AccountId, (i128, i128)> = BTreeMap::new();
    let mut add = |shop: &AccountId, gross: Amount, refunded: Amount, sign: i128| {
        let sum = sums.entry(*shop).or_default();
        let signed = |amount: Amount| i128::from(amount.units()).saturating_mul(sign);
        sum.0 = sum.0.saturating_add(signed(gross));
        sum.1 = sum.1.saturating_add(signed(refunded));
    };
    for (key, record) in state.iter() {
        match (key, record) {
            (_, Record::Payment(paid)) => add(&paid.merchant, paid.amount, paid.refunded, 1),
            (Key::OpenDay(shop), Record::OpenDay(day)) => add(shop, day.gross, day.refunded, -1),
            (Key::ClosedDay(shop, _), Record::ClosedDay(day)) => {
                add(shop, day.takings.gross, day.takings.refunded, -1);
            }
            _ => {}
        }
    }
    let wrong = sums.into_iter().filter(|(_, sum)| *sum != (0, 0));
    wrong.map(|(shop, _)| Breach::Takings(shop)).collect()
}

/// What lots hold is exactly what open holds have set aside.
fn check_holds(state: &State, mut held: BTreeMap<(AccountId, LotId), u64>) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for (_, record) in state.iter() {
        let Record::Hold(kept) = record else { continue };
        for part in kept.paid.parts.iter().filter(|_| kept.open) {
            let key = (kept.paid.payer, part.lot);
            match held.get_mut(&key).map(|sum| (sum.checked_sub(part.amount.units()), sum)) {
                Some((Some(rest), sum)) => *sum = rest,
                _ => breaches.push(Breach::Lot(key.0, key.1)),
            }
        }
    }
    let left = held.into_iter().filter(|(_, sum)| *sum != 0);
    breaches.extend(left.map(|((account, lot), _)| Breach::Lot(account, lot)));
    breaches
}

/// I10: every lot that ends or melts, every open hold, every next turn of an allowance, every payout of a chore and the end
/// of every guardianship is known to the tick.
fn check_due(state: &State) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for (key, record) in state.iter() {
        if let (Key::Hold(id), Record::Hold(kept)) = (key, record)
            && kept.open
            && state.get(&Key::Due(kept.deadline, Due::Hold(*id))).is_none()
        {
            breaches.push(Breach::Overdue(kept.paid.payer));
        }
        if let (Key::Allowances(giver), Record::Allowances(given)) = (key, record) {
            let known = |one: &Allowed, turn: Turn| {
                state.get(&Key::Due(turn.at, Due::Allowance(*giver, one.id))).is_some()
            };
            let forgotten = given.iter().any(|one| one.next.is_some_and(|turn| !known(one, turn)));
            breaches.extend(forgotten.then_some(Breach::Overdue(*giver)));
        }
        if let (Key::Chores(ward), Record::Chores(tasks)) = (key, record) {
            let known = |task: &Task, turn: Turn| {
                state.get(&Key::Due(turn.at, Due::Chore(*ward, task.id))).is_some()
            };
            let forgotten =
                tasks.iter().any(|task| task.next.is_some_and(|turn| !known(task, turn)));
            breaches.extend(forgotten.then_some(Breach::Overdue(*ward)));
        }
        let (Key::Account(id), Record::Account(account)) = (key, record) else { continue };
        breaches.extend(unwatched(state, id, account).then_some(Breach::Overdue(*id)));
        let forgotten = account.lots.iter().find(|lot| {
            lot.due().is_some_and(|at| state.get(&Key::Due(at, Due::Lot(*id, lot.id))).is_none())
        });
        breaches.extend(forgotten.map(|_| Breach::Overdue(*id)));
    }
    breaches
}

/// Somebody has guardians, and nothing will end that on the day it must end.
fn unwatched(state: &State, id: &AccountId, account: &Account) -> bool {
    let day = account.attributes.as_deref().and_then(|known| known.of_age_from);
    let Some(day) = day.filter(|_| !account.guardians.is_empty()) else { return false };
    let Some(Record::City(city)) = state.get(&Key::City) else { return true };
    state.get(&Key::Due(day_begins(city, day), Due::OfAge(*id))).is_none()
}

/// Replay frames from the first and compare every chain, digest and outcome with what they say; check the state they
/// come to. Every signature is checked again. Counters are compared too: they are part of the state.
pub fn recount(frames: &[Frame]) -> Vec<Breach> {
    match replay(frames) {
        Ok(state) => check_all(&state),
        Err(breach) => vec![breach],
    }
}
