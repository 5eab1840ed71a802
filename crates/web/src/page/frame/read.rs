//! What people type into a form, read as they write it.

use traccia_domain::{Cents, Share, money::InvalidAmount};

use super::{Field, Wrong};

/// An amount in euro, with a comma or a point before the cents.
pub(crate) fn cents(field: &'static str, text: &str) -> Result<Cents, Wrong> {
    text.trim().replace(',', ".").parse().map_err(|invalid| match invalid {
        InvalidAmount::Negative => Wrong::field(Field(field), "un importo non può essere negativo"),
        InvalidAmount::Money | InvalidAmount::Share => {
            Wrong::field(Field(field), "è in euro, con al più due decimali, per esempio 1234,56")
        }
    })
}

/// A share of a whole, from 0 to 1, written in the same way.
pub(crate) fn share(field: &'static str, text: &str) -> Result<Share, Wrong> {
    let expected = "è da 0 a 1, con al più sei decimali, per esempio 0,25; l'intero è 1";
    text.trim().replace(',', ".").parse().map_err(|_: InvalidAmount| Wrong::field(Field(field), expected))
}
