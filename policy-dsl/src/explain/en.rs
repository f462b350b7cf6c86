//! English.

use super::point::{Lead, Point};
use super::{Lang, View, write};
use crate::causes::{Cause, Whose};
use crate::civil::Civil;
use crate::facts::Fact;
use crate::ir::{Decay, Ends, Fate, Policy, Quantity, Span, Starts, Transfer, Weekly, Window};

/// `Rule "after-school", set by your parent.`
pub(super) fn rule(cause: &Cause) -> String {
    let whose = match cause.whose {
        Whose::City => "set by the city",
        Whose::Guardian => "set by your parent",
        Whose::Granter => "set by whoever gave you this coin",
        Whose::Own => "set by you",
    };
    format!("Rule \"{}\", {whose}.", cause.label)
}

/// `This coin buys snacks at 3 shops near school, until 19:00 today.`
pub(super) fn lead(lead: &Lead, view: &View<'_>) -> String {
    format!("This coin {}{}.", works(lead), hours(lead, view))
}

/// `buys snacks at 3 shops near school`.
fn works(lead: &Lead) -> String {
    let goods = write::list(&lead.goods, Lang::En);
    if !lead.purchases {
        return format!("pays for {goods}");
    }
    let place = place(lead);
    match (goods.is_empty(), place.is_empty()) {
        (true, true) => "works at every shop".to_owned(),
        (true, false) => format!("works {place}"),
        (false, true) => format!("buys {goods}"),
        (false, false) => format!("buys {goods} {place}"),
    }
}

/// `at bakeries and 3 shops near school`, `in Mapo-gu`.
fn place(lead: &Lead) -> String {
    let mut shops = lead.shops.clone();
    // An empty list says nothing, unless nothing else says where.
    let told = |list: &&super::ListWords| list.members > 0 || lead.shops.is_empty();
    for list in lead.lists.iter().filter(told) {
        let count =
            if list.members == 1 { "1 shop".to_owned() } else { format!("{} shops", list.members) };
        shops.push(list.place.as_ref().map_or(count.clone(), |place| format!("{count} {place}")));
    }
    let shops = write::list(&shops, Lang::En);
    match (shops.is_empty(), &lead.district) {
        (true, None) => String::new(),
        (true, Some(district)) => format!("at shops in {district}"),
        (false, None) => format!("at {shops}"),
        (false, Some(district)) => format!("at {shops} in {district}"),
    }
}

fn hours(lead: &Lead, view: &View<'_>) -> String {
    match (lead.today(view), &lead.hours) {
        (_, Some(hours)) if lead.rests => format!(", {}", write::weekly(hours, Lang::En)),
        (Some((start, end)), _) if view.now.minute < start => {
            format!(", {} today", write::range(start, end, Lang::En))
        }
        (Some((start, end)), _) if end <= start => format!(", until {} tonight", write::clock(end)),
        (Some((_, end)), _) => format!(", until {} today", write::clock(end)),
        (None, Some(hours)) => format!(", {}", write::weekly(hours, Lang::En)),
        (None, None) => String::new(),
    }
}

/// `It is 19:10. It works again tomorrow from 14:00.`
pub(super) fn now(point: &Point, cause: &Cause, view: &View<'_>) -> String {
    if matches!(point, Point::Before(..) | Point::After(..)) {
        format!("It is {}. {}", write::clock(view.now.minute), again(cause, view))
    } else {
        format!("{}. {}", title(point, view), body(point, cause, view))
    }
}

fn again(cause: &Cause, view: &View<'_>) -> String {
    match cause.next {
        Some(next) => format!("It works again {}.", from(next, view)),
        None => "It doesn’t work again before it ends.".to_owned(),
    }
}

/// `tomorrow from 14:00`, `from tomorrow`.
fn from(moment: Civil, view: &View<'_>) -> String {
    let on = |day: &str| {
        if matches!(day, "today" | "tomorrow" | "yesterday") {
            String::new()
        } else {
            "on ".to_owned()
        }
    };
    match write::moment(moment, view) {
        (day, Some(time)) => format!("{}{day} from {time}", on(&day)),
        (day, None) => format!("from {day}"),
    }
}

