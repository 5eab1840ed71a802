//! Findings: what an auditor would look at first.

use super::*;

/// Four citizens with documents that follow each other, three of them at one minute; the last position.
async fn unusual(server: &Server) -> u64 {
    server.set_up().await;
    let mut position = 0;
    for number in 0..4 {
        let citizen = server.register(&format!("YA100000{number}")).await;
        let mut body = service(&citizen, "mi-1", "2024-03-05");
        body["start_time"] = json!(if number == 3 { "11:00" } else { "10:00" });
        position = server.command("RecordService", body).await["position"].as_u64().unwrap();
    }
    server.get(&format!("/v1/points?min_position={position}"), &server.auditor()).await;
    position
}

#[tokio::test]
async fn documents_that_follow_each_other_are_known_although_no_number_is_kept() {
    let server = Server::start().await;
    let position = unusual(&server).await;
    let found = server.get("/v1/findings?programme=p", &server.auditor()).await.json();
    let items = found["items"].as_array().unwrap();
    let told: Vec<_> =
        items.iter().map(|one| (&one["kind"], &one["measure"], &one["services"], &one["units"])).collect();
    let expected =
        [("consecutive_documents", 4, 4, 4), ("same_minute", 3, 3, 3)].map(|(a, b, c, d)| json!([a, b, c, d]));
    assert_eq!(told.into_iter().map(|told| json!(told)).collect::<Vec<_>>(), expected, "{found}");
    assert_eq!((&items[0]["position"], &found["position"]), (&json!(position), &json!(position)));
    for item in items {
        let path = format!("/v1/findings/services?finding={}", item["id"].as_str().unwrap());
        let behind = server.get(&path, &server.auditor()).await.json();
        assert_eq!(json!(behind["items"].as_array().unwrap().len()), item["services"], "{behind}");
    }
    let log = server.get("/v1/log", &server.auditor()).await;
    assert!(!log.text().contains("YA100000"), "the numbers stay at the door");
}

#[tokio::test]
async fn findings_are_asked_for_by_kind_and_as_csv() {
    let server = Server::start().await;
    unusual(&server).await;
    let only = server.get("/v1/findings?kind=same_minute", &server.auditor()).await.json();
    assert_eq!(only["items"].as_array().unwrap().len(), 1);
    let request = Request::get("/v1/findings")
        .header("authorization", format!("Bearer {}", server.auditor()))
        .header("accept", "text/csv");
    let csv = server.send(request, "").await;
    assert!(csv.text().starts_with("id,kind,about,subject,programme,project,point,"), "{}", csv.text());
    for wrong in ["findings?kind=guilty", "findings/services", "findings/services?finding=x", "findings?point=mi-1"] {
        let answered = server.get(&format!("/v1/{wrong}"), &server.auditor()).await;
        assert_eq!((answered.status.as_u16(), answered.code().as_str()), (400, "Malformed"), "{wrong}");
    }
    assert_eq!(server.get("/v1/findings?project=x", &server.auditor()).await.code(), "UnknownProject");
}

#[tokio::test]
async fn the_page_accuses_nobody_and_the_public_page_knows_nothing_of_it() {
    let server = Server::with(Limits { published_every: 1, ..Limits::default() }).await;
    unusual(&server).await;
    let page = server.get("/segnalazioni", &server.auditor()).await;
    for text in [
        "non accusa nessuno",
        "stesso minuto",
        "3 registrazioni (soglia 1)",
        "documenti in sequenza",
        "/segnalazioni/servizi?finding=same_minute.mi-1.f-1.2024-03-05.10:00",
    ] {
        assert!(page.text().contains(text), "{text}: {}", page.text());
    }
    let services = "/segnalazioni/servizi?finding=same_minute.mi-1.f-1.2024-03-05.10:00";
    let behind = server.get(services, &server.auditor()).await;
    assert_eq!(behind.text().matches("<tr><th scope=\"row\">").count(), 3, "{}", behind.text());
    assert_eq!(server.get("/segnalazioni?kind=x", &server.auditor()).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(server.get("/segnalazioni?project=x", &server.auditor()).await.status, StatusCode::NOT_FOUND);
    let facilitator =
        server.token(Role::Facilitator, Scope { points: vec!["mi-1".parse().unwrap()], ..Scope::default() });
    assert_eq!(server.get("/segnalazioni", &facilitator).await.status, StatusCode::FORBIDDEN);
    let public = server.send(Request::get("/"), "").await;
    assert!(!public.text().contains("egnalazion"), "{}", public.text());
}
