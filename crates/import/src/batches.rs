//! Rows in batches, read and checked on a thread of their own while the batch before is judged or written.

use std::{
    io::{self, Read},
    sync::Arc,
};

use tokio::{sync::mpsc, task::JoinHandle};

use crate::{
    lines::{Lines, ReadError},
    masked::{blank, masked},
    notes,
    points::PointNames,
    rejected::Rejected,
    row::{ParsedRow, parse},
    source::Source,
};

/// Rows in a batch: enough for one durable round trip to be worth it, few enough to be held twice.
pub(crate) const BATCH: usize = 2_000;

/// A row, and how it would be shown if the rules refuse it.
pub(crate) struct Candidate {
    pub(crate) number: u64,
    pub(crate) row: ParsedRow,
    pub(crate) shown: csv::ByteRecord,
}

/// A part of the file, in its order.
#[derive(Default)]
pub(crate) struct Batch {
    pub(crate) rows: Vec<Result<Candidate, Rejected>>,
    /// How many bytes were read up to here.
    pub(crate) bytes: u64,
}

/// The batches of a file.
pub(crate) struct Batches {
    batches: mpsc::Receiver<Batch>,
    reader: Option<JoinHandle<Result<(), ReadError>>>,
}

impl Batches {
    /// Starts reading. Dropping this ends it at the next batch.
    pub(crate) fn of(source: Source, points: Arc<PointNames>) -> Batches {
        let (sender, batches) = mpsc::channel(1);
        let reader = tokio::task::spawn_blocking(move || read(&source, &points, &sender));
        Batches { batches, reader: Some(reader) }
    }

    /// The next one. The end of the channel alone is not the end of the file: the reader has to say so.
    pub(crate) async fn next(&mut self) -> Result<Option<Batch>, ReadError> {
        if let Some(batch) = self.batches.recv().await {
            return Ok(Some(batch));
        }
        match self.reader.take() {
            Some(reader) => reader.await.map_err(io::Error::other)?.map(|()| None),
            None => Ok(None),
        }
    }
}

fn read(source: &Source, points: &PointNames, sender: &mpsc::Sender<Batch>) -> Result<(), ReadError> {
    let mut lines = Lines::open(source.reader()?)?;
    loop {
        let batch = next_batch(&mut lines, points)?;
        // Nobody listens any more when the import was given up.
        if batch.rows.is_empty() || sender.blocking_send(batch).is_err() {
            return Ok(());
        }
    }
}

fn next_batch<R: Read>(lines: &mut Lines<R>, points: &PointNames) -> Result<Batch, ReadError> {
    let mut rows = Vec::with_capacity(BATCH);
    while rows.len() < BATCH {
        let Some((number, line)) = lines.next_line()? else { break };
        rows.push(match line {
            Err(why) => Err(Rejected { row: number, shown: blank(), note: notes::unreadable(why).to_string() }),
            Ok(line) => match parse(line, points) {
                Ok(row) => Ok(Candidate { number, row, shown: masked(line) }),
                Err(notes) => Err(Rejected { row: number, shown: masked(line), note: notes::joined(&notes) }),
            },
        });
    }
    Ok(Batch { rows, bytes: lines.bytes() })
}
