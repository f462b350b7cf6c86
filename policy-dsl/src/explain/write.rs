//! Numbers, dates, times and lists as text.

use super::View;
use super::message::grouped;
use crate::civil::{Civil, Date, MINUTES_PER_DAY, Weekday};
use crate::ir::{Fate, Span, Texts, Weekly, Window};
use crate::truth::past_midnight;

/// At most this many names are listed in a short sentence.
pub(super) const NAMES_MAX: usize = 4;
/// At most this many in a rule that is told in full.
pub(super) const NAMES_FULL_MAX: usize = 16;

/// The text of the reader's language, if there is one.
pub(super) fn text<'t>(texts: &'t Texts, view: &View<'_>) -> Option<&'t str> {
    let wanted = view.lang().code();
    texts.iter().find(|(code, _)| code == wanted).map(|(_, text)| text.as_str())
}

/// The text of the reader's language, else the English one, else any.
pub(super) fn any_text<'t>(texts: &'t Texts, view: &View<'_>) -> Option<&'t str> {
    let of = |wanted: &str| texts.iter().find(|(code, _)| code == wanted);
    let found = of(view.lang().code()).or_else(|| of("en")).or_else(|| texts.first());
    found.map(|(_, text)| text.as_str())
}

/// `5,000원`, `5,000 won` (with a no-break space before words in Latin letters).
pub(super) fn money(amount: u64, view: &View<'_>) -> String {
    amount_in(amount, view.unit)
}

/// The same of a currency's word.
pub(crate) fn amount_in(amount: u64, unit: &str) -> String {
    let space = if unit.is_ascii() { "\u{a0}" } else { "" };
    format!("{}{space}{unit}", grouped(amount))
}

