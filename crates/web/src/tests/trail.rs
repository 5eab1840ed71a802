//! The trail: who did what, when and why, asked by whom and of what.

use super::*;

/// A service of each of two citizens, one of them disputed; the last position.
async fn disputed(server: &Server) -> u64 {
    server.set_up().await;
    let (_, service, _) = server.serve("AA0000001", "mi-1", "2024-03-01").await;
    server.serve("AA0000002", "va-1", "2024-03-02").await;
    let body = json!({"service": service, "reason": "orario da verificare"});
    let position = server.command("DisputeService", body).await["position"].as_u64().unwrap();
    server.get(&format!("/v1/points?min_position={position}"), &server.auditor()).await;
    position
}

fn rows(page: &str) -> usize {
    page.matches("<tr><th scope=\"row\"").count()
}

fn capofila(server: &Server) -> String {
    server.token(Role::Capofila, Scope { projects: vec!["j".parse().unwrap()], ..Scope::default() })
}

#[tokio::test]
async fn an_auditor_finds_who_did_what_and_opens_the_thing_and_its_commit() {
    let server = Server::start().await;
    let last = disputed(&server).await;
    let page = server.get("/registro", &server.auditor()).await;
    assert_eq!((page.status, rows(page.text())), (StatusCode::OK, usize::try_from(last).unwrap()), "{}", page.text());
    for text in [
        "servizio contestato",
        "orario da verificare",
        "href=\"/punti/mi-1\"",
        "href=\"/progetti/j\"",
        "href=\"/servizi/",
    ] {
        assert!(page.text().contains(text), "{text}: {}", page.text());
    }
    assert!(page.text().contains("<a href=\"/registro\">Registro</a>"), "it is in the navigation");
    for (filter, expected) in [
        ("kind=point", 2),
        ("entity=mi-1", 1),
        ("kind=service", 3),
        ("kind=service&entity=mi-1", 0),
        ("subject=nobody%26else", 0),
        ("to=2020-01-01&kind=service", 0),
        ("from=2020-01-01&kind=service", 3),
    ] {
        let page = server.get(&format!("/registro?{filter}"), &server.auditor()).await;
        assert_eq!((page.status, rows(page.text())), (StatusCode::OK, expected), "{filter}: {}", page.text());
        assert_eq!(page.text().contains("Nessun fatto"), expected == 0, "{filter}");
    }
    let before = server.get(&format!("/registro?kind=service&known_at={}", last - 1), &server.auditor()).await;
    assert_eq!(rows(before.text()), 2, "as it was known then");

    let commit = server.get(&format!("/registro/{last}"), &server.auditor()).await;
    assert_eq!(commit.status, StatusCode::OK, "{}", commit.text());
    let stored = server.get(&format!("/v1/log/{last}"), &server.auditor()).await.text().trim().to_owned();
    let text = stored.split_once("\"commit\":").unwrap().1.strip_suffix('}').unwrap();
    assert!(commit.text().replace("&#34;", "\"").contains(text), "{text}: {}", commit.text());
    assert!(commit.text().contains(&format!("href=\"/registro/{}\"", last - 1)));
    for (path, status) in [
        ("/registro?kind=nothing", StatusCode::BAD_REQUEST),
        ("/registro?from=yesterday", StatusCode::BAD_REQUEST),
        ("/registro?chi=anna", StatusCode::BAD_REQUEST),
        ("/registro/0", StatusCode::NOT_FOUND),
        ("/registro/9999", StatusCode::NOT_FOUND),
        ("/registro/x", StatusCode::NOT_FOUND),
    ] {
        assert_eq!(server.get(path, &server.auditor()).await.status, status, "{path}");
    }
}

#[tokio::test]
async fn who_does_not_reach_the_whole_log_says_of_what_and_sees_their_own() {
    let server = Server::start().await;
    let last = disputed(&server).await;
    let own = capofila(&server);
    let all = server.get("/registro", &own).await;
    assert_eq!((all.status, rows(all.text())), (StatusCode::OK, 0));
    assert!(all.text().contains("Il suo ambito non è tutto il registro"), "{}", all.text());
    let asked = server.get("/v1/trail?kind=point", &own).await;
    assert_eq!((asked.status, asked.code().as_str()), (StatusCode::BAD_REQUEST, "Malformed"));
    let point = server.get("/registro?entity=mi-1", &own).await;
    assert_eq!(rows(point.text()), 1, "{}", point.text());
    assert!(!point.text().contains("href=\"/registro/"), "the commits are for who reads the log");
    assert_eq!(server.get(&format!("/registro/{last}"), &own).await.status, StatusCode::FORBIDDEN);
    let other = server.token(Role::Capofila, Scope { projects: vec!["k".parse().unwrap()], ..Scope::default() });
    assert_eq!(rows(server.get("/registro?entity=mi-1", &other).await.text()), 0);
    let facilitator =
        server.token(Role::Facilitator, Scope { points: vec!["mi-1".parse().unwrap()], ..Scope::default() });
    assert_eq!(server.get("/registro?entity=mi-1", &facilitator).await.status, StatusCode::FORBIDDEN);
    assert!(!server.get("/", &facilitator).await.text().contains("href=\"/registro\""));
}

#[tokio::test]
async fn a_long_trail_goes_on_with_what_it_was_asked_with() {
    let server = Server::start().await;
    server.set_up().await;
    let citizen = server.register("AA0000001").await;
    let mut last = 0;
    for number in 0..101 {
        let mut body = service(&citizen, "mi-1", "2024-03-01");
        body["start_time"] = format!("{:02}:{:02}", number / 60 + 8, number % 60).into();
        last = server.command("RecordService", body).await["position"].as_u64().unwrap();
    }
    server.get(&format!("/v1/points?min_position={last}"), &server.auditor()).await;
    let page = server.get(&format!("/registro?kind=service&known_at={last}"), &server.auditor()).await;
    assert_eq!(rows(page.text()), 100);
    let next = page.text().split("href=\"").find(|link| link.contains("after=")).unwrap();
    let next = next.split('"').next().unwrap().replace("&#38;", "&");
    assert!(next.contains("kind=service") && next.ends_with(&format!("&known_at={last}")), "{next}");
    let second = server.get(&next, &server.auditor()).await;
    assert_eq!(rows(second.text()), 1, "{}", second.text());
    let api = server.get("/v1/trail?kind=service&limit=2", &server.auditor()).await.json();
    assert_eq!(api["items"].as_array().unwrap().len(), 2, "{api}");
    assert!(api["next"].is_string());
}
