//! How bytes and times are written in JSON.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use scoin_core::Timestamp;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::ToSchema;

/// Bytes, written as standard base64 with padding (RFC 4648 section 4).
#[derive(Clone, Debug, Default, PartialEq, Eq, ToSchema)]
#[schema(value_type = String, format = Byte, examples("0oRYKqI="))]
pub struct Base64(pub Vec<u8>);

impl Serialize for Base64 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Base64 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        STANDARD.decode(text).map(Self).map_err(D::Error::custom)
    }
}

/// An instant, written as RFC 3339 in UTC with microseconds: `2026-09-01T01:00:00.000000Z`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, ToSchema)]
#[schema(value_type = String, format = DateTime, examples("2026-09-01T01:00:00.000000Z"))]
pub struct Time(pub Timestamp);

impl Time {
    /// As text. Instants after the year 9999 (only reachable in tests) are written as that year's last.
    pub fn to_text(self) -> String {
        let micros = i64::try_from(self.0.micros()).unwrap_or(i64::MAX);
        let instant = jiff::Timestamp::from_microsecond(micros).unwrap_or(jiff::Timestamp::MAX);
        format!("{instant:.6}")
    }

    /// From RFC 3339 text with any offset; `None` if it is no instant from 1970 on.
    pub fn from_text(text: &str) -> Option<Self> {
        let instant: jiff::Timestamp = text.parse().ok()?;
        let micros = u64::try_from(instant.as_microsecond()).ok()?;
        Some(Self(Timestamp::from_micros(micros)))
    }
}

impl From<Timestamp> for Time {
    fn from(instant: Timestamp) -> Self {
        Self(instant)
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_text())
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::from_text(&text).ok_or_else(|| D::Error::custom("not an RFC 3339 time"))
    }
}

/// A date given as days since 1970-01-01: `2026-03-02`. Days outside the years 1 to 9999 are written as a number.
pub fn date_text(days: i32) -> String {
    let span = jiff::Span::new().try_days(days);
    let date = span.and_then(|span| jiff::civil::date(1970, 1, 1).checked_add(span));
    date.map_or_else(|_| format!("day {days}"), |date| date.to_string())
}

/// The days since 1970-01-01 of a date as [`date_text`] writes it.
pub fn parse_date(text: &str) -> Option<i32> {
    scoin_policy::civil::Date::parse(text).map(|date| date.0)
}

/// A local date and minute: `2026-09-02T14:00`.
pub fn civil_text(civil: scoin_policy::civil::Civil) -> String {
    let (hour, minute) = (civil.minute / 60, civil.minute % 60);
    format!("{}T{hour:02}:{minute:02}", date_text(civil.date.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_rfc_3339_with_micros_both_ways() {
        let time = Time(Timestamp::from_micros(1_788_224_400_000_001));
        assert_eq!(time.to_text(), "2026-09-01T01:00:00.000001Z");
        assert_eq!(Time::from_text("2026-09-01T10:00:00.000001+09:00"), Some(time));
        assert_eq!(Time::from_text("1969-12-31T23:59:59Z"), None);
        assert_eq!(Time::from_text("tomorrow"), None);
    }

    #[test]
    fn days_are_dates() {
        assert_eq!(date_text(0), "1970-01-01");
        assert_eq!(date_text(20_514), "2026-03-02");
        assert_eq!(parse_date("2026-03-02"), Some(20_514));
        assert_eq!(parse_date("day 3"), None);
        assert_eq!(date_text(i32::MIN), "day -2147483648");
    }

    #[test]
    fn an_instant_beyond_the_calendar_is_still_text() {
        assert!(Time(Timestamp::from_micros(u64::MAX)).to_text().starts_with("9999-12-30"));
    }

    #[test]
    fn bytes_are_padded_base64_and_nothing_else_is_taken() {
        let json = serde_json::to_string(&Base64(vec![0xd2, 0x84])).unwrap();
        assert_eq!(json, "\"0oQ=\"");
        assert!(serde_json::from_str::<Base64>("\"0oQ\"").is_err());
    }
}
