use super::*;

#[tokio::test]
async fn a_service_recorded_at_a_desk_moves_the_target_at_once() {
    let server = Server::start().await;
    server.set_up().await;
    let (citizen, service, position) = server.serve("AA0000001", "mi-1", "2024-03-01").await;
    let token = server.auditor();
    let path = format!("/v1/targets?programme=p&by=province&min_position={position}");
    let targets = server.get(&path, &token).await.json();
    assert_eq!(targets["position"], position);
    assert_eq!(targets["rules"]["p"], 1);
    let milano = targets["items"].as_array().unwrap().iter().find(|row| row["id"] == "MI").unwrap();
    assert_eq!(milano["citizens"]["counted"], 1);
    assert_eq!(milano["services"]["qualifying"], 1);
    for (path, field, value) in [
        (format!("/v1/citizens/{citizen}"), "person", citizen.clone()),
        (format!("/v1/services/{service}"), "point", "mi-1".to_owned()),
    ] {
        assert_eq!(server.get(&path, &token).await.json()[field], value, "{path}");
    }
    let before = server.get(&format!("/v1/counting?programme=p&known_at={}", position - 1), &token).await.json();
    assert_eq!((before["counted"].as_u64(), before["position"].as_u64()), (Some(0), Some(position - 1)));
}

#[tokio::test]
async fn the_same_key_gives_the_first_answer_again_and_no_other_body() {
    let server = Server::start().await;
    let send = async |body: Value, keys: &[&str]| {
        let mut request =
            Request::post("/v1/commands/DefineProgramme").header("authorization", format!("Bearer {}", server.admin()));
        for key in keys {
            request = request.header("idempotency-key", *key);
        }
        server.send(request, body.to_string()).await
    };
    let first = send(programme(), &["k-1"]).await.json();
    assert_eq!((&first["replayed"], &first["events"]), (&json!(false), &json!(["ProgrammeDefined"])));
    let again = send(programme(), &["k-1"]).await.json();
    assert_eq!((&again["replayed"], &again["position"]), (&json!(true), &first["position"]));
    let mut other = programme();
    other["name"] = "Altro".into();
    assert_eq!(send(other, &["k-1"]).await.code(), "IdempotencyKeyReused");
    for keys in [&["a", "b"][..], &[""], &["not visible"]] {
        let answered = send(programme(), keys).await;
        assert_eq!((answered.status, answered.code().as_str()), (StatusCode::BAD_REQUEST, "Malformed"), "{keys:?}");
    }
}

#[tokio::test]
async fn what_is_wrong_is_named_and_pointed_to() {
    let server = Server::start().await;
    server.set_up().await;
    let citizen = server.register("AA0000001").await;
    server.command("RecordService", service(&citizen, "mi-1", "2024-03-01")).await;
    let mut early = service(&citizen, "mi-1", "2024-01-09");
    let mut misspelt = early.clone();
    misspelt["minute"] = 3.into();
    let twice = r#"{"point":"mi-1","point":"mi-1","on":"2024-01-01","reason":"x"}"#.to_owned();
    let unknown = service(&citizen, "zz-9", "2024-03-01");
    early["start_time"] = "09:00".into();
    for (command, body, status, code, pointer) in [
        ("RecordService", service(&citizen, "mi-1", "2024-03-01").to_string(), 409, "DuplicateService", None),
        ("RecordService", early.to_string(), 422, "PointNotOpen", Some("/point")),
        ("RecordService", unknown.to_string(), 404, "UnknownPoint", Some("/point")),
        ("RecordService", misspelt.to_string(), 400, "Malformed", Some("/minute")),
        ("ClosePoint", twice, 400, "Malformed", Some("/point")),
        ("OpenPoint", "{".to_owned(), 400, "Malformed", None),
        ("OpenGate", "{}".to_owned(), 404, "UnknownCommand", None),
    ] {
        let answered = server.post(&format!("/v1/commands/{command}"), &server.admin(), body).await;
        assert_eq!((answered.status.as_u16(), answered.code().as_str()), (status, code), "{}", answered.text());
        assert_eq!(answered.headers["content-type"], "application/problem+json");
        let problem = answered.json();
        assert_eq!(problem["type"], format!("/docs#{code}"));
        if let Some(pointer) = pointer {
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{}", answered.text());
        }
    }
}

