//! What is said to whoever probes.

use super::*;

/// A server, of which something else is told where its read models are.
fn with(server: &Server, tables: Tables) -> App {
    let app = &server.app;
    App::new(Parts {
        application: app.application.clone(),
        tables,
        status: app.status.clone(),
        forks: app.forks.clone(),
        room: app.room.clone(),
        ledger: None,
        tokens: app.tokens.clone(),
        imports: app.imports.clone(),
        metrics: app.metrics.clone(),
        limits: app.limits,
    })
}

async fn probed(app: App) -> (StatusCode, Value) {
    let response = router(app).oneshot(Request::get("/readyz").body(Body::empty()).unwrap()).await.unwrap();
    let status = response.status();
    let said = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
    (status, serde_json::from_slice(&said).unwrap())
}

#[tokio::test]
async fn read_models_that_cannot_be_reached_have_no_position() {
    let server = Server::start().await;
    let reached = server.get("/readyz", "").await;
    assert_eq!((reached.status, reached.json()["position"].is_u64()), (StatusCode::OK, true), "{}", reached.text());

    let away = Tables::open_postgres("postgres://nobody@127.0.0.1:1/nowhere".parse().unwrap());
    let (status, said) = probed(with(&server, away)).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!((&said["position"], &said["why"]), (&Value::Null, &json!("the read models cannot be read")), "{said}");
}

#[tokio::test]
async fn a_server_whose_read_models_were_replaced_by_another_logs_is_not_ready() {
    let (server, folder) = (Server::start().await, tempfile::tempdir().unwrap());
    let (log, tables) = (Arc::new(MemoryLog::default()), Tables::open_sqlite(folder.path().join("tables.db")));
    traccia_log::start(&*log, Hex([9; 16]), Timestamp::UNIX_EPOCH).await.unwrap();
    traccia_projector::rebuild::<Projections, _>(&log, &tables, |_| {}).await.unwrap();
    let (status, said) = probed(with(&server, tables)).await;
    let why = said["why"].as_str().unwrap_or_default();
    assert_eq!((status, why.contains("another installation")), (StatusCode::SERVICE_UNAVAILABLE, true), "{said}");
}
