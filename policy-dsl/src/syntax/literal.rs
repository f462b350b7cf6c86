//! The values of literal tokens: numbers, dates, clock times, strings, hashes.

use crate::canon::hash_from_hex;

/// The number of `-1_000`. `None` when it does not fit, or `_` does not stand before exactly three digits.
pub fn number(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let mut groups = digits.split('_');
    let first = groups.next().unwrap_or_default();
    let regular = groups.all(|group| group.len() == 3);
    if first.is_empty() || !regular || digits.contains('_') && first.len() > 3 {
        return None;
    }
    text.replace('_', "").parse().ok()
}

/// The minute of the day of `09:30`, 0 to 1440.
pub fn clock(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':')?;
    if (hour.len(), minute.len()) != (2, 2) {
        return None;
    }
    let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
    let minutes = hour.checked_mul(60)?.checked_add(minute)?;
    if minute < 60 && minutes <= 1440 { Some(minutes) } else { None }
}

/// The clock time as `09:30`.
pub fn clock_text(minutes: u16) -> String {
    let (hour, minute) = (minutes.div_euclid(60), minutes.rem_euclid(60));
    format!("{hour:02}:{minute:02}")
}

/// The number as `1_000`.
pub fn number_text(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len().saturating_mul(2));
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && digits.len().saturating_sub(at).is_multiple_of(3) {
            text.push('_');
        }
        text.push(digit);
    }
    text
}

/// The text of a quoted string; `\"` and `\\` are its only escapes.
pub fn string(quoted: &str) -> String {
    let inner = quoted.strip_prefix('"').unwrap_or(quoted);
    let inner = inner.strip_suffix('"').unwrap_or(inner);
    let mut text = String::with_capacity(inner.len());
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        text.push(match c {
            '\\' => chars.next().unwrap_or('\\'),
            _ => c,
        });
    }
    text
}

/// The 32 bytes of `sha256:<64 hex digits>`, with the algorithm that is wanted here.
pub fn hash(text: &str, algorithm: &str) -> Option<[u8; 32]> {
    let (found, hex) = text.split_once(':')?;
    if found == algorithm { hash_from_hex(hex) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_group_by_thousands() {
        let cases = [
            ("0", Some(0)),
            ("-2", Some(-2)),
            ("1_000", Some(1000)),
            ("12_34", None),
            ("1234_567", None),
            ("1_", None),
            ("9223372036854775808", None),
        ];
        for (text, expected) in cases {
            assert_eq!(number(text), expected, "{text}");
        }
        assert_eq!(number_text(1_234_567), "1_234_567");
        assert_eq!(number_text(100), "100");
    }

    #[test]
    fn clocks_end_at_midnight() {
        let cases = [
            ("00:00", Some(0)),
            ("24:00", Some(1440)),
            ("24:01", None),
            ("12:60", None),
            ("9:00", None),
        ];
        for (text, expected) in cases {
            assert_eq!(clock(text), expected, "{text}");
        }
    }
}
