//! Following the log: commits are taken in as they are stored, and a checkpoint is published a second later at most.

use std::{
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures::StreamExt as _;
use tokio::time::{self, Instant};
use traccia_domain::Position;
use traccia_log::{Chunk, Epoch, Log, LogError};

use crate::{
    Ledger, LedgerError, checkpoint,
    folder::Folder,
    hash,
    note::{NoteError, Signer},
    publish::Publisher,
    status::Teller,
    tile::{FULL, Tile},
};

/// How often a checkpoint is signed while commits keep coming; the first after a pause is signed at once.
const EVERY: Duration = Duration::from_secs(1);

/// Commits after which a checkpoint is signed all the same: what waits is kept in memory.
const MOST: u64 = 1 << 16;

/// How long whoever is told to stop goes on, to sign what the log has.
const LAST: Duration = Duration::from_secs(5);

/// How long to wait before the same is tried again: at first, and at most.
const AGAIN: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(5));

/// Ends when the follower is told to stop.
type Told<'a> = Pin<&'a mut (dyn Future<Output = ()> + Send)>;

/// Follows a log and publishes its tree.
#[derive(Debug)]
pub struct Follower<L> {
    log: Arc<L>,
    folder: Folder,
    signer: Signer,
    teller: Teller,
}

impl<L: Log> Follower<L> {
    /// For a log of an epoch, a folder to publish in, and the secret of the ledger's key. Nothing is touched yet.
    ///
    /// # Errors
    /// Never for an epoch: its name is one that a key can have.
    pub fn new(log: Arc<L>, epoch: Epoch, folder: Folder, secret: &[u8; 32]) -> Result<Follower<L>, NoteError> {
        let signer = Signer::new(&checkpoint::origin(epoch), secret)?;
        Ok(Follower { log, folder, signer, teller: Teller::new() })
    }

    /// What is published, to read; it outlives the follower.
    #[must_use]
    pub fn ledger(&self) -> Ledger {
        Ledger::new(self.folder.clone(), self.signer.verifier().clone()).told_by(self.teller.subscribe())
    }

    /// Follows until told to stop; what the log has by then is signed first, within five seconds.
    ///
    /// Where another process publishes in the folder, this one stands by until that one ends.
    ///
    /// # Errors
    /// When it stops for good; the status has said so as well. Nothing else need stop: the log goes on without it.
    pub async fn run(self, told: impl Future<Output = ()> + Send) -> Result<(), LedgerError> {
        let Follower { log, folder, signer, mut teller } = self;
        let mut told = std::pin::pin!(told);
        let outcome = follow(&*log, folder, signer, &mut teller, told.as_mut()).await;
        if let Err(error) = &outcome {
            teller.stopped(error);
        }
        outcome
    }
}

async fn follow(
    log: &impl Log,
    folder: Folder,
    signer: Signer,
    teller: &mut Teller,
    mut told: Told<'_>,
) -> Result<(), LedgerError> {
    let mut pause = AGAIN.0;
    // Held to the end. Whoever holds it goes on from the folder as it is then.
    let (_held, publisher) = loop {
        match folder.hold() {
            Ok(Some(held)) => match Publisher::open(folder.clone(), signer.clone()) {
                Ok(publisher) => break (held, publisher),
                Err(error) if error.passing() => teller.waits(&error),
                Err(error) => return Err(error),
            },
            Ok(None) => {}
            Err(error) => teller.waits(&error),
        }
        tokio::select! {
            () = &mut told => return Ok(()),
            () = time::sleep(pause) => pause = (2 * pause).min(AGAIN.1),
        }
    };
    let mut following = Following { publisher: Arc::new(Mutex::new(publisher)), last: None, mended: false, end: None };
    let mut pause = AGAIN.0;
    loop {
        let before = following.stand().size;
        let error = match following.go_on(log, &folder, teller, told.as_mut()).await {
            Ok(()) => return Ok(()),
            Err(error) => error,
        };
        if matches!(error, LedgerError::Damaged { .. } | LedgerError::Inconsistent { .. }) && !following.mended {
            // Once: the tiles are made again from the log, and compared with what is signed before anything is written.
            tracing::warn!(why = error.chain(), "the tiles are made again");
            (following.mended, following.last) = (true, None);
            following.publisher().begin_again();
            continue;
        }
        if !error.passing() {
            return Err(error);
        }
        teller.waits(&error);
        if following.end.is_some() {
            // Told to stop already: the next start signs the rest.
            return Ok(());
        }
        pause = if following.stand().size > before { AGAIN.0 } else { (2 * pause).min(AGAIN.1) };
        tokio::select! {
            () = &mut told => return Ok(()),
            () = time::sleep(pause) => {}
        }
    }
}

