//! A programme in words: when it is open, what it gives for what, under which rule, and how much at most.

use super::clause::Line;
use super::{View, condition, promise, tags, write};
use crate::facts::Fact;
use crate::ir::{Gift, Program, Reward, Texts, Trigger, Under};

/// Every part of a programme, in the order: open, pool, rewards, limits.
pub fn program_lines(program: &Program, view: &View<'_>) -> Vec<Line> {
    let none = Texts::new();
    let line = |label: &str, text: String, because: &Texts| Line {
        rule: program.name.clone(),
        label: label.to_owned(),
        text,
        because: write::any_text(because, view).map(str::to_owned),
    };
    let mut told = vec![
        line("open", open(program, view), &none),
        line("pool", view.say("program.pool", &[("pool", (&program.pool).into())]), &none),
    ];
    let rewards = program.rewards.iter();
    told.extend(rewards.map(|it| line(&it.label, reward(it, view), &it.because)));
    told.extend(program.caps.iter().map(|cap| {
        let limit = promise::limit(cap, "limit.rewards", view);
        let text = view.say("clause.cap", &[("limit", (&limit).into())]);
        line(&cap.label, text, &cap.because)
    }));
    told
}

fn open(program: &Program, view: &View<'_>) -> String {
    let (first, last) = program.open;
    let key = match (first, last) {
        (Some(_), Some(_)) => "program.open_between",
        (Some(_), None) => "program.open_from",
        (None, Some(_)) => "program.open_to",
        (None, None) => "program.open_always",
    };
    let date = |date: Option<crate::civil::Date>| {
        date.map_or_else(String::new, |date| write::far(date, view))
    };
    let (from, to) = (date(first), date(last));
    view.say(key, &[("from", (&from).into()), ("to", (&to).into())])
}

/// `For paying tax (by the due date): 1% of the amount, up to 30,000 won.`
fn reward(reward: &Reward, view: &View<'_>) -> String {
    let event = match &reward.on {
        Trigger::Payment => view.say("event.payment", &[]),
        Trigger::Topup => view.say("event.topup", &[]),
        Trigger::Earn(name) => tags::known("event", name, view.words)
            .unwrap_or_else(|| view.say("event.other", &[("event", name.into())])),
    };
    let gift = gift(&reward.gift, view);
    let phrase = reward.when.as_ref().map(|when| condition::phrase(when, view));
    let key = if phrase.is_some() { "program.reward_when" } else { "program.reward" };
    let phrase = phrase.unwrap_or_default();
    let args = [("event", (&event).into()), ("gift", (&gift).into()), ("phrase", (&phrase).into())];
    let told = view.say(key, &args);
    let under = match &reward.under {
        Under::SamePolicy => view.say("program.under_same", &[]),
        Under::Policy(policy) => {
            let name = write::any_text(&policy.title, view).unwrap_or(&policy.name);
            view.say("program.under", &[("policy", name.into())])
        }
    };
    [told, under].join(view.gap())
}

fn gift(gift: &Gift, view: &View<'_>) -> String {
    match *gift {
        Gift::Money(amount) => {
            let money = write::money(amount, view);
            view.say("program.gift.money", &[("money", (&money).into())])
        }
        Gift::Percent { percent, of, up_to } => {
            let base = if of == Fact::PaymentAmount { "payment" } else { "event" };
            let base = view.say(&format!("program.base.{base}"), &[]);
            let key =
                if up_to.is_some() { "program.gift.share_up_to" } else { "program.gift.share" };
            let most = up_to.map_or_else(String::new, |most| write::money(most, view));
            let args = [
                ("percent", u64::from(percent).into()),
                ("base", (&base).into()),
                ("most", (&most).into()),
            ];
            view.say(key, &args)
        }
    }
}
