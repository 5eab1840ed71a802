use super::*;

#[tokio::test]
async fn a_list_is_answered_as_csv_with_its_position_beside_it() {
    let server = Server::start().await;
    server.set_up().await;
    let token = server.auditor();
    let request = Request::get("/v1/points?limit=1&min_position=8")
        .header("authorization", format!("Bearer {token}"))
        .header("accept", "text/csv");
    let answered = server.send(request, "").await;
    assert_eq!(answered.headers["content-type"], "text/csv; charset=utf-8");
    assert_eq!(answered.headers["traccia-position"], "8");
    let lines: Vec<&str> = answered.text().lines().collect();
    assert!(lines[0].starts_with("id,programme,project,province,name,state,opened_on"), "{}", lines[0]);
    assert!(lines[1].starts_with("mi-1,p,j,MI,Punto mi-1,open,2024-01-10"), "{}", lines[1]);
    let next = answered.headers["traccia-next"].to_str().unwrap();
    let second = server.get(&format!("/v1/points?limit=1&after={next}"), &token).await.json();
    assert_eq!(second["items"][0]["id"], "va-1");
    assert_eq!(second["next"], Value::Null);
}

#[tokio::test]
async fn a_question_that_is_not_understood_is_refused() {
    let server = Server::start().await;
    server.set_up().await;
    let token = server.auditor();
    for path in [
        "/v1/points?provinze=MI",
        "/v1/points?limit=0",
        "/v1/points?limit=1001",
        "/v1/points?after=zz",
        "/v1/points?known_at=yesterday",
        "/v1/points?known_at=100000",
        "/v1/points?known_at=2999-01-01T00:00:00Z",
        "/v1/points?project=j&project=k",
        "/v1/targets?by=nation",
        "/v1/targets?on=yesterday",
        "/v1/counting",
        "/v1/trail?kind=nothing",
        "/v1/trail?from=yesterday",
        "/v1/points/UPPER",
        "/v1/citizens/12",
        "/v1/log?limit=1001",
    ] {
        let answered = server.get(path, &token).await;
        assert_eq!((answered.status.as_u16(), answered.code().as_str()), (400, "Malformed"), "{path}");
    }
}

#[tokio::test]
async fn what_is_not_there_is_said_so() {
    let server = Server::start().await;
    let token = server.auditor();
    let record = "0".repeat(32);
    for (path, code) in [
        ("/v1/programmes/x".to_owned(), "UnknownProgramme"),
        ("/v1/projects/x".to_owned(), "UnknownProject"),
        ("/v1/points/x".to_owned(), "UnknownPoint"),
        (format!("/v1/citizens/{record}"), "UnknownCitizen"),
        (format!("/v1/services/{record}"), "UnknownService"),
        (format!("/v1/imports/{record}"), "UnknownImport"),
        ("/v1/log/99".to_owned(), "UnknownPosition"),
        ("/v1/nothing".to_owned(), "UnknownPath"),
    ] {
        let answered = server.get(&path, &token).await;
        assert_eq!((answered.status.as_u16(), answered.code().as_str()), (404, code), "{path}");
    }
    let wrong = server.post("/v1/points", &token, "").await;
    assert_eq!((wrong.status.as_u16(), wrong.code().as_str()), (405, "MethodNotAllowed"));
}

#[tokio::test]
async fn a_document_finds_its_record_and_stays_out_of_the_answer() {
    let server = Server::start().await;
    server.set_up().await;
    let (citizen, _, position) = server.serve("AA0000001", "mi-1", "2024-03-01").await;
    let path = format!("/v1/citizens/find?min_position={position}");
    let find = async |number: &str| {
        let body = json!({"document": {"kind": "passport", "number": number}});
        server.post(&path, &server.admin(), body.to_string()).await
    };
    let found = find("aa 0000001").await;
    assert_eq!((&found.json()["id"], &found.json()["document"]), (&json!(citizen), &json!("passport")));
    let unknown = find("ZZ7777777").await;
    assert_eq!(unknown.code(), "UnknownCitizen");
    assert!(!unknown.text().contains("7777777"));
}

