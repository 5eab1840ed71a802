//! What a command would change is told before it is sent, and telling it writes nothing.

use traccia_log::Log as _;
use traccia_projector::Forks;

use super::*;

/// Two citizens, one at each point, and the proposal that they are one; the position reached.
async fn proposed(server: &Server) -> ([String; 2], Value) {
    let (one, _, _) = server.serve("AA0000001", "mi-1", "2024-03-01").await;
    let (other, _, _) = server.serve("AA0000002", "va-1", "2024-03-08").await;
    let pair = json!({"citizens": [one, other], "reason": "stesso volto"});
    server.command("ProposeLink", pair.clone()).await;
    ([one, other], pair)
}

async fn ask(server: &Server, token: &str, command: &str, data: &Value) -> Answered {
    server.post("/v1/impact", token, json!({"command": command, "data": data}).to_string()).await
}

/// The row of the project in the totals.
async fn project(server: &Server, position: u64) -> Value {
    let answered = server.get(&format!("/v1/targets?by=project&min_position={position}"), &server.admin()).await;
    answered.json()["items"][0].clone()
}

#[tokio::test]
async fn a_void_is_foretold_to_the_figure_and_nothing_is_written() {
    let server = Server::start().await;
    server.set_up().await;
    let (citizen, service, position) = server.serve("AA0000001", "mi-1", "2024-03-01").await;
    let data = json!({"service": service, "reason": "mai avvenuto"});
    let keys = std::fs::read(server._dir.path().join("record-keys.db")).unwrap();
    let foretold = ask(&server, &server.admin(), "VoidService", &data).await;
    assert_eq!(foretold.status, StatusCode::OK, "{}", foretold.text());
    let foretold = foretold.json();
    assert_eq!((&foretold["position"], &foretold["rules"]), (&json!(position), &json!({"p": 1})));
    assert_eq!(foretold["events"], json!(["ServiceVoided"]));
    let figure = |before: u64, after: u64| json!({"before": before, "after": after});
    let amount = |before: &str, after: &str| json!({"before": before, "after": after});
    let tranche = |id: &str, planned: &str, payable: &str, state: &str| {
        let (planned, payable) = (amount(planned, planned), amount(payable, payable));
        json!({"tranche": id, "planned": planned, "payable": payable, "amount": payable, "state": amount(state, state)})
    };
    let expected = json!([{
        "project": "j", "programme": "p", "counted": figure(1, 0), "at_risk": figure(0, 0),
        "services": {"recorded": figure(1, 1), "qualifying": figure(1, 0)}, "active_points": figure(2, 2),
        "targets": {"points": figure(2, 2), "citizens": figure(100, 100), "services": figure(150, 150)},
        "milestones": [{
            "milestone": "M1", "points": figure(2, 2), "points_needed": figure(2, 2), "citizens_needed": figure(25, 25),
        }],
        "claims": [],
        "money": {
            "award": amount("1000.00", "1000.00"), "exposures": [],
            "tranches": [tranche("T1", "100.00", "100.00", "due"), tranche("T2", "900.00", "0.00", "locked")],
        },
    }]);
    assert_eq!(foretold["projects"], expected);
    let unit = json!({
        "way": "lost", "person": citizen, "service": service, "occurred_on": "2024-03-01", "point": "mi-1",
        "project": "j", "programme": "p",
    });
    assert_eq!((&foretold["lost"], &foretold["gained"], &foretold["units"]), (&json!(1), &json!(0), &json!([unit])));
    assert_eq!(server.app.application.log().head().await.unwrap().0, position);
    assert_eq!(project(&server, position).await["citizens"]["counted"], 1);
    assert_eq!(std::fs::read(server._dir.path().join("record-keys.db")).unwrap(), keys);
    // Somebody nobody knows yet is no key the richer either.
    let new = json!({"documents": [{"kind": "passport", "number": "AA0000009"}], "profile": {"birth_year": 1950}});
    assert_eq!(ask(&server, &server.admin(), "RegisterCitizen", &new).await.status, StatusCode::OK);
    assert_eq!(std::fs::read(server._dir.path().join("record-keys.db")).unwrap(), keys);
    let done = server.command("VoidService", data).await;
    assert!(!done["replayed"].as_bool().unwrap());
    let after = project(&server, done["position"].as_u64().unwrap()).await;
    assert_eq!((&after["citizens"]["counted"], &after["services"]["qualifying"]), (&json!(0), &json!(0)));
}

