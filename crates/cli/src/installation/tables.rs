//! Where the read models are: a file in the folder, or a database of PostgreSQL.

use std::{
    env,
    ffi::OsString,
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::bail;
use clap::Args;
use traccia_log::AnyLog;
use traccia_projections::Projections;
use traccia_projector::{PgOptions, ProjectorError, Tables, together};

/// The read models' file in an installation's folder.
const FILE: &str = "tables.db";

/// Where its arguments stand in the help. Each says so itself: said of all of them, it would hold for those after them too.
const HEADING: &str = "The read models on PostgreSQL";

/// The driver's own variable, which it ignores where it does not understand it.
const MODE: &str = "PGSSLMODE";

/// What that variable may say.
const MODES: [&str; 6] = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"];

/// Where the read models are. No secret is an argument: other users can read those.
#[derive(Args, Clone, Default)]
pub(crate) struct TablesPlace {
    /// The database, for example postgres://traccia@db:5432/traccia; without it the read models are a file in the folder.
    /// A password is looked for in PGPASSFILE and ~/.pgpass.
    #[arg(help_heading = HEADING)]
    #[arg(id = "tables", long = "tables", env = "TRACCIA_TABLES_URL", hide_env_values = true, value_name = "URL")]
    url: Option<String>,
    /// The file with the user's password.
    #[arg(help_heading = HEADING)]
    #[arg(
        id = "tables-password-file",
        long = "tables-password-file",
        env = "TRACCIA_TABLES_PASSWORD_FILE",
        value_name = "FILE"
    )]
    password: Option<PathBuf>,
    /// The certificates (PEM) that vouch for the server.
    #[arg(help_heading = HEADING)]
    #[arg(id = "tables-ca", long = "tables-ca", env = "TRACCIA_TABLES_CA", value_name = "FILE")]
    authority: Option<PathBuf>,
}

/// Refuses read models that were built from another log: they would answer in this one's name, and whoever built them would
/// lose them. Whatever else is wrong with them or with the log, what was counted may be looked at, and counted anew.
pub(crate) async fn of_this_log(log: &Arc<AnyLog>, tables: &Tables) -> anyhow::Result<()> {
    match together::<Projections, _>(log, tables).await {
        Err(other @ ProjectorError::OtherLog { .. }) => Err(other.into()),
        Ok(()) | Err(_) => Ok(()),
    }
}

impl TablesPlace {
    /// Whether they are a file in the folder.
    pub(crate) fn embedded(&self) -> bool {
        self.url.is_none()
    }

    /// That the database is named where something else is said of it.
    pub(crate) fn agree(&self) -> anyhow::Result<()> {
        let given = [
            (self.password.is_some(), "--tables-password-file (TRACCIA_TABLES_PASSWORD_FILE)"),
            (self.authority.is_some(), "--tables-ca (TRACCIA_TABLES_CA)"),
        ];
        match given.into_iter().find(|(given, _)| *given).filter(|_| self.embedded()) {
            Some((_, option)) => bail!(
                "{option} is given, and --tables (TRACCIA_TABLES_URL) is not: name the database of the read models, or \
                 leave that out for read models in the folder"
            ),
            None => Ok(()),
        }
    }

    /// How they are called where people read of them.
    pub(crate) fn describe(&self) -> String {
        match self.options() {
            Some(Ok(options)) => options.to_string(),
            Some(Err(_)) => "PostgreSQL".to_owned(),
            None => "SQLite".to_owned(),
        }
    }

    /// They are reached when they are needed.
    pub(crate) fn open(&self, dir: &Path) -> anyhow::Result<Tables> {
        match self.options() {
            Some(options) => Ok(Tables::open_postgres(options?)),
            None => Ok(Tables::open_sqlite(dir.join(FILE))),
        }
    }

    fn options(&self) -> Option<anyhow::Result<PgOptions>> {
        self.url.as_ref().map(|url| {
            understood(env::var_os(MODE))?;
            let mut options: PgOptions = url.parse()?;
            if let Some(file) = &self.password {
                options = options.password_file(file)?;
            }
            if let Some(file) = &self.authority {
                options = options.root_certificate(file);
            }
            Ok(options)
        })
    }
}

/// That the connection will be as safe as somebody meant it to be. An empty variable says nothing.
fn understood(mode: Option<OsString>) -> anyhow::Result<()> {
    let Some(mode) = mode.filter(|mode| !mode.is_empty()) else { return Ok(()) };
    let mode = mode.to_string_lossy();
    if MODES.iter().any(|known| known.eq_ignore_ascii_case(&mode)) {
        return Ok(());
    }
    bail!("the variable {MODE} says {mode:?}, which is none of {}: correct it, or take it away", MODES.join(", "));
}
