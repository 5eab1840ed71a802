use super::*;
use crate::{
    Refusal,
    document::{InvalidDocument, fiscal_code::InvalidFiscalCode},
    given::{TODAY, day},
    refusal::Code,
};

fn presented(number: &str) -> PresentedDocument {
    PresentedDocument { kind: DocumentKind::Passport, issuer: None, number: DocumentNumber(number.to_owned()) }
}

fn registering(documents: Vec<PresentedDocument>) -> RegisterCitizen {
    RegisterCitizen { documents, profile: None }
}

fn refused(refusal: RegistrationRefusal) -> (Code, String) {
    let refusal = Refusal::from(refusal);
    (refusal.code(), refusal.pointer().unwrap_or_default())
}

#[test]
fn two_equal_documents_are_one_record() {
    let documents =
        registering(vec![presented("yy 000-000"), presented("YY000000"), presented("YY000001")]).documents();
    assert_eq!(documents.unwrap().len(), 2);
}

#[test]
fn a_citizen_is_registered_by_one_to_eight_documents() {
    for documents in [vec![], vec![presented("YY000000"); 9]] {
        let refusal = registering(documents).documents().unwrap_err();
        assert_eq!(refused(refusal), (Code::Invalid, "/documents".to_owned()));
    }
}

#[test]
fn the_document_to_blame_is_named_and_never_quoted() {
    let refusal = registering(vec![presented("YY000000"), presented("Y-0")]).documents().unwrap_err();
    assert!(!refusal.to_string().contains("Y-0") && !format!("{refusal:?}").contains("Y-0"));
    assert_eq!(refused(refusal), (Code::InvalidDocument, "/documents/1/number".to_owned()));
    let issued = PresentedDocument { issuer: Some("x".repeat(65)), ..presented("YY000000") };
    let refusal = registering(vec![issued]).documents().unwrap_err();
    assert_eq!(refused(refusal), (Code::InvalidDocument, "/documents/0/issuer".to_owned()));
    let invalid = InvalidDocument::FiscalCode(InvalidFiscalCode::CheckCharacter);
    let refusal = RegistrationRefusal::Document { index: 0, invalid };
    assert_eq!(refused(refusal), (Code::InvalidFiscalCode, "/documents/0/number".to_owned()));
}

#[test]
fn a_profile_holds_codes_of_the_national_lists() {
    let checked = |profile| {
        let command = RegisterCitizen { profile: Some(profile), ..registering(vec![presented("YY000000")]) };
        command.profile(day(TODAY)).map(|profile| profile.cloned()).map_err(refused)
    };
    let good = Profile { birth_year: Some(2025), education: Some('L'), occupation: Some('H'), ..Profile::default() };
    assert_eq!(checked(good.clone()), Ok(Some(good)));
    let wrong = |pointer: &str| Err((Code::Invalid, format!("/profile/{pointer}")));
    assert_eq!(checked(Profile { birth_year: Some(1899), ..Profile::default() }), wrong("birth_year"));
    assert_eq!(checked(Profile { birth_year: Some(2026), ..Profile::default() }), wrong("birth_year"));
    assert_eq!(checked(Profile { education: Some('M'), ..Profile::default() }), wrong("education"));
    assert_eq!(checked(Profile { occupation: Some('I'), ..Profile::default() }), wrong("occupation"));
    assert_eq!(registering(vec![]).profile(day(TODAY)), Ok(None));
}
