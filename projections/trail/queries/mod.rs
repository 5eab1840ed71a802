//! Reading the trail: who did what and why, and what was answered before.

use jiff::{Timestamp, civil::Date};
use serde::Serialize;
use traccia_domain::{Position, RecordId, StreamId, StreamKind, hash::ShortHash};
use traccia_projector::{View, held};
use utoipa::ToSchema;

use crate::answer::{Answer, Line, Page, Paging, ReadError, Reader, Sql, beginning_in_italy};

mod controls;
pub(crate) mod visible;

#[cfg(test)]
mod tests;

pub(crate) use controls::recoveries;
pub use controls::{Control, controls};

/// One commit as the trail shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Entry {
    /// Its place in the log.
    #[serde(rename = "position")]
    pub at: u64,
    /// When the log learned it, UTC.
    pub recorded_at: String,
    /// Who did it.
    pub subject: String,
    /// In which role.
    pub role: String,
    /// To what.
    pub stream: String,
    /// What happened.
    pub events: Vec<String>,
    /// Why, or by which act, where the events say so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

const COLUMNS: &str = "t.position, t.recorded_at, t.subject, t.role, t.stream, t.events, t.reason";

/// Which commits; all that are told hold together.
#[derive(Clone, Debug, Default)]
pub struct TrailFilter {
    /// Of a stream, by its name, or of what an id may mean. Without it, of the whole log.
    pub entity: Option<String>,
    /// Of a kind of stream.
    pub kind: Option<StreamKind>,
    /// By an account.
    pub subject: Option<String>,
    /// Learned on this day in Italy or later.
    pub from: Option<Date>,
    /// Learned on this day in Italy or earlier.
    pub to: Option<Date>,
}

impl TrailFilter {
    /// All commits of something.
    #[must_use]
    pub fn about(entity: impl Into<String>) -> TrailFilter {
        TrailFilter { entity: Some(entity.into()), ..TrailFilter::default() }
    }
}

/// `GET /v1/trail?entity=&kind=&subject=&from=&to=`: commits, newest first. The entity is a stream's name or an id; a record's
/// trail holds its services' and its links' commits too, an expense's what its invoice's stream says of it. What is not within
/// is not there: without an entity, whoever does not reach everything sees nothing.
///
/// # Errors
/// When the tables cannot be read, or the cursor is not one of ours.
pub async fn trail(reader: &Reader, filter: &TrailFilter, paging: &Paging) -> Result<Answer<Page<Entry>>, ReadError> {
    let mut sql = Sql::from(format!("select {COLUMNS} from trail t where t.position <= $1"));
    match &filter.entity {
        Some(entity) => of_entity(reader, &mut sql, entity).await?,
        None if reader.within().unlimited() => {}
        None => return Ok(reader.answer(Page::whole(Vec::new()))),
    }
    if let Some(kind) = filter.kind {
        let start = format!("{}.", kind.as_str());
        sql.push(format!(" and substr(t.stream, 1, {}) = ", start.len())).arg(start);
    }
    sql.equals("t.subject", filter.subject.as_deref());
    if let Some(begins) = filter.from.and_then(beginning_in_italy) {
        sql.push(" and t.recorded_at >= ").arg(begins.as_microsecond());
    }
    if let Some(ends) = filter.to.and_then(|to| beginning_in_italy(to.tomorrow().ok()?)) {
        sql.push(" and t.recorded_at < ").arg(ends.as_microsecond());
    }
    if let Some(before) = paging.after_number()? {
        sql.push(" and t.position < ").arg(before);
    }
    sql.push(" order by t.position desc limit ").arg(paging.rows());
    let entries = reader.rows(sql).await?.iter().map(entry).collect::<Result<_, _>>()?;
    Ok(reader.answer(paging.page(entries, |entry: &Entry| entry.at.to_string())))
}

/// The streams that an id or a name means, and what else is said of it.
async fn of_entity(reader: &Reader, sql: &mut Sql, entity: &str) -> Result<(), ReadError> {
    let streams = visible::streams(reader, entity).await?;
    sql.push(" and (t.stream in ");
    sql.list(streams.iter().map(ToString::to_string));
    if let Some(record) = streams.iter().find(|stream| stream.kind() == StreamKind::Record) {
        of_record(reader, sql, record);
    }
    if let Some(expense) = streams.iter().find(|stream| stream.kind() == StreamKind::Expense) {
        of_expense(sql, expense);
    }
    sql.push(")");
    Ok(())
}

/// The streams of a record's services within, and of its pairs with other records.
fn of_record(reader: &Reader, sql: &mut Sql, record: &StreamId) {
    sql.push(format!(
        " or t.stream in (select 'service.' || s.id from record r join service s on s.person = r.person and s.record = r.key
        join point p on p.key = s.point where {} and {} and {} and r.id = ",
        held("r"),
        held("s"),
        held("p"),
    ));
    sql.arg(record.id().to_owned());
    reader.within().points_of(sql);
    sql.push(format!(
        ") or t.stream in (select 'link.' || l.id from link l join record a on a.key in (l.one, l.other)
        where {} and {} and a.id = ",
        held("l"),
        held("a"),
    ));
    sql.arg(record.id().to_owned()).push(")");
}

