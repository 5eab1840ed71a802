//! Finding a stream's commits.
//!
//! Streams are named after hashes, so an index of them is written all over: with millions of streams each new commit
//! would rewrite a page of its own, ten times its size. New entries therefore go to `recent`, which is small, and move
//! to `streams` together, in order, in the transaction that passes the next [`EVERY`] positions. Both are one index.

use futures::TryStreamExt as _;
use sqlx::SqliteConnection;
use traccia_domain::{Hash, Position};

/// How many positions share one move from `recent` to `streams`.
const EVERY: u64 = 32_768;

/// The heads of streams, in the order asked. One statement for any number of streams, a seek or two each.
const HEADS: &str = "
    select coalesce((select max(position) from commits), 0), json_group_array(coalesce(
        (select i.position from recent i cross join commits c
            where i.key = wanted.value and c.position = i.position and c.stream = wanted.key
            order by i.position desc limit 1),
        (select i.position from streams i cross join commits c
            where i.key = wanted.value and c.position = i.position and c.stream = wanted.key
            order by i.position desc limit 1)
    ) order by wanted.id)
    from json_each(?) wanted";

/// A stream's key: eight bytes of a hash. Two streams may share one, so what is found is compared with the name.
pub(super) fn key(stream: &str) -> i64 {
    let Hash { 0: [a, b, c, d, e, f, g, h, ..] } = Hash::of(stream.as_bytes());
    i64::from_be_bytes([a, b, c, d, e, f, g, h])
}

/// The log's head, and the heads of streams in the order given; a stream may be given twice.
pub(super) async fn heads(
    connection: &mut SqliteConnection,
    streams: impl Iterator<Item = (&str, i64)>,
) -> Result<(Position, Vec<Option<u64>>), sqlx::Error> {
    let mut wanted = Vec::new();
    serde::Serializer::collect_map(&mut serde_json::Serializer::new(&mut wanted), streams)
        .map_err(|error| sqlx::Error::Encode(error.into()))?;
    let wanted = String::from_utf8(wanted).map_err(|error| sqlx::Error::Encode(error.into()))?;
    let (head, heads): (i64, String) = sqlx::query_as(HEADS).bind(wanted).fetch_one(connection).await?;
    let heads = serde_json::from_str(&heads).map_err(|error| sqlx::Error::Decode(error.into()))?;
    Ok((super::position(head), heads))
}

/// Moves what is recent to its place, when the log passes the next boundary. In the caller's transaction.
pub(super) async fn settle(
    connection: &mut SqliteConnection,
    before: Position,
    after: Position,
) -> Result<(), sqlx::Error> {
    if before.0 / EVERY == after.0 / EVERY {
        return Ok(());
    }
    sqlx::query("insert into streams select key, position from recent order by key, position")
        .execute(&mut *connection)
        .await?;
    sqlx::query("delete from recent").execute(connection).await?;
    Ok(())
}

/// Whether every commit is in the index once. A missing entry would let a stream begin a second time.
pub(super) async fn whole(connection: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    let (head, entries, sum): (i64, i64, i64) = sqlx::query_as(
        "select coalesce((select max(position) from commits), 0), count(*), coalesce(sum(position), 0)
         from (select position from streams union all select position from recent)",
    )
    .fetch_one(connection)
    .await?;
    // Positions have no gap: their sum tells which are there as well as a list would.
    Ok(entries == head && i128::from(sum) * 2 == i128::from(head) * (i128::from(head) + 1))
}

/// The first commit whose column does not name the stream that its text names.
pub(super) async fn misnamed(connection: &mut SqliteConnection) -> Result<Option<Position>, sqlx::Error> {
    let found: Option<(i64,)> = sqlx::query_as(
        r#"select position from commits
           where substr(text, 1, length(stream) + 13) <> '{"stream":"' || stream || '",' order by position limit 1"#,
    )
    .fetch_optional(connection)
    .await?;
    Ok(found.map(|(position,)| super::position(position)))
}

/// The first commit that is not found under its stream's key, though [`whole`] holds: its stream could begin a second time.
///
/// Eight bytes for each commit are kept meanwhile.
pub(super) async fn misfiled(connection: &mut SqliteConnection) -> Result<Option<Position>, sqlx::Error> {
    let mut keys = Vec::new();
    let mut entries =
        sqlx::query_as::<_, (i64, i64)>("select key, position from streams union all select key, position from recent")
            .fetch(&mut *connection);
    while let Some((key, position)) = entries.try_next().await? {
        let at = usize::try_from(position).unwrap_or(0);
        keys.resize(keys.len().max(at + 1), None);
        keys[at] = Some(key);
    }
    drop(entries);
    let mut commits =
        sqlx::query_as::<_, (i64, String)>("select position, stream from commits order by position").fetch(connection);
    while let Some((position, stream)) = commits.try_next().await? {
        let filed = usize::try_from(position).ok().and_then(|at| keys.get(at).copied().flatten());
        if filed != Some(key(&stream)) {
            return Ok(Some(super::position(position)));
        }
    }
    Ok(None)
}
