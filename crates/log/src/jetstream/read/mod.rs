//! Everything in order, then live: an ordered consumer, made anew wherever the last one was left.
//!
//! The client's own ordered consumer begins at the first message again when it is interrupted before it delivered one,
//! so the order is kept here: each message is the one after the last, or the consumer is given up.

mod block;

use std::{sync::Arc, time::Duration};

use async_nats::jetstream::consumer::{self, AckPolicy, DeliverPolicy, pull};
use bytes::Bytes;
use futures::{FutureExt as _, StreamExt as _, stream, stream::BoxStream};
use tokio::{
    sync::mpsc,
    task::unconstrained,
    time::{sleep, timeout},
};
use traccia_domain::{Hash, Position};
use tracing::{debug, warn};

use super::{
    Shared,
    ask::{GONE, NoInfo},
};
use crate::{BoxError, Chunk, LogError};
use block::{Block, Misplaced};

/// Messages the server is asked for at a time; it is asked again when half of them have come. Measured, more is slower:
/// 4,000 read half as fast as 500, which reads as fast as the client's own ordered consumer.
const BATCH: usize = 500;

/// Chunks read ahead of whoever folds them.
const AHEAD: usize = 3;

/// How often an idle server shows that the consumer is alive; after two without a sign it is made anew.
const HEARTBEAT: Duration = Duration::from_secs(2);

/// After how long without a commit the log's end is looked at.
const IDLE: Duration = Duration::from_secs(5);

/// The pause before a consumer is made anew, and between two looks at something strange.
const PAUSE: Duration = Duration::from_millis(250);

/// Looks after which something strange is believed, where servers replicate: one that has just taken the lead, or does
/// not know yet that it lost it, tells of an older log for a moment.
const LOOKS: u32 = 20;

/// Why a consumer is given up.
enum Ended {
    /// Nobody takes the chunks any more.
    Unread,
    /// What the log holds cannot be right.
    Damaged(LogError),
    /// It said nothing, or something out of order: another one goes on where this one was.
    Interrupted(BoxError),
}

/// A reader, and how far it came.
struct Reading {
    shared: Arc<Shared>,
    last: Position,
    /// Of the commit there, once one was read.
    hash: Option<Hash>,
    chunks: mpsc::Sender<Result<Chunk, LogError>>,
    /// How often in a row something strange was seen.
    strange: u32,
}

pub(super) fn read(shared: Arc<Shared>, after: Position) -> BoxStream<'static, Result<Chunk, LogError>> {
    // Nothing happens before the first chunk is asked for.
    let started = async move {
        let (sender, chunks) = mpsc::channel(AHEAD);
        let reading = Reading { shared, last: after, hash: None, chunks: sender, strange: 0 };
        // Messages are counted here in thousands; the runtime's own count would end every chunk after a few dozen.
        tokio::spawn(unconstrained(reading.follow()));
        stream::unfold(chunks, |mut chunks| async move { chunks.recv().await.map(|chunk| (chunk, chunks)) })
    };
    stream::once(started).flatten().boxed()
}

impl Reading {
    /// Sends chunks until nobody takes them or one cannot be right. While the server is away, it waits.
    async fn follow(mut self) {
        loop {
            match self.consume().await {
                Ended::Unread => return,
                Ended::Damaged(error) => {
                    let _ = self.chunks.send(Err(error)).await;
                    return;
                }
                Ended::Interrupted(why) => {
                    debug!(%why, last = %self.last, "the reading goes on with another consumer");
                    // Whoever takes the stream away takes its consumers first.
                    self.shared.slow.notify_one();
                    tokio::select! {
                        () = self.chunks.closed() => return,
                        () = sleep(PAUSE) => {}
                    }
                }
            }
        }
    }

    /// Reads with one consumer as long as it lasts.
    async fn consume(&mut self) -> Ended {
        let chunks = self.chunks.clone();
        let prefix = self.shared.options.prefix.clone();
        let opened = tokio::select! {
            () = chunks.closed() => return Ended::Unread,
            opened = self.open() => opened,
        };
        let mut messages = match opened {
            Ok(messages) => messages,
            Err(ended) => return ended,
        };
        let mut fresh = true;
        loop {
            let next = tokio::select! {
                () = chunks.closed() => return Ended::Unread,
                next = timeout(IDLE, messages.next()) => next,
            };
            let first = match next {
                Ok(Some(Ok(message))) => message,
                Ok(Some(Err(error))) => return Ended::Interrupted(error.into()),
                Ok(None) => return Ended::Interrupted("the consumer ended".into()),
                Err(_) => match self.end().await {
                    Ok(()) => continue,
                    Err(ended) => return ended,
                },
            };
            let mut block = Block::after(self.last);
            let mut taken = block.take(&first, &prefix, fresh);
            fresh = false;
            // What has come already goes into the same chunk; what comes later does not keep it waiting.
            while taken.is_ok() && block.has_room() {
                match messages.next().now_or_never() {
                    Some(Some(Ok(message))) => taken = block.take(&message, &prefix, false),
                    // Whatever ended it is met again at the next turn, or by the next consumer.
                    Some(Some(Err(_)) | None) => taken = Err(Misplaced::OutOfOrder),
                    None => break,
                }
            }
            let at = block.last.next();
            if let Err(ended) = self.send(block).await {
                return ended;
            }
            match taken {
                Ok(()) => tokio::task::yield_now().await,
                Err(Misplaced::OutOfOrder) => return Ended::Interrupted("a message is out of order".into()),
                Err(Misplaced::Missing) => return self.missing(at).await,
                Err(Misplaced::Unreadable(why)) => {
                    return Ended::Damaged(LogError::Corrupt { at, why: why.to_owned() });
                }
            }
        }
    }

