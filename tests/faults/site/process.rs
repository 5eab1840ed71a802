//! A process of the program, and the wires that lead to it and from it. Clients meet the same address however often it
//! is killed.

use std::{
    fs::File,
    path::{Path, PathBuf},
};

use fastrand::Rng;
use traccia_tests::servers::nats::Cluster;

use super::wire::{Seen, Wire};
use crate::program::Server;

pub struct Process {
    running: Option<Server>,
    call: &'static [&'static str],
    folder: PathBuf,
    places: Vec<String>,
    traces: PathBuf,
    /// To each server of the log.
    pub log: Vec<Wire>,
    /// To PostgreSQL.
    pub tables: Wire,
    /// From its clients.
    pub front: Wire,
}

impl Process {
    /// Starts `traccia serve` or `traccia project` with a wire to each place.
    pub fn start(call: &'static [&'static str], folder: &Path, nats: &Cluster, tables: &str, rng: &mut Rng) -> Process {
        let wires: Vec<Wire> = nats.urls().iter().map(|url| Wire::to(port(url), rng)).collect();
        let (rows, front) = (Wire::to(port(tables), rng), Wire::to(0, rng));
        let urls: Vec<String> = wires.iter().map(|wire| format!("nats://127.0.0.1:{}", wire.port())).collect();
        let by_wire = tables.replace(&format!(":{}/", port(tables)), &format!(":{}/", rows.port()));
        let mut places = ["--log".to_owned(), urls.join(","), "--tables".to_owned(), by_wire].to_vec();
        // One server is seen to sync always, and is sent batches; a cluster is not, and every commit goes alone.
        if let [only] = nats.nodes.as_slice() {
            places.extend(["--nats-monitoring".to_owned(), only.monitoring()]);
        }
        let traces = folder.join(format!("{}-{}.traces", call[0], front.port()));
        let folder = folder.to_owned();
        let mut process = Process { running: None, call, folder, places, traces, log: wires, tables: rows, front };
        process.start_again();
        process
    }

    /// Kills it if it runs, and starts it with the same arguments.
    pub fn start_again(&mut self) {
        self.kill();
        let more: Vec<&str> = self.call[1..].iter().copied().chain(self.places.iter().map(String::as_str)).collect();
        let traces = File::options().create(true).append(true).open(&self.traces).expect("the folder is there");
        let server = Server::saying(self.call[0], &self.folder, &more, traces.into());
        self.front.lead_to(port(&server.url));
        self.running = Some(server);
    }

    /// `kill -9`.
    pub fn kill(&mut self) {
        if let Some(server) = self.running.take() {
            server.kill();
        }
    }

    /// Where clients find it.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.front.port())
    }

    /// What it said of damage, and the last that it said.
    pub fn said(&self) -> String {
        let said = std::fs::read_to_string(&self.traces).unwrap_or_default();
        let damage = said.lines().filter(|line| line.contains("damaged"));
        damage.take(5).chain(said.lines().rev().take(5)).collect::<Vec<_>>().join("\n")
    }

    /// What the wires to the log, to the tables and from the clients have seen.
    pub fn seen(&self) -> [Seen; 3] {
        let mut log = Seen::default();
        self.log.iter().for_each(|wire| log += wire.seen());
        [log, self.tables.seen(), self.front.seen()]
    }
}

/// The port in an address.
fn port(url: &str) -> u16 {
    let address = url.split("://").last().unwrap_or_default().split('/').next().unwrap_or_default();
    address.rsplit(':').next().and_then(|port| port.parse().ok()).expect("the address has a port")
}
