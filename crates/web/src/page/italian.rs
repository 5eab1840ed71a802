//! Numbers, days and instants as Italian readers write them.

use jiff::{Timestamp, civil::Date, tz::TimeZone};

/// `341.544`.
pub(super) fn number(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push('.');
        }
        text.push(digit);
    }
    text
}

/// `-1.200`.
pub(super) fn signed(signed: i64) -> String {
    let sign = if signed < 0 { "-" } else { "" };
    format!("{sign}{}", number(signed.unsigned_abs()))
}

/// A figure as it was printed in English: `18658505.01` is `18.658.505,01`, and what is no figure stays.
pub(super) fn printed(text: &str) -> String {
    let (sign, figure) = text.strip_prefix('-').map_or(("", text), |rest| ("-", rest));
    let (whole, rest) =
        figure.split_once('.').map_or((figure, String::new()), |(whole, cents)| (whole, format!(",{cents}")));
    whole.parse().map_or_else(|_| text.to_owned(), |whole| format!("{sign}{}{rest}", number(whole)))
}

/// `25,3 %`, rounded down: 99,9 % is not 100 %.
pub(super) fn percent(part: u64, whole: u64) -> String {
    if whole == 0 {
        return "–".to_owned();
    }
    let thousandths = u128::from(part) * 1_000 / u128::from(whole);
    format!("{},{} %", number(u64::try_from(thousandths / 10).unwrap_or(u64::MAX)), thousandths % 10)
}

/// A length from 0 to 100 for a bar.
pub(super) fn bar(part: u64, whole: u64) -> u64 {
    if whole == 0 { 0 } else { u64::try_from(u128::from(part) * 100 / u128::from(whole)).unwrap_or(100).min(100) }
}

/// `31/12/2024`.
pub(super) fn day(day: Date) -> String {
    day.strftime("%d/%m/%Y").to_string()
}

/// `31/12/2024 alle 14:05:00`, in Rome.
pub(super) fn instant(instant: Timestamp) -> String {
    // The rule itself, not the machine's table of zones: a container often has none.
    let rome = TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap_or(TimeZone::UTC);
    instant.to_zoned(rome).strftime("%d/%m/%Y alle %H:%M:%S").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_read_as_italians_write_them() {
        assert_eq!(number(341_544), "341.544");
        assert_eq!(number(85), "85");
        assert_eq!(signed(-1_200), "-1.200");
        assert_eq!(printed("18658505.01"), "18.658.505,01");
        assert_eq!(percent(253, 1_000), "25,3 %");
        assert_eq!(percent(9_999, 10_000), "99,9 %");
        assert_eq!(bar(3, 2), 100);
    }

    #[test]
    fn an_instant_is_told_in_rome() {
        assert_eq!(instant("2024-07-01T22:30:00Z".parse().unwrap()), "02/07/2024 alle 00:30:00");
    }
}
