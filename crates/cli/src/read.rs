//! `traccia targets` and `traccia counting`: the same answers as the API, from the same queries.

use std::process::ExitCode;

use clap::Args;
use serde_json::{Value, json};

use crate::{Format, Place, answers, output};

/// Progress against targets.
#[derive(Args)]
pub(crate) struct Targets {
    #[command(flatten)]
    place: Place,
    /// The programme.
    #[arg(long, value_name = "P")]
    programme: String,
    /// One row for each: programme, province, project, point, semester or month.
    #[arg(long, default_value = "programme")]
    by: String,
    /// The business day to look at, YYYY-MM-DD.
    #[arg(long)]
    on: Option<String>,
    /// What the log knew at a position or an instant.
    #[arg(long, value_name = "X")]
    known_at: Option<String>,
    #[command(flatten)]
    format: Format,
}

impl Targets {
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        let query =
            [("programme", Some(self.programme)), ("by", Some(self.by)), ("on", self.on), ("known_at", self.known_at)];
        print(&answers::get(&self.place, "/v1/targets", &given(query)).await?, self.format, "items")
    }
}

/// The waterfall: from services recorded to citizens counted.
#[derive(Args)]
pub(crate) struct Counting {
    #[command(flatten)]
    place: Place,
    /// The programme.
    #[arg(long, value_name = "P")]
    programme: String,
    /// One project only.
    #[arg(long, value_name = "J")]
    project: Option<String>,
    /// One point only.
    #[arg(long, value_name = "T")]
    point: Option<String>,
    /// What the log knew at a position or an instant.
    #[arg(long, value_name = "X")]
    known_at: Option<String>,
    #[command(flatten)]
    format: Format,
}

impl Counting {
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        let query = [
            ("programme", Some(self.programme)),
            ("project", self.project),
            ("point", self.point),
            ("known_at", self.known_at),
        ];
        let answer = answers::get(&self.place, "/v1/counting", &given(query)).await?;
        if self.format.json || self.format.csv {
            return print(&answer, self.format, "");
        }
        print!("{}", output::table(&waterfall(&answer)));
        println!("at position {}", answer["position"]);
        Ok(ExitCode::SUCCESS)
    }
}

/// The waterfall as lines, in the order it is read.
fn waterfall(answer: &Value) -> Vec<Value> {
    let line = |name: &str, number: &Value| json!({"step": name, "number": number});
    let mut lines = vec![line("recorded", &answer["recorded"])];
    if let Some(excluded) = answer["excluded"].as_object() {
        lines.extend(excluded.iter().map(|(reason, number)| line(&format!("- {reason}"), number)));
    }
    for name in ["qualifying", "persons", "attributed_elsewhere", "claimed_elsewhere", "counted"] {
        lines.push(line(name, &answer[name]));
    }
    lines
}

fn given<const N: usize>(query: [(&'static str, Option<String>); N]) -> Vec<(&'static str, String)> {
    query.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

/// Prints an answer: whole as JSON, its list as columns or CSV.
fn print(answer: &Value, format: Format, list: &str) -> anyhow::Result<ExitCode> {
    let alone = [answer.clone()];
    let rows = answer[list].as_array().map_or(alone.as_slice(), Vec::as_slice);
    if format.json {
        println!("{}", serde_json::to_string_pretty(answer)?);
    } else if format.csv {
        print!("{}", output::csv(rows)?);
    } else if rows.is_empty() {
        println!("nothing yet, at position {}", answer["position"]);
    } else {
        print!("{}", output::table(rows));
        println!("at position {}, rules {}", answer["position"], answer["rules"]);
    }
    Ok(ExitCode::SUCCESS)
}
