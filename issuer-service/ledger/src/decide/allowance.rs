//! Allowances: gifts that repeat on civil dates (`docs/adr/0026`).
//!
//! Every turn is one tick of its own, so that it has its own place in the journal and its own answer there. A turn that
//! comes to nothing changes no money, moves on to its next date and is told to giver and receiver.

use scoin_core::command::{AHEAD_MICROS_MAX, AccountKind, Action, Allowance, CatchUp};
use scoin_core::outcome::{Effect, Refusal};
use scoin_core::{AccountId, Amount, CommandId, Timestamp};
use scoin_policy::civil::Date;

use super::retire::check_layer;
use super::{Asker, age, check_frozen, chore, gift, givers, insert_sorted};
use crate::batch::EventKind;
use crate::coins::plain_of;
use crate::state::{
    ALLOWANCES_MAX, ALLOWANCES_TO_MAX, Allowed, Due, Key, LastTurn, OWED_MAX, Owed, Record, Source,
    Turn, turn_after, turn_from,
};
use crate::work::{Decision, Work, not_found, out_of_range};
use crate::zone::Zone;

const PERSON: [AccountKind; 1] = [AccountKind::Person];

/// What is asked of allowances.
pub(super) fn decide(work: &mut Work<'_>, asker: &Asker<'_>, action: &Action) -> Decision {
    if let Action::SetAllowance { to, terms } = action {
        return set(work, asker, *to, terms);
    }
    if let Action::ChangeAllowance { allowance, terms } = action {
        return change(work, asker, *allowance, terms);
    }
    let Action::EndAllowance { giver, allowance } = action else { return Err(Refusal::NotAllowed) };
    end(work, asker, *giver, *allowance)
}

/// A person gives another one coins again and again.
fn set(work: &mut Work<'_>, asker: &Asker<'_>, to: AccountId, terms: &Allowance) -> Decision {
    check_giver(work, asker, terms)?;
    if to == asker.by {
        return Err(out_of_range("to"));
    }
    if work.known(&to)?.kind != AccountKind::Person {
        return Err(not_found("account"));
    }
    givers::check(work, &asker.by, &to)?;
    let mut all = given_by(work, &asker.by);
    if all.iter().any(|one| one.id == asker.id) {
        return Err(Refusal::IdConflict);
    }
    let is_guardian = work.known(&to)?.guardians.contains(&asker.by);
    let mut sources = given_to(work, &to);
    let is_full = sources.len() >= ALLOWANCES_TO_MAX && !is_guardian;
    if all.len() >= ALLOWANCES_MAX || is_full {
        return Err(out_of_range("allowance"));
    }
    let next = Some(first_turn(work, terms)?);
    let one =
        Allowed { id: asker.id, to, terms: terms.clone(), next, owed: Vec::new(), last: None };
    schedule(work, asker.by, &one);
    all.push(one);
    all.sort_unstable_by_key(|one| one.id);
    keep(work, asker.by, all);
    insert_sorted(&mut sources, (asker.by, asker.id));
    keep_sources(work, to, sources);
    Ok(told(work, asker.by, to))
}

/// The giver changes an allowance. What is owed stays owed if turns still wait for money, else it is left out.
fn change(work: &mut Work<'_>, asker: &Asker<'_>, id: CommandId, terms: &Allowance) -> Decision {
    check_giver(work, asker, terms)?;
    let mut all = given_by(work, &asker.by);
    let one = all.iter_mut().find(|one| one.id == id).ok_or_else(|| not_found("allowance"))?;
    let next = Some(first_turn(work, terms)?);
    unschedule(work, asker.by, one);
    (one.terms, one.next) = (terms.clone(), next);
    if terms.catch_up != CatchUp::Queue {
        one.owed.clear();
    }
    schedule(work, asker.by, one);
    let to = one.to;
    keep(work, asker.by, all);
    Ok(told(work, asker.by, to))
}

/// The giver, the receiver or a guardian of the receiver ends an allowance.
fn end(work: &mut Work<'_>, asker: &Asker<'_>, giver: AccountId, id: CommandId) -> Decision {
    asker.acting(work, &PERSON)?;
    let mut all = given_by(work, &giver);
    let found = all.iter().position(|one| one.id == id);
    let to = found.and_then(|at| all.get(at)).map(|one| one.to);
    let guards = |to: &AccountId| {
        work.account(to).is_some_and(|account| account.guardians.contains(&asker.by))
    };
    // Who has no part in it does not learn whether there is one.
    let (Some(at), Some(to)) =
        (found, to.filter(|to| asker.by == giver || asker.by == *to || guards(to)))
    else {
        return Err(not_found("allowance"));
    };
    let one = all.remove(at);
    unschedule(work, giver, &one);
    forget(work, giver, &one, all);
    Ok(told(work, giver, to))
}

