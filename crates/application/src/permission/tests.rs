use serde_json::json;
use traccia_domain::{Command, Role};

use super::*;
use crate::{
    Bearer, Scope,
    testing::{bearer, citizen, command, expense, service, set_up_commands},
};

const ROLES: [Role; 6] = [Role::Facilitator, Role::Capofila, Role::Region, Role::Treasurer, Role::Auditor, Role::Admin];

const LINKING: &str = "ProposeLink ConfirmLink RejectLink BreakLink ConfirmBreak RejectBreak";

const PAYING: &str = "AuthoriseTranche OrderPayment ConfirmPayment FailPayment ReconcilePayment CloseBatch SuspendTranche \
                      ReleaseTranche RevokeTranche DecideExposure RecordRecovery";

fn every_command() -> Vec<Command> {
    let id = "00000000000000000000000000000000";
    let on_point = json!({"point": "p", "on": "2024-01-01", "reason": "r"});
    let on_service = json!({"service": id, "reason": "r"});
    let mut session = service(id);
    session["citizens"] = json!([id]);
    session.as_object_mut().unwrap().remove("citizen");
    let mut all: Vec<_> = set_up_commands();
    all.extend(["SuspendPoint", "ResumePoint", "ClosePoint", "VoidPoint"].map(|name| (name, on_point.clone())));
    all.extend(["DisputeService", "UpholdService", "VoidService"].map(|name| (name, on_service.clone())));
    let on_pair = json!({"citizens": [id, "1".repeat(32)], "reason": "r"});
    all.extend(LINKING.split_whitespace().map(|name| (name, on_pair.clone())));
    all.extend([
        ("AdoptRules", json!({"programme": "p", "act": "a", "effective_on": "2024-01-01"})),
        ("AdoptRedistribution", json!({"programme": "p", "act": "a", "effective_on": "2024-01-01", "projects": []})),
        ("SetReportingWindow", json!({"programme": "p", "month": "2024-01", "until": "2024-02-01", "act": "a"})),
        ("RejectApplication", json!({"project": "p", "reason": "r", "on": "2024-01-01"})),
        (
            "SwitchFundingLine",
            json!({"project": "p", "from": "2024-01-01", "funding": "other", "source": "s", "act": "a"}),
        ),
        ("SubmitReport", json!({"project": "p", "month": "2024-01"})),
        ("ReturnReport", json!({"project": "p", "month": "2024-01", "reason": "r"})),
        ("AcceptReport", json!({"project": "p", "month": "2024-01", "on": "2024-02-01", "act": "a"})),
        ("ReopenReport", json!({"project": "p", "month": "2024-01", "reason": "r"})),
        ("EndFacilitator", json!({"facilitator": "f", "on": "2024-01-01"})),
        ("RegisterCitizen", citizen("YA0000001")),
        ("EraseRecord", json!({"citizen": id, "legal_basis": "art. 17"})),
        ("RecordService", service(id)),
        ("AuthoriseTranche", json!({"project": "p", "tranche": "T1"})),
        ("OrderPayment", json!({"project": "p", "tranche": "T1", "iban": "i"})),
        ("ConfirmPayment", json!({"project": "p", "tranche": "T1", "paid_on": "2024-01-01", "reference": "r"})),
        ("FailPayment", json!({"project": "p", "tranche": "T1", "reason": "r"})),
        ("ReconcilePayment", json!({"project": "p", "tranche": "T1", "statement": "s"})),
        ("CloseBatch", json!({"programme": "p"})),
        ("SuspendTranche", json!({"project": "p", "tranche": "T1", "act": "a", "reason": "r"})),
        ("ReleaseTranche", json!({"project": "p", "tranche": "T1", "act": "a", "reason": "r"})),
        ("RevokeTranche", json!({"project": "p", "tranche": "T1", "act": "a", "reason": "r"})),
        ("DecideExposure", json!({"project": "p", "exposure": "T1-1", "decision": "net", "act": "a"})),
        ("RecordRecovery", json!({"project": "p", "exposure": "T1-1", "received_on": "2024-01-01", "amount": "1.00"})),
        ("RecordGroupSession", session),
        ("ClaimMilestone", json!({"project": "p", "milestone": "M1"})),
        ("CertifyMilestone", json!({"project": "p", "milestone": "M1", "count": 0, "root": "0".repeat(64)})),
        ("DrawSample", json!({"project": "p", "milestone": "M1", "public_value": "1 2 3"})),
        ("RecordFinding", json!({"project": "p", "milestone": "M1", "unit": id, "finding": "error"})),
        ("DeclareExpense", expense("e", "1")),
        ("AcceptExpense", json!({"expense": "e"})),
        ("RejectExpense", json!({"expense": "e", "reason": "r"})),
    ]);
    all.into_iter().map(|(name, body)| command(name, body)).collect()
}

