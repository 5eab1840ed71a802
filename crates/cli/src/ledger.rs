//! `traccia ledger`: the signed log, to verify, to hand out, and its key; and the task that signs while a house is open.

use std::{
    future::Future,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
    time::Duration,
};

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::task::JoinHandle;
use traccia_ledger::{
    Folder, Follower, Ledger, LedgerError, Signer, Verified, Verifier, checkpoint, pack, verify_log, verify_pack,
};
use traccia_log::{AnyLog, Epoch, Log as _};
use traccia_vault::Secrets;

use crate::{bars::bar, installation::Data};

/// The ledger's folder in an installation's.
const FOLDER: &str = "ledger";

/// How long a stop waits for the last checkpoint. The next start signs what is left.
const PATIENCE: Duration = Duration::from_secs(10);

/// The signed log: check it, hand it out, show its key.
#[derive(Args)]
#[command(after_help = "\
Examples:
  traccia ledger verify --data traccia-data
  traccia ledger pack --data traccia-data --out pack
  traccia ledger key --data traccia-data")]
pub(crate) struct LedgerCall {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Check that the log, or an audit pack, gives the signed root. Exits 1 on any difference and names it.
    Verify(Verify),
    /// Write an audit pack: entries, tiles, checkpoint and key, to be checked anywhere with `ledger verify --pack`.
    Pack(Pack),
    /// Print the key that checkpoints are verified with. It is public: hand it to those who will check.
    Key(Key),
}

#[derive(Args)]
#[command(after_help = "\
Examples:
  traccia ledger verify --data traccia-data
  traccia ledger verify --pack pack --key KEY --json")]
struct Verify {
    #[command(flatten)]
    data: Data,
    /// An audit pack to check instead; nothing else is needed.
    #[arg(long, value_name = "DIR")]
    pack: Option<PathBuf>,
    /// The verifier key, as it was received from elsewhere: name+hash+key.
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
#[command(after_help = "\
Examples:
  traccia ledger pack --data traccia-data --out pack")]
struct Pack {
    #[command(flatten)]
    data: Data,
    /// The folder to write; it must not exist.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

#[derive(Args)]
#[command(after_help = "\
Examples:
  traccia ledger key --data traccia-data > traccia.key")]
struct Key {
    #[command(flatten)]
    data: Data,
}

impl LedgerCall {
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        match self.what {
            What::Verify(call) => call.run().await,
            What::Pack(call) => call.run().await,
            What::Key(call) => {
                let (log, _) = call.data.look().await?;
                println!("{}", of(&call.data.data, &log).await?.key());
                Ok(ExitCode::SUCCESS)
            }
        }
    }
}

impl Verify {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let given = self.key.as_deref().map(|key| Verifier::parse(key.trim())).transpose()?;
        let progress = bar(0).with_message("ledger");
        let verified = match &self.pack {
            Some(dir) => {
                let folder = Folder::new(dir);
                let key = given.clone().map_or_else(|| own_key(&folder), Ok)?;
                verify_pack(&folder, &key, |done| progress.set_position(done))?
            }
            None => {
                let (log, _) = self.data.look().await?;
                let mut ledger = of(&self.data.data, &log).await?;
                if let Some(key) = given.clone() {
                    ledger = Ledger::new(ledger.folder().clone(), key);
                }
                progress.set_length(log.head().await?.0);
                let Some(verified) = verify_log(&*log, &ledger, |done| progress.set_position(done)).await? else {
                    bail!("nothing is signed yet: `traccia serve` begins");
                };
                verified
            }
        };
        progress.finish_and_clear();
        if self.json {
            println!("{}", serde_json::to_string_pretty(&as_json(Some(&verified)))?);
        } else {
            print(Some(&verified));
            if self.pack.is_some() && given.is_none() {
                println!("checked with the pack's own key: compare it with one received from elsewhere (--key)");
            }
        }
        Ok(if verified.holds() { ExitCode::SUCCESS } else { ExitCode::from(1) })
    }
}

impl Pack {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let (log, _) = self.data.look().await?;
        let ledger = of(&self.data.data, &log).await?;
        let progress = bar(log.head().await?.0).with_message("packing");
        let packed = pack(&*log, &ledger, &self.out, |done| progress.set_position(done)).await?;
        progress.finish_and_clear();
        let Some(checkpoint) = packed else { bail!("nothing is signed yet: `traccia serve` begins") };
        println!("{} commits, root {}", checkpoint.size, checkpoint.root);
        println!("It holds pseudonymous data: hand it only to those who may read the log. The key to check it with:");
        println!("{}", ledger.key());
        Ok(ExitCode::SUCCESS)
    }
}

