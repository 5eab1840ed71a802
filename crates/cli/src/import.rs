//! `traccia import`: an upload in the national layout.

use std::{path::PathBuf, process::ExitCode, sync::Arc};

use anyhow::Context as _;
use clap::Args;
use indicatif::ProgressBar;
use serde_json::Value;
use tokio_util::io::ReaderStream;
use traccia_import::{Options, Progress, Source, Stage, keep::Keep};

use traccia_projections::answer::Within;

use crate::{Place, command::bar, house::House, remote::Remote};

/// Imports an upload in the national 33-column layout. Exits 1 if any row was rejected, and says where to find which.
#[derive(Args)]
pub(crate) struct Import {
    /// The CSV file.
    file: PathBuf,
    #[command(flatten)]
    place: Place,
    /// Judge every row and write nothing.
    #[arg(long)]
    dry_run: bool,
    /// Refuse the whole file when a larger share of its rows would be rejected.
    #[arg(long, default_value_t = 0.20)]
    max_rejected_share: f64,
    /// The answer as JSON.
    #[arg(long)]
    json: bool,
}

impl Import {
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        let answer = match Remote::of(&self.place)? {
            Some(remote) => self.remotely(&remote).await?,
            None => self.here().await?,
        };
        if self.json {
            println!("{}", serde_json::to_string_pretty(&answer)?);
        } else {
            for name in ["rows", "recorded", "duplicates", "rejected", "new_citizens", "known_citizens", "position"] {
                println!("{name:<16} {}", answer[name]);
            }
        }
        let rejected = answer["rejected"].as_u64().unwrap_or_default();
        Ok(if rejected == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) })
    }

    async fn here(&self) -> anyhow::Result<Value> {
        let house = House::open(&self.place.data).await?;
        let options = Options {
            dry_run: self.dry_run,
            max_rejected_share: self.max_rejected_share,
            points: Arc::new(traccia_web::point_names(house.tables(), Within::everything()).await?),
        };
        let who = house.admin();
        let keep = Keep::open(house.dir())?;
        let source = Source::file(&self.file).with_context(|| format!("{}", self.file.display()))?;
        let progress = bar(source.bytes());
        let mut desk = house.application().desk(&who);
        let report = keep.import(&who, &mut desk, &source, &options, |step| show(&progress, step)).await?;
        progress.finish_and_clear();
        if report.rejected > 0 && !self.json {
            eprintln!(
                "the rejected rows and why: {}",
                house.dir().join("imports").join(format!("{}-rejected.csv", report.id)).display()
            );
        }
        house.close().await?;
        Ok(serde_json::to_value(report)?)
    }

    async fn remotely(&self, remote: &Remote) -> anyhow::Result<Value> {
        let file = tokio::fs::File::open(&self.file).await.with_context(|| format!("{}", self.file.display()))?;
        let progress = bar(file.metadata().await?.len()).with_message("sending");
        let sent = progress.clone();
        let stream = futures::StreamExt::inspect(ReaderStream::new(file), move |bytes| {
            if let Ok(bytes) = bytes {
                sent.inc(bytes.len() as u64);
            }
        });
        let path = format!("/v1/imports?dry_run={}&max_rejected_share={}", self.dry_run, self.max_rejected_share);
        let response = remote.post(&path, "text/csv", reqwest::Body::wrap_stream(stream)).await?;
        progress.finish_and_clear();
        let answer: Value = response.json().await?;
        if answer["rejected"].as_u64().unwrap_or_default() > 0 && !self.json {
            eprintln!(
                "the rejected rows and why: GET /v1/imports/{}/rejected",
                answer["id"].as_str().unwrap_or_default()
            );
        }
        Ok(answer)
    }
}

/// Draws how far an import is.
pub(crate) fn show(bar: &ProgressBar, step: Progress) {
    bar.set_message(match step.stage {
        Stage::Checking => "checking",
        Stage::Writing => "writing",
    });
    bar.set_position(step.bytes);
}
