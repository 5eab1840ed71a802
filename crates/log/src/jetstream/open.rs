//! Making the log, once, and opening it.

use std::{
    sync::{
        Arc, Mutex, OnceLock,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use async_nats::jetstream::{
    ErrorCode,
    context::CreateStreamErrorKind,
    stream::{Config, Info},
};
use jiff::Timestamp;
use tokio::{
    sync::{mpsc, watch as channel},
    time::{Instant, sleep},
};

use super::{
    Found, JetStreamLog, Shared,
    ask::NoInfo,
    configuration,
    connect::Link,
    options::Options,
    refusal::OpenError,
    rights,
    standing::{self, Standing},
    turns::{self, WINDOW, Waiting},
    version, watch,
};
use crate::{Epoch, start};

/// Makes the log, once: the stream, and the first commit with the epoch. What is there already and right is kept, so
/// after a crash here it is simply called again. The user needs the right to create streams, which the application's
/// has not.
///
/// # Errors
/// When the server is away or too old, the stream is there and is not a log, or cannot be made.
pub async fn init(options: &Options, replicas: usize, epoch: Epoch, now: Timestamp) -> Result<Epoch, OpenError> {
    let log = create(options, replicas).await?;
    Ok(start(&log, epoch, now).await?)
}

/// Makes the stream and leaves the log to be started by its first commit: what `init` begins with, and where an export
/// is restored to.
///
/// # Errors
/// As [`init`].
pub async fn create(options: &Options, replicas: usize) -> Result<JetStreamLog, OpenError> {
    let (shared, ends, info) = made(options, replicas).await?;
    whole(options, &info)?;
    shared.begin(&info, ends).await
}

/// As [`create`], for whoever restores an export: the stream may have a part of it.
///
/// # Errors
/// As [`init`].
pub async fn create_to_restore(options: &Options, replicas: usize) -> Result<JetStreamLog, OpenError> {
    let (shared, ends, info) = made(options, replicas).await?;
    // What another restore has left is gone on with, and no trouble.
    shared.restores.store(true, Ordering::SeqCst);
    shared.begin(&info, ends).await
}

/// The stream, which is made where there is none.
async fn made(options: &Options, replicas: usize) -> Result<(Shared, Ends, Info), OpenError> {
    let (shared, ends) = Shared::connect(options).await?;
    let info = match shared.info().await {
        Err(NoInfo::Missing) => {
            make(&shared, &configuration::wanted(options, replicas)).await?;
            shared.info().await
        }
        answer @ (Ok(_) | Err(NoInfo::Silent(_))) => answer,
    };
    let info = info.map_err(|no| shared.no_log(no))?;
    Ok((shared, ends, info))
}

/// Refuses a stream that has a part of an export.
fn whole(options: &Options, info: &Info) -> Result<(), OpenError> {
    if configuration::restoring(&info.config) {
        return Err(OpenError::Part { stream: options.stream.clone() });
    }
    Ok(())
}

/// Makes the stream. A cluster that has just come up may not have found all its servers yet: it is given the time that a
/// connection has.
async fn make(shared: &Shared, wanted: &Config) -> Result<(), OpenError> {
    let until = Instant::now() + shared.options.connect_within;
    loop {
        let Err(error) = shared.link.storing.create_stream(wanted).await else { return Ok(()) };
        let said =
            if let CreateStreamErrorKind::JetStream(error) = error.kind() { Some(error.error_code()) } else { None };
        if said == Some(ErrorCode::CLUSTER_NO_PEERS) && Instant::now() < until {
            sleep(AGAIN).await;
            continue;
        }
        let (stream, replicas, cause) = (wanted.name.clone(), wanted.num_replicas, error.into());
        return Err(match said {
            Some(ErrorCode::CLUSTER_NO_PEERS | ErrorCode::STREAM_REPLICAS_NOT_SUPPORTED) => {
                OpenError::TooFew { stream, replicas, cause }
            }
            Some(_) | None => OpenError::NotMade { stream, cause },
        });
    }
}

/// How long to wait before the same is tried again.
const AGAIN: Duration = Duration::from_millis(200);

impl JetStreamLog {
    /// Opens a log that `init` has made.
    ///
    /// # Errors
    /// When the server is away or too old, or the stream is not there, not started, or not configured as a log.
    pub async fn open(options: &Options) -> Result<JetStreamLog, OpenError> {
        let (shared, ends) = Shared::connect(options).await?;
        let info = shared.info().await.map_err(|no| shared.no_log(no))?;
        whole(options, &info)?;
        if info.state.last_sequence == 0 {
            return Err(OpenError::NotStarted { stream: options.stream.clone() });
        }
        shared.begin(&info, ends).await
    }
}

/// What the log's own tasks hold.
struct Ends {
    standing: channel::Sender<Standing>,
    waiting: mpsc::Receiver<Waiting>,
}

impl Shared {
    async fn connect(options: &Options) -> Result<(Shared, Ends), OpenError> {
        for (name, parts) in [(&options.stream, 1), (&options.prefix, usize::MAX)] {
            let literal =
                |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
            if name.split('.').count() > parts || !name.split('.').all(literal) {
                return Err(OpenError::Name { name: name.clone() });
            }
        }
        let link = Link::open(options).await?;
        let found = link.client.server_info().version;
        if !version::will_do(&found) {
            return Err(OpenError::TooOld { found });
        }
        let (standing, seen) = channel::channel(Standing::default());
        let (handed_in, waiting) = mpsc::channel(WINDOW);
        let shared = Shared {
            link,
            options: options.clone(),
            standing: seen,
            waiting: handed_in,
            slow: Arc::default(),
            found: OnceLock::new(),
            doubts: AtomicU64::default(),
            known: Mutex::default(),
            restores: AtomicBool::default(),
        };
        Ok((shared, Ends { standing, waiting }))
    }

    /// Compares what the server echoes with what a log must be, and watches it from now on.
    async fn begin(self, info: &Info, ends: Ends) -> Result<JetStreamLog, OpenError> {
        let Ends { standing, waiting } = ends;
        if let Some(found) = self.servers(info).into_iter().find(|server| !version::will_do(server)) {
            return Err(OpenError::TooOld { found });
        }
        let differences = configuration::differences(&info.config, &self.options);
        if !differences.is_empty() {
            return Err(OpenError::Configured { stream: self.options.stream, differences });
        }
        let excessive = rights::excessive(&self.link.client, &self.options.stream).await;
        self.found.get_or_init(|| Found { created: info.created, excessive });
        let (now, info) = self.look().await.map_err(|no| self.no_log(no))?;
        let now = self.examine(now, &info).await;
        standing::tell(&Standing::default(), &now);
        standing.send_replace(now);
        let shared = Arc::new(self);
        tokio::spawn(watch::watch(Arc::downgrade(&shared), standing));
        tokio::spawn(turns::take(Arc::downgrade(&shared), waiting));
        Ok(JetStreamLog { shared })
    }

    pub(super) fn no_log(&self, no: NoInfo) -> OpenError {
        let stream = self.options.stream.clone();
        match no {
            NoInfo::Missing => OpenError::Missing { stream },
            NoInfo::Silent(cause) => OpenError::Silent { stream, cause },
        }
    }
}
