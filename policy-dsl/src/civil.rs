//! Civil time without a time zone: dates, weekdays, minutes of the day.
//!
//! The caller turns an instant into [`Civil`] in the policy's zone; nothing here knows a clock or a tz database.
//! Dates are proleptic Gregorian, counted in days since 1970-01-01, limited to years 1 to 9999.

/// A calendar date as days since 1970-01-01.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(pub i32);

/// Day of the week; Monday is 0, as in ISO 8601.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Weekday {
    /// Monday
    #[default]
    Mon,
    /// Tuesday
    Tue,
    /// Wednesday
    Wed,
    /// Thursday
    Thu,
    /// Friday
    Fri,
    /// Saturday
    Sat,
    /// Sunday
    Sun,
}

/// A local wall-clock reading: date and minute of the day (0..1440).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Civil {
    /// Local date.
    pub date: Date,
    /// Minutes since local 00:00, as the wall clock shows them.
    pub minute: u16,
}

/// Days before each month in a common year; the last entry is the length of the year.
const BEFORE_MONTH: [i32; 13] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365];

/// Days from 0001-01-01 to 1970-01-01.
const EPOCH_OFFSET: i32 = 719_162;

/// Minutes of a civil day.
pub const MINUTES_PER_DAY: u16 = 1440;

impl Date {
    /// 0001-01-01, the first date there is.
    pub const MIN: Self = Self(-EPOCH_OFFSET);
    /// 9999-12-31, the last date there is.
    pub const MAX: Self = Self(2_932_896);

    /// From year (1 to 9999), month (1 to 12) and day; `None` when there is no such date.
    pub fn from_ymd(year: i32, month: u8, day: u8) -> Option<Self> {
        if !(1..=9999).contains(&year) || day == 0 || day > month_length(year, month)? {
            return None;
        }
        let offset = day_of_year(year, month)?.saturating_add(i32::from(day)).saturating_sub(1);
        let days = days_before_year(year).saturating_add(offset);
        Some(Self(days.saturating_sub(EPOCH_OFFSET)))
    }

    /// Year, month and day.
    pub fn ymd(self) -> (i32, u8, u8) {
        let days = self.clamped().0.saturating_add(EPOCH_OFFSET);
        let mut year =
            i32::try_from(i64::from(days).saturating_mul(400).div_euclid(146_097)).unwrap_or(0);
        year = year.max(1);
        while days_before_year(year.saturating_add(1)) <= days {
            year = year.saturating_add(1);
        }
        while days_before_year(year) > days {
            year = year.saturating_sub(1);
        }
        let rest = days.saturating_sub(days_before_year(year));
        let mut month = 12_u8;
        while month > 1 && day_of_year(year, month).is_none_or(|first| first > rest) {
            month = month.saturating_sub(1);
        }
        let day = rest.saturating_sub(day_of_year(year, month).unwrap_or(0)).saturating_add(1);
        (year, month, u8::try_from(day).unwrap_or(1))
    }

    /// The day of the week.
    pub fn weekday(self) -> Weekday {
        // 1970-01-01 was a Thursday.
        Weekday::from_index(self.0.saturating_add(3).rem_euclid(7))
    }

    /// Some days later (or earlier), kept within the years 1 to 9999.
    #[must_use]
    pub fn add_days(self, days: i32) -> Self {
        Self(self.0.saturating_add(days)).clamped()
    }

    /// Some months later (or earlier), clamped to the last day of the month reached:
    /// 31 January + 1 month is 28 or 29 February. Always add from the anchor date, never step by step.
    #[must_use]
    pub fn add_months(self, months: i32) -> Self {
        let (year, month, day) = self.ymd();
        let index =
            i64::from(year).saturating_mul(12).saturating_add(i64::from(month)).saturating_sub(1);
        let index = index.saturating_add(i64::from(months));
        let year = i32::try_from(index.div_euclid(12)).unwrap_or(i32::MAX);
        let month = u8::try_from(index.rem_euclid(12).saturating_add(1)).unwrap_or(1);
        if year < 1 {
            return Self::MIN;
        }
        if year > 9999 {
            return Self::MAX;
        }
        let day = day.min(month_length(year, month).unwrap_or(28));
        Self::from_ymd(year, month, day).unwrap_or(self)
    }

