//! What is said to whoever probes.

use super::*;

#[tokio::test]
async fn read_models_that_cannot_be_reached_have_no_position() {
    let server = Server::start().await;
    let reached = server.get("/readyz", "").await;
    assert_eq!((reached.status, reached.json()["position"].is_u64()), (StatusCode::OK, true), "{}", reached.text());

    let app = &server.app;
    let away = App::new(Parts {
        application: app.application.clone(),
        tables: Tables::open_postgres("postgres://nobody@127.0.0.1:1/nowhere".parse().unwrap()),
        status: app.status.clone(),
        forks: app.forks.clone(),
        room: app.room.clone(),
        ledger: None,
        tokens: app.tokens.clone(),
        imports: app.imports.clone(),
        metrics: app.metrics.clone(),
        limits: app.limits,
    });
    let response = router(away).oneshot(Request::get("/readyz").body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    let said = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
    let said: Value = serde_json::from_slice(&said).unwrap();
    assert_eq!((&said["position"], &said["why"]), (&Value::Null, &json!("the read models cannot be read")), "{said}");
}
