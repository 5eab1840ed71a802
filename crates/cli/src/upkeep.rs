//! `traccia verify` and `traccia rebuild`: is every number what the log says, and make it so.

use std::{process::ExitCode, time::Duration};

use clap::Args;
use indicatif::ProgressBar;
use jiff::Timestamp;
use serde_json::{Value, json};
use traccia_application::{Reproduced, Unfounded, Unlike, reproduce};
use traccia_domain::Position;
use traccia_ledger::{Verified as Signed, verify_log};
use traccia_log::{AnyLog, Log as _, chain};
use traccia_projections::{
    Projections,
    answer::{KnownAt, Reader, Within},
    milestones::queries::{self, Disagreeing},
};
use traccia_projector::{Progress, Projection as _, Tables, Verified, rebuild, verify};

use crate::{
    bars::bar,
    installation::{Data, of_this_log},
    ledger,
    refused::Refused,
};

/// Folds the log again and compares every table, row by row, every certificate, sample, authorisation and payment batch, and the signed root. Exits 1 on any difference and names it.
#[derive(Args)]
#[command(after_help = "\
Examples:
  traccia verify --data traccia-data
  traccia verify --data traccia-data --known-at 4711 --json
  traccia verify --data traccia-data --known-at 2024-06-30T23:59:59+02:00")]
pub(crate) struct Verify {
    #[command(flatten)]
    data: Data,
    /// Compare as the log was known: at a position (4711) or an instant (2024-06-30T23:59:59+02:00). Now, unless told.
    #[arg(long, value_name = "X")]
    known_at: Option<KnownAt>,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

impl Verify {
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        let (log, tables) = self.data.look().await?;
        let up_to = position(self.known_at.unwrap_or_default(), &log, &tables).await?;
        let progress = bar(0).with_message("chain");
        let commits = chain::verify_chain(&*log).await?;
        progress.set_message("ledger");
        let ledger = ledger::of(&self.data.data, &log).await;
        let signed = match &ledger {
            Ok(ledger) => verify_log(&*log, ledger, |done| progress.set_position(done)).await?,
            // Without a key and without a ledger there is nothing to compare; a ledger without a key is another matter.
            Err(_) if !self.data.data.join("ledger").exists() => None,
            Err(error) => anyhow::bail!("{error:#}"),
        };
        progress.set_message("tables");
        let found = verify::<Projections, _>(&log, &tables, up_to, |step| show(&progress, step)).await?;
        let mut stated = disagreeing(&tables, found.position).await?;
        progress.set_message("money");
        let Reproduced { authorisations, others, batches, unfounded } = reproduce(&*log, found.position).await?;
        let unlike = |one: Unlike| Disagreeing {
            what: "authorisation".to_owned(),
            project: one.project,
            milestone: one.tranche,
            position: one.position.0,
        };
        stated.extend(others.into_iter().map(unlike));
        let not_it = |one: Unfounded| Disagreeing {
            what: "batch".to_owned(),
            project: one.programme,
            milestone: one.number.to_string(),
            position: one.position.0,
        };
        stated.extend(unfounded.into_iter().map(not_it));
        progress.finish_and_clear();
        if self.json {
            println!("{}", serde_json::to_string_pretty(&as_json(&found, &stated, signed.as_ref(), commits))?);
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
            for Disagreeing { what, project, milestone, position } in &stated {
                let of = if what == "batch" {
                    format!("{milestone} of programme")
                } else {
                    format!("of {milestone} of project")
                };
                println!("the {what} {of} {project}, at position {position}, is NOT what follows from the log");
            }
            if stated.is_empty() {
                println!(
                    "every certificate and sample states what the log froze; {authorisations} authorisations were decided and {batches} payment batches closed again"
                );
            }
            ledger::print(signed.as_ref());
        }
        let holds = found.holds() && stated.is_empty() && signed.is_none_or(|signed| signed.holds());
        Ok(if holds { ExitCode::SUCCESS } else { ExitCode::from(1) })
    }
}

/// Up to where to compare: an instant is the position that the reading calls find for it.
async fn position(known_at: KnownAt, log: &AnyLog, tables: &Tables) -> anyhow::Result<Option<Position>> {
    let instant = match known_at {
        KnownAt::Now => return Ok(None),
        KnownAt::Position(position) => return Ok(Some(position)),
        KnownAt::Instant(instant) => instant,
    };
    if instant > Timestamp::now() {
        return Err(Refused::new("known_at is an instant that has not come yet".to_owned()).into());
    }
    // Tables that are behind the log would place the instant too early.
    let head = log.head().await?;
    let reader = Reader::open(tables, known_at, Some(head), Duration::ZERO, Within::everything()).await?;
    Ok(Some(reader.position()))
}

/// Builds the read models anew beside the old ones, then switches. Readers never see half.
#[derive(Args)]
#[command(after_help = "\
Examples:
  traccia rebuild --data traccia-data
  traccia rebuild --data traccia-data counting unit")]
pub(crate) struct Rebuild {
    #[command(flatten)]
    data: Data,
    /// Go on although the read models in place were built from another log: they are replaced.
    #[arg(long)]
    other_log: bool,
    /// Names of projections, or of tables as `verify` prints them. All are built in one pass, so that every answer stands
    /// at one position: names only say what has to be there.
    names: Vec<String>,
}

impl Rebuild {
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        let tables: Vec<&str> = Projections::tables().iter().map(|table| table.name).collect();
        for name in &self.names {
            anyhow::ensure!(
                Projections::NAMES.contains(&name.as_str()) || tables.contains(&name.as_str()),
                "there is no projection or table {name}; there are the projections {} and the tables {}",
                Projections::NAMES.join(", "),
                tables.join(", ")
            );
        }
        let _lock = self.data.lock(true)?;
        let (log, tables) = self.data.look().await?;
        if !self.other_log {
            of_this_log(&log, &tables).await?;
        }
        let progress = bar(0).with_message("rebuilding");
        let reached = rebuild::<Projections, _>(&log, &tables, |step| show(&progress, step)).await?;
        progress.finish_and_clear();
        println!("built anew up to position {}", reached.position);
        Ok(ExitCode::SUCCESS)
    }
}

/// What was certified and sampled, and is not what the fold had frozen. `milestone` is the tranche of an authorisation.
async fn disagreeing(tables: &Tables, position: Position) -> anyhow::Result<Vec<Disagreeing>> {
    let at = KnownAt::Position(position);
    let reader = Reader::open(tables, at, None, Duration::ZERO, Within::everything()).await?;
    Ok(queries::disagreeing(&reader).await?)
}

fn show(bar: &ProgressBar, step: Progress) {
    bar.set_length(step.head.0);
    bar.set_position(step.position.0);
}

fn as_json(found: &Verified, stated: &[Disagreeing], signed: Option<&Signed>, commits: u64) -> Value {
    let tables = found.tables.iter().map(|table| {
        json!({"table": table.name, "rows": table.rows, "missing": table.missing, "unexpected": table.unexpected})
    });
    let evidence = stated.iter().map(
        |said| json!({"what": said.what, "project": said.project, "of": said.milestone, "position": said.position}),
    );
    json!({
        "holds": found.holds() && stated.is_empty() && signed.is_none_or(Signed::holds), "evidence": evidence.collect::<Vec<_>>(), "ledger": ledger::as_json(signed), "position": found.position, "commits": commits, "tables": tables.collect::<Vec<_>>(),
        "differences": found.differences.iter().map(ToString::to_string).collect::<Vec<_>>(),
    })
}
