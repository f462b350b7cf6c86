//! When a person comes of age: the first instant of the attested day in the city's zone (`docs/adr/0028`).

use scoin_core::Timestamp;
use scoin_policy::civil::{Civil, Date};

use crate::state::{Account, City};
use crate::zone::{Zone, earliest_date};

/// How far the local date may be ahead of the earliest one on Earth, in days.
const DATES_APART: i32 = 2;

/// The first instant of a civil day of the city: also where its midnight is skipped, or shown twice.
pub fn day_begins(city: &City, day: i32) -> Timestamp {
    Zone::named(&city.zone).map_or(Timestamp::from_micros(u64::MAX), |zone| {
        zone.first_instant(Civil::start_of(Date(day)))
    })
}

/// Has this civil day of the city begun? Once it has, it stays so, even if clocks are set back over midnight.
pub fn has_begun(city: &City, day: i32, now: Timestamp) -> bool {
    // Zones are looked up for days that are near only.
    day <= earliest_date(now).saturating_add(DATES_APART) && day_begins(city, day) <= now
}

/// Is the owner of age? Unknown is no.
pub fn is_of_age(city: &City, account: &Account, now: Timestamp) -> bool {
    let day = account.attributes.as_deref().and_then(|known| known.of_age_from);
    day.is_some_and(|day| has_begun(city, day, now))
}

/// Is it the ward's own in which shops it pays? From the attested day on; without one, from an attested age on, which
/// does not shrink when the attestation is past its time. 0 is no age.
pub fn is_private(city: &City, account: &Account, now: Timestamp, from_age: u8) -> bool {
    let Some(known) = account.attributes.as_deref() else { return false };
    match known.private_from {
        Some(day) => has_begun(city, day, now),
        None => from_age > 0 && known.age.is_some_and(|age| age >= from_age),
    }
}
