//! Looking at what an installation has left in its folder.

use std::{fs, path::Path, sync::Arc};

use traccia_log::{Log, sqlite::SqliteLog, verify_chain};
use traccia_projections::Projections;
use traccia_projector::{Tables, verify};

use super::{
    checker::{Broken, Evidence, Finding, check},
    journal::Journal,
    raw,
    rows::Rows,
};

/// Everything that is wrong with a folder, looked at in a copy: the next start finds it as it was left.
pub async fn examine(folder: &Path, journal: &Journal) -> Vec<Finding> {
    let copy = copy(folder);
    let (log_file, tables_file) = (copy.path().join("log.db"), copy.path().join("tables.db"));
    let log = raw::of_file(&log_file).await.expect("the log can be read");
    let rows = Rows::of_file(&tables_file).await.expect("the tables can be read");
    let mut findings = check(&Evidence { log: &log, journal, rows: Some(&rows) });
    let log = Arc::new(SqliteLog::open(&log_file).await.expect("the log can be opened"));
    findings.extend(verified(&log, &Tables::open_sqlite(&tables_file)).await);
    findings
}

/// What the program itself finds wrong: it reads the whole log again, and compares every row with what that gives.
pub async fn verified<L: Log>(log: &Arc<L>, tables: &Tables) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut found = |broken, what| findings.push(Finding { broken, what });
    if let Err(error) = verify_chain(&**log).await {
        found(Broken::Chain, error.to_string());
    }
    match verify::<Projections, _>(log, tables, None, |_| {}).await {
        Ok(verified) => verified.differences.iter().for_each(|row| found(Broken::Counted, row.to_string())),
        Err(error) => found(Broken::Whole, error.to_string()),
    }
    findings
}

/// A folder's files as they are, in another.
pub fn copy(folder: &Path) -> tempfile::TempDir {
    let copy = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let to = copy.path().join(entry.file_name());
        let kind = entry.file_type().unwrap();
        let leads_to = kind.is_symlink().then(|| fs::read_link(entry.path()).unwrap());
        if let Some(elsewhere) = leads_to.as_ref().filter(|target| target.is_absolute()) {
            // On another disk, with its write-ahead log beside it.
            fs::copy(elsewhere, &to).unwrap();
            let [log, logged] = [elsewhere, &to].map(|file| format!("{}-wal", file.display()));
            if fs::exists(&log).unwrap() {
                fs::copy(log, logged).unwrap();
            }
        } else if let Some(target) = leads_to {
            std::os::unix::fs::symlink(target, to).unwrap();
        } else if kind.is_file() && !entry.path().to_string_lossy().ends_with("-shm") {
            fs::copy(entry.path(), to).unwrap();
        }
    }
    copy
}
