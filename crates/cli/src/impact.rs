//! `traccia impact` and `traccia whatif`: what a command, or other rules, would change. Nothing is written.

use std::{path::PathBuf, process::ExitCode, sync::Arc};

use anyhow::Context as _;
use clap::Args;
use jiff::civil::Date;
use serde_json::{Map, Value, json};
use traccia_application::{Application, Bearer, Scope, SystemClock};
use traccia_domain::{Actor, Command, CommandKind, ProgrammeId, Role};
use traccia_projections::{
    Projections,
    impact::{Impact as Change, Readers},
};
use traccia_projector::Fork;
use traccia_vault::Vault;
use traccia_web::{Problem, Remembered, read_command};

use crate::{
    Format, Place,
    bars::bar,
    installation::{Data, of_this_log},
    keys,
    ordered::Json,
    output, refused,
    remote::Remote,
};

/// Says what a command would change if it were sent now, per project: persons counted and at risk, services, points, targets,
/// milestones, claims, tranches and exposures, and the units that would come and go. Of a running server it is answered at once; without one the whole log is folded first.
#[derive(Args)]
#[command(after_help = "\
Examples:
  traccia impact --command ClosePoint --fields '{\"point\": \"mi-0042\", \"on\": \"2025-06-30\", \"reason\": \"trasloco\"}'
  traccia impact --command ConfirmLink --fields @link.json --url http://127.0.0.1:8172 --token region.token --json")]
pub(crate) struct Impact {
    #[command(flatten)]
    place: Place,
    /// The command's name.
    #[arg(long, value_name = "NAME")]
    command: String,
    /// Its fields as JSON, or `@` and the file that holds them.
    #[arg(long, value_name = "JSON|@FILE")]
    fields: String,
    #[command(flatten)]
    format: Format,
}

impl Impact {
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        let text = match self.fields.strip_prefix('@') {
            Some(file) => std::fs::read_to_string(file).with_context(|| format!("the file {file}"))?,
            None => self.fields,
        };
        let answer = match Remote::of(&self.place)? {
            Some(remote) => {
                let data: Value = serde_json::from_str(&text).context("the command's fields are not JSON")?;
                let body = json!({"command": self.command, "data": data}).to_string();
                let response = remote.post("/v1/impact?limit=1000", "application/json", body.into()).await?;
                serde_json::from_str(&response.text().await?).context("the server's answer is not JSON")?
            }
            None => {
                let command = read_command(&self.command, text.as_bytes()).map_err(refusal)?;
                folded(&self.place.data, command).await?
            }
        };
        print(&answer, self.format)
    }
}

/// Says what other rules would change over the whole history, per project: the log is folded, then judged by them too.
#[derive(Args)]
#[command(after_help = "\
The file holds the parts of the rules that change, as AdoptRules takes them:
  {\"counting\": {\"minimum_age\": 18}}

Versions of the rules with a later effective date stay in force from that day on.

Examples:
  traccia whatif --rules adults.json --programme lombardia --data traccia-data
  traccia whatif --rules adults.json --programme lombardia --effective-on 2024-07-01 --json")]
pub(crate) struct WhatIf {
    #[command(flatten)]
    data: Data,
    /// The rules, as JSON.
    #[arg(long, value_name = "FILE")]
    rules: PathBuf,
    /// The programme they would be adopted in.
    #[arg(long)]
    programme: ProgrammeId,
    /// The first day they would hold.
    #[arg(long, value_name = "DAY", default_value = "1900-01-01")]
    effective_on: Date,
    #[command(flatten)]
    format: Format,
}

impl WhatIf {
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        let name = self.rules.display();
        let text = std::fs::read_to_string(&self.rules).with_context(|| format!("the file {name}"))?;
        let mut rules: Map<String, Value> =
            serde_json::from_str(&text).with_context(|| format!("the file {name} holds no JSON object"))?;
        for (field, option) in [("programme", "--programme"), ("effective_on", "--effective-on")] {
            anyhow::ensure!(!rules.contains_key(field), "the file {name} has {field}: leave it out and say {option}");
        }
        rules.insert("programme".into(), self.programme.as_str().into());
        rules.insert("effective_on".into(), self.effective_on.to_string().into());
        rules.entry("act").or_insert_with(|| "what if".into());
        let body = Value::Object(rules).to_string();
        let command = read_command(CommandKind::AdoptRules.name(), body.as_bytes()).map_err(refusal)?;
        print(&folded(&self.data, command).await?, self.format)
    }
}

