//! `traccia regis`, `traccia controls` and `traccia ocds`: files for the plan's register, for an audit and for everybody, as
//! the API gives them.

use std::{path::PathBuf, process::ExitCode};

use anyhow::Context as _;
use clap::Args;
use jiff::civil::Date;

use crate::{
    Format, Place, answers,
    read::{given, print},
};

/// The values of the plan's register (ReGiS) by CUP, in the layout of its public file; or that file beside our own numbers.
#[derive(Args)]
#[command(after_help = "\
Examples:
  traccia regis --programme lombardia --on 2025-03-31 > indicatori.csv
  traccia regis --programme lombardia --on 2025-03-31 --known-at 4711
  traccia regis --programme lombardia --compare indicatori_target_2025-03-31.csv
  traccia regis --programme lombardia --on 2025-03-31 --compare indicatori_target_2025-03-31.csv --csv")]
pub(crate) struct Regis {
    #[command(flatten)]
    place: Place,
    /// The programme; all, unless told.
    #[arg(long, value_name = "P")]
    programme: Option<String>,
    /// The business day, YYYY-MM-DD; the day of `--known-at` unless told.
    #[arg(long, value_name = "DAY")]
    on: Option<Date>,
    /// The register's file of indicators, to be put beside our numbers: equal, different by n, missing here, missing there.
    #[arg(long, value_name = "FILE")]
    compare: Option<PathBuf>,
    /// What the log knew: a position (4711) or an instant (2024-06-30T23:59:59+02:00). Now, unless told.
    #[arg(long, value_name = "X")]
    known_at: Option<String>,
    #[command(flatten)]
    format: Format,
}

impl Regis {
    /// Ends with 1 where the two differ, as every comparison does.
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        let on = self.on.map(|on| on.to_string());
        let query = given([("programme", self.programme), ("on", on), ("known_at", self.known_at)]);
        let Some(compare) = self.compare else {
            print!("{}", answers::text(&self.place, "/v1/exports/regis", &query).await?);
            return Ok(ExitCode::SUCCESS);
        };
        let file = std::fs::read(&compare).with_context(|| format!("{}", compare.display()))?;
        let answer = answers::about(&self.place, "/v1/exports/regis/differences", &query, file).await?;
        let [equal, different, missing_here, missing_there] =
            ["equal", "different", "missing_here", "missing_there"].map(|name| answer.get(name).to_string());
        print(&answer, self.format)?;
        if !self.format.json && !self.format.csv {
            println!(
                "{equal} equal, {different} different, {missing_here} missing here, {missing_there} missing there"
            );
        }
        let agrees = [different, missing_here, missing_there].iter().all(|count| count == "0");
        Ok(if agrees { ExitCode::SUCCESS } else { ExitCode::from(1) })
    }
}

/// The register of controls of a programme: who checked what, when, with which outcome.
#[derive(Args)]
#[command(after_help = "\
Examples:
  traccia controls --programme lombardia
  traccia controls --programme lombardia --known-at 4711 --csv > controlli.csv")]
pub(crate) struct Controls {
    #[command(flatten)]
    place: Place,
    /// The programme.
    #[arg(long, value_name = "P")]
    programme: String,
    /// What the log knew: a position (4711) or an instant (2024-06-30T23:59:59+02:00). Now, unless told.
    #[arg(long, value_name = "X")]
    known_at: Option<String>,
    #[command(flatten)]
    format: Format,
}

impl Controls {
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        let query = [("programme", Some(self.programme)), ("known_at", self.known_at)];
        print(&answers::list(&self.place, "/v1/exports/controls", &given(query)).await?, self.format)
    }
}

/// Grants, milestones and payments of a programme as other public bodies read them: an OCDS 1.1 release package, in JSON.
#[derive(Args)]
#[command(after_help = "\
Examples:
  traccia ocds --programme lombardia > ocds.json
  traccia ocds --programme lombardia --known-at 4711")]
pub(crate) struct Ocds {
    #[command(flatten)]
    place: Place,
    /// The programme.
    #[arg(long, value_name = "P")]
    programme: String,
    /// What the log knew: a position (4711) or an instant (2024-06-30T23:59:59+02:00). Now, unless told.
    #[arg(long, value_name = "X")]
    known_at: Option<String>,
}

impl Ocds {
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        let query = [("programme", Some(self.programme)), ("known_at", self.known_at)];
        println!("{}", answers::text(&self.place, "/v1/exports/ocds", &given(query)).await?);
        Ok(ExitCode::SUCCESS)
    }
}