#[test]
fn each_role_may_ask_for_what_is_written_here_and_nothing_else() {
    let desk = "RegisterCitizen RecordService RecordGroupSession DisputeService VoidService";
    let allowed = [
        (Role::Facilitator, desk.to_owned()),
        (
            Role::Capofila,
            format!(
                "{desk} SubmitApplication SubmitReport OpenPoint SuspendPoint ResumePoint ClosePoint VoidPoint EnrolFacilitator \
                 EndFacilitator UpholdService ClaimMilestone DeclareExpense"
            ),
        ),
        (
            Role::Region,
            format!(
                "DefineProgramme AdoptRules AdoptRedistribution SetReportingWindow SubmitApplication ApproveApplication \
                 RejectApplication SwitchFundingLine ReturnReport AcceptReport ReopenReport DisputeService UpholdService VoidService EraseRecord CertifyMilestone DrawSample \
                 RecordFinding AcceptExpense RejectExpense {LINKING}"
            ),
        ),
        (Role::Treasurer, PAYING.to_owned()),
        (Role::Auditor, "RecordFinding".to_owned()),
        (Role::Admin, Command::NAMES.join(" ")),
    ];
    let commands = every_command();
    assert_eq!(commands.len(), Command::NAMES.len(), "every command is looked at");
    for (role, names) in allowed {
        for command in &commands {
            let expected = names.split_whitespace().any(|name| name == command.name());
            assert_eq!(may_ask(&bearer("s", role), command).is_ok(), expected, "{role:?} {}", command.name());
        }
    }
}

#[test]
fn a_token_that_names_nothing_reaches_nothing() {
    for role in [Role::Facilitator, Role::Capofila, Role::Region, Role::Treasurer] {
        let nobody = Bearer { scope: Scope::default(), ..bearer("s", role) };
        assert!(every_command().iter().all(|command| may_ask(&nobody, command).is_err()), "{role:?}");
        assert_eq!(reach(&nobody, Read::Counting), None, "{role:?}");
    }
}

#[test]
fn only_auditor_and_admin_read_the_log_and_everything_else_whole() {
    for role in ROLES {
        let sees_all = matches!(role, Role::Auditor | Role::Admin);
        assert_eq!(reach(&bearer("s", role), Read::Log).is_some(), sees_all, "{role:?}");
        let whole = Read::ALL.iter().all(|read| reach(&bearer("s", role), *read).is_some_and(|r| r.everything()));
        assert_eq!(whole, sees_all, "{role:?}");
    }
}

#[test]
fn a_facilitator_sees_their_points_and_a_treasurer_no_person() {
    let own = reach(&bearer("s", Role::Facilitator), Read::Units).unwrap();
    assert_eq!(own.points, Some(bearer("s", Role::Facilitator).scope.points));
    for read in [Read::Units, Read::Citizen, Read::FindCitizen, Read::Service] {
        assert_eq!(reach(&bearer("s", Role::Treasurer), read), None);
    }
}

#[test]
fn what_a_redistribution_would_be_is_for_those_who_would_decide_it_or_look_at_it() {
    for role in ROLES {
        let sees = matches!(role, Role::Region | Role::Auditor | Role::Admin);
        assert_eq!(reach(&bearer("s", role), Read::Redistribution).is_some(), sees, "{role:?}");
    }
    let own = reach(&bearer("s", Role::Region), Read::Redistribution).unwrap();
    assert_eq!(own.programmes, Some(bearer("s", Role::Region).scope.programmes));
}

#[test]
fn a_refused_right_names_the_roles_that_have_it() {
    let uphold = command("UpholdService", json!({"service": "0".repeat(32), "reason": "r"}));
    let refused = may_ask(&bearer("s", Role::Facilitator), &uphold).unwrap_err();
    assert_eq!(refused.to_string(), "this needs one of the roles capofila, region, admin");
    let refused = may_read(&bearer("s", Role::Capofila), Read::Log).unwrap_err();
    assert_eq!(refused.to_string(), "this needs one of the roles auditor, admin");
    let nobody = Bearer { scope: Scope::default(), ..bearer("s", Role::Capofila) };
    assert_eq!(may_ask(&nobody, &uphold).unwrap_err().to_string(), "this needs a token that names projects");
    assert_eq!(may_read(&nobody, Read::Points).unwrap_err().to_string(), "this needs a token that names projects");
}