/// What a command would change, by folding the whole log first; beside a server that may be running.
async fn folded(data: &Data, command: Command) -> anyhow::Result<Json> {
    let (log, tables) = data.look().await?;
    of_this_log(&log, &tables).await?;
    data.with_keys()?;
    keys::kept(&data.data, &log).await?;
    let vault = Vault::open(&data.data).await?;
    let fingerprint = vault.secrets().fingerprint().clone();
    let application =
        Application::new(Arc::clone(&log), vault.record_keys(), Remembered(tables), fingerprint, Arc::new(SystemClock));
    let who = Bearer { actor: Actor { subject: "command-line".into(), role: Role::Admin }, scope: Scope::default() };
    let foreseen = application.foresee(&who, command).await.map_err(|failure| refusal(failure.into()))?;
    let progress = bar(0).with_message("folding");
    let mut fork = Fork::<Projections>::of_log(&log, |step| {
        progress.set_length(step.head.0);
        progress.set_position(step.position.0);
    })
    .await?;
    progress.finish_and_clear();
    let position = fork.position();
    let events = foreseen.commits.iter().flat_map(|commit| &commit.events).map(|event| event.kind().name).collect();
    let seen = Change::of(&mut fork, &foreseen.commits).within(events, &Readers::everything(), usize::MAX);
    // As text, so that the fields stay in the order of the API's answer.
    let seen: Json = serde_json::from_str(&serde_json::to_string(&seen)?)?;
    let position = ("position".to_owned(), Json::Whole(position.0.into()));
    Ok(Json::Object([&[position], seen.fields()].concat()))
}

/// A problem as the program ends with it.
fn refusal(problem: Problem) -> anyhow::Error {
    let document = serde_json::to_value(&problem).unwrap_or_default();
    let status = document["status"].as_u64().and_then(|status| u16::try_from(status).ok());
    refused::problem(status.unwrap_or(500), &document)
}

/// Prints an impact: whole as JSON, its projects as columns or CSV.
fn print(answer: &Json, format: Format) -> anyhow::Result<ExitCode> {
    let projects = answer.get("projects").items().unwrap_or_default();
    if format.json {
        println!("{}", serde_json::to_string_pretty(answer)?);
    } else if format.csv {
        print!("{}", output::csv(projects)?);
    } else {
        let plain: Vec<Json> = projects.iter().map(|project| without(project, &LISTS)).collect();
        print!("{}", output::table(&plain));
        for list in LISTS {
            let rows = listed(projects, list);
            if !rows.is_empty() {
                print!("\n{list}\n{}\n", output::table(&rows).trim_end());
            }
        }
        if projects.is_empty() {
            println!("nothing would change in a project you may see");
        }
        if answer.get("elsewhere").to_string() != "0" {
            println!("{} more projects would change that your token does not reach", answer.get("elsewhere"));
        }
        println!("units lost {}, gained {}", answer.get("lost"), answer.get("gained"));
        println!("at position {}; nothing was written", answer.get("position"));
    }
    Ok(ExitCode::SUCCESS)
}

/// What a project has several of: each in a table of its own.
const LISTS: [&str; 4] = ["milestones", "claims", "tranches", "exposures"];

/// An object without some fields, at any depth.
fn without(object: &Json, names: &[&str]) -> Json {
    let Json::Object(fields) = object else { return object.clone() };
    let kept = fields.iter().filter(|(name, _)| !names.contains(&name.as_str()));
    Json::Object(kept.map(|(name, value)| (name.clone(), without(value, names))).collect())
}

/// The rows of a list of every project, each with its project; those of money are a step deeper.
fn listed(projects: &[Json], list: &str) -> Vec<Json> {
    let mut rows = Vec::new();
    for project in projects {
        let own = project.get(list).items().or_else(|| project.get("money").get(list).items());
        for row in own.unwrap_or_default() {
            let of = ("project".to_owned(), project.get("project").clone());
            rows.push(Json::Object([&[of], row.fields()].concat()));
        }
    }
    rows
}
