//! Where an installation lives: its folder, its log, its read models.

pub(crate) mod epoch;
mod log;
pub(crate) mod restoring;
mod tables;

use std::{
    fs::{File, TryLockError},
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context as _, bail};
use clap::Args;
use traccia_log::AnyLog;
use traccia_projector::Tables;

pub(crate) use self::{
    epoch::{belongs, recognise},
    tables::of_this_log,
};
use self::{log::LogPlace, tables::TablesPlace};

/// Where an installation lives.
#[derive(Args, Clone)]
pub(crate) struct Data {
    /// The folder of the installation: keys, results of uploads, the ledger; without --log and --tables the log and the
    /// read models too.
    #[arg(long, value_name = "DIR", env = "TRACCIA_DATA", default_value = "traccia-data")]
    pub(crate) data: PathBuf,
    #[command(flatten)]
    pub(crate) log: LogPlace,
    #[command(flatten)]
    pub(crate) tables: TablesPlace,
}

impl Data {
    /// An embedded installation in a folder.
    pub(crate) fn embedded(data: PathBuf) -> Data {
        Data { data, log: LogPlace::default(), tables: TablesPlace::default() }
    }

    /// Opens the log, which is there and whole.
    pub(crate) async fn open_log(&self) -> anyhow::Result<Arc<AnyLog>> {
        self.belonging()?;
        restoring::ended(&self.data)?;
        self.log.open(&self.data).await.map(Arc::new)
    }

    /// That opening an embedded log begins no other one than the folder's.
    fn belonging(&self) -> anyhow::Result<()> {
        self.log.agree()?;
        match (self.log.embedded(), self.log.exists(&self.data)) {
            (true, true) => epoch::in_a_file(&self.data),
            (true, false) => epoch::without_log(&self.data),
            (false, _) => Ok(()),
        }
    }

    /// The read models, which are reached when they are needed.
    pub(crate) fn open_tables(&self) -> anyhow::Result<Tables> {
        self.tables.agree()?;
        self.tables.open(&self.data)
    }

    /// That there is an installation to look at, whole, and that the arguments agree on where. No server is asked.
    pub(crate) fn there(&self) -> anyhow::Result<()> {
        self.belonging()?;
        self.tables.agree()?;
        if self.log.embedded() && !self.log.exists(&self.data) {
            bail!("there is no installation in {}: start one with `traccia serve --data {0}`", self.data.display());
        }
        restoring::ended(&self.data)
    }

    /// Opens log and read models to look at them, beside a server that may be running.
    pub(crate) async fn look(&self) -> anyhow::Result<(Arc<AnyLog>, Tables)> {
        self.there()?;
        let log = self.open_log().await?;
        recognise(&self.data, &log, false).await?;
        Ok((log, self.open_tables()?))
    }

    /// That the folder is an installation's and has its keys: new ones would make other citizens of the same documents, and
    /// tokens that nobody takes.
    pub(crate) fn with_keys(&self) -> anyhow::Result<()> {
        let dir = self.data.display();
        if self.log.embedded() && !self.log.exists(&self.data) && !self.data.join("keys.json").exists() {
            bail!("there is no installation in {dir}: start one with `traccia serve --data {dir}`");
        }
        if !self.data.join("keys.json").exists() {
            bail!("keys.json is missing in {dir}: put back the one that belongs to this log");
        }
        Ok(())
    }

    /// Makes the folder where there is none, to open an installation in it or to begin one, and takes its lock. Nothing is made
    /// where the arguments are about another place.
    pub(crate) fn enter(&self, projecting: bool) -> anyhow::Result<Lock> {
        self.belonging()?;
        self.fill(projecting)
    }

    /// The same to fill the folder from an export, which may be of the log that it belongs to.
    pub(crate) fn fill(&self, projecting: bool) -> anyhow::Result<Lock> {
        self.fillable(projecting)?;
        std::fs::create_dir_all(&self.data).with_context(|| format!("the folder {}", self.data.display()))?;
        self.lock(projecting)
    }

    /// That it may be filled. Nothing is made.
    pub(crate) fn fillable(&self, projecting: bool) -> anyhow::Result<()> {
        self.agree(projecting)?;
        if self.log.embedded() { epoch::in_a_file(&self.data) } else { Ok(()) }
    }

    /// That what is said of servers is said of some.
    fn agree(&self, projecting: bool) -> anyhow::Result<()> {
        self.log.agree()?;
        if projecting { self.tables.agree() } else { Ok(()) }
    }

    /// Whether this process may be the only one on the folder: a log in a file has one writer, and so have tables.
    pub(crate) fn lock(&self, projecting: bool) -> anyhow::Result<Lock> {
        self.agree(projecting)?;
        let alone = self.log.embedded() || (projecting && self.tables.embedded());
        if alone { lock(&self.data).map(|file| Lock(Some(file))) } else { Ok(Lock(None)) }
    }
}

/// The folder's lock where one is needed; the system releases it with the process, however it ends.
pub(crate) struct Lock(#[expect(dead_code, reason = "held until it is dropped")] Option<File>);

/// The folder's lock.
pub(crate) fn lock(dir: &Path) -> anyhow::Result<File> {
    let file = File::options().create(true).truncate(false).write(true).open(dir.join("lock"))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            bail!("another process holds {}: stop it first, or, where the call has --url, speak to it", dir.display())
        }
        Err(TryLockError::Error(error)) => Err(error).context("the folder's lock"),
    }
}
