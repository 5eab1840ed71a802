//! Answers of the API, from a running server or from the folder: the same routes either way.

use std::sync::Arc;

use anyhow::bail;
use axum::{body::Body, http::Request};
use serde_json::Value;
use tower::ServiceExt as _;
use traccia_application::{Application, Bearer, Scope, SystemClock, token};
use traccia_domain::{Actor, Position, Role};
use traccia_projector::{State, Status};
use traccia_vault::Vault;
use traccia_web::{App, Limits, Parts, Remembered};

use crate::{Place, house, remote::Remote};

/// Answers a read.
pub(crate) async fn get(place: &Place, path: &str, query: &[(&str, String)]) -> anyhow::Result<Value> {
    if let Some(remote) = Remote::of(place)? {
        return remote.get(path, query).await;
    }
    let (log, tables) = house::look(&place.data).await?;
    // New keys beside an old log would make new citizens of old documents.
    if !place.data.data.join("keys.json").exists() {
        bail!("keys.json is missing in {}: put back the one that belongs to this log", place.data.data.display());
    }
    let vault = Vault::open(&place.data.data).await?;
    let who = Bearer { actor: Actor { subject: "command-line".into(), role: Role::Admin }, scope: Scope::default() };
    let token = token::issue(vault.secrets().token(), &who, 1)?;
    let application = Application::new(
        log,
        vault.record_keys(),
        Remembered(tables.clone()),
        vault.secrets().fingerprint().clone(),
        Arc::new(SystemClock),
    );
    // Nobody of this process moves the tables.
    let standing =
        Status { position: Position::START, recorded_at: None, log_head: Position::START, state: State::Following };
    let app = App::new(Parts {
        application: Arc::new(application),
        tables,
        status: tokio::sync::watch::channel(standing).1,
        tokens: vault.secrets().token().clone(),
        imports: place.data.data.to_path_buf(),
        metrics: traccia_web::metrics_recorder()?,
        limits: Limits::default(),
    });
    let query = query_string(query);
    let request = Request::get(format!("{path}?{query}"))
        .header("authorization", format!("Bearer {token}"))
        .body(Body::empty())?;
    let response = traccia_web::router(app).oneshot(request).await?;
    let refused = !response.status().is_success();
    let body = axum::body::to_bytes(response.into_body(), 64 << 20).await?;
    let answer: Value = serde_json::from_slice(&body)?;
    if refused {
        bail!("{} ({})", answer["detail"].as_str().unwrap_or_default(), answer["code"].as_str().unwrap_or_default());
    }
    Ok(answer)
}

/// A query string.
fn query_string(query: &[(&str, String)]) -> String {
    let mut url = reqwest::Url::parse("http://here/").map(|mut url| {
        url.query_pairs_mut().extend_pairs(query);
        url
    });
    url.as_mut().ok().and_then(|url| url.query().map(ToOwned::to_owned)).unwrap_or_default()
}
