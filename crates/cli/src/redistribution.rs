//! `traccia redistribution`: what a redistribution by pace would be, by the same answer as the API.

use std::process::ExitCode;

use clap::Args;
use jiff::civil::Date;

use crate::{
    Format, Place, answers,
    read::{given, print},
};

/// A redistribution by pace: where each project will be, and what it would have. Nothing is adopted.
#[derive(Args)]
#[command(after_help = "\
Examples:
  traccia redistribution --programme lombardia
  traccia redistribution --programme lombardia --json   # `proposal` is the body of AdoptRedistribution
  traccia redistribution --programme lombardia --known-at 4711 --csv")]
pub(crate) struct Redistribution {
    #[command(flatten)]
    place: Place,
    /// The programme.
    #[arg(long, value_name = "P")]
    programme: String,
    /// The business day that the last four weeks end with, YYYY-MM-DD; the day of `--known-at` unless told.
    #[arg(long, value_name = "DAY")]
    on: Option<Date>,
    /// What the log knew: a position (4711) or an instant (2024-06-30T23:59:59+02:00). Now, unless told.
    #[arg(long, value_name = "X")]
    known_at: Option<String>,
    #[command(flatten)]
    format: Format,
}

impl Redistribution {
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        let query = [
            ("programme", Some(self.programme)),
            ("on", self.on.map(|on| on.to_string())),
            ("known_at", self.known_at),
        ];
        print(&answers::list(&self.place, "/v1/redistributions/proposal", &given(query)).await?, self.format)
    }
}
