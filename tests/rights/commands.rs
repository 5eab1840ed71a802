//! Every command, every role: what is its own, and what is somebody else's.

use axum::http::StatusCode;
use serde_json::{Value, json};
use traccia_domain::{Command, Role};

use super::neighbours::{Neighbours, ROLES, Side, neighbours};

/// What is said of pairs of records, which belong to nobody.
pub(super) const LINKING: [&str; 6] =
    ["ProposeLink", "ConfirmLink", "RejectLink", "BreakLink", "ConfirmBreak", "RejectBreak"];

/// What moves money.
pub(super) const PAYING: [&str; 11] = [
    "AuthoriseTranche",
    "OrderPayment",
    "ConfirmPayment",
    "FailPayment",
    "ReconcilePayment",
    "CloseBatch",
    "SuspendTranche",
    "ReleaseTranche",
    "RevokeTranche",
    "DecideExposure",
    "RecordRecovery",
];

/// Which commands a role may send about what is its own.
pub(super) fn may(role: Role) -> Vec<&'static str> {
    let facilitator = ["RegisterCitizen", "RecordService", "RecordGroupSession", "DisputeService", "VoidService"];
    let capofila = [
        "SubmitApplication",
        "OpenPoint",
        "SuspendPoint",
        "ResumePoint",
        "ClosePoint",
        "VoidPoint",
        "EnrolFacilitator",
        "EndFacilitator",
        "SubmitReport",
        "UpholdService",
        "ClaimMilestone",
        "DeclareExpense",
    ];
    let region = [
        "DefineProgramme",
        "AdoptRules",
        "AdoptRedistribution",
        "SetReportingWindow",
        "SubmitApplication",
        "ApproveApplication",
        "RejectApplication",
        "SwitchFundingLine",
        "ReturnReport",
        "AcceptReport",
        "ReopenReport",
        "DisputeService",
        "UpholdService",
        "VoidService",
        "CertifyMilestone",
        "DrawSample",
        "RecordFinding",
        "AcceptExpense",
        "RejectExpense",
    ];
    let region = [&region[..], &LINKING[..], &["EraseRecord"]].concat();
    match role {
        Role::Facilitator => facilitator.to_vec(),
        Role::Capofila => [&facilitator[..], &capofila[..]].concat(),
        Role::Region => region,
        Role::Treasurer => PAYING.to_vec(),
        Role::Auditor => vec!["RecordFinding"],
        Role::Admin => Command::NAMES.to_vec(),
    }
}

#[tokio::test]
async fn a_role_sends_its_own_commands_about_its_own_things_alone() {
    for (role, scope) in ROLES {
        // Each its own: some of these commands are carried out.
        let Neighbours { house, own, foreign } = neighbours().await;
        let token = house.token(role, scope);
        for name in Command::NAMES {
            let answer = house.command(&token, name, sample(name, &foreign)).await;
            assert_ne!(answer.status, StatusCode::BAD_REQUEST, "the sample of {name} has its form: {}", answer.text);
            // A citizen belongs to no point and no programme, an auditor and an admin to nobody.
            let anywhere = ["RegisterCitizen", "EraseRecord"].contains(name)
                || LINKING.contains(name)
                || matches!(role, Role::Auditor | Role::Admin);
            let forbidden = answer.status == StatusCode::FORBIDDEN;
            let expected = !(anywhere && may(role).contains(name));
            assert_eq!(forbidden, expected, "{role:?} {name} of others: {} {}", answer.status, answer.text);
        }
        for name in Command::NAMES {
            let answer = house.command(&token, name, sample(name, &own)).await;
            let forbidden = answer.status == StatusCode::FORBIDDEN;
            assert_eq!(forbidden, !may(role).contains(name), "{role:?} {name}: {} {}", answer.status, answer.text);
        }
    }
}

