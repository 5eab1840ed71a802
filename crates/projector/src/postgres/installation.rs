//! The row that says what a database holds, and the layout of the schema that it is in.

use sqlx::{Connection as _, PgConnection};
use traccia_domain::Position;
use traccia_log::BoxError;

use super::{
    connection::{REACHED_WITHIN, within},
    read::cells,
};
use crate::{Cell, Checkpoint};

/// What leads from each layout to the next; the first makes the schema. A step that was released never changes.
///
/// There is one row. It has no generation until tables have been put in place.
const STEPS: &[&str] = &["
    create schema traccia;
    create table traccia.installation (
        layout bigint not null,
        generation bigint,
        epoch text,
        position bigint,
        hash text,
        version bigint,
        recorded_at text
    ) with (fillfactor = 50);
    create unique index installation_one on traccia.installation ((true));
    insert into traccia.installation (layout) values (1);
"];

/// The latest layout that this program knows.
pub(super) fn latest_layout() -> i64 {
    i64::try_from(STEPS.len()).expect("there are a few")
}

/// The database was made by a later program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the database has layout {database}, and this program knows layouts up to {program}: use a later version of traccia"
)]
pub(crate) struct Newer {
    pub(crate) database: i64,
    pub(crate) program: i64,
}

/// The tables in place.
#[derive(Clone, Debug)]
pub(super) struct InPlace {
    pub(super) generation: i64,
    pub(super) checkpoint: Checkpoint,
}

/// Locks that hold as long as a connection, or a transaction.
#[derive(Clone, Copy, Debug)]
pub(super) enum Lock {
    /// To write the tables in place.
    Lead = 1,
    /// To build others, and to remove what nobody needs.
    Build = 2,
    /// To change the layout.
    Layout = 3,
}

/// What sets our locks apart from others' in the same database.
const OURS: i32 = 0x7472_6163;

impl Lock {
    /// Takes it for as long as the connection lasts, unless another connection has it.
    pub(super) async fn take(self, connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
        let query = sqlx::query_scalar("select pg_try_advisory_lock($1, $2)").bind(OURS).bind(self as i32);
        within(REACHED_WITHIN, query.fetch_one(connection)).await
    }

    /// Whether any connection to this database has it. The server lists the locks of all its databases.
    pub(super) async fn taken(self, connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
        let query = sqlx::query_scalar(
            "select exists (select from pg_locks join pg_database d on d.oid = database
                            where d.datname = current_database() and locktype = 'advisory' and objsubid = 2
                                and classid = $1::integer::oid and objid = $2::integer::oid and granted)",
        );
        within(REACHED_WITHIN, query.bind(OURS).bind(self as i32).fetch_one(connection)).await
    }
}

/// The tables in place; `None` when nothing was built yet.
pub(super) async fn in_place(connection: &mut PgConnection) -> Result<Option<InPlace>, BoxError> {
    const READ: &str =
        "select epoch, position, hash, version, recorded_at, generation, layout from traccia.installation";
    let row = match sqlx::query(READ).fetch_one(&mut *connection).await {
        Ok(row) => cells(&row)?,
        Err(error) => {
            return match layout(connection).await? {
                Some(layout) => Err(known(layout).err().map_or_else(|| error.into(), Into::into)),
                None => Ok(None),
            };
        }
    };
    known(row.integer(6))?;
    match row.cell(5) {
        Cell::Integer(generation) => Ok(Some(InPlace { generation: *generation, checkpoint: Checkpoint::read(&row)? })),
        Cell::Null | Cell::Text(_) => Ok(None),
    }
}

/// Somebody has deleted what tells which tables are in place.
const LOST: &str = "the one row of traccia.installation is not there: where the database is being restored, wait until that \
                    has ended; else drop the schema traccia and those whose names begin with traccia_g, and start a \
                    projector, which builds the tables anew";

/// The layout that a database has; `None` when nobody made one.
pub(super) async fn layout(connection: &mut PgConnection) -> Result<Option<i64>, BoxError> {
    // Not `to_regclass`: it may answer from memory that another's new schema is not there.
    let made = "select exists (select from pg_class c join pg_namespace n on n.oid = c.relnamespace
                               where n.nspname = 'traccia' and c.relname = 'installation')";
    if sqlx::query_scalar(made).fetch_one(&mut *connection).await? {
        let layout = sqlx::query_scalar("select layout from traccia.installation").fetch_optional(connection).await?;
        layout.map(Some).ok_or_else(|| LOST.into())
    } else {
        Ok(None)
    }
}

fn known(layout: i64) -> Result<(), Newer> {
    let program = latest_layout();
    if layout > program { Err(Newer { database: layout, program }) } else { Ok(()) }
}

/// Brings a database to the latest layout, in one transaction. A crash leaves the layout that was there.
pub(super) async fn prepare(connection: &mut PgConnection) -> Result<(), BoxError> {
    let at = layout(&mut *connection).await?.unwrap_or(0);
    known(at)?;
    if at == latest_layout() {
        return Ok(());
    }
    let mut transaction = connection.begin().await?;
    let lock = sqlx::query("select pg_advisory_xact_lock($1, $2)").bind(OURS).bind(Lock::Layout as i32);
    lock.execute(&mut *transaction).await?;
    // Another may have been faster.
    let at = layout(&mut transaction).await?.unwrap_or(0);
    known(at)?;
    for step in STEPS.iter().copied().skip(usize::try_from(at)?) {
        sqlx::raw_sql(step).execute(&mut *transaction).await?;
    }
    sqlx::query("update traccia.installation set layout = $1").bind(latest_layout()).execute(&mut *transaction).await?;
    Ok(transaction.commit().await?)
}

/// Names another generation as the one in place.
pub(super) async fn put_in_place(
    connection: &mut PgConnection,
    generation: i64,
    at: &Checkpoint,
) -> Result<(), sqlx::Error> {
    let mut transaction = connection.begin().await?;
    // What was built reaches the disk before it is named.
    sqlx::query("set local synchronous_commit = on").execute(&mut *transaction).await?;
    sqlx::query(
        "update traccia.installation
         set generation = $1, epoch = $2, position = $3, hash = $4, version = $5, recorded_at = $6",
    )
    .bind(generation)
    .bind(at.epoch.to_string())
    .bind(at.position.0.cast_signed())
    .bind(at.hash.to_string())
    .bind(i64::from(at.version))
    .bind(at.recorded_at.as_str())
    .execute(&mut *transaction)
    .await?;
    transaction.commit().await
}

/// Moves the checkpoint of a generation, if it is where it should be. Whether it was.
pub(super) async fn moved(
    connection: &mut PgConnection,
    generation: i64,
    from: Position,
    to: &Checkpoint,
) -> Result<bool, sqlx::Error> {
    let moved = sqlx::query(
        "update traccia.installation set position = $1, hash = $2, recorded_at = $3
         where position = $4 and epoch = $5 and generation = $6 and version = $7",
    )
    .bind(to.position.0.cast_signed())
    .bind(to.hash.to_string())
    .bind(to.recorded_at.as_str())
    .bind(from.0.cast_signed())
    .bind(to.epoch.to_string())
    .bind(generation)
    .bind(i64::from(to.version));
    Ok(moved.execute(connection).await?.rows_affected() == 1)
}
