//! Everything that a history says: what is damaged has to say the same, or it was not nothing.

use std::{collections::BTreeSet, fs, path::Path, sync::Arc, time::Duration};

use serde_json::Value;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, SqliteConnection, sqlite::SqliteConnectOptions};
use traccia_domain::{Position, Recorded};
use traccia_ledger::proof;
use traccia_log::{AnyLog, Log};
use traccia_projections::{
    Projections,
    answer::{KnownAt, ReadError, Reader, Within},
    counting::queries::{CountingScope, waterfall},
    targets::queries::{Scope, TargetsFilter, targets},
};
use traccia_projector::{Projection as _, Projector, Shape, Tables, rebuild};
use traccia_vault::Secrets;

use super::look::{ledger, opened};
use crate::{
    faults::{
        checker::{Evidence, check, listed},
        journal::Journal,
        raw::{self, Stored},
        rows::Rows,
    },
    ledger::Signing,
};

/// How long something may take that is waited for.
const PATIENCE: Duration = Duration::from_secs(60);

/// Everything a history says. Two that say the same cannot be told apart by anybody.
#[derive(Clone, Debug, PartialEq)]
pub struct Says {
    /// Every commit's text, and the streams as they are loaded.
    pub log: Vec<Stored>,
    streams: Vec<Recorded>,
    /// Every row of every table, with the types of its values, and how the tables were made.
    pub rows: Vec<String>,
    /// The answers about counting and targets.
    pub answers: Vec<Value>,
    /// The last checkpoint and the key, as they are handed out.
    signed: [String; 2],
}

/// A file, opened as any tool would.
pub async fn connected(file: &Path) -> Result<SqliteConnection, sqlx::Error> {
    SqliteConnectOptions::new().filename(file).disable_statement_logging().connect().await
}

/// Builds the read models anew, as `traccia rebuild` does.
pub async fn count_anew(folder: &Path) {
    let log = opened(folder).await.expect("it can be opened");
    let tables = Tables::open_sqlite(folder.join("tables.db"));
    rebuild::<Projections, _>(&log, &tables, |_| {}).await.expect("they can be built");
}

impl Says {
    /// What a folder says, once its read models and its ledger have caught up as at any start. Why it cannot be said
    /// otherwise, or what is wrong with it.
    pub async fn of(folder: &Path, journal: &Journal) -> Result<Says, String> {
        let (log_file, tables_file) = (folder.join("log.db"), folder.join("tables.db"));
        let log = opened(folder).await.map_err(|found| found.to_string())?;
        let tables = Tables::open_sqlite(&tables_file);
        let head = log.head().await.map_err(text)?;
        let projector = Projector::<Projections, _>::open(log.clone(), tables.clone()).await.map_err(text)?;
        tokio::select! {
            stopped = projector.run(std::future::pending()) => return Err(format!("it stops: {stopped:?}")),
            read = answers(&tables, head) => read.map_err(text)?,
        };
        let answers = answers(&tables, head).await.map_err(text)?;
        let signed = signed_up_to(folder, head).await?;
        drop(tables);
        let says = Says {
            log: raw::of_file(&log_file).await.map_err(text)?,
            streams: streams(&*log).await?,
            rows: rows(&tables_file).await.map_err(text)?,
            answers,
            signed,
        };
        sound(&log_file).await?;
        sound(&tables_file).await?;
        let rows = Rows::of_file(&tables_file).await.map_err(text)?;
        let findings = check(&Evidence { log: &says.log, journal, rows: Some(&rows) });
        if findings.is_empty() { Ok(says) } else { Err(listed(&findings)) }
    }

    /// Whether both give the same rows and the same answers, whatever the commits say.
    pub fn counts_as(&self, other: &Says) -> bool {
        self.rows == other.rows && self.answers == other.answers
    }

    /// Whether a log holds the same commits, and each stream is loaded as it was.
    pub async fn held_by(&self, log: &impl Log) -> Result<bool, String> {
        Ok(streams(log).await? == self.streams)
    }

    /// Where another differs first.
    pub fn differs(&self, other: &Says) -> String {
        let one = |what: &str, ours: String, theirs: String| format!("{what} was {ours} and is {theirs}");
        if let Some((ours, theirs)) = self.log.iter().zip(&other.log).find(|(ours, theirs)| ours != theirs) {
            return one("a commit", format!("{ours:?}"), format!("{theirs:?}"));
        }
        if let Some((ours, theirs)) = self.rows.iter().zip(&other.rows).find(|(ours, theirs)| ours != theirs) {
            return one("a row", ours.clone(), theirs.clone());
        }
        let lengths = |says: &Says| format!("{:?}", [says.log.len(), says.streams.len(), says.rows.len()]);
        if lengths(self) != lengths(other) || self.streams != other.streams {
            return one("how much there is", lengths(self), lengths(other));
        }
        one(
            "what is said",
            format!("{:?}", (&self.answers, &self.signed)),
            format!("{:?}", (&other.answers, &other.signed)),
        )
    }
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}

