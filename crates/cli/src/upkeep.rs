//! `traccia verify` and `traccia rebuild`: is every number what the log says, and make it so.

use std::process::ExitCode;

use clap::Args;
use indicatif::ProgressBar;
use serde_json::{Value, json};
use traccia_domain::Position;
use traccia_log::chain;
use traccia_projections::Projections;
use traccia_projector::{Progress, Verified, rebuild, verify};

use crate::{Data, command::bar, house};

/// Folds the log again and compares every table, row by row. Exits 1 on any difference and names it.
#[derive(Args)]
pub(crate) struct Verify {
    #[command(flatten)]
    data: Data,
    /// Compare as the log was known at this position.
    #[arg(long, value_name = "POSITION")]
    known_at: Option<u64>,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

impl Verify {
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        let (log, tables) = house::look(&self.data).await?;
        let progress = bar(0).with_message("chain");
        let commits = chain::verify_chain(&*log).await?;
        progress.set_message("tables");
        let found =
            verify::<Projections, _>(&log, &tables, self.known_at.map(Position), |step| show(&progress, step)).await?;
        progress.finish_and_clear();
        if self.json {
            println!("{}", serde_json::to_string_pretty(&as_json(&found, commits))?);
        } else {
            println!("{commits} commits, each following the one before it in its stream");
            for table in &found.tables {
                println!(
                    "{:<16} {:>10} rows  {:>4} missing  {:>4} unexpected",
                    table.name, table.rows, table.missing, table.unexpected
                );
            }
            for difference in &found.differences {
                println!("{difference}");
            }
            let verdict =
                if found.holds() { "every table is what the log says" } else { "the tables are NOT what the log says" };
            println!("{verdict}, up to position {}", found.position);
        }
        Ok(if found.holds() { ExitCode::SUCCESS } else { ExitCode::from(1) })
    }
}

/// Builds the read models anew beside the old ones, then switches. Readers never see half.
#[derive(Args)]
pub(crate) struct Rebuild {
    #[command(flatten)]
    data: Data,
    /// Names of projections. All are built in one pass, so that every answer stands at one position: names only say what
    /// has to be there.
    names: Vec<String>,
}

impl Rebuild {
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        for name in &self.names {
            anyhow::ensure!(
                Projections::NAMES.contains(&name.as_str()),
                "there is no projection {name}; there are {}",
                Projections::NAMES.join(", ")
            );
        }
        let _lock = house::lock(&self.data.data)?;
        let (log, tables) = house::look(&self.data).await?;
        let progress = bar(0).with_message("rebuilding");
        let reached = rebuild::<Projections, _>(&log, &tables, |step| show(&progress, step)).await?;
        progress.finish_and_clear();
        println!("built anew up to position {}", reached.position);
        Ok(ExitCode::SUCCESS)
    }
}

fn show(bar: &ProgressBar, step: Progress) {
    bar.set_length(step.head.0);
    bar.set_position(step.position.0);
}

fn as_json(found: &Verified, commits: u64) -> Value {
    let tables = found.tables.iter().map(|table| {
        json!({"table": table.name, "rows": table.rows, "missing": table.missing, "unexpected": table.unexpected})
    });
    json!({
        "holds": found.holds(), "position": found.position, "commits": commits, "tables": tables.collect::<Vec<_>>(),
        "differences": found.differences.iter().map(ToString::to_string).collect::<Vec<_>>(),
    })
}
