//! Looking at the stream now and then: whoever may administer it can take from under us what was promised.

use std::{
    collections::BTreeSet,
    sync::{Arc, PoisonError, Weak},
    time::Duration,
};

use async_nats::jetstream::stream::Info;
use bytes::Bytes;
use tokio::{
    sync::watch,
    time::{sleep, timeout},
};
use traccia_domain::{Hash, Position};
use tracing::{error, info, warn};

use super::{
    Shared,
    ask::{GONE, NoInfo},
    configuration, monitoring, version,
};
use crate::LogError;

/// How the log stands, as it was last seen.
#[derive(Clone, Debug, Default)]
pub(super) struct Standing {
    /// Why nothing may be written now.
    pub(super) trouble: Option<String>,
    /// The log's last commit when all was well.
    end: Option<(Position, Hash)>,
    /// What is unsafe but works.
    pub(super) warnings: Vec<String>,
    /// The server that leads the stream, in a cluster.
    leader: Option<String>,
    /// How often another one was found to lead it.
    pub(super) reigns: u64,
    /// How many servers have everything, the leader among them.
    replicas: u32,
    /// Whether commits go together: the stream takes batches, and all servers are seen to sync always, a batch once.
    pub(super) batches: bool,
}

/// What is waited for without an answer so long makes us look who leads.
const SLOW: Duration = Duration::from_secs(1);

/// The least time between two looks.
const REST: Duration = Duration::from_millis(500);

impl Shared {
    /// Whether something may be written.
    pub(super) fn accepting(&self) -> Result<(), LogError> {
        match &self.standing.borrow().trouble {
            None => Ok(()),
            Some(trouble) => Err(LogError::Unavailable(trouble.clone().into())),
        }
    }

    /// A commit is there, and whoever sent it hears of it.
    pub(super) fn has_answered(&self, position: Position, payload: Bytes) {
        let mut answered = self.answered.lock().unwrap_or_else(PoisonError::into_inner);
        if answered.as_ref().is_none_or(|last| last.0 < position) {
            *answered = Some((position, payload));
        }
    }

    fn last_answered(&self) -> Option<(Position, Hash)> {
        let answered = self.answered.lock().unwrap_or_else(PoisonError::into_inner);
        answered.as_ref().map(|(position, payload)| (*position, Hash::of(payload)))
    }

    /// How the log stands.
    pub(super) async fn look(&self, info: &Info) -> Standing {
        let (leader, reigns) = {
            let before = self.standing.borrow();
            let leader = info.cluster.as_ref().and_then(|cluster| cluster.leader.clone());
            let changed = before.leader.is_some() && leader != before.leader;
            (leader, before.reigns + u64::from(changed))
        };
        let followers = info.cluster.iter().flat_map(|cluster| &cluster.replicas);
        let replicas = 1 + followers.filter(|peer| peer.current && !peer.offline).map(|_| 1).sum::<u32>();
        let mut warnings = monitoring::unsynced(&self.options.monitoring, &self.holding(info)).await;
        // Where nothing is synced, a batch costs more than its messages: all that is saved is the sync.
        let batches = warnings.is_empty()
            && info.config.allow_atomic_publish
            && self.servers(info).iter().all(|server| version::batches(server));
        warnings.extend(self.unsafe_settings(info));
        let seen = self.standing.borrow().end;
        // Of two at one position the one that was seen: it is in the log.
        let before = self.last_answered().filter(|answered| seen.is_none_or(|seen| answered.0 > seen.0)).or(seen);
        let (trouble, end) = match self.trouble(info) {
            Some(trouble) => (Some(trouble), before),
            // Who waits for another leader must hear of it soon.
            None => match timeout(SLOW, self.went_on(before, info)).await.unwrap_or(Ok(before)) {
                Ok(end) => (None, end),
                Err(trouble) => (Some(trouble), before),
            },
        };
        Standing { trouble, end, warnings, leader, reigns, replicas, batches }
    }