/// One short line.
pub(super) fn title(point: &Point, view: &View<'_>) -> String {
    let money = |amount: u64| write::money(amount, view);
    match point {
        Point::Kind(goods) | Point::Goods(true, goods) if !goods.is_empty() => {
            format!("This coin is for {}", write::list(goods, Lang::En))
        }
        Point::Goods(false, _) => "Something here doesn’t fit this coin".to_owned(),
        Point::Kind(_) | Point::Goods(true, _) => "This coin is for other things".to_owned(),
        Point::NotStarted(_) => "Not yet".to_owned(),
        Point::Expired(..) => "This coin has expired".to_owned(),
        Point::Shop(_) | Point::NotShops(_) => "This coin works elsewhere".to_owned(),
        Point::Part(ok) => format!("{} can be paid", money(*ok)),
        Point::Age(Some(low), None) => format!("From age {low}"),
        Point::Age(None, Some(high)) => format!("Up to age {high}"),
        Point::Age(low, high) => format!("From age {} to {}", low.unwrap_or(0), high.unwrap_or(0)),
        Point::Before(_, (start, _)) => format!("Starts at {}", write::clock(*start)),
        Point::After(_, (_, end)) => format!("Today’s time ended at {}", write::clock(*end)),
        Point::Rest(_) => "This coin rests today".to_owned(),
        Point::Area(_) => "This coin is for another area".to_owned(),
        Point::Residents(_) => "Not for you this time".to_owned(),
        Point::Single(limit) => format!("Up to {} at a time", money(*limit)),
        Point::Share(percent, _) => format!("Up to {percent}% of a payment"),
        Point::Money(window, _, left) => format!("{} left {}", money(*left), this(*window)),
        Point::Count(window, limit, _) => format!("Used {} {}", times(*limit), this(*window)),
        Point::Soon(_) => "In a little while".to_owned(),
        Point::Alone => "This coin pays alone".to_owned(),
        Point::Missing(fact) => format!("We need to know {}", fact_name(*fact)),
        Point::Other => "This coin can’t pay this".to_owned(),
    }
}

/// One or two sentences.
pub(super) fn body(point: &Point, cause: &Cause, view: &View<'_>) -> String {
    let money = |amount: u64| write::money(amount, view);
    let next = || cause.next.map(|next| from(next, view));
    match point {
        Point::Kind(_) | Point::Goods(true, _) => "It can’t buy what’s in this payment.".to_owned(),
        Point::Goods(false, goods) => format!("It can’t buy {}.", write::list(goods, Lang::En)),
        Point::NotStarted(start) => format!("It starts {}.", on(*start, view)),
        Point::Expired(end, fate) => {
            format!("It was good until {}. What was left {}.", last_day(*end, view), goes(fate))
        }
        Point::Shop(shop) => lead(shop, view),
        Point::NotShops(shops) => format!("It doesn’t work at {}.", write::list(shops, Lang::En)),
        Point::Part(ok) => format!(
            "The rest doesn’t fit this coin. Pay {} now and the rest another way?",
            money(*ok)
        ),
        Point::Age(..) => "Choose something else?".to_owned(),
        Point::Before(hours, _) => format!(
            "This coin works {}. It’s {} now.",
            write::weekly(hours, Lang::En),
            write::clock(view.now.minute)
        ),
        Point::After(hours, _) => format!(
            "This coin works {}. {}",
            write::weekly(hours, Lang::En),
            next().map_or("It doesn’t work again before it ends.".to_owned(), |next| format!(
                "It works again {next}."
            ))
        ),
        Point::Rest(hours) => rest(hours.as_ref(), next()),
        Point::Area(area) => area
            .as_ref()
            .map_or("It works in your own area.".to_owned(), |area| format!("It works in {area}.")),
        Point::Residents(area) => {
            area.as_ref().map_or("It is for people of another area.".to_owned(), |area| {
                format!("It is for people who live in {area}.")
            })
        }
        Point::Single(limit) | Point::Share(_, limit) => {
            format!("Of this payment, this coin can pay {}.", money(*limit))
        }
        Point::Money(window, limit, _) => {
            let refill = next().map(|next| format!(" It refills {next}.")).unwrap_or_default();
            format!("The limit is {} {}.{refill}", money(*limit), per(*window))
        }
        Point::Count(_, _, by_merchant) => {
            let here = if *by_merchant { " here" } else { "" };
            next().map_or("All uses are used up.".to_owned(), |next| {
                format!("You can use it again{here} {next}.")
            })
        }
        Point::Soon(minutes) => {
            let ready = next().map(|next| format!(" Ready {next}.")).unwrap_or_default();
            format!("This coin rests {} between payments.{ready}", length(*minutes))
        }
        Point::Alone => {
            "It can’t be combined with other coins, and it can’t cover this payment alone."
                .to_owned()
        }
        Point::Missing(fact) => missing(*fact).to_owned(),
        Point::Other => "Choose another coin?".to_owned(),
    }
}