#[tokio::test]
async fn the_log_is_given_as_it_is_stored_and_followed() {
    let server = Server::start().await;
    server.set_up().await;
    let token = server.auditor();
    let log = server.get("/v1/log?after=1&limit=2", &token).await;
    let lines: Vec<&str> = log.text().lines().collect();
    assert_eq!(lines.len(), 2);
    assert!(lines[0].starts_with(r#"{"position":2,"commit":{"stream":"programme.p","first":1,"#), "{}", lines[0]);
    let one = server.get("/v1/log/2", &token).await;
    assert_eq!(one.text().trim_end(), lines[0]);
    let stream = server.get("/v1/log?stream=point.va-1", &token).await;
    assert_eq!(stream.text().lines().count(), 1);
    let followed = server.get("/v1/log?follow=true&limit=3&after=5", &token).await;
    assert_eq!(followed.text().lines().count(), 3);
}

#[tokio::test]
async fn followers_are_bounded_and_let_go_when_the_server_stops() {
    let server = Server::with(Limits { followers: 1, ..Limits::default() }).await;
    let token = server.auditor();
    let request = || Request::get("/v1/log?follow=true").header("authorization", format!("Bearer {token}"));
    let first = server.router.clone().oneshot(request().body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(server.send(request(), "").await.code(), "TooManyFollowers");
    server.app.let_go();
    let lines = axum::body::to_bytes(first.into_body(), 1 << 20).await.unwrap();
    assert!(lines.starts_with(b"{\"position\":1,") || lines.is_empty());
}

#[tokio::test]
async fn a_service_is_shown_with_what_was_recorded_of_it() {
    let server = Server::start().await;
    server.set_up().await;
    let citizen = json!({"documents": [{"kind": "passport", "number": "AA0000001"}], "profile": {"birth_year": 1950}});
    let citizen = server.command("RegisterCitizen", citizen).await["id"].as_str().unwrap().to_owned();
    let mut body = service(&citizen, "mi-1", "2024-03-01");
    body["mode"] = json!("remote");
    body["start_time"] = json!("09:30");
    body["competences"] = json!([1, 4]);
    let voided = server.command("RecordService", body.clone()).await;
    server.command("VoidService", json!({"service": voided["id"], "reason": "errore"})).await;
    body["refers_to"] = voided["id"].clone();
    let done = server.command("RecordService", body).await;
    let path = format!("/v1/services/{}?min_position={}", done["id"].as_str().unwrap(), done["position"]);
    let shown = server.get(&path, &server.auditor()).await.json();
    assert_eq!(
        (&shown["minutes"], &shown["start_time"], &shown["mode"]),
        (&json!(30), &json!("09:30"), &json!("remote"))
    );
    assert_eq!((&shown["age"], &shown["competences"]), (&json!(74), &json!([1, 4])));
    assert_eq!(shown["refers_to"], voided["id"]);
    assert_eq!((&shown["recorded"]["position"], &shown["position"]), (&done["position"], &done["position"]));
    assert!(shown["recorded"]["recorded_at"].as_str().unwrap().ends_with('Z'));
}

#[tokio::test]
async fn a_history_says_of_which_day_each_thing_holds() {
    let server = Server::start().await;
    server.set_up().await;
    let suspended = json!({"point": "mi-1", "on": "2024-08-01", "reason": "ferie"});
    let position = server.command("SuspendPoint", suspended).await["position"].clone();
    let days =
        |items: &Value| -> Vec<Value> { items.as_array().unwrap().iter().map(|item| item["on"].clone()).collect() };
    let token = server.auditor();
    let point = server.get(&format!("/v1/points/mi-1?min_position={position}"), &token).await.json();
    assert_eq!(days(&point["history"]), ["2024-08-01", "2024-01-10"]);
    let trail = server.get("/v1/trail?entity=point.mi-1", &token).await.json();
    assert_eq!(trail["items"], point["history"]);
    let project = server.get("/v1/trail?entity=project.j", &token).await.json();
    assert_eq!(days(&project["items"]), [json!("2024-01-02"), Value::Null], "an application is of no day");
}
