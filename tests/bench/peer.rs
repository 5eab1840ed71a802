//! What a team would otherwise take, measured in the same run: `tests/peer`, a program of its own.

use std::{path::PathBuf, process::Command};

use serde::Deserialize;
use traccia_tests::servers::postgres::Server;

/// The peer's rates, events a second.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct Peer {
    /// Commands carried out one by one, the view updated with each.
    pub create: f64,
    /// Events replayed into the view.
    pub replay: f64,
}

/// Measures the peer on a PostgreSQL of its own, fsync on. `None` where there is none to measure: `cargo xtask bench`
/// builds it.
pub fn measure(events: u64, in_flight: usize) -> Option<Peer> {
    let program = PathBuf::from(std::env::var_os("TRACCIA_PEER")?);
    let server = Server::start()?;
    let run = Command::new(&program)
        .arg(server.database())
        .args([events.to_string(), in_flight.to_string()])
        .output()
        .unwrap_or_else(|error| panic!("{}: {error}", program.display()));
    assert!(run.status.success(), "the peer failed: {}", String::from_utf8_lossy(&run.stderr));
    let peer: Peer = serde_json::from_slice(&run.stdout).expect("the peer prints JSON");
    eprintln!("peer: {:.0} commands/s, {:.0} events/s replayed", peer.create, peer.replay);
    Some(peer)
}