#[tokio::test]
async fn a_link_is_foretold_to_who_proposed_it_and_to_who_decides() {
    let server = Server::start().await;
    server.set_up().await;
    let (_, pair) = proposed(&server).await;
    // The admin has proposed it; a decision is another's.
    assert_eq!(server.post("/v1/commands/ConfirmLink", &server.admin(), pair.to_string()).await.code(), "SameActor");
    let region = server.token(Role::Region, Scope { programmes: vec!["p".parse().unwrap()], ..Scope::default() });
    for token in [server.admin(), region.clone(), server.auditor()] {
        let foretold = ask(&server, &token, "ConfirmLink", &pair).await.json();
        assert_eq!(foretold["events"], json!(["LinkConfirmed"]), "{foretold}");
        let project = &foretold["projects"][0];
        assert_eq!(project["counted"], json!({"before": 2, "after": 1}));
        assert_eq!(project["at_risk"], json!({"before": 1, "after": 0}));
        assert_eq!((&foretold["lost"], &foretold["units"][0]["point"]), (&json!(1), &json!("va-1")));
    }
    let done = server.post("/v1/commands/ConfirmLink", &region, pair.to_string()).await.json();
    let citizens = project(&server, done["position"].as_u64().unwrap()).await["citizens"].clone();
    assert_eq!((&citizens["counted"], &citizens["at_risk"]), (&json!(1), &json!(0)));
    let broken = ask(&server, &server.admin(), "BreakLink", &pair).await.json();
    assert_eq!(broken["events"], json!(["BreakProposed", "LinkBroken"]));
    assert_eq!((&broken["projects"][0]["counted"], &broken["gained"]), (&json!({"before": 1, "after": 2}), &json!(1)));
}

#[tokio::test]
async fn rules_and_closures_are_foretold_for_the_whole_history() {
    let server = Server::start().await;
    server.set_up().await;
    proposed(&server).await;
    let rules = json!({"qualifying_services": ["group_facilitation"]});
    let adopt = json!({"programme": "p", "act": "DGR 9", "effective_on": "2024-03-05", "counting": rules});
    let foretold = ask(&server, &server.admin(), "AdoptRules", &adopt).await.json();
    assert_eq!(foretold["projects"][0]["services"]["qualifying"], json!({"before": 2, "after": 1}));
    assert_eq!(foretold["units"][0]["point"], "va-1");
    let close = json!({"point": "mi-1", "on": "2024-03-01", "reason": "trasloco"});
    let foretold = ask(&server, &server.admin(), "ClosePoint", &close).await.json();
    assert_eq!((&foretold["lost"], &foretold["units"][0]["point"]), (&json!(1), &json!("mi-1")), "{foretold}");
    let later = json!({"point": "mi-1", "on": "2024-03-02", "reason": "r"});
    let none = ask(&server, &server.admin(), "ClosePoint", &later).await.json();
    assert_eq!((&none["elsewhere"], &none["units"]), (&json!(0), &json!([])));
    let project = &none["projects"][0];
    assert_eq!(project["counted"], json!({"before": 2, "after": 2}), "what was given before counts: {none}");
    let fewer = json!({"before": 2, "after": 1});
    assert_eq!((&project["active_points"], &project["milestones"][0]["points"]), (&fewer, &fewer), "{none}");
    let page = server.get("/impatto?command=close_point&point=mi-1&on=2024-03-02", &server.admin()).await;
    for said in ["Punti attivi e obiettivi", "punti che contano"] {
        assert!(page.text().contains(said), "{said}: {}", page.text());
    }
}

