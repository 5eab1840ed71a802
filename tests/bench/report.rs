//! What was measured, beside what was promised.

use std::{fs, path::PathBuf};

use serde::Serialize;

/// The figures.
#[derive(Default)]
pub struct Report {
    figures: Vec<Figure>,
}

/// One figure. `goal` is in the figure's unit, whichever way it was set; where nothing was promised there is none.
#[derive(Serialize)]
pub struct Figure {
    work: String,
    unit: &'static str,
    /// What an acknowledgement means here: where the data is when it is given.
    durability: &'static str,
    ours: f64,
    /// What the peer does with the same work on the same machine in the same run.
    peer: Option<f64>,
    /// Ours to the peer's.
    ratio: Option<f64>,
    goal: Option<f64>,
    met: Option<bool>,
    #[serde(skip)]
    sign: &'static str,
}

/// Nothing is written that could be lost.
pub const READING: &str = "read only";
/// In memory: gone with the process. It shows what is left when storing costs nothing.
pub const UNSTORED: &str = "none, log in memory";
/// SQLite, write-ahead log, synced before each answer.
pub const FULL_SYNC: &str = "SQLite full sync";
/// Tables that the log can give again, synced before they are put in place.
pub const REBUILT: &str = "synced at the end";
/// One nats-server that syncs before it answers.
pub const SYNC_ALWAYS: &str = "JetStream, sync_interval always";
/// One nats-server as it comes: what it answered in the last two minutes can be lost with the machine.
pub const SYNC_DEFAULT: &str = "JetStream, default sync (2 min)";

impl Figure {
    /// What was measured.
    pub fn new(work: impl Into<String>, ours: f64, unit: &'static str, durability: &'static str) -> Figure {
        let work = work.into();
        Figure { work, unit, durability, ours, peer: None, ratio: None, goal: None, met: None, sign: "" }
    }

    /// It should be at least so much.
    pub fn at_least(self, goal: f64) -> Figure {
        Figure { goal: Some(goal), met: Some(self.ours >= goal), sign: ">=", ..self }
    }

    /// It should be at most so much.
    pub fn at_most(self, goal: f64) -> Figure {
        Figure { goal: Some(goal), met: Some(self.ours <= goal), sign: "<=", ..self }
    }

    /// It should be at least so many times the peer's.
    pub fn times(self, times: f64, peer: f64) -> Figure {
        let ratio = self.ours / peer;
        Figure { peer: Some(peer), ratio: Some(ratio), ..self.at_least(times * peer) }
    }

    /// The same, where the peer was measured.
    pub fn times_if(self, times: f64, peer: Option<f64>) -> Figure {
        match peer {
            Some(peer) => self.times(times, peer),
            None => self,
        }
    }
}

impl Report {
    pub fn add(&mut self, figure: Figure) {
        eprintln!("{}: {:.1} {}", figure.work, figure.ours, figure.unit);
        self.figures.push(figure);
    }

    /// Prints the table; writes it as JSON where `TRACCIA_BENCH_JSON` says.
    pub fn print(&self) {
        let width = self.figures.iter().map(|figure| figure.work.chars().count()).max().unwrap_or(0);
        println!(
            "{:<width$} {:>12} {:<10} {:>12} {:>8} {:>14}  met  durability",
            "work", "ours", "unit", "peer", "ratio", "goal"
        );
        let number = |number: Option<f64>| number.map_or_else(String::new, |number| format!("{number:.1}"));
        for figure in &self.figures {
            println!(
                "{:<width$} {:>12.1} {:<10} {:>12} {:>8} {:>14}  {:<4} {}",
                figure.work,
                figure.ours,
                figure.unit,
                number(figure.peer),
                number(figure.ratio),
                figure.goal.map_or_else(String::new, |goal| format!("{} {goal:.1}", figure.sign)),
                match figure.met {
                    Some(true) => "yes",
                    Some(false) => "NO",
                    None => "-",
                },
                figure.durability,
            );
        }
        if let Some(file) = std::env::var_os("TRACCIA_BENCH_JSON").map(PathBuf::from) {
            let text = serde_json::to_string_pretty(&self.figures).expect("figures are JSON");
            fs::write(&file, text + "\n").unwrap_or_else(|error| panic!("{}: {error}", file.display()));
            println!("written to {}", file.display());
        }
    }
}
