//! A disk that is small enough to be filled.

use std::{
    fs::{self, OpenOptions},
    io::{self, BufRead as _, BufReader, Write as _},
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
};

use super::NoServer;

/// Mounts a file system in a folder, says so or why not, and waits for the test to be gone, however it went. Then it takes
/// the file system away, whoever still uses it, and removes the folder.
const KEEPER: &str = r#"
trap '' INT TERM HUP
mount -t tmpfs -o "size=$2,mode=1777" traccia-tests "$1" 2>&1 && echo mounted
exec >&- 2>&-
read -r word
umount --lazy "$1" 2>/dev/null
rmdir "$1"
"#;

/// A file system of a few megabytes, mounted in a temporary folder. It goes with this value, or with the process, even if
/// that is killed.
#[derive(Debug)]
pub struct SmallDisk {
    folder: PathBuf,
    keeper: Child,
    line: Option<ChildStdin>,
}

impl SmallDisk {
    /// Mounts one of so many bytes.
    ///
    /// # Errors
    /// Where nothing may be mounted: the sentence says why.
    pub fn of(bytes: u64) -> Result<SmallDisk, NoServer> {
        let folder = tempfile::Builder::new().prefix("traccia-disk-").tempdir()?.keep();
        let mut keeper = Command::new("sh")
            .args(["-c", KEEPER, "keeper"])
            .arg(&folder)
            .arg(bytes.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()?;
        let (line, told) = (keeper.stdin.take(), keeper.stdout.take());
        // From here on it is taken away, whatever it says.
        let disk = SmallDisk { folder, keeper, line };
        let mut said = String::new();
        BufReader::new(told.ok_or_else(|| io::Error::other("the keeper was started with a pipe"))?)
            .read_line(&mut said)?;
        if said.trim() == "mounted" {
            return Ok(disk);
        }
        Err(NoServer::Missing(format!("no file system may be mounted here: {}", said.trim())))
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.folder
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
        self.folder.join("filler")
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        drop(self.line.take());
        let _ = self.keeper.wait();
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
