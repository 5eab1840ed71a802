//! `traccia doctor`: what is connected, what is unsafe, how far the read models lag.

use std::{path::Path, process::ExitCode, sync::Arc};

use clap::Args;
use serde_json::Value;
use traccia_domain::Position;
use traccia_log::{AnyLog, Log as _};
use traccia_projections::Projections;
use traccia_projector::{Tables, UnsafeSetting};

use crate::{
    Place,
    installation::{self, Data},
    keys, ledger,
    ordered::Json,
    output,
    remote::Remote,
    room::{self, Floor},
};

/// Says what is connected, which settings are unsafe, and how far the read models lag. Exits 1 if something is wrong: a
/// server that is away too.
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
    let (data, dir) = (&place.data, &place.data.data);
    data.there()?;
    let tables = data.open_tables()?;
    // Each for itself: a server that is away is a finding, and hides none about the others.
    let log = open(data).await;
    let reached = tables.checkpoint().await.map(|checkpoint| checkpoint.map_or(0, |checkpoint| checkpoint.position.0));
    let reached = reached.map_err(anyhow::Error::from);
    let held = !data.tables.embedded() || installation::lock(dir).is_err();
    let mut findings = vec![
        Finding { what: "version", well: true, detail: env!("CARGO_PKG_VERSION").into() },
        Finding {
            what: "log",
            well: log.is_ok(),
            detail: match &log {
                Ok((_, head)) => format!("{}, {head} commits", data.log.describe()),
                Err(error) => format!("{error:#}"),
            },
        },
        read_models(data, &tables, &reached, log.as_ref().ok(), held).await,
        Finding {
            what: "process",
            well: true,
            detail: match (data.log.embedded(), held) {
                (false, _) => "any number may share the log",
                (true, true) => "another process holds the folder",
                (true, false) => "none holds the folder",
            }
            .into(),
        },
    ];
    if let Ok((log, _)) = &log {
        findings.extend(not_ours(dir, log).await);
        findings.extend(log_warnings(log));
    }
    if reached.is_ok() {
        findings.extend(tables_warnings(&tables).await);
        findings.extend(nobody_projects(&tables).await);
    }
    findings.push(match &log {
        Ok((log, _)) => {
            let (well, detail) = ledger::standing(dir, log, held).await;
            Finding { what: "ledger", well, detail }
        }
        Err(_) => Finding { what: "ledger", well: false, detail: "it is not looked at without the log".into() },
    });
    findings.push(secrets(dir));
    findings.extend(lost_keys(dir, log.as_ref().ok()));
    if let Ok((log, _)) = &log {
        findings.extend(lacking_key(dir, log).await);
    }
    findings.push(disk(place, floor));
    Ok(findings)
}

/// The log, and how far it has come.
async fn open(data: &Data) -> anyhow::Result<(Arc<AnyLog>, Position)> {
    let log = data.open_log().await?;
    let head = log.head().await?;
    Ok((log, head))
}

/// How far the read models are.
async fn read_models(
    data: &Data,
    tables: &Tables,
    reached: &anyhow::Result<u64>,
    log: Option<&(Arc<AnyLog>, Position)>,
    held: bool,
) -> Finding {
    let what = "read models";
    let kept = data.tables.describe();
    let reached = match reached {
        Ok(reached) => reached,
        Err(error) => return Finding { what, well: false, detail: format!("{error:#}") },
    };
    let Some((log, head)) = log else {
        let detail = format!("{kept}, at position {reached}; how far behind, only the log can tell");
        return Finding { what, well: true, detail };
    };
    if let Err(apart) = traccia_projector::together::<Projections, _>(log, tables).await {
        return Finding { what, well: false, detail: apart.to_string() };
    }
    let lag = head.0.saturating_sub(*reached);
    let behind = match lag {
        0 => "none behind".to_owned(),
        _ => format!("{lag} commits behind; `traccia serve` or `traccia project` catches up"),
    };
    Finding { what, well: lag == 0 || held, detail: format!("{kept}, at position {reached}, {behind}") }
}

/// That the log is not the one the folder belongs to.
async fn not_ours(dir: &Path, log: &AnyLog) -> Option<Finding> {
    let error = installation::recognise(dir, log, false).await.err()?;
    Some(Finding { what: "log", well: false, detail: format!("{error:#}") })
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
async fn tables_warnings(tables: &Tables) -> Vec<Finding> {
    let finding = |detail| Finding { what: "read models", well: false, detail };
    let unsafe_ = |setting: UnsafeSetting| finding(format!("{} is {}: {}", setting.name, setting.value, setting.why));
    match tables.unsafe_settings().await {
        Ok(settings) => settings.into_iter().map(unsafe_).collect(),
        Err(error) => vec![finding(format!("{:#}", anyhow::Error::from(error)))],
    }
}

/// That the keys of records are gone, as far as there is a record.
fn lost_keys(dir: &Path, log: Option<&(Arc<AnyLog>, Position)>) -> Option<Finding> {
    let begun = log.is_none_or(|(_, head)| *head > Position(1));
    let detail = keys::lost(dir).filter(|_| begun)?;
    Some(Finding { what: "keys", well: false, detail })
}

/// That nobody writes the read models; where it cannot be told, nothing is said.
async fn nobody_projects(tables: &Tables) -> Option<Finding> {
    let led = tables.led().await.ok().flatten()?;
    let detail = "no projector runs: what is added to the log does not reach the read models. Start `traccia project`, or \
                  `traccia serve` without --no-projector";
    (!led).then(|| Finding { what: "read models", well: false, detail: detail.into() })
}

/// That the log speaks of a fingerprint key that the folder does not have: nothing starts without it.
async fn lacking_key(dir: &Path, log: &AnyLog) -> Option<Finding> {
    let lacking = async || {
        // Without a file of keys that is the finding.
        let Some(newest) = keys::newest(dir)? else { return Ok(None) };
        Ok(keys::lacking(traccia_log::newest_key(log).await?, newest))
    };
    let detail = lacking().await.unwrap_or_else(|error: anyhow::Error| Some(format!("{error:#}")))?;
    Some(Finding { what: "keys", well: false, detail })
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
