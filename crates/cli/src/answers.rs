//! Answers of the API, from a running server or from the folder: the same routes either way.

use std::sync::Arc;

use anyhow::bail;
use axum::{
    body::{Body, Bytes},
    http::{Request, request},
};
use tower::ServiceExt as _;
use traccia_application::{Application, Bearer, Scope, SystemClock, token};
use traccia_domain::{Actor, Role};
use traccia_log::Log as _;
use traccia_projector::{Forks, Status};
use traccia_vault::Vault;
use traccia_web::{App, Limits, Parts, Remembered};

use crate::{Place, installation::of_this_log, keys, ordered::Json, refused, remote::Remote};

/// Answers a read of a list with all its pages, each at the position of the first.
pub(crate) async fn list(place: &Place, path: &str, query: &[(&str, String)]) -> anyhow::Result<Json> {
    let limit = ("limit", "1000".to_owned());
    let mut answer = get(place, path, &[query, std::slice::from_ref(&limit)].concat()).await?;
    while let Json::Text(next) = answer.get("next").clone() {
        let mut again: Vec<_> = query.iter().filter(|(name, _)| *name != "known_at").cloned().collect();
        again.extend([limit.clone(), ("known_at", answer.get("position").to_string()), ("after", next)]);
        answer.followed_by(get(place, path, &again).await?);
    }
    Ok(answer)
}

/// Answers a read.
pub(crate) async fn get(place: &Place, path: &str, query: &[(&str, String)]) -> anyhow::Result<Json> {
    match Remote::of(place)? {
        Some(remote) => remote.get(path, query).await,
        None => Ok(serde_json::from_slice(&here(place, Request::get(address(path, query)), Body::empty()).await?)?),
    }
}

/// Answers a read that is a file.
pub(crate) async fn text(place: &Place, path: &str, query: &[(&str, String)]) -> anyhow::Result<String> {
    match Remote::of(place)? {
        Some(remote) => remote.text(&address(path, query)).await,
        None => {
            let file = here(place, Request::get(address(path, query)), Body::empty()).await?;
            Ok(String::from_utf8(file.to_vec())?)
        }
    }
}

/// Answers a question that is put with a file.
pub(crate) async fn about(place: &Place, path: &str, query: &[(&str, String)], file: Vec<u8>) -> anyhow::Result<Json> {
    match Remote::of(place)? {
        Some(remote) => {
            let response = remote.post(&address(path, query), "text/csv", file.into()).await?;
            Ok(serde_json::from_str(&response.text().await?)?)
        }
        None => Ok(serde_json::from_slice(&here(place, Request::post(address(path, query)), file.into()).await?)?),
    }
}

/// What the routes answer over the folder.
async fn here(place: &Place, request: request::Builder, body: Body) -> anyhow::Result<Bytes> {
    let (log, tables) = place.data.look().await?;
    let data = place.data.data.display();
    let Some(checkpoint) = tables.checkpoint().await? else {
        bail!(
            "the read models are not built yet: run `traccia rebuild --data {data}`, or `traccia serve --data {data}`"
        );
    };
    of_this_log(&log, &tables).await?;
    // The pages after the first stand where it does.
    let first = request.uri_ref().and_then(|uri| uri.query()).is_none_or(|query| !query.contains("after="));
    let (behind, at) = (log.head().await?.0.saturating_sub(checkpoint.position.0), checkpoint.position);
    if behind > 0 && first {
        eprintln!(
            "the read models stand at position {at}, {behind} commits behind the log: a server that runs catches up by \
             itself, and `traccia rebuild --data {data}` does"
        );
    }
    place.data.with_keys()?;
    keys::kept(&place.data.data, &log).await?;
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
    let app = App::new(Parts {
        application: Arc::new(application),
        tables,
        status: tokio::sync::watch::channel(Status::unknown()).1,
        forks: Forks::nowhere(),
        room: tokio::sync::watch::channel(traccia_web::Room::default()).1,
        ledger: None,
        tokens: vault.secrets().token().clone(),
        imports: place.data.data.to_path_buf(),
        metrics: traccia_web::metrics_recorder()?,
        limits: Limits::default(),
    });
    let request = request.header("authorization", format!("Bearer {token}")).body(body)?;
    let response = traccia_web::router(app).oneshot(request).await?;
    let status = response.status();
    let body = axum::body::to_bytes(response.into_body(), 64 << 20).await?;
    if !status.is_success() {
        return Err(refused::problem(status.as_u16(), &serde_json::from_slice(&body)?));
    }
    Ok(body)
}

/// A path with its query.
fn address(path: &str, query: &[(&str, String)]) -> String {
    format!("{path}?{}", query_string(query))
}

/// A query string.
fn query_string(query: &[(&str, String)]) -> String {
    let mut url = reqwest::Url::parse("http://here/").map(|mut url| {
        url.query_pairs_mut().extend_pairs(query);
        url
    });
    url.as_mut().ok().and_then(|url| url.query().map(ToOwned::to_owned)).unwrap_or_default()
}
