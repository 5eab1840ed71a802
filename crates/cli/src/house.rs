//! An installation opened from its folder: log, vault, read models, and the projector that follows.

use std::{
    fs::{File, TryLockError},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use anyhow::{Context as _, bail};
use jiff::Timestamp;
use tokio::{sync::watch, task::JoinHandle};
use traccia_application::{Application, Bearer, Scope, SystemClock};
use traccia_domain::{Actor, Hash, Position, Role};
use traccia_log::{AnyLog, Log as _, sqlite::SqliteLog};
use traccia_projections::Projections;
use traccia_projector::{Projector, Reading, State, Status, Tables};
use traccia_vault::Vault;
use traccia_web::{Remembered, Traccia};

use crate::Data;

/// An installation, held by this process alone.
pub(crate) struct House {
    dir: PathBuf,
    log: Arc<AnyLog>,
    tables: Tables,
    vault: Vault,
    application: Arc<Traccia>,
    stop: watch::Sender<bool>,
    projector: JoinHandle<anyhow::Result<()>>,
    status: watch::Receiver<Status>,
    // Held until the end: two processes on one folder would both project.
    _lock: File,
}

impl House {
    /// Opens an installation, making it where there is none. The read models follow from here on.
    ///
    /// A crash anywhere here leaves a folder that the next start opens: each file is made whole or not at all.
    pub(crate) async fn open(data: &Data) -> anyhow::Result<House> {
        let dir = data.data.clone();
        std::fs::create_dir_all(&dir).with_context(|| format!("the folder {}", dir.display()))?;
        let lock = lock(&dir)?;
        let log = open_log(&dir).await?;
        let keys = dir.join("record-keys.db");
        if log.head().await? > Position(1) && !keys.exists() {
            bail!(
                "{0} is missing, and the log holds profiles sealed with its keys: without it ages are unknown and services \
                 would be judged otherwise. Put it back from where it is kept. If it is lost for good, an empty file of \
                 that name accepts that those profiles stay sealed",
                keys.display()
            );
        }
        let vault = Vault::open(&dir).await.context("the vault")?;
        traccia_log::start(&*log, Hash::first_half(random()?), Timestamp::now()).await?;
        let tables = Tables::open_sqlite(dir.join(TABLES));
        let projector = Projector::<Projections, _>::open(log.clone(), tables.clone()).await?;
        let status = projector.status();
        let (stop, mut stopped) = watch::channel(false);
        let projector = tokio::spawn(async move {
            // The sender gone is a stop as well.
            let told = async move { drop(stopped.wait_for(|stop| *stop).await) };
            Ok(projector.run(told).await?)
        });
        let application = Application::new(
            log.clone(),
            vault.record_keys(),
            Remembered(tables.clone()),
            vault.secrets().fingerprint().clone(),
            Arc::new(SystemClock),
        );
        Ok(House { dir, log, tables, vault, application: Arc::new(application), stop, projector, status, _lock: lock })
    }

    /// Its folder.
    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    /// Its read models.
    pub(crate) fn tables(&self) -> &Tables {
        &self.tables
    }

    /// Its secrets.
    pub(crate) fn vault(&self) -> &Vault {
        &self.vault
    }

    /// What carries out commands.
    pub(crate) fn application(&self) -> &Arc<Traccia> {
        &self.application
    }

    /// How far the read models have come.
    pub(crate) fn status(&self) -> watch::Receiver<Status> {
        self.status.clone()
    }

    /// Who acts when somebody with the folder in hand uses the command line: the trail says so.
    pub(crate) fn admin(&self) -> Bearer {
        Bearer { actor: Actor { subject: "command-line".into(), role: Role::Admin }, scope: Scope::default() }
    }

    /// Waits until the read models have reached the log's head.
    pub(crate) async fn caught_up(&self) -> anyhow::Result<Position> {
        let head = self.log.head().await?;
        let reading = Reading { min_position: Some(head), wait: Duration::from_secs(3_600), ..Reading::default() };
        tokio::select! {
            view = self.tables.view_at(reading) => Ok(view?.position),
            why = stopped(self.status.clone()) => bail!("the read models stand still: {why}"),
        }
    }

    /// Lets the read models catch up, then stops.
    pub(crate) async fn close(self) -> anyhow::Result<()> {
        self.caught_up().await?;
        self.stop().await
    }

    /// Stops at the next checkpoint.
    pub(crate) async fn stop(self) -> anyhow::Result<()> {
        self.stop.send_replace(true);
        self.projector.await?
    }
}

/// The read models' file in an installation's folder.
pub(crate) const TABLES: &str = "tables.db";

/// Opens the log of an installation.
pub(crate) async fn open_log(dir: &Path) -> anyhow::Result<Arc<AnyLog>> {
    Ok(Arc::new(AnyLog::Sqlite(SqliteLog::open(&dir.join("log.db")).await.context("the log")?)))
}

/// Opens a log and its read models to look at them, beside a server that may be running.
pub(crate) async fn look(data: &Data) -> anyhow::Result<(Arc<AnyLog>, Tables)> {
    let dir = &data.data;
    if !dir.join("log.db").exists() {
        bail!("there is no installation in {}: start one with `traccia serve --data {0}`", dir.display());
    }
    Ok((open_log(dir).await?, Tables::open_sqlite(dir.join(TABLES))))
}

/// The folder's lock; the system releases it with the process, however it ends.
pub(crate) fn lock(dir: &Path) -> anyhow::Result<File> {
    let file = File::options().create(true).truncate(false).write(true).open(dir.join("lock"))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            bail!("another process holds {}: speak to the running server with --url, or stop it first", dir.display())
        }
        Err(TryLockError::Error(error)) => Err(error).context("the folder's lock"),
    }
}

fn random() -> anyhow::Result<[u8; 32]> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}

/// Why the projector stopped, once it has.
async fn stopped(mut status: watch::Receiver<Status>) -> String {
    loop {
        if let State::Stopped { why, at, .. } = &status.borrow_and_update().state {
            return format!("{why} (after position {at})");
        }
        if status.changed().await.is_err() {
            return "the projector ended".to_owned();
        }
    }
}
