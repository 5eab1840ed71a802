use std::collections::BTreeSet;

use super::*;

#[test]
fn an_event_of_a_newer_program_is_named_and_not_read() {
    for (stored, version) in [("point_closed", 2), ("point_closed", 0), ("point_repainted", 1)] {
        let error = Event::decode(stored, version, r#"{"on": "2024-01-01", "reason": "moved"}"#).unwrap_err();
        assert_eq!(error.to_string(), format!("no event {stored} has a version {version} that this program can read"));
    }
}

#[test]
fn an_event_without_its_shape_is_named_and_not_read() {
    for data in ["{}", "", r#"{"on": "2024-02-30", "reason": "moved"}"#] {
        let error = Event::decode("point_closed", 1, data).unwrap_err();
        assert_eq!(error.to_string(), "the data of point_closed version 1 does not have its shape");
    }
}

#[test]
fn stored_names_and_names_are_each_used_once() {
    let count = Event::kinds().count();
    assert_eq!(Event::kinds().map(|kind| kind.stored).collect::<BTreeSet<_>>().len(), count);
    assert_eq!(Event::kinds().map(|kind| kind.name).collect::<BTreeSet<_>>().len(), count);
}
