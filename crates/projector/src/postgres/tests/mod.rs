//! What only PostgreSQL can do: standing by, going away, refusing.

mod away;
mod leading;
mod refusing;
mod secure;
mod storing;

use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use traccia_tests::Place;

/// An empty database's address; none where PostgreSQL cannot be had.
fn database() -> Option<String> {
    match Place::postgres()? {
        Place::Postgres(address) => Some(address),
        Place::Folder(_) => None,
    }
}

/// Does something to a database behind everybody's back.
async fn tamper(address: &str, sql: &str) {
    let mut connection = PgConnection::connect(address).await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut connection).await.unwrap();
}

/// Cuts the connection of whoever has the lead.
async fn cut_the_lead(address: &str) {
    let leads = "select pg_terminate_backend(pid) from pg_locks join pg_database on pg_database.oid = database
                 where datname = current_database() and locktype = 'advisory' and objid = 1 and granted";
    tamper(address, leads).await;
}
