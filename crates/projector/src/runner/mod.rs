//! Following the log: a fold in memory, tables behind it.

mod catching;
mod open;
mod standby;
mod write;

use catching::CatchingUp;
use open::Begun;
pub(crate) use open::belongs;
pub use open::together;

use std::{future::Future, panic::AssertUnwindSafe, pin::pin, sync::Arc, time::Duration, vec};

use futures::FutureExt as _;
use tokio::{
    sync::{OwnedMutexGuard, mpsc, watch},
    task::JoinHandle,
    time::{self, Instant},
};
use traccia_domain::{Position, Recorded, hash::ShortHash};
use traccia_log::Log;

use crate::{
    Forks, Projection, ProjectorError, Status, Tables,
    folder::Folder,
    fork::{Asked, Asker},
    source::Commits,
    status::Publisher,
};

/// Events after which a batch is written.
const EVENTS: usize = 5_000;

/// How often batches are written while commits keep coming; the first after a pause is written at once.
const EVERY: Duration = Duration::from_millis(20);

/// How often the log is asked where it ends, for the lag.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// How long the last batch may wait for the one before it, when the database is away.
const LAST: Duration = Duration::from_secs(5);

/// Follows a log and keeps the tables of all projections behind it, at one position.
pub struct Projector<P, L> {
    log: Arc<L>,
    tables: Tables,
    publisher: Arc<Publisher>,
    /// None while another projector has the lead.
    begun: Option<Begun<P>>,
    forks: Forks<P>,
    asked: Asked<P>,
}

impl<P: Projection, L: Log> Projector<P, L> {
    /// Where copies of its fold are had, while it follows the log; it outlives the projector.
    #[must_use]
    pub fn forks(&self) -> Forks<P> {
        self.forks.clone()
    }

    /// How it is doing; it outlives the projector.
    #[must_use]
    pub fn status(&self) -> watch::Receiver<Status> {
        self.publisher.subscribe()
    }

    /// Follows the log until told to stop: what is folded by then is written first. Readers go on whatever happens here.
    /// While another projector has the lead it stands by; while the database is away it tries again. The status says so.
    ///
    /// After `Fenced` whoever runs it may open another one: it finds the tables that were put in place, and stands by where
    /// another has taken the lead.
    ///
    /// # Errors
    /// When it stops for good; the status has said so as well.
    pub async fn run(self, shutdown: impl Future<Output = ()> + Send) -> Result<(), ProjectorError> {
        let (log, tables, publisher) = (self.log.clone(), self.tables.clone(), self.publisher.clone());
        let (outcome, at) = self.once(shutdown).await;
        told(outcome, at, log, tables, publisher)
    }

    /// As [`Projector::run`]; fenced off by another projector, it looks again: it stands by while that one writes, or goes on
    /// with the tables that were put in place. Fenced off when told to stop, it has stopped: the other one writes.
    ///
    /// # Errors
    /// When it stops for good; the status has said so as well.
    pub async fn keep_on(mut self, shutdown: impl Future<Output = ()> + Send) -> Result<(), ProjectorError> {
        // Each try asks it anew, also after one has heard it.
        let shutdown = shutdown.shared();
        loop {
            let (log, tables, publisher) = (self.log.clone(), self.tables.clone(), self.publisher.clone());
            let (forks, asked) = (self.forks.clone(), Arc::clone(&self.asked));
            match self.once(shutdown.clone()).await {
                (Err(ProjectorError::Fenced { at }), _) => {
                    tracing::warn!(%at, "another projector has written: looking again")
                }
                (outcome, at) => return told(outcome, at, log, tables, publisher),
            }
            self = Projector { log, tables, publisher, begun: None, forks, asked };
        }
    }

    /// Follows until told to stop, or until it cannot go on; the outcome, and the last position taken in.
    async fn once(self, shutdown: impl Future<Output = ()> + Send) -> (Result<(), ProjectorError>, Position) {
        let publisher = self.publisher.clone();
        let _ends = Ends { publisher: publisher.clone(), heads: tokio::spawn(heads(self.log.clone(), publisher)) };
        let folder = self.begun.as_ref().and_then(|begun| begun.folder.as_ref());
        let mut at = folder.map_or(Position::START, |folder| folder.position);
        // A fold that panics is a bug; whoever looks at the status must learn of it. Its state is gone with it.
        let outcome = AssertUnwindSafe(self.follow(shutdown, &mut at)).catch_unwind().await;
        (outcome.unwrap_or_else(|_| Err(ProjectorError::Broken("it panicked".into()))), at)
    }

    /// `at` is the last position taken in, whatever the outcome.
    async fn follow(
        mut self,
        shutdown: impl Future<Output = ()> + Send,
        at: &mut Position,
    ) -> Result<(), ProjectorError> {
        let mut shutdown = pin!(shutdown);
        let begun = self.begun.take();
        let (fold, begun) = tokio::select! {
            biased;
            () = &mut shutdown => return Ok(()),
            ready = self.ready(begun, at) => ready?,
        };
        self.publisher.begins(&begun.checkpoint);
        let epoch = begun.checkpoint.epoch;
        let (batches, writing) =
            write::writing(self.tables.store.clone(), begun.writer, begun.checkpoint, self.publisher);
        let CatchingUp { mut folder, commits, read } = fold;
        folder.collect();
        let asked = Arc::clone(&self.asked).lock_owned().await;
        let following = Following { folder, commits, waiting: read, batches, epoch, asked };
        let read = following.go_on(shutdown, at).await;
        // A writer that has stopped is why reading has, so its error comes first.
        let written = ended(writing).await;
        written.and(read)
    }

