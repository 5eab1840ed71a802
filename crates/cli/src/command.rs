//! `traccia command`: sends commands from a file of JSON lines.

use std::{io::BufRead as _, path::PathBuf, process::ExitCode};

use anyhow::Context as _;
use clap::Args;
use futures::StreamExt as _;
use indicatif::ProgressBar;
use serde_json::{Value, json};

use crate::{
    Place,
    bars::bar,
    house::{House, Projecting},
    remote::Remote,
};

/// Sends commands, one JSON line each: {"command": "...", "idempotency_key": "...", "data": {...}}.
///
/// A refused command does not stop those after it. Exits 1 if any was refused, and says which. A file that ends in `.toml`
/// is a programme, and is sent as DefineProgramme.
#[derive(Args)]
#[command(after_help = "\
A line of the file:
  {\"command\": \"ClosePoint\", \"data\": {\"point\": \"mi-0042\", \"on\": \"2025-06-30\", \"reason\": \"trasloco\"}}

Examples:
  traccia command schemas/programmes/lombardia.toml
  traccia command setup.ndjson
  jq -c '.[]' commands.json | traccia command -
  traccia command setup.ndjson --url http://127.0.0.1:8172 --token admin.token")]
pub(crate) struct Send {
    /// The file of commands, or of a programme; `-` reads commands from standard input.
    file: PathBuf,
    #[command(flatten)]
    place: Place,
    /// Print every answer as JSON.
    #[arg(long)]
    json: bool,
}

impl Send {
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        let text = read(&self.file)?;
        let text = if self.file.extension().is_some_and(|end| end == "toml") { programme(&text)? } else { text };
        expected(&text)?;
        let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
        let bar = bar(lines.len() as u64);
        let mut tally = Tally { refused: 0, position: 0, json: self.json, bar };
        match Remote::of(&self.place)? {
            Some(remote) => {
                let response = remote.post("/v1/commands", "application/x-ndjson", text.clone().into()).await?;
                let mut answers = response.bytes_stream();
                let (mut buffer, mut number) = (Vec::new(), 0);
                while let Some(bytes) = answers.next().await {
                    buffer.extend_from_slice(&bytes.context("the answer broke off: send the file again")?);
                    while let Some(end) = buffer.iter().position(|byte| *byte == b'\n') {
                        let line: Vec<u8> = buffer.drain(..=end).collect();
                        number += 1;
                        tally.take(number, serde_json::from_slice(&line)?);
                    }
                }
                anyhow::ensure!(
                    number == lines.len(),
                    "the answer broke off after {number} commands: send the file again"
                );
                remote.shows(tally.position).await;
            }
            None => {
                let house = House::open(&self.place.data, Projecting::Here).await?;
                for (index, line) in lines.iter().enumerate() {
                    tally.take(index + 1, one(&house, line).await);
                }
                house.close().await?;
            }
        }
        tally.bar.finish_and_clear();
        eprintln!("{} commands, {} refused", lines.len(), tally.refused);
        Ok(if tally.refused == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) })
    }
}

/// Carries out one line; a refusal is an answer, with the code the API would give.
async fn one(house: &House, line: &str) -> Value {
    let problem = |problem: traccia_web::Problem| serde_json::to_value(problem).unwrap_or_default();
    let (key, command) = match traccia_web::read_line(line.as_bytes()) {
        Ok(read) => read,
        Err(refused) => return problem(refused),
    };
    match house.application().carry_out(&house.admin(), key, command).await {
        Ok(done) => serde_json::to_value(done).unwrap_or_default(),
        Err(failure) => problem(failure.into()),
    }
}

struct Tally {
    refused: usize,
    /// Of the last commit that was answered.
    position: u64,
    json: bool,
    bar: ProgressBar,
}

impl Tally {
    fn take(&mut self, number: usize, answer: Value) {
        self.bar.inc(1);
        self.position = answer["position"].as_u64().unwrap_or_default().max(self.position);
        if let (Some(code), Some(detail)) = (answer["code"].as_str(), answer["detail"].as_str()) {
            self.refused += 1;
            self.bar.suspend(|| eprintln!("line {number}: {detail} ({code})"));
        }
        if self.json {
            self.bar.suspend(|| println!("{answer}"));
        }
    }
}

/// Refuses a file that is no list of commands before any of it is sent, and says what one is.
fn expected(text: &str) -> anyhow::Result<()> {
    let wanted = "a file of commands has one JSON object a line: {\"command\": \"...\", \"data\": {...}}";
    let several = text.lines().filter(|line| !line.trim().is_empty()).count() > 1;
    let begins = text.trim_start().chars().next();
    match (begins, serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()) {
        (None, _) => anyhow::bail!("the file is empty; {wanted}"),
        (Some('['), true) => anyhow::bail!("this is one JSON array; {wanted} (`jq -c '.[]' FILE` makes them of it)"),
        (Some('{'), true) if several => {
            anyhow::bail!("this is one JSON object over several lines; {wanted} (`jq -c . FILE` makes a line of it)")
        }
        (Some('{'), _) => Ok(()),
        (Some(_), _) => anyhow::bail!("this is no JSON; {wanted}. The file of a programme ends in .toml"),
    }
}

/// A programme's file as the command that defines it.
fn programme(text: &str) -> anyhow::Result<String> {
    let data = traccia_synthetic::programme_file(text).context("the file of a programme")?;
    Ok(json!({"command": "DefineProgramme", "data": data}).to_string())
}

fn read(file: &std::path::Path) -> anyhow::Result<String> {
    let mut text = String::new();
    if file.as_os_str() == "-" {
        for line in std::io::stdin().lock().lines() {
            text.push_str(&line?);
            text.push('\n');
        }
        return Ok(text);
    }
    std::fs::read_to_string(file).with_context(|| format!("the file {}", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_no_list_of_commands_is_told_what_one_is() {
        let line = "{\"command\": \"ClosePoint\", \"data\": {}}\n";
        assert!(expected(line).is_ok() && expected(&format!("\n{line}{line}")).is_ok());
        for (text, said) in [
            ("", "the file is empty"),
            ("[\n{\"command\": \"ClosePoint\", \"data\": {}}\n]", "one JSON array"),
            ("{\n\"command\": \"ClosePoint\",\n\"data\": {}\n}", "over several lines"),
            ("id = \"toscana\"\n[targets]\npoints = 1\n", "ends in .toml"),
            ("[targets]\npoints = 1\n", "ends in .toml"),
        ] {
            let error = expected(text).unwrap_err().to_string();
            assert!(error.contains(said) && error.contains("one JSON object a line"), "{text}: {error}");
        }
    }
}
