//! `traccia doctor`: what is connected, what is unsafe, how far the read models lag.

use std::{path::Path, process::ExitCode};

use clap::Args;
use serde_json::Value;
use traccia_log::{AnyLog, Log as _};
use traccia_projections::Projections;
use traccia_projector::{Tables, UnsafeSetting};

use crate::{
    Place, installation, keys, ledger,
    ordered::Json,
    output,
    remote::Remote,
    room::{self, Floor},
};

/// Says what is connected, which settings are unsafe, and how far the read models lag. Exits 1 if something is wrong.
#[derive(Args)]
#[command(after_help = "\
Examples:
  traccia doctor --data traccia-data
  traccia doctor --data traccia-data --log nats://a:4222 --tables postgres://traccia@db:5432/traccia --json
  traccia doctor --url http://127.0.0.1:8172")]
pub(crate) struct Doctor {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    floor: Floor,
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

impl Finding {
    fn row(&self) -> Json {
        let text = |text: &str| Json::Text(text.to_owned());
        let verdict = if self.well { "ok" } else { "LOOK" };
        let fields = [("what", self.what), ("verdict", verdict), ("detail", self.detail.as_str())];
        Json::Object(fields.map(|(name, value)| (name.to_owned(), text(value))).into())
    }
}

impl Doctor {
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        let findings = match Remote::of(&self.place)? {
            Some(remote) => server(&remote).await?,
            None => folder(&self.place, self.floor).await?,
        };
        let well = findings.iter().all(|finding| finding.well);
        let rows: Vec<Json> = findings.iter().map(Finding::row).collect();
        if self.json {
            let answer = [("well".to_owned(), Json::Truth(well)), ("findings".to_owned(), Json::List(rows))];
            println!("{}", serde_json::to_string(&Json::Object(answer.into()))?);
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
            let unsigned = ready["ledger"]["lag"].as_u64().map(|lag| format!(", {lag} not signed yet"));
            let detail = format!("ready, {} commits behind{}", ready["lag"], unsigned.unwrap_or_default());
            Finding { what: "server", well: true, detail }
        }
        Err(error) => Finding { what: "server", well: false, detail: format!("{error:#}") },
    });
    Ok(findings)
}

async fn folder(place: &Place, floor: Floor) -> anyhow::Result<Vec<Finding>> {
    let dir = &place.data.data;
    let (log, tables) = place.data.look().await?;
    let head = log.head().await?;
    let checkpoint = tables.checkpoint().await?;
    let reached = checkpoint.as_ref().map_or(0, |checkpoint| checkpoint.position.0);
    let lag = head.0.saturating_sub(reached);
    let apart = traccia_projector::together::<Projections, _>(&log, &tables).await.err();
    let held = !place.data.tables.embedded() || installation::lock(dir).is_err();
    let kept = place.data.tables.describe();
    let mut findings = vec![
        Finding { what: "version", well: true, detail: env!("CARGO_PKG_VERSION").into() },
        Finding { what: "log", well: true, detail: format!("{}, {head} commits", place.data.log.describe()) },
        Finding {
            what: "read models",
            well: apart.is_none() && (lag == 0 || held),
            detail: match apart {
                Some(apart) => apart.to_string(),
                None if lag == 0 => format!("{kept}, at position {reached}, none behind"),
                None => format!(
                    "{kept}, at position {reached}, {lag} commits behind; `traccia serve` or `traccia project` catches up"
                ),
            },
        },
        Finding {
            what: "process",
            well: true,
            detail: match (place.data.log.embedded(), held) {
                (false, _) => "any number may share the log",
                (true, true) => "another process holds the folder",
                (true, false) => "none holds the folder",
            }
            .into(),
        },
    ];
    findings.extend(log_warnings(&log));
    findings.extend(tables_warnings(&tables).await?);
    let (well, detail) = ledger::standing(dir, &log, held).await;
    findings.push(Finding { what: "ledger", well, detail });
    findings.push(secrets(dir));
    findings.extend(lacking_key(dir, &log).await?);
    findings.push(disk(place, floor));
    Ok(findings)
}

/// Whether there is room for what is still to come.
fn disk(place: &Place, floor: Floor) -> Finding {
    let what = "disk";
    let (at, room) = match room::look(&place.data, floor) {
        Ok(seen) => seen,
        Err(error) => return Finding { what, well: false, detail: format!("it cannot be looked at: {error}") },
    };
    let [free, size, kept] = [room.free, room.size, room.kept].map(|bytes| bytes >> 20);
    let then = match (room.refuses(), room.ends(), kept) {
        (true, _, _) => format!("; new commands are refused, because {kept} MiB are kept: make room"),
        (_, true, _) => format!("; make room: below {kept} MiB new commands are refused"),
        (_, _, 0) => String::new(),
        (_, _, _) => format!("; below {kept} MiB new commands are refused"),
    };
    Finding { what, well: !room.ends(), detail: format!("{}: {free} of {size} MiB are free{then}", at.display()) }
}

/// What is unsafe about the servers of the log.
fn log_warnings(log: &AnyLog) -> Vec<Finding> {
    let AnyLog::JetStream(log) = log else { return Vec::new() };
    let unsafe_ = log.warnings().into_iter().chain(log.trouble());
    unsafe_.map(|detail| Finding { what: "log", well: false, detail }).collect()
}

/// What is unsafe about the database of the read models.
async fn tables_warnings(tables: &Tables) -> anyhow::Result<Vec<Finding>> {
    let settings = tables.unsafe_settings().await?;
    let finding = |setting: UnsafeSetting| Finding {
        what: "read models",
        well: false,
        detail: format!("{} is {}: {}", setting.name, setting.value, setting.why),
    };
    Ok(settings.into_iter().map(finding).collect())
}

/// That the log speaks of a fingerprint key that the folder does not have: nothing starts without it.
async fn lacking_key(dir: &Path, log: &AnyLog) -> anyhow::Result<Option<Finding>> {
    // Without a file of keys that is the finding.
    let Some(newest) = keys::newest(dir)? else { return Ok(None) };
    let detail = keys::lacking(traccia_log::newest_key(log).await?, newest);
    Ok(detail.map(|detail| Finding { what: "keys", well: false, detail }))
}

/// Whether the keys are there and nobody else's to read.
fn secrets(dir: &Path) -> Finding {
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
