//! Every change of the clocks since 1900, in twenty zones, against the plain arithmetic of offsets.
#![expect(clippy::arithmetic_side_effects, reason = "this is a test: a wrong number must stop it")]

use jiff::Timestamp;
use scoin_policy::civil::{Civil, Date, Weekday};
use scoin_policy::ir::{Slot, Weekly};
use scoin_policy::truth::in_schedule;

use super::Zone;

/// Zones with odd histories: half hours, changes at midnight, seconds, days left out.
const ZONES: [&str; 20] = [
    "Asia/Seoul",
    "Asia/Pyongyang",
    "Asia/Tokyo",
    "Asia/Shanghai",
    "Asia/Kolkata",
    "Asia/Tehran",
    "Asia/Beirut",
    "Africa/Cairo",
    "Africa/Monrovia",
    "Europe/Amsterdam",
    "Europe/Berlin",
    "Europe/Dublin",
    "Europe/Moscow",
    "America/New_York",
    "America/Toronto",
    "America/St_Johns",
    "America/Sao_Paulo",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Antarctica/Troll",
];

const MINUTE: i64 = 60;

/// The zone where clocks were set back across midnight, a minute after it, so that a date came twice (until 2011).
/// Nowhere else does a date return.
const TWICE: &str = "America/St_Johns";

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn changes(zone: &Zone) -> Vec<i64> {
    let (first, last) = ("1900-01-01T00:00:00Z", "2040-01-01T00:00:00Z");
    let (first, last): (Timestamp, Timestamp) = (first.parse().unwrap(), last.parse().unwrap());
    let seconds = zone.0.following(first).map(|change| change.timestamp());
    seconds.take_while(|change| *change < last).map(Timestamp::as_second).collect()
}

/// Seconds the wall clock shows, counted from 1970-01-01 00:00 as if it never changed.
fn wall(zone: &Zone, second: i64) -> i64 {
    second + i64::from(zone.0.to_offset(at(second)).seconds())
}

fn schedules() -> Vec<Weekly> {
    let daily = |start, end| {
        Weekly((0..7).map(|day| Slot { day: Weekday::from_index(day), start, end }).collect())
    };
    vec![
        daily(14 * 60, 19 * 60),
        daily(22 * 60, 2 * 60),
        daily(0, 30),
        Weekly(vec![Slot { day: Weekday::Sun, start: 90, end: 180 }]),
        Weekly(vec![Slot { day: Weekday::Sat, start: 1380, end: 60 }]),
    ]
}

/// A slot is open for its length after it opened, on a clock that never changes: a week is 10,080 minutes.
fn open(weekly: &Weekly, wall: i64) -> bool {
    // 1970-01-01 was a Thursday, three days into its week.
    let minute = (wall.div_euclid(MINUTE) + 3 * 1440).rem_euclid(7 * 1440);
    weekly.0.iter().any(|slot| {
        let opens = i64::from(slot.day.index()) * 1440 + i64::from(slot.start);
        let length = i64::from(slot.end) - i64::from(slot.start);
        let length = if length <= 0 { length + 1440 } else { length };
        (minute - opens).rem_euclid(7 * 1440) < length
    })
}

fn wall_of(civil: Civil) -> i64 {
    civil.minutes() * MINUTE
}

#[test]
fn what_is_shown_around_every_change_is_instant_plus_offset() {
    let (schedules, mut seen) = (schedules(), 0);
    for name in ZONES {
        let (zone, mut returned) = (Zone::named(name).unwrap(), false);
        for change in changes(&zone) {
            seen += 1;
            let mut last = Date::MIN;
            for second in (change - 7_200..change + 7_200).step_by(60) {
                let (shown, wall) = (zone.shown(at(second)), wall(&zone, second));
                assert_eq!(wall_of(shown), wall - wall.rem_euclid(MINUTE), "{name} {shown}");
                for weekly in &schedules {
                    assert_eq!(in_schedule(weekly, shown), open(weekly, wall), "{name} {shown}");
                }
                returned |= shown.date < last;
                last = shown.date;
            }
        }
        assert_eq!(returned, name == TWICE, "{name}");
    }
    assert!(seen > 1_500, "{seen} changes");
}

#[test]
fn the_first_instant_around_every_change_is_exact() {
    for name in ZONES {
        let zone = Zone::named(name).unwrap();
        for change in changes(&zone) {
            let here = zone.shown(at(change));
            let midnights = (-1..=2).map(|days| Civil::start_of(here.date.add_days(days)));
            let steps = (-8..=8).map(|half| here.add_minutes(30 * half));
            for civil in midnights.chain(steps) {
                let first = zone.reached(civil).unwrap().as_microsecond();
                let shows = |micros: i64| {
                    let micros = Timestamp::from_microsecond(micros).unwrap();
                    let offset = i64::from(zone.0.to_offset(micros).seconds()) * 1_000_000;
                    micros.as_microsecond() + offset
                };
                let wanted = wall_of(civil) * 1_000_000;
                assert!(shows(first) >= wanted, "{name} {civil}");
                assert!(shows(first - 1) < wanted, "{name} {civil}");
                let before = (change - 7_200..change + 7_200).step_by(300);
                for second in before.filter(|second| second * 1_000_000 < first) {
                    assert!(wall(&zone, second) * 1_000_000 < wanted, "{name} {civil}");
                }
            }
        }
    }
}

