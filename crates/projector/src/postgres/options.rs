//! Which PostgreSQL holds the tables, and how it is reached.

use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
    str::FromStr,
};

use sqlx::{
    ConnectOptions as _,
    postgres::{PgConnectOptions, PgSslMode},
};
use traccia_log::BoxError;

/// How many readers read at once, unless told otherwise.
const READERS: u32 = 8;

/// What an address may say after its `?`. The driver would repeat others in its traces, with what they hold.
const PARAMETERS: [&str; 8] = ["sslmode", "sslrootcert", "sslcert", "sslkey", "host", "port", "dbname", "user"];

/// Which PostgreSQL holds the tables, and how it is reached. It never prints a password.
///
/// From an address as libpq reads it: `postgres://user@host:5432/database?sslmode=verify-full&sslrootcert=ca.pem`. What the
/// address does not say is looked up where libpq looks: the password in the file that `PGPASSFILE` names or in `~/.pgpass`.
#[derive(Clone)]
pub struct PgOptions {
    pub(super) connect: PgConnectOptions,
    pub(super) readers: u32,
}

/// Why an address or a password was not taken.
#[derive(Debug, thiserror::Error)]
pub enum PgOptionsError {
    /// It is not an address of PostgreSQL.
    #[error("the address of the read models is not one of PostgreSQL: write postgres://user@host:5432/database")]
    Address(#[source] BoxError),
    /// The address holds a password, so it is not repeated here.
    #[error(
        "the address of the read models holds a password, which others can read there: write \
         postgres://user@host:5432/database, and name the file that holds the password"
    )]
    Secret,
    /// The address has a parameter that nothing here goes by.
    #[error("the address of the read models has the parameter {name:?}, which is none of {}", PARAMETERS.join(", "))]
    Parameter {
        /// Its name.
        name: String,
    },
    /// The password's file cannot be read.
    #[error("the password of the read models' database cannot be read from {}", file.display())]
    Password {
        /// The file.
        file: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

impl FromStr for PgOptions {
    type Err = PgOptionsError;

    fn from_str(address: &str) -> Result<PgOptions, PgOptionsError> {
        if !["postgres://", "postgresql://"].iter().any(|scheme| address.starts_with(scheme)) {
            return Err(PgOptionsError::Address("it begins otherwise".into()));
        }
        let rest = address.split_once("://").map_or("", |(_, rest)| rest);
        let (place, parameters) = rest.split_once('?').unwrap_or((rest, ""));
        // A password may itself hold what ends it, and be read as a port, a database or a parameter.
        let user = place.rsplit_once('@').or_else(|| rest.rsplit_once('@')).map_or("", |(user, _)| user);
        if user.contains(':') || user.to_ascii_lowercase().contains("%3a") {
            return Err(PgOptionsError::Secret);
        }
        for pair in parameters.split('&').filter(|pair| !pair.is_empty()) {
            match pair.split('=').next().unwrap_or_default() {
                "password" => return Err(PgOptionsError::Secret),
                name if PARAMETERS.contains(&name) => {}
                name => return Err(PgOptionsError::Parameter { name: name.to_owned() }),
            }
        }
        let connect: PgConnectOptions =
            address.parse().map_err(|error: sqlx::Error| PgOptionsError::Address(error.into()))?;
        Ok(PgOptions { connect: connect.disable_statement_logging(), readers: READERS })
    }
}

impl PgOptions {
    /// With the password that is a file's first line.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn password_file(self, file: &Path) -> Result<PgOptions, PgOptionsError> {
        let text =
            fs::read_to_string(file).map_err(|source| PgOptionsError::Password { file: file.to_owned(), source })?;
        Ok(PgOptions { connect: self.connect.password(text.lines().next().unwrap_or_default()), ..self })
    }

    /// With the certificate of the authority that vouches for the server. The server's certificate and name are then
    /// checked, unless the address asked for less than its name and more than nothing.
    #[must_use]
    pub fn root_certificate(self, file: &Path) -> PgOptions {
        let mode = match self.connect.get_ssl_mode() {
            PgSslMode::VerifyCa => PgSslMode::VerifyCa,
            PgSslMode::Disable | PgSslMode::Allow | PgSslMode::Prefer | PgSslMode::Require | PgSslMode::VerifyFull => {
                PgSslMode::VerifyFull
            }
        };
        PgOptions { connect: self.connect.ssl_root_cert(file).ssl_mode(mode), ..self }
    }

    /// With so many connections that read at once.
    #[must_use]
    pub fn readers(self, readers: u32) -> PgOptions {
        PgOptions { readers, ..self }
    }
}

impl fmt::Display for PgOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (user, port) = (self.connect.get_username(), self.connect.get_port());
        let database = self.connect.get_database().unwrap_or(user);
        match self.connect.get_socket() {
            Some(socket) => write!(f, "postgres://{user}@{}:{port}/{database}", socket.display()),
            None => write!(f, "postgres://{user}@{}:{port}/{database}", self.connect.get_host()),
        }
    }
}

impl fmt::Debug for PgOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PgOptions({self}, {} readers)", self.readers)
    }
}
