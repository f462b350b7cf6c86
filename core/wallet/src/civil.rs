//! Civil time in a named zone, from the bundled tz database: never the machine's own.

use jiff::Timestamp as Instant;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use scoin_core::Timestamp;
use scoin_policy::civil::{Civil, Date};

/// A time zone.
#[derive(Clone, Debug)]
pub(crate) struct Zone(TimeZone);

impl Zone {
    /// The zone of this IANA name; `None` if there is none.
    pub(crate) fn named(name: &str) -> Option<Self> {
        TimeZoneDatabase::bundled().get(name).ok().map(Self)
    }

    /// What the wall clock shows, to the minute.
    pub(crate) fn civil(&self, at: Timestamp) -> Civil {
        let micros = i64::try_from(at.micros()).unwrap_or(i64::MAX);
        let instant = Instant::from_microsecond(micros).unwrap_or(Instant::MAX);
        let local = self.0.to_datetime(instant);
        let since = local.date().since((jiff::Unit::Day, jiff::civil::date(1970, 1, 1)));
        let date = Date(since.map_or(i32::MAX, |span| span.get_days()));
        let hour = u16::try_from(local.hour()).unwrap_or(0);
        let minute = u16::try_from(local.minute()).unwrap_or(0);
        Civil { date, minute: hour.saturating_mul(60).saturating_add(minute) }
    }

    /// The instant at which the wall clock shows this; in a gap or fold, the one that people mean.
    pub(crate) fn instant(&self, civil: Civil) -> Option<Timestamp> {
        let days = jiff::Span::new().try_days(civil.date.0).ok()?;
        let date = jiff::civil::date(1970, 1, 1).checked_add(days).ok()?;
        let minutes = jiff::Span::new().try_minutes(i64::from(civil.minute)).ok()?;
        let local = date.at(0, 0, 0, 0).checked_add(minutes).ok()?;
        let at = self.0.to_ambiguous_timestamp(local).compatible().ok()?;
        u64::try_from(at.as_microsecond()).ok().map(Timestamp::from_micros)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seoul_is_nine_hours_ahead_both_ways() {
        let seoul = Zone::named("Asia/Seoul").unwrap();
        let at = Timestamp::from_micros(1_788_224_400_000_000);
        let civil = seoul.civil(at);
        assert_eq!(civil, Civil { date: Date(20_697), minute: 600 });
        assert_eq!(seoul.instant(civil), Some(at));
        assert!(Zone::named("Mars/Base").is_none());
    }
}
