//! The tables in place, and those who read them.

use std::sync::{Mutex, PoisonError};

use sqlx::{AssertSqlSafe, PgConnection, postgres::PgPoolOptions};
use tokio::time;
use traccia_log::BoxError;

use super::{
    PgOptions, Reader,
    connection::{REACHED_WITHIN, READ_WITHIN, code},
    installation,
    installation::Lock,
    schema,
};
use crate::Checkpoint;

/// A server that holds the tables of one installation.
#[derive(Debug)]
pub(crate) struct Server {
    pub(super) options: PgOptions,
    /// Those who read the generation that was last seen in place.
    open: Mutex<Reader>,
    /// What a projector that stands by asks on.
    pub(super) waiting: tokio::sync::Mutex<Option<PgConnection>>,
}

impl Server {
    /// Without reaching it yet.
    pub(crate) fn at(options: PgOptions) -> Server {
        let open = Mutex::new(reader(&options, 0));
        Server { options, open, waiting: tokio::sync::Mutex::new(None) }
    }

    /// Those who read the tables in place, and how far these have come; `None` when there are none yet.
    pub(crate) async fn in_place(&self) -> Result<Option<(Reader, Checkpoint)>, BoxError> {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut connection = open.pool.acquire().await.map_err(|error| self.options.unreached(error))?;
        let look = async {
            // Whoever has seen no tables yet asks first whether there is anything to look at.
            if open.generation == 0 && installation::layout(&mut connection).await?.is_none() {
                return Ok(None);
            }
            installation::in_place(&mut connection).await
        };
        let Some(in_place) = time::timeout(READ_WITHIN, look).await?? else { return Ok(None) };
        Ok(Some((self.readers_of(in_place.generation), in_place.checkpoint)))
    }

    /// Connections to an old generation close when the last view of it is gone.
    fn readers_of(&self, generation: i64) -> Reader {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open.generation != generation {
            *open = reader(&self.options, generation);
        }
        open.clone()
    }

    /// Removes what a crash has left, unless another process is building.
    pub(crate) async fn sweep(&self) -> Result<(), BoxError> {
        let mut connection = self.options.looking("traccia sweeper").await?;
        installation::prepare(&mut connection).await?;
        if Lock::Build.take(&mut connection).await? {
            let in_place = installation::in_place(&mut connection).await?.map(|in_place| in_place.generation);
            sweep(&mut connection, in_place).await?;
        }
        Ok(())
    }
}

fn reader(options: &PgOptions, generation: i64) -> Reader {
    let pool = PgPoolOptions::new().max_connections(options.readers).acquire_timeout(REACHED_WITHIN);
    let pool = pool.connect_lazy_with(options.reading(&schema::generation(generation)));
    Reader { generation, pool }
}

/// The generations that there are, whole or not.
pub(super) async fn generations(connection: &mut PgConnection) -> Result<Vec<i64>, sqlx::Error> {
    let schemas = sqlx::query_scalar("select nspname::text from pg_namespace order by 1");
    let schemas: Vec<String> = schemas.fetch_all(connection).await?;
    Ok(schemas.iter().filter_map(|schema| schema::number(schema)).collect())
}

/// Removes all generations but the one in place. One that somebody still reads stays until the next time.
pub(super) async fn sweep(connection: &mut PgConnection, in_place: Option<i64>) -> Result<(), sqlx::Error> {
    sqlx::query("set lock_timeout = '1s'").execute(&mut *connection).await?;
    for old in generations(connection).await?.into_iter().filter(|generation| Some(*generation) != in_place) {
        let drop = format!("drop schema if exists {} cascade", schema::generation(old));
        match sqlx::query(AssertSqlSafe(drop)).execute(&mut *connection).await {
            Ok(_) => {}
            Err(error) if code(&error).as_deref() == Some("55P03") => {
                tracing::info!(generation = old, "old tables are still read: they stay until the next start");
            }
            Err(error) => return Err(error),
        }
    }
    sqlx::query("set lock_timeout = 0").execute(connection).await?;
    Ok(())
}
