//! Chores: a ward does something, a guardian confirms it, and it is paid (`docs/adr/0033`).
//!
//! What is paid on a payout day is a tick of its own, as a turn of an allowance is: it has its own place in the journal, and
//! one that comes to nothing changes no money, waits for it, and is told to guardian and ward.

use scoin_core::command::{AccountKind, Action, Chore, ChorePayout, ChoreWhen};
use scoin_core::outcome::{Effect, Refusal};
use scoin_core::{AccountId, Amount, CommandId, Timestamp};
use scoin_policy::civil::Date;

use super::retire::check_layer;
use super::{Asker, check_frozen, gift};
use crate::batch::EventKind;
use crate::state::{
    CHORE_OWED_MAX, CHORES_MAX, Due, Key, MARKS_MAX, Mark, MarkStanding, Owed, Payout, Record,
    Task, payout_after, payout_from,
};
use crate::work::{Decision, Work, already, not_found, out_of_range};
use crate::zone::Zone;

const PERSON: [AccountKind; 1] = [AccountKind::Person];

/// What is asked of chores.
pub(super) fn decide(work: &mut Work<'_>, asker: &Asker<'_>, action: &Action) -> Decision {
    if let Action::SetChore { ward, terms } = action {
        return set(work, asker, *ward, terms);
    }
    if let Action::MarkChore { chore, day } = action {
        return mark(work, asker, *chore, *day);
    }
    if let Action::AnswerChore { ward, chore, day, done, note } = action {
        return answer(work, asker, (*ward, *chore, *day), (*done, note.as_deref()));
    }
    let Action::EndChore { ward, chore } = action else { return Err(Refusal::NotAllowed) };
    end(work, asker, *ward, *chore)
}

/// A guardian sets a chore, with a key that has no cap of its own: payouts would pass it by.
fn set(work: &mut Work<'_>, asker: &Asker<'_>, ward: AccountId, terms: &Chore) -> Decision {
    check_frozen(asker.acting(work, &PERSON)?)?;
    check_guardian(work, asker, ward)?;
    if asker.key_room(work).is_some() {
        return Err(Refusal::KeyCap { left: Amount::ZERO });
    }
    if let Some(policy) = terms.policy {
        check_layer(work, policy, &asker.by)?;
        gift::new_layer(work, policy, asker.by)?;
    }
    let mut all = tasks(work, &ward).to_vec();
    if all.iter().any(|task| task.id == asker.id) {
        return Err(Refusal::IdConflict);
    }
    if all.len() >= CHORES_MAX {
        return Err(out_of_range("chore"));
    }
    let zone = Zone::named(&work.city().zone).ok_or(Refusal::Overflow)?;
    let next = terms.payout.day().and_then(|day| payout_after(day, &zone, work.now()));
    let task = Task {
        id: asker.id,
        by: asker.by,
        terms: terms.clone(),
        since: work.today().0,
        marks: Vec::new(),
        next,
        owed: Vec::new(),
        last: None,
    };
    schedule(work, ward, &task);
    all.push(task);
    all.sort_unstable_by_key(|task| task.id);
    keep(work, ward, all);
    Ok(told(work, asker.by, ward))
}

