//! Which file the tables are in.
//!
//! The path is a link to a generation: `tables.sqlite` leads to `tables.sqlite.generation-7`. Other tables are put in place by
//! replacing the link, in one step. Each generation has its own write-ahead log beside it, so that readers of the old
//! one are left in peace, in this process and in others; renaming a file over another would mix the two.

use std::{
    io,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use sqlx::{
    ConnectOptions as _,
    sqlite::{SqliteConnectOptions, SqlitePoolOptions},
};

use super::Reader;

/// How many readers read at once.
const READERS: u32 = 4;

/// The file that the tables are in, and those who read it.
#[derive(Debug)]
pub(crate) struct Files {
    path: PathBuf,
    open: Mutex<Option<Reader>>,
}

impl Files {
    pub(crate) fn at(path: PathBuf) -> Files {
        Files { path, open: Mutex::new(None) }
    }

    /// The path that leads to the tables.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The generation in place; `None` when there is none.
    pub(super) fn current(&self) -> io::Result<Option<PathBuf>> {
        match self.path.canonicalize() {
            Ok(file) => Ok(Some(file)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Those who read the generation in place; `None` when there is none.
    pub(crate) fn reader(&self) -> io::Result<Option<Reader>> {
        let Some(file) = self.current()? else { return Ok(None) };
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(reader) = &*open
            && reader.file == file
        {
            return Ok(Some(reader.clone()));
        }
        // Connections to the old generation close when the last view of it is gone.
        let options = SqlitePoolOptions::new().max_connections(READERS).test_before_acquire(false);
        let readers = options.connect_lazy_with(connection(&file).pragma("query_only", "on"));
        Ok(open.insert(Reader { file, readers }).clone().into())
    }

    /// Whether other tables have been put in place since.
    pub(crate) fn replaced(&self, reader: &Reader) -> io::Result<bool> {
        Ok(self.current()?.is_some_and(|current| current != reader.file))
    }
}

/// The path with `.suffix` after it.
pub(super) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut path = path.as_os_str().to_owned();
    path.push(".");
    path.push(suffix);
    path.into()
}

/// How every connection is made.
pub(super) fn connection(file: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new().filename(file).busy_timeout(Duration::from_secs(10)).disable_statement_logging()
}
