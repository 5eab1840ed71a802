//! That a restore into the log was begun and has not ended: what is there is a part, which looks like a whole.

use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::Path,
};

use anyhow::{Context as _, bail};

/// The file that says so.
const FILE: &str = "restoring";

/// Refuses another restore than the one that was begun: of a shorter export the part would look whole, and beside a part on
/// servers the same history would begin in a file.
pub(crate) fn same(dir: &Path, restore: &str) -> anyhow::Result<()> {
    match begun(dir)? {
        Some(begun) if begun != restore => bail!(
            "another restore was begun in {}, and has not ended: that of the export with the SHA-256 {begun}. Give that file, \
             and the same --log. If it is lost, empty the log, and take another folder",
            dir.display()
        ),
        Some(_) | None => Ok(()),
    }
}

/// Says that a restore begins; what is written from then on is a part, until [`end`].
pub(crate) fn begin(dir: &Path, restore: &str) -> anyhow::Result<()> {
    if begun(dir)?.is_some() {
        return Ok(());
    }
    // On the disk before the first commit is: a power cut may leave the mark alone, and never the part alone.
    File::create(dir.join(FILE))
        .and_then(|mut mark| writeln!(mark, "{restore}").and_then(|()| mark.sync_all()))
        .and_then(|()| synced(dir))
        .context("the folder's mark")
}

/// Which restore was begun. A mark that says nothing was being written when the power went, and nothing followed it.
fn begun(dir: &Path) -> anyhow::Result<Option<String>> {
    match fs::read_to_string(dir.join(FILE)) {
        Ok(said) => Ok(Some(said.trim().to_owned()).filter(|said| !said.is_empty())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).context("the folder's mark"),
    }
}

/// The log is whole.
pub(crate) fn end(dir: &Path) -> anyhow::Result<()> {
    match fs::remove_file(dir.join(FILE)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => synced(dir),
    }
    .context("the folder's mark")
}

/// Refuses a log of which a restore has written a part.
pub(crate) fn ended(dir: &Path) -> anyhow::Result<()> {
    if dir.join(FILE).exists() {
        bail!(
            "a restore into this log was begun, and has not ended: run the same `traccia restore FILE` again, which goes on \
             where it broke off. Until then {} is not opened",
            dir.display()
        );
    }
    Ok(())
}

fn synced(dir: &Path) -> io::Result<()> {
    // Only Unix lets a folder be synced.
    if cfg!(unix) { File::open(dir)?.sync_all() } else { Ok(()) }
}
