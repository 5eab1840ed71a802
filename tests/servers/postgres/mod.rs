//! PostgreSQL 15 as its packages install it: one server for each test process, a database for each test.

mod secure;

#[cfg(test)]
mod tests;

use std::{
    fs::File,
    io::{BufRead as _, BufReader, Write as _},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::{
        Mutex, OnceLock, PoisonError,
        atomic::{AtomicU32, Ordering::Relaxed},
    },
};

use crate::servers::may_fetch;

/// Where the packages put the programs.
const PROGRAMS: &str = "/usr/lib/postgresql/15/bin";

/// Servers that are tried: the port of one may be taken between finding it free and using it.
const TRIES: usize = 3;

/// Keeps the server, and takes it away when its orders end.
const KEEPER: &str = include_str!("keeper.sh");

/// A private server. It ends with this value, or with the process, even if that is killed.
#[derive(Debug)]
pub struct Server {
    folder: PathBuf,
    port: u16,
    databases: AtomicU32,
    keeper: Mutex<Keeper>,
}

#[derive(Debug)]
struct Keeper {
    process: Child,
    /// Taken when the server is to end.
    orders: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

/// An empty database for a test: `postgres://...`. `None` when no server can be had; the reason is printed.
#[must_use]
pub fn database() -> Option<String> {
    static SHARED: OnceLock<Option<Server>> = OnceLock::new();
    SHARED.get_or_init(Server::start).as_ref().map(Server::database)
}

impl Server {
    /// Starts a server that only the caller uses, to stop or kill it. `None` when none can be had; the reason is printed.
    ///
    /// # Panics
    /// When it is installed and does not start: then something is broken.
    #[must_use]
    pub fn start() -> Option<Server> {
        Server::start_in(&std::env::temp_dir())
    }

    /// The same with all its files below a folder, which others may enter.
    ///
    /// # Panics
    /// When it is installed and does not start: then something is broken.
    #[must_use]
    pub fn start_in(folder: &Path) -> Option<Server> {
        if let Err(why) = install() {
            // Not `eprintln`: what a test that passes prints is kept from those who should know of this.
            let _ = writeln!(std::io::stderr(), "SKIPPED: tests on PostgreSQL, because {why}");
            return None;
        }
        let mut tries = (1..TRIES).map(|_| Server::try_start(folder));
        let started = tries.find(Result::is_ok).unwrap_or_else(|| Server::try_start(folder));
        Some(started.unwrap_or_else(|why| panic!("PostgreSQL does not start: {why}")))
    }

    fn try_start(folder: &Path) -> Result<Server, String> {
        let unprivileged = unprivileged()?;
        let folder = tempfile::Builder::new().prefix("traccia-postgres-").tempdir_in(folder).map_err(text)?.keep();
        if let Some((user, _)) = &unprivileged {
            run(Command::new("chown").arg(user).arg(&folder))?;
        }
        let port = free_port().map_err(text)?;
        let mut keeper = Command::new("sh");
        keeper.args(["-c", KEEPER, "sh", PROGRAMS]).arg(&folder).arg(port.to_string());
        if let Some((user, group)) = &unprivileged {
            keeper.args(["setpriv", "--reuid", user, "--regid", group, "--clear-groups"]);
        }
        let mut process =
            keeper.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().map_err(text)?;
        let answers = BufReader::new(process.stdout.take().expect("it was piped"));
        let keeper = Keeper { orders: process.stdin.take(), process, answers };
        let server = Server { folder, port, databases: AtomicU32::new(0), keeper: Mutex::new(keeper) };
        if server.tell("make") {
            return Ok(server);
        }
        let said = ["made", "log"].map(|file| std::fs::read_to_string(server.folder.join(file)).unwrap_or_default());
        Err(said.concat())
    }

    /// An empty database.
    ///
    /// # Panics
    /// When the server is stopped.
    #[must_use]
    pub fn database(&self) -> String {
        let name = format!("test_{}", self.databases.fetch_add(1, Relaxed));
        self.psql("postgres", &format!("create database {name}"));
        format!("postgres://traccia@127.0.0.1:{}/{name}", self.port)
    }

    /// What a statement answers in a database, a row a line.
    ///
    /// # Panics
    /// When the server is stopped or refuses the statement.
    pub fn psql(&self, database: &str, statement: &str) -> String {
        let mut psql = self.client(database);
        run(psql.args(["--command", statement])).unwrap_or_else(|why| panic!("{statement}: {why}"))
    }