    /// Some years later (or earlier); 29 February becomes 28 February in a common year.
    #[must_use]
    pub fn add_years(self, years: i32) -> Self {
        self.add_months(years.saturating_mul(12))
    }

    /// The first day of the month.
    #[must_use]
    pub fn month_start(self) -> Self {
        let (_, _, day) = self.ymd();
        self.add_days(1_i32.saturating_sub(i32::from(day)))
    }

    /// The first day of the year.
    #[must_use]
    pub fn year_start(self) -> Self {
        let (year, _, _) = self.ymd();
        Self::from_ymd(year, 1, 1).unwrap_or(self)
    }

    /// The first day of the week that starts on `first`.
    #[must_use]
    pub fn week_start(self, first: Weekday) -> Self {
        let back = self.weekday().index().saturating_sub(first.index()).rem_euclid(7);
        self.add_days(back.saturating_neg())
    }

    /// Whole days from `earlier` to this date; negative when this date is before it.
    pub fn days_since(self, earlier: Self) -> i32 {
        self.0.saturating_sub(earlier.0)
    }

    /// Reads `2026-03-01` (ISO 8601, exactly ten characters).
    pub fn parse(text: &str) -> Option<Self> {
        let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = *text.as_bytes() else {
            return None;
        };
        let year = number(&[y1, y2, y3, y4])?;
        let month = u8::try_from(number(&[m1, m2])?).ok()?;
        let day = u8::try_from(number(&[d1, d2])?).ok()?;
        Self::from_ymd(year, month, day)
    }

    fn clamped(self) -> Self {
        self.clamp(Self::MIN, Self::MAX)
    }
}

impl core::fmt::Display for Date {
    fn fmt(&self, out: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let (year, month, day) = self.ymd();
        write!(out, "{year:04}-{month:02}-{day:02}")
    }
}

impl Weekday {
    /// 0 for Monday to 6 for Sunday.
    pub fn index(self) -> i32 {
        match self {
            Self::Mon => 0,
            Self::Tue => 1,
            Self::Wed => 2,
            Self::Thu => 3,
            Self::Fri => 4,
            Self::Sat => 5,
            Self::Sun => 6,
        }
    }

    /// From 0 for Monday to 6 for Sunday; other numbers wrap around.
    pub fn from_index(index: i32) -> Self {
        match index.rem_euclid(7) {
            0 => Self::Mon,
            1 => Self::Tue,
            2 => Self::Wed,
            3 => Self::Thu,
            4 => Self::Fri,
            5 => Self::Sat,
            _ => Self::Sun,
        }
    }

    /// The day before.
    #[must_use]
    pub fn previous(self) -> Self {
        Self::from_index(self.index().saturating_sub(1))
    }

    /// The day after.
    #[must_use]
    pub fn next(self) -> Self {
        Self::from_index(self.index().saturating_add(1))
    }
}

impl Civil {
    /// A date and a minute of the day (above 1439: the last minute).
    pub fn new(date: Date, minute: u16) -> Self {
        Self { date, minute: minute.min(MINUTES_PER_DAY.saturating_sub(1)) }
    }

    /// The first minute of a date.
    pub fn start_of(date: Date) -> Self {
        Self { date, minute: 0 }
    }

    /// Wall-clock minutes since 1970-01-01 00:00.
    pub fn minutes(self) -> i64 {
        i64::from(self.date.0)
            .saturating_mul(i64::from(MINUTES_PER_DAY))
            .saturating_add(i64::from(self.minute))
    }

    /// From wall-clock minutes since 1970-01-01 00:00, kept within the years 1 to 9999.
    pub fn from_minutes(minutes: i64) -> Self {
        let day = i64::from(MINUTES_PER_DAY);
        let date = minutes.div_euclid(day).clamp(i64::from(Date::MIN.0), i64::from(Date::MAX.0));
        Self {
            date: Date(i32::try_from(date).unwrap_or(0)),
            minute: u16::try_from(minutes.rem_euclid(day)).unwrap_or(0),
        }
    }

