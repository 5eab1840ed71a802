//! Every malformed, unknown, duplicate or impossible request gets its code, and nothing is written.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use serde_json::{Value, json};
use traccia_log::Log as _;

use crate::house::{House, citizen, facilitator, network, point, post, service};

/// What is sent, and the status, code and pointer it gets.
type Case = (&'static str, Value, u16, &'static str, Option<&'static str>);

fn with(mut body: Value, field: &str, value: Value) -> Value {
    body[field] = value;
    body
}

#[tokio::test]
async fn each_bad_command_gets_its_code_and_pointer_and_writes_nothing() {
    let house = House::start().await;
    network(&house).await;
    let [other, proposed] = [citizen(&house, "CA7654321").await, citizen(&house, "CA7654322").await];
    let citizen = citizen(&house, "CA1234567").await;
    house.done("RecordService", service(&citizen, "2024-03-01")).await;
    let ok = || service(&citizen, "2024-03-02");
    let nobody = "0".repeat(32);
    house.done("ProposeLink", json!({"citizens": [other, proposed], "reason": "x"})).await;
    let pair = || json!({"citizens": [citizen, other], "reason": "x"});
    let erasing = |citizen: &str, basis: &str| json!({"citizen": citizen, "legal_basis": basis});
    let document = |kind: &str, number: &str| json!({"documents": [{"kind": kind, "number": number}]});
    let cases: Vec<Case> = vec![
        ("ProposeLink", with(pair(), "surprise", json!(1)), 400, "Malformed", Some("/surprise")),
        ("ProposeLink", with(pair(), "citizens", json!([citizen])), 400, "Malformed", Some("/citizens")),
        ("ProposeLink", with(pair(), "citizens", json!([citizen, "Maria"])), 400, "Malformed", Some("/citizens/1")),
        ("ProposeLink", with(pair(), "reason", json!("tel. 333 1234567")), 400, "Malformed", Some("/reason")),
        ("ProposeLink", with(pair(), "citizens", json!([citizen, nobody])), 404, "UnknownCitizen", Some("/citizens/1")),
        ("ProposeLink", with(pair(), "citizens", json!([citizen, citizen])), 422, "SamePerson", Some("/citizens")),
        ("ProposeLink", with(pair(), "reason", json!(" ")), 422, "Invalid", Some("/reason")),
        ("ProposeLink", with(pair(), "citizens", json!([proposed, other])), 409, "AlreadyExists", None),
        ("ConfirmLink", with(pair(), "citizens", json!([other, proposed])), 422, "SameActor", None),
        ("RejectLink", with(pair(), "citizens", json!([other, proposed])), 422, "SameActor", None),
        ("ConfirmLink", pair(), 409, "WrongState", None),
        ("BreakLink", pair(), 409, "WrongState", None),
        ("ConfirmBreak", pair(), 409, "WrongState", None),
        ("RejectBreak", with(pair(), "citizens", json!([nobody, citizen])), 404, "UnknownCitizen", Some("/citizens/0")),
        ("EraseRecord", json!({"citizen": citizen}), 400, "Malformed", Some("/legal_basis")),
        ("EraseRecord", erasing(&citizen, "tel. 333 1234567"), 400, "Malformed", Some("/legal_basis")),
        ("EraseRecord", erasing(&citizen, " "), 422, "Invalid", Some("/legal_basis")),
        ("EraseRecord", erasing(&nobody, "art. 17"), 404, "UnknownCitizen", Some("/citizen")),
        ("RecordService", json!({"citizen": citizen}), 400, "Malformed", Some("/point")),
        ("RecordService", with(ok(), "minutes", json!("trenta")), 400, "Malformed", Some("/minutes")),
        ("RecordService", with(ok(), "surprise", json!(1)), 400, "Malformed", Some("/surprise")),
        ("RecordService", with(ok(), "occurred_on", json!("2024-02-30")), 400, "Malformed", Some("/occurred_on")),
        ("RecordService", with(ok(), "occurred_on", json!("2023-02-29")), 400, "Malformed", Some("/occurred_on")),
        ("RecordService", with(ok(), "start_time", json!("24:00")), 400, "Malformed", Some("/start_time")),
        ("RecordService", with(ok(), "citizen", json!(nobody)), 404, "UnknownCitizen", Some("/citizen")),
        ("RecordService", with(ok(), "point", json!("zz-9")), 404, "UnknownPoint", Some("/point")),
        ("RecordService", with(ok(), "facilitator", json!("nobody")), 404, "UnknownFacilitator", Some("/facilitator")),
        ("RecordService", with(ok(), "refers_to", json!(nobody)), 404, "UnknownService", Some("/refers_to")),
        ("RecordService", service(&citizen, "2024-03-01"), 409, "DuplicateService", None),
        ("RecordService", with(ok(), "occurred_on", json!("2123-01-01")), 422, "InTheFuture", Some("/occurred_on")),
        ("RecordService", with(ok(), "occurred_on", json!("2026-02-01")), 422, "OutsideProject", Some("/occurred_on")),
        ("RecordService", with(ok(), "occurred_on", json!("2023-03-02")), 422, "PointNotOpen", Some("/point")),
        ("RecordService", with(ok(), "minutes", json!(0)), 422, "Invalid", Some("/minutes")),
        ("OpenPoint", point("mi-0001"), 409, "AlreadyExists", None),
        (
            "OpenPoint",
            with(point("mi-2"), "workstations", json!(1)),
            422,
            "PointRequirementsNotMet",
            Some("/workstations"),
        ),
        ("OpenPoint", with(point("mi-2"), "province", json!("BG")), 422, "OutsideProject", Some("/province")),
        ("OpenPoint", with(point("mi-2"), "project", json!("nowhere")), 404, "UnknownProject", Some("/project")),
        ("OpenPoint", with(point("MI 2"), "kind", json!("fixed")), 400, "Malformed", Some("/point")),
        (
            "ClosePoint",
            json!({"point": "zz-9", "on": "2024-01-01", "reason": "x"}),
            404,
            "UnknownPoint",
            Some("/point"),
        ),
        ("ResumePoint", json!({"point": "mi-0001", "on": "2024-01-01", "reason": "x"}), 409, "WrongState", None),
        ("EnrolFacilitator", facilitator("bea", &["zz-9"]), 404, "UnknownPoint", Some("/points/0")),
        (
            "EnrolFacilitator",
            with(facilitator("bea", &["mi-0001"]), "gol_case_manager", json!(true)),
            422,
            "FacilitatorNotValid",
            Some("/gol_case_manager"),
        ),
        (
            "RegisterCitizen",
            document("fiscal_code", "RSSMRA80A01F205Z"),
            422,
            "InvalidFiscalCode",
            Some("/documents/0/number"),
        ),
        ("RegisterCitizen", document("passport", "!"), 422, "InvalidDocument", Some("/documents/0/number")),
        (
            "VoidService",
            json!({"service": nobody, "reason": "per RSSMRA85T10A562S"}),
            400,
            "Malformed",
            Some("/reason"),
        ),
        (
            "VoidService",
            json!({"service": nobody, "reason": "chiede a@example.org"}),
            400,
            "Malformed",
            Some("/reason"),
        ),
        ("DisputeService", json!({"service": nobody, "reason": "tel. 333 1234567"}), 400, "Malformed", Some("/reason")),
        ("DisputeService", json!({"service": nobody, "reason": "x".repeat(501)}), 400, "Malformed", Some("/reason")),
        (
            "OpenPoint",
            with(point("mi-2"), "reduced_hours_reason", json!("per RSSMRA85T10A562S")),
            400,
            "Malformed",
            Some("/reduced_hours_reason"),
        ),
        ("VoidService", json!({"service": nobody, "reason": "x"}), 404, "UnknownService", Some("/service")),
        ("DefineProgramme", crate::house::programme("lombardia"), 409, "AlreadyExists", None),
        (
            "AdoptRules",
            json!({"programme": "veneto", "act": "x", "effective_on": "2024-01-01", "counting": {}}),
            404,
            "UnknownProgramme",
            Some("/programme"),
        ),
        ("PayEverybody", json!({}), 404, "UnknownCommand", None),
    ];
    let before = house.log.head().await.unwrap();
    for (name, body, status, code, pointer) in cases {
        let answer = house.command(&house.admin(), name, body.clone()).await;
        let got = (answer.status.as_u16(), answer.body["code"].as_str(), answer.body["errors"][0]["pointer"].as_str());
        assert_eq!(got, (status, Some(code), pointer), "{name} {body}: {}", answer.text);
        assert!(!answer.text.contains("RSSMRA"), "what was sent is not repeated: {}", answer.text);
        for field in ["type", "title", "status", "detail"] {
            assert!(!answer.body[field].is_null(), "{name}: a problem has its {field}: {}", answer.text);
        }
    }
    assert_eq!(house.log.head().await.unwrap(), before, "a refused command wrote something");
}

#[tokio::test]
async fn bodies_over_the_limit_are_refused_and_write_nothing() {
    let house = House::start().await;
    crate::house::project(&house).await;
    let before = house.log.head().await.unwrap();
    // A command that nothing else speaks against.
    let command = point("mi-0001").to_string();
    let long = format!("{command}{}", " ".repeat((1 << 20) + 1 - command.len()));
    let request = post("/v1/commands/OpenPoint", &house.admin()).body(Body::from(long)).unwrap();
    let answer = house.send(request).await;
    assert_eq!(
        (answer.status, &answer.body["code"]),
        (StatusCode::PAYLOAD_TOO_LARGE, &json!("TooLarge")),
        "{}",
        answer.text
    );
    assert_eq!(house.log.head().await.unwrap(), before, "nothing is written");
    house.done("OpenPoint", point("mi-0001")).await;
}

#[tokio::test]
async fn unknown_paths_methods_and_parameters_get_problem_documents() {
    let house = House::start().await;
    network(&house).await;
    let cases = [
        ("GET", "/v1/nothing", 404),
        ("DELETE", "/v1/points", 405),
        ("GET", "/v1/points?colour=red", 400),
        ("GET", "/v1/points?limit=0", 400),
        ("GET", "/v1/points?limit=100000", 400),
        ("GET", "/v1/points?after=%25%25", 400),
        ("GET", "/v1/links?state=colour", 400),
        ("GET", "/v1/targets?programme=lombardia&by=colour", 400),
        ("GET", "/v1/targets?programme=lombardia&by=project&known_at=yesterday", 400),
        ("GET", "/v1/targets?programme=lombardia&by=project&known_at=99999999", 400),
        ("GET", "/v1/points/zz-9", 404),
        ("GET", "/v1/programmes/veneto", 404),
        ("GET", "/v1/citizens/zz", 400),
        ("GET", "/v1/services/00000000000000000000000000000000", 404),
        ("GET", "/v1/log/99999", 404),
        ("GET", "/v1/imports/00000000000000000000000000000000", 404),
        ("GET", "/v1/imports/..%2Fkeys.json", 400),
    ];
    for (method, path, status) in cases {
        let request = Request::builder().method(method).uri(path);
        let request =
            request.header(header::AUTHORIZATION, format!("Bearer {}", house.admin())).body(Body::empty()).unwrap();
        let answer = house.send(request).await;
        assert_eq!(answer.status.as_u16(), status, "{method} {path}: {}", answer.text);
        assert!(answer.body["code"].is_string(), "{method} {path}: {}", answer.text);
    }
}

#[tokio::test]
async fn a_batch_answers_each_line_in_order_whatever_is_in_it() {
    let house = House::start().await;
    network(&house).await;
    let lines = [
        json!({"command": "OpenPoint", "data": point("mi-0002")}).to_string(),
        "{broken".to_owned(),
        json!({"command": "OpenPoint", "data": point("mi-0001")}).to_string(),
        String::new(),
        json!({"command": "OpenPoint", "idempotency_key": "k", "data": point("mi-0003")}).to_string(),
        json!({"command": "OpenPoint", "idempotency_key": "k", "data": point("mi-0003")}).to_string(),
        json!({"command": "OpenPoint"}).to_string(),
        json!({"command": "OpenPoint", "key": "k", "data": point("mi-0004")}).to_string(),
    ];
    let request = post("/v1/commands", &house.admin()).body(Body::from(lines.join("\n"))).unwrap();
    let answers: Vec<Value> =
        house.send(request).await.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let told: Vec<&str> = answers.iter().map(|a| a["code"].as_str().or(a["id"].as_str()).unwrap()).collect();
    assert_eq!(told, ["mi-0002", "Malformed", "AlreadyExists", "mi-0003", "mi-0003", "Malformed", "Malformed"]);
    assert_eq!(answers[4]["replayed"], true);
    let blamed = [&answers[5], &answers[6]].map(|answer| answer["errors"][0]["pointer"].as_str().unwrap());
    assert_eq!(blamed, ["/data", "/key"]);
}
