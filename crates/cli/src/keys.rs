//! `traccia keys`: the fingerprint keys of an installation, and a new one beside them.

use std::{path::Path, process::ExitCode};

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use jiff::Timestamp;
use serde_json::json;
use traccia_domain::{Actor, Position, Role, document::KeyVersion};
use traccia_log::{AnyLog, Log as _, newest_key, rotate_key};
use traccia_vault::{Rotation, Secrets, Vault};

use crate::installation::{Data, recognise};

/// The keys that make records of documents: which there are, and a new one beside them. None is ever printed.
#[derive(Args)]
#[command(after_help = "\
Examples:
  traccia keys list --data traccia-data
  traccia keys rotate --data traccia-data      # with every traccia of the folder stopped")]
pub(crate) struct KeysCall {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Which keys the folder has, and which the log speaks of. Exits 1 when the log speaks of a newer one.
    List(List),
    /// Draw a new key: documents that are new are fingerprinted with it, and what older keys made is still found. Every
    /// process of the folder has to be stopped.
    Rotate(Rotate),
}

#[derive(Args)]
#[command(after_help = "\
Examples:
  traccia keys list --data traccia-data --json")]
struct List {
    #[command(flatten)]
    data: Data,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
#[command(after_help = "\
Examples:
  traccia keys rotate --data traccia-data      # with every traccia of the folder stopped")]
struct Rotate {
    #[command(flatten)]
    data: Data,
    /// Go on although the log speaks of a newer key than the folder has: it is lost, and the documents that were new under it
    /// will be registered again, as other citizens.
    #[arg(long)]
    lost: bool,
}

impl KeysCall {
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        match self.what {
            What::List(list) => list.run().await,
            What::Rotate(rotate) => rotate.run().await,
        }
    }
}

impl List {
    async fn run(self) -> anyhow::Result<ExitCode> {
        self.data.with_keys()?;
        let (log, _) = self.data.look().await?;
        let said = newest_key(&*log).await?;
        let versions = Secrets::open(&self.data.data)?.fingerprint().versions();
        let newest = versions.last().copied().context("there is no key")?;
        if self.json {
            println!("{}", json!({"versions": versions, "newest": newest, "log": said}));
        } else {
            for KeyVersion(version) in &versions {
                let use_ = if *version == newest.0 { "for documents that are new" } else { "finds what it made" };
                println!("{version:>5}  {use_}");
            }
            if said > newest {
                println!("{:>5}  the log speaks of it, and it is not here: put back the newest keys.json", said.0);
            }
        }
        Ok(ExitCode::from(u8::from(said > newest)))
    }
}

impl Rotate {
    /// A crash after the log says so leaves a log that speaks of a key nobody has: nothing starts, and nothing was made with
    /// it. The next rotation, told that it is lost, draws another.
    async fn run(self) -> anyhow::Result<ExitCode> {
        let dir = &self.data.data;
        self.data.with_keys()?;
        let _lock = self.data.lock(false)?;
        let rotation = Rotation::begin(dir)?;
        let log = self.data.open_log().await?;
        recognise(dir, &log, false).await?;
        let (said, newest) = (newest_key(&*log).await?, rotation.newest());
        if let Some(lacking) = lacking(said, newest).filter(|_| !self.lost) {
            bail!(lacking);
        }
        let next = said.max(newest).0.checked_add(1).context("there are no more versions")?;
        let actor = Actor { subject: "command-line".into(), role: Role::Admin };
        let position = rotate_key(&*log, KeyVersion(next), actor, Timestamp::now()).await.context("the log")?;
        rotation.draw(KeyVersion(next))?;
        println!("fingerprint key {next} is drawn, and the log says so at position {position}");
        println!("copy keys.json now, apart from the log; then start what was stopped");
        Ok(ExitCode::SUCCESS)
    }
}

/// That this process has every key the log speaks of: without the newest it would make a second record of documents that
/// were registered with it.
pub(crate) async fn complete(log: &AnyLog, vault: &Vault) -> anyhow::Result<()> {
    let said = newest_key(log).await.context("the log")?;
    match lacking(said, vault.secrets().fingerprint().newest().version()) {
        Some(lacking) => bail!(lacking),
        None => Ok(()),
    }
}

/// What to do where a folder has lost the keys of records. An embedded folder has them from its beginning, and `traccia init`
/// draws them with the others.
pub(crate) fn lost(dir: &Path) -> Option<String> {
    let keys = dir.join("record-keys.db");
    (!keys.exists()).then(|| {
        format!(
            "{} is missing, and the log holds profiles sealed with its keys: without it ages are unknown and services would \
             be judged otherwise. Put back the copy that belongs to keys.json. If it is lost for good, an empty file of that \
             name accepts that those profiles stay sealed",
            keys.display()
        )
    })
}

/// Refuses a log with history without the keys of its records: to open the vault would make an empty one in its place.
pub(crate) async fn kept(dir: &Path, log: &AnyLog) -> anyhow::Result<()> {
    match lost(dir) {
        Some(lost) if log.head().await.context("the log")? > Position(1) => bail!(lost),
        Some(_) | None => Ok(()),
    }
}

/// The newest key of a folder that has keys.
pub(crate) fn newest(dir: &Path) -> anyhow::Result<Option<KeyVersion>> {
    if !dir.join("keys.json").exists() {
        return Ok(None);
    }
    Ok(Some(Secrets::open(dir)?.fingerprint().newest().version()))
}

/// What to do where the log speaks of a newer key than the folder has.
pub(crate) fn lacking(said: KeyVersion, newest: KeyVersion) -> Option<String> {
    (said > newest).then(|| {
        format!(
            "the log speaks of fingerprint key {}, and keys.json has none newer than {}: put back the newest keys.json. Only \
             if that key is lost for good, or was never used because a rotation was interrupted: `traccia keys rotate --lost`",
            said.0, newest.0
        )
    })
}
