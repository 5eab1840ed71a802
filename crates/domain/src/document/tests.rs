use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::{
    birth::age_on,
    fiscal_code::{InvalidFiscalCode, base_form, birth, check, is_omocodia},
    *,
};
use crate::registration::Gender;

/// An invented code: the letters, the day and the place are nobody's.
const MAN: &str = "BCDFGH80A01F205B";
const BASE: &str = "BCDFGH55P66Z129";

/// The check character as the decree tabulates it, written here a second time.
fn with_check(code: &str) -> String {
    const ODD: &str = "BAKPLCQDREVOSFTGUHMINJWZYX";
    let sum: usize = (code.chars().enumerate())
        .map(|(i, c)| {
            let letter = c.to_digit(10).map_or(c, |digit| char::from(b'A' + digit as u8));
            if i % 2 == 0 { ODD.find(letter).unwrap() } else { usize::from(letter as u8 - b'A') }
        })
        .sum();
    format!("{code}{}", char::from(b'A' + (sum % 26) as u8))
}

fn document(kind: DocumentKind, number: &str) -> Result<Document, InvalidDocument> {
    Document::new(kind, None, &DocumentNumber(number.to_owned()))
}

#[test]
fn every_omocodia_variant_of_a_code_is_a_code() {
    let places = [6, 7, 9, 10, 12, 13, 14];
    let whole = with_check(BASE);
    assert!(check(&whole).is_ok() && !is_omocodia(&whole));
    for variant in 1..128_u8 {
        let mut code = BASE.as_bytes().to_vec();
        for (_, place) in places.into_iter().enumerate().filter(|(bit, _)| variant & (1 << bit) != 0) {
            code[place] = b"LMNPQRSTUV"[usize::from(code[place] - b'0')];
        }
        let code = with_check(std::str::from_utf8(&code).unwrap());
        assert_eq!(check(&code), Ok(()), "{variant}");
        assert!(is_omocodia(&code));
        assert_eq!(base_form(&code).unwrap(), whole);
        assert_eq!(birth(&code), birth(&whole));
    }
}

#[test]
fn only_one_check_character_is_right() {
    for c in 'A'..='Z' {
        let code = format!("{}{c}", &MAN[..15]);
        assert_eq!(check(&code).is_ok(), code == MAN, "{c}");
    }
}

#[test]
fn a_code_holds_a_day_that_exists() {
    let on = |year: &str, month: char, day: u8| check(&with_check(&format!("BCDFGH{year}{month}{day:02}F205")));
    assert_eq!(on("80", 'B', 29), Ok(()));
    assert_eq!(on("00", 'B', 69), Ok(()), "2000 was a leap year, 1900 was not");
    assert_eq!(on("04", 'T', 71), Ok(()));
    for (year, month, day) in
        [("81", 'B', 29), ("80", 'B', 30), ("80", 'D', 31), ("80", 'A', 0), ("80", 'A', 32), ("80", 'A', 40)]
    {
        assert_eq!(on(year, month, day), Err(InvalidFiscalCode::Date), "{year}{month}{day}");
    }
    assert_eq!(on("80", 'A', 72), Err(InvalidFiscalCode::Date));
    assert_eq!(on("80", 'F', 10), Err(InvalidFiscalCode::Date), "no month is written F");
}

#[test]
fn a_code_has_its_form() {
    for wrong in ["", "BCDFGH80A01F205", "1CDFGH80A01F205B", "BCDFGH8AA01F205B", "BCDFGH80A01FX05B", "bcdfgh80a01f205b"]
    {
        assert_eq!(check(wrong), Err(InvalidFiscalCode::Form), "{wrong}");
    }
}

#[test]
fn a_provisional_code_has_its_own_check_digit() {
    assert_eq!(check("12345678903"), Ok(()));
    assert_eq!(check("12345678904"), Err(InvalidFiscalCode::CheckCharacter));
    assert_eq!(check("00000000000"), Err(InvalidFiscalCode::Form));
    assert_eq!(birth("12345678903"), None);
    assert_eq!(base_form("12345678903"), None);
}

