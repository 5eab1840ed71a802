//! A running server, spoken to over HTTP.

use std::path::Path;

use anyhow::{Context as _, bail};
use reqwest::{RequestBuilder, Response, Url};
use serde_json::Value;

use crate::{Place, ordered::Json, refused};

/// A running server and the right to speak to it.
pub(crate) struct Remote {
    client: reqwest::Client,
    url: String,
    token: Option<String>,
    /// The token in a line for a shell: where it is, never what it is.
    shown: Option<String>,
}

impl Remote {
    /// The server a place names, if it names one.
    pub(crate) fn of(place: &Place) -> anyhow::Result<Option<Remote>> {
        let Some(url) = &place.url else { return Ok(None) };
        let url = address(url)?;
        let shown = place.token.as_deref().map(shown);
        let token = place.token.as_deref().map(token).transpose()?;
        Ok(Some(Remote { client: reqwest::Client::new(), url, token, shown }))
    }

    /// A line for a shell that reads a path with our right.
    pub(crate) fn pasted(&self, path: &str) -> String {
        let right = self.shown.as_ref().map(|token| format!(" -H \"Authorization: Bearer {token}\""));
        format!("curl{} {}", right.unwrap_or_default(), quoted(&format!("{}{path}", self.url)))
    }

    fn with_right(&self, request: RequestBuilder) -> RequestBuilder {
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// Reads a path with its query.
    pub(crate) async fn get(&self, path: &str, query: &[(&str, String)]) -> anyhow::Result<Json> {
        let mut url = Url::parse(&format!("{}{path}", self.url))?;
        url.query_pairs_mut().extend_pairs(query);
        let response = self.sent(self.client.get(url)).await?;
        serde_json::from_str(&response.text().await?).context("the server's answer is not JSON: is this its address?")
    }

    /// Posts a body; the answer streams back.
    pub(crate) async fn post(&self, path: &str, kind: &str, body: reqwest::Body) -> anyhow::Result<Response> {
        let request = self.client.post(format!("{}{path}", self.url)).header("content-type", kind).body(body);
        self.sent(request).await
    }

    /// Waits until the server's read models show what was written, so that the next call reads it. What is written stays
    /// written if they do not.
    pub(crate) async fn shows(&self, position: u64) {
        let query = [("limit", "1".to_owned()), ("min_position", position.to_string())];
        if position > 0 && self.get("/v1/programmes", &query).await.is_err() {
            eprintln!("it is written, up to position {position}; the server's answers do not show it yet");
        }
    }

    /// Reads a path as it is.
    pub(crate) async fn text(&self, path: &str) -> anyhow::Result<String> {
        let request = self.client.get(format!("{}{path}", self.url));
        Ok(self.sent(request).await?.text().await?)
    }

    async fn sent(&self, request: RequestBuilder) -> anyhow::Result<Response> {
        let response = self.with_right(request).send().await;
        answered(response.with_context(|| format!("the server at {} cannot be reached", self.url))?).await
    }
}

/// The address of a server, without its last slash.
fn address(text: &str) -> anyhow::Result<String> {
    let wanted = "--url (or TRACCIA_URL) is a server's address, for example http://127.0.0.1:8172";
    let url = Url::parse(text).ok().filter(Url::has_host);
    match url.as_ref().map(Url::scheme) {
        Some("http") => Ok(text.trim_end_matches('/').to_owned()),
        Some("https") => bail!("{wanted}; https is for browsers in front of a proxy: name the server itself, by http"),
        Some(_) | None => bail!("{wanted}; {text:?} is none"),
    }
}

/// How a shell says the token.
fn shown(text: &str) -> String {
    if Path::new(text).is_file() { format!("$(cat {})", quoted(text)) } else { "$TRACCIA_TOKEN".to_owned() }
}

/// A text as a shell takes it for itself.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// A token from its file, or as it is.
fn token(text: &str) -> anyhow::Result<String> {
    if Path::new(text).is_file() {
        let token = std::fs::read_to_string(text).with_context(|| format!("the token file {text}"))?;
        return Ok(token.trim().to_owned());
    }
    // Three parts of letters, digits, `-` and `_`, as `traccia token` prints them. What is none may be a secret half
    // copied: only what looks like a file's name is repeated.
    let part =
        |part: &str| part.len() > 10 && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    let token = text.trim();
    if token.split('.').count() == 3 && token.split('.').all(part) {
        return Ok(token.to_owned());
    }
    let name = if text.len() < 100 { format!(" {text:?}") } else { String::new() };
    bail!("--token (or TRACCIA_TOKEN): there is no file{name}, and it is no token; `traccia token` makes one")
}

/// A server's refusal becomes an error with its detail and code.
async fn answered(response: Response) -> anyhow::Result<Response> {
    if response.status().is_success() {
        return Ok(response);
    }
    let status = response.status();
    let problem: Value = response.json().await.unwrap_or_default();
    Err(refused::problem(status.as_u16(), &problem))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_is_none_is_said_in_plain_words() {
        assert_eq!(address("http://127.0.0.1:8172/").unwrap(), "http://127.0.0.1:8172");
        for wrong in ["127.0.0.1:8172", "localhost:8172", "nonsense", "", "https://traccia.example"] {
            let error = address(wrong).unwrap_err().to_string();
            assert!(error.contains("for example http://127.0.0.1:8172"), "{wrong}: {error}");
        }
    }

    #[test]
    fn a_token_is_a_file_or_itself() {
        let itself = "eyJ0eXAiOiJKV1QiLCJ.eyJpc3MiOiJ0cmFjY2lh.J2SDmovVr0kDA2-xqz";
        assert_eq!(token(itself).unwrap(), itself);
        assert_eq!(token("Cargo.toml").unwrap(), std::fs::read_to_string("Cargo.toml").unwrap().trim());
        let error = token("tokens/anna.txt").unwrap_err().to_string();
        assert!(error.contains("there is no file \"tokens/anna.txt\""), "{error}");
        let half = format!("{itself}{}", "x".repeat(100)).replace('.', "");
        assert!(!token(&half).unwrap_err().to_string().contains(&half));
    }
}
