//! `traccia init`: makes the log of an installation, once.

use std::process::ExitCode;

use clap::Args;
use traccia_domain::{Hash, Position};
use traccia_log::Log as _;
use traccia_vault::Vault;

use crate::installation::{Data, recognise, restoring};

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
        std::fs::create_dir_all(dir)?;
        let _lock = self.data.lock(false)?;
        restoring::ended(dir)?;
        let drawn = Hash::first_half(random()?);
        let log = self.data.log.init(dir, self.replicas, drawn).await?;
        recognise(dir, &log, true).await?;
        let head = log.head().await?;
        if head > Position(1) && !dir.join("keys.json").exists() {
            println!("the log is there, and has {head} commits; put the keys that belong to it into {}", dir.display());
            return Ok(ExitCode::SUCCESS);
        }
        Vault::open(dir).await?;
        let made = if traccia_log::epoch(&log).await? == Some(drawn) { "is made" } else { "was there, and is kept" };
        println!("the log {made}, and the keys are in {}: keep a copy of them apart", dir.display());
        Ok(ExitCode::SUCCESS)
    }
}

/// What a log's epoch is drawn from.
pub(crate) fn random() -> anyhow::Result<[u8; 32]> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}