/// What was declared and decided in the invoice's stream, which other expenses share.
fn of_expense(sql: &mut Sql, expense: &StreamId) {
    for column in ["e.declared_at", "e.decided_at"] {
        sql.push(format!(" or t.position in (select {column} from expense e where {} and e.id = ", held("e")));
        sql.arg(expense.id().to_owned()).push(")");
    }
}

fn entry(row: &Line) -> Result<Entry, ReadError> {
    Ok(Entry {
        at: row.count(0)?,
        recorded_at: recorded(row.integer(1))?,
        subject: row.text(2),
        role: row.text(3),
        stream: row.text(4),
        events: row.text(5).split(' ').map(ToOwned::to_owned).collect(),
        reason: row.text_or_null(6),
    })
}

/// All commits of one stream, newest first; whoever asks has seen to it that the stream may be shown.
pub(crate) async fn of_stream(reader: &Reader, stream: &StreamId) -> Result<Vec<Entry>, ReadError> {
    let mut sql = Sql::from(format!("select {COLUMNS} from trail t where t.position <= $1 and t.stream = "));
    sql.arg(stream.to_string()).push(" order by t.position desc");
    reader.rows(sql).await?.iter().map(entry).collect()
}

/// How the trail calls an erasure.
const ERASED: &str = "RecordErased";

/// Where a record was erased.
pub(crate) async fn erasure(reader: &Reader, record: &str) -> Result<Option<u64>, ReadError> {
    let mut sql = Sql::from("select t.position from trail t where t.position <= $1 and t.events = ");
    sql.arg(ERASED).push(" and t.stream = ").arg(format!("record.{record}")).push(" order by t.position limit 1");
    reader.rows(sql).await?.first().map(|row| row.count(0)).transpose()
}

/// The records erased after a position, in the order in which they were: whoever holds keys destroys theirs. Each row of the
/// trail is looked at once by who goes on from the view's position.
///
/// # Errors
/// When the tables cannot be read.
pub async fn erased(view: &View, after: Position) -> Result<Vec<RecordId>, ReadError> {
    let mut sql = Sql::from("select t.stream from trail t where t.position <= $1 and t.position > ");
    sql.arg(after).push(" and t.events = ").arg(ERASED).push(" order by t.position");
    let record = |row: &Line| {
        let stream: StreamId = row.text(0).parse().map_err(ReadError::damaged)?;
        stream.id().parse().map_err(ReadError::damaged)
    };
    sql.rows(view).await?.iter().map(record).collect()
}

/// Commits by their positions; whoever asks sees to it that only what may be seen of them is shown.
pub(crate) async fn at(reader: &Reader, positions: Vec<i64>) -> Result<Vec<Entry>, ReadError> {
    let mut sql = Sql::from(format!("select {COLUMNS} from trail t where t.position <= $1 and t.position in "));
    sql.list(positions);
    reader.rows(sql).await?.iter().map(entry).collect()
}

/// When the log learned the last commit up to a position; none at the start.
pub(crate) async fn recorded_at(view: &View, position: Position) -> Result<Option<Timestamp>, ReadError> {
    let mut sql = Sql::from("select t.recorded_at from trail t where t.position <= $1 and t.position <= ");
    sql.arg(position).push(" order by t.position desc limit 1");
    sql.rows(view).await?.first().map(|row| instant(row.integer(0))).transpose()
}

/// A stored instant as answers write it.
pub(crate) fn recorded(microseconds: i64) -> Result<String, ReadError> {
    Ok(format!("{:.6}", instant(microseconds)?))
}

/// A stored instant.
pub(crate) fn instant(microseconds: i64) -> Result<Timestamp, ReadError> {
    Timestamp::from_microsecond(microseconds).map_err(ReadError::damaged)
}

/// The first commit that a command wrote, by the digest of who asked and their idempotency key. Only a part of the digest
/// is in the table: whoever asks compares the whole of it with the commit's. The tables may be behind: none found is no
/// promise that none is there.
///
/// # Errors
/// When the tables cannot be read.
pub async fn position_of(view: &View, command: ShortHash) -> Result<Option<Position>, ReadError> {
    let [a, b, c, d, e, f, g, h, ..] = command.0;
    let mut sql = Sql::from("select t.position from trail t where t.position <= $1 and t.command = ");
    sql.arg(i64::from_be_bytes([a, b, c, d, e, f, g, h])).push(" order by t.position limit 1");
    sql.rows(view).await?.first().map(|row| row.count(0).map(Position)).transpose()
}
