//! `traccia tranches` and `traccia exposures`: public money, by the same answers as the API.

use std::process::ExitCode;

use clap::{Args, builder::PossibleValuesParser};
use jiff::civil::Date;
use traccia_domain::tranche::State;
use traccia_projections::tranches::queries::EXPOSURE_STATES;

use crate::{
    Format, Place, answers,
    columns::Column,
    read::{given, print_columns},
};

const TRANCHES: &[Column] = &[
    ("project", "project"),
    ("tranche", "tranche"),
    ("released by", "trigger"),
    ("state", "state"),
    ("planned", "planned"),
    ("amount", "amount"),
    ("would expose", "foreseen_exposure"),
    ("ordered on", "order.ordered_on"),
    ("paid on", "order.paid_on"),
    ("blocked by", "blocked"),
];

const EXPOSURES: &[Column] = &[
    ("exposure", "exposure"),
    ("project", "project"),
    ("tranche", "tranche"),
    ("state", "state"),
    ("amount", "amount"),
    ("settled", "settled"),
    ("opened at", "opened_at"),
    ("decided on", "decided.on"),
    ("act", "act"),
];

/// Tranches: planned, payable, withheld; how each stands, on what evidence, what holds it back. As CSV each is a line, always
/// with the same columns, as the API has them.
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
        let answer = answers::list(&self.place, "/v1/tranches", &given(query)).await?;
        let tranches = answer.get("items").items().unwrap_or_default();
        if !self.format.csv || tranches.is_empty() {
            return print_columns(&answer, self.format, TRANCHES);
        }
        let tranches = tranches.iter().map(serde_json::to_value).collect::<Result<Vec<_>, _>>()?;
        let table = traccia_web::tranche_table(&tranches).map_err(|error| anyhow::anyhow!(error))?;
        print!("{}", String::from_utf8(table)?);
        Ok(ExitCode::SUCCESS)
    }
}

/// Money authorised that no longer rests on enough units, and the commits that made it so.
#[derive(Args)]
#[command(after_help = "\
Examples:
  traccia exposures --state open
  traccia exposures --project lombardia-mi --known-at 4711 --json")]
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
        print_columns(&answers::list(&self.place, "/v1/exposures", &given(query)).await?, self.format, EXPOSURES)
    }
}
