//! `traccia payments`: orders, the batches they are taken to the bank in, and what the bank did with them.

use std::{path::PathBuf, process::ExitCode};

use anyhow::Context as _;
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::{
    Format, Place, answers,
    read::{given, print},
    remote::Remote,
};

/// Payment orders, the batches they are taken to the bank in, and what the bank did with them.
#[derive(Args)]
#[command(after_help = "\
Examples, from an order to its payment:
  traccia payments orders --programme lombardia                          # what waits, and in which batch it is
  traccia payments close --programme lombardia                           # closes a batch of what is in none yet
  traccia payments batch lombardia 1 --pain001 --out distinta.xml        # its file, which is taken to the bank
  traccia payments confirm esiti.csv                                     # what the bank did with it")]
pub(crate) struct Payments {
    #[command(subcommand)]
    call: Call,
}

#[derive(Subcommand)]
enum Call {
    /// Every payment that was ordered and that the bank has not answered, with the batch it is in.
    Orders(Orders),
    /// Close a batch: every order of a programme that is in none yet.
    Close(Close),
    /// The batches that were closed, the last first.
    Batches(Batches),
    /// The file of a batch, for the bank or to look at: the same whenever it is asked for.
    Batch(Batch),
    /// Take in what the bank did, from a CSV with order, paid_on and reference, or order and failed.
    Confirm(Confirm),
}

/// Every payment that was ordered and that the bank has not answered, with the batch it is in. To take orders to the bank,
/// close a batch.
#[derive(Args)]
#[command(after_help = "\
Examples:
  traccia payments orders --programme lombardia > pagamenti.csv
  traccia payments orders --json")]
struct Orders {
    #[command(flatten)]
    place: Place,
    /// Those of a programme.
    #[arg(long, value_name = "P")]
    programme: Option<String>,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

/// Closes a batch: every order given in a programme that the bank has not answered and that is in no batch yet. Should the
/// answer be lost, `traccia payments batches` tells whether it was closed; closing again never takes an order twice.
#[derive(Args)]
#[command(after_help = "\
Examples:
  traccia payments close --programme lombardia --url http://127.0.0.1:8172 --token treasurer.token")]
struct Close {
    #[command(flatten)]
    place: Place,
    /// The programme.
    #[arg(long, value_name = "P")]
    programme: String,
    /// The answer as JSON.
    #[arg(long)]
    json: bool,
}

/// The batches that were closed, the last first.
#[derive(Args)]
#[command(after_help = "\
Examples:
  traccia payments batches --programme lombardia
  traccia payments batches --json")]
struct Batches {
    #[command(flatten)]
    place: Place,
    /// Those of a programme.
    #[arg(long, value_name = "P")]
    programme: Option<String>,
    #[command(flatten)]
    format: Format,
}

/// The file of a batch, with whole account numbers: as CSV unless told. It is the same, byte for byte, whenever it is asked
/// for, so that a bank that has taken it knows it.
#[derive(Args)]
#[command(after_help = "\
Examples:
  traccia payments batch lombardia 1 --pain001 --out distinta-1.xml
  traccia payments batch lombardia 1 > distinta-1.csv")]
struct Batch {
    #[command(flatten)]
    place: Place,
    /// The programme.
    programme: String,
    /// The batch's number in it, as `traccia payments batches` tells.
    number: u32,
    /// As an ISO 20022 message, pain.001.001.09, for the bank.
    #[arg(long, conflicts_with = "json")]
    pain001: bool,
    /// As JSON.
    #[arg(long)]
    json: bool,
    /// Where to write it; the standard output unless told.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
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
            Call::Orders(call) => call.run().await,
            Call::Close(call) => call.run().await,
            Call::Batches(call) => call.run().await,
            Call::Batch(call) => call.run().await,
            Call::Confirm(call) => call.run().await,
        }
    }
}

impl Orders {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let format = if self.json { "json" } else { "csv" };
        let query = given([("programme", self.programme), ("format", Some(format.to_owned()))]);
        print!("{}", answers::text(&self.place, "/v1/payments/orders", &query).await?);
        Ok(ExitCode::SUCCESS)
    }
}

impl Close {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let remote = running(&self.place)?;
        let body = json!({"programme": self.programme}).to_string();
        let response = remote.post("/v1/commands/CloseBatch", "application/json", body.into()).await?;
        let done: Value = serde_json::from_str(&response.text().await?).context("the server's answer is not JSON")?;
        let position = done["position"].to_string();
        let query = [("programme", self.programme.clone()), ("known_at", position), ("limit", "1".to_owned())];
        let batches = remote.get("/v1/payments/batches", &query).await?;
        let items = batches.get("items").items().unwrap_or_default();
        let batch = items.first().context("the batch was closed; `traccia payments batches` does not show it yet")?;
        if self.json {
            println!("{}", serde_json::to_string_pretty(batch)?);
            return Ok(ExitCode::SUCCESS);
        }
        let [number, orders, total] = ["number", "orders", "total"].map(|field| batch.get(field).to_string());
        println!("batch {number} of {}: {orders} orders, {total}", self.programme);
        println!("its file: traccia payments batch {} {number} --pain001 --out distinta-{number}.xml", self.programme);
        Ok(ExitCode::SUCCESS)
    }
}

impl Batches {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let query = given([("programme", self.programme)]);
        print(&answers::list(&self.place, "/v1/payments/batches", &query).await?, self.format)
    }
}

impl Batch {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let format = if self.pain001 { "pain001" } else { "csv" };
        let format = if self.json { "json" } else { format };
        let path = format!("/v1/payments/batches/{}/{}", self.programme, self.number);
        let text = answers::text(&self.place, &path, &[("format", format.to_owned())]).await?;
        match &self.out {
            Some(out) => std::fs::write(out, text).with_context(|| format!("the file {}", out.display()))?,
            None => print!("{text}"),
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// The server that writes.
fn running(place: &Place) -> anyhow::Result<Remote> {
    Remote::of(place)?.context("this needs a running server: --url, or TRACCIA_URL")
}

impl Confirm {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let name = self.file.display();
        let file = std::fs::read(&self.file).with_context(|| format!("the file {name}"))?;
        let remote = running(&self.place)?;
        let response = remote.post("/v1/payments/confirmations", "text/csv", file.into()).await?;
        let answer: Value = serde_json::from_str(&response.text().await?).context("the server's answer is not JSON")?;
        if self.json {
            println!("{}", serde_json::to_string_pretty(&answer)?);
        } else {
            for field in ["rows", "confirmed", "failed", "already", "rejected"] {
                println!("{field}: {}", answer[field]);
            }
            for line in answer["lines"].as_array().into_iter().flatten().filter(|line| line["code"].is_string()) {
                let said = ["code", "detail"].map(|field| line[field].as_str().unwrap_or_default());
                println!("row {}: {}", line["row"], said.join(": "));
            }
        }
        Ok(if answer["rejected"] == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) })
    }
}