#[test]
fn a_code_tells_gender_and_birth() {
    let woman = birth(&with_check(BASE)).unwrap();
    assert_eq!((woman.year, woman.month, woman.day, woman.gender), (55, 9, 26, Gender::Female));
    assert_eq!(birth(MAN).unwrap().gender, Gender::Male);
}

#[test]
fn the_century_is_the_one_that_gives_an_age_of_14_to_113() {
    let age = |born: &str, day: Date| age_on(&birth(&with_check(&format!("BCDFGH{born}F205"))).unwrap(), day);
    assert_eq!(age("10A01", date(2023, 12, 31)), Some(113));
    assert_eq!(age("10A01", date(2024, 1, 1)), Some(14));
    assert_eq!(age("80A01", date(2024, 3, 1)), Some(44));
    assert_eq!(age("30T31", date(2024, 12, 30)), Some(93));
    assert_eq!(age("00B29", date(2013, 6, 1)), None, "1900 had no such day");
}

#[test]
fn who_was_born_on_29_february_is_a_year_older_on_1_march() {
    let born = birth(&with_check("BCDFGH04B29F205")).unwrap();
    assert_eq!(age_on(&born, date(2023, 2, 28)), Some(18));
    assert_eq!(age_on(&born, date(2023, 3, 1)), Some(19));
    assert_eq!(age_on(&born, date(2024, 2, 28)), Some(19));
    assert_eq!(age_on(&born, date(2024, 2, 29)), Some(20));
}

#[test]
fn a_birth_year_alone_gives_the_age_completed_that_year() {
    let born = KnownBirth::Year(2006);
    assert_eq!(born.age_on(date(2024, 1, 2)), Some(18));
    assert_eq!(born.age_on(date(2005, 1, 2)), None);
    let known = KnownBirth::from(birth(MAN).unwrap());
    assert_eq!(known.age_on(date(2024, 1, 1)), Some(44));
    assert_eq!(serde_json::from_str::<KnownBirth>(&serde_json::to_string(&known).unwrap()).unwrap(), known);
    assert_eq!(format!("{known:?} {:?}", birth(MAN).unwrap()), "KnownBirth(***) Birth(***)");
}

#[test]
fn a_document_is_one_record_however_it_is_typed() {
    let key = FingerprintKey::new(KeyVersion(1), &[7; 32]);
    let record = |kind, issuer: Option<&str>, number: &str| {
        key.record(&Document::new(kind, issuer, &DocumentNumber(number.to_owned())).unwrap())
    };
    let first = record(DocumentKind::FiscalCode, None, MAN);
    assert_eq!(first, record(DocumentKind::FiscalCode, Some("Agenzia delle Entrate"), " bcd fgh 80a01 f205b "));
    assert_eq!(
        record(DocumentKind::Stp, None, "STP0300010000042"),
        record(DocumentKind::Stp, Some("ATS"), "0300010000042")
    );
    assert_ne!(
        record(DocumentKind::Passport, Some("ITA"), "AB1234567"),
        record(DocumentKind::Passport, Some("FRA"), "AB1234567")
    );
    assert_ne!(
        record(DocumentKind::Passport, None, "AB1234567"),
        record(DocumentKind::IdentityCard, None, "AB1234567")
    );
}

#[test]
fn a_health_code_has_thirteen_characters_after_its_letters() {
    assert!(document(DocumentKind::Eni, "eni 030 001 0000042").is_ok());
    assert_eq!(document(DocumentKind::Eni, "STP0300010000042"), Err(InvalidDocument::Number));
    assert_eq!(document(DocumentKind::Stp, "STP030001"), Err(InvalidDocument::Number));
}

#[test]
fn a_number_is_never_shown_whole() {
    let shown = document(DocumentKind::FiscalCode, MAN).unwrap();
    assert_eq!(shown.masked(), "BC**************");
    assert_eq!(format!("{shown:?}"), "Document(fiscal_code, ***)");
    assert_eq!(mask("AB12"), "****");
    assert_eq!(mask("  "), "");
}

proptest! {
    #[test]
    fn no_text_breaks_the_check(text in "\\PC{0,20}", number in "[A-Z0-9]{11,16}") {
        for text in [text, number] {
            let valid = check(&text).is_ok();
            prop_assert!(!valid || document(DocumentKind::FiscalCode, &text).is_ok());
            prop_assert_eq!(birth(&text).is_some(), valid && text.len() == 16);
            let _ = (is_omocodia(&text), base_form(&text), mask(&text));
        }
    }
}

