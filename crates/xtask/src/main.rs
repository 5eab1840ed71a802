//! What is run by hand: `cargo xtask bench`, `cargo xtask fuzz` and `cargo xtask gauntlet`.
//!
//! It builds and starts other programs and needs no library, so that it is there at once.

mod bench;
mod fuzz;
mod gauntlet;

use std::{
    path::PathBuf,
    process::{Command, ExitCode},
};

const HELP: &str = "\
cargo xtask bench [WORK...] [--small]   every figure the project promises, beside its peer; writes target/bench.json
cargo xtask fuzz [TARGET] [--seconds N] inputs that break what must hold, guided by the code they reach
cargo xtask gauntlet [--long] [FAMILY]  the fault runs, or one family: as continuous integration has them, or the long ones";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let done = match arguments.split_first() {
        Some((call, rest)) if call == "bench" => bench::run(rest),
        Some((call, rest)) if call == "fuzz" => fuzz::run(rest),
        Some((call, rest)) if call == "gauntlet" => gauntlet::run(rest),
        Some(_) | None => Err(HELP.to_owned()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

/// The workspace's folder.
fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// `cargo`, in the workspace's folder.
fn cargo() -> Command {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(root());
    cargo
}

/// Runs a program to its end; one that fails ends the task.
fn run(command: &mut Command) -> Result<(), String> {
    let text = format!("{command:?}");
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{text} ended with {status}")),
        Err(error) => Err(format!("{text} could not be started: {error}")),
    }
}