fn rest(hours: Option<&Weekly>, next: Option<String>) -> String {
    let hours = hours.map(|hours| format!("It works {}.", write::weekly(hours, Lang::En)));
    let next = next.map(|next| format!("It works again {next}."));
    [hours, next].into_iter().flatten().collect::<Vec<_>>().join(" ")
}

fn missing(fact: Fact) -> &'static str {
    if fact == Fact::PaymentItems {
        "The shop sent no list of what is bought. Ask the shop for one."
    } else if fact.name().starts_with("merchant.") {
        "The shop is not registered with it. Choose another coin?"
    } else {
        "Confirm it in your wallet, then try again."
    }
}

/// The whole promise of a policy.
pub(super) fn promise(about: &Lead, policy: &Policy, view: &View<'_>) -> String {
    let always = about
        .hours
        .as_ref()
        .map(|hours| format!(", {}", write::weekly(hours, Lang::En)))
        .unwrap_or_default();
    let mut sentences = vec![format!("This coin {}{always}.", works(about))];
    let limits: Vec<String> =
        policy.caps.iter().map(|cap| limit(&cap.quantity, cap.window, view)).collect();
    if !limits.is_empty() {
        sentences.push(format!("Up to {}.", limits.join(", ")));
    }
    match policy.starts {
        Starts::AtIssue => {}
        Starts::On(date) => {
            sentences.push(format!("It starts {}.", on(Civil::start_of(date), view)));
        }
        Starts::After(after) => {
            sentences.push(format!("It starts {} after you get it.", span(after)));
        }
    }
    let fate = goes(&policy.expires.fate);
    match policy.expires.end {
        Ends::Never => sentences.push("It never expires.".to_owned()),
        Ends::On(date) => {
            sentences.push(format!(
                "It works until {}; what is left then {fate}.",
                write::date(date, view)
            ));
        }
        Ends::After(after) => {
            sentences.push(format!(
                "It works for {} after you get it; what is left then {fate}.",
                span(after)
            ));
        }
    }
    sentences.extend(policy.decays.as_ref().map(melts));
    if policy.transfer == Transfer::Never {
        sentences.push("It can’t be sent to others.".to_owned());
    }
    sentences.join(" ")
}

fn limit(quantity: &Quantity, window: Window, view: &View<'_>) -> String {
    match quantity {
        Quantity::Money(limit) => format!("{} {}", write::money(*limit, view), per(window)),
        Quantity::MoneyTimes(unit, fact) => {
            format!(
                "{} for each of {} {}",
                write::money(*unit, view),
                fact_name(*fact),
                per(window)
            )
        }
        Quantity::Count(limit) => format!("{} {}", times(*limit), per(window)),
        Quantity::Share(percent) => format!("{percent}% of a payment"),
    }
}

fn melts(decay: &Decay) -> String {
    let of = if decay.of_issued { "of the first amount" } else { "of what is left" };
    let after = decay.after.map(|after| format!(" after {}", span(after))).unwrap_or_default();
    format!("It loses {}% {of} {}{after}.", decay.percent, each(decay.every))
}