    /// Waits for the lead, and folds without writing up to where the tables stand.
    async fn ready(
        &self,
        begun: Option<Begun<P>>,
        at: &mut Position,
    ) -> Result<(CatchingUp<P>, Begun<P>), ProjectorError> {
        let (kept_up, mut begun) = match begun {
            Some(begun) => (None, begun),
            None => {
                let mut fold = CatchingUp::start(&self.log);
                let begun = standby::stand_by(&self.log, &self.tables, &self.publisher, &mut fold, at).await?;
                (Some(fold), begun)
            }
        };
        // Tables that are behind those it kept up with were restored from a backup: then it begins anew.
        let kept_up = kept_up.filter(|fold| fold.folder.position <= begun.checkpoint.position);
        let mut fold = match (begun.folder.take(), kept_up) {
            (Some(folder), _) => CatchingUp::on(&self.log, folder),
            (None, Some(fold)) => fold,
            (None, None) => CatchingUp::start(&self.log),
        };
        fold.to(&begun.checkpoint, at).await?;
        Ok((fold, begun))
    }
}

/// The fold at work: it takes the next batch in while the last one is written.
struct Following<P> {
    folder: Folder<P>,
    commits: Commits,
    /// Read, not yet folded.
    waiting: vec::IntoIter<Recorded>,
    batches: write::Batches,
    epoch: ShortHash,
    asked: OwnedMutexGuard<mpsc::Receiver<Asker<P>>>,
}

impl<P: Projection> Following<P> {
    async fn go_on(
        mut self,
        mut shutdown: impl Future<Output = ()> + Unpin,
        at: &mut Position,
    ) -> Result<(), ProjectorError> {
        let batches = self.batches.clone();
        let mut not_before = Instant::now();
        loop {
            while self.folder.events < EVENTS
                && let Some(recorded) = self.waiting.next()
            {
                self.folder.take(&recorded);
                *at = self.folder.position;
            }
            let due = self.folder.events >= EVENTS || (self.folder.events > 0 && Instant::now() >= not_before);
            tokio::select! {
                biased;
                () = &mut shutdown => return self.write_the_rest().await,
                Some(asker) = self.asked.recv() => self.folder.copy_for(asker).await?,
                room = batches.reserve(), if due => {
                    let Ok(room) = room else { return Ok(()) };
                    room.send(write::to_write(&mut self.folder, self.epoch));
                    not_before = Instant::now() + EVERY;
                }
                next = self.commits.recv(), if self.waiting.len() == 0 && self.folder.events < EVENTS => {
                    match next.unwrap_or_else(|| Err(reader_ended())) {
                        Ok(next) => self.waiting = next.into_iter(),
                        // What came before the trouble is history and is written; then it is over.
                        Err(error) => return self.write_the_rest().await.and(Err(error)),
                    }
                }
                () = time::sleep_until(not_before), if self.folder.events > 0 && !due => {}
                () = batches.closed() => return Ok(()),
            }
        }
    }

    /// Writes what is folded. A writer that has stopped says why itself.
    async fn write_the_rest(mut self) -> Result<(), ProjectorError> {
        if self.folder.events > 0 {
            let _ = time::timeout(LAST, self.batches.send(write::to_write(&mut self.folder, self.epoch))).await;
        }
        Ok(())
    }
}

/// What must be said when the projector ends, however it ends.
struct Ends {
    publisher: Arc<Publisher>,
    heads: JoinHandle<()>,
}

impl Drop for Ends {
    fn drop(&mut self) {
        self.heads.abort();
        self.publisher.ends();
    }
}

/// Says why a projector has stopped for good, where it has. Where log and tables end is told from then on all the same:
/// another projector may go on with them.
fn told<L: Log>(
    outcome: Result<(), ProjectorError>,
    at: Position,
    log: Arc<L>,
    tables: Tables,
    publisher: Arc<Publisher>,
) -> Result<(), ProjectorError> {
    if let Err(error) = &outcome {
        publisher.stopped(error, at);
        tokio::spawn(async move {
            while publisher.asked() {
                // The log first: what the tables hold by then is not behind it.
                let head = log.head().await;
                publisher.head(&head);
                if let Ok(Some(stored)) = tables.checkpoint().await {
                    publisher.stands_at(&stored);
                }
                time::sleep(LOOK_EVERY).await;
            }
        });
    }
    outcome
}

/// Where the log ends, now and then, as long as anybody asks. A log that is away now has an end later.
async fn heads<L: Log>(log: Arc<L>, publisher: Arc<Publisher>) {
    while publisher.asked() {
        publisher.head(&log.head().await);
        time::sleep(LOOK_EVERY).await;
    }
}

async fn ended(writing: JoinHandle<Result<(), ProjectorError>>) -> Result<(), ProjectorError> {
    writing.await.map_err(|error| ProjectorError::Broken(error.into()))?
}

fn reader_ended() -> ProjectorError {
    ProjectorError::Broken("the log's reader ended".into())
}
