//! `traccia counting`, `traccia difference` and `traccia citizen`: why a number is what it is, as the API says it.

use std::process::ExitCode;

use clap::{Args, builder::PossibleValuesParser};
use jiff::civil::Date;
use traccia_domain::RecordId;
use traccia_projections::{
    counting::{
        Reason,
        queries::{Judged, Persons},
    },
    milestones::queries::Standing,
    reports::queries::{Adjustment, Line},
};

use crate::{
    Format, Place, answers,
    ordered::Json,
    output,
    read::{given, print},
};

/// The waterfall: from services recorded to citizens counted.
#[derive(Args)]
#[command(after_help = "\
Examples:
  traccia counting --programme lombardia
  traccia counting --project lombardia-mi --known-at 4711
  traccia counting --point mi-0042
  traccia counting --programme lombardia --province MI
  traccia counting --programme lombardia --behind duplicate --csv
  traccia counting --project lombardia-mi --behind recorded --kind reception --since 2024-03-01 --through 2024-03-31
  traccia counting --project lombardia-mi --report 2024-03 --behind lost --json
  traccia counting --project lombardia-mi --report 2024-04 --adjustment late --behind recorded
  traccia counting --project lombardia-mi --milestone M1 --behind waiting
  traccia counting --programme lombardia --json")]
pub(crate) struct Counting {
    #[command(flatten)]
    place: Place,
    /// A programme.
    #[arg(long, value_name = "P", required_unless_present_any = ["project", "point"])]
    programme: Option<String>,
    /// One province of it, by its code.
    #[arg(long, value_name = "MI")]
    province: Option<String>,
    /// A project.
    #[arg(long, value_name = "J")]
    project: Option<String>,
    /// A point.
    #[arg(long, value_name = "T")]
    point: Option<String>,
    /// Open a line into its list: `recorded`, a reason, `qualifying`, `persons`, `attributed_elsewhere`, `counted`; also
    /// `at_risk`. Of a milestone: `counted`, `waiting`, `at_risk`; of a report: `previous`, `new`, `adjusted`, `lost`,
    /// `counted`, `first_seen`.
    #[arg(long, value_name = "LINE", value_parser = behind)]
    behind: Option<Behind>,
    /// Of a list: its days from this one on, YYYY-MM-DD.
    #[arg(long, value_name = "DAY", requires = "behind")]
    since: Option<Date>,
    /// Of a list: its days up to this one, YYYY-MM-DD.
    #[arg(long, value_name = "DAY", requires = "behind")]
    through: Option<Date>,
    /// Of a list of services: those of a kind, as `reception`.
    #[arg(long, value_name = "KIND", requires = "behind")]
    kind: Option<String>,
    /// Open a figure of this milestone of the project.
    #[arg(long, value_name = "M", requires_all = ["behind", "project"])]
    milestone: Option<String>,
    /// The business day that the milestone is looked at, YYYY-MM-DD; the day of `--known-at` unless told.
    #[arg(long, value_name = "DAY", requires = "milestone")]
    on: Option<Date>,
    /// Open a line of the project's report of this month, YYYY-MM.
    #[arg(long, value_name = "MONTH", requires_all = ["behind", "project"])]
    report: Option<String>,
    /// Of a list of services: those of earlier months that the report takes in, `late` or `voided`.
    #[arg(long, value_name = "WHICH", requires_all = ["behind", "report"], value_parser = adjustments())]
    adjustment: Option<String>,
    /// What the log knew: a position (4711) or an instant (2024-06-30T23:59:59+02:00). Now, unless told.
    #[arg(long, value_name = "X")]
    known_at: Option<String>,
    #[command(flatten)]
    format: Format,
}