fn goes(fate: &Fate) -> String {
    match fate {
        Fate::Granter => "goes back to whoever gave it".to_owned(),
        Fate::Pool(_) => "goes back to the city".to_owned(),
        Fate::Burn => "ends".to_owned(),
    }
}

fn on(moment: Civil, view: &View<'_>) -> String {
    let (day, time) = write::moment(moment, view);
    let on = if matches!(day.as_str(), "today" | "tomorrow" | "yesterday") { "" } else { "on " };
    time.map_or(format!("{on}{day}"), |time| format!("{on}{day} at {time}"))
}

/// The last day (or minute) on which it worked.
fn last_day(end: Civil, view: &View<'_>) -> String {
    let day = write::date(if end.minute == 0 { end.date.add_days(-1) } else { end.date }, view);
    if end.minute == 0 { day } else { format!("{} {day}", write::clock(end.minute)) }
}

fn times(limit: u64) -> String {
    match limit {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        many => format!("{} times", write::grouped(many)),
    }
}

fn per(window: Window) -> String {
    match window {
        Window::Payment => "at a time".to_owned(),
        Window::Day => "a day".to_owned(),
        Window::Week => "a week".to_owned(),
        Window::Month => "a month".to_owned(),
        Window::Year => "a year".to_owned(),
        Window::Life => "in all".to_owned(),
        Window::Days(n) => format!("in {n} days"),
        Window::Months(n) => format!("in {n} months"),
        Window::Years(n) => format!("in {n} years"),
    }
}

fn this(window: Window) -> String {
    match window {
        Window::Payment => "this time".to_owned(),
        Window::Day => "today".to_owned(),
        Window::Week => "this week".to_owned(),
        Window::Month => "this month".to_owned(),
        Window::Year => "this year".to_owned(),
        Window::Life | Window::Days(_) | Window::Months(_) | Window::Years(_) => per(window),
    }
}

fn each(window: Window) -> &'static str {
    match window {
        Window::Day => "every day",
        Window::Week => "every week",
        Window::Month => "every month",
        Window::Year => "every year",
        Window::Payment | Window::Life | Window::Days(_) | Window::Months(_) | Window::Years(_) => {
            "each time"
        }
    }
}

fn span(span: Span) -> String {
    let (n, one, many) = match span {
        Span::Minutes(n) => (n, "minute", "minutes"),
        Span::Hours(n) => (n, "hour", "hours"),
        Span::Days(n) => (n, "day", "days"),
        Span::Months(n) => (n, "month", "months"),
        Span::Years(n) => (n, "year", "years"),
    };
    format!("{n} {}", if n == 1 { one } else { many })
}

fn length(minutes: u32) -> String {
    match (minutes / 60, minutes % 60) {
        (0, rest) => format!("{rest} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, rest) => format!("{hours} h {rest} min"),
    }
}

fn fact_name(fact: Fact) -> &'static str {
    match fact {
        Fact::PayerAge => "your age",
        Fact::PayerDistrict => "where you live",
        Fact::PayerHousehold => "your household",
        Fact::PayerGroups => "your groups",
        Fact::PayerChildren => "your children",
        Fact::PaymentItems | Fact::ItemCode | Fact::ItemCategory | Fact::ItemAmount => {
            "what is bought"
        }
        Fact::MerchantCategory | Fact::MerchantGroups | Fact::MerchantId => "the kind of shop",
        Fact::MerchantDistrict | Fact::MerchantCountry => "where the shop is",
        Fact::PaymentChannel => "how it is paid",
        Fact::ReceiverId | Fact::ReceiverHousehold | Fact::ReceiverRelation => "who receives it",
        Fact::PayerId
        | Fact::PaymentAmount
        | Fact::PaymentKind
        | Fact::EventAmount
        | Fact::EventActor
        | Fact::EventRole
        | Fact::EventDaysEarly
        | Fact::Time
        | Fact::Day
        | Fact::Date => "more about this payment",
    }
}
