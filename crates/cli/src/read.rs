//! `traccia targets`, `milestones`, `links`, `findings` and `expenses`: the same answers as the API, from the same queries.

use std::process::ExitCode;

use clap::{Args, builder::PossibleValuesParser};
use jiff::civil::Date;
use traccia_projections::{counting::queries::STATES, findings::queries::Kind, targets::queries::Scope};

use crate::{
    Format, Place, answers,
    columns::{self, Column},
    ordered::Json,
    output,
};

/// Progress against targets.
#[derive(Args)]
#[command(after_help = "\
Examples:
  traccia targets --programme lombardia --by province
  traccia targets --programme lombardia --by project --known-at 4711
  traccia targets --programme lombardia --by month --known-at 2024-06-30T23:59:59+02:00 --csv
  traccia targets --programme lombardia --on 2023-12-31")]
pub(crate) struct Targets {
    #[command(flatten)]
    place: Place,
    /// The programme.
    #[arg(long, value_name = "P")]
    programme: String,
    /// What the rows are.
    #[arg(long, default_value = "programme", value_parser = PossibleValuesParser::new(Scope::ALL.map(Scope::as_str)))]
    by: String,
    /// The business day to look at, YYYY-MM-DD; the day of `--known-at` unless told.
    #[arg(long, value_name = "DAY")]
    on: Option<Date>,
    /// What the log knew: a position (4711) or an instant (2024-06-30T23:59:59+02:00). Now, unless told.
    #[arg(long, value_name = "X")]
    known_at: Option<String>,
    #[command(flatten)]
    format: Format,
}

impl Targets {
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        let on = self.on.map(|on| on.to_string());
        let query =
            [("programme", Some(self.programme)), ("by", Some(self.by)), ("on", on), ("known_at", self.known_at)];
        print(&answers::list(&self.place, "/v1/targets", &given(query)).await?, self.format)
    }
}

/// What milestones need, how far projects are, what was claimed and certified.
#[derive(Args)]
#[command(after_help = "\
Examples:
  traccia milestones --programme lombardia
  traccia milestones --project lombardia-mi --known-at 4711 --json
  traccia milestones --project lombardia-mi --units M1 --csv
  traccia milestones --project lombardia-mi --units M1 --drawn")]
pub(crate) struct Milestones {
    #[command(flatten)]
    place: Place,
    /// Those of a programme.
    #[arg(long, value_name = "P")]
    programme: Option<String>,
    /// Those of a project.
    #[arg(long, value_name = "J")]
    project: Option<String>,
    /// The units that the latest claim of a milestone froze, by its id.
    #[arg(long, value_name = "M", requires = "project", conflicts_with_all = ["programme", "on"])]
    units: Option<String>,
    /// Of those units only the ones that its sample drew, each with what was found.
    #[arg(long, requires = "units")]
    drawn: bool,
    /// The business day to look at, YYYY-MM-DD; the day of `--known-at` unless told.
    #[arg(long, value_name = "DAY")]
    on: Option<Date>,
    /// What the log knew: a position (4711) or an instant (2024-06-30T23:59:59+02:00). Now, unless told.
    #[arg(long, value_name = "X")]
    known_at: Option<String>,
    #[command(flatten)]
    format: Format,
}

impl Milestones {
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        let path = if self.units.is_some() { "/v1/milestones/units" } else { "/v1/milestones" };
        let query = [
            ("programme", self.programme),
            ("project", self.project),
            ("milestone", self.units),
            ("drawn", self.drawn.then(|| "true".to_owned())),
            ("on", self.on.map(|on| on.to_string())),
            ("known_at", self.known_at),
        ];
        let columns = if path.ends_with("/units") { UNITS } else { MILESTONES };
        print_columns(&answers::list(&self.place, path, &given(query)).await?, self.format, columns)
    }
}

const MILESTONES: &[Column] = &[
    ("project", "project"),
    ("milestone", "milestone"),
    ("deadline", "deadline"),
    ("state", "state"),
    ("points", "points.reached"),
    ("needed", "points.needed"),
    ("citizens", "citizens.counted"),
    ("needed", "citizens.needed"),
    ("at risk", "citizens.at_risk"),
    ("forecast", "pace.forecast"),
    ("claimed at", "claim.position"),
    ("certified at", "certificate.position"),
];

const UNITS: &[Column] = &[
    ("place", "place"),
    ("person", "person"),
    ("service", "service"),
    ("on", "occurred_on"),
    ("point", "point"),
    ("holds", "holds"),
];

/// Pairs of records that may be, are, or were held to be one person's.
#[derive(Args)]
#[command(after_help = "\
Examples:
  traccia links
  traccia links --state break_proposed --json
  traccia links --state linked --known-at 4711 --csv")]
pub(crate) struct Links {
    #[command(flatten)]
    place: Place,
    /// How they stand.
    #[arg(long, default_value = "proposed", value_parser = PossibleValuesParser::new(STATES))]
    state: String,
    /// What the log knew: a position (4711) or an instant (2024-06-30T23:59:59+02:00). Now, unless told.
    #[arg(long, value_name = "X")]
    known_at: Option<String>,
    #[command(flatten)]
    format: Format,
}

