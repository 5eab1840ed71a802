use std::path::Path;

use traccia_projections::regis::{Indicator, Value};

use super::*;

/// A file like the register's, of nobody: one CUP, both indicators.
pub(crate) const FIXTURE: &str = "\
codice_univoco_submisura;descrizione_submisura;cup;codice_locale_progetto;codice_indicatore;descrizione_indicatore;unita_di_misura;descrizione_unita_di_misura;descrizione_tipo_indicatore;valore_realizzato;valore_programmato;mese;anno;data_di_estrazione
M1C1I1.07.02;Rete dei servizi di facilitazione digitale;E00A00000000000;E00A00000000000;T0107;NR. DI CENTRI DI FACILITAZIONE DIGITALI ( NODI ) ATTIVATI O POTENZIATI;12.0;Numero;Target;1,00;2,00;Giugno;2024.0;2024-06-30
M1C1I1.07.02;Rete dei servizi di facilitazione digitale;E00A00000000000;E00A00000000000;T0298;NR. DI CITTADINI PARTECIPANTI A INIZIATIVE DI FORMAZIONE;12.0;Numero;Target;1.076,00;341.000,00;Giugno;2024.0;2024-06-30
";

fn fixture() -> Vec<Value> {
    let value = |indicator, reached, target| Value { cup: "E00A00000000000".to_owned(), indicator, reached, target };
    vec![value(Indicator::T0107, 1, 2), value(Indicator::T0298, 1_076, 341_000)]
}

#[test]
fn what_is_written_is_read_again_and_is_the_registers_file_to_the_letter() {
    assert_eq!(read(FIXTURE.as_bytes()), Ok(fixture()));
    let written = write(&fixture(), "2024-06-30".parse().unwrap()).unwrap();
    assert_eq!(std::str::from_utf8(&written).unwrap(), FIXTURE);
}

/// The public file of the measure, where it is at hand.
pub(crate) fn public_file() -> Option<Vec<u8>> {
    let file = "shared/data/regis/indicatori_target_2025-03-31.csv";
    let mut places = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().map(|folder| folder.join(file));
    places.find_map(|path| std::fs::read(path).ok())
}

#[test]
fn the_registers_own_file_is_read_whole_and_written_in_the_same_layout() {
    let Some(bytes) = public_file() else { return };
    let values = read(&bytes).unwrap();
    assert_eq!(values.len(), 932);
    let region: Vec<_> = values.iter().filter(|value| value.cup == "E81D23000080006").collect();
    assert_eq!((region[1].reached, region[1].target), (17_902, 341_000));
    let written = String::from_utf8(write(&values, "2025-03-31".parse().unwrap()).unwrap()).unwrap();
    // Month and year are the register's own; everything else is the same, line by line.
    let ours = written.lines().map(|line| line.split(';').collect::<Vec<_>>());
    let theirs = std::str::from_utf8(&bytes).unwrap();
    for (ours, theirs) in ours.zip(theirs.lines().map(|line| line.split(';').collect::<Vec<_>>())) {
        assert_eq!((&ours[..11], ours[13]), (&theirs[..11], theirs[13]));
    }
    assert_eq!(written.lines().count(), theirs.lines().count());
}

#[test]
fn a_file_that_is_not_the_registers_is_refused_by_line_and_column() {
    let with = |from: &str, to: &str| read(FIXTURE.replacen(from, to, 1).as_bytes());
    assert_eq!(read(b""), Err(NotTheLayout::Header));
    assert_eq!(with("cup;", "cap;"), Err(NotTheLayout::Header));
    assert_eq!(with(";Giugno", ""), Err(NotTheLayout::Line { line: 2 }));
    for (from, to, line, column) in [
        ("1.076,00", "1.07,00", 3, "valore_realizzato"),
        ("1.076,00", "1076.5", 3, "valore_realizzato"),
        ("1.076,00", "-3,00", 3, "valore_realizzato"),
        ("341.000,00", "341.000,50", 3, "valore_programmato"),
        ("E00A00000000000;", "E00A;", 2, "cup"),
    ] {
        assert_eq!(with(from, to), Err(NotTheLayout::Value { line, column }), "{to}");
    }
    let long = format!("{FIXTURE}{}", format!("{}\n", FIXTURE.lines().nth(1).unwrap()).repeat(20_000));
    assert_eq!(read(long.as_bytes()), Err(NotTheLayout::TooLong));
}

#[test]
fn rows_of_other_measures_and_indicators_are_left_out() {
    assert_eq!(read(FIXTURE.replacen("M1C1I1.07.02", "M1C1I1.07.01", 1).as_bytes()).unwrap(), fixture()[1..]);
    assert_eq!(read(FIXTURE.replacen("T0298", "T0999", 1).as_bytes()).unwrap(), fixture()[..1]);
    assert_eq!(read(format!("\u{feff}{FIXTURE}").replace('\n', "\r\n").as_bytes()), Ok(fixture()));
    assert_eq!(read(FIXTURE.replacen("1.076,00", "1076", 1).as_bytes()), Ok(fixture()));
}