/// The ward says that it is done. A day that was given back may be marked again as long as it is kept.
fn mark(work: &mut Work<'_>, asker: &Asker<'_>, id: CommandId, day: i32) -> Decision {
    asker.acting(work, &PERSON)?;
    let mut all = tasks(work, &asker.by).to_vec();
    let task = all.iter_mut().find(|task| task.id == id).ok_or_else(|| not_found("chore"))?;
    let (now, today) = (work.now(), work.today());
    let before = task.marks.iter().position(|mark| mark.day == day);
    let standing = before.and_then(|at| task.marks.get(at)).map(|mark| mark.standing);
    if matches!(standing, Some(MarkStanding::Waiting | MarkStanding::Confirmed)) {
        return Err(already("chore"));
    }
    let is_open = task.terms.when == ChoreWhen::Once
        && task.marks.iter().any(|mark| mark.standing != MarkStanding::Returned);
    if is_open {
        return Err(already("chore"));
    }
    let is_new = day == today.0 || day == today.add_days(-1).0;
    let counts = day >= task.since && task.is_on(day);
    if !counts || !(is_new || standing == Some(MarkStanding::Returned)) {
        return Err(out_of_range("day"));
    }
    task.marks.retain(|mark| mark.day != day);
    task.marks.push(Mark { day, at: now, standing: MarkStanding::Waiting, note: None });
    task.marks.sort_unstable_by_key(|mark| mark.day);
    if task.marks.len() > MARKS_MAX {
        task.marks.remove(0);
    }
    let by = task.by;
    keep(work, asker.by, all);
    Ok(told(work, by, asker.by))
}

/// The guardian who set it confirms or gives back. A yes pays at once where the chore says so, or is refused with why not.
fn answer(
    work: &mut Work<'_>,
    asker: &Asker<'_>,
    (ward, id, day): (AccountId, CommandId, i32),
    (done, note): (bool, Option<&str>),
) -> Decision {
    asker.acting(work, &PERSON)?;
    check_guardian(work, asker, ward)?;
    let mut all = tasks(work, &ward).to_vec();
    let place = all.iter().position(|task| task.id == id && task.by == asker.by);
    let found = place.and_then(|at| Some((at, all.get_mut(at)?)));
    let Some((place, task)) = found else { return Err(not_found("chore")) };
    let waiting = |mark: &&mut Mark| mark.day == day && mark.standing == MarkStanding::Waiting;
    let mark = task.marks.iter_mut().find(waiting).ok_or_else(|| not_found("mark"))?;
    mark.standing = if done { MarkStanding::Confirmed } else { MarkStanding::Returned };
    mark.note = note.map(str::to_owned);
    let pays = done && task.terms.payout == ChorePayout::Confirmed;
    let (terms, is_over) = (task.terms.clone(), pays && task.terms.when == ChoreWhen::Once);
    if pays {
        let (at, amount) = (work.now(), terms.amount);
        let (confirmed, assigned, missed) = (1, 1, 0);
        task.last = Some(Payout { day, at, confirmed, assigned, paid: amount, missed });
    }
    if is_over {
        all.remove(place);
    }
    keep(work, ward, all);
    if !pays {
        return Ok(told(work, asker.by, ward));
    }
    check_frozen(work.known(&asker.by)?)?;
    asker.check_key(work, terms.amount)?;
    let paid = pay(work, (asker.by, ward), &terms, terms.amount)?;
    asker.spend_key(work, terms.amount);
    Ok(paid)
}

/// A guardian ends a chore.
fn end(work: &mut Work<'_>, asker: &Asker<'_>, ward: AccountId, id: CommandId) -> Decision {
    asker.acting(work, &PERSON)?;
    check_guardian(work, asker, ward)?;
    let mut all = tasks(work, &ward).to_vec();
    let place = all.iter().position(|task| task.id == id).ok_or_else(|| not_found("chore"))?;
    let task = all.remove(place);
    unschedule(work, ward, &task);
    keep(work, ward, all);
    Ok(told(work, task.by, ward))
}

/// A guardianship ended: its chores end with it.
pub(super) fn forget(work: &mut Work<'_>, ward: AccountId, guardian: AccountId) {
    let (gone, rest): (Vec<Task>, Vec<Task>) =
        tasks(work, &ward).iter().cloned().partition(|task| task.by == guardian);
    if gone.is_empty() {
        return;
    }
    for task in &gone {
        unschedule(work, ward, task);
    }
    keep(work, ward, rest);
}

