//! The executable on an installation of the whole country's size: what it weighs, and how long it takes.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;
use traccia_log::{AnyLog, sqlite::SqliteLog};

use crate::{
    history::register,
    installation::Installation,
    memory,
    report::{FULL_SYNC, Figure, READING, REBUILT, Report},
};

/// The promise of the issue, in bytes.
const MEMORY: f64 = 2.0 * 1024.0 * 1024.0 * 1024.0;

/// Weighs an installation, with the executable that `cargo xtask bench` has built; without one, only its files.
pub async fn measure(here: Installation, report: &mut Report) {
    let Installation { folder, log, tables, application, .. } = here;
    drop((log, tables, application));
    for (name, files) in [("log", "log.db"), ("tables", "tables")] {
        let work = format!("national size: {name} on the disk");
        report.add(Figure::new(work, size(folder.path(), files) / 1e9, "GB", FULL_SYNC));
    }
    let Some(executable) = std::env::var_os("TRACCIA_EXECUTABLE").map(PathBuf::from) else { return };
    let call = |call: &str| {
        let mut command = Command::new(&executable);
        command.args([call, "--data"]).arg(folder.path()).env("TRACCIA_LOG", "error");
        command.stdout(Stdio::piped()).stderr(Stdio::null()).stdin(Stdio::null());
        command
    };

    let begun = Instant::now();
    let (mut rebuilding, mut most) = (call("rebuild").spawn().expect("it starts"), 0.0);
    while rebuilding.try_wait().expect("it is ours").is_none() {
        most = memory::most(&rebuilding).unwrap_or(most);
        thread::sleep(Duration::from_millis(100));
    }
    report.add(Figure::new("national size: rebuild", begun.elapsed().as_secs_f64(), "s", REBUILT));
    report.add(Figure::new("national size: memory of the rebuild", most / 1e6, "MB", REBUILT).at_most(MEMORY / 1e6));

    // One commit is not in the tables: that it gets there shows that the fold has come to the log's end.
    let log = SqliteLog::open(&folder.path().join("log.db")).await.expect("the log");
    register(&AnyLog::Sqlite(log), 1).await;
    let begun = Instant::now();
    let mut serving = call("serve").args(["--listen", "127.0.0.1:0"]).spawn().expect("it starts");
    let lines = BufReader::new(serving.stdout.take().expect("its output is ours")).lines();
    let ready = lines.map_while(Result::ok).find(|line| line.contains("ready at")).expect("it gets ready");
    report.add(Figure::new("national size: start until it answers", begun.elapsed().as_secs_f64(), "s", READING));
    let address = ready.split("http://").nth(1).expect("it says where");
    while !following(address) {
        thread::sleep(Duration::from_millis(100));
    }
    report.add(Figure::new("national size: start until it follows", begun.elapsed().as_secs_f64(), "s", READING));
    let most = memory::most(&serving).expect("it runs");
    let work = "national size: memory of the projector, with the server around it";
    report.add(Figure::new(work, most / 1e6, "MB", READING).at_most(MEMORY / 1e6));
    serving.kill().expect("it was running");
    serving.wait().expect("it ends");
}

/// Whether the server's read models are at the log's end.
fn following(address: &str) -> bool {
    let mut answer = String::new();
    let asked = TcpStream::connect(address).and_then(|mut connection| {
        connection.write_all(b"GET /readyz HTTP/1.0\r\nhost: traccia\r\n\r\n")?;
        connection.read_to_string(&mut answer)
    });
    let Some((_, body)) = answer.split_once("\r\n\r\n") else { return false };
    let known: Value = serde_json::from_str(body).unwrap_or_default();
    asked.is_ok() && known["ready"] == true && known["lag"] == 0
}

/// The files whose names begin so, in bytes.
fn size(folder: &Path, begins: &str) -> f64 {
    let files = fs::read_dir(folder).expect("the folder is read").flatten();
    let ours = files.filter(|file| file.file_name().to_string_lossy().starts_with(begins));
    ours.map(|file| file.metadata().map_or(0.0, |known| known.len() as f64)).sum()
}
