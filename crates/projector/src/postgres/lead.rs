//! Who of several projectors writes: whoever has the lock. The connection that has it is the one that writes, so that a
//! lost connection ends both at once.

use std::time::Duration;

use sqlx::PgConnection;
use tokio::time;
use traccia_log::BoxError;

use super::{PgOptions, Server, connection::Unreached, installation, installation::Lock};

/// Who a connection is to the server: its process, and since when, for processes are numbered anew.
const WHO: &str = "select pid || ' ' || backend_start from pg_stat_activity where pid = pg_backend_pid()";

/// Whether the user may make tables, each generation in a schema of its own.
const MAY_WRITE: &str = "select has_database_privilege(current_database(), 'create')";

/// Ends a connection.
const END: &str = "select pg_terminate_backend(pid) from pg_stat_activity where pid || ' ' || backend_start = $1";

/// How often the lead is looked for before nobody has it, and how long apart.
const LOOKS: u32 = 3;
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// The right to write the tables in place, for as long as its connection lasts.
#[derive(Debug)]
pub(crate) struct Lead {
    pub(super) connection: PgConnection,
    who: String,
}

/// How an attempt to take the lead again ended.
#[derive(Debug)]
pub(super) enum Again {
    Led(Lead),
    /// The server had not noticed yet that our connection was lost. It has been told.
    NotYet,
    /// Another has it.
    Deposed,
}

impl Server {
    /// Takes the lead, unless another projector has it. One that stands by asks again and again, on one connection.
    pub(crate) async fn lead(&self) -> Result<Option<Lead>, BoxError> {
        let mut waiting = self.waiting.lock().await;
        let mut connection = match waiting.take() {
            Some(connection) => connection,
            None => connect(&self.options).await?,
        };
        if Lock::Lead.take(&mut connection).await? {
            return Ok(Some(Lead::on(connection).await?));
        }
        *waiting = Some(connection);
        Ok(None)
    }

    /// Whether any projector has the lead, seen for long enough that one that takes it again has it. A copy that only reads
    /// cannot tell: the locks are at the server that it follows.
    pub(crate) async fn led(&self) -> Result<Option<bool>, BoxError> {
        let mut connection = self.options.looking("traccia doctor").await?;
        if sqlx::query_scalar("select pg_is_in_recovery()").fetch_one(&mut connection).await? {
            return Ok(None);
        }
        for look in 0..LOOKS {
            if look > 0 {
                time::sleep(LOOK_EVERY).await;
            }
            if Lock::Lead.taken(&mut connection).await? {
                return Ok(Some(true));
            }
        }
        Ok(Some(false))
    }
}

impl Lead {
    async fn on(mut connection: PgConnection) -> Result<Lead, sqlx::Error> {
        let who = sqlx::query_scalar(WHO).fetch_one(&mut connection).await?;
        Ok(Lead { connection, who })
    }

    /// Who it is to the server, for [`again`] when the connection is lost.
    pub(super) fn who(&self) -> String {
        self.who.clone()
    }
}

/// Takes the lead again after the connection that had it was lost.
pub(super) async fn again(options: &PgOptions, lost: &str) -> Result<Again, BoxError> {
    let mut connection = connect(options).await?;
    // A lost connection may live on at the server, with its lock.
    let ended: Option<bool> = sqlx::query_scalar(END).bind(lost).fetch_optional(&mut connection).await?;
    if Lock::Lead.take(&mut connection).await? {
        return Ok(Again::Led(Lead::on(connection).await?));
    }
    Ok(if ended.is_some() { Again::NotYet } else { Again::Deposed })
}

/// Whether the user may write what says which tables are in place; it owns those that it made itself.
const MAY_MOVE: &str = "select has_table_privilege('traccia.installation', 'update')";

/// Connects to write tables of the latest layout, as a user who may: one who only reads would lead, and write nothing.
async fn connect(options: &PgOptions) -> Result<PgConnection, BoxError> {
    let mut connection = options.writing("traccia projector").await?;
    let denied = |what: &str| Unreached::NotAllowed { place: options.to_string(), source: what.into() };
    if !sqlx::query_scalar::<_, bool>(MAY_WRITE).fetch_one(&mut connection).await? {
        return Err(denied("it has no right to create schemas in the database").into());
    }
    installation::prepare(&mut connection).await?;
    if !sqlx::query_scalar::<_, bool>(MAY_MOVE).fetch_one(&mut connection).await? {
        return Err(denied("it has no right to update traccia.installation: the projector's user owns it").into());
    }
    Ok(connection)
}
