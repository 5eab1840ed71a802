//! The layout of the public ReGiS file of indicators: fourteen columns between semicolons, numbers as Italians write them.

mod read;
mod write;

pub(crate) use read::{NotTheLayout, read};
pub(crate) use write::write;

/// The columns, in order.
const COLUMNS: [&str; 14] = [
    "codice_univoco_submisura",
    "descrizione_submisura",
    "cup",
    "codice_locale_progetto",
    "codice_indicatore",
    "descrizione_indicatore",
    "unita_di_misura",
    "descrizione_unita_di_misura",
    "descrizione_tipo_indicatore",
    "valore_realizzato",
    "valore_programmato",
    "mese",
    "anno",
    "data_di_estrazione",
];

/// The measure, as the register calls it.
const MEASURE: &str = "M1C1I1.07.02";

#[cfg(test)]
pub(crate) mod tests;