/// Zone, date, what the wall clock shows at its first instant, and how long the date lasts in minutes.
const DAYS: [(&str, &str, u16, i64); 15] = [
    ("America/Toronto", "1919-03-30", 0, 1410),
    ("America/Toronto", "1919-03-31", 30, 1410),
    ("Asia/Seoul", "1948-05-31", 0, 1440),
    ("Asia/Seoul", "1948-06-01", 60, 1380),
    ("Asia/Seoul", "1961-08-10", 30, 1410),
    ("Asia/Seoul", "1987-05-10", 0, 1380),
    ("Asia/Seoul", "1987-10-11", 0, 1500),
    ("Asia/Seoul", "1988-05-08", 0, 1380),
    ("Asia/Seoul", "1988-10-09", 0, 1500),
    ("Asia/Seoul", "2026-03-29", 0, 1440),
    ("Australia/Lord_Howe", "2026-04-05", 0, 1470),
    ("Australia/Lord_Howe", "2026-10-04", 0, 1410),
    ("Europe/Amsterdam", "2026-03-29", 0, 1380),
    ("Europe/Amsterdam", "2026-10-25", 0, 1500),
    ("Africa/Cairo", "2023-04-28", 60, 1380),
];

#[test]
fn days_begin_and_last_as_history_says() {
    for (name, date, minute, length) in DAYS {
        let (zone, date) = (Zone::named(name).unwrap(), Date::parse(date).unwrap());
        let start = |date| zone.reached(Civil::start_of(date)).unwrap();
        let (first, after) = (start(date), start(date.add_days(1)));
        assert_eq!(zone.shown(first), Civil { date, minute }, "{name} {date}");
        assert_eq!((after.as_second() - first.as_second()) / MINUTE, length, "{name} {date}");
    }
}

/// Zone, opening day of the week, from, to, the date that is looked at, and for how many minutes it is open on it and
/// on the day after: a window that runs past midnight belongs to the day it opens.
const OPENINGS: [(&str, Weekday, u16, u16, &str, usize); 8] = [
    ("Asia/Seoul", Weekday::Sun, 120, 180, "1988-05-08", 0),
    ("Asia/Seoul", Weekday::Sun, 120, 180, "1988-10-09", 120),
    ("Asia/Seoul", Weekday::Sat, 1320, 180, "1988-05-07", 240),
    ("Asia/Seoul", Weekday::Sat, 1320, 180, "1988-10-08", 360),
    ("Asia/Seoul", Weekday::Mon, 1320, 120, "1948-05-31", 180),
    ("Asia/Seoul", Weekday::Fri, 1320, 120, "2026-03-06", 240),
    ("Asia/Seoul", Weekday::Sat, 1320, 120, "2026-03-06", 120),
    ("America/Toronto", Weekday::Sun, 1380, 60, "1919-03-30", 60),
];

#[test]
fn windows_are_the_instants_whose_clock_lies_in_them() {
    for (name, day, start, end, date, minutes) in OPENINGS {
        let (zone, date) = (Zone::named(name).unwrap(), Date::parse(date).unwrap());
        let weekly = Weekly(vec![Slot { day, start, end }]);
        let start = |days| zone.reached(Civil::start_of(date.add_days(days))).unwrap().as_second();
        let shown = (start(0)..start(2)).step_by(60).map(|second| zone.shown(at(second)));
        let open = shown.filter(|shown| in_schedule(&weekly, *shown)).count();
        assert_eq!(open, minutes, "{name} {day:?} {date}");
    }
}

/// Issued, months or years later: the last day of a short month, and no drift after it.
const MONTHS: [(&str, i32, &str); 8] = [
    ("2026-01-31", 1, "2026-02-28"),
    ("2026-01-31", 2, "2026-03-31"),
    ("2026-01-31", 3, "2026-04-30"),
    ("2028-01-31", 1, "2028-02-29"),
    ("2028-02-29", 12, "2029-02-28"),
    ("2028-02-29", 48, "2032-02-29"),
    ("1900-01-31", 1, "1900-02-28"),
    ("2026-08-31", -6, "2026-02-28"),
];

#[test]
fn month_ends_clamp_without_drift() {
    for (from, months, to) in MONTHS {
        let (from, to) = (Date::parse(from).unwrap(), Date::parse(to).unwrap());
        assert_eq!(from.add_months(months), to, "{from} {months}");
    }
}
