//! The code of an investment in the national register (*Codice Unico di Progetto*), by which other registers know it.

/// What is said of a text that is none.
pub(crate) const FORM: &str =
    "a CUP has 15 characters: a letter, two digits, a letter, eleven digits, as E81D23000080006";

/// Whether a text has the form of one.
#[must_use]
pub fn valid(text: &str) -> bool {
    let letter = |place: usize| matches!(place, 0 | 3);
    let fits =
        |(place, byte): (usize, u8)| if letter(place) { byte.is_ascii_uppercase() } else { byte.is_ascii_digit() };
    text.len() == 15 && text.bytes().enumerate().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cup_has_its_letters_and_digits_in_their_places() {
        assert!(["E81D23000080006", "B39I21001150001"].into_iter().all(valid));
        for none in ["", "E81D2300008000", "E81D230000800066", "e81D23000080006", "881D23000080006", "E81D2300008000A"]
        {
            assert!(!valid(none), "{none}");
        }
    }
}