/// The answers about counting and targets, once the tables have come so far.
async fn answers(tables: &Tables, head: Position) -> Result<Vec<Value>, ReadError> {
    let reader = Reader::open(tables, KnownAt::Now, Some(head), PATIENCE, Within::everything()).await?;
    let scope = CountingScope::Programme("prog".parse().unwrap());
    let counting = serde_json::to_value(waterfall(&reader, &scope).await?).unwrap();
    let by_point = TargetsFilter { by: Scope::Point, ..TargetsFilter::default() };
    let targets = serde_json::to_value(targets(&reader, &by_point).await?).unwrap();
    Ok(vec![counting, targets])
}

/// Signs what is not signed yet; the checkpoint and the key then. Every commit is proved to be under it.
async fn signed_up_to(folder: &Path, head: Position) -> Result<[String; 2], String> {
    let log = opened(folder).await.map_err(|found| found.to_string())?;
    let epoch = traccia_log::epoch(&*log).await.map_err(text)?.ok_or("it is empty")?;
    let public = ledger(&log, folder).await.map_err(text)?;
    let signing =
        Signing::start(Arc::new(AnyLog::Sqlite((*log).clone())), epoch, folder, &Secrets::open(folder).map_err(text)?);
    let reached = async {
        while signing.ledger.status().size < head.0 {
            tokio::task::yield_now().await;
        }
    };
    let reached = tokio::time::timeout(PATIENCE, reached).await;
    let status = signing.ledger.status();
    drop(signing);
    reached.map_err(|_| format!("it is not signed: {status:?}"))?;
    // Each proof opens the checkpoint anew; the last one and some others will do.
    for index in (0..head.0).rev().step_by(16) {
        let proved = public.prove(index).map_err(text)?.ok_or("a commit is not under the checkpoint")?;
        let root = &proved.signed.checkpoint;
        if !proof::includes(root.root, root.size, index, proved.leaf, &proved.path) {
            return Err(format!("commit {index} is not proved"));
        }
    }
    let read = |name: &str| fs::read_to_string(folder.join("ledger").join(name)).map_err(text);
    Ok([read("checkpoint")?, read("key")?])
}

/// Every stream, as whoever decides loads it.
async fn streams(log: &impl Log) -> Result<Vec<Recorded>, String> {
    let mut loaded: Vec<Recorded> = Vec::new();
    let mut seen = BTreeSet::new();
    let mut position = Position::START;
    while let Some(recorded) = log.at(position.next()).await.map_err(text)? {
        position = recorded.position;
        if seen.insert(recorded.commit.stream.as_str().to_owned()) {
            loaded.extend(log.load(&recorded.commit.stream, Position::START).await.map_err(text)?);
        }
    }
    loaded.sort_by_key(|recorded| recorded.position);
    Ok(loaded)
}

/// Every row, each value as SQL would write it, and how each table was made.
pub async fn rows(file: &Path) -> Result<Vec<String>, sqlx::Error> {
    let mut connection = connected(file).await?;
    let made = "select lower(type || name || tbl_name || sql) from sqlite_master order by 1";
    let mut rows: Vec<String> = sqlx::query_scalar(made).fetch_all(&mut connection).await?;
    let checkpoint =
        "select quote(epoch)||quote(position)||quote(hash)||quote(version)||quote(recorded_at) from checkpoint";
    rows.extend(sqlx::query_scalar::<_, String>(checkpoint).fetch_all(&mut connection).await?);
    for table in Projections::tables() {
        let lead: &[&str] = match table.shape {
            Shape::Versioned => &["key", "since", "until"],
            Shape::Appended => &["position", "line"],
        };
        let columns = lead.iter().copied().chain(table.columns.iter().map(|column| column.name));
        let quoted: Vec<String> = columns.map(|name| format!(r#"quote("{name}")"#)).collect();
        let sql = format!(r#"select '{0} ' || {1} from "{0}" order by 1"#, table.name, quoted.join("||','||"));
        rows.extend(sqlx::query_scalar::<_, String>(AssertSqlSafe(sql)).fetch_all(&mut connection).await?);
    }
    connection.close().await?;
    Ok(rows)
}

/// That the file is what its own database makes of it: every index has every row.
async fn sound(file: &Path) -> Result<(), String> {
    let mut connection = connected(file).await.map_err(text)?;
    let said: Vec<String> =
        sqlx::query_scalar("pragma integrity_check").fetch_all(&mut connection).await.map_err(text)?;
    connection.close().await.map_err(text)?;
    if said == ["ok"] { Ok(()) } else { Err(format!("{}: {}", file.display(), said.join("; "))) }
}
