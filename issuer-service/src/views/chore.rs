//! Chores of a ward.

use scoin_api::encode::date_text;
use scoin_api::{ChoreBody, MarkBody, OwedBody, PayoutBody};
use scoin_core::command::{ChorePayout, ChoreWhen};
use scoin_core::{AccountId, PolicyId};
use scoin_ledger::state::{Mark, MarkStanding, Payout, Task};
use scoin_ledger::{Key, Record, State, View};

use super::name_and_title;

/// Every chore of a ward, by the id of the command that set it.
pub(super) fn chores(state: &State, ward: AccountId) -> Vec<ChoreBody> {
    match state.get(&Key::Chores(ward)) {
        Some(Record::Chores(tasks)) => tasks.iter().map(|task| body(state, task)).collect(),
        _ => Vec::new(),
    }
}

fn body(state: &State, task: &Task) -> ChoreBody {
    let terms = &task.terms;
    let named = terms.policy.map(|policy| name_and_title(state, policy));
    let (name, title) = named.map_or_else(Default::default, |(name, title)| (Some(name), title));
    let payout = match terms.payout {
        ChorePayout::Confirmed => "confirmed",
        ChorePayout::AllOrNothing(_) => "all-or-nothing",
        ChorePayout::Partial(_) => "partial",
    };
    let pay = terms.payout.day();
    let owed = task.owed.iter();
    ChoreBody {
        id: task.id.to_hex(),
        guardian: task.by.to_string(),
        text: terms.text.clone(),
        amount: terms.amount.units(),
        policy: terms.policy.map(PolicyId::to_hex),
        name,
        title,
        days: days(terms.when),
        payout: payout.to_owned(),
        pay_on: pay.map(|day| day.on),
        pay_at: pay.map(|day| format!("{:02}:{:02}", day.minute / 60, day.minute % 60)),
        since: date_text(task.since),
        marks: task.marks.iter().map(mark).collect(),
        next: task.next.map(|turn| turn.at.into()),
        owed: owed
            .map(|owed| OwedBody { date: date_text(owed.day), amount: owed.amount.units() })
            .collect(),
        last: task.last.as_ref().map(last),
    }
}

fn days(when: ChoreWhen) -> Vec<u8> {
    match when {
        ChoreWhen::Once => Vec::new(),
        ChoreWhen::Weekly(bits) => {
            (1..=7).zip(0..).filter(|(_, bit)| (bits >> bit) & 1 == 1).map(|(day, _)| day).collect()
        }
    }
}

fn mark(mark: &Mark) -> MarkBody {
    let standing = match mark.standing {
        MarkStanding::Waiting => "waiting",
        MarkStanding::Confirmed => "confirmed",
        MarkStanding::Returned => "returned",
    };
    MarkBody {
        date: date_text(mark.day),
        at: mark.at.into(),
        standing: standing.to_owned(),
        note: mark.note.clone(),
    }
}

fn last(payout: &Payout) -> PayoutBody {
    PayoutBody {
        date: date_text(payout.day),
        time: payout.at.into(),
        confirmed: payout.confirmed,
        assigned: payout.assigned,
        paid: payout.paid.units(),
        missed: super::allowance::name_of(payout.missed).map(str::to_owned),
    }
}