/// Only a person gives, with a key that has no cap of its own: a cap a day would be none if turns passed it by.
fn check_giver(work: &Work<'_>, asker: &Asker<'_>, terms: &Allowance) -> Result<(), Refusal> {
    check_frozen(asker.acting(work, &PERSON)?)?;
    if asker.key_room(work).is_some() {
        return Err(Refusal::KeyCap { left: Amount::ZERO });
    }
    if let Some(policy) = terms.policy {
        check_layer(work, policy, &asker.by)?;
        gift::new_layer(work, policy, asker.by)?;
    }
    Ok(())
}

/// The first turn of new terms: it must come, and not later than a year ahead.
fn first_turn(work: &Work<'_>, terms: &Allowance) -> Result<Turn, Refusal> {
    let zone = Zone::named(&work.city().zone).ok_or(Refusal::Overflow)?;
    let now = work.now();
    let ahead = zone.date(now.saturating_add_micros(AHEAD_MICROS_MAX));
    if Date(terms.from) > ahead {
        return Err(out_of_range("from"));
    }
    turn_after(terms, &zone, now).ok_or_else(|| out_of_range("until"))
}

/// Carries out what is due of an allowance at `at`: a turn, or an owed one for which there may be money now.
///
/// The present entry must be a tick that has done nothing else: what a turn that fails has begun is dropped with it.
pub(crate) fn turn(
    work: &mut Work<'_>,
    at: Timestamp,
    (giver, id): (AccountId, CommandId),
) -> Decision {
    let mut all = given_by(work, &giver);
    let found = all.iter().position(|one| one.id == id);
    let Some((place, mut one)) = found.and_then(|at| Some((at, all.get(at)?.clone()))) else {
        work.clear_due(at, Due::Allowance(giver, id));
        return Ok(Effect::Done);
    };
    let before = one.next;
    let is_due = join_owed(work, &mut one);
    let Some(todo) = one.owed.first().copied() else {
        work.clear_due(at, Due::Allowance(giver, id));
        return Ok(Effect::Done);
    };
    let result = settled(work, giver, one.to).and_then(|()| give(work, giver, &one, todo.amount));
    if result.is_err() {
        work.drop_entry();
    }
    work.clear_due(at, Due::Allowance(giver, id));
    if let Some(turn) = before.filter(|_| is_due) {
        work.clear_due(turn.at, Due::Allowance(giver, id));
    }
    note(work, (giver, &mut one), (todo, is_due), &result);
    schedule(work, giver, &one);
    let is_over = one.next.is_none() && one.owed.is_empty();
    if is_over {
        all.remove(place);
        forget(work, giver, &one, all);
    } else {
        if let Some(kept) = all.get_mut(place) {
            *kept = one;
        }
        keep(work, giver, all);
    }
    result
}

/// A turn that is due joins what waits, and the next one is on a later date, however late this one is.
fn join_owed(work: &Work<'_>, one: &mut Allowed) -> bool {
    let Some(turn) = one.next.filter(|turn| turn.at <= work.now()) else { return false };
    one.owed.push(Owed { day: turn.day, amount: one.terms.amount });
    let zone = Zone::named(&work.city().zone);
    one.next = zone.and_then(|zone| turn_from(&one.terms, &zone, Date(turn.day).add_days(1)));
    true
}

/// Whoever is of age by now gives and is given as somebody without guardians.
fn settled(work: &mut Work<'_>, giver: AccountId, to: AccountId) -> Result<(), Refusal> {
    age::settle(work, giver)?;
    age::settle(work, to)
}

/// Plain coins of the giver, under the layer of the allowance.
fn give(work: &mut Work<'_>, giver: AccountId, one: &Allowed, amount: Amount) -> Decision {
    check_frozen(work.known(&giver)?)?;
    givers::check(work, &giver, &one.to)?;
    if let Some(policy) = one.terms.policy {
        check_layer(work, policy, &giver)?;
    }
    let have = plain_of(work, &giver);
    let amount = match one.terms.catch_up {
        CatchUp::Partial if have.is_zero() => return Err(Refusal::NotEnough { have }),
        CatchUp::Partial => amount.min(have),
        CatchUp::Skip | CatchUp::Queue => amount,
    };
    gift::hand_over(work, (giver, one.to), amount, (one.terms.policy, gift::Of::Plain))
}

