//! Connections, and what their failures mean.

use std::{future::Future, time::Duration};

use sqlx::{ConnectOptions as _, PgConnection, postgres::PgConnectOptions};
use tokio::time;
use traccia_log::BoxError;

use super::PgOptions;
use crate::store::WriteError;

/// The code of a right that a user does not have.
const NOT_ALLOWED: &str = "42501";

/// How long a server may take to be reached before it counts as away.
pub(super) const REACHED_WITHIN: Duration = Duration::from_secs(3);

/// How long a server may take to answer a read; it gives up itself a little before.
pub(super) const READ_WITHIN: Duration = Duration::from_secs(35);

/// How long a batch may take.
pub(super) const WRITTEN_WITHIN: Duration = Duration::from_secs(60);

/// Why a server was not reached, with what to do.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unreached {
    #[error("{place} does not answer: correct the address, or start the server")]
    Away { place: String, source: BoxError },
    #[error("{place} refuses the user or the password: correct them, or let the user in")]
    Refused { place: String, source: BoxError },
    #[error(
        "{place} does not know this user, or does not let it in from here: correct the user, or give it a line in the \
         server's pg_hba.conf"
    )]
    NotLetIn { place: String, source: BoxError },
    #[error("{place} has no connection left for this user: end some, or raise the limit that it names")]
    Full { place: String, source: BoxError },
    #[error("{place} does not let this user do that: name the user whose part it is, or give it the right")]
    NotAllowed { place: String, source: BoxError },
    #[error(
        "no trusted connection to {place}: let it speak TLS, and give the certificate of the authority that signed its own"
    )]
    Untrusted { place: String, source: BoxError },
    #[error("{place} is not there: create the database with `createdb`")]
    NoDatabase { place: String, source: BoxError },
}

impl PgOptions {
    /// For reading the tables of a schema.
    pub(super) fn reading(&self, schema: &str) -> PgConnectOptions {
        self.connect
            .clone()
            .application_name("traccia reader")
            .statement_cache_capacity(500)
            .options([("search_path", schema), ("statement_timeout", "30s"), ("jit", "off")])
            .options([("default_transaction_read_only", "on")])
    }

    /// Connects to write. A server that loses sight of us lets go of our locks within seconds.
    ///
    /// Rows are looked up by their primary keys whatever the statistics say: a new table has none.
    pub(super) async fn writing(&self, application: &str) -> Result<PgConnection, BoxError> {
        let options = self
            .connect
            .clone()
            .application_name(application)
            .statement_cache_capacity(500)
            .options([("tcp_keepalives_idle", "5"), ("tcp_keepalives_interval", "2"), ("tcp_keepalives_count", "3")])
            .options([("enable_seqscan", "off"), ("enable_hashjoin", "off"), ("enable_mergejoin", "off")])
            .options([("plan_cache_mode", "force_generic_plan"), ("jit", "off")]);
        self.reached(&options).await
    }

    /// Connects to build tables or to compare them: large sorts, and a commit that a crash takes away is no loss before
    /// the tables are in place.
    pub(super) async fn building(&self, application: &str) -> Result<PgConnection, BoxError> {
        let options = self
            .connect
            .clone()
            .application_name(application)
            .options([("tcp_keepalives_idle", "5"), ("tcp_keepalives_interval", "2"), ("tcp_keepalives_count", "3")])
            .options([("synchronous_commit", "off"), ("maintenance_work_mem", "128MB"), ("jit", "off")])
            .options([("work_mem", "64MB"), ("temp_buffers", "64MB")]);
        self.reached(&options).await
    }

    /// Connects to look, as the server has it for everybody.
    pub(super) async fn looking(&self, application: &str) -> Result<PgConnection, BoxError> {
        self.reached(&self.connect.clone().application_name(application)).await
    }

    async fn reached(&self, options: &PgConnectOptions) -> Result<PgConnection, BoxError> {
        within(REACHED_WITHIN, options.connect()).await.map_err(|error| self.unreached(error))
    }

    /// What to do when a connection was not made.
    pub(super) fn unreached(&self, error: sqlx::Error) -> BoxError {
        let place = self.to_string();
        match code(&error).as_deref() {
            // Of a user that is not there, and of one that no line of pg_hba.conf is about.
            Some("28000") => Unreached::NotLetIn { place, source: error.into() }.into(),
            Some("53300") => Unreached::Full { place, source: error.into() }.into(),
            Some(NOT_ALLOWED) => Unreached::NotAllowed { place, source: error.into() }.into(),
            Some(code) if code.starts_with("28") => Unreached::Refused { place, source: error.into() }.into(),
            Some("3D000") => Unreached::NoDatabase { place, source: error.into() }.into(),
            None if untrusted(&error) => Unreached::Untrusted { place, source: error.into() }.into(),
            Some(_) | None if away(&error) => Unreached::Away { place, source: error.into() }.into(),
            Some(_) | None => error.into(),
        }
    }
}

/// Whether the other side did not prove who it is. A certificate that is refused is reported as damaged data.
fn untrusted(error: &sqlx::Error) -> bool {
    let damaged = matches!(error, sqlx::Error::Io(error) if error.kind() == std::io::ErrorKind::InvalidData);
    damaged || matches!(error, sqlx::Error::Tls(_))
}

/// What a server answers within a time; else it counts as away.
pub(super) async fn within<T>(
    patience: Duration,
    answer: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, sqlx::Error> {
    time::timeout(patience, answer).await.unwrap_or(Err(sqlx::Error::PoolTimedOut))
}

/// The server's own code for what went wrong.
pub(super) fn code(error: &sqlx::Error) -> Option<String> {
    error.as_database_error()?.code().map(std::borrow::Cow::into_owned)
}

/// Whether the server is away or cannot do anything now, rather than refusing what was asked.
pub(super) fn away(error: &sqlx::Error) -> bool {
    match code(error) {
        // Connection exceptions; a transaction that must be tried again; resources and disk space; a lock that others hold; an
        // operator's intervention: a statement cancelled, shutting down, starting up; the system's own errors; a server that
        // only reads, for a while or since another took over from it; and a right that somebody took away, who can give it back.
        Some(code) => {
            ["08", "40", "53", "55P03", "57", "58", "25006", NOT_ALLOWED].iter().any(|class| code.starts_with(class))
        }
        None => matches!(
            error,
            sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::PoolTimedOut | sqlx::Error::Protocol(_)
        ),
    }
}

impl From<sqlx::Error> for WriteError {
    fn from(error: sqlx::Error) -> WriteError {
        if away(&error) { WriteError::Away(error.into()) } else { WriteError::Failed(error.into()) }
    }
}
