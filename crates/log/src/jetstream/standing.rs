//! How the log stands, and that nothing is taken by what has not been looked at.

use std::{
    sync::{PoisonError, atomic::Ordering},
    time::Duration,
};

use bytes::Bytes;
use tokio::time::timeout;
use traccia_domain::{Hash, Position};
use tracing::{error, info, warn};

use super::{Shared, send::Untaken};
use crate::LogError;

/// How the log stands, as it was last seen.
#[derive(Clone, Debug, Default)]
pub(super) struct Standing {
    /// By what the log was seen to be the one that it was.
    pub(super) by: Option<View>,
    /// Why nothing may be written now.
    pub(super) trouble: Option<String>,
    /// The log's last commit when all was well.
    pub(super) end: Option<(Position, Hash)>,
    /// How often in a row its leader knew less than was seen.
    pub(super) strange: u32,
    /// What is unsafe but works.
    pub(super) warnings: Vec<String>,
    /// The server that leads the stream, in a cluster.
    pub(super) leader: Option<String>,
    /// How often another one was found to lead it.
    pub(super) reigns: u64,
    /// How many servers have everything, the leader among them.
    pub(super) replicas: u32,
    /// Whether commits go together: the stream takes batches, and all servers are seen to sync always, a batch once.
    pub(super) batches: bool,
}

/// What may lead to another log than before: the connection, and what was noticed on it. Whatever came by one view tells
/// nothing of what another one leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct View {
    /// The server, each time it is started.
    server: String,
    /// The connection, to that server.
    client: u64,
    doubts: u64,
}

/// What is waited for without an answer so long makes us look who leads.
pub(super) const SLOW: Duration = Duration::from_secs(1);

impl Shared {
    /// What the next question or commit would go by.
    pub(super) fn view(&self) -> View {
        let info = self.link.client.server_info();
        View { server: info.server_id, client: info.client_id, doubts: self.doubts.load(Ordering::SeqCst) }
    }

    /// It may be another log: nothing is taken before it has been looked at.
    pub(super) fn doubt(&self) {
        self.doubts.fetch_add(1, Ordering::SeqCst);
        self.slow.notify_one();
    }

    /// By what something may be written, which is what was looked at: behind a new connection may be an older copy.
    pub(super) fn accepting(&self) -> Result<View, Untaken> {
        let standing = self.standing.borrow();
        if let Some(trouble) = &standing.trouble {
            return Err(Untaken::Because(LogError::Unavailable(trouble.clone().into())));
        }
        let view = self.view();
        if standing.by.as_ref() == Some(&view) { Ok(view) } else { Err(Untaken::NobodyThere) }
    }

    /// By what the log may be asked what became of a commit; waits until it has been looked at.
    pub(super) async fn looked(&self) -> Result<View, LogError> {
        let mut standing = self.standing.clone();
        let looked = async {
            loop {
                {
                    let now = standing.borrow_and_update();
                    let view = self.view();
                    match &now.trouble {
                        _ if now.by.as_ref() == Some(&view) => return Ok(view),
                        Some(trouble) => return Err(LogError::Unavailable(trouble.clone().into())),
                        None => {}
                    }
                }
                if standing.changed().await.is_err() {
                    return Err(LogError::Unavailable("nobody looks at the log any more".into()));
                }
            }
        };
        let late = || LogError::Unavailable("the log could not be looked at since the connection was made".into());
        timeout(self.options.answer_within, looked).await.unwrap_or_else(|_| Err(late()))
    }

    /// A commit is in the log, and whoever sent or read it knows: none that is sent from now on stands before it.
    pub(super) fn known_to_be_there(&self, position: Position, text: Bytes) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.as_ref().is_none_or(|last| last.0 < position) {
            *known = Some((position, text));
        }
    }

    /// The last commit that is known to be in the log.
    pub(super) fn last_known(&self) -> Option<(Position, Bytes)> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until another server leads the stream than when so many had: what the former was sent, it may have lost.
    pub(super) async fn deposed_since(&self, reigns: u64) {
        let mut standing = self.standing.clone();
        loop {
            match timeout(SLOW, standing.wait_for(|now| now.reigns != reigns)).await {
                Ok(_) => return,
                Err(_) => self.slow.notify_one(),
            }
        }
    }
}

/// Says what has changed, and to whoever reads the metrics how it is.
pub(super) fn tell(before: &Standing, now: &Standing) {
    let warnings = u32::try_from(now.warnings.len()).unwrap_or(u32::MAX);
    metrics::gauge!("traccia_log_trouble").set(if now.trouble.is_some() { 1.0 } else { 0.0 });
    metrics::gauge!("traccia_log_warnings").set(f64::from(warnings));
    metrics::gauge!("traccia_log_replicas").set(f64::from(now.replicas));
    match (&before.trouble, &now.trouble) {
        (before, Some(trouble)) if before.as_ref() != Some(trouble) => {
            error!(%trouble, "nothing is written to the log any more");
        }
        (Some(trouble), None) => info!(%trouble, "the log takes commits again; this is over"),
        (_, Some(_)) | (None, None) => {}
    }
    for warning in now.warnings.iter().filter(|warning| !before.warnings.contains(warning)) {
        warn!("{warning}");
    }
}
