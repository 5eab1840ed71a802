//! `traccia export` and `traccia restore`: the whole log, portable between backends.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Context as _;
use clap::Args;
use tokio::fs::File;
use traccia_log::{Log as _, export};

use crate::{
    bars::bar,
    installation::{Data, belongs, recognise, restoring},
};

/// Writes the whole log to a file that any backend can restore. It may be run beside a server.
#[derive(Args)]
#[command(after_help = "\
Examples:
  traccia export --data traccia-data --out log.ndjson
  traccia export --data traccia-data --log nats://a:4222 --out log.ndjson")]
pub(crate) struct Export {
    #[command(flatten)]
    data: Data,
    /// The file to write; it must not exist.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

impl Export {
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        let (log, _) = self.data.look().await?;
        anyhow::ensure!(!self.out.exists(), "{} exists already", self.out.display());
        // Written under a name of its own first, and taken away when that fails: a file of the given name is whole.
        let (folder, name) = (self.out.parent().unwrap_or(Path::new("")), self.out.file_name().unwrap_or_default());
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let partial = tempfile::Builder::new().prefix(name).suffix(".partial").tempfile_in(folder);
        let partial = partial.with_context(|| format!("nothing can be written to {}", folder.display()))?;
        let mut file = File::from_std(partial.reopen()?);
        let progress = bar(log.head().await?.0).with_message("exporting");
        let exported = export::export(&*log, &mut file, |done| progress.set_position(done)).await?;
        file.sync_all().await?;
        partial.persist_noclobber(&self.out).with_context(|| format!("{}", self.out.display()))?;
        progress.finish_and_clear();
        println!("{} commits, SHA-256 {}", exported.commits, exported.sha256);
        Ok(ExitCode::SUCCESS)
    }
}

/// Fills an empty log from an export, or goes on where that broke off. The read models are built from it at the next start.
#[derive(Args)]
#[command(after_help = "\
Examples:
  traccia restore log.ndjson --data elsewhere
  traccia restore log.ndjson --data elsewhere --log nats://a:4222,nats://b:4222,nats://c:4222")]
pub(crate) struct Restore {
    /// The export.
    file: PathBuf,
    #[command(flatten)]
    data: Data,
    /// On how many servers a new stream is kept.
    #[arg(long, default_value_t = 3, value_name = "N")]
    replicas: usize,
}

impl Restore {
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        self.data.fillable(true)?;
        let open = async || File::open(&self.file).await.with_context(|| format!("{}", self.file.display()));
        // The whole file is checked before the first commit is written: a damaged one leaves nothing behind.
        let checked = export::check(open().await?, |_| {}).await?;
        let _lock = self.data.fill(true)?;
        if let Some(epoch) = checked.epoch {
            belongs(&self.data.data, epoch)?;
        }
        let place = if self.data.log.embedded() { "into a file" } else { "into a log on servers" };
        let this = format!("{} {place}", checked.sha256);
        restoring::same(&self.data.data, &this)?;
        let log = self.data.log.to_restore(&self.data.data, self.replicas).await?;
        // Before anything is marked: another log stays in use.
        let held = export::begun(open().await?, &log).await?;
        let whole = held.0 == checked.commits;
        if !whole {
            restoring::begin(&self.data.data, &this)?;
            marked(log.restoring().await)?;
        }
        let progress = bar(checked.commits).with_message("restoring");
        let restored = export::restore(open().await?, &log, |done| progress.set_position(done)).await?;
        recognise(&self.data.data, &log, true).await?;
        marked(log.restored().await)?;
        restoring::end(&self.data.data)?;
        progress.finish_and_clear();
        println!("{} commits, SHA-256 {}", restored.commits, restored.sha256);
        if whole {
            println!("The log held them all already: nothing was written.");
        }
        println!("Next: traccia rebuild --data {} builds the read models from it.", self.data.data.display());
        if !self.data.data.join("keys.json").exists() {
            println!(
                "The keys are not part of an export: put keys.json and record-keys.db of the old installation into"
            );
            println!(
                "{}, or its documents will not be recognised and its profiles stay sealed.",
                self.data.data.display()
            );
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn marked(said: Result<(), traccia_log::BoxError>) -> anyhow::Result<()> {
    said.map_err(anyhow::Error::from_boxed).context("the log")
}
