//! Reading: one stream, one commit, or everything in blocks and then live.

use std::{path::Path, time::Duration};

use futures::{StreamExt as _, stream, stream::BoxStream};
use sqlx::{
    Row as _, SqlitePool,
    sqlite::{SqlitePoolOptions, SqliteRow},
};
use tokio::sync::{mpsc, watch};
use traccia_domain::{Position, Recorded, StreamId};

use super::{failure, index, loads::Loads, position, schema, stored};
use crate::{Chunk, LogError, chunk::describe};

/// A block of commits in one row, because a row costs more than a text; beside it the positions, to be checked: the
/// order in which rows are joined is the subquery's, but no standard says so (and asking for it copies every text).
const BLOCK: &str = "
    select coalesce(group_concat(position), ''), coalesce(group_concat(text, char(10)), '')
    from (select position, text from commits where position > ? order by position limit 2000)";

/// Blocks read ahead of whoever folds them.
const AHEAD: usize = 3;

/// How often another process's commits are looked for; this process's announce themselves.
const POLL: Duration = Duration::from_millis(50);

/// The reading connections.
#[derive(Clone, Debug)]
pub(super) struct Reader {
    pool: SqlitePool,
    loads: Loads,
    head: watch::Receiver<Position>,
}

impl Reader {
    pub(super) async fn open(path: &Path, head: watch::Receiver<Position>) -> Result<Reader, LogError> {
        let pool = SqlitePoolOptions::new()
            .max_connections(4)
            .test_before_acquire(false)
            .connect_with(schema::reading(path))
            .await
            .map_err(|error| failure(error, Position::START))?;
        let reader = Reader { loads: Loads::of(pool.clone()), pool, head };
        reader.index_is_whole().await?;
        Ok(reader)
    }

    /// What a stream's commits are found by. With an entry missing, a stream could begin twice.
    async fn index_is_whole(&self) -> Result<(), LogError> {
        let damaged = |error| failure(error, Position::START);
        let mut connection = self.pool.acquire().await.map_err(damaged)?;
        if index::whole(&mut connection).await.map_err(damaged)? {
            return Ok(());
        }
        let why = "the index of streams does not have every commit: restore the log from an export";
        Err(LogError::Corrupt { at: self.head().await?, why: why.to_owned() })
    }

    pub(super) async fn check(&self) -> Result<(), LogError> {
        self.file_is_sound().await?;
        self.index_is_whole().await?;
        let damaged = |error| failure(error, Position::START);
        let mut connection = self.pool.acquire().await.map_err(damaged)?;
        if let Some(at) = index::misnamed(&mut connection).await.map_err(damaged)? {
            return Err(LogError::Corrupt { at, why: "it is filed under another stream than it names".to_owned() });
        }
        if let Some(at) = index::misfiled(&mut connection).await.map_err(damaged)? {
            let why = "whoever looks for its stream does not find it: restore the log from an export";
            return Err(LogError::Corrupt { at, why: why.to_owned() });
        }
        Ok(())
    }

    /// What the database itself says of its file: a page may be damaged that nobody reads until something is written.
    async fn file_is_sound(&self) -> Result<(), LogError> {
        let damaged = |error| failure(error, Position::START);
        let said: String =
            sqlx::query_scalar("pragma integrity_check(1)").fetch_one(&self.pool).await.map_err(damaged)?;
        if said == "ok" {
            return Ok(());
        }
        let why = format!("its file is damaged: {}: restore the log from an export", said.replace('\n', " "));
        Err(LogError::Corrupt { at: self.head().await?, why })
    }

    pub(super) async fn head(&self) -> Result<Position, LogError> {
        let last: i64 = sqlx::query_scalar("select coalesce(max(position), 0) from commits")
            .fetch_one(&self.pool)
            .await
            .map_err(|error| failure(error, Position::START))?;
        Ok(position(last))
    }

    pub(super) async fn at(&self, at: Position) -> Result<Option<Recorded>, LogError> {
        let row = sqlx::query("select position, text from commits where position = ?")
            .bind(stored(at))
            .fetch_optional(&self.pool)
            .await
            .map_err(|error| failure(error, at))?;
        row.map(|row| recorded(&row, at)).transpose()
    }

    pub(super) async fn load(&self, stream: &StreamId, after: Position) -> Result<Vec<Recorded>, LogError> {
        let mut commits = self.loads.load(stream).await?;
        commits.retain(|recorded| recorded.position > after);
        Ok(commits)
    }

