//! An import from start to end: every row is judged before the first is written.

use std::{
    io::{self, Write},
    sync::Arc,
};

use csv::ByteRecord;
use serde::Serialize;
use traccia_application::{Answers, Desk, Failure, RecordKeys, Row, RowOutcome};
use traccia_domain::hash::ShortHash;
use traccia_log::Log;

use crate::{
    batches::{Batches, Candidate},
    layout::InvalidLayout,
    lines::ReadError,
    notes,
    points::PointNames,
    rejected::{Rejected, RejectedRows},
    report::Report,
    source::Source,
};

/// How a file is to be imported.
#[derive(Clone, Debug)]
pub struct Options {
    /// Judge only, write nothing.
    pub dry_run: bool,
    /// The share of rows, 0 to 1, above which a file is refused whole.
    pub max_rejected_share: f64,
    /// Points by name, for rows whose id is not ours.
    pub points: Arc<PointNames>,
}

impl Default for Options {
    fn default() -> Self {
        Options { dry_run: false, max_rejected_share: 0.20, points: Arc::default() }
    }
}

/// What an import is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Judging every row.
    Checking,
    /// Writing those that are right.
    Writing,
}

/// How far an import is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Progress {
    /// What it is doing.
    pub stage: Stage,
    /// Rows done in this stage.
    pub rows: u64,
    /// Rows rejected up to now.
    pub rejected: u64,
    /// Bytes of the file read in this stage.
    pub bytes: u64,
    /// Bytes of the file.
    pub of_bytes: u64,
}

/// Why a file was not imported, or not to its end. No text quotes it.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// It is not in the national layout.
    #[error(transparent)]
    Layout(InvalidLayout),
    /// A quote is never closed; nothing was written.
    #[error(
        "row {row} opens a quote that is never closed: nothing after it can be told apart, and nothing was written"
    )]
    Quote {
        /// Where the row begins, 2 for the first after the header.
        row: u64,
    },
    /// It cannot be read.
    #[error("the file cannot be read")]
    Read(#[source] io::Error),
    /// The rejected rows cannot be written.
    #[error("the rejected rows cannot be written")]
    Rejected(#[source] io::Error),
    /// There is a header and nothing after it.
    #[error("the file has no rows: nothing follows its header")]
    NoRows,
    /// Too many rows are wrong; nothing was written.
    #[error(
        "{} of {} rows are wrong, more than {:.0} % of them; nothing was written",
        .report.rejected, .report.rows, .allowed * 100.0
    )]
    MostlyWrong {
        /// Its counts.
        report: Box<Report>,
        /// The share that is allowed.
        allowed: f64,
    },
    /// The log or the keys went away. Rows before are recorded, as counted; the batch in hand may be. The same file
    /// again completes it, with those rows as duplicates.
    #[error("the import stopped after {} recorded rows", .report.recorded)]
    Stopped {
        /// The counts up to there.
        report: Box<Report>,
        /// Why.
        #[source]
        failure: Failure,
    },
}

impl From<ReadError> for ImportError {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Layout(layout) => ImportError::Layout(layout),
            ReadError::Quote { row } => ImportError::Quote { row },
            ReadError::Io(error) => ImportError::Read(error),
        }
    }
}

/// Imports a file: judges every row, then, unless too many are wrong, writes the others in the file's order.
///
/// Rejected rows go to `rejected` as they are found, also of a file that is refused. A crash or a dropped future leaves
/// the rows of whole batches recorded; a row's key is the file's hash and its number, so the same file again adds only
/// what is missing.
///
/// # Errors
/// See [`ImportError`]. `Layout`, `NoRows` and `MostlyWrong` left the log as it was; after any other, the same file again
/// completes what was begun.
pub async fn run<L: Log, K: RecordKeys, A: Answers, W: Write + Send>(
    desk: &mut Desk<'_, L, K, A>,
    source: &Source,
    options: &Options,
    rejected: &mut RejectedRows<W>,
    progress: impl FnMut(Progress) + Send,
) -> Result<Report, ImportError> {
    let report = Report::new(source.hash(), options.dry_run);
    let mut import = Import { source, options, rejected, progress, report, refused: Vec::new() };
    import.judge(desk).await?;
    if import.report.rows == 0 {
        return Err(ImportError::NoRows);
    }
    if import.report.rejected_share() > options.max_rejected_share {
        import.rejected.flush().map_err(ImportError::Rejected)?;
        import.stand_at_the_head(desk).await?;
        return Err(ImportError::MostlyWrong { report: Box::new(import.report), allowed: options.max_rejected_share });
    }
    if !options.dry_run {
        import.write(desk).await?;
    }
    if import.report.recorded == 0 || options.dry_run {
        import.stand_at_the_head(desk).await?;
    }
    import.rejected.flush().map_err(ImportError::Rejected)?;
    Ok(import.report)
}

struct Import<'a, W: Write, P> {
    source: &'a Source,
    options: &'a Options,
    rejected: &'a mut RejectedRows<W>,
    progress: P,
    report: Report,
    /// Numbers of the rows that the rules refused while judging, in order: they are not asked again.
    refused: Vec<u64>,
}

