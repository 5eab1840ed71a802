//! An installation whose log is a file, and whose read models are in a PostgreSQL on a disk that a test breaks.

use std::{path::Path, sync::Arc};

use tempfile::TempDir;
use traccia_tests::servers::postgres;

use super::{
    checker::{Evidence, check, listed},
    kills::installed,
    load::Load,
    raw,
    rows::Rows,
};
use crate::program::Server;

pub struct Tabled {
    pub server: Server,
    pub load: Arc<Load>,
    pub folder: TempDir,
    pub database: postgres::Server,
    pub tables: String,
}

impl Tabled {
    /// Starts it with the database's files on a disk.
    pub async fn start_on(disk: &Path) -> Option<Tabled> {
        let database = postgres::Server::start_in(disk)?;
        let tables = database.database();
        let folder = tempfile::tempdir().unwrap();
        let load = installed(folder.path(), 400, &[]);
        let server = Server::call("serve", folder.path(), &["--tables", &tables]);
        load.begin(&server.url).await;
        Some(Tabled { database, tables, folder, load, server })
    }

    /// That every promise is kept, once all outcomes are known and the read models have followed.
    pub async fn holds(&self, when: &str) {
        self.load.resolve(&self.server.url).await;
        self.load.caught_up(&self.server.url).await;
        let rows = Rows::of_postgres(&self.database, self.tables.rsplit('/').next().unwrap());
        let stored = raw::of_file(&self.folder.path().join("log.db")).await.unwrap();
        let journal = self.load.journal().clone();
        let findings = check(&Evidence { log: &stored, journal: &journal, rows: Some(&rows) });
        assert!(findings.is_empty(), "{when}:\n{}", listed(&findings));
    }
}
