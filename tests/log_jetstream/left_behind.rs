//! A test that is killed leaves no server behind.

use std::{
    env, fs,
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use traccia_tests::servers::{
    had,
    nats::{Node, Settings},
};

/// Set where this test runs itself, to the file that takes what it started.
const CHILD: &str = "TRACCIA_TEST_STARTS_A_SERVER";

#[test]
fn a_killed_test_leaves_neither_server_nor_folder() {
    if let Some(file) = env::var_os(CHILD) {
        let Some(node) = had("a killed test", Node::start(&Settings::default())) else { return };
        let started = format!("{}\n{}", node.process().unwrap(), node.folder().display());
        let written = Path::new(&file).with_extension("written");
        fs::write(&written, started).unwrap();
        fs::rename(written, file).unwrap();
        // Until it is killed; should nobody kill it, it ends by itself.
        std::thread::park_timeout(Duration::from_secs(120));
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("started");
    let mut test = Command::new(env::current_exe().unwrap())
        .args(["--exact", "log_jetstream::left_behind::a_killed_test_leaves_neither_server_nor_folder"])
        .env(CHILD, &file)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let since = Instant::now();
    while !file.exists() && test.try_wait().unwrap().is_none() {
        assert!(since.elapsed() < Duration::from_secs(90), "no server was started");
        std::thread::yield_now();
    }
    test.kill().unwrap();
    test.wait().unwrap();
    // Where the server cannot be had, the test that ran said so.
    let Ok(started) = fs::read_to_string(file) else { return };
    let (process, left) = started.split_once('\n').unwrap();
    while Path::new("/proc").join(process).exists() || Path::new(left).exists() {
        assert!(since.elapsed() < Duration::from_secs(90), "{process} or {left} is still there");
        std::thread::yield_now();
    }
}