    fn client(&self, database: &str) -> Command {
        let mut psql = Command::new(Path::new(PROGRAMS).join("psql"));
        psql.args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set", "ON_ERROR_STOP=1"]);
        psql.args(["--username", "traccia", "--port", &self.port.to_string(), "--dbname", database]);
        psql.arg("--host").arg(&self.folder);
        psql
    }

    /// Stops it as for maintenance: connections are closed, what was written is kept.
    pub fn stop(&self) {
        assert!(self.tell("stop"), "the server does not stop");
    }

    /// Kills it at once, as a crash does.
    pub fn kill(&self) {
        assert!(self.tell("kill"), "the server cannot be killed");
    }

    /// Starts it again, with what it had.
    pub fn start_again(&self) {
        assert!(self.tell("start"), "the server does not start again");
    }

    /// Lets its write-ahead log go on in other files until its disk has no room for one more: that is a crash, after which it
    /// recovers or does not.
    ///
    /// # Panics
    /// When there is always room.
    pub fn crashes_for_want_of_room(&self) {
        // A few files are kept to be used again.
        let more = "select pg_logical_emit_message(true, 'more', 'more'); select pg_switch_wal()";
        let ended = (0..100).any(|_| run(self.client("postgres").args(["--command", more])).is_err());
        assert!(ended, "the server finds room");
    }

    /// Whether it answers.
    pub fn answers(&self) -> bool {
        run(self.client("postgres").args(["--command", "select 1"])).is_ok()
    }

    /// Starts it again where it has ended, or has not recovered by itself.
    pub fn recover(&self) {
        self.tell("kill");
        assert!(self.tell("start"), "the server does not start again");
    }

    /// Gives an order and waits until it is carried out.
    fn tell(&self, order: &str) -> bool {
        let mut keeper = self.keeper.lock().unwrap_or_else(PoisonError::into_inner);
        let told = keeper.orders.as_mut().is_some_and(|orders| writeln!(orders, "{order}").is_ok());
        let mut answer = String::new();
        told && keeper.answers.read_line(&mut answer).is_ok() && answer == "done\n"
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let keeper = self.keeper.get_mut().unwrap_or_else(PoisonError::into_inner);
        drop(keeper.orders.take());
        let _ = keeper.process.wait();
    }
}

/// Installs what is missing, once: other test processes wait.
fn install() -> Result<(), String> {
    let there = || Path::new(PROGRAMS).join("postgres").exists();
    if there() {
        return Ok(());
    }
    may_fetch().map_err(|why| format!("the package postgresql-15 cannot be installed: {why}"))?;
    let lock = File::create(std::env::temp_dir().join("traccia-tests-install.lock")).map_err(text)?;
    lock.lock().map_err(text)?;
    if there() {
        return Ok(());
    }
    if !root()? {
        return Err("the package postgresql-15 is not installed, and only root may install it".into());
    }
    for arguments in [&["update"][..], &["install", "--yes", "--no-install-recommends", "postgresql-15"]] {
        // In run level 1 the package does not start a server of its own.
        run(Command::new("apt-get").args(arguments).env("DEBIAN_FRONTEND", "noninteractive").env("RUNLEVEL", "1"))
            .map_err(|why| format!("the package postgresql-15 cannot be installed: {why}"))?;
    }
    Ok(())
}

/// Who runs the server, and the number of their group: it refuses to run as root. `None` for whoever runs the tests.
fn unprivileged() -> Result<Option<(&'static str, String)>, String> {
    if !root()? {
        return Ok(None);
    }
    let known = |user| Some((user, run(Command::new("id").args(["-g", user])).ok()?.trim().to_owned()));
    ["postgres", "nobody"].into_iter().find_map(known).map(Some).ok_or("there is no user to run it as".into())
}

fn root() -> Result<bool, String> {
    run(Command::new("id").arg("-u")).map(|id| id.trim() == "0")
}

/// A port that is free now.
fn free_port() -> std::io::Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// Runs a program to its end. Returns what it printed, or what it complained of.
fn run(command: &mut Command) -> Result<String, String> {
    let output = command.stdin(Stdio::null()).output().map_err(text)?;
    let (printed, complaint) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    if output.status.success() { Ok(printed.into_owned()) } else { Err(complaint.trim().to_owned()) }
}

fn text(error: std::io::Error) -> String {
    error.to_string()
}
