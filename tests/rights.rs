//! Everything is denied unless allowed: every route, without a token and with the wrong role.

use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use serde_json::json;
use traccia_domain::{Command, Role};

use crate::house::{House, citizen, network, point, service};

/// What anyone may ask for, as the contract lists it.
const PUBLIC: [&str; 6] = ["/", "/style.css", "/healthz", "/readyz", "/openapi.json", "/docs"];

/// Every operation of the published description.
async fn operations(house: &House) -> Vec<(Method, String)> {
    let description = house.send(Request::get("/openapi.json").body(Body::empty()).unwrap()).await.body;
    assert_eq!(description["openapi"].as_str().unwrap()[..3], *"3.1");
    let paths = description["paths"].as_object().unwrap();
    let operations = paths.iter().flat_map(|(path, methods)| {
        let methods = methods.as_object().unwrap().keys().map(|method| method.to_uppercase().parse().unwrap());
        methods.map(move |method: Method| (method, path.clone()))
    });
    operations.collect()
}

fn path_of(path: &str) -> String {
    path.replace("{command}", "OpenPoint").replace("{position}", "1").replace("{id}", &"0".repeat(32))
}

#[tokio::test]
async fn every_route_is_closed_without_a_token() {
    let house = House::start().await;
    let operations = operations(&house).await;
    assert!(operations.len() >= 20, "the description lists the routes: {operations:?}");
    for (method, path) in operations {
        let asked = |token: Option<&str>| {
            let mut request = Request::builder().method(method.clone()).uri(path_of(&path));
            if let Some(token) = token {
                request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
            }
            house.send(request.body(Body::from("{}")).unwrap())
        };
        if path == "/metrics" {
            // Open on loopback; a request made here comes from nowhere.
            continue;
        }
        if PUBLIC.contains(&path.as_str()) {
            assert_ne!(asked(None).await.status, StatusCode::UNAUTHORIZED, "{method} {path} is public");
            continue;
        }
        for token in [None, Some("nonsense"), Some("eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.")] {
            let answer = asked(token).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{method} {path} with {token:?}: {}", answer.text);
        }
    }
}

#[tokio::test]
async fn a_role_sends_no_command_that_is_not_its_own() {
    let house = House::start().await;
    network(&house).await;
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
        "RegisterCitizen",
        "RecordService",
        "RecordGroupSession",
        "DisputeService",
        "VoidService",
    ];
    let region = [
        "DefineProgramme",
        "AdoptRules",
        "SetReportingWindow",
        "SubmitApplication",
        "ApproveApplication",
        "RejectApplication",
        "SwitchFundingLine",
        "DisputeService",
        "UpholdService",
        "VoidService",
    ];
    let rights: [(Role, &[&str], &[&str]); 5] = [
        (Role::Facilitator, &["point:mi-0001"], &facilitator),
        (Role::Capofila, &["project:rete-milano"], &capofila),
        (Role::Region, &["programme:lombardia"], &region),
        (Role::Treasurer, &["programme:lombardia"], &[]),
        (Role::Auditor, &[], &[]),
    ];
    for (role, scope, may) in rights {
        let token = house.token(role, scope);
        for name in Command::NAMES {
            let answer = house.command(&token, name, sample(name)).await;
            assert_ne!(answer.status, StatusCode::BAD_REQUEST, "the sample of {name} has its form: {}", answer.text);
            let forbidden = answer.status == StatusCode::FORBIDDEN;
            assert_eq!(forbidden, !may.contains(name), "{role:?} {name}: {} {}", answer.status, answer.text);
        }
    }
}

/// A well-formed body within the scope of the roles above; most are refused by the rules, which comes after the right.
fn sample(name: &str) -> serde_json::Value {
    let nobody = "0".repeat(32);
    match name {
        "DefineProgramme" => crate::house::programme("lombardia"),
        "AdoptRules" => json!({"programme": "lombardia", "act": "a", "effective_on": "2024-01-01", "counting": {}}),
        "SetReportingWindow" => {
            json!({"programme": "lombardia", "month": "2024-01", "until": "2099-01-31", "act": "a"})
        }
        "SubmitApplication" => json!({
            "project": "rete-milano", "programme": "lombardia", "name": "n", "lead": {"name": "l"}, "award": "1.00",
            "targets": {"points": 1, "citizens": 1, "services": 1}, "provinces": ["MI"], "starts": "2023-03-01", "ends": "2025-12-31",
        }),
        "ApproveApplication" => json!({"project": "rete-milano", "act": "a", "on": "2023-02-15"}),
        "RejectApplication" => json!({"project": "rete-milano", "reason": "r", "on": "2023-02-15"}),
        "SwitchFundingLine" => {
            json!({"project": "rete-milano", "from": "2025-12-31", "funding": "pnrr", "source": "s", "act": "a"})
        }
        "OpenPoint" => point("mi-0001"),
        "SuspendPoint" | "ResumePoint" | "ClosePoint" | "VoidPoint" => {
            json!({"point": "mi-0001", "on": "2023-01-01", "reason": "r"})
        }
        "EnrolFacilitator" => crate::house::facilitator("anna", &["mi-0001"]),
        "EndFacilitator" => json!({"facilitator": "anna", "on": "2023-01-01"}),
        "RegisterCitizen" => json!({"documents": [{"kind": "passport", "number": "YA1234567"}]}),
        "RecordService" => service(&nobody, "2024-03-01"),
        "RecordGroupSession" => {
            let mut body = service(&nobody, "2024-03-01");
            body["citizens"] = json!([body["citizen"].take()]);
            body.as_object_mut().unwrap().remove("citizen");
            body
        }
        "DisputeService" | "UpholdService" | "VoidService" => json!({"service": nobody, "reason": "r"}),
        other => panic!("no sample of {other}"),
    }
}

#[tokio::test]
async fn what_belongs_to_others_is_neither_written_nor_shown() {
    let house = House::start().await;
    network(&house).await;
    house.done("OpenPoint", point("mi-0002")).await;
    let citizen = citizen(&house, "CA1234567").await;
    let recorded = house.done("RecordService", service(&citizen, "2024-03-01")).await;
    house.caught_up().await;

    let elsewhere = [
        (Role::Facilitator, "point:mi-0002"),
        (Role::Capofila, "project:rete-bergamo"),
        (Role::Region, "programme:toscana"),
    ];
    for (role, limit) in elsewhere {
        let token = house.token(role, &[limit]);
        let answer = house.command(&token, "VoidService", json!({"service": recorded["id"], "reason": "r"})).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{role:?}: {}", answer.text);
        let id = recorded["id"].as_str().unwrap();
        for path in [format!("/v1/services/{id}"), "/v1/points/mi-0001".to_owned()] {
            let answer = house.get(&token, &path).await;
            assert!([403, 404].contains(&answer.status.as_u16()), "{role:?} {path}: {}", answer.text);
        }
        let points = house.get(&token, "/v1/points").await;
        assert!(!points.text.contains("mi-0001"), "{role:?}: {}", points.text);
        let units = house.get(&token, "/v1/counting/units?programme=lombardia").await;
        assert!(!units.text.contains(&citizen), "{role:?}: {}", units.text);
        let log = house.get(&token, "/v1/log").await;
        assert_eq!(log.status, StatusCode::FORBIDDEN, "{role:?}: {}", log.text);
    }
}
