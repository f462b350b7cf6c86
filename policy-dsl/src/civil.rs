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