impl Links {
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        let query = [("state", Some(self.state)), ("known_at", self.known_at)];
        print_columns(&answers::list(&self.place, "/v1/links", &given(query)).await?, self.format, LINKS)
    }
}

const LINKS: &[Column] = &[
    ("one", "one.citizen"),
    ("document", "one.document"),
    ("other", "other.citizen"),
    ("document", "other.document"),
    ("state", "state"),
    ("last", "last.event"),
    ("by", "last.subject"),
    ("at", "last.said_at"),
];

/// What an auditor would look at first. It accuses nobody and changes no count.
#[derive(Args)]
#[command(after_help = "\
Examples:
  traccia findings --programme lombardia
  traccia findings --project lombardia-mi --kind same_minute --known-at 4711 --csv
  traccia findings --open minutes_of_a_day.anna.2024-03-05 --json")]
pub(crate) struct Findings {
    #[command(flatten)]
    place: Place,
    /// Those of a programme.
    #[arg(long, value_name = "P")]
    programme: Option<String>,
    /// Those of a project.
    #[arg(long, value_name = "J")]
    project: Option<String>,
    /// Those of a kind.
    #[arg(long, value_parser = PossibleValuesParser::new(Kind::ALL.map(Kind::as_str)))]
    kind: Option<String>,
    /// The services of one, by its id.
    #[arg(long, value_name = "ID", conflicts_with_all = ["programme", "project", "kind"])]
    open: Option<String>,
    /// What the log knew: a position (4711) or an instant (2024-06-30T23:59:59+02:00). Now, unless told.
    #[arg(long, value_name = "X")]
    known_at: Option<String>,
    #[command(flatten)]
    format: Format,
}

impl Findings {
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        let path = if self.open.is_some() { "/v1/findings/services" } else { "/v1/findings" };
        let query = [
            ("finding", self.open),
            ("programme", self.programme),
            ("project", self.project),
            ("kind", self.kind),
            ("known_at", self.known_at),
        ];
        print(&answers::list(&self.place, path, &given(query)).await?, self.format)
    }
}

/// A project's expenses: lines, caps, headroom; or a programme's: the caps of its projects and of the measure.
#[derive(Args)]
#[command(after_help = "\
Examples:
  traccia expenses --project lombardia-mi
  traccia expenses --project lombardia-mi --caps
  traccia expenses --programme lombardia
  traccia expenses --programme lombardia --caps
  traccia expenses --project lombardia-mi --known-at 4711 --csv")]
pub(crate) struct Expenses {
    #[command(flatten)]
    place: Place,
    /// The project.
    #[arg(long, value_name = "J", required_unless_present = "programme", conflicts_with = "programme")]
    project: Option<String>,
    /// The programme: the caps of its projects, in place of lines.
    #[arg(long, value_name = "P")]
    programme: Option<String>,
    /// How far the caps of each item reach, in place of the lines; of a programme, those of the measure.
    #[arg(long, conflicts_with = "json")]
    caps: bool,
    /// What the log knew: a position (4711) or an instant (2024-06-30T23:59:59+02:00). Now, unless told.
    #[arg(long, value_name = "X")]
    known_at: Option<String>,
    #[command(flatten)]
    format: Format,
}

impl Expenses {
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        let caps = if self.programme.is_some() { "measure" } else { "caps" };
        let query = [("project", self.project), ("programme", self.programme), ("known_at", self.known_at)];
        let answer = answers::list(&self.place, "/v1/expenses", &given(query)).await?;
        if !self.caps {
            return print(&answer, self.format);
        }
        let field = |name: &str| (name.to_owned(), answer.get(name).clone());
        let caps = ("items".to_owned(), answer.get(caps).clone());
        print(&Json::Object(vec![field("position"), field("rules"), caps]), self.format)
    }
}

/// What of a query is given.
pub(crate) fn given<const N: usize>(query: [(&'static str, Option<String>); N]) -> Vec<(&'static str, String)> {
    query.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

/// Prints an answer: whole as JSON or CSV, its list for people as some columns of it.
pub(crate) fn print_columns(answer: &Json, format: Format, columns: &[Column]) -> anyhow::Result<ExitCode> {
    let rows = answer.get("items").items().unwrap_or_default();
    if format.json || format.csv || rows.is_empty() {
        return print(answer, format);
    }
    let (table, cut) = columns::table(rows, columns);
    print!("{table}");
    println!("at position {}, rules {}", answer.get("position"), answer.get("rules"));
    if cut {
        eprintln!("what ends with … is cut: --csv and --json have all of it, and every field");
    }
    Ok(ExitCode::SUCCESS)
}

/// Prints an answer: whole as JSON, its list as columns or CSV.
pub(crate) fn print(answer: &Json, format: Format) -> anyhow::Result<ExitCode> {
    let rows = answer.get("items").items().unwrap_or_default();
    if format.json {
        println!("{}", serde_json::to_string_pretty(answer)?);
    } else if rows.is_empty() {
        // Standard output holds rows only: an empty file would say nothing.
        eprintln!("there are no such rows at position {}", answer.get("position"));
    } else if format.csv {
        print!("{}", output::csv(rows)?);
    } else {
        print!("{}", output::table(rows));
        println!("at position {}, rules {}", answer.get("position"), answer.get("rules"));
    }
    Ok(ExitCode::SUCCESS)
}
