//! The connection, and news of it.

use std::{error::Error as _, io, sync::Arc, time::Duration};

use async_nats::{
    Client, ConnectError, ConnectErrorKind, Event, ServerAddr,
    connection::State,
    jetstream::{self, context::ContextBuilder},
};
use tokio::{sync::watch, time::timeout};

use super::{credentials, monitoring, options::Options, refusal::OpenError};
use crate::BoxError;

/// How long one question waits before it is asked again.
pub(super) const ATTEMPT: Duration = Duration::from_secs(2);

/// The longest pause between two attempts to connect again.
const RECONNECT: Duration = Duration::from_secs(1);

/// How often the server is asked whether it is there; the third question without an answer ends the connection.
const PING: Duration = Duration::from_secs(5);

/// How often the connection's state is looked at while it is waited for, should an event have been lost.
const GLANCE: Duration = Duration::from_millis(20);

/// The connection, and news of it. Clones share it.
#[derive(Clone, Debug)]
pub(super) struct Link {
    pub(super) client: Client,
    /// For storing: an answer is waited for as long as the options say.
    pub(super) storing: jetstream::Context,
    /// For asking: an answer is waited for briefly, and the question repeated.
    pub(super) asking: jetstream::Context,
    pub(super) news: watch::Receiver<News>,
    connect_within: Duration,
}

/// What happened to the connection. The numbers tell one from another.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct News {
    /// How often it was made.
    pub(super) made: u64,
    /// How often it was lost.
    pub(super) lost: u64,
}

impl Link {
    pub(super) async fn open(options: &Options) -> Result<Link, OpenError> {
        let servers = addresses(options)?;
        let named = options.urls.join(", ");
        let (happens, news) = watch::channel(News::default());
        let happens = Arc::new(happens);
        let settings = credentials::prove(&options.credentials).await?;
        let mut settings = settings
            .name("traccia")
            .connection_timeout(options.connect_within)
            .ping_interval(PING)
            .reconnect_delay_callback(pause)
            .event_callback(move |event| {
                happens.send_modify(|news| {
                    news.made += u64::from(event == Event::Connected);
                    news.lost += u64::from(event == Event::Disconnected);
                });
                std::future::ready(())
            });
        settings = credentials::secure(settings, &options.tls)?;
        if let Some(prefix) = &options.inbox_prefix {
            settings = settings.custom_inbox_prefix(prefix);
        }
        let client = settings.connect(servers).await.map_err(|error| match error.kind() {
            _ if untrusted(&error) => OpenError::Untrusted { addresses: named, cause: error.into() },
            ConnectErrorKind::Authentication | ConnectErrorKind::AuthorizationViolation => {
                OpenError::Stranger { addresses: named, cause: error.into() }
            }
            ConnectErrorKind::ServerParse
            | ConnectErrorKind::Dns
            | ConnectErrorKind::TimedOut
            | ConnectErrorKind::Tls
            | ConnectErrorKind::Io
            | ConnectErrorKind::MaxReconnects => OpenError::Unreachable { addresses: named, cause: error.into() },
        })?;
        // What limits how much is under way is the window of `append_many`. A smaller number here would let two of them
        // wait for each other's.
        let context =
            |patience| ContextBuilder::new().timeout(patience).max_ack_inflight(1 << 20).build(client.clone());
        let (storing, asking) = (context(options.answer_within), context(ATTEMPT.min(options.answer_within)));
        Ok(Link { storing, asking, client, news, connect_within: options.connect_within })
    }

    /// Waits for the connection where it is lost.
    pub(super) async fn connected(&self) -> Result<(), BoxError> {
        let waiting = async {
            while !self.up() {
                tokio::time::sleep(GLANCE).await;
            }
        };
        if self.up() {
            return Ok(());
        }
        timeout(self.connect_within, waiting).await.map_err(|_| "there is no connection to the NATS server".into())
    }

    /// Whether it is connected, as far as it knows.
    pub(super) fn up(&self) -> bool {
        self.client.connection_state() == State::Connected
    }

    /// Waits until the connection is lost that there was when it had been lost so often.
    pub(super) async fn lost_since(&self, lost: u64) {
        let mut news = self.news.clone();
        // When even the client is gone, that is a loss as well.
        let _ = news.wait_for(|news| news.lost != lost).await;
    }
}

/// Whether either side did not prove who it is. A certificate that is refused is reported as damaged data.
fn untrusted(error: &ConnectError) -> bool {
    let mut causes = std::iter::successors(error.source(), |&cause| cause.source());
    let damaged = |error: &io::Error| error.kind() == io::ErrorKind::InvalidData;
    error.kind() == ConnectErrorKind::Tls || causes.any(|cause| cause.downcast_ref().is_some_and(damaged))
}

fn pause(attempts: usize) -> Duration {
    let attempts = u32::try_from(attempts).unwrap_or(u32::MAX);
    if attempts <= 1 { Duration::ZERO } else { RECONNECT.min(Duration::from_millis(2_u64.saturating_pow(attempts))) }
}

fn addresses(options: &Options) -> Result<Vec<ServerAddr>, OpenError> {
    let address = |url: &String| {
        // Said before anything repeats the address.
        if url.contains('@') {
            return Err(OpenError::SecretInAddress);
        }
        let address =
            url.parse::<ServerAddr>().ok().filter(|address| !address.is_websocket() && !address.host().is_empty());
        address.ok_or_else(|| OpenError::Address { address: url.clone() })
    };
    for address in &options.monitoring {
        if address.contains('@') {
            return Err(OpenError::SecretInAddress);
        }
        monitoring::place(address).ok_or_else(|| OpenError::Monitoring { address: address.clone() })?;
    }
    let servers: Vec<_> = options.urls.iter().map(address).collect::<Result<_, _>>()?;
    if servers.is_empty() { Err(OpenError::Address { address: String::new() }) } else { Ok(servers) }
}