struct Following {
    /// Lent to a thread that may wait for the disk; nobody else has it meanwhile.
    publisher: Arc<Mutex<Publisher>>,
    /// When a checkpoint was last signed here.
    last: Option<Instant>,
    /// Whether the tree was begun again.
    mended: bool,
    /// Once told to stop: until when to go on.
    end: Option<Instant>,
}

/// Where the publisher stands.
struct Stand {
    /// Commits in the tree.
    size: u64,
    /// Of them, those not published yet.
    waiting: u64,
    /// Commits that are signed.
    signed: Option<u64>,
}

impl Following {
    fn publisher(&self) -> MutexGuard<'_, Publisher> {
        self.publisher.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads, takes in, publishes, until told to stop or something is in the way.
    async fn go_on(
        &mut self,
        log: &impl Log,
        folder: &Folder,
        teller: &mut Teller,
        mut told: Told<'_>,
    ) -> Result<(), LedgerError> {
        let Stand { size, signed, .. } = self.stand();
        same_history(log, folder, size, signed).await?;
        if let Some(signed) = signed {
            teller.signed(signed, folder.signed_at());
        }
        let mut chunks = log.read(Position(size));
        let mut goal = Position(u64::MAX);
        loop {
            let Stand { size, waiting, .. } = self.stand();
            let due = self.last.map_or_else(Instant::now, |last| last + EVERY);
            let over = self.end.is_some_and(|end| size >= goal.0 || Instant::now() >= end);
            if waiting > 0 && (over || waiting >= MOST || Instant::now() >= due) {
                self.publish().await?;
                teller.signed(size, folder.signed_at());
            }
            if over {
                return Ok(());
            }
            let next = tokio::select! {
                biased;
                () = &mut told, if self.end.is_none() => {
                    self.end = Some(Instant::now() + LAST);
                    goal = log.head().await?;
                    continue;
                }
                next = chunks.next() => next.unwrap_or_else(|| Err(ended())),
                () = time::sleep_until(due), if waiting > 0 => continue,
                () = time::sleep(EVERY) => {
                    teller.measure();
                    continue;
                }
            };
            let chunk = match next {
                Ok(chunk) => chunk,
                Err(error) => return Err(shorter(log, self.stand().signed).await.err().unwrap_or(error.into())),
            };
            if let Err(error) = self.take(&chunk) {
                if matches!(error, LedgerError::TooLong { .. }) && self.stand().waiting > 0 {
                    // What came before it is history, and is signed.
                    self.publish().await?;
                    teller.signed(self.stand().size, folder.signed_at());
                }
                return Err(error);
            }
        }
    }

    fn stand(&self) -> Stand {
        let publisher = self.publisher();
        let signed = publisher.signed().map(|signed| signed.size);
        Stand { size: publisher.size(), waiting: publisher.waiting(), signed }
    }

    fn take(&self, chunk: &Chunk) -> Result<(), LedgerError> {
        let mut publisher = self.publisher();
        chunk.texts().try_for_each(|(_, text)| publisher.push(text))
    }

    /// The disk may be slow: whoever else runs here goes on meanwhile.
    async fn publish(&mut self) -> Result<(), LedgerError> {
        let publisher = self.publisher.clone();
        let publish = move || publisher.lock().unwrap_or_else(PoisonError::into_inner).publish();
        tokio::task::spawn_blocking(publish).await.map_err(|error| LedgerError::Broken(error.into()))??;
        (self.last, self.mended) = (Some(Instant::now()), false);
        Ok(())
    }
}

fn ended() -> LogError {
    LogError::Unavailable("the reading ended".into())
}

/// Whether the log still has all that was signed.
async fn shorter(log: &impl Log, signed: Option<u64>) -> Result<(), LedgerError> {
    let head = log.head().await?;
    match signed {
        Some(signed) if head.0 < signed => Err(LedgerError::LogShorter { signed, head }),
        Some(_) | None => Ok(()),
    }
}

/// Whether the log still ends, where it ended when it was signed, with the same commits: those of one full tile at least,
/// where there are so many. The whole history is what `verify` reads.
async fn same_history(log: &impl Log, folder: &Folder, size: u64, signed: Option<u64>) -> Result<(), LedgerError> {
    shorter(log, signed).await?;
    // A tree that was begun again compares everything when it has come so far.
    let Some(signed) = signed.filter(|signed| *signed == size) else { return Ok(()) };
    let width = u64::from(FULL);
    let mut index = ((signed - 1) / width * width).saturating_sub(width);
    let mut chunks = log.read(Position(index));
    while index < signed {
        let chunk = chunks.next().await.unwrap_or_else(|| Err(ended()))?;
        for (at, text) in chunk.texts().take_while(|(at, _)| at.0 <= signed) {
            let tile = folder.needed(Tile::holding(0, index, signed))?;
            let leaf = usize::try_from(index % width).ok().and_then(|place| tile.get(place));
            if leaf != Some(&hash::leaf(text.as_bytes())) {
                return Err(LedgerError::OtherHistory { at });
            }
            index += 1;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
