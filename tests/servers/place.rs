//! Where servers are kept and where they listen.

use std::{
    env, fmt,
    fs::{self, File},
    hash::{BuildHasher as _, RandomState},
    io::{self, Write as _},
    net::TcpListener,
    path::{Path, PathBuf},
};

/// The folder for downloaded servers, under cargo's own, and its lock: held until it is dropped, so that of several
/// test binaries one downloads and the others wait.
///
/// # Errors
/// When the folder cannot be written.
pub fn cache() -> io::Result<(PathBuf, File)> {
    let folder = target().join("servers");
    fs::create_dir_all(&folder)?;
    let lock = File::create(folder.join("lock"))?;
    lock.lock()?;
    Ok((folder, lock))
}

/// Cargo marks its folder; a test binary lies somewhere below it.
fn target() -> PathBuf {
    let binary = env::current_exe().unwrap_or_default();
    let marked = binary.ancestors().find(|folder| folder.join("CACHEDIR.TAG").exists());
    marked.map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../target"), Path::to_owned)
}

/// Whether a server that is not there may be fetched: `TRACCIA_TESTS_INSTALL=no` keeps the tests from downloading and
/// installing anything, and what is there is used all the same.
///
/// # Errors
/// A sentence that says why not.
pub fn may_fetch() -> Result<(), String> {
    allowed(env::var("TRACCIA_TESTS_INSTALL").ok().as_deref())
}

fn allowed(told: Option<&str>) -> Result<(), String> {
    match told {
        Some("no") => Err("it is not here, and TRACCIA_TESTS_INSTALL=no keeps the tests from fetching it".to_owned()),
        Some(_) | None => Ok(()),
    }
}

/// A port of the loopback nobody listens on.
///
/// It lies below those the system gives to outgoing connections: a client that tries a dead server's port again and
/// again would one day be given that very port, and talk to itself.
///
/// # Errors
/// When none of many is free.
pub fn free_port() -> io::Result<u16> {
    let mut last = io::Error::other("no port was tried");
    for attempt in 0..100_u16 {
        let drawn = RandomState::new().hash_one((std::process::id(), attempt));
        let port = 20_000 + u16::try_from(drawn % 12_000).map_err(io::Error::other)?;
        match TcpListener::bind(("127.0.0.1", port)) {
            Ok(_) => return Ok(port),
            Err(error) => last = error,
        }
    }
    Err(last)
}

/// Why there is no server.
#[derive(Debug)]
pub enum NoServer {
    /// It cannot be had on this machine: what needs it is not tested.
    Missing(String),
    /// It is here and does not run: something is wrong, with it or with how it was started.
    Failed(String),
}

impl fmt::Display for NoServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NoServer::Missing(why) | NoServer::Failed(why) => f.write_str(why),
        }
    }
}

impl std::error::Error for NoServer {}

impl From<io::Error> for NoServer {
    fn from(error: io::Error) -> Self {
        NoServer::Failed(error.to_string())
    }
}

/// A server, or nothing where it cannot be had. Then it is said on the terminal what is not tested and why, past the test
/// runner, which keeps what a passing test says to itself.
///
/// # Panics
/// When the server is here and does not run.
#[must_use]
pub fn had<T>(what: &str, started: Result<T, NoServer>) -> Option<T> {
    match started {
        Ok(server) => Some(server),
        Err(NoServer::Missing(why)) => {
            let _ = writeln!(io::stderr(), "skipped: {what}, because {why}");
            None
        }
        Err(NoServer::Failed(why)) => panic!("{what}: {why}"),
    }
}

#[cfg(test)]
#[test]
fn servers_are_fetched_unless_somebody_says_no() {
    assert!(allowed(None).is_ok() && allowed(Some("yes")).is_ok());
    assert!(allowed(Some("no")).is_err_and(|why| why.contains("TRACCIA_TESTS_INSTALL=no")));
}
