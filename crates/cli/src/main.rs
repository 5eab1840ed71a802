//! `traccia`: the executable. One file per subcommand; the only reader of the environment.

mod answers;
mod bars;
mod columns;
mod command;
mod connections;
mod counting;
mod demo;
mod doctor;
mod environment;
mod erased;
mod house;
mod impact;
mod import;
mod init;
mod installation;
mod keys;
mod ledger;
mod money;
mod ordered;
mod output;
mod payments;
mod project;
mod read;
mod redistribution;
mod refused;
mod regis;
mod remote;
mod reports;
mod room;
mod serve;
mod token;
mod trail;
mod transfer;
mod upkeep;

use std::process::ExitCode;

use clap::{Args, CommandFactory as _, Parser, Subcommand};

use installation::Data;

/// Rows are made in one thread and freed in another, by the million: the system's allocator gives the memory back to the
/// system in between, and asks for it again.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Points, citizens and services of PNRR measure 1.7.2, counted so that anyone can check.
#[derive(Parser)]
#[command(name = "traccia", version, after_help = ENDING)]
struct Cli {
    /// What to do; `traccia CALL --help` has examples.
    #[command(subcommand)]
    call: Call,
}

/// What stands at the end of the help.
const ENDING: &str = "\
Start with:  traccia demo

Two times, which a list may be asked about together:
  --on DAY       the business day: what is due, overdue or reached on that day
  --known-at X   what the log had learned by a position (4711) or an instant; what came later is as if it were not
  What was overdue on 1 July 2024, by all that is known today, and by what was known that evening:
    traccia reports --overdue --on 2024-07-01
    traccia reports --overdue --on 2024-07-01 --known-at 2024-07-01T23:59:59+02:00

Exit codes:
  0  done; nothing was refused, nothing differs
  1  the answer is no: something was refused, or a comparison found a difference
  2  it could not be done: wrong arguments, a file or server that is not there, something down

Traces go to standard error; TRACCIA_LOG says which (for example TRACCIA_LOG=debug).";

/// An installation here, or a running server.
#[derive(Args, Clone)]
struct Place {
    /// The installation's folder.
    #[command(flatten)]
    data: Data,
    /// A running server, for example http://127.0.0.1:8172; without it the folder is opened.
    #[arg(long, env = "TRACCIA_URL")]
    url: Option<String>,
    /// A file that holds the bearer token for the server, or the token itself. Other users of the machine can read
    /// arguments: prefer the file, or TRACCIA_TOKEN.
    #[arg(long, env = "TRACCIA_TOKEN", hide_env_values = true, value_name = "FILE")]
    token: Option<String>,
}

/// How an answer is printed.
#[derive(Args, Clone, Copy)]
struct Format {
    /// As JSON, as the API answers.
    #[arg(long, conflicts_with = "csv")]
    json: bool,
    /// As CSV.
    #[arg(long)]
    csv: bool,
}