impl<W: Write + Send, P: FnMut(Progress) + Send> Import<'_, W, P> {
    /// The first reading. It counts rows, findings and rejections; of a dry run, all there is to count.
    ///
    /// What no rule refuses is looked up in the log by a dry run alone: writing finds out by itself.
    async fn judge<L: Log, K: RecordKeys, A: Answers>(
        &mut self,
        desk: &mut Desk<'_, L, K, A>,
    ) -> Result<(), ImportError> {
        let mut batches = self.batches();
        while let Some(batch) = batches.next().await? {
            let (mut rows, mut shown) = (Vec::new(), Vec::new());
            for row in batch.rows {
                self.report.rows += 1;
                match row {
                    Err(rejected) => self.reject(&rejected)?,
                    Ok(candidate) => {
                        for finding in &candidate.row.findings {
                            *self.report.findings.entry(*finding).or_default() += 1;
                        }
                        let (row, number, cells) = self.row(candidate);
                        if self.options.dry_run {
                            rows.push(row);
                            shown.push((number, cells));
                        } else if let Err(refusal) = desk.check(&row).await.map_err(|failure| self.stopped(failure))? {
                            self.refused.push(number);
                            self.count(RowOutcome::Refused(refusal), number, cells)?;
                        }
                    }
                }
            }
            let outcomes = desk.foresee(&rows).await.map_err(|failure| self.stopped(failure))?;
            for (outcome, (number, cells)) in outcomes.into_iter().zip(shown) {
                self.count(outcome, number, cells)?;
            }
            self.tell(Stage::Checking, self.report.rows, batch.bytes);
        }
        Ok(())
    }

    /// Where nothing was recorded, the counts are true at the log's end, and no later.
    async fn stand_at_the_head<L: Log, K: RecordKeys, A: Answers>(
        &mut self,
        desk: &Desk<'_, L, K, A>,
    ) -> Result<(), ImportError> {
        self.report.position = desk.head().await.map_err(|failure| self.stopped(failure))?;
        Ok(())
    }

    /// The second reading: writes batch after batch, in the file's order.
    async fn write<L: Log, K: RecordKeys, A: Answers>(
        &mut self,
        desk: &mut Desk<'_, L, K, A>,
    ) -> Result<(), ImportError> {
        let mut batches = self.batches();
        let mut rows_done = 0;
        while let Some(batch) = batches.next().await? {
            rows_done += batch.rows.len() as u64;
            let mut rows = Vec::with_capacity(batch.rows.len());
            let mut shown = Vec::with_capacity(batch.rows.len());
            for candidate in batch.rows.into_iter().flatten() {
                if self.refused.binary_search(&candidate.number).is_err() {
                    let (row, number, cells) = self.row(candidate);
                    rows.push(row);
                    shown.push((number, cells));
                }
            }
            // A crash in here leaves some rows of the batch recorded; their keys make them duplicates the next time.
            let outcomes = desk.record(&rows).await.map_err(|failure| self.stopped(failure))?;
            for (outcome, (number, cells)) in outcomes.into_iter().zip(shown) {
                self.count(outcome, number, cells)?;
            }
            self.tell(Stage::Writing, rows_done, batch.bytes);
        }
        Ok(())
    }

    fn count(&mut self, outcome: RowOutcome, number: u64, shown: ByteRecord) -> Result<(), ImportError> {
        match outcome {
            RowOutcome::Recorded { position, new_citizen } => {
                self.report.recorded += 1;
                let citizens =
                    if new_citizen { &mut self.report.new_citizens } else { &mut self.report.known_citizens };
                *citizens += 1;
                self.report.position = self.report.position.max(position);
            }
            RowOutcome::Duplicate { position } => {
                self.report.duplicates += 1;
                self.report.position = self.report.position.max(position.unwrap_or_default());
            }
            // While writing it was right when it was judged: the world has changed since.
            RowOutcome::Refused(refusal) => {
                self.reject(&Rejected { row: number, shown, note: notes::refused(&refusal).to_string() })?;
            }
        }
        Ok(())
    }

    fn batches(&self) -> Batches {
        Batches::of(self.source.clone(), Arc::clone(&self.options.points))
    }

    /// A candidate as the desk takes it. Its key is the file's hash and its number: the same row of the same file.
    fn row(&self, candidate: Candidate) -> (Row, u64, ByteRecord) {
        let Candidate { number, row, shown } = candidate;
        let key = ShortHash::of_parts([self.report.file.0.as_slice(), &number.to_be_bytes()]);
        (Row { key, document: row.document, profile: Some(row.profile), service: row.service }, number, shown)
    }

    fn reject(&mut self, rejected: &Rejected) -> Result<(), ImportError> {
        self.report.rejected += 1;
        self.rejected.push(rejected).map_err(ImportError::Rejected)
    }

    fn stopped(&self, failure: Failure) -> ImportError {
        ImportError::Stopped { report: Box::new(self.report.clone()), failure }
    }

    fn tell(&mut self, stage: Stage, rows: u64, bytes: u64) {
        (self.progress)(Progress { stage, rows, rejected: self.report.rejected, bytes, of_bytes: self.source.bytes() });
    }
}
