//! Civil time: what the wall clock of a zone shows at an instant, and when it first shows something.
//!
//! Decisions go from instant to local time only, which has exactly one answer. The way back is needed for ends and
//! decay: *the first instant whose local time has reached it*, also when a clock change skips it.

use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone, TimeZoneDatabase};
use scoin_core::Timestamp;
use scoin_policy::civil::{Civil, Date};

const DAY_SECONDS: i64 = 86_400;
const UNIX_EPOCH: jiff::civil::Date = jiff::civil::date(1970, 1, 1);

/// A time zone of the bundled IANA database.
#[derive(Clone, Debug)]
pub struct Zone(TimeZone);

impl Zone {
    /// The zone with this IANA name; `None` if there is none.
    pub fn named(name: &str) -> Option<Self> {
        TimeZoneDatabase::bundled().get(name).ok().map(Self)
    }

    /// What the wall clock shows.
    pub fn civil(&self, at: Timestamp) -> Civil {
        self.shown(instant(at))
    }

    /// The local date.
    pub fn date(&self, at: Timestamp) -> Date {
        self.civil(at).date
    }

    /// The first instant whose local time has reached `civil`; the last representable one if that is never.
    pub fn first_instant(&self, civil: Civil) -> Timestamp {
        self.reached(civil).map_or(Timestamp::from_micros(u64::MAX), |at| {
            Timestamp::from_micros(u64::try_from(at.as_microsecond()).unwrap_or(0))
        })
    }

    fn shown(&self, at: jiff::Timestamp) -> Civil {
        let offset = i64::from(self.0.to_offset(at).seconds());
        let local = at.as_microsecond().div_euclid(1_000_000).saturating_add(offset);
        let minute = local.rem_euclid(DAY_SECONDS) / 60;
        let date = Date(i32::try_from(local.div_euclid(DAY_SECONDS)).unwrap_or(i32::MAX));
        Civil { date, minute: u16::try_from(minute).unwrap_or(0) }
    }

    /// As [`Zone::first_instant`], before 1970 too.
    fn reached(&self, civil: Civil) -> Option<jiff::Timestamp> {
        let local = datetime(civil)?;
        match self.0.to_ambiguous_timestamp(local).offset() {
            AmbiguousOffset::Unambiguous { offset } => offset.to_timestamp(local).ok(),
            AmbiguousOffset::Fold { before, .. } => before.to_timestamp(local).ok(),
            AmbiguousOffset::Gap { before, after } => {
                let early = after.to_timestamp(local).ok()?;
                let late = before.to_timestamp(local).ok()?;
                Some(self.jump_between(early, late, local))
            }
        }
    }

    /// The instant between two others at which the wall clock jumps over `local`.
    fn jump_between(
        &self,
        early: jiff::Timestamp,
        late: jiff::Timestamp,
        local: DateTime,
    ) -> jiff::Timestamp {
        let reached = |micros: i64| {
            jiff::Timestamp::from_microsecond(micros)
                .is_ok_and(|at| self.0.to_datetime(at) >= local)
        };
        let (mut before, mut after) = (early.as_microsecond(), late.as_microsecond());
        while before.saturating_add(1) < after {
            let middle = before.midpoint(after);
            if reached(middle) { after = middle } else { before = middle }
        }
        jiff::Timestamp::from_microsecond(after).unwrap_or(late)
    }
}

/// The earliest local date anywhere on Earth at an instant: 12 hours behind UTC.
pub fn earliest_date(at: Timestamp) -> i32 {
    const DAY: u64 = 86_400_000_000;
    let days = at.micros().saturating_sub(DAY / 2) / DAY;
    i32::try_from(days).unwrap_or(i32::MAX)
}

/// The instant of a ledger time; the last one jiff knows if it is beyond.
fn instant(at: Timestamp) -> jiff::Timestamp {
    i64::try_from(at.micros())
        .ok()
        .and_then(|micros| jiff::Timestamp::from_microsecond(micros).ok())
        .unwrap_or(jiff::Timestamp::MAX)
}

fn datetime(civil: Civil) -> Option<DateTime> {
    let date = UNIX_EPOCH.checked_add(jiff::Span::new().try_days(civil.date.0).ok()?).ok()?;
    let hour = i8::try_from(civil.minute / 60).ok()?;
    let minute = i8::try_from(civil.minute % 60).ok()?;
    Some(date.at(hour, minute, 0, 0))
}

#[cfg(test)]
mod transitions;

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(zone: &str, date: (i16, i8, i8), minute: u16, utc: &str) {
        let (year, month, day) = date;
        let date = jiff::civil::date(year, month, day).since((jiff::Unit::Day, UNIX_EPOCH));
        let date = Date(date.unwrap().get_days());
        let zone = Zone::named(zone).unwrap();
        let expected: jiff::Timestamp = utc.parse().unwrap();
        // Instants before 1970 cannot be ledger times; the vectors below are after it, or clamp to zero.
        let expected = u64::try_from(expected.as_microsecond()).unwrap_or(0);
        assert_eq!(zone.first_instant(Civil { date, minute }).micros(), expected);
    }

    #[test]
    fn seoul_days_begin_nine_hours_before_utc() {
        check("Asia/Seoul", (2026, 3, 3), 0, "2026-03-02T15:00:00Z");
        check("Asia/Seoul", (2026, 3, 3), 14 * 60, "2026-03-03T05:00:00Z");
        // Summer time of 1988 began at 02:00 on 8 May: 02:30 is never shown, 03:00 is the first instant past it.
        check("Asia/Seoul", (1988, 5, 8), 150, "1988-05-07T17:00:00Z");
    }

    #[test]
    fn a_skipped_midnight_is_reached_at_the_jump() {
        // Cairo, 2023-04-28 began at 01:00.
        check("Africa/Cairo", (2023, 4, 28), 0, "2023-04-27T22:00:00Z");
        // Sao Paulo, 2018-11-04 began at 01:00.
        check("America/Sao_Paulo", (2018, 11, 4), 0, "2018-11-04T03:00:00Z");
    }

    #[test]
    fn a_repeated_time_is_reached_the_first_time() {
        check("America/New_York", (2026, 11, 1), 90, "2026-11-01T05:30:00Z");
        check("Europe/Amsterdam", (2026, 10, 25), 150, "2026-10-25T00:30:00Z");
    }

    #[test]
    fn the_first_instant_of_toronto_1919_is_half_past_midnight() {
        let zone = TimeZoneDatabase::bundled().get("America/Toronto").unwrap();
        let local = jiff::civil::date(1919, 3, 31).at(0, 0, 0, 0);
        let AmbiguousOffset::Gap { before, after } = zone.to_ambiguous_timestamp(local).offset()
        else {
            panic!("not a gap");
        };
        let (early, late) =
            (after.to_timestamp(local).unwrap(), before.to_timestamp(local).unwrap());
        let jump = Zone(zone.clone()).jump_between(early, late, local);
        assert_eq!(zone.to_datetime(jump).to_string(), "1919-03-31T00:30:00");
    }

    #[test]
    fn the_way_back_agrees_with_the_way_there() {
        let zone = Zone::named("Asia/Seoul").unwrap();
        for day in (0..20_000).step_by(37) {
            let civil = Civil { date: Date(day), minute: 615 };
            assert_eq!(zone.civil(zone.first_instant(civil)), civil);
        }
        assert_eq!(Zone::named("Mars/Olympus").map(|_| ()), None);
    }
}