/// A well-formed body about a side; some are refused by the rules, which are asked after the right.
pub(super) fn sample(name: &str, side: &Side) -> Value {
    let Side { programme, project, point, facilitator, service, citizen, .. } = side;
    match name {
        "DefineProgramme" => crate::house::programme(programme),
        "AdoptRules" => {
            let counting = json!({"minimum_age": 14});
            json!({"programme": programme, "act": "a", "effective_on": "2024-01-01", "counting": counting})
        }
        "AdoptRedistribution" => {
            let new = json!({"project": project, "award": "1.00", "points": 1, "citizens": 1, "services": 1});
            json!({"programme": programme, "act": "a", "effective_on": "2024-01-01", "projects": [new], "reserve": "r"})
        }
        "SetReportingWindow" => json!({"programme": programme, "month": "2024-01", "until": "2099-01-31", "act": "a"}),
        "SubmitApplication" => json!({
            "project": project, "programme": programme, "name": "n", "lead": {"name": "l"}, "award": "1.00",
            "targets": {"points": 1, "citizens": 1, "services": 1}, "provinces": ["MI"], "starts": "2023-03-01", "ends": "2025-12-31",
        }),
        "ApproveApplication" => json!({"project": project, "act": "a", "on": "2023-02-15"}),
        "RejectApplication" => json!({"project": project, "reason": "r", "on": "2023-02-15"}),
        "SwitchFundingLine" => {
            json!({"project": project, "from": "2025-12-31", "funding": "pnrr", "source": "s", "act": "a"})
        }
        "SubmitReport" => json!({"project": project, "month": "2024-03"}),
        "ReturnReport" | "ReopenReport" => json!({"project": project, "month": "2024-03", "reason": "r"}),
        "AcceptReport" => json!({"project": project, "month": "2024-03", "on": "2024-04-20", "act": "a"}),
        "OpenPoint" => side.opening(),
        "SuspendPoint" | "ResumePoint" | "ClosePoint" | "VoidPoint" => {
            json!({"point": point, "on": "2023-01-01", "reason": "r"})
        }
        "EnrolFacilitator" => side.enrolment(),
        "EndFacilitator" => json!({"facilitator": facilitator, "on": "2023-01-01"}),
        "RegisterCitizen" => json!({"documents": [{"kind": "passport", "number": "YA1234567"}]}),
        "RecordService" => side.visit("2024-03-02"),
        "RecordGroupSession" => {
            let mut body = side.visit("2024-03-03");
            body["citizens"] = json!([body["citizen"].take()]);
            body.as_object_mut().unwrap().remove("citizen");
            body
        }
        "DisputeService" | "UpholdService" | "VoidService" => json!({"service": service, "reason": "r"}),
        "ClaimMilestone" => json!({"project": project, "milestone": "M1"}),
        "CertifyMilestone" => json!({"project": project, "milestone": "M1", "count": 0, "root": "0".repeat(64)}),
        "DrawSample" => json!({"project": project, "milestone": "M1", "public_value": "1 2 3"}),
        "RecordFinding" => json!({"project": project, "milestone": "M1", "unit": citizen, "finding": "confirmed"}),
        "DeclareExpense" => side.expense(&format!("altra-{project}"), "2"),
        "AcceptExpense" => json!({"expense": format!("spesa-{project}")}),
        "RejectExpense" => json!({"expense": format!("spesa-{project}"), "reason": "r"}),
        "AuthoriseTranche" => json!({"project": project, "tranche": "T1"}),
        "OrderPayment" => json!({"project": project, "tranche": "T1", "iban": "IT60X0542811101000000123456"}),
        "ConfirmPayment" => json!({"project": project, "tranche": "T1", "paid_on": "2024-01-01", "reference": "r"}),
        "FailPayment" => json!({"project": project, "tranche": "T1", "reason": "r"}),
        "ReconcilePayment" => json!({"project": project, "tranche": "T1", "statement": "s"}),
        "CloseBatch" => json!({"programme": side.programme}),
        "SuspendTranche" | "ReleaseTranche" | "RevokeTranche" => {
            json!({"project": project, "tranche": "T1", "act": "a", "reason": "r"})
        }
        "DecideExposure" => json!({"project": project, "exposure": "T1-1", "decision": "net", "act": "a"}),
        "RecordRecovery" => {
            json!({"project": project, "exposure": "T1-1", "received_on": "2024-01-01", "amount": "1.00"})
        }
        "EraseRecord" => json!({"citizen": citizen, "legal_basis": "art. 17"}),
        linking if LINKING.contains(&linking) => json!({"citizens": [citizen, "0".repeat(32)], "reason": "r"}),
        other => panic!("no sample of {other}"),
    }
}

#[test]
fn the_description_names_the_roles_of_every_command() {
    for name in Command::NAMES {
        let described = &traccia_web::document()["paths"][format!("/v1/commands/{name}")]["post"]["x-roles"];
        let roles: Vec<_> = Role::ALL.into_iter().filter(|role| may(*role).contains(name)).map(Role::as_str).collect();
        assert_eq!(*described, json!(roles), "{name}");
    }
}
