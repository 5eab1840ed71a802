//! Settings of the server that put the tables at risk.

use std::net::IpAddr;

use sqlx::{Connection as _, PgConnection, postgres::PgSslMode};
use traccia_log::BoxError;

use super::{PgOptions, Server};

/// A setting that puts the read models at risk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnsafeSetting {
    /// Its name.
    pub name: &'static str,
    /// What it is.
    pub value: String,
    /// What may happen, and what to do.
    pub why: &'static str,
}

/// The oldest server that the tests run on.
const TESTED: i32 = 150_000;

/// Settings that should be on, and what may happen while they are not.
const ON: [(&str, &str); 3] = [
    (
        "fsync",
        "a power cut may damage the tables in a way that nobody notices: set it to on, then run `traccia rebuild`",
    ),
    ("full_page_writes", "a power cut may leave pages half old and half new: set it to on, then run `traccia rebuild`"),
    (
        "synchronous_commit",
        "after a crash the tables may be where they were a moment before, and the projector has to begin again: set it to \
         on",
    ),
];

impl Server {
    /// The settings that put the tables at risk, as this server has them now.
    pub(crate) async fn unsafe_settings(&self) -> Result<Vec<UnsafeSetting>, BoxError> {
        let mut connection = self.options.looking("traccia doctor").await?;
        let mut found = Vec::new();
        for (name, why) in ON {
            let value: String =
                sqlx::query_scalar("select current_setting($1)").bind(name).fetch_one(&mut connection).await?;
            if value == "off" {
                found.push(UnsafeSetting { name, value, why });
            }
        }
        found.extend(version(&mut connection).await?);
        let exposed = encryption(&mut connection).await?;
        // What is not encrypted is said to be so; who it is with is the lesser matter.
        found.extend(exposed.or_else(|| self.options.unverified()));
        connection.close().await?;
        Ok(found)
    }
}

impl PgOptions {
    /// That a server beyond this machine need not prove who it is.
    fn unverified(&self) -> Option<UnsafeSetting> {
        let value = match self.connect.get_ssl_mode() {
            PgSslMode::VerifyCa | PgSslMode::VerifyFull => return None,
            PgSslMode::Disable => "disable",
            PgSslMode::Allow => "allow",
            PgSslMode::Prefer => "prefer",
            PgSslMode::Require => "require",
        };
        let host = self.connect.get_host().trim_matches(['[', ']']);
        let loopback = host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
        let here = loopback || host.starts_with('/') || self.connect.get_socket().is_some();
        let why = "whoever is between here and the database can pose as it, read the tables and change them: ask for \
                   sslmode=verify-full, and give the certificate of the authority that vouches for it";
        (!here).then(|| UnsafeSetting { name: "sslmode", value: value.into(), why })
    }
}

async fn version(connection: &mut PgConnection) -> Result<Option<UnsafeSetting>, sqlx::Error> {
    let query =
        sqlx::query_as("select current_setting('server_version_num')::integer, current_setting('server_version')");
    let (number, value): (i32, String) = query.fetch_one(connection).await?;
    let why = "nobody has tried the read models on a server older than 15: use 15 or later";
    Ok((number < TESTED).then_some(UnsafeSetting { name: "server_version", value, why }))
}

/// Whether others on the network can read along.
async fn encryption(connection: &mut PgConnection) -> Result<Option<UnsafeSetting>, sqlx::Error> {
    let exposed: bool = sqlx::query_scalar(
        "select not s.ssl and a.client_addr is not null and not a.client_addr <<= '127.0.0.0/8'
             and a.client_addr <> '::1'
         from pg_stat_ssl s join pg_stat_activity a using (pid) where pid = pg_backend_pid()",
    )
    .fetch_one(connection)
    .await?;
    let why = "the network between here and the database can read the tables and the password's exchange: ask for \
               sslmode=verify-full";
    Ok(exposed.then(|| UnsafeSetting { name: "ssl", value: "off".into(), why }))
}

#[cfg(test)]
#[test]
fn a_server_beyond_this_machine_proves_who_it_is() {
    let unverified = |address: &str| address.parse::<PgOptions>().unwrap().unverified().map(|found| found.value);
    for address in [
        "postgres://traccia@127.0.0.1/tables?sslmode=require",
        "postgres://traccia@[::1]/tables?sslmode=prefer",
        "postgres://traccia@localhost/tables?sslmode=require",
        "postgres://traccia@localhost/tables?host=/run/postgresql",
        "postgres://traccia@db/tables?sslmode=verify-ca",
        "postgres://traccia@db/tables?sslmode=verify-full",
    ] {
        assert_eq!(unverified(address), None, "{address}");
    }
    for mode in ["prefer", "require"] {
        assert_eq!(unverified(&format!("postgres://traccia@db/tables?sslmode={mode}")).as_deref(), Some(mode));
    }
    let address = "postgres://traccia@db/tables?sslmode=require".parse::<PgOptions>().unwrap();
    assert_eq!(address.root_certificate(std::path::Path::new("ca.pem")).unverified(), None);
}
