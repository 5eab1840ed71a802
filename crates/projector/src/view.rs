//! Reading the tables as the log was known at a position.

use std::{borrow::Cow, path::PathBuf, sync::Arc, time::Duration};

use tokio::{sync::watch, time};
use traccia_domain::Position;
use traccia_log::BoxError;

use crate::{
    Cells, Checkpoint, PgOptions, UnsafeSetting, Value,
    memory::MemoryTables,
    store::{Reader, Store},
};

/// How often the checkpoint is looked at while another process moves it.
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// The tables of all projections. Clones share them. Reading goes on while they are written, built anew or stopped.
#[derive(Clone, Debug)]
pub struct Tables {
    pub(crate) store: Arc<Store>,
    /// How far a projector of this process has come, to wake who waits; none where another process projects.
    pub(crate) reached: watch::Sender<Option<Position>>,
}

/// What a reader asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// Where to read: `None` for as far as the tables have come.
    pub position: Option<Position>,
    /// How far the tables must have come before: read your writes.
    pub min_position: Option<Position>,
    /// How long to wait for that.
    pub wait: Duration,
}

/// Why nothing was read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The tables have not come so far yet: an answer now would silently be short.
    #[error("the read models have reached position {reached}, not yet the one asked for")]
    NotYet {
        /// How far they have come.
        reached: Position,
    },
    /// The tables cannot be read.
    #[error("the read models cannot be read")]
    Unavailable(#[source] BoxError),
}

/// The tables as the log was known at a position. What comes later never changes what it shows, so that any number of
/// queries agree without a transaction.
#[derive(Clone, Debug)]
pub struct View {
    /// The position: part of every answer.
    pub position: Position,
    reader: Reader,
    tables: Tables,
}

/// The condition that a version is the one held at the view's position (`$1`), for a table's alias in a query.
#[must_use]
pub fn held(alias: &str) -> String {
    format!("({alias}.since <= $1 and ({alias}.until is null or {alias}.until > $1))")
}

impl Tables {
    /// The tables in a file. It need not exist yet: until a projector has built it, reading answers `NotYet`.
    #[must_use]
    pub fn open_sqlite(path: impl Into<PathBuf>) -> Tables {
        Tables::of(Store::sqlite(path.into()))
    }

    /// The tables in a PostgreSQL database, which is reached when it is needed. It may be empty: until a projector has built
    /// the tables, reading answers `NotYet`.
    #[must_use]
    pub fn open_postgres(options: PgOptions) -> Tables {
        Tables::of(Store::postgres(options))
    }

    fn of(store: Store) -> Tables {
        Tables { store: Arc::new(store), reached: watch::Sender::new(None) }
    }

    /// Settings of the database that put the tables at risk; a file has none.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn unsafe_settings(&self) -> Result<Vec<UnsafeSetting>, ReadError> {
        self.store.unsafe_settings().await.map_err(ReadError::Unavailable)
    }

    /// Whether any projector, of whatever process, has the right to write the tables; nothing where that cannot be told, as
    /// of a file.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn led(&self) -> Result<Option<bool>, ReadError> {
        self.store.led().await.map_err(ReadError::Unavailable)
    }

    /// Tables in memory, for simulations: they answer no SQL.
    #[must_use]
    pub fn in_memory(memory: MemoryTables) -> Tables {
        Tables::of(Store::Memory(memory))
    }

    /// How far the tables have come; `None` when there are none yet.
    ///
    /// # Errors
    /// When they cannot be read.
    pub async fn checkpoint(&self) -> Result<Option<Checkpoint>, ReadError> {
        self.store.checkpoint().await.map_err(ReadError::Unavailable)
    }

    /// A view, once the tables have come as far as is asked.
    ///
    /// # Errors
    /// `NotYet` when they did not within the wait, `Unavailable` when they cannot be read.
    pub async fn view_at(&self, reading: Reading) -> Result<View, ReadError> {
        let needed = reading.min_position.max(reading.position);
        let deadline = time::Instant::now() + reading.wait;
        let mut moved = self.reached.subscribe();
        loop {
            let moved_here = moved.borrow_and_update().is_some();
            // The checkpoint is that of the very tables that the view will read: others may be put in place.
            let reached = match self.store.in_place().await.map_err(ReadError::Unavailable)? {
                Some((reader, reached)) if needed.is_none_or(|needed| needed <= reached.position) => {
                    let position = reading.position.unwrap_or(reached.position);
                    return Ok(View { position, reader, tables: self.clone() });
                }
                Some((_, reached)) => reached.position,
                None => Position::START,
            };
            let now = time::Instant::now();
            if now >= deadline {
                return Err(ReadError::NotYet { reached });
            }
            // A projector of this process says when it has moved; another's is looked at now and then.
            let look_again = if moved_here { deadline } else { deadline.min(now + LOOK_EVERY) };
            let _ = time::timeout_at(look_again, moved.changed()).await;
        }
    }
}

impl View {
    /// The rows of a query. `$1` is the view's position in every query; the arguments are `$2`, `$3` and so on.
    ///
    /// The text is a constant or made of constants; whatever comes from outside is an argument.
    ///
    /// # Errors
    /// When the tables cannot be read.
    pub async fn rows(&self, sql: impl Into<Cow<'static, str>>, args: &[Value]) -> Result<Vec<Cells>, ReadError> {
        let sql = sql.into();
        let mut all = Vec::with_capacity(args.len() + 1);
        all.push(self.position.into());
        all.extend_from_slice(args);
        let error = match self.reader.rows(sql.clone(), &all).await {
            Ok(rows) => return Ok(rows),
            Err(error) => error,
        };
        // They may be gone because others were put in place: these hold the same rows, if they have come as far.
        match self.tables.store.in_place().await.map_err(ReadError::Unavailable)? {
            Some((others, reached)) if !others.reads_as(&self.reader) => {
                if reached.position < self.position {
                    return Err(ReadError::NotYet { reached: reached.position });
                }
                others.rows(sql, &all).await.map_err(ReadError::Unavailable)
            }
            Some(_) | None => Err(ReadError::Unavailable(error)),
        }
    }

    /// The first row of a query, where there is one; as [`View::rows`].
    ///
    /// # Errors
    /// When the tables cannot be read.
    pub async fn row(&self, sql: impl Into<Cow<'static, str>>, args: &[Value]) -> Result<Option<Cells>, ReadError> {
        Ok(self.rows(sql, args).await?.into_iter().next())
    }
}
