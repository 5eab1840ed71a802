//! Where the read models are: a file in the folder, or a database of PostgreSQL.

use std::path::{Path, PathBuf};

use clap::Args;
use traccia_projector::{PgOptions, Tables};

/// The read models' file in an installation's folder.
const FILE: &str = "tables.db";

/// Where its arguments stand in the help. Each says so itself: said of all of them, it would hold for those after them too.
const HEADING: &str = "The read models on PostgreSQL";

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

impl TablesPlace {
    /// Whether they are a file in the folder.
    pub(crate) fn embedded(&self) -> bool {
        self.url.is_none()
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
