use serde_json::json;

use super::*;
use crate::Event;

fn with(mut data: Value, key: &str, value: Value) -> Value {
    data[key] = value;
    data
}

/// An event that never was, in its third version.
const MADE_UP: &[Step] = &[
    Step { stored: "door_painted", from: 2, bring: |data| with(data, "coats", json!(1)) },
    Step { stored: "door_painted", from: 1, bring: |data| with(data, "colour", json!("green")) },
    Step { stored: "wall_painted", from: 1, bring: |data| with(data, "colour", json!("white")) },
];

fn door(version: u16) -> Option<Value> {
    upcast(MADE_UP, "door_painted", version, 3, json!({"door": 7}))
}

#[test]
fn stored_data_takes_every_step_to_its_current_version() {
    assert_eq!(door(1), Some(json!({"door": 7, "colour": "green", "coats": 1})));
    assert_eq!(door(2), Some(json!({"door": 7, "coats": 1})));
    assert_eq!(door(3), Some(json!({"door": 7})));
}

#[test]
fn no_step_is_guessed() {
    assert_eq!(door(4), None, "a newer program wrote it");
    assert_eq!(door(0), None, "there was never such a version");
    assert_eq!(upcast(MADE_UP, "wall_painted", 1, 3, json!({})), None, "the second step is missing");
}

#[test]
fn every_older_version_has_a_step_and_no_step_is_left_over() {
    let needed: Vec<_> = Event::kinds().flat_map(|kind| (1..kind.version).map(|from| (kind.stored, from))).collect();
    let there: Vec<_> = STEPS.iter().map(|step| (step.stored, step.from)).collect();
    assert!(needed.iter().all(|step| there.contains(step)), "{needed:?}");
    assert_eq!(needed.len(), there.len());
}
