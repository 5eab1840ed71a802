//! Loading streams: whatever waits is one query, as whatever waits to be appended is one transaction.
//!
//! Under load a query costs two wakes of a thread and little else, whether it asks for one stream or for sixty.

use sqlx::{Row as _, SqlitePool, sqlite::SqliteRow};
use tokio::sync::{mpsc, oneshot};
use traccia_domain::{Position, Recorded, StreamId};

use super::{failure, index, position};
use crate::{LogError, chunk::describe};

/// Streams of one query.
const LARGEST: usize = 64;

/// A commit as it is filed, not read yet: reading is left to whoever asked.
#[derive(Debug)]
struct Line {
    position: Position,
    /// The stream it is filed under.
    filed: String,
    text: String,
}

type Outcome = Result<Vec<Line>, LogError>;

/// Of each stream asked, by its place among them, every commit. A row costs more than its text, so there is one row.
const GROUP: &str = "
    select coalesce(group_concat(n), ''), coalesce(group_concat(position), ''),
        coalesce(group_concat(stream, char(10)), ''), coalesce(group_concat(text, char(10)), '')
    from (
        select i.n, c.position, c.stream, c.text
        from (
            select wanted.key as n, s.position from json_each($1) wanted cross join streams s on s.key = wanted.value
            union all
            select wanted.key, r.position from json_each($1) wanted cross join recent r on r.key = wanted.value
        ) i cross join commits c on c.position = i.position
        order by i.n, c.position
    )";

const STREAM: &str = "
    select position, text, stream from commits where position in (
        select position from streams where key = $1 union all select position from recent where key = $1)
    order by position";

/// The way to the loading task. It ends when the last of these is gone.
#[derive(Clone, Debug)]
pub(super) struct Loads(mpsc::Sender<Wanted>);

#[derive(Debug)]
struct Wanted {
    /// The stream's.
    key: i64,
    answer: oneshot::Sender<Outcome>,
}

impl Loads {
    pub(super) fn of(pool: SqlitePool) -> Loads {
        let (sender, wanted) = mpsc::channel(1_024);
        tokio::spawn(run(pool, wanted));
        Loads(sender)
    }

    /// A whole stream, as it is when this is called or later.
    pub(super) async fn load(&self, stream: &StreamId) -> Result<Vec<Recorded>, LogError> {
        let (answer, answered) = oneshot::channel();
        let closed = || LogError::Unavailable("the log was closed".into());
        let key = index::key(stream.as_str());
        self.0.send(Wanted { key, answer }).await.map_err(|_| closed())?;
        let lines = answered.await.unwrap_or_else(|_| Err(closed()))?;
        lines.iter().filter_map(|line| of_stream(line, stream, key).transpose()).collect()
    }
}

async fn run(pool: SqlitePool, mut wanted: mpsc::Receiver<Wanted>) {
    let mut group = Vec::with_capacity(LARGEST);
    while wanted.recv_many(&mut group, LARGEST).await > 0 {
        let keys: Vec<i64> = group.iter().map(|wanted| wanted.key).collect();
        let mut found = together(&pool, &keys).await;
        for (n, Wanted { key, answer }) in group.drain(..).enumerate() {
            let outcome = match &mut found {
                Some(found) => Ok(std::mem::take(&mut found[n])),
                // Each by itself then: whatever it is, everybody hears of their own.
                None => alone(&pool, key).await,
            };
            // Who has gone is told nothing.
            let _ = answer.send(outcome);
        }
    }
}

/// Every stream in one query; nothing where that failed, or gave anything but one line for each commit.
async fn together(pool: &SqlitePool, keys: &[i64]) -> Option<Vec<Vec<Line>>> {
    let wanted = format!("[{}]", keys.iter().map(i64::to_string).collect::<Vec<_>>().join(","));
    let row = sqlx::query(GROUP).bind(wanted).fetch_one(pool).await.ok()?;
    let column = |column| -> Option<&str> { row.try_get_unchecked(column).ok() };
    let (places, positions, filed, texts) = (column(0)?, column(1)?, column(2)?, column(3)?);
    let mut found: Vec<Vec<Line>> = keys.iter().map(|_| Vec::new()).collect();
    if places.is_empty() {
        return Some(found);
    }
    let (mut filed, mut texts) = (filed.split('\n'), texts.split('\n'));
    let mut before = (0, 0);
    for (place, position) in places.split(',').zip(positions.split(',')) {
        let at: (usize, u64) = (place.parse().ok()?, position.parse().ok()?);
        // The order in which lines are joined is the subquery's, though no standard says so.
        if at < before {
            return None;
        }
        before = at;
        let (filed, text) = (filed.next()?.to_owned(), texts.next()?.to_owned());
        found.get_mut(at.0)?.push(Line { position: Position(at.1), filed, text });
    }
    // A damaged text may hold a line end; every line after it would stand at another's position.
    (filed.next().is_none() && texts.next().is_none()).then_some(found)
}

async fn alone(pool: &SqlitePool, key: i64) -> Outcome {
    let rows = sqlx::query(STREAM).bind(key).fetch_all(pool).await;
    rows.map_err(|error| failure(error, Position::START))?.iter().map(line).collect()
}

fn line(row: &SqliteRow) -> Result<Line, LogError> {
    let at = position(row.try_get(0).map_err(|error| failure(error, Position::START))?);
    let text = |column| -> Result<&str, LogError> {
        row.try_get_unchecked(column).map_err(|error| LogError::Corrupt { at, why: describe(&error) })
    };
    Ok(Line { position: at, filed: text(2)?.to_owned(), text: text(1)?.to_owned() })
}

/// A commit found under a stream's key: the stream's own, or that of another with the same key, or damage.
fn of_stream(line: &Line, stream: &StreamId, key: i64) -> Result<Option<Recorded>, LogError> {
    let at = line.position;
    let damaged = |why| LogError::Corrupt { at, why };
    let recorded = Recorded::decode(at, &line.text).map_err(|error| damaged(describe(&error)))?;
    let own = &recorded.commit.stream;
    if line.filed != own.as_str() || index::key(own.as_str()) != key {
        return Err(damaged(format!("it belongs to {own} and is filed under another stream")));
    }
    Ok((own == stream).then_some(recorded))
}
