//! Where a test keeps its tables: every database in turn.

use tempfile::TempDir;

use crate::servers;

/// An empty place for tables, a test's own.
#[derive(Debug)]
pub enum Place {
    /// A folder, for SQLite. It goes with this value.
    Folder(TempDir),
    /// The address of a database of PostgreSQL. It goes with the test process.
    Postgres(String),
}

impl Place {
    /// A folder.
    ///
    /// # Panics
    /// When none can be made.
    #[must_use]
    pub fn sqlite() -> Option<Place> {
        Some(Place::Folder(tempfile::tempdir().expect("a folder for temporary files")))
    }

    /// A database, unless PostgreSQL truly cannot be had: then that is printed.
    #[must_use]
    pub fn postgres() -> Option<Place> {
        servers::postgres::database().map(Place::Postgres)
    }

    /// Another empty place of this kind.
    ///
    /// # Panics
    /// When a folder cannot be made.
    #[must_use]
    pub fn another(&self) -> Option<Place> {
        match self {
            Place::Folder(_) => Place::sqlite(),
            Place::Postgres(_) => Place::postgres(),
        }
    }
}

/// Runs tests on every database: each named function, `async fn(Place)`, becomes a test in `sqlite` and in `postgres`.
#[macro_export]
macro_rules! on_every_database {
    ($($test:ident)+) => {
        $crate::on_every_database!(sqlite: $($test)+);
        $crate::on_every_database!(postgres: $($test)+);
    };
    ($database:ident: $($test:ident)+) => {
        mod $database {
            $(
                #[tokio::test]
                async fn $test() {
                    if let Some(place) = $crate::Place::$database() {
                        super::$test(place).await;
                    }
                }
            )+
        }
    };
}
