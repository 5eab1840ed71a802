//! `GET /metrics`, and the recorder behind it.

use std::{
    net::{IpAddr, SocketAddr},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use axum::{
    extract::{ConnectInfo, FromRequestParts, State},
    http::request::Parts,
};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use traccia_application::permission::{self, Read};

use crate::{App, Problem, bearer::MaybeWho};

/// Upper bounds of durations, in seconds.
const SECONDS: [f64; 12] = [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

/// Installs the process's recorder of metrics; the second time it returns the first one's handle.
///
/// # Errors
/// When the process has another recorder.
pub fn metrics_recorder() -> Result<PrometheusHandle, BuildError> {
    static INSTALLED: Mutex<Option<PrometheusHandle>> = Mutex::new(None);
    let mut installed = INSTALLED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(handle) = &*installed {
        return Ok(handle.clone());
    }
    let builder = PrometheusBuilder::new().set_buckets_for_metric(Matcher::Suffix("_seconds".into()), &SECONDS)?;
    let handle = builder.install_recorder()?;
    let upkeep = handle.clone();
    // What is measured waits in memory until somebody asks; without this it would grow where nobody does. The thread ends
    // with the process; where none can be had, asking is still enough.
    let _ = std::thread::Builder::new().name("metrics".into()).spawn(move || {
        loop {
            std::thread::sleep(Duration::from_secs(5));
            upkeep.run_upkeep();
        }
    });
    Ok(installed.insert(handle).clone())
}

/// Whether a request comes from this machine, and no proxy says that it asks for somebody else.
pub(crate) struct FromHere(bool);

impl<S: Send + Sync> FromRequestParts<S> for FromHere {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<FromHere, Self::Rejection> {
        let from =
            parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(address)| address.ip().to_canonical());
        let relayed =
            ["forwarded", "x-forwarded-for", "x-real-ip", "via"].iter().any(|name| parts.headers.contains_key(*name));
        Ok(FromHere(from.as_ref().is_some_and(IpAddr::is_loopback) && !relayed))
    }
}

/// Prometheus metrics: open on loopback, else for those who may.
#[utoipa::path(
    get, path = "/metrics", tag = "Esercizio", operation_id = "metrics",
    responses((status = 200, description = "Prometheus text", body = String)),
    security(("token" = [])),
)]
pub(crate) async fn read(
    State(app): State<App>,
    FromHere(here): FromHere,
    who: Result<MaybeWho, Problem>,
) -> Result<String, Problem> {
    if here {
        return Ok(app.metrics.render());
    }
    let MaybeWho(who) = who?;
    let who = who.ok_or_else(Problem::unauthorized)?;
    match permission::reach(&who, Read::Metrics) {
        Some(_) => Ok(app.metrics.render()),
        None => Err(Problem::forbidden("metrics need a token of an auditor or an admin")),
    }
}
