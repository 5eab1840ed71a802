//! `traccia init`: makes the log of an installation, once.

use std::{fs, io, path::Path, process::ExitCode};

use anyhow::{Context as _, bail};
use clap::Args;
use traccia_domain::Hash;
use traccia_log::{AnyLog, Epoch, Log as _};
use traccia_vault::Vault;

use crate::{
    installation::{Data, epoch, recognise, restoring},
    keys,
};

/// Makes the log and the keys of an installation, once: the stream on the servers, with its first commit, and the keys in
/// the folder. It needs a user who may create streams, which the program's own should not be. What is there stays.
#[derive(Args)]
#[command(after_help = "\
Examples:
  traccia init --data traccia-data --log nats://a:4222,nats://b:4222,nats://c:4222
  traccia init --data trial --log nats://127.0.0.1:4222 --replicas 1")]
pub(crate) struct Init {
    #[command(flatten)]
    data: Data,
    /// On how many servers the stream is kept: three, unless it is a trial.
    #[arg(long, default_value_t = 3, value_name = "N")]
    replicas: usize,
}

impl Init {
    /// A crash anywhere here leaves a part of it, and the next call the whole.
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        let dir = &self.data.data;
        let _lock = self.data.enter(false)?;
        restoring::ended(dir)?;
        let (had, drawn) = (dir.join("keys.json").exists(), Hash::first_half(random()?));
        let log = match epoch::of(dir)? {
            Some(known) => self.theirs(known).await?,
            None => self.begun(had, drawn).await?,
        };
        // What a call left that broke off is completed; the keys of a log with history are not drawn again.
        keys::kept(dir, &log).await?;
        drop(Vault::open(dir).await?);
        recognise(dir, &log, true).await?;
        let ours = traccia_log::epoch(&log).await? == Some(drawn);
        if !ours && !had {
            undraw(dir)?;
            let head = log.head().await?;
            bail!(
                "the log is there, and has {head} commits: put the keys that belong to it into {}, and call again",
                dir.display()
            );
        }
        let made = if ours { "is made" } else { "was there, and is kept" };
        let place = self.data.log.describe();
        println!("the log ({place}) {made}, and the keys are in {}: keep a copy of them apart", dir.display());
        Ok(ExitCode::SUCCESS)
    }

    /// Begins the log where there is none. The keys come first, so that those of a log that this call begins are here
    /// whatever becomes of the call; of a log in a file the file does, by which the next call knows that it may go on.
    async fn begun(&self, had: bool, drawn: Epoch) -> anyhow::Result<AnyLog> {
        let dir = &self.data.data;
        if self.data.log.embedded() {
            drop(self.data.log.open(dir).await?);
        }
        if !had {
            drop(Vault::open(dir).await?);
        }
        match self.data.log.init(dir, self.replicas, drawn).await {
            Ok(log) => Ok(log),
            Err(error) => {
                // The next call may be about another log, which has its own.
                if !had {
                    undraw(dir)?;
                }
                Err(error)
            }
        }
    }

    /// The log that the folder belongs to. None is made in its place: the folder's keys and ledger speak of that one.
    async fn theirs(&self, known: Epoch) -> anyhow::Result<AnyLog> {
        self.data.with_keys()?;
        let none = || {
            format!(
                "{} belongs to the log {known}, and none is begun in its place: check the address, or bring that log back \
                 with `traccia restore`. To begin another log, take another folder",
                self.data.data.display()
            )
        };
        let log = self.data.log.open(&self.data.data).await.with_context(none)?;
        anyhow::ensure!(traccia_log::epoch(&log).await?.is_some(), none());
        recognise(&self.data.data, &log, false).await?;
        Ok(log)
    }
}

/// Takes away keys that nobody has used: of two folders with keys of their own, each would make other citizens of the same
/// documents.
fn undraw(dir: &Path) -> io::Result<()> {
    for name in ["keys.json", "record-keys.db", "record-keys.db-wal", "record-keys.db-shm"] {
        match fs::remove_file(dir.join(name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
    }
    Ok(())
}

/// What a log's epoch is drawn from.
pub(crate) fn random() -> anyhow::Result<[u8; 32]> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}
