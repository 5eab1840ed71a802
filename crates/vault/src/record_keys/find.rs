//! Finding keys: whatever waits is one query, since under load a query costs two wakes of a thread, whatever it asks.

use std::collections::HashMap;

use sqlx::SqlitePool;
use tokio::sync::{mpsc, oneshot};
use traccia_application::{PortError, RecordKey};
use traccia_domain::{RecordId, hash::Hex};

use super::kept;

/// Records of one query.
const LARGEST: usize = 64;

/// Records and keys, one after the other, of those that have one. A row of the answer costs more than what is in it.
const KEYS: &str = "
    select coalesce(group_concat(lower(hex(record) || hex(key))), '')
    from record_keys where record in (select unhex(value) from json_each(?)) and length(key) > 0";

type Outcome = Result<Option<RecordKey>, PortError>;

/// The way to the finding task. It ends when the last of these is gone.
#[derive(Clone)]
pub(super) struct Finds(mpsc::Sender<Wanted>);

struct Wanted {
    record: RecordId,
    answer: oneshot::Sender<Outcome>,
}

impl Finds {
    pub(super) fn of(pool: SqlitePool) -> Finds {
        let (sender, wanted) = mpsc::channel(1_024);
        tokio::spawn(run(pool, wanted));
        Finds(sender)
    }

    /// A record's key, as it is when this is called or later.
    pub(super) async fn find(&self, record: RecordId) -> Outcome {
        let (answer, answered) = oneshot::channel();
        self.0.send(Wanted { record, answer }).await.map_err(|_| "the file of keys was closed")?;
        answered.await.map_err(|_| "the file of keys was closed")?
    }
}

async fn run(pool: SqlitePool, mut wanted: mpsc::Receiver<Wanted>) {
    let mut group = Vec::with_capacity(LARGEST);
    while wanted.recv_many(&mut group, LARGEST).await > 0 {
        let found = match group.as_slice() {
            [] | [_] => None,
            several => together(&pool, several).await,
        };
        for Wanted { record, answer } in group.drain(..) {
            let outcome = match &found {
                Some(found) => Ok(found.get(&record).cloned()),
                // By itself, or each by itself where together they failed: everybody hears of their own.
                None => alone(&pool, record).await.map_err(Into::into),
            };
            // Who has gone is told nothing.
            let _ = answer.send(outcome);
        }
    }
}

/// Every key in one query; nothing where that failed, or gave anything that is none.
async fn together(pool: &SqlitePool, wanted: &[Wanted]) -> Option<HashMap<RecordId, RecordKey>> {
    let records: Vec<RecordId> = wanted.iter().map(|wanted| wanted.record).collect();
    let records = serde_json::to_string(&records).ok()?;
    let found: String = sqlx::query_scalar(KEYS).bind(records).fetch_one(pool).await.ok()?;
    let pairs = found.split_terminator(',').map(|pair| pair.split_at_checked(32));
    pairs.map(|pair| Some((RecordId(Hex::parse(pair?.0)?), RecordKey(Hex::parse(pair?.1)?.0)))).collect()
}

async fn alone(pool: &SqlitePool, record: RecordId) -> Result<Option<RecordKey>, sqlx::Error> {
    let found = sqlx::query_scalar::<_, Vec<u8>>("select key from record_keys where record = ?")
        .bind(&record.0.0[..])
        .fetch_optional(pool)
        .await?;
    Ok(found.map(|key| kept(&key)).transpose()?.flatten())
}