    pub(super) async fn begun(&self, streams: &[StreamId]) -> Result<Vec<bool>, LogError> {
        let failed = |error| failure(error, Position::START);
        let mut connection = self.pool.acquire().await.map_err(failed)?;
        let wanted = streams.iter().map(|stream| (stream.as_str(), index::key(stream.as_str())));
        let (_, heads) = index::heads(&mut connection, wanted).await.map_err(failed)?;
        Ok(heads.iter().map(Option::is_some).collect())
    }

    pub(super) fn read(&self, after: Position) -> BoxStream<'static, Result<Chunk, LogError>> {
        let reader = self.clone();
        // Nothing happens before the first chunk is asked for.
        let started = async move {
            let (sender, chunks) = mpsc::channel(AHEAD);
            tokio::spawn(reader.follow(after, sender));
            stream::unfold(chunks, |mut chunks| async move { chunks.recv().await.map(|chunk| (chunk, chunks)) })
        };
        stream::once(started).flatten().boxed()
    }

    /// Sends blocks until nobody takes them or one cannot be read.
    async fn follow(mut self, mut after: Position, chunks: mpsc::Sender<Result<Chunk, LogError>>) {
        loop {
            // Marked as seen before reading, so that what is stored while we read wakes us.
            self.head.borrow_and_update();
            let chunk = match self.block(after).await {
                Ok(Some((chunk, last))) => {
                    after = last;
                    Ok(chunk)
                }
                Ok(None) => {
                    tokio::select! {
                        _ = self.head.changed() => {}
                        () = tokio::time::sleep(POLL) => {}
                        () = chunks.closed() => return,
                    }
                    // The announcing task may be gone; then only the poll is left, and it must not spin.
                    if self.head.has_changed().is_err() {
                        tokio::time::sleep(POLL).await;
                    }
                    continue;
                }
                Err(error) => Err(error),
            };
            let last = chunk.is_err();
            if chunks.send(chunk).await.is_err() || last {
                return;
            }
        }
    }

    /// The next block and its last position, or nothing when the log ends at `after`.
    async fn block(&self, after: Position) -> Result<Option<(Chunk, Position)>, LogError> {
        let broken = |error| failure(error, after.next());
        let row = sqlx::query(BLOCK).bind(stored(after)).fetch_one(&self.pool).await.map_err(broken)?;
        let positions: &str = row.try_get_unchecked(0).map_err(broken)?;
        if positions.is_empty() {
            return self.ends_at(after).await.map(|()| None);
        }
        let last = contiguous(positions, after)?;
        let lines = lines(row.try_get_unchecked(1).map_err(broken)?, after.next())?;
        // A damaged text may hold a line end; every line after it would stand at another's position.
        if lines.bytes().filter(|byte| *byte == b'\n').count() as u64 + 1 != last.0 - after.0 {
            let why = format!("a text from here to {last} has two lines");
            return Err(LogError::Corrupt { at: after.next(), why });
        }
        Ok(Some((Chunk::new(after.next(), lines), last)))
    }

    /// Nothing stands after this position; it must at least be there itself.
    async fn ends_at(&self, after: Position) -> Result<(), LogError> {
        let head = self.head().await?;
        if head < after { Err(LogError::shorter(head, after)) } else { Ok(()) }
    }
}

/// The last of some positions, each of which must be the one after the one before.
fn contiguous(positions: &str, after: Position) -> Result<Position, LogError> {
    positions.split(',').try_fold(after, |before, found| match found.parse() {
        Ok(found) if Position(found) == before.next() => Ok(before.next()),
        Ok(_) | Err(_) => Err(LogError::Corrupt { at: before.next(), why: "the commit is missing".into() }),
    })
}

/// A block's lines; where one is not text, its position.
fn lines(bytes: Vec<u8>, first: Position) -> Result<String, LogError> {
    String::from_utf8(bytes).map_err(|error| {
        let readable = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let before = readable.iter().filter(|byte| **byte == b'\n').count() as u64;
        LogError::Corrupt { at: Position(first.0 + before), why: "the commit is not text".into() }
    })
}

/// A row of position and text. `near` says where, should even the position be unreadable.
fn recorded(row: &SqliteRow, near: Position) -> Result<Recorded, LogError> {
    let at = position(row.try_get(0).map_err(|error| failure(error, near))?);
    let text = row.try_get_unchecked::<&str, _>(1).map_err(|error| LogError::Corrupt { at, why: describe(&error) })?;
    Recorded::decode(at, text).map_err(|error| LogError::Corrupt { at, why: describe(&error) })
}
