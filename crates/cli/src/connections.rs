//! Connections of clients: none is held open by one who sends nothing, or never the whole of what was begun.

use std::{future::Future, io, net::SocketAddr, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::{ConnectInfo, Request},
    serve::Listener,
};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
};
use tokio::net::TcpListener;
use tower::ServiceExt as _;
use tower_http::timeout::TimeoutBody;

/// How long a connection may take to bring a request's headers, from its beginning or from the last answer on. Proxies keep
/// theirs for a minute, and would send a request into one that is being closed.
pub(crate) const HEADERS_WITHIN: Duration = Duration::from_secs(75);

/// How long a request's body may stand still.
pub(crate) const BODY_WITHIN: Duration = Duration::from_secs(30);

/// What clients are given to go on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience {
    pub(crate) headers: Duration,
    pub(crate) body: Duration,
}

/// Answers whoever connects until told to stop, and then whoever has asked by then.
pub(crate) async fn serve(
    mut listener: TcpListener,
    router: Router,
    patience: Patience,
    told: impl Future,
) -> io::Result<()> {
    let (mut http, connections) = (http1::Builder::new(), GracefulShutdown::new());
    http.timer(TokioTimer::new()).header_read_timeout(patience.headers);
    let mut told = std::pin::pin!(told);
    loop {
        // Where no connection can be taken now, it says so and tries again.
        let (stream, from): (_, SocketAddr) = tokio::select! {
            taken = Listener::accept(&mut listener) => taken,
            _ = &mut told => break,
        };
        let router = router.clone();
        let service = service_fn(move |request: Request<Incoming>| {
            let mut request = request.map(|body| Body::new(TimeoutBody::new(patience.body, body)));
            request.extensions_mut().insert(ConnectInfo(from));
            router.clone().oneshot(request)
        });
        let connection = connections.watch(http.serve_connection(TokioIo::new(stream), service));
        tokio::spawn(async move {
            // Nobody is left to tell.
            let _ = connection.await;
        });
    }
    drop(listener);
    connections.shutdown().await;
    Ok(())
}

#[cfg(test)]
mod tests {
    use axum::{body::Bytes, routing::post};
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        net::TcpStream,
        sync::oneshot,
        time::timeout,
    };

    use super::*;

    const SHORT: Patience = Patience { headers: Duration::from_millis(200), body: Duration::from_millis(200) };

    /// What comes back on a connection on which this was sent, and then nothing more; until the server closes it.
    async fn answered(to: SocketAddr, sent: &str) -> String {
        let mut connection = TcpStream::connect(to).await.unwrap();
        connection.write_all(sent.as_bytes()).await.unwrap();
        let mut answer = String::new();
        let read = timeout(Duration::from_secs(20), connection.read_to_string(&mut answer)).await;
        read.expect("it is closed").unwrap();
        answer
    }

    #[tokio::test]
    async fn who_sends_nothing_or_half_of_it_is_let_go_and_who_asked_is_answered() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let here = listener.local_addr().unwrap();
        let slow = async |body: Bytes| {
            tokio::time::sleep(Duration::from_millis(600)).await;
            body
        };
        let router = Router::new().route("/", post(slow));
        let (stop, told) = oneshot::channel::<()>();
        let served = tokio::spawn(serve(listener, router, SHORT, told));

        assert_eq!(answered(here, "").await, "", "nothing was asked");
        assert_eq!(answered(here, "POST / HTTP/1.1\r\nhost: a\r\n").await, "", "half a header");
        let half = answered(here, "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 4\r\n\r\nab").await;
        assert!(half.starts_with("HTTP/1.1 400"), "{half}");
        let whole = answered(here, "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 4\r\n\r\nabcd").await;
        assert!(whole.starts_with("HTTP/1.1 200") && whole.ends_with("abcd"), "an answer takes its time: {whole}");

        let last = tokio::spawn(answered(here, "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 4\r\n\r\nlast"));
        tokio::time::sleep(Duration::from_millis(100)).await;
        stop.send(()).unwrap();
        assert!(last.await.unwrap().ends_with("last"), "who has asked is answered");
        timeout(Duration::from_secs(20), served).await.expect("it ends").unwrap().unwrap();
        assert!(TcpStream::connect(here).await.is_err());
    }
}