    async fn send(&mut self, block: Block) -> Result<(), Ended> {
        let last = block.last;
        if last == self.last {
            return Ok(());
        }
        let text = Bytes::copy_from_slice(block.last_text());
        let hash = Hash::of(&text);
        let chunk = block.into_chunk().map_err(Ended::Damaged)?;
        self.shared.known_to_be_there(last, text);
        self.chunks.send(Ok(chunk)).await.map_err(|_| Ended::Unread)?;
        (self.last, self.hash) = (last, Some(hash));
        self.strange = 0;
        Ok(())
    }

    /// Makes a consumer that begins after the last commit.
    async fn open(&mut self) -> Result<pull::Stream, Ended> {
        let head = self.head().await?;
        let interrupted = |error: BoxError| Ended::Interrupted(error);
        let asking = &self.shared.link.asking;
        let settings = pull::Config {
            description: Some("reads the log of traccia in order".to_owned()),
            deliver_policy: DeliverPolicy::ByStartSequence { start_sequence: self.last.next().0 },
            ack_policy: AckPolicy::None,
            num_replicas: 1,
            memory_storage: true,
            inactive_threshold: Duration::from_secs(30),
            ..pull::Config::default()
        };
        let made = asking.create_consumer_on_stream(settings, &self.shared.options.stream).await;
        let consumer: consumer::PullConsumer = made.map_err(|error| interrupted(error.into()))?;
        // Only now: the consumer is in the server's memory, so that it ends with whatever takes the place of this log.
        self.same().await?;
        // The log goes on, and the consumer has nothing of it: where it reads, the end is lost, or about to come.
        if head > self.last && consumer.cached_info().num_pending == 0 {
            return Err(self.missing(self.last.next()).await);
        }
        let batches = consumer.stream().max_messages_per_batch(BATCH).heartbeat(HEARTBEAT);
        batches.messages().await.map_err(|error| interrupted(error.into()))
    }

    /// Whether the log still has the commit that was read last. An older copy that has grown past it tells nothing of that
    /// by its length.
    async fn same(&self) -> Result<(), Ended> {
        let Some(hash) = self.hash else { return Ok(()) };
        match self.shared.at(self.last).await {
            Ok(Some(there)) if there.hash == hash => Ok(()),
            Ok(Some(_)) => {
                self.shared.doubt();
                Err(Ended::Damaged(LogError::other(self.last)))
            }
            Ok(None) => Err(Ended::Interrupted("the leader is behind".into())),
            Err(damaged @ LogError::Corrupt { .. }) => Err(Ended::Damaged(damaged)),
            Err(error @ (LogError::Unavailable(_) | LogError::Unknown(_) | LogError::Conflict)) => {
                Err(Ended::Interrupted(error.into()))
            }
        }
    }

    /// Looks at the log's end while nothing comes. Of a last commit that cannot be read the server says nothing, and counts
    /// it all the same.
    async fn end(&mut self) -> Result<(), Ended> {
        if self.head().await? > self.last {
            return Err(self.missing(self.last.next()).await);
        }
        self.strange = 0;
        Ok(())
    }

    /// Where the log ends: never before what was read of it.
    async fn head(&mut self) -> Result<Position, Ended> {
        loop {
            let strange = match self.shared.info().await {
                Ok(info) => {
                    let head = Position(info.state.last_sequence);
                    if head >= self.last {
                        return Ok(head);
                    }
                    self.shared.doubt();
                    let shorter = LogError::shorter(head, self.last);
                    if info.config.num_replicas == 1 {
                        return Err(Ended::Damaged(shorter));
                    }
                    shorter
                }
                Err(NoInfo::Missing) => LogError::Corrupt { at: self.last.next(), why: GONE.to_owned() },
                Err(NoInfo::Silent(cause)) => return Err(Ended::Interrupted(cause)),
            };
            self.believe(strange)?;
            sleep(PAUSE).await;
        }
    }

    /// A consumer left a commit out, or says nothing of it. If the leader has it, one replica is damaged or behind, and
    /// another consumer may read from another.
    async fn missing(&mut self, at: Position) -> Ended {
        match self.shared.at(at).await {
            Err(damaged @ LogError::Corrupt { .. }) => Ended::Damaged(damaged),
            Ok(Some(_)) => {
                warn!(%at, "a replica of the log does not have a commit that its leader has");
                let believed = self.believe(missing(at));
                believed.err().unwrap_or_else(|| Ended::Interrupted("a replica is behind or damaged".into()))
            }
            Ok(None) => Ended::Interrupted("the leader is behind".into()),
            Err(error @ (LogError::Unavailable(_) | LogError::Unknown(_) | LogError::Conflict)) => {
                Ended::Interrupted(error.into())
            }
        }
    }

    /// Something strange, seen often enough, is so.
    fn believe(&mut self, error: LogError) -> Result<(), Ended> {
        self.strange += 1;
        if self.strange < LOOKS { Ok(()) } else { Err(Ended::Damaged(error)) }
    }
}

fn missing(at: Position) -> LogError {
    LogError::Corrupt { at, why: "the commit is missing".to_owned() }
}
