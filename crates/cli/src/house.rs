//! An installation opened from its folder: log, vault, read models, and the projector that follows.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use anyhow::{Context as _, bail};
use jiff::Timestamp;
use tokio::{sync::watch, task::JoinHandle};
use traccia_application::{Application, Bearer, Scope, SystemClock};
use traccia_domain::{Actor, Hash, Position, Role};
use traccia_ledger::Ledger;
use traccia_log::{AnyLog, Log as _};
use traccia_projections::Projections;
use traccia_projector::{Forks, Projector, Reading, State, Status, Tables, observe};
use traccia_vault::Vault;
use traccia_web::{Remembered, Traccia};

use crate::{
    erased,
    init::random,
    installation::{Data, Lock, recognise},
    keys,
    ledger::{self, Signing},
};

/// An installation, held by this process alone.
pub(crate) struct House {
    dir: PathBuf,
    log: Arc<AnyLog>,
    tables: Tables,
    vault: Vault,
    application: Arc<Traccia>,
    /// None where another process does it.
    work: Option<Work>,
    ledger: Ledger,
    status: watch::Receiver<Status>,
    /// Up to where erased records have been looked for, to destroy their keys.
    erased: watch::Receiver<Position>,
    forks: Forks<Projections>,
    // Held until the end: two processes on one folder would both project.
    _lock: Lock,
}

/// Who writes the read models.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Projecting {
    /// This process.
    Here,
    /// Another one: this one only reads them.
    Elsewhere,
}

impl House {
    /// Opens an installation, making it where there is none. The read models follow from here on.
    ///
    /// A crash anywhere here leaves a folder that the next start opens: each file is made whole or not at all.
    pub(crate) async fn open(data: &Data, projecting: Projecting) -> anyhow::Result<House> {
        let dir = data.data.clone();
        let lock = data.enter(projecting == Projecting::Here)?;
        let log = data.open_log().await?;
        keys::kept(&dir, &log).await?;
        if !data.log.embedded() {
            // Another folder has drawn them, with `traccia init`.
            data.with_keys()?;
        }
        let vault = Vault::open(&dir).await.context("the vault")?;
        keys::complete(&log, &vault).await?;
        if data.log.embedded() {
            traccia_log::start(&*log, Hash::first_half(random()?), Timestamp::now()).await?;
        }
        recognise(&dir, &log, true).await?;
        let tables = data.open_tables()?;
        let (work, ledger, status, forks) = match projecting {
            Projecting::Here => {
                let (work, status, forks) = Work::start(&dir, &log, &tables, &vault).await?;
                let ledger = work.signing.ledger().clone();
                (Some(work), ledger, status, forks)
            }
            Projecting::Elsewhere => {
                let status = observe::<Projections, _>(log.clone(), tables.clone()).await?;
                (None, ledger::of(&dir, &log).await?, status, Forks::nowhere())
            }
        };
        let application = Application::new(
            log.clone(),
            vault.record_keys(),
            Remembered(tables.clone()),
            vault.secrets().fingerprint().clone(),
            Arc::new(SystemClock),
        );
        let application = Arc::new(application);
        let erased = erased::destroy_keys(tables.clone(), vault.record_keys());
        Ok(House { dir, log, tables, vault, application, work, ledger, status, erased, forks, _lock: lock })
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

    /// What is signed of its log.
    pub(crate) fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// What carries out commands.
    pub(crate) fn application(&self) -> &Arc<Traccia> {
        &self.application
    }

    /// How far the read models have come.
    pub(crate) fn status(&self) -> watch::Receiver<Status> {
        self.status.clone()
    }

    /// Copies of the fold, where this process follows the log.
    pub(crate) fn forks(&self) -> Forks<Projections> {
        self.forks.clone()
    }

    /// Who acts when somebody with the folder in hand uses the command line: the trail says so.
    pub(crate) fn admin(&self) -> Bearer {
        Bearer { actor: Actor { subject: "command-line".into(), role: Role::Admin }, scope: Scope::default() }
    }

    /// Waits until requests can be answered: a server whose read models another process writes, or will write, does not wait
    /// for that one. Otherwise the keys of erased records that an older copy of the vault has brought back are gone before.
    pub(crate) async fn ready(&self) -> anyhow::Result<()> {
        let elsewhere = matches!(self.status.borrow().state, State::Elsewhere | State::StandingBy);
        if elsewhere {
            return Ok(());
        }
        let head = self.caught_up().await?;
        let mut erased = self.erased.clone();
        erased.wait_for(|looked| *looked >= head).await.context("the keys of erased records")?;
        Ok(())
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

    /// Stops at the next checkpoint, of the read models and of the ledger.
    pub(crate) async fn stop(self) -> anyhow::Result<()> {
        let stopped = match self.work {
            Some(work) => work.stop().await,
            None => Ok(()),
        };
        // Whoever copies the folder now may copy the file of keys without its journal.
        let settled = self.vault.record_keys().settle().await;
        stopped?;
        Ok(settled?)
    }
}

/// What follows the log: the projector writes the read models, the ledger is signed.
struct Work {
    stop: watch::Sender<bool>,
    projector: JoinHandle<anyhow::Result<()>>,
    signing: Signing,
}

impl Work {
    async fn start(
        dir: &Path,
        log: &Arc<AnyLog>,
        tables: &Tables,
        vault: &Vault,
    ) -> anyhow::Result<(Work, watch::Receiver<Status>, Forks<Projections>)> {
        let epoch = traccia_log::epoch(&**log).await?.context("the log is empty")?;
        let projector = Projector::<Projections, _>::open(log.clone(), tables.clone()).await?;
        let (status, forks) = (projector.status(), projector.forks());
        let (stop, stopped) = watch::channel(false);
        // The sender gone is a stop as well.
        let told = |mut stopped: watch::Receiver<bool>| async move { drop(stopped.wait_for(|stop| *stop).await) };
        let signing = Signing::start(log.clone(), epoch, dir, vault.secrets(), told(stopped.clone()))?;
        let projector = tokio::spawn(async move { Ok(projector.keep_on(told(stopped)).await?) });
        Ok((Work { stop, projector, signing }, status, forks))
    }

    async fn stop(self) -> anyhow::Result<()> {
        self.stop.send_replace(true);
        let projected = self.projector.await;
        self.signing.stopped().await;
        projected?
    }
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