/// The ledger of an installation, to look at. Its key is that of `keys.json`; where that is kept elsewhere, the one that is
/// written beside the checkpoints.
pub(crate) async fn of(dir: &Path, log: &AnyLog) -> anyhow::Result<Ledger> {
    let folder = Folder::new(dir.join(FOLDER));
    let key = if dir.join("keys.json").exists() {
        let epoch = traccia_log::epoch(log).await?.context("the log is empty")?;
        Signer::new(&checkpoint::origin(epoch), Secrets::open(dir)?.ledger())?.verifier().clone()
    } else {
        own_key(&folder)?
    };
    Ok(Ledger::new(folder, key))
}

/// The key that a folder says is its own.
fn own_key(folder: &Folder) -> anyhow::Result<Verifier> {
    let text = folder.text("key")?.with_context(|| format!("{} holds no key", folder.path("").display()))?;
    Verifier::parse(text.strip_suffix('\n').unwrap_or(&text))
        .with_context(|| format!("{}", folder.path("key").display()))
}

/// Prints what a verification found; `None` when nothing is signed.
pub(crate) fn print(verified: Option<&Verified>) {
    let Some(verified) = verified else {
        println!("nothing is signed yet");
        return;
    };
    for difference in &verified.differences {
        println!("{difference}");
    }
    let size = verified.checkpoint.size;
    if verified.holds() {
        println!("{size} commits give the signed root {}", verified.root);
    } else {
        println!("{size} commits are signed, and they are NOT what was signed: {} differences", verified.count);
    }
}

/// The same as JSON.
pub(crate) fn as_json(verified: Option<&Verified>) -> Value {
    verified.map_or(Value::Null, |verified| {
        json!({
            "holds": verified.holds(), "size": verified.checkpoint.size, "signed_root": verified.checkpoint.root,
            "root": verified.root, "differences": verified.differences,
        })
    })
}

/// How the ledger of an installation stands, for `doctor`: whether all is well, and a sentence.
pub(crate) async fn standing(dir: &Path, log: &AnyLog, held: bool) -> (bool, String) {
    match look(dir, log, held).await {
        Ok(standing) => standing,
        Err(error) => (false, format!("{error:#}")),
    }
}

async fn look(dir: &Path, log: &AnyLog, held: bool) -> anyhow::Result<(bool, String)> {
    if !dir.join(FOLDER).join("checkpoint").exists() {
        return Ok((held, "nothing is signed yet; `traccia serve` begins".into()));
    }
    let ledger = of(dir, log).await?;
    let size = ledger.signed()?.map_or(0, |signed| signed.checkpoint.size);
    let at = ledger.folder().signed_at().and_then(|at| Timestamp::try_from(at).ok());
    let when = at.map_or_else(String::new, |at| format!(", last at {at:.0}"));
    let head = log.head().await?.0;
    Ok(match head.checked_sub(size) {
        None => (false, format!("{size} commits are signed and the log has {head}: it is not the log that was signed")),
        Some(0) => (true, format!("{size} commits signed, none left{when}")),
        Some(lag) => (held, format!("{size} commits signed, {lag} left{when}; `traccia serve` goes on")),
    })
}

/// The task that signs what the log stores.
pub(crate) struct Signing {
    ledger: Ledger,
    task: JoinHandle<Result<(), LedgerError>>,
}

impl Signing {
    /// Begins. Should it ever stop by itself it says so; everything else goes on.
    pub(crate) fn start(
        log: Arc<AnyLog>,
        epoch: Epoch,
        dir: &Path,
        secrets: &Secrets,
        told: impl Future<Output = ()> + Send + 'static,
    ) -> anyhow::Result<Signing> {
        let follower = Follower::new(log, epoch, Folder::new(dir.join(FOLDER)), secrets.ledger())?;
        let ledger = follower.ledger();
        Ok(Signing { ledger, task: tokio::spawn(follower.run(told)) })
    }

    /// What it has signed.
    pub(crate) fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Waits until it has ended, once it is told to stop. What it could not sign the next start signs.
    pub(crate) async fn stopped(self) {
        let abort = self.task.abort_handle();
        match tokio::time::timeout(PATIENCE, self.task).await {
            // It has said itself what stopped it.
            Ok(_) => {}
            Err(_) => {
                tracing::warn!("the last commits are not signed yet; the next start signs them");
                abort.abort();
            }
        }
    }
}
