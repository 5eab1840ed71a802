use cqrs_es::test::TestFramework;

use super::*;

#[test]
fn the_same_document_again_is_the_same_registration() {
    let (document, key_version) = (DocumentKind::Passport, KeyVersion(1));
    let again = RecordCommand::Register { document, key_version, profile: None };
    let registered: RecordEvent = RecordRegistered { document, key_version, profile: None }.into();
    let given = |events| TestFramework::<Record>::with(()).given(events);
    given(vec![]).when(again.clone()).then_expect_events(vec![registered.clone()]);
    given(vec![registered]).when(again).then_expect_events(vec![]);
}

#[test]
fn an_unknown_record_is_an_unknown_citizen() {
    assert_eq!(RecordRefusal::Unknown.code(), Code::UnknownCitizen);
}