/// `19:00`; the end of the day is `24:00`.
pub(super) fn clock(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

/// The day in words where it has one: `today`; else its date.
pub(super) fn date(date: Date, view: &View<'_>) -> String {
    near(date, view).unwrap_or_else(|| far(date, view))
}

/// `tomorrow`, `on Sun 22 Nov`; `내일`, `11월 22일(일)`.
pub(super) fn on_date(date: Date, view: &View<'_>) -> String {
    near(date, view).unwrap_or_else(|| {
        let date = far(date, view);
        view.say("date.on", &[("date", (&date).into())])
    })
}

/// Yesterday, today and tomorrow.
fn near(date: Date, view: &View<'_>) -> Option<String> {
    let key = match date.days_since(view.now.date) {
        -1 => "date.yesterday",
        0 => "date.today",
        1 => "date.tomorrow",
        _ => return None,
    };
    Some(view.say(key, &[]))
}

/// `Sun 22 Nov`, `22 Nov 2027`; `11월 22일(일)`.
pub(super) fn far(date: Date, view: &View<'_>) -> String {
    let (year, month, day) = date.ymd();
    let key = if view.now.date.ymd().0 == year { "date.near" } else { "date.far" };
    let year = year.to_string();
    let weekday = weekday(date.weekday(), view);
    view.say(
        key,
        &[
            ("year", (&year).into()),
            ("month", u64::from(month).into()),
            ("day", u64::from(day).into()),
            ("weekday", (&weekday).into()),
        ],
    )
}

/// `tomorrow 14:00`, `tomorrow`; no clock for the beginning of a day.
pub(super) fn moment(moment: Civil, view: &View<'_>) -> String {
    timed(date(moment.date, view), moment.minute, view)
}

/// As [`moment`], with the date even of tomorrow.
pub(super) fn full_moment(moment: Civil, view: &View<'_>) -> String {
    timed(far(moment.date, view), moment.minute, view)
}

fn timed(date: String, minute: u16, view: &View<'_>) -> String {
    if minute == 0 {
        return date;
    }
    let time = clock(minute);
    view.say("date.time", &[("date", (&date).into()), ("time", (&time).into())])
}

/// The last day (or minute) on which it worked, when it ended at `end`.
pub(super) fn last_day(end: Civil, view: &View<'_>) -> String {
    if end.minute == 0 { far(end.date.add_days(-1), view) } else { full_moment(end, view) }
}

/// The short name of a weekday.
pub(super) fn weekday(day: Weekday, view: &View<'_>) -> String {
    let day = match day {
        Weekday::Mon => "mon",
        Weekday::Tue => "tue",
        Weekday::Wed => "wed",
        Weekday::Thu => "thu",
        Weekday::Fri => "fri",
        Weekday::Sat => "sat",
        Weekday::Sun => "sun",
    };
    view.say("weekday", &[("day", day.into())])
}

/// `Mon–Fri`, `Sat`, `every day`; `월~금`, `토`, `매일`.
pub(super) fn days(days: &[Weekday], view: &View<'_>) -> String {
    if days.len() == 7 {
        return view.say("days.every", &[]);
    }
    let mut runs: Vec<(Weekday, Weekday)> = Vec::new();
    for day in days {
        match runs.last_mut() {
            Some((_, last)) if last.index().saturating_add(1) == day.index() => *last = *day,
            _ => runs.push((*day, *day)),
        }
    }
    let run = |(first, last): (Weekday, Weekday)| {
        let (from, to) = (weekday(first, view), weekday(last, view));
        if first == last {
            from
        } else {
            view.say("days.run", &[("first", (&from).into()), ("last", (&to).into())])
        }
    };
    runs.into_iter().map(run).collect::<Vec<_>>().join(&view.say("list.separator", &[]))
}

/// `14:00–19:00`; `14:00~19:00`. Past midnight the end is said to be on the next day.
pub(super) fn range(start: u16, end: u16, view: &View<'_>) -> String {
    let (from, to) = (clock(start), clock(end));
    let key = if end <= start { "range.night" } else { "range" };
    view.say(key, &[("from", (&from).into()), ("to", (&to).into())])
}

/// Days that have the same hours, in the order of the week.
pub(super) fn hours_of(weekly: &Weekly) -> Vec<((u16, u16), Vec<Weekday>)> {
    let mut hours: Vec<((u16, u16), Vec<Weekday>)> = Vec::new();
    for slot in &weekly.0 {
        match hours.iter_mut().find(|(hours, _)| *hours == (slot.start, slot.end)) {
            Some((_, days)) => days.push(slot.day),
            None => hours.push(((slot.start, slot.end), vec![slot.day])),
        }
    }
    hours
}

/// `Mon–Fri 14:00–19:00, Sat 10:00–18:00`.
pub(super) fn weekly(weekly: &Weekly, view: &View<'_>) -> String {
    let line = |((start, end), open): ((u16, u16), Vec<Weekday>)| {
        let days = days(&open, view);
        if start == 0 && end == MINUTES_PER_DAY {
            return days;
        }
        let range = range(start, end, view);
        view.say("hours", &[("days", (&days).into()), ("range", (&range).into())])
    };
    let lines: Vec<String> = hours_of(weekly).into_iter().map(line).collect();
    lines.join(&view.say("list.separator", &[]))
}

/// First opening and last closing of the slots that open on a date; `None` when it rests.
pub(super) fn today(weekly: &Weekly, date: Date) -> Option<(u16, u16)> {
    let open = || weekly.0.iter().filter(|slot| slot.day == date.weekday());
    let start = open().map(|slot| slot.start).min()?;
    let end = open().max_by_key(|slot| (past_midnight(**slot), slot.end)).map(|slot| slot.end)?;
    Some((start, end))
}

/// `a, b and c`. Each name once; long lists are cut.
pub(super) fn list(names: &[String], most: usize, view: &View<'_>) -> String {
    joined(names, most, "list.last", view)
}

/// `a, b or c`.
pub(super) fn list_or(names: &[String], most: usize, view: &View<'_>) -> String {
    joined(names, most, "list.last_or", view)
}

fn joined(names: &[String], most: usize, last_key: &str, view: &View<'_>) -> String {
    let mut unique: Vec<&str> = Vec::new();
    for name in names {
        if !unique.contains(&name.as_str()) {
            unique.push(name);
        }
    }
    let cut = unique.len() > most;
    unique.truncate(most);
    let separator = view.say("list.separator", &[]);
    let together = |names: &[&str]| names.join(&separator);
    match unique.split_last() {
        _ if cut => view.say("list.more", &[("list", (&together(&unique)).into())]),
        Some((last, rest)) if !rest.is_empty() => {
            let rest = together(rest);
            view.say(last_key, &[("list", (&rest).into()), ("last", (*last).into())])
        }
        _ => together(&unique),
    }
}

/// `30 days`, `6개월`.
pub(super) fn span(span: Span, view: &View<'_>) -> String {
    let (key, n) = match span {
        Span::Minutes(n) => ("span.minutes", n),
        Span::Hours(n) => ("span.hours", n),
        Span::Days(n) => ("span.days", n),
        Span::Months(n) => ("span.months", n),
        Span::Years(n) => ("span.years", n),
    };
    view.say(key, &[("n", u64::from(n).into())])
}

/// `2 min`, `1 h 30 min`.
pub(super) fn length(minutes: u32, view: &View<'_>) -> String {
    let (hours, rest) = (minutes / 60, minutes % 60);
    let key = match (hours, rest) {
        (0, _) => "length.minutes",
        (_, 0) => "length.hours",
        _ => "length.both",
    };
    view.say(key, &[("h", u64::from(hours).into()), ("m", u64::from(rest).into())])
}

/// `a day`, `in 10 days`.
pub(super) fn per(window: Window, view: &View<'_>) -> String {
    let (key, n) = match window {
        Window::Payment => ("per.payment", 1),
        Window::Day => ("per.day", 1),
        Window::Week => ("per.week", 1),
        Window::Month => ("per.month", 1),
        Window::Year => ("per.year", 1),
        Window::Life => ("per.life", 1),
        Window::Days(n) => ("per.days", n),
        Window::Months(n) => ("per.months", n),
        Window::Years(n) => ("per.years", n),
    };
    view.say(key, &[("n", u64::from(n).into())])
}

/// `today`, `this week`, `in 10 days`.
pub(super) fn this(window: Window, view: &View<'_>) -> String {
    let key = match window {
        Window::Payment => "this.payment",
        Window::Day => "this.day",
        Window::Week => "this.week",
        Window::Month => "this.month",
        Window::Year => "this.year",
        Window::Life => "this.life",
        Window::Days(_) | Window::Months(_) | Window::Years(_) => return per(window, view),
    };
    view.say(key, &[])
}

/// `goes back to whoever gave it`.
pub(super) fn fate(fate: &Fate, view: &View<'_>) -> String {
    let key = match fate {
        Fate::Granter => "fate.granter",
        Fate::Pool(_) => "fate.pool",
        Fate::Burn => "fate.burn",
    };
    view.say(key, &[])
}
