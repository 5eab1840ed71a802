//! That a restore into the log was begun and has not ended: what is there is a part, which looks like a whole.

use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::Path,
};

use anyhow::{Context as _, bail};

/// The file that says so.
const FILE: &str = "restoring";

/// Refuses an export where the restore of another one was begun: a shorter one would make the part look whole.
pub(crate) fn of(dir: &Path, sha256: &str) -> anyhow::Result<()> {
    match fs::read_to_string(dir.join(FILE)) {
        // An empty mark was being written when the power went: nothing followed it.
        Ok(said) if ![sha256, ""].contains(&said.trim()) => bail!(
            "the restore of another export into this log was begun, and has not ended: give the file whose SHA-256 is {}. If \
             it is lost, empty the log, and take another folder",
            said.trim()
        ),
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error).context("the folder's mark"),
        Ok(_) | Err(_) => Ok(()),
    }
}

/// Says that the restore of an export begins; what is written from then on is a part, until [`end`].
pub(crate) fn begin(dir: &Path, sha256: &str) -> anyhow::Result<()> {
    // On the disk before the first commit is: a power cut may leave the mark alone, and never the part alone.
    File::create(dir.join(FILE))
        .and_then(|mut mark| writeln!(mark, "{sha256}").and_then(|()| mark.sync_all()))
        .and_then(|()| synced(dir))
        .context("the folder's mark")
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
