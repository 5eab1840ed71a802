use traccia_domain::{
    document::DocumentKind,
    registration::{Citizenship, Gender},
    service::ServiceKind,
};

use super::{fixture, notes_of, rows};
use crate::{Finding, PointNames};

#[test]
fn what_a_row_says_is_kept_in_codes() {
    let rows = rows(fixture("good")).unwrap();
    let numbers: Vec<_> = rows.iter().map(|(number, _)| *number).collect();
    assert_eq!(numbers, [2, 3, 4, 5, 6, 7, 8], "blank lines are no rows");
    let row = |number: usize| rows[number - 2].1.as_ref().unwrap();

    let first = row(2);
    assert_eq!(first.service.point.as_str(), "mi-001");
    assert_eq!(first.service.facilitator.as_str(), "f-mi-1");
    assert_eq!(first.service.occurred_on.to_string(), "2024-03-01");
    assert_eq!((first.service.minutes, first.service.kind), (45, ServiceKind::IndividualFacilitation));
    assert_eq!((&first.service.competences[..], &first.service.domains[..]), (&[1, 4][..], &['A', 'D'][..]));
    let questionnaire = first.service.questionnaire.as_ref().unwrap();
    assert_eq!((questionnaire.discovery, questionnaire.usefulness), (Some('A'), Some(5)));
    assert_eq!(questionnaire.helpful, ['C', 'I']);
    assert_eq!(first.profile.citizenship, Some(Citizenship::Italian));
    assert_eq!(first.profile.province.as_ref().map(|code| code.as_str()), Some("MI"));
    assert_eq!(first.profile.birth_year, None, "a band is not a year");
    assert_eq!(first.findings, []);

    assert!(row(2).document == row(3).document);
    assert_eq!(row(4).document.number(), "QZZPLL75M10D612U");
    assert_eq!(row(4).service.point, first.service.point, "ids have no case");
    assert_eq!((row(5).document.kind(), row(5).document.number()), (DocumentKind::IdentityCard, "CA00000AA"));
    assert_eq!((row(6).document.kind(), row(6).document.number().len()), (DocumentKind::FiscalCode, 11));
    assert_eq!(row(7).service.kind, ServiceKind::Other);
    assert_eq!((row(7).service.minutes, row(7).service.questionnaire.as_ref()), (1_440, None));
    assert_eq!(row(8).service.kind, ServiceKind::GroupFacilitation);
}

#[test]
fn the_fiscal_code_wins_and_a_mismatch_is_a_finding() {
    let rows = rows(fixture("good")).unwrap();
    let contrary = rows[5].1.as_ref().unwrap();
    assert_eq!(contrary.findings, [Finding::Gender, Finding::AgeBand, Finding::Areas]);
    assert_eq!(contrary.profile.gender, Some(Gender::Male));
    let non_binary = rows[6].1.as_ref().unwrap();
    assert_eq!((non_binary.profile.gender, &non_binary.findings[..]), (Some(Gender::NonBinary), &[][..]));
}

#[test]
fn a_wrong_row_is_told_what_is_wrong_in_italian() {
    let expected = [
        (2, "SE1: data non valida, attesa AAAA-MM-GG"),
        (
            3,
            "SE2: durata non valida, attesa hh:mm da 00:01 a 24:00; SE3: valore non previsto, attesa una lettera da A a E; \
             SE5: valore non previsto, attesi numeri da 1 a 13 separati da ':'",
        ),
        (4, "AN3: codice fiscale non valido, il carattere di controllo non corrisponde"),
        (5, "AN3: codice fiscale mancante; in sua assenza servono AN5 e AN6"),
        (
            6,
            "AN8: valore non previsto, attesa una lettera da A a E; AN9: valore mancante; \
             AN12: provincia non riconosciuta, atteso il nome per esteso",
        ),
        (7, "la riga ha 32 colonne, attese 33"),
        (
            8,
            "IDFacilitatore: codice mancante o non valido; i nominativi non sono conservati e non bastano a riconoscere \
             il facilitatore",
        ),
        (9, "IDSede: codice mancante o non valido, e nessuna sede con questo nome"),
        (10, "AN6: numero di documento non valido, attesi da 3 a 32 tra lettere e cifre"),
        (
            11,
            "SE6: valore mancante; ES5: valore non previsto, attese lettere da A a O separate da ':'; \
             ES6: valore non previsto, atteso un numero da 1 a 5",
        ),
    ];
    let notes = notes_of(fixture("wrong-rows"));
    for ((number, note), (expected_number, expected_note)) in notes.iter().zip(expected) {
        assert_eq!((*number, note.as_str()), (expected_number, expected_note));
    }
    assert_eq!(notes.len(), 11);
}

#[test]
fn a_point_is_found_by_its_name_where_its_id_is_not_ours() {
    let id = |text: &str| text.parse().ok();
    let points = PointNames::new([
        ("Punto Milano 1".to_owned(), id("mi-001").unwrap()),
        ("Biblioteca".to_owned(), id("mi-002").unwrap()),
        ("biblioteca".to_owned(), id("mi-003").unwrap()),
    ]);
    assert_eq!(points.resolve(id("mi-002"), "Punto Milano 1"), id("mi-002"), "a known id wins");
    assert_eq!(points.resolve(None, " punto  MILANO 1"), id("mi-001"));
    assert_eq!(points.resolve(id("x-1"), "Punto Milano 1"), id("mi-001"));
    assert_eq!(points.resolve(id("x-1"), "Biblioteca"), id("x-1"), "a name of two points names none");
}

#[test]
fn a_facilitator_is_found_by_the_id_alone() {
    let good = String::from_utf8(fixture("good")).unwrap();
    let first = |id: &str, name: &str| {
        let file = good.replacen("f-mi-1,Canarino Canaria,", &format!("{id},{name},"), 1);
        rows(file).unwrap().remove(0).1.map(|row| row.service.facilitator.to_string())
    };
    assert_eq!(first("F-MI-2", "Canarino Canaria").as_deref(), Ok("f-mi-2"), "whose name is beside it does not matter");
    assert_eq!(first("f-mi-2", "").as_deref(), Ok("f-mi-2"));
    assert!(first("", "Canarino Canaria").is_err_and(|note| note.contains("non bastano")), "a name alone is nobody");
}