/// Write down what became of a turn, and tell both sides of one that fell due and was missed.
fn note(
    work: &mut Work<'_>,
    (giver, one): (AccountId, &mut Allowed),
    (todo, is_due): (Owed, bool),
    result: &Decision,
) {
    let (now, id) = (work.now(), one.id);
    let paid = match result {
        Ok(Effect::Moved { amount, .. }) => *amount,
        Ok(_) | Err(_) => Amount::ZERO,
    };
    let missed = result.as_ref().err().map_or(0, Refusal::code);
    one.last = Some(LastTurn { day: todo.day, at: now, paid, missed });
    let waits = one.terms.catch_up == CatchUp::Queue;
    if missed == 0 {
        one.owed.remove(0);
        if !one.owed.is_empty() {
            work.set_due(now, Due::Allowance(giver, id));
        }
    } else if is_due {
        if !waits || one.owed.len() > OWED_MAX {
            one.owed.pop();
        }
        work.tell(giver, EventKind::Unpaid, one.terms.amount, Some(one.to));
        work.tell(one.to, EventKind::Missed, one.terms.amount, Some(giver));
    }
}

/// What the present entry told may mean that there is money now for turns that wait: try them with the next tick.
pub(crate) fn wake(work: &mut Work<'_>) {
    let may_help = |kind: EventKind| {
        use EventKind::{Changed, Received, Refunded, Released};
        matches!(kind, Changed | Received | Refunded | Released)
    };
    let told = work.told().iter().filter(|event| may_help(event.kind));
    let waiting: Vec<Source> = told
        .flat_map(|event| {
            let all = allowances(work, &event.account).iter();
            all.filter(|one| !one.owed.is_empty()).map(|one| (event.account, one.id))
        })
        .collect();
    let accounts: Vec<AccountId> = {
        let told = work.told().iter().filter(|event| may_help(event.kind));
        told.map(|event| event.account).collect()
    };
    for (giver, id) in waiting {
        work.set_due(work.now(), Due::Allowance(giver, id));
    }
    for account in accounts {
        chore::wake(work, account);
    }
}

fn told(work: &mut Work<'_>, giver: AccountId, to: AccountId) -> Effect {
    work.tell(giver, EventKind::Changed, Amount::ZERO, Some(to));
    work.tell(to, EventKind::Changed, Amount::ZERO, Some(giver));
    Effect::Done
}

fn schedule(work: &mut Work<'_>, giver: AccountId, one: &Allowed) {
    if let Some(turn) = one.next {
        work.set_due(turn.at, Due::Allowance(giver, one.id));
    }
}

fn unschedule(work: &mut Work<'_>, giver: AccountId, one: &Allowed) {
    if let Some(turn) = one.next {
        work.clear_due(turn.at, Due::Allowance(giver, one.id));
    }
}

fn allowances<'w>(work: &'w Work<'_>, giver: &AccountId) -> &'w [Allowed] {
    match work.get(&Key::Allowances(*giver)) {
        Some(Record::Allowances(all)) => all,
        _ => &[],
    }
}

fn given_by(work: &Work<'_>, giver: &AccountId) -> Vec<Allowed> {
    allowances(work, giver).to_vec()
}

fn given_to(work: &Work<'_>, to: &AccountId) -> Vec<Source> {
    match work.get(&Key::AllowancesTo(*to)) {
        Some(Record::AllowancesTo(sources)) => sources.clone(),
        _ => Vec::new(),
    }
}

fn keep(work: &mut Work<'_>, giver: AccountId, all: Vec<Allowed>) {
    if all.is_empty() {
        work.remove(Key::Allowances(giver));
    } else {
        work.put(Key::Allowances(giver), Record::Allowances(all));
    }
}

fn keep_sources(work: &mut Work<'_>, to: AccountId, sources: Vec<Source>) {
    if sources.is_empty() {
        work.remove(Key::AllowancesTo(to));
    } else {
        work.put(Key::AllowancesTo(to), Record::AllowancesTo(sources));
    }
}

/// An allowance is over: `rest` is what its giver still gives.
fn forget(work: &mut Work<'_>, giver: AccountId, one: &Allowed, rest: Vec<Allowed>) {
    keep(work, giver, rest);
    let mut sources = given_to(work, &one.to);
    sources.retain(|source| *source != (giver, one.id));
    keep_sources(work, one.to, sources);
}
