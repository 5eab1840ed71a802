//! What people type into a form, read as they write it.

use traccia_domain::{Cents, Share, money::InvalidAmount};

use super::{Field, Wrong};

/// An amount in euro, with a comma or a point before the cents, or as a page prints it: 1.234,56 €.
pub(crate) fn cents(field: &'static str, text: &str) -> Result<Cents, Wrong> {
    let text = text.trim().trim_end_matches('€').trim_end();
    let plain = match text.split_once(',') {
        Some((whole, cents)) if in_thousands(whole) => format!("{}.{cents}", whole.replace('.', "")),
        Some(_) | None => text.replace(',', "."),
    };
    plain.parse().map_err(|invalid| match invalid {
        InvalidAmount::Negative => Wrong::field(Field(field), "un importo non può essere negativo"),
        InvalidAmount::Money | InvalidAmount::Share => {
            Wrong::field(Field(field), "è in euro, con al più due decimali, per esempio 1234,56")
        }
    })
}

/// Whether points stand only between thousands.
fn in_thousands(whole: &str) -> bool {
    let mut groups = whole.trim_start_matches('-').split('.');
    groups.next().is_some_and(|first| (1..=3).contains(&first.len())) && groups.all(|group| group.len() == 3)
}

/// A share of a whole, from 0 to 1, written in the same way.
pub(crate) fn share(field: &'static str, text: &str) -> Result<Share, Wrong> {
    let expected = "è da 0 a 1, con al più sei decimali, per esempio 0,25; l'intero è 1";
    text.trim().replace(',', ".").parse().map_err(|_: InvalidAmount| Wrong::field(Field(field), expected))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_read_as_people_write_it() {
        for (text, expected) in [
            ("1234,56", Some(123_456)),
            ("1234.56", Some(123_456)),
            (" 1.234,56 € ", Some(123_456)),
            ("1.234.567,8", Some(123_456_780)),
            ("12", Some(1_200)),
            ("1.23,45", None),
            ("1.234", None),
            ("1,234.56", None),
            ("-1.234,56", None),
            ("€", None),
        ] {
            assert_eq!(cents("amount", text).ok().map(|cents| cents.0), expected, "{text}");
        }
    }
}
