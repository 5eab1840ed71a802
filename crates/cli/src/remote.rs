//! A running server, spoken to over HTTP.

use std::path::Path;

use anyhow::{Context as _, bail};
use reqwest::{RequestBuilder, Response};
use serde_json::Value;

use crate::Place;

/// A running server and the right to speak to it.
pub(crate) struct Remote {
    client: reqwest::Client,
    url: String,
    token: Option<String>,
}

impl Remote {
    /// The server a place names, if it names one.
    pub(crate) fn of(place: &Place) -> anyhow::Result<Option<Remote>> {
        let Some(url) = &place.url else { return Ok(None) };
        let token = match &place.token {
            Some(file) if Path::new(file).is_file() => Some(std::fs::read_to_string(file).context("the token file")?),
            other => other.clone(),
        };
        let token = token.map(|token| token.trim().to_owned());
        Ok(Some(Remote { client: reqwest::Client::new(), url: url.trim_end_matches('/').to_owned(), token }))
    }

    fn with_right(&self, request: RequestBuilder) -> RequestBuilder {
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// Reads a path with its query.
    pub(crate) async fn get(&self, path: &str, query: &[(&str, String)]) -> anyhow::Result<Value> {
        let mut url = reqwest::Url::parse(&format!("{}{path}", self.url)).context("--url is not an address")?;
        url.query_pairs_mut().extend_pairs(query);
        let response = self.with_right(self.client.get(url)).send().await.context("the server cannot be reached")?;
        Ok(answered(response).await?.json().await?)
    }

    /// Posts a body; the answer streams back.
    pub(crate) async fn post(&self, path: &str, kind: &str, body: reqwest::Body) -> anyhow::Result<Response> {
        let request = self.client.post(format!("{}{path}", self.url)).header("content-type", kind).body(body);
        answered(self.with_right(request).send().await.context("the server cannot be reached")?).await
    }

    /// Reads a path as it is.
    pub(crate) async fn text(&self, path: &str) -> anyhow::Result<String> {
        let request = self.client.get(format!("{}{path}", self.url));
        Ok(answered(self.with_right(request).send().await.context("the server cannot be reached")?)
            .await?
            .text()
            .await?)
    }
}

/// A server's refusal becomes an error with its detail and code.
async fn answered(response: Response) -> anyhow::Result<Response> {
    if response.status().is_success() {
        return Ok(response);
    }
    let status = response.status();
    let problem: Value = response.json().await.unwrap_or_default();
    match (problem["detail"].as_str(), problem["code"].as_str()) {
        (Some(detail), Some(code)) => bail!("{detail} ({code})"),
        _ => bail!("the server answered {status}"),
    }
}