#[derive(Subcommand)]
enum Call {
    /// Run everything: log, read models, API and pages.
    Serve(serve::Serve),
    /// Keep the read models behind the log, beside servers that do not.
    Project(project::Project),
    /// Make the log on its servers, once.
    Init(init::Init),
    /// The fingerprint keys: which there are, and a new one.
    Keys(keys::KeysCall),
    /// Make a bearer token.
    Token(token::Token),
    /// Show the whole program on invented data: a programme, a network, an upload, then the page to open.
    Demo(demo::Demo),
    /// Send commands from a file of JSON lines.
    Command(command::Send),
    /// Import an upload in the national 33-column layout.
    Import(import::Import),
    /// Progress against targets.
    Targets(read::Targets),
    /// The waterfall: from services recorded to citizens counted.
    Counting(counting::Counting),
    /// Two positions compared: citizens gained and lost, and why.
    Difference(counting::Difference),
    /// A person: where they are counted and why.
    Citizen(counting::Citizen),
    /// Milestones: what is needed, reached, claimed, certified.
    Milestones(read::Milestones),
    /// Pairs of records that may be one person's, and what was decided.
    Links(read::Links),
    /// Public money: what is due, on what evidence, what blocks it, what was paid.
    Tranches(money::Tranches),
    /// Money authorised that no longer rests on enough units.
    Exposures(money::Exposures),
    /// Payment orders, the batches they are taken to the bank in, and what it did with them.
    Payments(payments::Payments),
    /// What an auditor would look at first.
    Findings(read::Findings),
    /// Monthly reports: what is due, what is overdue, and what each says.
    Reports(reports::Reports),
    /// A project's expenses: lines, caps, headroom.
    Expenses(read::Expenses),
    /// A redistribution by pace, proposed and not adopted.
    Redistribution(redistribution::Redistribution),
    /// The values of the plan's register by CUP, or its file beside ours.
    Regis(regis::Regis),
    /// Who did what, when and why, in the whole log or to something.
    Trail(trail::Trail),
    /// Who checked what in a programme, when, with which outcome.
    Controls(regis::Controls),
    /// Grants, milestones and payments as open data (OCDS).
    Ocds(regis::Ocds),
    /// What a command would change, per project, before it is sent.
    Impact(impact::Impact),
    /// What other rules would change over the whole history.
    Whatif(impact::WhatIf),
    /// Fold the log again and compare every table.
    Verify(upkeep::Verify),
    /// Build the read models anew beside the old ones, then switch.
    Rebuild(upkeep::Rebuild),
    /// The signed log: check it, hand it out, show its key.
    Ledger(ledger::LedgerCall),
    /// Write the whole log to a file that any backend can restore.
    Export(transfer::Export),
    /// Fill an empty log from an export.
    Restore(transfer::Restore),
    /// Say what is connected, what is unsafe, and how far the read models lag.
    Doctor(doctor::Doctor),
}

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    end_quietly_when_nobody_reads();
    match carry_out(cli.call).await {
        Ok(code) => code,
        Err(error) => {
            // The chain of causes, once, for a person.
            eprintln!("traccia: {error:#}");
            ExitCode::from(if error.downcast_ref::<refused::Refused>().is_some() { 1 } else { 2 })
        }
    }
}

async fn carry_out(call: Call) -> anyhow::Result<ExitCode> {
    environment::spelt(&Cli::command())?;
    // A demo is read by people: it says itself, in sentences, what it does.
    environment::trace(if matches!(call, Call::Demo(_)) { "warn" } else { "warn,traccia=info" })?;
    match call {
        Call::Serve(call) => call.run().await,
        Call::Project(call) => call.run().await,
        Call::Init(call) => call.run().await,
        Call::Keys(call) => call.run().await,
        Call::Token(call) => call.run().await,
        Call::Demo(call) => call.run().await,
        Call::Command(call) => call.run().await,
        Call::Import(call) => call.run().await,
        Call::Targets(call) => call.run().await,
        Call::Counting(call) => call.run().await,
        Call::Difference(call) => call.run().await,
        Call::Citizen(call) => call.run().await,
        Call::Milestones(call) => call.run().await,
        Call::Links(call) => call.run().await,
        Call::Tranches(call) => call.run().await,
        Call::Exposures(call) => call.run().await,
        Call::Payments(call) => call.run().await,
        Call::Findings(call) => call.run().await,
        Call::Reports(call) => call.run().await,
        Call::Expenses(call) => call.run().await,
        Call::Redistribution(call) => call.run().await,
        Call::Regis(call) => call.run().await,
        Call::Trail(call) => call.run().await,
        Call::Controls(call) => call.run().await,
        Call::Ocds(call) => call.run().await,
        Call::Impact(call) => call.run().await,
        Call::Whatif(call) => call.run().await,
        Call::Verify(call) => call.run().await,
        Call::Rebuild(call) => call.run().await,
        Call::Ledger(call) => call.run().await,
        Call::Export(call) => call.run().await,
        Call::Restore(call) => call.run().await,
        Call::Doctor(call) => call.run().await,
    }
}

/// `traccia counting | head` ends when `head` has read enough, as other programs do, and not with a panic.
fn end_quietly_when_nobody_reads() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let said = panic.payload_as_str().unwrap_or_default();
        if said.starts_with("failed printing to stdout") && said.contains("Broken pipe") {
            // What a shell reports of whoever is ended by the signal.
            std::process::exit(141);
        }
        usual(panic);
    }));
}

#[cfg(test)]
#[test]
fn the_arguments_of_every_call_agree() {
    Cli::command().debug_assert();
}
