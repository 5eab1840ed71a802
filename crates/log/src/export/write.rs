//! Writing the file.

use futures::StreamExt as _;
use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncWrite, AsyncWriteExt as _, BufWriter};
use traccia_domain::{Position, hash::Hex};

use super::{ExportError, FORMAT, Header, Summary, Trailer, VERSION};
use crate::{Log, LogError, chain::Chain, epoch};

/// Writes a log up to its present head, and checks that it hangs together, so that what is written can be restored. Commits
/// stored meanwhile are left to the next export.
///
/// A crash here leaves a file without a trailer, which nothing accepts. Whoever names the file syncs it.
///
/// # Errors
/// When the log is away or damaged, or the file cannot be written.
pub async fn export(
    log: &impl Log,
    file: impl AsyncWrite + Unpin + Send,
    mut progress: impl FnMut(u64) + Send,
) -> Result<Summary, ExportError> {
    let mut file = BufWriter::with_capacity(1 << 20, file);
    let (head, epoch) = (log.head().await?, epoch(log).await?);
    let header = Header { format: FORMAT.into(), version: VERSION, epoch, commits: head.0 };
    line(&mut file, &header).await?;
    let mut hasher = Sha256::new();
    let mut chain = Chain::default();
    let mut chunks = log.read(Position::START);
    while chain.head() < head {
        let chunk = chunks.next().await.ok_or_else(|| LogError::Unavailable("the reading ended".into()))??;
        for ((position, text), recorded) in chunk.texts().zip(chunk.commits()).take_while(|((at, _), _)| *at <= head) {
            chain.extend(&recorded?)?;
            hasher.update(text.as_bytes());
            hasher.update(b"\n");
            file.write_all(format!("{{\"position\":{position},\"commit\":{text}}}\n").as_bytes()).await?;
        }
        progress(chain.head().0);
    }
    let sha256 = Hex(hasher.finalize().into());
    line(&mut file, &Trailer { commits: head.0, sha256 }).await?;
    file.flush().await?;
    Ok(Summary { epoch, commits: head.0, sha256 })
}

async fn line(file: &mut (impl AsyncWrite + Unpin), value: &impl serde::Serialize) -> Result<(), ExportError> {
    let mut text = serde_json::to_vec(value).map_err(std::io::Error::from)?;
    text.push(b'\n');
    Ok(file.write_all(&text).await?)
}