    /// Some wall-clock minutes later (or earlier).
    #[must_use]
    pub fn add_minutes(self, minutes: i64) -> Self {
        Self::from_minutes(self.minutes().saturating_add(minutes))
    }
}

impl core::fmt::Display for Civil {
    fn fmt(&self, out: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(out, "{} {:02}:{:02}", self.date, self.minute / 60, self.minute % 60)
    }
}

fn is_leap(year: i32) -> bool {
    year.rem_euclid(4) == 0 && (year.rem_euclid(100) != 0 || year.rem_euclid(400) == 0)
}

/// Days from 0001-01-01 to the first of January of `year`.
fn days_before_year(year: i32) -> i32 {
    let full = year.saturating_sub(1);
    full.saturating_mul(365)
        .saturating_add(full.div_euclid(4))
        .saturating_sub(full.div_euclid(100))
        .saturating_add(full.div_euclid(400))
}

/// Days from the first of January to the first of `month`.
fn day_of_year(year: i32, month: u8) -> Option<i32> {
    let before = *BEFORE_MONTH.get(usize::from(month).checked_sub(1)?)?;
    let leap = i32::from(month > 2 && month <= 12 && is_leap(year));
    Some(before.saturating_add(leap))
}

/// Days in a month; `None` when there is no such month.
fn month_length(year: i32, month: u8) -> Option<u8> {
    let index = usize::from(month).checked_sub(1)?;
    if index >= 12 {
        return None;
    }
    let days = BEFORE_MONTH.get(index.saturating_add(1))?.saturating_sub(*BEFORE_MONTH.get(index)?);
    u8::try_from(days.saturating_add(i32::from(month == 2 && is_leap(year)))).ok()
}

fn number(digits: &[u8]) -> Option<i32> {
    let mut value = 0_i32;
    for digit in digits {
        if !digit.is_ascii_digit() {
            return None;
        }
        value = value.checked_mul(10)?.checked_add(i32::from(digit.saturating_sub(b'0')))?;
    }
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        Date::parse(text).unwrap()
    }

    #[test]
    fn every_date_survives_a_round_trip() {
        let mut previous = Weekday::Sun;
        for days in Date::MIN.0..=Date::MAX.0 {
            let date = Date(days);
            let (year, month, d) = date.ymd();
            assert_eq!(Date::from_ymd(year, month, d), Some(date));
            assert_eq!(date.weekday(), previous.next());
            previous = date.weekday();
        }
        assert_eq!(Date::MIN.ymd(), (1, 1, 1));
        assert_eq!(Date::MAX.ymd(), (9999, 12, 31));
    }

    #[test]
    fn dates_are_written_and_read() {
        assert_eq!(day("1970-01-01"), Date(0));
        assert_eq!(day("2026-11-22").weekday(), Weekday::Sun);
        assert_eq!(day("2026-02-28").to_string(), "2026-02-28");
        for wrong in [
            "2026-02-29",
            "2026-13-01",
            "2026-00-10",
            "0000-01-01",
            "2026-1-1",
            "+026-01-01",
            "2026-01-32",
            "2026-01-011",
        ] {
            assert_eq!(Date::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn months_clamp_and_do_not_drift() {
        let anchor = day("2026-01-31");
        let ends: Vec<String> = (0..5).map(|k| anchor.add_months(k).to_string()).collect();
        assert_eq!(ends, ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31"]);
        assert_eq!(day("2028-02-29").add_years(1), day("2029-02-28"));
        assert_eq!(day("2026-01-15").add_months(-1), day("2025-12-15"));
        assert_eq!(Date::MAX.add_months(1), Date::MAX);
        assert_eq!(Date::MIN.add_months(-1), Date::MIN);
        assert_eq!(Date::MAX.add_days(i32::MAX), Date::MAX);
    }

    #[test]
    fn starts_of_periods() {
        let date = day("2026-11-22");
        assert_eq!(date.week_start(Weekday::Mon), day("2026-11-16"));
        assert_eq!(date.week_start(Weekday::Sun), date);
        assert_eq!(date.month_start(), day("2026-11-01"));
        assert_eq!(date.year_start(), day("2026-01-01"));
    }
}
