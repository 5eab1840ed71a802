//! A client that costs little, on the processors that the server needs: its connections stay open and it does nothing else.

use std::{
    net::SocketAddr,
    sync::{Mutex, PoisonError},
    time::Instant,
};

use futures::{StreamExt as _, stream};
use http_body_util::{BodyExt as _, Full};
use hyper::{
    Request,
    body::Bytes,
    client::conn::http1::{SendRequest, handshake},
    header::{AUTHORIZATION, CONTENT_TYPE, HOST},
    http::request::Builder,
};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;
use traccia_domain::Position;

use crate::installation::Installation;

/// Commands that wait for their answer at a time.
pub const IN_FLIGHT: usize = 64;

/// A client with a token that may do everything.
pub struct Sender {
    address: SocketAddr,
    authorisation: String,
    idle: Mutex<Vec<SendRequest<Full<Bytes>>>>,
}

impl Sender {
    pub fn to(here: &Installation, address: SocketAddr) -> Sender {
        Sender { address, authorisation: format!("Bearer {}", here.token()), idle: Mutex::default() }
    }

    /// Commands a second, as many at a time as may be.
    pub async fn rate(&self, bodies: &[Value]) -> f64 {
        let begun = Instant::now();
        stream::iter(bodies).map(|body| self.send(body)).buffer_unordered(IN_FLIGHT).for_each(async |_| ()).await;
        bodies.len() as f64 / begun.elapsed().as_secs_f64()
    }

    /// Requests a second that ask nothing of the log, as many at a time as may be.
    pub async fn idle_rate(&self, requests: u64) -> f64 {
        let begun = Instant::now();
        let ask = |_| self.answer(Request::get("/healthz").header(HOST, "traccia"), Full::default());
        stream::iter(0..requests).map(ask).buffer_unordered(IN_FLIGHT).for_each(async |_| ()).await;
        requests as f64 / begun.elapsed().as_secs_f64()
    }

    /// Sends a command, which must be carried out; where it stands.
    pub async fn send(&self, body: &Value) -> Position {
        let request = Request::post("/v1/commands/RecordService")
            .header(HOST, "traccia")
            .header(AUTHORIZATION, &self.authorisation)
            .header(CONTENT_TYPE, "application/json");
        let answer = self.answer(request, Full::from(body.to_string())).await;
        let answer: Value = serde_json::from_slice(&answer).expect("it is JSON");
        Position(answer["position"].as_u64().expect("a position"))
    }

    async fn answer(&self, request: Builder, body: Full<Bytes>) -> Bytes {
        let mut connection = self.connection().await;
        let request = request.body(body).expect("a request");
        let answer = connection.send_request(request).await.expect("an answer");
        let status = answer.status();
        let answer = answer.into_body().collect().await.expect("a body").to_bytes();
        assert!(status.is_success(), "{status}: {}", String::from_utf8_lossy(&answer));
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        answer
    }

    async fn connection(&self) -> SendRequest<Full<Bytes>> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        if let Some(mut connection) = idle
            && connection.ready().await.is_ok()
        {
            return connection;
        }
        let stream = TcpStream::connect(self.address).await.expect("the server listens");
        stream.set_nodelay(true).expect("the system agrees");
        let (sender, connection) = handshake(TokioIo::new(stream)).await.expect("it speaks HTTP");
        tokio::spawn(connection);
        sender
    }
}
