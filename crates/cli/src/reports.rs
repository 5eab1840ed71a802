//! `traccia reports`: what is due and what is overdue, and what a month's report says, as the API answers it.

use std::process::ExitCode;

use clap::{Args, builder::PossibleValuesParser};
use jiff::civil::Date;
use traccia_domain::{ProjectId, time::Month};
use traccia_projections::reports::queries::STATES;

use crate::{
    Format, Place, answers,
    columns::Column,
    ordered::Json,
    output,
    read::{given, print, print_columns},
};

const REPORTS: &[Column] = &[
    ("project", "project"),
    ("month", "month"),
    ("state", "state"),
    ("due on", "due_on"),
    ("overdue", "overdue"),
    ("submitted at", "submitted"),
    ("accepted on", "acceptance.on"),
    ("act", "acceptance.act"),
];

/// Monthly reports: what is due, what is overdue, and what each says.
#[derive(Args)]
#[command(after_help = "\
Examples:
  traccia reports --project lombardia-mi
  traccia reports --overdue --on 2024-07-01 --csv
  traccia reports --state submitted
  traccia reports --project lombardia-mi --month 2024-03
  traccia reports --project lombardia-mi --month 2024-03 --known-at 4711 --json")]
pub(crate) struct Reports {
    #[command(flatten)]
    place: Place,
    /// Those of a project.
    #[arg(long, value_name = "J")]
    project: Option<ProjectId>,
    /// What one month's report says, YYYY-MM.
    #[arg(long, value_name = "MONTH", requires = "project", conflicts_with_all = ["overdue", "state"])]
    month: Option<Month>,
    /// Those that stand so.
    #[arg(long, value_parser = PossibleValuesParser::new(STATES))]
    state: Option<String>,
    /// Only those that are overdue.
    #[arg(long)]
    overdue: bool,
    /// The business day on which they are due or overdue, YYYY-MM-DD; the day of `--known-at` unless told.
    #[arg(long, value_name = "DAY")]
    on: Option<Date>,
    /// What the log knew: a position (4711) or an instant (2024-06-30T23:59:59+02:00). Now, unless told.
    #[arg(long, value_name = "X")]
    known_at: Option<String>,
    #[command(flatten)]
    format: Format,
}

impl Reports {
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        let on = self.on.map(|on| on.to_string());
        if let (Some(project), Some(month)) = (&self.project, self.month) {
            let path = format!("/v1/reports/{project}/{month}");
            let answer = answers::get(&self.place, &path, &given([("on", on), ("known_at", self.known_at)])).await?;
            return one(&answer, self.format);
        }
        let overdue = self.overdue.then(|| "true".to_owned());
        let project = self.project.map(|project| project.to_string());
        let query = given([
            ("project", project),
            ("state", self.state),
            ("overdue", overdue),
            ("on", on),
            ("known_at", self.known_at),
        ]);
        print_columns(&answers::list(&self.place, "/v1/reports", &query).await?, self.format, REPORTS)
    }
}

/// Prints one report: whole as JSON, else a line for each figure.
fn one(answer: &Json, format: Format) -> anyhow::Result<ExitCode> {
    if format.json {
        return print(answer, format);
    }
    let mut lines = Vec::new();
    for name in
        ["state", "due_on", "overdue", "submitted", "obstacles", "reason", "acceptances", "content", "content_hash"]
    {
        figures(name, answer.get(name), &mut lines);
    }
    if format.csv {
        print!("{}", output::csv(&lines)?);
    } else {
        print!("{}", output::table(&lines));
        println!("at position {}", answer.get("position"));
    }
    Ok(ExitCode::SUCCESS)
}

/// Each figure under its name; of a list each item is a line.
fn figures(name: &str, value: &Json, lines: &mut Vec<Json>) {
    match value {
        Json::Object(fields) => {
            fields.iter().for_each(|(field, value)| figures(&format!("{name}.{field}"), value, lines))
        }
        Json::List(items) => lines.extend(items.iter().map(|item| line(name, item))),
        Json::Null | Json::Truth(_) | Json::Whole(_) | Json::Number(_) | Json::Text(_) => lines.push(line(name, value)),
    }
}

fn line(name: &str, value: &Json) -> Json {
    let value = ("value".to_owned(), Json::Text(value.to_string()));
    Json::Object(vec![("figure".to_owned(), Json::Text(name.to_owned())), value])
}
