//! Why an allowed payment used these coins, in words.

use super::{View, write};
use crate::alloc::Why;
use crate::civil::Date;

/// Coins of one lot that a payment uses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coin {
    /// What its holder calls them: the title of their rule. `None` for money without rules.
    pub title: Option<String>,
    /// How much of them is used, minor units.
    pub amount: u64,
    /// The last day on which they work, if they end.
    pub last_day: Option<Date>,
    /// Why they come before the next ones; `None` where nothing else could have paid.
    pub why: Option<Why>,
}

/// A sentence or two for each coin, in order of use: `Used first: After-school snack money, 2,500 won. It ends first.`
pub fn lots(coins: &[Coin], view: &View<'_>) -> Vec<String> {
    let only = coins.len() == 1;
    let told = |(at, coin): (usize, &Coin)| {
        let title = coin.title.clone().unwrap_or_else(|| view.say("lots.plain", &[]));
        let amount = write::money(coin.amount, view);
        let key = match (at, only, coin.why) {
            (0, true, None) => "lots.only",
            (0, ..) => "lots.first",
            _ => "lots.then",
        };
        let line = view.say(key, &[("coin", (&title).into()), ("amount", (&amount).into())]);
        let why = coin.why.map(|why| reason(why, coin.last_day, view));
        [Some(line), why].into_iter().flatten().collect::<Vec<_>>().join(view.gap())
    };
    coins.iter().enumerate().map(told).collect()
}

fn reason(why: Why, last_day: Option<Date>, view: &View<'_>) -> String {
    let key = match (why, last_day) {
        (Why::Chosen, _) => "lots.why.chosen",
        (Why::Alone, _) => "lots.why.alone",
        (Why::Priority, _) => "lots.why.priority",
        (Why::Narrower, _) => "lots.why.narrower",
        (Why::Rules, _) => "lots.why.rules",
        (Why::EndsFirst, Some(_)) => "lots.why.ends",
        (Why::EndsFirst, None) => "lots.why.ends_plain",
        (Why::Older, _) => "lots.why.older",
        (Why::Alike, _) => "lots.why.alike",
    };
    let date = last_day.map_or_else(String::new, |date| write::far(date, view));
    view.say(key, &[("date", (&date).into())])
}