    /// The log's last commit now, where it still has the one that was seen or answered last: without this, servers would
    /// write to an older copy that was put in the log's place. What cannot be seen now is seen at the next look.
    async fn went_on(&self, before: Option<(Position, Hash)>, info: &Info) -> Result<Option<(Position, Hash)>, String> {
        let now = Position(info.state.last_sequence);
        if let Some((last, hash)) = before {
            match self.at(last).await {
                Ok(Some(there)) if there.hash == hash => {}
                Ok(Some(_)) => return Err(LogError::other(last).to_string()),
                Ok(None) if info.config.num_replicas == 1 => return Err(LogError::shorter(now, last).to_string()),
                Err(damaged @ LogError::Corrupt { .. }) => return Err(damaged.to_string()),
                Ok(None) | Err(LogError::Unavailable(_) | LogError::Unknown(_) | LogError::Conflict) => {
                    return Ok(before);
                }
            }
        }
        // One that cannot be read stops whoever reads it, and says more there.
        Ok(self.at(now).await.ok().flatten().map(|end| (end.position, end.hash)).or(before))
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

    fn trouble(&self, info: &Info) -> Option<String> {
        for server in self.servers(info) {
            if !version::will_do(&server) {
                return Some(format!("nats-server {server} is too old for the log"));
            }
        }
        let differences = configuration::differences(&info.config, &self.options);
        if !differences.is_empty() {
            return Some(format!("the stream is not configured as a log any more: {}", differences.join("; ")));
        }
        if self.found.get().is_some_and(|found| found.created != info.created) {
            return Some(
                "another stream took the place of the log: start again, and the log is looked at anew".to_owned(),
            );
        }
        configuration::gap(info)
    }

    fn unsafe_settings(&self, info: &Info) -> Vec<String> {
        let mut warnings = Vec::new();
        if info.config.num_replicas < 3 {
            warnings.push(format!(
                "the stream has {} replica{}: the loss of a disk is the loss of the log. Three on three machines survive one",
                info.config.num_replicas,
                if info.config.num_replicas == 1 { "" } else { "s, of which both are needed" },
            ));
        }
        warnings.extend(self.found.get().and_then(|found| found.excessive.clone()));
        for server in self.servers(info) {
            if !version::recommended(&server) {
                warnings.push(format!("nats-server {server} works, but 2.14.6 or 2.15.1 are recommended"));
            }
        }
        warnings
    }

    /// The names of the servers that hold the stream.
    fn holding(&self, info: &Info) -> BTreeSet<String> {
        match &info.cluster {
            Some(cluster) => {
                let followers = cluster.replicas.iter().map(|peer| peer.name.clone());
                cluster.leader.iter().cloned().chain(followers).collect()
            }
            None => [self.link.client.server_info().server_name].into(),
        }
    }

    /// The versions in sight: of the server we are connected to, and of the one that leads the stream.
    pub(super) fn servers(&self, info: &Info) -> BTreeSet<String> {
        let connected = self.link.client.server_info().version;
        let leading = info.config.metadata.get("_nats.ver").cloned();
        [connected].into_iter().chain(leading).collect()
    }
}

/// Looks now and then, after each new connection, and when an answer does not come, until the log is gone.
pub(super) async fn watch(shared: Weak<Shared>, standing: watch::Sender<Standing>) {
    let Some((mut news, slow, pause)) = shared.upgrade().map(|shared| {
        let Shared { link, slow, options, .. } = &*shared;
        (link.news.clone(), Arc::clone(slow), options.look_every)
    }) else {
        return;
    };
    let mut made = news.borrow().made;
    loop {
        tokio::select! {
            () = standing.closed() => return,
            _ = timeout(pause, news.wait_for(|news| news.made != made)) => {}
            () = slow.notified() => {}
        }
        // Before the look: a connection made during it is looked at again.
        made = news.borrow().made;
        let Some(shared) = shared.upgrade() else { return };
        let now = match shared.info().await {
            Ok(info) => shared.look(&info).await,
            Err(NoInfo::Missing) => Standing { trouble: Some(GONE.to_owned()), ..standing.borrow().clone() },
            // While nobody answers, what was last seen holds; storing finds out by itself.
            Err(NoInfo::Silent(_)) => continue,
        };
        tell(&standing.borrow(), &now);
        standing.send_replace(now);
        sleep(REST.min(pause)).await;
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
