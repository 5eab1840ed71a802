use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::*;
use crate::{
    Decide as _,
    programme::{Programme, ProgrammeCommand, ProgrammeFacts},
    schema,
};

/// A body of each command that has a day in it.
fn dated() -> Vec<(&'static str, Value)> {
    let id = "00000000000000000000000000000000";
    let mut all: Vec<_> = ["SuspendPoint", "ResumePoint", "ClosePoint", "VoidPoint"]
        .map(|name| (name, json!({"point": "p", "on": "2024-03-01", "reason": "r"})))
        .to_vec();
    let mut session = json!({"citizens": [id], "point": "p", "facilitator": "f", "occurred_on": "2024-03-01",
        "start_time": "10:00", "minutes": 30, "kind": "other"});
    all.push(("RecordGroupSession", session.clone()));
    session.as_object_mut().unwrap().remove("citizens");
    session["citizen"] = json!(id);
    all.push(("RecordService", session));
    all.extend([
        ("DefineProgramme", serde_json::to_value(crate::programme::tests::lombardia()).unwrap()),
        ("AdoptRules", json!({"programme": "p", "act": "a", "effective_on": "2024-03-01"})),
        ("AdoptRedistribution", json!({"programme": "p", "act": "a", "effective_on": "2024-03-01", "projects": []})),
        ("SetReportingWindow", json!({"programme": "p", "month": "2024-02", "until": "2024-03-01", "act": "a"})),
        (
            "SubmitApplication",
            json!({"project": "p", "programme": "p", "name": "n", "lead": {"name": "l"}, "award": "1.00",
                "targets": {"points": 1, "citizens": 1, "services": 1}, "provinces": ["MI"], "starts": "2024-03-01",
                "ends": "2024-03-01"}),
        ),
        ("ApproveApplication", json!({"project": "p", "act": "a", "on": "2024-03-01"})),
        ("RejectApplication", json!({"project": "p", "reason": "r", "on": "2024-03-01"})),
        (
            "SwitchFundingLine",
            json!({"project": "p", "from": "2024-03-01", "funding": "other", "source": "s", "act": "a"}),
        ),
        ("SubmitReport", json!({"project": "p", "month": "2024-02"})),
        ("AcceptReport", json!({"project": "p", "month": "2024-02", "on": "2024-03-01", "act": "a"})),
        (
            "OpenPoint",
            json!({"point": "p", "project": "p", "name": "n", "kind": "fixed", "province": "MI", "municipality": "m",
                "opened_on": "2024-03-01", "weekly_hours": 24, "workstations": 2, "megabits_per_second": 30,
                "services": ["other"]}),
        ),
        (
            "EnrolFacilitator",
            json!({"facilitator": "f", "project": "p", "role": "facilitator", "points": ["p"], "from": "2024-03-01",
                "until": "2024-03-02"}),
        ),
        ("EndFacilitator", json!({"facilitator": "f", "on": "2024-03-01"})),
        (
            "DeclareExpense",
            json!({"project": "p", "expense": "e", "item": "i", "supplier_tax_id": "12345678903", "invoice": "1",
                "date": "2024-03-01", "amount": "1.00"}),
        ),
        ("ConfirmPayment", json!({"project": "p", "tranche": "T1", "paid_on": "2024-03-01", "reference": "r"})),
        ("RecordRecovery", json!({"project": "p", "exposure": "T1-1", "received_on": "2024-03-01", "amount": "1.00"})),
    ]);
    all
}

/// Whether a body is taken for a command; a definition's own check looks at its years too.
fn reads(name: &str, body: &Value) -> bool {
    match Command::read(name, body.clone()).expect("there is such a command") {
        Ok(Command::DefineProgramme(definition)) => {
            Programme::Unknown.decide(&ProgrammeCommand::Define(definition), &ProgrammeFacts::default()).is_ok()
        }
        read => read.is_ok(),
    }
}

/// Every place of a day, a month or a time in a body, as a JSON pointer.
fn places(value: &Value, pointer: &str, found: &mut Vec<String>) {
    let written = |text: &str| text.len() >= 5 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'-' | b':'));
    match value {
        Value::String(text) if written(text) && text.contains(['-', ':']) => found.push(pointer.to_owned()),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(i, item)| places(item, &format!("{pointer}/{i}"), found));
        }
        Value::Object(fields) => {
            fields.iter().for_each(|(name, field)| places(field, &format!("{pointer}/{name}"), found));
        }
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// The names of the fields that a schema says are days.
fn days(schema: &Value, named: Option<&str>, found: &mut BTreeSet<String>) {
    match schema {
        Value::Object(fields) => {
            if fields.get("format").is_some_and(|format| format == "date") {
                found.insert(named.unwrap_or("trigger").to_owned());
            }
            for (name, field) in fields {
                let named =
                    if matches!(name.as_str(), "properties" | "$defs" | "anyOf") { None } else { Some(&**name) };
                days(field, named, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| days(item, named, found)),
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[test]
fn a_day_a_month_and_a_time_are_written_one_way_in_every_command() {
    for (name, body) in dated() {
        assert!(reads(name, &body), "{name}");
        let mut found = Vec::new();
        places(&body, "", &mut found);
        for pointer in found {
            let right = body.pointer(&pointer).unwrap().as_str().unwrap().to_owned();
            let wrong = [
                right.replace(['-', ':'], ""),
                format!("+00{right}"),
                format!("-00{right}"),
                format!("{right}T00:00:00"),
                format!(" {right}"),
                right.replace('-', "/"),
                right.replace(":00", ":0"),
            ];
            for wrong in wrong.into_iter().filter(|wrong| *wrong != right) {
                let mut body = body.clone();
                *body.pointer_mut(&pointer).unwrap() = json!(wrong);
                assert!(!reads(name, &body), "{name} {pointer}: {wrong}");
            }
        }
    }
}

#[test]
fn every_day_of_every_command_is_tried() {
    let bodies = dated();
    for name in Command::NAMES {
        let text = schema::files().into_iter().find(|(path, _)| path.contains(&format!("/{name}."))).unwrap().1;
        let mut named = BTreeSet::new();
        days(&serde_json::from_str(&text).unwrap(), None, &mut named);
        let body = bodies.iter().find(|(other, _)| other == name).map(|(_, body)| body.to_string()).unwrap_or_default();
        for field in named {
            assert!(body.contains(&format!("\"{field}\":")), "{name}: {field}");
        }
    }
}
