//! Looking at the stream after each new connection, and now and then: whoever may administer it can take from under us what
//! was promised.

use std::{
    collections::BTreeSet,
    sync::{Arc, Weak, atomic::Ordering},
    time::Duration,
};

use async_nats::jetstream::stream::Info;
use tokio::{
    sync::watch,
    time::{sleep, timeout},
};
use traccia_domain::{Hash, Position};

use super::{
    Shared,
    ask::{GONE, NoInfo},
    configuration, monitoring,
    standing::{SLOW, Standing, tell},
    version,
};
use crate::LogError;

/// The least time between two looks, and the most while nothing is taken for want of one.
const REST: Duration = Duration::from_millis(500);

/// Looks after which it is believed that the log lost commits, where servers replicate: one that has just taken the lead, or
/// does not know yet that it lost it, tells of an older log for a moment.
const LOOKS: u32 = 20;

/// What is seen of the last commit that was known.
enum Seen {
    /// It is there, and this is the end.
    Same(Option<(Position, Hash)>),
    /// The leader says that the log ends before it.
    Less(LogError),
    /// It is not there, or another one is.
    Another(LogError),
    /// Nobody answers.
    Nothing,
}

impl Shared {
    /// Whether this is still the log that it was, and may be written to.
    pub(super) async fn look(&self) -> Result<(Standing, Info), NoInfo> {
        let view = self.view();
        let info = self.info().await?;
        let before = self.standing.borrow().clone();
        let leader = info.cluster.as_ref().and_then(|cluster| cluster.leader.clone());
        let changed = before.leader.is_some() && leader != before.leader;
        let followers = info.cluster.iter().flat_map(|cluster| &cluster.replicas);
        let replicas = 1 + followers.filter(|peer| peer.current && !peer.offline).map(|_| 1).sum::<u32>();
        let mut now = Standing {
            reigns: before.reigns + u64::from(changed),
            leader,
            replicas,
            batches: before.batches && self.takes_batches(&info),
            strange: 0,
            trouble: self.replaced(&info),
            ..before.clone()
        };
        if now.trouble.is_none() {
            let known = self.last_known().map(|(position, text)| (position, Hash::of(&text)));
            // Of two at one position the one that was seen first: it was in the log.
            let last = known.filter(|known| now.end.is_none_or(|seen| known.0 > seen.0)).or(now.end);
            // Who waits for another leader must hear of it soon. Nobody does before the log was looked at, and the look has to
            // end however slow the answers are.
            let within = if before.by.as_ref() == Some(&view) { SLOW } else { self.options.answer_within };
            match timeout(within, self.last(last, &info)).await.unwrap_or(Seen::Nothing) {
                // Unless the connection was made anew while it was looked at.
                Seen::Same(end) if self.view() == view => (now.by, now.end) = (Some(view), end),
                Seen::Same(_) | Seen::Nothing => {}
                Seen::Less(_) if before.strange + 1 < LOOKS && info.config.num_replicas > 1 => {
                    (now.by, now.strange) = (None, before.strange + 1);
                }
                Seen::Less(error) | Seen::Another(error) => (now.by, now.trouble) = (None, Some(error.to_string())),
            }
        } else {
            now.by = None;
        }
        now.trouble = now.trouble.or_else(|| self.unfit(&info));
        Ok((now, info))
    }

    /// The same, with what is unsafe about it.
    pub(super) async fn examine(&self, now: Standing, info: &Info) -> Standing {
        let mut warnings = monitoring::unsynced(&self.options.monitoring, &self.holding(info)).await;
        // Where nothing is synced, a batch costs more than its messages: all that is saved is the sync.
        let batches = warnings.is_empty() && self.takes_batches(info);
        warnings.extend(self.unsafe_settings(info));
        Standing { warnings, batches, ..now }
    }

