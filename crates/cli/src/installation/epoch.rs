//! Which log a folder belongs to, and whether that log is on servers.

use std::{fs, io, path::Path};

use anyhow::{Context as _, bail};
use traccia_domain::hash::Hex;
use traccia_log::{AnyLog, Epoch};

/// The file that says so.
const FILE: &str = "epoch";

/// What follows the epoch where the log is on servers. A folder of such a log never opens one in a file again: both would
/// go on from the same history, each with commits of its own.
const ELSEWHERE: &str = "on servers";

/// What a folder says of its log.
struct Known {
    epoch: Epoch,
    elsewhere: bool,
}

/// Compares the log's epoch with the folder's. A folder that has none takes the log's, where `adopt` says that it may:
/// keys, uploads and ledger kept here speak of one log only.
pub(crate) async fn recognise(dir: &Path, log: &AnyLog, adopt: bool) -> anyhow::Result<()> {
    let Some(found) = traccia_log::epoch(log).await.context("the log")? else { return Ok(()) };
    belongs(dir, found)?;
    let elsewhere = matches!(log, AnyLog::JetStream(_));
    let said = known(dir)?.is_some_and(|known| known.elsewhere == elsewhere);
    if adopt && !said { keep(dir, &Known { epoch: found, elsewhere }) } else { Ok(()) }
}

/// Refuses a log that is not the folder's; a folder that says nothing has none yet.
pub(crate) fn belongs(dir: &Path, found: Epoch) -> anyhow::Result<()> {
    match known(dir)? {
        Some(Known { epoch, .. }) if epoch != found => bail!(
            "the log began as {found}, and {} belongs to the log {epoch}: check the address of the log and the folder. To \
             begin with another log, take another folder",
            dir.display()
        ),
        Some(_) | None => Ok(()),
    }
}

/// Whether the folder belongs to a log already, so that none is begun in it.
pub(crate) fn of(dir: &Path) -> anyhow::Result<Option<Epoch>> {
    Ok(known(dir)?.map(|known| known.epoch))
}

/// Refuses a log in a file where the folder's is on servers.
pub(crate) fn in_a_file(dir: &Path) -> anyhow::Result<()> {
    match known(dir)? {
        Some(Known { epoch, elsewhere: true }) => bail!(
            "{} belongs to the log {epoch}, which is on servers: name them with --log (TRACCIA_LOG_URL). To have it in a \
             file, restore an export of it into another folder",
            dir.display()
        ),
        Some(_) | None => Ok(()),
    }
}

/// Refuses to begin a log in a folder that belongs to one, or has keys: what began here would be another.
pub(crate) fn without_log(dir: &Path) -> anyhow::Result<()> {
    in_a_file(dir)?;
    if let Some(epoch) = of(dir)? {
        bail!(
            "{} belongs to the log {epoch}, which is not in it: name its servers with --log (TRACCIA_LOG_URL), put its \
             file back, or restore an export of it. To begin another log, take another folder",
            dir.display()
        );
    }
    if dir.join("keys.json").exists() {
        bail!(
            "{} has keys and no log: name the servers of its log with --log (TRACCIA_LOG_URL), or restore an export of it. \
             To begin another log, take another folder",
            dir.display()
        );
    }
    Ok(())
}

fn known(dir: &Path) -> anyhow::Result<Option<Known>> {
    let file = dir.join(FILE);
    match fs::read_to_string(&file) {
        Ok(text) => {
            let damaged = || format!("{} does not say which log the folder belongs to", file.display());
            let (epoch, place) = text.trim().split_once('\n').unwrap_or((text.trim(), ""));
            Ok(Some(Known { epoch: Hex::parse(epoch).with_context(damaged)?, elsewhere: place == ELSEWHERE }))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| file.display().to_string()),
    }
}

/// A crash here leaves what was there, or the whole of the new.
fn keep(dir: &Path, known: &Known) -> anyhow::Result<()> {
    let draft = dir.join(format!("{FILE}.draft"));
    let place = if known.elsewhere { format!("{ELSEWHERE}\n") } else { String::new() };
    fs::write(&draft, format!("{}\n{place}", known.epoch))
        .and_then(|()| fs::rename(&draft, dir.join(FILE)))
        .context("the folder's epoch")
}
