//! Files for the owner's eyes only.

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

use crate::VaultError;

/// Names the file in an error.
pub(crate) fn at(path: &Path) -> impl FnOnce(io::Error) -> VaultError + '_ {
    |source| VaultError::File { path: path.to_owned(), source }
}

/// Makes a folder nobody else can enter, unless it is there.
pub(crate) fn private_folder(dir: &Path) -> Result<(), VaultError> {
    DirBuilder::new().recursive(true).mode(0o700).create(dir).map_err(at(dir))
}

/// Makes an empty file nobody else can read, unless it is there.
pub(crate) fn private_file(path: &Path) -> Result<(), VaultError> {
    OpenOptions::new().append(true).create(true).mode(0o600).open(path).map(drop).map_err(at(path))
}

/// Writes a new file whole or not at all; if another was faster, theirs stays.
///
/// A crash here leaves a nameless draft beside it, which is never read.
pub(crate) fn create_whole(path: &Path, text: &str) -> Result<(), VaultError> {
    let draft = draft(path, text)?;
    // A link, unlike a renaming, never takes the place of what is there.
    let linked = match fs::hard_link(&draft, path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        linked => linked.map_err(at(path)),
    };
    fs::remove_file(&draft).map_err(at(&draft))?;
    sync_folder(path)?;
    linked
}

/// Writes a file whole in the place of one that is there. A crash here leaves the old one or the new one.
pub(crate) fn replace_whole(path: &Path, text: &str) -> Result<(), VaultError> {
    let draft = draft(path, text)?;
    fs::rename(&draft, path).map_err(at(path))?;
    sync_folder(path)
}

/// A file on the disk, under a name that nothing reads.
fn draft(path: &Path, text: &str) -> Result<PathBuf, VaultError> {
    let mut name = [0; 8];
    getrandom::fill(&mut name)?;
    let draft = path.with_extension(format!("{}.draft", hex::encode(name)));
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft).map_err(at(&draft))?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(at(&draft))?;
    Ok(draft)
}

/// Without this a power cut could take a name away again, after records were made with the keys in the file.
fn sync_folder(path: &Path) -> Result<(), VaultError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(at(folder))
}

/// Says so when others can read a file.
pub(crate) fn warn_if_open(path: &Path) -> Result<(), VaultError> {
    let mode = fs::metadata(path).map_err(at(path))?.permissions().mode();
    if mode & 0o077 != 0 {
        tracing::warn!(path = %path.display(), mode = format!("{:o}", mode & 0o777), "others can read this secret file");
    }
    Ok(())
}
