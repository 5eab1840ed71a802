//! Erased records whose key is still there: what a crash left, or an older copy of the keys that was put back.

use std::time::Duration;

use tokio::{sync::watch, time};
use traccia_application::RecordKeys as _;
use traccia_domain::Position;
use traccia_projections::trail::queries::erased;
use traccia_projector::{Reading, Tables};
use traccia_vault::RecordKeyFile;

/// How long to wait between two looks: an erasure that was answered needs none.
const PAUSE: Duration = Duration::from_secs(1);

/// Destroys the keys of all records that the read models know as erased, and goes on as they learn of more. Says up to which
/// position it has looked; it ends with the last who listens.
///
/// A key that cannot be destroyed yet, because the store is held or its disk is full, is tried again at every look.
pub(crate) fn destroy_keys(tables: Tables, keys: RecordKeyFile) -> watch::Receiver<Position> {
    let (looked, listening) = watch::channel(Position::START);
    tokio::spawn(async move {
        let mut done = Position::START;
        loop {
            tokio::select! {
                () = looked.closed() => return,
                looked_at = look(&tables, &keys, &mut done) => match looked_at {
                    Ok(position) => drop(looked.send_replace(position)),
                    // The read models are away or not built yet: whoever serves them says so.
                    Err(error) => tracing::debug!(%error, "erased records cannot be looked up"),
                },
            }
            tokio::select! {
                () = looked.closed() => return,
                () = time::sleep(PAUSE) => {}
            }
        }
    });
    listening
}

/// Waits for news, and destroys what they say is erased.
async fn look(tables: &Tables, keys: &RecordKeyFile, done: &mut Position) -> anyhow::Result<Position> {
    let news =
        Reading { min_position: Some(Position(done.0 + 1)), wait: Duration::from_secs(60), ..Reading::default() };
    let view = tables.view_at(news).await?;
    let records = erased(&view, *done).await?;
    let destroyed = if records.is_empty() { Ok(()) } else { keys.destroy(&records).await };
    match destroyed {
        Ok(()) => *done = view.position,
        Err(error) => tracing::warn!(error, records = records.len(), "keys of erased records are not destroyed yet"),
    }
    Ok(view.position)
}
