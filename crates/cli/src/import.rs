//! `traccia import`: an upload in the national layout.

use std::{path::PathBuf, process::ExitCode, sync::Arc};

use anyhow::Context as _;
use clap::Args;
use indicatif::ProgressBar;
use serde_json::Value;
use tokio_util::io::ReaderStream;
use traccia_import::{ImportError, Options, Progress, Report, Source, Stage, keep::Keep};

use traccia_projections::answer::Within;

use crate::{
    Place, bars,
    house::{House, Projecting},
    refused::Refused,
    remote::Remote,
};

/// Imports an upload in the national 33-column layout. Exits 1 if any row was rejected, or the file refused, and says
/// where to find which rows and why.
#[derive(Args)]
#[command(after_help = "\
Examples:
  traccia import servizi.csv --dry-run
  traccia import servizi.csv --max-rejected-share 0.05
  traccia import servizi.csv --url http://127.0.0.1:8172 --token capofila.token")]
pub(crate) struct Import {
    /// The CSV file.
    file: PathBuf,
    #[command(flatten)]
    place: Place,
    /// Judge every row and write nothing.
    #[arg(long)]
    dry_run: bool,
    /// Refuse the whole file when a larger share of its rows would be rejected, 0 to 1.
    #[arg(long, default_value_t = 0.20)]
    max_rejected_share: f64,
    /// The answer as JSON.
    #[arg(long)]
    json: bool,
}

impl Import {
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        let taken = match Remote::of(&self.place)? {
            Some(remote) => self.remotely(&remote).await?,
            None => self.here().await?,
        };
        let report = &taken.report;
        if self.json {
            println!("{}", serde_json::to_string_pretty(report)?);
        } else {
            for name in ["rows", "recorded", "duplicates", "rejected", "new_citizens", "known_citizens", "position"] {
                println!("{name:<16} {}", report[name]);
            }
        }
        let rejected = report["rejected"].as_u64().unwrap_or_default();
        if rejected > 0 {
            eprintln!("the rejected rows and why: {}", taken.rejected);
        }
        if let Some(refused) = &taken.refused {
            eprintln!("traccia: {refused}");
        }
        Ok(if rejected == 0 && taken.refused.is_none() { ExitCode::SUCCESS } else { ExitCode::from(1) })
    }

    async fn here(&self) -> anyhow::Result<Taken> {
        let house = House::open(&self.place.data, Projecting::Here).await?;
        let options = Options {
            dry_run: self.dry_run,
            max_rejected_share: self.max_rejected_share,
            points: Arc::new(traccia_web::point_names(house.tables(), Within::everything()).await?),
        };
        let who = house.admin();
        let keep = Keep::open(house.dir())?;
        let source = Source::file(&self.file).with_context(|| format!("{}", self.file.display()))?;
        let progress = bars::bytes(source.bytes());
        let mut desk = house.application().desk(&who);
        let outcome = keep.import(&who, &mut desk, &source, &options, |step| show(&progress, step)).await;
        progress.finish_and_clear();
        let rejected = |report: &Report| {
            let file = house.dir().join("imports").join(format!("{}-rejected.csv", report.id));
            file.display().to_string()
        };
        let (report, refused) = match outcome {
            Ok(report) => (report, None),
            Err(error) => {
                let text = error.to_string();
                match error {
                    ImportError::MostlyWrong { report, .. } => (*report, Some(text)),
                    ImportError::Layout(_) | ImportError::NoRows | ImportError::Quote { .. } => {
                        return Err(Refused::new(text).into());
                    }
                    other @ (ImportError::Read(_) | ImportError::Rejected(_) | ImportError::Stopped { .. }) => {
                        return Err(other.into());
                    }
                }
            }
        };
        let taken = Taken { rejected: rejected(&report), report: serde_json::to_value(report)?, refused };
        house.close().await?;
        Ok(taken)
    }

    async fn remotely(&self, remote: &Remote) -> anyhow::Result<Taken> {
        let file = tokio::fs::File::open(&self.file).await.with_context(|| format!("{}", self.file.display()))?;
        let progress = bars::bytes(file.metadata().await?.len()).with_message("sending");
        let sent = progress.clone();
        let stream = futures::StreamExt::inspect(ReaderStream::new(file), move |bytes| {
            if let Ok(bytes) = bytes {
                sent.inc(bytes.len() as u64);
            }
        });
        let path = format!("/v1/imports?dry_run={}&max_rejected_share={}", self.dry_run, self.max_rejected_share);
        let answer = remote.post(&path, "text/csv", reqwest::Body::wrap_stream(stream)).await;
        progress.finish_and_clear();
        let (report, refused): (Value, _) = match answer {
            Ok(response) => (response.json().await?, None),
            // A file that is mostly wrong is refused with its counts.
            Err(error) => match error.downcast::<Refused>() {
                Ok(refused) if refused.report.is_object() => (refused.report.clone(), Some(refused.to_string())),
                Ok(refused) => return Err(refused.into()),
                Err(error) => return Err(error),
            },
        };
        remote.shows(report["position"].as_u64().unwrap_or_default()).await;
        let rejected = remote.pasted(&format!("/v1/imports/{}/rejected", report["id"].as_str().unwrap_or_default()));
        Ok(Taken { report, rejected, refused })
    }
}

/// What became of an upload.
struct Taken {
    report: Value,
    /// Where its rejected rows are.
    rejected: String,
    /// Why all of it was refused.
    refused: Option<String>,
}

/// Draws how far an import is.
pub(crate) fn show(bar: &ProgressBar, step: Progress) {
    bar.set_message(match step.stage {
        Stage::Checking => "checking",
        Stage::Writing => "writing",
    });
    bar.set_position(step.bytes);
}
