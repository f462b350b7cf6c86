//! A city service reports a fact; programmes reward it, once for each evidence.

use scoin_core::command::{AccountKind, Action};
use scoin_core::outcome::{Effect, Refusal};
use scoin_policy::ir::Trigger;

use super::{Asker, merchant, reward};
use crate::facts::{Report, Someone};
use crate::state::{Key, Record};
use crate::work::{Decision, Work, already, not_found};

/// Rewards a reported fact.
pub(super) fn earn(work: &mut Work<'_>, asker: &Asker<'_>, action: &Action) -> Decision {
    let Action::Earn { account, event, evidence, amount, days_early, role } = action else {
        return Err(Refusal::NotAllowed);
    };
    let kind = asker.acting(work, &[AccountKind::Service, AccountKind::Officer])?.kind;
    if kind == AccountKind::Service {
        merchant::check_open(work, &asker.by)?;
    }
    let person = work.known(account)?;
    if person.kind != AccountKind::Person {
        return Err(not_found("account"));
    }
    let report = Report {
        person: Someone::new(account, person, work.today()),
        amount: *amount,
        actor: asker.by.to_string(),
        role: role.clone(),
        days_early: *days_early,
        now: work.now(),
    };
    let (facts, on) = (report.facts(), Trigger::Earn(event.clone()));
    let occasion = reward::Occasion { on: &on, earner: *account, facts: &facts, same: None };
    let programs = reward::programs(work, &on);
    let fresh: Vec<_> = programs
        .iter()
        .filter(|entry| {
            let key = Key::Evidence(entry.program().name.clone(), *evidence);
            work.get(&key).is_none()
        })
        .collect();
    if !programs.is_empty() && fresh.is_empty() {
        return Err(already("evidence"));
    }
    let mut rewards = Vec::new();
    for entry in fresh {
        let Some(due) = reward::due(work, entry, &occasion) else { continue };
        for (label, one) in reward::pay_out(work, &due, &occasion)? {
            rewards.push((format!("{}/{label}", due.program()), one.amount));
        }
        let key = Key::Evidence(due.program().to_owned(), *evidence);
        work.put(key, Record::Evidence(asker.id));
    }
    if rewards.is_empty() { Err(Refusal::NothingEarned) } else { Ok(Effect::Earned { rewards }) }
}
