//! A disk that is small enough to be filled.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use super::{NoServer, keeper::Mounted};

/// A file system of a few megabytes, mounted in a temporary folder. It goes with this value, or with the process, even if
/// that is killed.
#[derive(Debug)]
pub struct SmallDisk(Mounted);

impl SmallDisk {
    /// Mounts one of so many bytes.
    ///
    /// # Errors
    /// Where nothing may be mounted: the sentence says why.
    pub fn of(bytes: u64) -> Result<SmallDisk, NoServer> {
        let mount = format!("mount -t tmpfs -o size={bytes},mode=1777 traccia-tests \"$1\"");
        Mounted::by(&mount, None).map(SmallDisk)
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.0.folder()
    }

    /// Fills it to the last byte, then gives back so many.
    ///
    /// # Errors
    /// When it cannot be written for another reason than that it is full.
    pub fn fill(&self, but: u64) -> io::Result<()> {
        let mut filler = OpenOptions::new().create(true).append(true).open(self.filler())?;
        // Large pieces first: the last room goes in small ones.
        for piece in [1 << 20, 4 << 10, 1] {
            let zeros = vec![0; piece];
            loop {
                match filler.write_all(&zeros) {
                    Ok(()) => {}
                    Err(error) if error.kind() == io::ErrorKind::StorageFull => break,
                    Err(error) => return Err(error),
                }
            }
        }
        let length = filler.metadata()?.len();
        filler.set_len(length.saturating_sub(but))
    }

    /// Takes away what has filled it.
    ///
    /// # Errors
    /// When it was not filled.
    pub fn make_room(&self) -> io::Result<()> {
        fs::remove_file(self.filler())
    }

    fn filler(&self) -> PathBuf {
        self.path().join("filler")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::servers::had;

    #[test]
    fn a_small_disk_fills_empties_and_goes() {
        let Some(disk) = had("a small disk", SmallDisk::of(1 << 20)) else { return };
        let file = disk.path().join("file");
        disk.fill(0).unwrap();
        assert_eq!(fs::write(&file, "x").unwrap_err().kind(), io::ErrorKind::StorageFull);
        disk.make_room().unwrap();
        disk.fill(8 << 10).unwrap();
        fs::write(&file, vec![0; 8 << 10]).unwrap();
        let folder = disk.path().to_owned();
        drop(disk);
        assert!(!folder.exists());
    }
}
