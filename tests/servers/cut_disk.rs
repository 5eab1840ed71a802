//! A disk whose power can be cut: what was not synced by then is gone, as the system's own cache would be.

use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
    process::Command,
    thread::sleep,
    time::Duration,
};

use super::{NoServer, keeper::Mounted};

/// Makes a file system in the file and mounts it.
const MOUNT: &str = r#"mkfs.ext4 -q -F "$3" && mount -o loop "$3" "$1" && chmod 1777 "$1""#;

/// The request by which ext4 stops at once, without writing what it holds back: `EXT4_IOC_SHUTDOWN` with
/// `EXT4_GOING_FLAGS_NOLOGFLUSH`. Rust's own call would be unsafe code, and Debian is never without perl.
const CUT: &str =
    r#"open(my $file, "<", $ARGV[0]) or die $!; my $flags = pack("I", 2); ioctl($file, 0x8004587D, $flags) or die $!"#;

/// How often a disk is taken out, each time after a pause, until nobody holds it.
const ATTEMPTS: u32 = 100;
const PAUSE: Duration = Duration::from_millis(50);

/// A file system on a disk of its own, mounted in a temporary folder. It goes with this value, or with the process, even if
/// that is killed.
#[derive(Debug)]
pub struct CutDisk {
    mounted: Mounted,
    image: PathBuf,
}

impl CutDisk {
    /// Mounts one of so many bytes.
    ///
    /// # Errors
    /// Where none may be mounted, or its power cannot be cut: the sentence says why.
    pub fn of(bytes: u64) -> Result<CutDisk, NoServer> {
        let image = tempfile::Builder::new().prefix("traccia-image-").tempfile()?;
        image.as_file().set_len(bytes)?;
        let (_, image) = image.keep().map_err(|error| error.error)?;
        let disk = CutDisk { mounted: Mounted::by(MOUNT, Some(&image))?, image };
        // One whose power cannot be cut would let every test pass.
        disk.cut().map_err(|error| NoServer::Missing(format!("no power can be cut here: {error}")))?;
        disk.comes_back()?;
        Ok(disk)
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.mounted.folder()
    }

    /// Syncs all there is: what a test has put there is not what it is about.
    ///
    /// # Errors
    /// When the disk cannot be written.
    pub fn settle(&self) -> io::Result<()> {
        done(Command::new("sync").arg("--file-system").arg(self.path()))
    }

    /// Cuts the power: from now on nothing is written, and what was not synced is lost. Whoever uses the disk has to be
    /// killed first or at once, as by a power cut: it would go on with what is in memory.
    ///
    /// # Errors
    /// Where the system knows no such thing.
    pub fn cut(&self) -> io::Result<()> {
        let within = self.path().join("power");
        if !within.exists() {
            File::create(&within)?.sync_all()?;
        }
        done(Command::new("perl").args(["-e", CUT]).arg(&within))
    }

    /// The power comes back; nobody may be using the disk.
    ///
    /// # Errors
    /// When somebody does, or what is left is no file system.
    pub fn comes_back(&self) -> io::Result<()> {
        // Whoever was killed may take a moment to let go of it.
        let mut tries = (0..ATTEMPTS).map(|_| {
            sleep(PAUSE);
            done(Command::new("umount").arg(self.path()))
        });
        tries.find(Result::is_ok).unwrap_or_else(|| done(Command::new("umount").arg(self.path())))?;
        done(Command::new("mount").args(["-o", "loop"]).args([self.image.as_path(), self.path()]))
    }
}

fn done(command: &mut Command) -> io::Result<()> {
    let output = command.output()?;
    let said = || io::Error::other(String::from_utf8_lossy(&output.stderr).trim().to_owned());
    if output.status.success() { Ok(()) } else { Err(said()) }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::servers::had;

    #[test]
    fn what_was_synced_survives_a_cut_and_nothing_else() {
        let Some(disk) = had("a disk whose power can be cut", CutDisk::of(32 << 20)) else { return };
        let file = |name| disk.path().join(name);
        fs::write(file("synced"), "x").unwrap();
        File::open(file("synced")).and_then(|file| file.sync_all()).unwrap();
        File::open(disk.path()).and_then(|folder| folder.sync_all()).unwrap();
        fs::write(file("written"), "x").unwrap();
        disk.cut().unwrap();
        assert!(fs::write(file("late"), "x").is_err());
        disk.comes_back().unwrap();
        assert_eq!(fs::read_to_string(file("synced")).unwrap(), "x");
        assert!(!file("written").exists() && !file("late").exists());
        let (folder, image) = (disk.path().to_owned(), disk.image.clone());
        drop(disk);
        assert!(!folder.exists() && !image.exists());
    }
}
