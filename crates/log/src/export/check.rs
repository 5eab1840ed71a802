//! Reading the file, line by line, and checking everything in it.

use serde::Deserialize;
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, BufReader};
use traccia_domain::{
    Event, Position, Recorded,
    genesis::LogEvent,
    hash::{Hash, Hex},
};

use super::{ExportError, FORMAT, Header, Summary, Trailer, VERSION};
use crate::{LogError, chain::Chain, chunk::describe};

/// The longest line that is read. A file from a stranger does not fill the memory.
const LONGEST: u64 = 64 << 20;

/// Checks a file without a log to put it in: every text, hash and position, and the trailer.
///
/// # Errors
/// When it is not a whole export.
pub async fn check(
    file: impl AsyncRead + Unpin + Send,
    mut progress: impl FnMut(u64) + Send,
) -> Result<Summary, ExportError> {
    let mut lines = Lines::open(file).await?;
    while let Some((recorded, _)) = lines.next().await? {
        if recorded.position.0.is_multiple_of(1_000) {
            progress(recorded.position.0);
        }
    }
    lines.finish().await
}

#[derive(Deserialize)]
struct Line<'a> {
    position: Position,
    #[serde(borrow)]
    commit: &'a RawValue,
}

/// The lines between header and trailer.
pub(super) struct Lines<R> {
    file: BufReader<R>,
    header: Header,
    number: u64,
    buffer: String,
    chain: Chain,
    hasher: Sha256,
}

impl<R: AsyncRead + Unpin> Lines<R> {
    pub(super) async fn open(file: R) -> Result<Self, ExportError> {
        let header = Header { format: String::new(), version: 0, epoch: None, commits: 0 };
        let mut lines = Lines {
            file: BufReader::with_capacity(1 << 20, file),
            header,
            number: 0,
            buffer: String::new(),
            chain: Chain::default(),
            hasher: Sha256::new(),
        };
        lines.advance().await?;
        lines.header = serde_json::from_str(&lines.buffer).map_err(|_| ExportError::Foreign)?;
        if lines.header.format != FORMAT || lines.header.version != VERSION {
            return Err(ExportError::Foreign);
        }
        Ok(lines)
    }

    /// The next commit and the position its stream ended at before; nothing when the header's number is reached.
    pub(super) async fn next(&mut self) -> Result<Option<(Recorded, Option<Position>)>, ExportError> {
        if self.chain.head().0 == self.header.commits {
            return Ok(None);
        }
        self.advance().await?;
        let line: Line<'_> = serde_json::from_str(&self.buffer).map_err(|error| self.damaged(describe(&error)))?;
        let text = line.commit.get();
        self.hasher.update(text.as_bytes());
        self.hasher.update(b"\n");
        let recorded = Recorded::decode(line.position, text).map_err(|error| self.damaged(describe(&error)))?;
        if recorded.commit.encode() != text {
            return Err(self.damaged("this release would write the commit otherwise, and so change its hash".into()));
        }
        if recorded.position == Position(1) && started(&recorded) != self.header.epoch {
            return Err(self.damaged("the header names another epoch".into()));
        }
        match self.chain.extend(&recorded) {
            Ok(before) => Ok(Some((recorded, before))),
            Err(LogError::Corrupt { why, .. }) => Err(self.damaged(why)),
            Err(error @ (LogError::Conflict | LogError::Unavailable(_) | LogError::Unknown(_))) => Err(error.into()),
        }
    }

    /// Checks the trailer, and that nothing stands after it.
    pub(super) async fn finish(mut self) -> Result<Summary, ExportError> {
        self.advance().await?;
        let trailer: Trailer = serde_json::from_str(&self.buffer).map_err(|error| self.damaged(describe(&error)))?;
        let sha256: Hash = Hex(self.hasher.clone().finalize().into());
        if trailer.commits != self.chain.head().0 || trailer.sha256 != sha256 {
            return Err(self.damaged("the trailer does not fit the commits above it".into()));
        }
        if !self.file.fill_buf().await?.is_empty() {
            return Err(self.damaged("something stands after the trailer".into()));
        }
        Ok(Summary { epoch: self.header.epoch, commits: trailer.commits, sha256 })
    }

    /// Reads one line, whole.
    async fn advance(&mut self) -> Result<(), ExportError> {
        self.number += 1;
        self.buffer.clear();
        let read = (&mut self.file).take(LONGEST).read_line(&mut self.buffer).await;
        match read {
            Ok(_) if self.buffer.ends_with('\n') => Ok(()),
            Ok(_) => Err(self.damaged("the line does not end: the file was cut".into())),
            Err(error) if error.kind() == std::io::ErrorKind::InvalidData => Err(self.damaged("it is not text".into())),
            Err(error) => Err(error.into()),
        }
    }

    fn damaged(&self, why: String) -> ExportError {
        ExportError::Damaged { line: self.number, why }
    }
}

fn started(first: &Recorded) -> Option<crate::Epoch> {
    match first.commit.events.as_slice() {
        [Event::Log(LogEvent::LogStarted(started))] => Some(started.epoch),
        _ => None,
    }
}