#[test]
fn near_forms_are_codes_that_differ_by_two_exchanged_characters() {
    let near = |code: &str| -> Vec<String> {
        document(DocumentKind::FiscalCode, code)
            .unwrap()
            .transposed()
            .iter()
            .map(|near| near.number().to_owned())
            .collect()
    };
    // Within surname and name, a digit of the day with one of the place, and two of the place.
    assert_eq!(
        near(MAN),
        [
            "DCBFGH80A01F205B",
            "BFDCGH80A01F205B",
            "BCGFDH80A01F205B",
            "BCDHGF80A01F205B",
            "BCDFGH80A02F105B",
            "BCDFGH80A01F502B"
        ]
    );
    for code in near(MAN) {
        assert_eq!(check(&code), Ok(()));
        assert!(near(&code).contains(&MAN.to_owned()), "near is near both ways");
    }
    assert!(document(DocumentKind::Passport, "YA1234567").unwrap().transposed().is_empty());
}

#[test]
fn side_by_side_only_characters_of_one_weight_are_exchanged_unnoticed() {
    // The check character weighs W and Y alike in both places.
    let code = with_check("WYDFGH80A01F205");
    let exchanged = with_check("YWDFGH80A01F205");
    assert_eq!(code.as_bytes()[15], exchanged.as_bytes()[15]);
    let near = document(DocumentKind::FiscalCode, &code).unwrap().transposed();
    assert!(near.iter().any(|near| near.number() == exchanged));
}

#[test]
fn a_base_is_an_omocodia_codes_and_an_issuer_some_kinds() {
    let omocodia = with_check("BCDFGH80A01F20R");
    assert_eq!(document(DocumentKind::FiscalCode, &omocodia).unwrap().base().unwrap().number(), MAN);
    assert_eq!(document(DocumentKind::FiscalCode, MAN).unwrap().base(), None);
    let issued = |kind, number: &str| Document::new(kind, Some("Monza"), &DocumentNumber(number.to_owned())).unwrap();
    assert_eq!(issued(DocumentKind::IdentityCard, "CA1").without_issuer().unwrap().issuer(), "");
    assert_eq!(issued(DocumentKind::FiscalCode, MAN).without_issuer(), None);
}

#[test]
fn the_next_number_is_the_last_run_of_digits_plus_one() {
    let next = |kind, number| document(kind, number).unwrap().following().map(|next| next.number().to_owned());
    for (kind, number, expected) in [
        (DocumentKind::IdentityCard, "ca 12345 aa", Some("CA12346AA")),
        (DocumentKind::IdentityCard, "AX0999999", Some("AX1000000")),
        (DocumentKind::IdentityCard, "AX9999999", None),
        (DocumentKind::Passport, "YA1234567", Some("YA1234568")),
        (DocumentKind::ResidencePermit, "I00000009", Some("I00000010")),
        (DocumentKind::Other, "A1B2C", Some("A1B3C")),
        (DocumentKind::Other, "SENZA", None),
        (DocumentKind::Stp, "STP0300001234567", Some("STP0300001234568")),
        (DocumentKind::FiscalCode, "12345678903", None),
    ] {
        let valid = document(kind, number).is_ok();
        assert!(valid, "{number}");
        assert_eq!(next(kind, number).as_deref(), expected, "{number}");
    }
}

proptest! {
    /// Of two numbers that follow each other the first one's next is the second: the same kind, issuer and form.
    #[test]
    fn numbers_that_follow_each_other_meet(letters in "[A-Z]{0,4}", number in 0..9_999_999_u32, end in "[A-Z]{0,3}") {
        let of = |number: u32| document(DocumentKind::IdentityCard, &format!("{letters}{number:07}{end}")).unwrap();
        let next = of(number).following().unwrap();
        prop_assert_eq!(&next, &of(number + 1));
        let key = FingerprintKey::new(KeyVersion(1), &[7; 32]);
        prop_assert_eq!(key.following(&of(number)), Some(key.record(&of(number + 1))));
        prop_assert!(key.following(&of(number)) != Some(key.record(&of(number))));
    }
}
