use cqrs_es::test::TestFramework;

use super::*;
use crate::{
    given::{after, citizen, seen},
    refusal::Code,
};

fn register() -> RecordCommand {
    let (profile, followed_by) = (Some(SealedProfile("00".to_owned())), Some(citizen("next")));
    RecordCommand::Register { document: DocumentKind::Passport, key_version: KeyVersion(1), profile, followed_by }
}

fn registered() -> RecordEvent {
    let (profile, followed_by) = (Some(SealedProfile("00".to_owned())), Some(citizen("next")));
    RecordRegistered { document: DocumentKind::Passport, key_version: KeyVersion(1), profile, followed_by }.into()
}

fn erase(legal_basis: &str) -> RecordCommand {
    RecordCommand::Erase(EraseRecord { citizen: citizen("a"), legal_basis: legal_basis.to_owned() })
}

fn erased() -> RecordEvent {
    RecordErased { legal_basis: "art. 17".to_owned() }.into()
}

fn given(events: Vec<RecordEvent>) -> cqrs_es::test::AggregateTestExecutor<Record> {
    TestFramework::<Record>::with(()).given(events)
}

#[test]
fn the_same_document_again_is_the_same_registration() {
    given(vec![]).when(register()).then_expect_events(vec![registered()]);
    given(vec![registered()]).when(register()).then_expect_events(vec![]);
}

#[test]
fn a_record_is_erased_once_and_on_a_ground() {
    given(vec![registered()]).when(erase("art. 17")).then_expect_events(vec![erased()]);
    given(vec![registered(), erased()]).when(erase("art. 17")).then_expect_events(vec![]);
    let refused = |events: Vec<RecordEvent>, basis| {
        let refusal = after::<Record>(events).decide(&erase(basis), &()).unwrap_err();
        seen(&refusal)
    };
    assert_eq!(refused(vec![registered()], " "), (Code::Invalid, Some("/legal_basis".to_owned())));
    assert_eq!(refused(vec![], "art. 17"), (Code::UnknownCitizen, Some("/citizen".to_owned())));
}

#[test]
fn an_erased_document_again_is_the_same_registration_and_brings_nothing_back() {
    given(vec![registered(), erased()]).when(register()).then_expect_events(vec![]);
    assert_eq!(after::<Record>([registered(), erased(), registered()]), Record::Erased);
}

#[test]
fn a_legal_basis_says_why_and_never_who() {
    let read = |text: &str| {
        let body = serde_json::json!({"citizen": citizen("a"), "legal_basis": text});
        serde_json::from_value::<EraseRecord>(body)
    };
    assert!(read("Art. 17 GDPR, richiesta del 3 marzo 2025").is_ok());
    for text in ["a request of RSSMRA50A01F205R", "write to anna@example.org", &"x".repeat(501)] {
        assert!(read(text).is_err(), "{text}");
    }
}