/// Carries out what is due of a chore: a payout, or an owed one for which there may be money now.
///
/// The present entry must be a tick that has done nothing else: what a payout that fails has begun is dropped with it.
pub(super) fn turn(
    work: &mut Work<'_>,
    at: Timestamp,
    (ward, id): (AccountId, CommandId),
) -> Decision {
    let mut all = tasks(work, &ward).to_vec();
    let found = all.iter().position(|task| task.id == id);
    let Some((place, mut task)) = found.and_then(|at| Some((at, all.get(at)?.clone()))) else {
        work.clear_due(at, Due::Chore(ward, id));
        return Ok(Effect::Done);
    };
    let before = task.next.filter(|turn| turn.at <= work.now());
    let counted = count(work, &mut task);
    let todo = task.owed.first().copied();
    let result = match todo {
        Some(owed) => check_frozen(work.known(&task.by)?)
            .and_then(|()| pay(work, (task.by, ward), &task.terms, owed.amount)),
        None => Ok(Effect::Done),
    };
    if result.is_err() {
        work.drop_entry();
    }
    work.clear_due(at, Due::Chore(ward, id));
    if let Some(turn) = before {
        work.clear_due(turn.at, Due::Chore(ward, id));
    }
    note(work, (ward, &mut task), (todo, counted), &result);
    schedule(work, ward, &task);
    if let Some(kept) = all.get_mut(place) {
        *kept = task;
    }
    keep(work, ward, all);
    result
}

/// A payout day that came: what it earns joins what is owed, and the next one is on a later date. (confirmed, assigned,
/// amount) if one came.
fn count(work: &Work<'_>, task: &mut Task) -> Option<(u8, u8, Amount)> {
    let turn = task.next.filter(|turn| turn.at <= work.now())?;
    let assigned = (task.since..=turn.day).rev().take(7).filter(|day| task.is_on(*day)).count();
    let is_done = |mark: &&Mark| {
        mark.standing == MarkStanding::Confirmed && mark.day >= task.since && mark.day <= turn.day
    };
    let confirmed = task.marks.iter().filter(is_done).count().min(assigned);
    let small = |number: usize| u8::try_from(number).unwrap_or(u8::MAX);
    let (confirmed, assigned) = (small(confirmed), small(assigned));
    let amount = earned(&task.terms, confirmed, assigned);
    if !amount.is_zero() {
        task.owed.push(Owed { day: turn.day, amount });
    }
    task.since = turn.day.saturating_add(1);
    let since = task.since;
    task.marks.retain(|mark| mark.day >= since);
    let zone = Zone::named(&work.city().zone);
    let day = task.terms.payout.day();
    let later = Date(turn.day).add_days(1);
    task.next = zone.zip(day).and_then(|(zone, day)| payout_from(day, &zone, later));
    Some((confirmed, assigned, amount))
}

/// What so many confirmed days of a week earn.
fn earned(terms: &Chore, confirmed: u8, assigned: u8) -> Amount {
    match terms.payout {
        ChorePayout::AllOrNothing(_) if confirmed == assigned && assigned > 0 => terms.amount,
        ChorePayout::AllOrNothing(_) | ChorePayout::Confirmed => Amount::ZERO,
        ChorePayout::Partial(_) => {
            let units = u128::from(terms.amount.units()).saturating_mul(u128::from(confirmed));
            let share = units.checked_div(u128::from(assigned)).unwrap_or(0);
            Amount::new(u64::try_from(share).unwrap_or(0))
        }
    }
}

/// Plain coins of the guardian, under the layer of the chore.
fn pay(
    work: &mut Work<'_>,
    (guardian, ward): (AccountId, AccountId),
    terms: &Chore,
    amount: Amount,
) -> Decision {
    if let Some(policy) = terms.policy {
        check_layer(work, policy, &guardian)?;
    }
    // The first thing told of an entry is what its history shows.
    work.tell(guardian, EventKind::ChorePaid, amount, Some(ward));
    work.tell(ward, EventKind::ChoreEarned, amount, Some(guardian));
    gift::hand_over(work, (guardian, ward), amount, (terms.policy, gift::Of::Plain))
}

