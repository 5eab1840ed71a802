//! Which log a folder belongs to.

use std::{fs, io, path::Path};

use anyhow::{Context as _, bail};
use traccia_domain::hash::Hex;
use traccia_log::{AnyLog, Epoch};

/// The file that says so.
const FILE: &str = "epoch";

/// Compares the log's epoch with the folder's. A folder that has none takes the log's, where `adopt` says that it may:
/// keys, uploads and ledger kept here speak of one log only.
pub(crate) async fn recognise(dir: &Path, log: &AnyLog, adopt: bool) -> anyhow::Result<()> {
    let Some(found) = traccia_log::epoch(log).await.context("the log")? else { return Ok(()) };
    if !belongs(dir, found)? && adopt { keep(dir, found) } else { Ok(()) }
}

/// Whether a folder says that it belongs to the log of an epoch; it says nothing before it has one.
///
/// # Errors
/// When it belongs to another log.
pub(crate) fn belongs(dir: &Path, found: Epoch) -> anyhow::Result<bool> {
    match known(dir)? {
        Some(known) if known == found => Ok(true),
        Some(known) => bail!(
            "the log began as {found}, and {} belongs to the log {known}: check the address of the log and the folder. To \
             begin with another log, take another folder",
            dir.display()
        ),
        None => Ok(false),
    }
}

/// Refuses an embedded log that is not there in a folder that belongs to one: what began here would be another.
pub(crate) fn without_log(dir: &Path) -> anyhow::Result<()> {
    match known(dir)? {
        Some(known) => bail!(
            "{} belongs to the log {known}, which is not in it: name its servers with --log (TRACCIA_LOG_URL), or put its \
             file back. To begin another log, take another folder",
            dir.display()
        ),
        None => Ok(()),
    }
}

fn known(dir: &Path) -> anyhow::Result<Option<Epoch>> {
    let file = dir.join(FILE);
    match fs::read_to_string(&file) {
        Ok(text) => {
            let damaged = || format!("{} does not say which log the folder belongs to", file.display());
            Hex::parse(text.trim()).with_context(damaged).map(Some)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| file.display().to_string()),
    }
}

/// A crash here leaves no file, or the whole of it.
fn keep(dir: &Path, epoch: Epoch) -> anyhow::Result<()> {
    let draft = dir.join(format!("{FILE}.draft"));
    fs::write(&draft, format!("{epoch}\n"))
        .and_then(|()| fs::rename(&draft, dir.join(FILE)))
        .context("the folder's epoch")
}
