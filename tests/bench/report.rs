//! What was measured, beside what was promised.

use std::{fs, path::PathBuf};

use serde::Serialize;

/// The figures.
#[derive(Default)]
pub struct Report {
    figures: Vec<Figure>,
}

/// One figure. `goal` is in the figure's unit, whichever way it was set.
#[derive(Serialize)]
struct Figure {
    work: String,
    unit: &'static str,
    /// What an acknowledgement means here: where the data is when it is given.
    durability: &'static str,
    ours: f64,
    /// What the peer does with the same work on the same machine in the same run.
    peer: Option<f64>,
    /// Ours to the peer's.
    ratio: Option<f64>,
    goal: f64,
    met: bool,
    #[serde(skip)]
    at_least: bool,
}

/// Nothing is written that could be lost.
pub const READING: &str = "read only";
/// SQLite, write-ahead log, synced before each answer.
pub const FULL_SYNC: &str = "SQLite full sync";
/// Tables that the log can give again, synced before they are put in place.
pub const REBUILT: &str = "synced at the end";

impl Report {
    /// A figure that should be at least its goal.
    pub fn at_least(
        &mut self,
        work: impl Into<String>,
        durability: &'static str,
        ours: f64,
        unit: &'static str,
        goal: f64,
    ) {
        let met = ours >= goal;
        self.add(Figure {
            work: work.into(),
            unit,
            durability,
            ours,
            peer: None,
            ratio: None,
            goal,
            met,
            at_least: true,
        });
    }

    /// A figure that should be at most its goal.
    pub fn at_most(
        &mut self,
        work: impl Into<String>,
        durability: &'static str,
        ours: f64,
        unit: &'static str,
        goal: f64,
    ) {
        let met = ours <= goal;
        self.add(Figure {
            work: work.into(),
            unit,
            durability,
            ours,
            peer: None,
            ratio: None,
            goal,
            met,
            at_least: false,
        });
    }

    /// A rate that should be so many times the peer's.
    pub fn times(
        &mut self,
        work: impl Into<String>,
        durability: &'static str,
        ours: f64,
        unit: &'static str,
        peer: f64,
        times: f64,
    ) {
        let goal = peer * times;
        self.add(Figure {
            work: work.into(),
            unit,
            durability,
            ours,
            peer: Some(peer),
            ratio: Some(ours / peer),
            goal,
            met: ours >= goal,
            at_least: true,
        });
    }

    fn add(&mut self, figure: Figure) {
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
        for figure in &self.figures {
            println!(
                "{:<width$} {:>12.1} {:<10} {:>12} {:>8} {:>14}  {:<4} {}",
                figure.work,
                figure.ours,
                figure.unit,
                figure.peer.map_or_else(String::new, |peer| format!("{peer:.1}")),
                figure.ratio.map_or_else(String::new, |ratio| format!("{ratio:.1}")),
                format!("{} {:.1}", if figure.at_least { ">=" } else { "<=" }, figure.goal),
                if figure.met { "yes" } else { "NO" },
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
