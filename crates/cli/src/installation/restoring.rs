//! That a restore into the log was begun and has not ended: what is there is a part, which looks like a whole.

use std::{
    fs::{self, File},
    io,
    path::Path,
};

use anyhow::{Context as _, bail};

/// The file that says so.
const FILE: &str = "restoring";

/// Says that a restore begins; what is written from then on is a part, until [`end`].
pub(crate) fn begin(dir: &Path) -> anyhow::Result<()> {
    // On the disk before the first commit is: a power cut may leave the mark alone, and never the part alone.
    File::create(dir.join(FILE))
        .and_then(|mark| mark.sync_all())
        .and_then(|()| synced(dir))
        .context("the folder's mark")
}

/// The log is whole.
pub(crate) fn end(dir: &Path) -> anyhow::Result<()> {
    fs::remove_file(dir.join(FILE)).and_then(|()| synced(dir)).context("the folder's mark")
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
