//! `traccia doctor`: what is connected, what is unsafe, how far the read models lag.

use std::process::ExitCode;

use clap::Args;
use serde_json::{Value, json};
use traccia_log::Log as _;

use crate::{Place, house, output, remote::Remote};

/// Says what is connected, which settings are unsafe, and how far the read models lag. Exits 1 if something is wrong.
#[derive(Args)]
pub(crate) struct Doctor {
    #[command(flatten)]
    place: Place,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

/// One thing looked at.
struct Finding {
    what: &'static str,
    well: bool,
    detail: String,
}

impl Doctor {
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        let findings = match Remote::of(&self.place)? {
            Some(remote) => server(&remote).await?,
            None => folder(&self.place).await?,
        };
        let well = findings.iter().all(|finding| finding.well);
        let rows: Vec<Value> = findings
            .iter()
            .map(|finding| json!({"what": finding.what, "": if finding.well { "ok" } else { "LOOK" }, "detail": finding.detail}))
            .collect();
        if self.json {
            println!("{}", json!({"well": well, "findings": rows}));
        } else {
            print!("{}", output::table(&rows));
        }
        Ok(if well { ExitCode::SUCCESS } else { ExitCode::from(1) })
    }
}

async fn server(remote: &Remote) -> anyhow::Result<Vec<Finding>> {
    let mut findings = vec![Finding { what: "version", well: true, detail: env!("CARGO_PKG_VERSION").into() }];
    let ready = remote.text("/readyz").await;
    findings.push(match ready {
        Ok(text) => {
            let ready: Value = serde_json::from_str(&text)?;
            Finding { what: "server", well: true, detail: format!("ready, {} commits behind", ready["lag"]) }
        }
        Err(error) => Finding { what: "server", well: false, detail: format!("{error:#}") },
    });
    Ok(findings)
}

async fn folder(place: &Place) -> anyhow::Result<Vec<Finding>> {
    let dir = &place.data.data;
    let (log, tables) = house::look(&place.data).await?;
    let head = log.head().await?;
    let checkpoint = tables.checkpoint().await?;
    let reached = checkpoint.as_ref().map_or(0, |checkpoint| checkpoint.position.0);
    let lag = head.0.saturating_sub(reached);
    let held = house::lock(dir).is_err();
    let mut findings = vec![
        Finding { what: "version", well: true, detail: env!("CARGO_PKG_VERSION").into() },
        Finding { what: "log", well: true, detail: format!("SQLite with full sync, {head} commits") },
        Finding {
            what: "read models",
            well: reached <= head.0 && (lag == 0 || held),
            detail: match reached {
                reached if reached > head.0 => {
                    "ahead of the log: it was restored from an older backup; run `traccia rebuild`".into()
                }
                _ if lag == 0 => format!("at position {reached}, none behind"),
                _ => format!("at position {reached}, {lag} commits behind; `traccia serve` catches up"),
            },
        },
        Finding {
            what: "process",
            well: true,
            detail: if held { "another process holds the folder" } else { "none holds the folder" }.into(),
        },
    ];
    findings.push(secrets(dir));
    Ok(findings)
}

/// Whether the keys are there and nobody else's to read.
fn secrets(dir: &std::path::Path) -> Finding {
    let what = "keys";
    let Ok(metadata) = std::fs::metadata(dir.join("keys.json")) else {
        return Finding { what, well: false, detail: "keys.json is missing: documents will not be recognised".into() };
    };
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        if metadata.permissions().mode() & 0o077 != 0 {
            return Finding { what, well: false, detail: "keys.json can be read by others: chmod 600 it".into() };
        }
    }
    let _ = metadata;
    Finding {
        what,
        well: true,
        detail: "keys.json is readable by its owner only; keep a copy apart from the log".into(),
    }
}
