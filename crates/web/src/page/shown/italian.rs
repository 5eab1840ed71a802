//! Numbers, days and instants as Italian readers write them.

use jiff::{Timestamp, ToSpan as _, civil::Date, tz::TimeZone};
use traccia_domain::time::Month;

/// `341.544`.
pub(crate) fn number(number: u64) -> String {
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

/// `−1.200` and `+1.200`, with the sign typographers use.
pub(crate) fn signed(signed: i64) -> String {
    let sign = match signed.signum() {
        -1 => MINUS,
        0 => "",
        _ => "+",
    };
    format!("{sign}{}", number(signed.unsigned_abs()))
}

/// A minus, as wide as a plus.
pub(crate) const MINUS: &str = "−";

/// A figure as it was printed in English: `18658505.01` is `18.658.505,01`, and what is no figure stays.
pub(crate) fn printed(text: &str) -> String {
    let (sign, figure) = text.strip_prefix('-').map_or(("", text), |rest| (MINUS, rest));
    let (whole, rest) =
        figure.split_once('.').map_or((figure, String::new()), |(whole, cents)| (whole, format!(",{cents}")));
    whole.parse().map_or_else(|_| text.to_owned(), |whole| format!("{sign}{}{rest}", number(whole)))
}

/// The same for a difference: above nought it has its plus.
pub(crate) fn printed_difference(text: &str) -> String {
    let nought = text.bytes().all(|byte| matches!(byte, b'0' | b'.'));
    let sign = if text.starts_with('-') || nought { "" } else { "+" };
    format!("{sign}{}", printed(text))
}

/// `25,3 %`, rounded to the nearest tenth. Only all is 100,0 % and only nothing is 0,0 %.
pub(crate) fn percent(part: u64, whole: u64) -> String {
    match thousandths(part, whole) {
        0 if part > 0 => "<0,1 %".to_owned(),
        1_000 if part < whole => "99,9 %".to_owned(),
        thousandths => format!("{},{} %", number(thousandths / 10), thousandths % 10),
    }
}

/// Thousandths of a whole, rounded to the nearest; none of nothing.
pub(crate) fn thousandths(part: u64, whole: u64) -> u64 {
    if whole == 0 {
        return 0;
    }
    let (part, whole) = (u128::from(part), u128::from(whole));
    u64::try_from((part * 2_000 + whole) / (2 * whole)).unwrap_or(u64::MAX)
}

/// `31/12/2024`.
pub(crate) fn day(day: Date) -> String {
    day.strftime("%d/%m/%Y").to_string()
}

/// `marzo 2024`.
pub(crate) fn month(month: Month) -> String {
    const NAMES: [&str; 12] = [
        "gennaio",
        "febbraio",
        "marzo",
        "aprile",
        "maggio",
        "giugno",
        "luglio",
        "agosto",
        "settembre",
        "ottobre",
        "novembre",
        "dicembre",
    ];
    let first = month.first_day();
    let name = usize::try_from(first.month() - 1).ok().and_then(|month| NAMES.get(month)).unwrap_or(&"");
    format!("{name} {}", first.year())
}

/// A day as the API writes it; what is none stays.
pub(crate) fn day_of(text: &str) -> String {
    text.parse().map_or_else(|_| text.to_owned(), day)
}

/// An instant as the API writes it; what is none stays.
pub(crate) fn instant_of(text: &str) -> String {
    text.parse().map_or_else(|_| text.to_owned(), instant)
}

/// Hundredths of a euro: `18.658.505,01 €`.
pub(crate) fn euro(cents: i64) -> String {
    let sign = if cents < 0 { MINUS } else { "" };
    let cents = cents.unsigned_abs();
    format!("{sign}{},{:02} €", number(cents / 100), cents % 100)
}

/// `31/12/2024 alle 14:05:00`, in Rome.
pub(crate) fn instant(instant: Timestamp) -> String {
    instant.to_zoned(rome()).strftime("%d/%m/%Y alle %H:%M:%S").to_string()
}

/// The last instant of a day in Rome.
pub(crate) fn end_of(day: Date) -> Option<Timestamp> {
    let midnight = day.tomorrow().ok()?.to_zoned(rome()).ok()?.timestamp();
    midnight.checked_sub(1.nanosecond()).ok()
}

/// The rule itself, not the machine's table of zones: a container often has none.
fn rome() -> TimeZone {
    TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap_or(TimeZone::UTC)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_read_as_italians_write_them() {
        assert_eq!(number(341_544), "341.544");
        assert_eq!(number(85), "85");
        assert_eq!([signed(-1_200), signed(0), signed(7)], ["−1.200", "0", "+7"]);
        assert_eq!(printed("18658505.01"), "18.658.505,01");
        assert_eq!(["-2", "0.00", "0.01"].map(printed_difference), ["−2", "0,00", "+0,01"]);
        assert_eq!([euro(1_865_850_501), euro(-5)], ["18.658.505,01 €", "−0,05 €"]);
    }

    #[test]
    fn percentages_are_rounded_and_only_all_is_all() {
        assert_eq!(percent(253, 1_000), "25,3 %");
        assert_eq!(percent(3_196, 10_000), "32,0 %");
        assert_eq!([percent(9_999, 10_000), percent(10_000, 10_000)], ["99,9 %", "100,0 %"]);
        assert_eq!([percent(1, 10_000), percent(0, 10_000)], ["<0,1 %", "0,0 %"]);
        assert_eq!([thousandths(3, 2), thousandths(3, 0)], [1_500, 0]);
    }

    #[test]
    fn a_month_has_its_name() {
        assert_eq!(["2024-01", "2024-12"].map(|of| month(of.parse().unwrap())), ["gennaio 2024", "dicembre 2024"]);
    }

    #[test]
    fn an_instant_is_told_in_rome() {
        assert_eq!(instant("2024-07-01T22:30:00Z".parse().unwrap()), "02/07/2024 alle 00:30:00");
        let end = end_of("2024-07-01".parse().unwrap()).unwrap();
        assert_eq!(instant(end), "01/07/2024 alle 23:59:59");
    }
}
