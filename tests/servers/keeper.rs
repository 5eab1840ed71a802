//! Who takes a test's file system away again, however the test went.

use std::{
    io::{self, BufRead as _, BufReader},
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
};

use super::NoServer;

/// Mounts, says so or why not, and waits for the test to be gone. Then it takes the file system away, whoever still uses it,
/// and removes the folder, and what the file system was made in.
const KEEPER: &str = r#"
trap '' INT TERM HUP
(eval "$2") 2>&1 && echo mounted
exec >&- 2>&-
read -r word
umount --lazy "$1" 2>/dev/null
rmdir "$1"
test -z "$3" || rm -f "$3"
"#;

/// A mounted folder. It goes with this value, or with the process, even if that is killed.
#[derive(Debug)]
pub(super) struct Mounted {
    folder: PathBuf,
    keeper: Child,
    line: Option<ChildStdin>,
}

impl Mounted {
    /// Mounts by lines of `sh` that find the folder as `$1`, and as `$3` the file that is removed with it, if there is one.
    pub(super) fn by(lines: &str, made_in: Option<&Path>) -> Result<Mounted, NoServer> {
        let folder = tempfile::Builder::new().prefix("traccia-disk-").tempdir()?.keep();
        let mut keeper = Command::new("sh")
            .args(["-c", KEEPER, "keeper"])
            .arg(&folder)
            .arg(lines)
            .arg(made_in.unwrap_or(Path::new("")))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()?;
        let (line, told) = (keeper.stdin.take(), keeper.stdout.take());
        // From here on it is taken away, whatever it says.
        let mounted = Mounted { folder, keeper, line };
        let told = told.ok_or_else(|| io::Error::other("the keeper was started with a pipe"))?;
        let said: Vec<String> = BufReader::new(told).lines().collect::<Result<_, _>>()?;
        match said.last() {
            Some(last) if last == "mounted" => Ok(mounted),
            Some(_) | None => Err(NoServer::Missing(format!("no file system may be mounted here: {}", said.join(" ")))),
        }
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        drop(self.line.take());
        let _ = self.keeper.wait();
    }
}
