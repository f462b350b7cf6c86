//! Values as people type them: amounts, ids, addresses, times. Each says what would be right.

use scoin_api::Time;
use scoin_core::keys::PublicKey;
use scoin_core::{Amount, CommandId, PolicyId};
use scoin_policy::civil::Date;

/// `12500`, `12_500` or `12,500`: whole minor units.
pub(crate) fn amount(text: &str) -> Result<Amount, String> {
    let digits: String = text.chars().filter(|c| !matches!(c, '_' | ',')).collect();
    let well_formed = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    match digits.parse::<u64>() {
        Ok(units) if well_formed && units <= Amount::MAX.units() => Ok(Amount::new(units)),
        _ => Err(format!("write a whole amount up to {}, such as 12500 or 12_500", Amount::MAX)),
    }
}

/// 32 hex digits.
pub(crate) fn command_id(text: &str) -> Result<CommandId, String> {
    CommandId::from_hex(&text.replace('-', "")).ok_or_else(|| "write 32 hex digits".to_owned())
}

/// `sp1:` and 64 hex digits; the prefix may be left out.
pub(crate) fn policy_id(text: &str) -> Result<PolicyId, String> {
    PolicyId::from_hex(text.strip_prefix("sp1:").unwrap_or(text)).ok_or_else(|| {
        "write sp1: and 64 hex digits, as `scoin policy hash` prints them".to_owned()
    })
}

/// 32 hex digits of a household number.
pub(crate) fn household(text: &str) -> Result<[u8; 16], String> {
    CommandId::from_hex(text).map(|id| id.0).ok_or_else(|| "write 32 hex digits".to_owned())
}

/// 66 hex digits of a compressed key.
pub(crate) fn public_key(text: &str) -> Result<PublicKey, String> {
    PublicKey::from_hex(text)
        .ok_or_else(|| "write 66 hex digits, as `scoin wallet key show` prints them".to_owned())
}

/// RFC 3339.
pub(crate) fn time(text: &str) -> Result<Time, String> {
    Time::from_text(text)
        .ok_or_else(|| "write a time with its offset, such as 2026-09-01T09:00:00+09:00".to_owned())
}

/// `2026-03-02`
pub(crate) fn day(text: &str) -> Result<Date, String> {
    Date::parse(text).ok_or_else(|| "write a day such as 2026-03-02".to_owned())
}

/// `NAME=VALUE`; a `$` before the name may be left out.
pub(crate) fn argument(text: &str) -> Result<(String, String), String> {
    let (name, value) = text
        .split_once('=')
        .ok_or_else(|| "write NAME=VALUE, such as daily=5_000 won".to_owned())?;
    let name = name.trim().trim_start_matches('$');
    if name.is_empty() || value.trim().is_empty() {
        return Err("write NAME=VALUE, such as daily=5_000 won".to_owned());
    }
    Ok((name.to_owned(), value.trim().to_owned()))
}

/// One line of a basket: `CODE:AMOUNT` or `CODE:AMOUNT:tag,tag`.
pub(crate) fn item(text: &str) -> Result<Line, String> {
    let mut parts = text.splitn(3, ':');
    let (Some(code), Some(price)) = (parts.next(), parts.next()) else {
        return Err(
            "write CODE:AMOUNT or CODE:AMOUNT:tag,tag, such as bread:1500:food.bread".to_owned()
        );
    };
    let tags = parts.next().unwrap_or_default();
    Ok(Line {
        code: code.to_owned(),
        amount: amount(price)?,
        tags: tags.split(',').filter(|tag| !tag.is_empty()).map(ToOwned::to_owned).collect(),
    })
}

/// One line of a basket, as typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    /// Product code.
    pub code: String,
    /// Price of the line.
    pub amount: Amount,
    /// Category tags.
    pub tags: Vec<String>,
}

/// `NUMBER:AMOUNT`, a line of a payment and how much of it.
pub(crate) fn line_amount(text: &str) -> Result<(u32, Amount), String> {
    let hint = || "write LINE:AMOUNT, such as 0:1500".to_owned();
    let (line, part) = text.split_once(':').ok_or_else(hint)?;
    Ok((line.parse().map_err(|_| hint())?, amount(part)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_whole_and_bounded() {
        for (text, units) in [("0", 0), ("12500", 12_500), ("12_500", 12_500), ("12,500", 12_500)] {
            assert_eq!(amount(text), Ok(Amount::new(units)), "{text}");
        }
        for text in ["", "-1", "1.5", "1 won", "_", "9007199254740992", "18446744073709551616"] {
            assert!(amount(text).is_err(), "{text} must be refused");
        }
    }

    #[test]
    fn basket_lines_take_tags() {
        let line = item("boost:1_000:drink.energy,food").unwrap();
        assert_eq!((line.code.as_str(), line.amount.units(), line.tags.len()), ("boost", 1000, 2));
        assert!(item("boost").is_err());
    }

    #[test]
    fn arguments_drop_the_dollar() {
        assert_eq!(argument("$daily=5_000 won"), Ok(("daily".to_owned(), "5_000 won".to_owned())));
        assert!(argument("daily").is_err());
    }
}
