//! The figures, beside what a team would otherwise take.

use crate::{cargo, root};

/// Builds the peer and the executable, and runs the benchmark with them.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let target = root().join("target/peer");
    // Its own lock file and target: its older libraries stay out of ours.
    crate::run(
        cargo()
            .args(["build", "--release", "--locked", "--manifest-path", "tests/peer/Cargo.toml", "--target-dir"])
            .arg(&target),
    )?;
    crate::run(cargo().args(["build", "--release", "--locked", "-p", "traccia-cli"]))?;
    crate::run(
        cargo()
            .args(["bench", "--locked", "-p", "traccia-tests", "--bench", "figures", "--"])
            .args(arguments)
            .env("TRACCIA_PEER", target.join("release/traccia-peer"))
            .env("TRACCIA_EXECUTABLE", root().join("target/release/traccia"))
            .env("TRACCIA_BENCH_JSON", root().join("target/bench.json")),
    )
}
