//! Writing our values as the register writes them.

use csv::{Terminator, WriterBuilder};
use jiff::civil::Date;
use traccia_projections::regis::{Indicator, Value};

use super::{COLUMNS, MEASURE};
use crate::page::shown::italian;

const MONTHS: [&str; 12] = [
    "Gennaio",
    "Febbraio",
    "Marzo",
    "Aprile",
    "Maggio",
    "Giugno",
    "Luglio",
    "Agosto",
    "Settembre",
    "Ottobre",
    "Novembre",
    "Dicembre",
];

/// The file of a day. Month and year are the day's; the register's own file gives them with a decimal, and so do we.
pub(crate) fn write(values: &[Value], on: Date) -> Result<Vec<u8>, Box<dyn std::error::Error + Send + Sync>> {
    let mut file = WriterBuilder::new().delimiter(b';').terminator(Terminator::Any(b'\n')).from_writer(Vec::new());
    file.write_record(COLUMNS)?;
    let month = MONTHS[usize::try_from(on.month() - 1)?];
    for value in values {
        file.write_record([
            MEASURE,
            "Rete dei servizi di facilitazione digitale",
            &value.cup,
            &value.cup,
            value.indicator.as_str(),
            described(value.indicator),
            "12.0",
            "Numero",
            "Target",
            &figure(value.reached),
            &figure(value.target),
            month,
            &format!("{}.0", on.year()),
            &on.to_string(),
        ])?;
    }
    Ok(file.into_inner()?)
}

fn described(indicator: Indicator) -> &'static str {
    match indicator {
        Indicator::T0107 => "NR. DI CENTRI DI FACILITAZIONE DIGITALI ( NODI ) ATTIVATI O POTENZIATI",
        Indicator::T0298 => "NR. DI CITTADINI PARTECIPANTI A INIZIATIVE DI FORMAZIONE",
    }
}

/// `1.076,00`
fn figure(figure: u64) -> String {
    format!("{},00", italian::number(figure))
}