    /// Looks for the last commit that was known: without this, servers would write to an older copy that was put in the
    /// log's place.
    async fn last(&self, last: Option<(Position, Hash)>, info: &Info) -> Seen {
        let head = Position(info.state.last_sequence);
        if let Some((position, hash)) = last {
            match self.at(position).await {
                Ok(Some(there)) if there.hash == hash => {}
                Ok(Some(_)) => return Seen::Another(LogError::other(position)),
                Ok(None) => return Seen::Less(LogError::shorter(head, position)),
                Err(damaged @ LogError::Corrupt { .. }) => return Seen::Another(damaged),
                Err(LogError::Unavailable(_) | LogError::Unknown(_) | LogError::Conflict) => return Seen::Nothing,
            }
        }
        // One that cannot be read stops whoever reads it, and says more there.
        Seen::Same(self.at(head).await.ok().flatten().map(|end| (end.position, end.hash)).or(last))
    }

    /// Whether the server does not hold the log that was found at the start.
    fn replaced(&self, info: &Info) -> Option<String> {
        let other = self.found.get().is_some_and(|found| found.created != info.created);
        other.then(|| "another stream took the place of the log: start again, and the log is looked at anew".to_owned())
    }

    /// What makes the log that it is unfit to be written to.
    fn unfit(&self, info: &Info) -> Option<String> {
        for server in self.servers(info) {
            if !version::will_do(&server) {
                return Some(format!("nats-server {server} is too old for the log"));
            }
        }
        let differences = configuration::differences(&info.config, &self.options);
        if !differences.is_empty() {
            return Some(format!("the stream is not configured as a log any more: {}", differences.join("; ")));
        }
        if configuration::restoring(&info.config) && !self.restores.load(Ordering::SeqCst) {
            return Some("a restore into the stream has begun, and has not ended".to_owned());
        }
        configuration::gap(info)
    }

    fn takes_batches(&self, info: &Info) -> bool {
        info.config.allow_atomic_publish && self.servers(info).iter().all(|server| version::batches(server))
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
        // A server may ask for TLS itself.
        let plain = !self.link.client.server_info().tls_required;
        warnings.extend(self.options.exposed().filter(|_| plain).map(|url| {
            format!(
                "the network between here and {url} can read the log and what is added to it: let the servers speak TLS, \
                 and write their addresses as tls://host:4222"
            )
        }));
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

/// Looks after each new connection, now and then, and when an answer does not come, until the log is gone.
pub(super) async fn watch(shared: Weak<Shared>, standing: watch::Sender<Standing>) {
    let Some((mut news, slow, every)) = shared.upgrade().map(|shared| {
        let Shared { link, slow, options, .. } = &*shared;
        (link.news.clone(), Arc::clone(slow), options.look_every)
    }) else {
        return;
    };
    let rest = REST.min(every);
    let mut made = news.borrow().made;
    loop {
        let waits = shared.upgrade().is_some_and(|shared| {
            let now = standing.borrow();
            now.trouble.is_none() && now.by.as_ref() != Some(&shared.view())
        });
        tokio::select! {
            () = standing.closed() => return,
            _ = timeout(if waits { rest } else { every }, news.wait_for(|news| news.made != made)) => {}
            () = slow.notified() => {}
        }
        // Before the look: a connection made during it is looked at again.
        made = news.borrow().made;
        let Some(shared) = shared.upgrade() else { return };
        match shared.look().await {
            Ok((now, info)) => {
                // At once: who writes waits for it, and a server that tells nothing of itself takes its time.
                change(&standing, now.clone());
                let now = shared.examine(now, &info).await;
                change(&standing, now);
            }
            Err(NoInfo::Missing) => {
                let before = standing.borrow().clone();
                change(&standing, Standing { by: None, trouble: Some(GONE.to_owned()), ..before });
            }
            // While nobody answers, what was last seen holds; storing finds out by itself.
            Err(NoInfo::Silent(_)) => {}
        }
        drop(shared);
        sleep(rest).await;
    }
}

fn change(standing: &watch::Sender<Standing>, now: Standing) {
    tell(&standing.borrow(), &now);
    standing.send_replace(now);
}
