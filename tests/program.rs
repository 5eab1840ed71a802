//! The executable itself, as a newcomer would run it.

use std::{
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::OnceLock,
};

/// The executable, built once with the profile these tests are built with.
pub fn executable() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let built = Command::new(env!("CARGO"))
            .args(["build", "--package", "traccia-cli", "--locked"])
            .current_dir(root)
            .status();
        assert!(built.expect("cargo runs").success(), "the executable does not build");
        // target/debug/deps/tests-* stands two folders below the executable's.
        let here = std::env::current_exe().expect("this binary has a path");
        here.ancestors().nth(2).expect("deps is in a profile's folder").join("traccia")
    })
}

/// Runs the executable to its end.
pub fn run(args: &[&str]) -> Output {
    Command::new(executable())
        .args(args)
        .env_remove("TRACCIA_URL")
        .env_remove("TRACCIA_TOKEN")
        .output()
        .expect("it runs")
}

/// Runs the executable to its end, successfully; what it printed.
pub fn ran(args: &[&str]) -> String {
    let output = run(args);
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "traccia {args:?}: {error}");
    String::from_utf8(output.stdout).expect("it prints text")
}

/// A server in a process of its own; killed with the value.
pub struct Server {
    process: Child,
    pub url: String,
}

impl Server {
    /// Starts `traccia serve` on a free port and waits for its line.
    pub fn start(data: &Path) -> Server {
        let mut process = Command::new(executable())
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts");
        let lines = BufReader::new(process.stdout.take().expect("its output is ours")).lines();
        let ready = lines.map_while(Result::ok).find(|line| line.contains("ready at"));
        let url =
            ready.and_then(|line| line.split("ready at ").nth(1).map(str::to_owned)).expect("it says where it is");
        Server { process, url }
    }

    /// `kill -9`: nothing is flushed, nothing said.
    pub fn kill(mut self) {
        self.process.kill().expect("it was running");
        self.process.wait().expect("it ends");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
