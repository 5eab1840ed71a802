//! A server that cannot outlive the test that started it.

use std::{
    io::{self, BufRead as _, BufReader, Write as _},
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
};

/// Starts the server, says its process id, and waits for the test to say something or to be gone, however it went.
/// Then it kills the server and removes its folder, unless it is told to keep that.
///
/// Signals to the test's terminal or process group do not reach it: it acts on the end of its input alone.
const WATCHDOG: &str = r#"
trap '' INT TERM HUP
folder=$1
shift
"$@" </dev/null >>"$folder/output.log" 2>&1 &
echo $!
exec >&-
read -r word
kill -9 $! 2>/dev/null
wait $! 2>/dev/null
[ "$word" = keep ] || rm -rf "$folder"
"#;

/// A server's process and its folder. Both go when it is dropped, and when the test is killed.
#[derive(Debug)]
pub struct Guarded {
    program: PathBuf,
    arguments: Vec<String>,
    folder: PathBuf,
    running: Option<Running>,
}

#[derive(Debug)]
struct Running {
    watchdog: Child,
    line: ChildStdin,
    server: u32,
}

impl Guarded {
    /// Starts a program that works in a folder of its own; what it says goes to `output.log` there.
    ///
    /// # Errors
    /// When there is no shell to start it with.
    pub fn start(program: &Path, arguments: Vec<String>, folder: PathBuf) -> io::Result<Guarded> {
        let mut server = Guarded { program: program.to_owned(), arguments, folder, running: None };
        server.running = Some(server.launch()?);
        Ok(server)
    }

    fn launch(&self) -> io::Result<Running> {
        let mut watchdog = Command::new("sh")
            .args(["-c", WATCHDOG, "watchdog"])
            .arg(&self.folder)
            .arg(&self.program)
            .args(&self.arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()?;
        let (Some(line), Some(told)) = (watchdog.stdin.take(), watchdog.stdout.take()) else {
            return Err(io::Error::other("the watchdog was started with two pipes"));
        };
        let mut server = String::new();
        BufReader::new(told).read_line(&mut server)?;
        let server = server.trim().parse().map_err(io::Error::other)?;
        Ok(Running { watchdog, line, server })
    }

    /// Its folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Its process id, while it has one.
    #[must_use]
    pub fn process(&self) -> Option<u32> {
        self.running.as_ref().map(|running| running.server)
    }

    /// What it has said so far.
    #[must_use]
    pub fn output(&self) -> String {
        std::fs::read_to_string(self.folder.join("output.log")).unwrap_or_default()
    }

    /// Sends it a signal: `KILL`, `TERM`, `STOP`, `CONT`.
    ///
    /// # Errors
    /// When it is no longer there.
    pub fn signal(&self, signal: &str) -> io::Result<()> {
        let server = self.running.as_ref().map_or(0, |running| running.server);
        let sent = server > 0
            && Command::new("kill")
                .args([&format!("-{signal}"), &server.to_string()])
                .stderr(Stdio::null())
                .status()?
                .success();
        if sent { Ok(()) } else { Err(io::Error::other("the server is not running")) }
    }

    /// Stops all its threads with signal 19, and waits until they stand still.
    ///
    /// # Errors
    /// When it is not running.
    pub fn pause(&self) -> io::Result<()> {
        self.signal("STOP")?;
        let server = self.process().map_or_else(String::new, |server| server.to_string());
        loop {
            let threads = std::fs::read_dir(Path::new("/proc").join(&server).join("task"))?;
            let state = |thread: io::Result<std::fs::DirEntry>| state(&thread?.path());
            let states: Vec<char> = threads.map(state).collect::<io::Result<_>>()?;
            if states.iter().all(|state| matches!(state, 'T' | 'Z' | 'X')) {
                return Ok(());
            }
            std::thread::yield_now();
        }
    }

    /// Whether it runs: one that ended, and whose end nobody has asked for yet, does not.
    #[must_use]
    pub fn alive(&self) -> bool {
        let process = self.process().map(|server| Path::new("/proc").join(server.to_string()));
        process.is_some_and(|process| state(&process).is_ok_and(|state| state != 'Z'))
    }

    /// Kills it with signal 9, as a crash would. Its folder stays.
    ///
    /// # Errors
    /// When the watchdog cannot be waited for.
    pub fn kill(&mut self) -> io::Result<()> {
        match self.running.take() {
            Some(running) => running.end("keep\n"),
            None => Ok(()),
        }
    }

    /// Kills it if it runs, and starts it again in the same folder with the same arguments.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn restart(&mut self) -> io::Result<()> {
        self.kill()?;
        self.running = Some(self.launch()?);
        Ok(())
    }
}

/// The state of a process or thread, a letter; its name stands before it in parentheses, and may hold some.
fn state(process: &Path) -> io::Result<char> {
    let told = std::fs::read_to_string(process.join("stat"))?;
    Ok(told.rsplit(')').next().and_then(|behind| behind.trim_start().chars().next()).unwrap_or('X'))
}

impl Running {
    fn end(mut self, word: &str) -> io::Result<()> {
        // A watchdog that is gone already has done its work.
        let _ = self.line.write_all(word.as_bytes());
        drop(self.line);
        self.watchdog.wait().map(drop)
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        match self.running.take() {
            Some(running) => drop(running.end("")),
            None => drop(std::fs::remove_dir_all(&self.folder)),
        }
    }
}