/// Write down what became of a payout, and tell both sides of one that fell due and was missed.
fn note(
    work: &mut Work<'_>,
    (ward, task): (AccountId, &mut Task),
    (todo, counted): (Option<Owed>, Option<(u8, u8, Amount)>),
    result: &Decision,
) {
    let (now, by) = (work.now(), task.by);
    let missed = result.as_ref().err().map_or(0, Refusal::code);
    let paid = todo.filter(|_| missed == 0).map_or(Amount::ZERO, |owed| owed.amount);
    let (confirmed, assigned) = match (counted, task.last) {
        (Some((confirmed, assigned, _)), _) => (confirmed, assigned),
        (None, Some(last)) => (last.confirmed, last.assigned),
        (None, None) => (0, 0),
    };
    let day = match (todo, task.last) {
        (Some(owed), _) => owed.day,
        (None, _) => task.since.saturating_sub(1),
    };
    task.last = Some(Payout { day, at: now, confirmed, assigned, paid, missed });
    let Some(owed) = todo else {
        if counted.is_some() {
            told(work, by, ward);
        }
        return;
    };
    if missed == 0 {
        task.owed.remove(0);
        if !task.owed.is_empty() {
            work.set_due(now, Due::Chore(ward, task.id));
        }
        return;
    }
    if task.owed.len() > CHORE_OWED_MAX {
        task.owed.pop();
    }
    if counted.is_some_and(|(_, _, amount)| !amount.is_zero()) {
        work.tell(by, EventKind::ChoreUnpaid, owed.amount, Some(ward));
        work.tell(ward, EventKind::ChoreMissed, owed.amount, Some(by));
    }
}

/// There may be money now for payouts that wait: try them with the next tick.
pub(super) fn wake(work: &mut Work<'_>, guardian: AccountId) {
    let wards = work.account(&guardian).map(|account| account.wards.clone()).unwrap_or_default();
    for ward in wards {
        let waits = |task: &&Task| task.by == guardian && !task.owed.is_empty();
        let ids: Vec<CommandId> =
            tasks(work, &ward).iter().filter(waits).map(|task| task.id).collect();
        for id in ids {
            work.set_due(work.now(), Due::Chore(ward, id));
        }
    }
}

fn check_guardian(work: &Work<'_>, asker: &Asker<'_>, ward: AccountId) -> Result<(), Refusal> {
    // Who is no guardian does not learn whether there is such a ward.
    let account = work.account(&ward).filter(|ward| ward.guardians.contains(&asker.by));
    account.map(|_| ()).ok_or(Refusal::NotAllowed)
}

fn told(work: &mut Work<'_>, guardian: AccountId, ward: AccountId) -> Effect {
    work.tell(guardian, EventKind::Changed, Amount::ZERO, Some(ward));
    work.tell(ward, EventKind::Changed, Amount::ZERO, Some(guardian));
    Effect::Done
}

fn schedule(work: &mut Work<'_>, ward: AccountId, task: &Task) {
    if let Some(turn) = task.next {
        work.set_due(turn.at, Due::Chore(ward, task.id));
    }
}

fn unschedule(work: &mut Work<'_>, ward: AccountId, task: &Task) {
    if let Some(turn) = task.next {
        work.clear_due(turn.at, Due::Chore(ward, task.id));
    }
}

fn tasks<'w>(work: &'w Work<'_>, ward: &AccountId) -> &'w [Task] {
    match work.get(&Key::Chores(*ward)) {
        Some(Record::Chores(tasks)) => tasks,
        _ => &[],
    }
}

fn keep(work: &mut Work<'_>, ward: AccountId, all: Vec<Task>) {
    if all.is_empty() {
        work.remove(Key::Chores(ward));
    } else {
        work.put(Key::Chores(ward), Record::Chores(all));
    }
}
