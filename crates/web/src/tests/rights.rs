use super::*;
use crate::operations;

/// What everybody may ask for: what api.md calls public, and what a browser needs to look at `/` and to sign in.
const PUBLIC: [&str; 9] = [
    "/healthz",
    "/readyz",
    "/openapi.json",
    "/docs",
    "/",
    "/style.css",
    "/accesso",
    "/checkpoint",
    "/tile/{level}/{index}",
];

#[tokio::test]
async fn only_what_is_public_is_answered_without_a_token() {
    let server = Server::start().await;
    server.signed(1).await;
    let operations = operations();
    assert!(operations.len() > 40);
    for operation in operations {
        assert_eq!(operation.public, PUBLIC.contains(&operation.path.as_str()), "{operation:?}");
        let path = operation.path.replace("{id}", &"0".repeat(32)).replace("{position}", "1");
        let path = path.replace("{level}", "0").replace("{index}", "000.p/1");
        let request = Request::builder().method(operation.method.as_str()).uri(&path);
        let answered = server.send(request, "{}").await;
        let expected = if operation.public { StatusCode::OK } else { StatusCode::UNAUTHORIZED };
        assert_eq!(answered.status, expected, "{operation:?}");
        assert_eq!(answered.headers["x-content-type-options"], "nosniff");
        assert!(answered.headers.contains_key("content-security-policy"));
    }
}

#[tokio::test]
async fn an_auditor_writes_nothing() {
    let server = Server::start().await;
    let token = server.auditor();
    let forbidden = server.post("/v1/commands/DefineProgramme", &token, programme().to_string()).await;
    assert_eq!((forbidden.status.as_u16(), forbidden.code().as_str()), (403, "Forbidden"));
    assert_eq!(server.post("/v1/imports", &token, "").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_token_sees_its_own() {
    let server = Server::start().await;
    server.set_up().await;
    let (_, service, position) = server.serve("AA0000001", "va-1", "2024-03-01").await;
    let own = server.token(Role::Facilitator, Scope { points: vec!["mi-1".parse().unwrap()], ..Scope::default() });
    let points = server.get(&format!("/v1/points?min_position={position}"), &own).await.json();
    assert_eq!(points["items"].as_array().unwrap().len(), 1);
    assert_eq!(server.get(&format!("/v1/services/{service}"), &own).await.code(), "UnknownService");
    assert_eq!(server.get("/v1/points/va-1", &own).await.code(), "UnknownPoint");
    assert_eq!(server.get("/v1/log", &own).await.code(), "Forbidden");
    let nothing = server.token(Role::Facilitator, Scope::default());
    assert_eq!(server.get("/v1/points", &nothing).await.code(), "Forbidden");
}

#[tokio::test]
async fn another_installations_token_is_none() {
    let (server, other) = (Server::start().await, Server::start().await);
    assert_eq!(server.get("/v1/points", &other.admin()).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn metrics_are_open_to_this_machine_alone() {
    use axum::extract::ConnectInfo;
    use std::net::SocketAddr;
    let server = Server::start().await;
    let here = ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 5000)));
    let from_here = Request::get("/metrics").extension(here);
    let answered = server.send(from_here, "").await;
    assert_eq!(answered.status, StatusCode::OK);
    let relayed = Request::get("/metrics").extension(here).header("x-forwarded-for", "10.0.0.1");
    assert_eq!(server.send(relayed, "").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(server.get("/metrics", &server.auditor()).await.status, StatusCode::OK);
    let again = server.send(Request::get("/metrics").extension(here), "").await;
    assert!(again.text().contains("traccia_http_requests_total{method=\"GET\",path=\"/metrics\""), "{}", again.text());
}