#[tokio::test]
async fn a_token_sees_of_an_impact_what_it_sees_of_the_rest() {
    let server = Server::start().await;
    server.set_up().await;
    let (_, pair) = proposed(&server).await;
    let toscana = server.token(Role::Region, Scope { programmes: vec!["q".parse().unwrap()], ..Scope::default() });
    let foretold = ask(&server, &toscana, "ConfirmLink", &pair).await.json();
    assert_eq!((&foretold["projects"], &foretold["elsewhere"]), (&json!([]), &json!(1)), "{foretold}");
    assert_eq!((&foretold["lost"], &foretold["units"]), (&json!(0), &json!([])));
    for (role, scope) in [
        (Role::Capofila, Scope { projects: vec!["j".parse().unwrap()], ..Scope::default() }),
        (Role::Treasurer, Scope { programmes: vec!["p".parse().unwrap()], ..Scope::default() }),
    ] {
        let refused = ask(&server, &server.token(role, scope), "ConfirmLink", &pair).await;
        assert_eq!(refused.code(), "Forbidden", "{role:?}");
    }
}

#[tokio::test]
async fn what_would_be_refused_is_refused_with_the_same_code() {
    let server = Server::start().await;
    server.set_up().await;
    let (citizen, _, _) = server.serve("AA0000001", "mi-1", "2024-03-01").await;
    let token = server.admin();
    for (command, data, code, pointer) in [
        ("Nonsense", json!({}), "UnknownCommand", None),
        ("ClosePoint", json!({"point": "mi-1", "reason": "r"}), "Malformed", Some("/data/on")),
        (
            "ClosePoint",
            json!({"point": "none", "on": "2024-06-01", "reason": "r"}),
            "UnknownPoint",
            Some("/data/point"),
        ),
        ("RecordService", service(&citizen, "mi-1", "2024-03-01"), "DuplicateService", None),
        (
            "ConfirmLink",
            json!({"citizens": [citizen, "0".repeat(32)], "reason": "r"}),
            "UnknownCitizen",
            Some("/data/citizens/1"),
        ),
    ] {
        let refused = ask(&server, &token, command, &data).await;
        let said = refused.json();
        assert_eq!(said["code"], code, "{command}: {said}");
        assert_eq!(said["errors"][0]["pointer"].as_str(), pointer, "{command}: {said}");
    }
    for (body, pointer) in [
        ("{}", "/command"),
        (r#"{"command": "ClosePoint"}"#, "/data"),
        (r#"{"command": "ClosePoint", "data": {}, "more": 1}"#, ""),
    ] {
        let refused = server.post("/v1/impact", &token, body).await;
        assert_eq!(refused.code(), "Malformed", "{body}");
        if !pointer.is_empty() {
            assert_eq!(refused.json()["errors"][0]["pointer"], pointer, "{body}");
        }
    }
    let close =
        json!({"command": "ClosePoint", "data": {"point": "mi-1", "on": "2024-03-01", "reason": "r"}}).to_string();
    for wrong in ["limit=0", "limit=1001", "known_at=1"] {
        assert_eq!(
            server.post(&format!("/v1/impact?{wrong}"), &token, close.clone()).await.code(),
            "Malformed",
            "{wrong}"
        );
    }
    let few = server.post("/v1/impact?limit=1", &token, close).await.json();
    assert_eq!((&few["lost"], few["units"].as_array().unwrap().len()), (&json!(1), 1));
}

#[tokio::test]
async fn a_process_that_does_not_follow_the_log_says_who_can_answer() {
    let server = Server::start().await;
    server.set_up().await;
    let parts = Parts {
        application: server.app.application.clone(),
        tables: server.app.tables.clone(),
        status: server.app.status.clone(),
        forks: Forks::nowhere(),
        room: server.app.room.clone(),
        ledger: None,
        tokens: server.app.tokens.clone(),
        imports: server.app.imports.clone(),
        metrics: server.app.metrics.clone(),
        limits: Limits::default(),
    };
    let elsewhere = router(App::new(parts));
    let body = json!({"command": "ClosePoint", "data": {"point": "mi-1", "on": "2024-06-01", "reason": "r"}});
    let request = Request::post("/v1/impact").header("authorization", format!("Bearer {}", server.admin()));
    let response = elsewhere.oneshot(request.body(Body::from(body.to_string())).unwrap()).await.unwrap();
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    let said: Value =
        serde_json::from_slice(&axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap()).unwrap();
    assert_eq!(said["code"], "NotProjecting");
    assert!(said["detail"].as_str().unwrap().contains("the one that writes the read models"), "{said}");
}

#[tokio::test]
async fn a_process_that_only_follows_the_log_answers_nothing_else() {
    let server = Server::start().await;
    server.set_up().await;
    let alone = crate::operation(server.app.clone());
    let body =
        json!({"command": "ClosePoint", "data": {"point": "mi-1", "on": "2024-06-01", "reason": "r"}}).to_string();
    let asked = async |path: &str, token: Option<String>| {
        let token = token.map(|token| format!("Bearer {token}")).unwrap_or_default();
        let request = Request::post(path).header("authorization", token).body(Body::from(body.clone())).unwrap();
        alone.clone().oneshot(request).await.unwrap().status()
    };
    assert_eq!(asked("/v1/impact", Some(server.admin())).await, StatusCode::OK);
    assert_eq!(asked("/v1/impact", None).await, StatusCode::UNAUTHORIZED);
    assert_eq!(asked("/v1/commands/ClosePoint", Some(server.admin())).await, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_queue_leads_to_what_a_decision_would_change() {
    let server = Server::start().await;
    server.set_up().await;
    let ([one, other], _) = proposed(&server).await;
    let region = server.token(Role::Region, Scope { programmes: vec!["p".parse().unwrap()], ..Scope::default() });
    let head = server.app.application.log().head().await.unwrap().0;
    server.get(&format!("/v1/links?min_position={head}"), &server.admin()).await;
    let queue = server.get("/collegamenti", &region).await;
    let (_, rest) = queue.text().split_once("<a href=\"/impatto").expect("a way there");
    let path = format!("/impatto{}", rest.split_once('"').unwrap().0).replace("&#38;", "&").replace("&amp;", "&");
    assert!(path.contains(&one) && path.contains(&other) && path.contains("&proposed="), "{path}");
    let page = server.get(&path, &region).await;
    let text = page.text();
    assert_eq!(page.status, StatusCode::OK, "{text}");
    for said in [
        "Che cosa cambierebbe",
        "Non è stato scritto nulla",
        "/progetti/j",
        "−1",
        "non più conteggiato",
        "value=\"confirm_link\"",
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
    // Who proposed it reads the figures; deciding is for another.
    let own = server.get("/collegamenti", &server.admin()).await;
    assert!(own.text().contains("/impatto?") && !own.text().contains("proposed="), "{}", own.text());
    assert_eq!(server.app.application.log().head().await.unwrap().0, head);
}

#[tokio::test]
async fn the_pages_of_a_service_and_a_point_lead_to_their_impact() {
    let server = Server::start().await;
    server.set_up().await;
    let (_, service, position) = server.serve("AA0000001", "mi-1", "2024-03-01").await;
    let token = server.admin();
    server.get(&format!("/v1/services/{service}?min_position={position}"), &token).await;
    let of_service = server.get(&format!("/servizi/{service}"), &token).await;
    assert!(of_service.text().contains("/impatto?command=void_service"), "{}", of_service.text());
    let void = server.get(&format!("/impatto?command=void_service&service={service}"), &token).await;
    assert!(void.text().contains("fosse annullato") && void.text().contains("/progetti/j"), "{}", void.text());
    let of_point = server.get("/punti/mi-1", &token).await;
    assert!(of_point.text().contains("action=\"/impatto\""), "{}", of_point.text());
    let close = server.get("/impatto?command=close_point&point=mi-1&on=2024-03-01", &token).await;
    assert!(close.text().contains("fosse chiuso dal") && close.text().contains("/progetti/j"), "{}", close.text());
    for wrong in [
        "",
        "?command=nonsense",
        "?command=close_point&point=mi-1",
        "?command=close_point&point=mi-1&on=2024-03-01&known_at=3",
    ] {
        assert_eq!(server.get(&format!("/impatto{wrong}"), &token).await.status, StatusCode::BAD_REQUEST, "{wrong}");
    }
    let treasurer = server.token(Role::Treasurer, Scope { programmes: vec!["p".parse().unwrap()], ..Scope::default() });
    let refused = server.get("/impatto?command=close_point&point=mi-1&on=2024-03-01", &treasurer).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}
