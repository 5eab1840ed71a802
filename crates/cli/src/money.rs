//! `traccia tranches`, `traccia exposures` and `traccia payments`: public money, by the same answers as the API.

use std::{path::PathBuf, process::ExitCode};

use anyhow::Context as _;
use clap::{Args, Subcommand, builder::PossibleValuesParser};
use jiff::civil::Date;
use serde_json::Value;
use traccia_domain::tranche::State;
use traccia_projections::tranches::queries::EXPOSURE_STATES;

use crate::{
    Format, Place, answers,
    read::{given, print},
    remote::Remote,
};

/// Tranches: planned, payable, withheld; how each stands, on what evidence, what holds it back.
#[derive(Args)]
#[command(after_help = "\
Examples:
  traccia tranches --programme lombardia --state due
  traccia tranches --project lombardia-mi --json
  traccia tranches --programme lombardia --known-at 4711 --csv")]
pub(crate) struct Tranches {
    #[command(flatten)]
    place: Place,
    /// Those of a programme.
    #[arg(long, value_name = "P")]
    programme: Option<String>,
    /// Those of a project.
    #[arg(long, value_name = "J")]
    project: Option<String>,
    /// Those that stand so.
    #[arg(long, value_parser = PossibleValuesParser::new(State::ALL.map(State::as_str)))]
    state: Option<String>,
    /// The business day on which they are due or not, YYYY-MM-DD; the day of `--known-at` unless told.
    #[arg(long, value_name = "DAY")]
    on: Option<Date>,
    /// What the log knew: a position (4711) or an instant (2024-06-30T23:59:59+02:00). Now, unless told.
    #[arg(long, value_name = "X")]
    known_at: Option<String>,
    #[command(flatten)]
    format: Format,
}

impl Tranches {
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        let query = [
            ("programme", self.programme),
            ("project", self.project),
            ("state", self.state),
            ("on", self.on.map(|on| on.to_string())),
            ("known_at", self.known_at),
        ];
        print(&answers::list(&self.place, "/v1/tranches", &given(query)).await?, self.format)
    }
}

/// Money authorised that no longer rests on enough units, and the commits that made it so.
#[derive(Args)]
#[command(after_help = "\
Examples:
  traccia exposures --state open
  traccia exposures --project lombardia-mi --json")]
pub(crate) struct Exposures {
    #[command(flatten)]
    place: Place,
    /// Those of a project.
    #[arg(long, value_name = "J")]
    project: Option<String>,
    /// Those that stand so.
    #[arg(long, value_parser = PossibleValuesParser::new(EXPOSURE_STATES))]
    state: Option<String>,
    /// What the log knew: a position (4711) or an instant (2024-06-30T23:59:59+02:00). Now, unless told.
    #[arg(long, value_name = "X")]
    known_at: Option<String>,
    #[command(flatten)]
    format: Format,
}

impl Exposures {
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        let query = [("project", self.project), ("state", self.state), ("known_at", self.known_at)];
        print(&answers::list(&self.place, "/v1/exposures", &given(query)).await?, self.format)
    }
}

/// Payment orders for the bank, and what it did with them.
#[derive(Args)]
pub(crate) struct Payments {
    #[command(subcommand)]
    call: PaymentsCall,
}

#[derive(Subcommand)]
enum PaymentsCall {
    /// Every payment that was ordered and that the bank has not answered.
    Orders(Orders),
    /// Take in what the bank did, from a CSV with order, paid_on and reference, or order and failed.
    Confirm(Confirm),
}

/// Every payment that was ordered and that the bank has not answered. Asked again it is the same.
#[derive(Args)]
#[command(after_help = "\
Examples:
  traccia payments orders --programme lombardia > pagamenti.csv
  traccia payments orders --programme lombardia --pain001 > pagamenti.xml")]
struct Orders {
    #[command(flatten)]
    place: Place,
    /// Those of a programme.
    #[arg(long, value_name = "P")]
    programme: Option<String>,
    /// As an ISO 20022 message, pain.001.001.09.
    #[arg(long, conflicts_with = "json")]
    pain001: bool,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

/// Takes in what the bank did with the orders. The same file again adds nothing.
#[derive(Args)]
#[command(after_help = "\
Examples:
  traccia payments confirm esiti.csv --url http://127.0.0.1:8172 --token treasurer.token")]
struct Confirm {
    #[command(flatten)]
    place: Place,
    /// The file.
    file: PathBuf,
    /// The answer as JSON.
    #[arg(long)]
    json: bool,
}

impl Payments {
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        match self.call {
            PaymentsCall::Orders(call) => call.run().await,
            PaymentsCall::Confirm(call) => call.run().await,
        }
    }
}

impl Orders {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let format = if self.pain001 { "pain001" } else { "csv" };
        let format = if self.json { "json" } else { format };
        let query = given([("programme", self.programme), ("format", Some(format.to_owned()))]);
        print!("{}", answers::text(&self.place, "/v1/payments/orders", &query).await?);
        Ok(ExitCode::SUCCESS)
    }
}

impl Confirm {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let name = self.file.display();
        let file = std::fs::read(&self.file).with_context(|| format!("the file {name}"))?;
        let remote = Remote::of(&self.place)?;
        let remote = remote.context("this needs a running server: --url, or TRACCIA_URL")?;
        let response = remote.post("/v1/payments/confirmations", "text/csv", file.into()).await?;
        let answer: Value = serde_json::from_str(&response.text().await?).context("the server's answer is not JSON")?;
        if self.json {
            println!("{}", serde_json::to_string_pretty(&answer)?);
        } else {
            for field in ["rows", "confirmed", "failed", "already", "rejected"] {
                println!("{field}: {}", answer[field]);
            }
            for line in answer["lines"].as_array().into_iter().flatten().filter(|line| line["code"].is_string()) {
                println!("row {}: {}", line["row"], line["code"].as_str().unwrap_or_default());
            }
        }
        Ok(if answer["rejected"] == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) })
    }
}
