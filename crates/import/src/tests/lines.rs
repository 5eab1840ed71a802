use super::{fixture, notes_of, rows};
use crate::{
    layout::{COLUMNS, InvalidLayout},
    lines::{LINE_LIMIT, ReadError},
};

fn refused(content: impl AsRef<[u8]>) -> InvalidLayout {
    match rows(content).unwrap_err() {
        ReadError::Layout(why) => why,
        other @ (ReadError::Io(_) | ReadError::Quote { .. }) => panic!("{other}"),
    }
}

/// A line of the fixture of good rows with one cell filled.
fn good_line(index: usize, cell: &str) -> String {
    let content = fixture("good");
    let mut reader = csv::Reader::from_reader(content.as_slice());
    let record = reader.records().next().unwrap().unwrap();
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record(record.iter().enumerate().map(|(i, old)| if i == index { cell } else { old })).unwrap();
    String::from_utf8(out.into_inner().unwrap()).unwrap()
}

#[test]
fn a_file_in_another_layout_is_refused_with_its_first_wrong_column() {
    assert_eq!(refused(fixture("wrong-header")).to_string(), "column 18 of the header is AN16, it should be AN17");
    assert_eq!(refused(COLUMNS[..32].join(",")).to_string(), "column 33 of the header is missing, it should be ES6");
    assert_eq!(
        refused(format!("{},ES7", COLUMNS.join(","))).to_string(),
        "the header goes on after its 33 columns: column 34 is ES7, and none should follow ES6"
    );
    assert_eq!(refused(fixture("empty")), InvalidLayout::Empty);
    assert_eq!(
        refused("x".repeat(3 * LINE_LIMIT)).to_string(),
        "column 1 of the header is something else, it should be IDFacilitatore"
    );
    assert!(rows(fixture("header-only")).unwrap().is_empty());
}

#[test]
fn a_header_separated_by_another_sign_is_told_which_and_what_to_do() {
    let quoted = format!("\"{}\"", COLUMNS.join("\";\""));
    let told = [(COLUMNS.join(";"), "semicolons"), (quoted, "semicolons"), (COLUMNS.join("\t"), "tabulators")];
    for (header, sign) in told {
        let said = refused(header.as_bytes()).to_string();
        assert!(said.starts_with(&format!("the columns of the header are separated by {sign}, ")), "{said}");
        assert!(said.ends_with("save the file as CSV with commas"), "{said}");
    }
    // Signs between what is no name say nothing of the columns.
    let said = refused("CANARINI;ANNA;7").to_string();
    assert_eq!(said, "column 1 of the header is something else, it should be IDFacilitatore");
}

#[test]
fn a_header_that_is_a_citizen_is_not_quoted() {
    let why = refused(fixture("no-header"));
    assert!(!format!("{why} {why:?}").contains("anarin"), "{why:?}");
}

#[test]
fn a_line_without_end_costs_one_row_and_no_memory() {
    let header = COLUMNS.join(",");
    let good = good_line(26, "");
    let endless = good_line(26, &"x".repeat(10 * LINE_LIMIT));
    let long = good_line(26, &"x".repeat(5_000));
    let file = format!("{header}\n{good}{endless}{good}{long}{good}");
    let notes = notes_of(&file);
    assert_eq!(notes.iter().map(|(number, _)| *number).collect::<Vec<_>>(), [3, 5]);
    assert!(notes[0].1.starts_with("la riga supera 65536 byte"), "{notes:?}");
    assert_eq!(notes[1].1, "SE7: il valore supera 4000 byte");
    assert_eq!(rows(&file).unwrap().len(), 5);
}

#[test]
fn a_quote_that_is_never_closed_refuses_the_file() {
    let header = COLUMNS.join(",");
    let plain = good_line(26, "").replace('"', "").replace("De' Canarini, d'Esempio", "x");
    let file = format!("{header}\n\"{plain}{}", plain.repeat(1_000));
    assert!(matches!(rows(&file), Err(ReadError::Quote { row: 2 })), "no row is lost unseen");
    let near_the_end = format!("{header}\n{}\"{plain}{plain}", plain.repeat(1_000));
    assert!(matches!(rows(&near_the_end), Err(ReadError::Quote { row: 1_002 })));
}

#[test]
fn a_row_in_another_encoding_is_rejected_alone() {
    assert_eq!(notes_of(fixture("latin1")), [(2, "la riga contiene caratteri non UTF-8".to_owned())]);
    assert_eq!(rows(fixture("latin1")).unwrap().len(), 2);
}
