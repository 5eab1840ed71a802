//! The executable itself, as a newcomer would run it.

use std::{
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Output, Stdio},
    sync::{OnceLock, mpsc},
    time::{Duration, Instant},
};

/// The executable, built once with the profile these tests are built with.
pub fn executable() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut build = Command::new(env!("CARGO"));
        build.args(["build", "--package", "traccia-cli", "--locked"]).current_dir(root);
        // What cargo tells this package's tests would look to build scripts as if everything had changed.
        let told = |name: &str| ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_CRATE_"].iter().any(|p| name.starts_with(p));
        for (name, _) in std::env::vars().filter(|(name, _)| told(name)) {
            build.env_remove(name);
        }
        let built = build.status();
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
        Server::call("serve", data, &[])
    }

    /// The same with `traccia serve` or `traccia project`, and with more arguments.
    pub fn call(call: &str, data: &Path, more: &[&str]) -> Server {
        Server::begin(Command::new(executable()), call, data, more, Stdio::inherit())
    }

    /// The same, with a place for its traces.
    pub fn saying(call: &str, data: &Path, more: &[&str], traces: Stdio) -> Server {
        Server::begin(Command::new(executable()), call, data, more, traces)
    }

    /// The same, after a line of `sh` that sets what a process inherits.
    pub fn call_after(line: &str, call: &str, data: &Path, more: &[&str]) -> Server {
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!("{line}\nexec \"$@\""), "sh"]).arg(executable());
        Server::begin(shell, call, data, more, Stdio::inherit())
    }

    fn begin(mut command: Command, call: &str, data: &Path, more: &[&str], traces: Stdio) -> Server {
        let mut process = command
            .args([call, "--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .args(more)
            .env("TRACCIA_LOG", "error")
            .stdout(Stdio::piped())
            .stderr(traces)
            .spawn()
            .expect("it starts");
        let lines = BufReader::new(process.stdout.take().expect("its output is ours")).lines();
        let ready = lines.map_while(Result::ok).find(|line| line.contains("ready at"));
        let url =
            ready.and_then(|line| line.split("ready at ").nth(1).map(str::to_owned)).expect("it says where it is");
        Server { process, url }
    }

    /// `kill -TERM`, as systemd and containers stop a service: how it ended and how long that took. One that does not end
    /// within the limit is killed, and has not ended well.
    pub fn told_to_stop(mut self, limit: Duration) -> (ExitStatus, Duration) {
        let since = Instant::now();
        let told = Command::new("kill").args(["-TERM", &self.process.id().to_string()]).status();
        assert!(told.expect("there is kill").success());
        let (ended, over) = mpsc::channel::<()>();
        let id = self.process.id().to_string();
        let watch = std::thread::spawn(move || {
            if over.recv_timeout(limit).is_err() {
                let _ = Command::new("kill").args(["-KILL", &id]).status();
            }
        });
        let status = self.process.wait().expect("it ends");
        let took = since.elapsed();
        let _ = ended.send(());
        watch.join().expect("the watch ends");
        (status, took)
    }

    /// Its process.
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// `kill -9`: nothing is flushed, nothing said.
    pub fn kill(mut self) {
        self.process.kill().expect("it was running");
        self.process.wait().expect("it ends");
    }
}

impl Server {
    /// Asks it to stop, as a service manager does, and waits until it has; whether it ended well.
    pub fn terminate(mut self) -> bool {
        let told = Command::new("kill").args(["-TERM", &self.process.id().to_string()]).status();
        told.expect("kill runs").success() && self.process.wait().expect("it ends").success()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