impl Counting {
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        let query = [
            ("programme", self.programme),
            ("province", self.province),
            ("project", self.project),
            ("point", self.point),
            ("known_at", self.known_at),
        ];
        if let Some(behind) = self.behind {
            let (path, line) = match behind {
                Behind::Services(judged) => ("/v1/counting/services", ("judged", judged.as_str().to_owned())),
                Behind::Persons(persons) => ("/v1/counting/persons", ("persons", persons.to_owned())),
            };
            let narrowed = [
                ("since", self.since.map(|day| day.to_string())),
                ("through", self.through.map(|day| day.to_string())),
                ("kind", self.kind),
                ("milestone", self.milestone),
                ("on", self.on.map(|on| on.to_string())),
                ("report", self.report),
                ("adjustment", self.adjustment),
            ];
            let query = [given(query), given(narrowed), vec![line]].concat();
            return print(&answers::list(&self.place, path, &query).await?, self.format);
        }
        let answer = answers::get(&self.place, "/v1/counting", &given(query)).await?;
        if self.format.json {
            return print(&answer, self.format);
        }
        let lines = waterfall(&answer);
        if self.format.csv {
            print!("{}", output::csv(&lines)?);
        } else {
            print!("{}", output::table(&lines));
            println!("at position {}", answer.get("position"));
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn adjustments() -> PossibleValuesParser {
    PossibleValuesParser::new(Adjustment::ALL.map(Adjustment::as_str))
}

/// A list behind a line of the waterfall.
#[derive(Clone, Copy, Debug)]
enum Behind {
    Services(Judged),
    Persons(&'static str),
}

/// The list behind a line, by the name that the waterfall gives the line.
fn behind(line: &str) -> Result<Behind, String> {
    let persons = match line {
        "persons" => Some(Persons::Distinct.as_str()),
        "attributed_elsewhere" => Some(Persons::Elsewhere.as_str()),
        "claimed_elsewhere" => Some(Persons::Claimed.as_str()),
        "counted" => Some(Persons::Counted.as_str()),
        "at_risk" => Some(Persons::AtRisk.as_str()),
        other => Standing::named(other).map(Standing::as_str).or_else(|| Line::named(other).map(Line::as_str)),
    };
    let found = persons.map(Behind::Persons).or_else(|| Judged::named(line).map(Behind::Services));
    found.ok_or_else(|| {
        let reasons = Reason::ALL.map(Reason::as_str).join(", ");
        format!("a line is recorded, qualifying, persons, attributed_elsewhere, claimed_elsewhere, counted, at_risk, or one of {reasons}")
    })
}

/// The waterfall as lines, in the order it is read.
fn waterfall(answer: &Json) -> Vec<Json> {
    let line = |name: &str, number: &Json| {
        Json::Object(vec![("step".into(), Json::Text(name.into())), ("number".into(), number.clone())])
    };
    let mut lines = vec![line("recorded", answer.get("recorded"))];
    let excluded = answer.get("excluded");
    // In the order in which reasons are looked at: the first that applies is a service's.
    lines.extend(
        Reason::ALL.iter().map(|reason| line(&format!("- {}", reason.as_str()), excluded.get(reason.as_str()))),
    );
    for name in ["qualifying", "persons", "attributed_elsewhere", "claimed_elsewhere", "counted"] {
        lines.push(line(name, answer.get(name)));
    }
    lines
}

/// Two positions compared: citizens gained and lost, each with the commit that caused it.
#[derive(Args)]
#[command(after_help = "\
Examples:
  traccia difference --programme lombardia --from 4711
  traccia difference --project lombardia-mi --from 4711 --to 4800 --csv
  traccia difference --programme lombardia --province MI --from 2024-06-30T23:59:59+02:00 --json")]
pub(crate) struct Difference {
    #[command(flatten)]
    place: Place,
    /// The earlier: a position (4711) or an instant (2024-06-30T23:59:59+02:00).
    #[arg(long, value_name = "X")]
    from: String,
    /// The later. Now, unless told.
    #[arg(long, value_name = "X")]
    to: Option<String>,
    /// The programme.
    #[arg(long, value_name = "P", required_unless_present_any = ["project", "point"])]
    programme: Option<String>,
    /// One province of it only, by its code.
    #[arg(long, value_name = "MI", requires = "programme")]
    province: Option<String>,
    /// One project only.
    #[arg(long, value_name = "J")]
    project: Option<String>,
    /// One point only.
    #[arg(long, value_name = "T")]
    point: Option<String>,
    #[command(flatten)]
    format: Format,
}

impl Difference {
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        let query = [
            ("from", Some(self.from)),
            ("known_at", self.to),
            ("programme", self.programme),
            ("province", self.province),
            ("project", self.project),
            ("point", self.point),
        ];
        let answer = answers::list(&self.place, "/v1/counting/difference", &given(query)).await?;
        if !self.format.json && !self.format.csv {
            let counted = answer.get("counted");
            println!(
                "{} counted at position {}, {} at position {}: {} gained, {} lost",
                counted.get("before"),
                answer.get("from"),
                counted.get("after"),
                answer.get("to"),
                answer.get("gained"),
                answer.get("lost"),
            );
        }
        print(&answer, self.format)
    }
}

/// A person: where they are counted and why, and what would count next.
#[derive(Args)]
#[command(after_help = "\
Examples:
  traccia citizen 00000000000000000000000000000000
  traccia citizen 00000000000000000000000000000000 --known-at 4711 --json")]
pub(crate) struct Citizen {
    #[command(flatten)]
    place: Place,
    /// Any of the person's records.
    #[arg(value_name = "ID")]
    id: RecordId,
    /// What the log knew: a position (4711) or an instant (2024-06-30T23:59:59+02:00). Now, unless told.
    #[arg(long, value_name = "X")]
    known_at: Option<String>,
    /// As JSON, as the API answers.
    #[arg(long)]
    json: bool,
}

impl Citizen {
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        let path = format!("/v1/citizens/{}", self.id);
        let answer = answers::get(&self.place, &path, &given([("known_at", self.known_at)])).await?;
        if self.json {
            println!("{}", serde_json::to_string_pretty(&answer)?);
            return Ok(ExitCode::SUCCESS);
        }
        println!("person {}, records: {}", answer.get("person"), answer.get("records"));
        let attributions = answer.get("attributions").items().unwrap_or_default();
        if attributions.is_empty() {
            println!("counted nowhere");
        }
        for one in attributions {
            println!();
            let [programme, line, service] = ["programme", "line", "service"].map(|name| one.get(name));
            println!("counted in {programme} ({line}) by service {service} of {}", one.get("counted_on"));
            println!("at {}, project {}: {}", one.get("point"), one.get("project"), one.get("why_text"));
            let next = one.get("next").items().unwrap_or_default();
            if next.is_empty() {
                println!("were it voided, there is nothing else");
            } else {
                println!("were it voided, these would stand so:");
                print!("{}", output::table(next));
            }
        }
        println!();
        print!("{}", output::table(answer.get("services").items().unwrap_or_default()));
        println!("at position {}, rules {}", answer.get("position"), answer.get("rules"));
        Ok(ExitCode::SUCCESS)
    }
}
