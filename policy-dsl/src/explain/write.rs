//! Numbers, dates and times as text.

use super::{Lang, View};
use crate::civil::{Civil, Date, MINUTES_PER_DAY, Weekday};
use crate::ir::{Texts, Weekly};
use crate::truth::past_midnight;

/// At most this many names are listed.
const NAMES_MAX: usize = 4;

/// The text of a language, if there is one.
pub(super) fn text(texts: &Texts, lang: Lang) -> Option<&str> {
    texts.iter().find(|(code, _)| code == lang.code()).map(|(_, text)| text.as_str())
}

/// Thousands separated by commas.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && digits.len().saturating_sub(at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `5,000원`, `5,000 won` (with a no-break space before words in Latin letters).
pub(super) fn money(amount: u64, view: &View<'_>) -> String {
    let space = if view.unit.is_ascii() { "\u{a0}" } else { "" };
    format!("{}{space}{}", grouped(amount), view.unit)
}

/// `19:00`; the end of the day is `24:00`.
pub(super) fn clock(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

/// `today`, `Sun 22 Nov`, `22 Nov 2027`; `오늘`, `11월 22일(일)`.
pub(super) fn date(date: Date, view: &View<'_>) -> String {
    let ahead = date.days_since(view.now.date);
    let (year, month, day) = date.ymd();
    let weekday = weekday(date.weekday(), view.lang);
    let other_year = view.now.date.ymd().0 != year;
    match (view.lang, ahead) {
        (Lang::Ko, -1) => "어제".to_owned(),
        (Lang::Ko, 0) => "오늘".to_owned(),
        (Lang::Ko, 1) => "내일".to_owned(),
        (Lang::En, -1) => "yesterday".to_owned(),
        (Lang::En, 0) => "today".to_owned(),
        (Lang::En, 1) => "tomorrow".to_owned(),
        (Lang::Ko, _) if other_year => format!("{year}년 {month}월 {day}일"),
        (Lang::Ko, _) => format!("{month}월 {day}일({weekday})"),
        (Lang::En, _) if other_year => format!("{day} {} {year}", month_name(month)),
        (Lang::En, _) => format!("{weekday} {day} {}", month_name(month)),
    }
}

/// The short name of a weekday.
pub(super) fn weekday(day: Weekday, lang: Lang) -> &'static str {
    let (ko, en) = match day {
        Weekday::Mon => ("월", "Mon"),
        Weekday::Tue => ("화", "Tue"),
        Weekday::Wed => ("수", "Wed"),
        Weekday::Thu => ("목", "Thu"),
        Weekday::Fri => ("금", "Fri"),
        Weekday::Sat => ("토", "Sat"),
        Weekday::Sun => ("일", "Sun"),
    };
    match lang {
        Lang::Ko => ko,
        Lang::En => en,
    }
}

fn month_name(month: u8) -> &'static str {
    const NAMES: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    NAMES.get(usize::from(month).saturating_sub(1)).copied().unwrap_or("")
}

/// `Mon–Fri`, `Sat`, `every day`; `월~금`, `토`, `매일`.
pub(super) fn days(days: &[Weekday], lang: Lang) -> String {
    let dash = dash(lang);
    if days.len() == 7 {
        return match lang {
            Lang::Ko => "매일".to_owned(),
            Lang::En => "every day".to_owned(),
        };
    }
    let mut runs: Vec<(Weekday, Weekday)> = Vec::new();
    for day in days {
        match runs.last_mut() {
            Some((_, last)) if last.index().saturating_add(1) == day.index() => *last = *day,
            _ => runs.push((*day, *day)),
        }
    }
    let run = |(first, last): (Weekday, Weekday)| match last.index().saturating_sub(first.index()) {
        0 => weekday(first, lang).to_owned(),
        _ => format!("{}{dash}{}", weekday(first, lang), weekday(last, lang)),
    };
    runs.into_iter().map(run).collect::<Vec<_>>().join(", ")
}

/// `14:00–19:00`; `14:00~19:00`. Past midnight the end is said to be on the next day.
pub(super) fn range(start: u16, end: u16, lang: Lang) -> String {
    let dash = dash(lang);
    match (end <= start, lang) {
        (false, _) => format!("{}{dash}{}", clock(start), clock(end)),
        (true, Lang::Ko) => format!("{}{dash}다음 날 {}", clock(start), clock(end)),
        (true, Lang::En) => format!("{}{dash}{} the next day", clock(start), clock(end)),
    }
}

fn dash(lang: Lang) -> &'static str {
    match lang {
        Lang::Ko => "~",
        Lang::En => "–",
    }
}

/// `Mon–Fri 14:00–19:00, Sat 10:00–18:00`.
pub(super) fn weekly(weekly: &Weekly, lang: Lang) -> String {
    let mut hours: Vec<((u16, u16), Vec<Weekday>)> = Vec::new();
    for slot in &weekly.0 {
        match hours.iter_mut().find(|(hours, _)| *hours == (slot.start, slot.end)) {
            Some((_, days)) => days.push(slot.day),
            None => hours.push(((slot.start, slot.end), vec![slot.day])),
        }
    }
    let line = |((start, end), open): ((u16, u16), Vec<Weekday>)| {
        let whole = start == 0 && end == MINUTES_PER_DAY;
        if whole {
            days(&open, lang)
        } else {
            format!("{} {}", days(&open, lang), range(start, end, lang))
        }
    };
    hours.into_iter().map(line).collect::<Vec<_>>().join(", ")
}

/// First opening and last closing of the slots that open on a date; `None` when it rests.
pub(super) fn today(weekly: &Weekly, date: Date) -> Option<(u16, u16)> {
    let open = || weekly.0.iter().filter(|slot| slot.day == date.weekday());
    let start = open().map(|slot| slot.start).min()?;
    let end = open().max_by_key(|slot| (past_midnight(**slot), slot.end)).map(|slot| slot.end)?;
    Some((start, end))
}

/// `a, b and c`; `a, b, c` (no particle after a name). Long lists are cut.
pub(super) fn list(names: &[String], lang: Lang) -> String {
    let mut unique: Vec<&str> = Vec::new();
    for name in names {
        if !unique.contains(&name.as_str()) {
            unique.push(name);
        }
    }
    let more = unique.len() > NAMES_MAX;
    unique.truncate(NAMES_MAX);
    match (lang, more) {
        (Lang::Ko, false) => unique.join(", "),
        (Lang::Ko, true) => format!("{} 등", unique.join(", ")),
        (Lang::En, true) => format!("{} and more", unique.join(", ")),
        (Lang::En, false) => match unique.split_last() {
            Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
            _ => unique.join(", "),
        },
    }
}

/// A moment as (day, clock): `("tomorrow", Some("14:00"))`; no clock for the beginning of a day.
pub(super) fn moment(moment: Civil, view: &View<'_>) -> (String, Option<String>) {
    let time = (moment.minute > 0).then(|| clock(moment.minute));
    (date(moment.date, view), time)
}