#[tokio::test]
async fn a_batch_answers_line_by_line_and_goes_on_after_a_refusal() {
    let server = Server::start().await;
    let lines = format!(
        "{}\n\n{}\n{}\n",
        json!({"command": "DefineProgramme", "idempotency_key": "k", "data": programme()}),
        json!({"command": "ClosePoint", "data": {"point": "mi-1", "on": "2024-01-01", "reason": "x"}}),
        json!({"command": "DefineProgramme", "idempotency_key": "k", "data": programme()}),
    );
    let answered = server.post("/v1/commands", &server.admin(), lines).await;
    let answers: Vec<Value> = answered.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(answers.len(), 3);
    assert_eq!(answers[0]["events"], json!(["ProgrammeDefined"]));
    assert_eq!(answers[1]["code"], "UnknownPoint");
    assert_eq!(answers[2]["replayed"], true);
}

#[tokio::test]
async fn a_batch_under_one_key_is_refused_before_anything_is_written() {
    let server = Server::start().await;
    let line = json!({"command": "DefineProgramme", "data": programme()}).to_string();
    let admin = server.admin();
    let request = Request::post("/v1/commands").header("authorization", format!("Bearer {admin}"));
    let answered = server.send(request.header("idempotency-key", "k"), line).await;
    assert_eq!((answered.status.as_u16(), answered.code().as_str()), (400, "Malformed"), "{}", answered.text());
    assert!(answered.text().contains("each line has an idempotency_key of its own"), "{}", answered.text());
    assert_eq!(server.get("/v1/programmes", &admin).await.json()["items"], json!([]));
}

#[tokio::test]
async fn more_than_is_taken_is_refused_as_a_problem() {
    let server = Server::with(Limits { command: 100, upload: 100, ..Limits::default() }).await;
    let long = "x".repeat(101);
    for path in ["/v1/commands/OpenPoint", "/v1/citizens/find", "/v1/imports"] {
        let answered = server.post(path, &server.admin(), long.clone()).await;
        assert_eq!((answered.status.as_u16(), answered.code().as_str()), (413, "TooLarge"), "{path}");
    }
    let short = json!({"command": "ClosePoint", "data": {}}).to_string();
    let batch = server.post("/v1/commands", &server.admin(), format!("{short}\n{long}\n{short}\n")).await;
    let answers: Vec<Value> = batch.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let told: Vec<_> = answers.iter().map(|answer| (answer["code"].as_str().unwrap(), &answer["status"])).collect();
    assert_eq!(batch.status.as_u16(), 200);
    assert_eq!(told, [("Malformed", &json!(400)), ("TooLarge", &json!(413))], "the last line says why it ends there");
}

#[tokio::test]
async fn the_limits_are_said_where_they_are_met() {
    let server = Server::start().await;
    let described = server.get("/openapi.json", "").await.json();
    let limits = Limits::default();
    let size =
        |bytes: u64| if bytes >= 1 << 30 { format!("{} GiB", bytes >> 30) } else { format!("{} MiB", bytes >> 20) };
    let (command, batch) = (size(limits.command as u64), size(limits.batch as u64));
    for (path, says) in [
        ("/v1/commands/ClosePoint", vec![command.clone()]),
        ("/v1/commands", vec![command, batch, "`TooLarge` (413)".to_owned()]),
        ("/v1/imports", vec![size(limits.upload), "413".to_owned(), "429".to_owned()]),
    ] {
        let text = described["paths"][path]["post"]["description"].as_str().unwrap_or_default();
        assert!(says.iter().all(|limit| text.contains(limit)), "{path}: {text}");
    }
}

#[tokio::test]
async fn who_takes_no_encoding_is_answered_after_writing_all_the_same() {
    let server = Server::start().await;
    for encoding in ["identity;q=0", "*;q=0", "gzip;q=0, identity;q=0"] {
        let request = Request::post("/v1/commands/DefineProgramme")
            .header("authorization", format!("Bearer {}", server.admin()))
            .header("idempotency-key", "k-1")
            .header("accept-encoding", encoding);
        let answered = server.send(request, programme().to_string()).await;
        assert_eq!(answered.status, StatusCode::OK, "{encoding}");
        assert_eq!(answered.json()["events"], json!(["ProgrammeDefined"]), "{encoding}");
    }
}
