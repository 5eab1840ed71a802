//! Looking at an installation as `traccia verify` and `traccia ledger verify` do, with the functions that they call.

use std::{fmt, path::Path, sync::Arc};

use traccia_ledger::{Folder, Ledger, Signer, checkpoint, verify_log};
use traccia_log::{Log, sqlite::SqliteLog, verify_chain};
use traccia_projections::Projections;
use traccia_projector::{Tables, verify};
use traccia_vault::Secrets;

/// Who finds something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Finder {
    /// Whoever opens the log: nothing starts.
    Opening,
    /// The commits: positions, versions, hashes.
    Chain,
    /// What was signed.
    Ledger,
    /// The rows, compared with those that the log gives.
    Tables,
}

/// What was found, by whom first.
#[derive(Debug)]
pub struct Found {
    pub by: Finder,
    pub why: String,
}

fn by<E: std::error::Error>(by: Finder) -> impl FnOnce(E) -> Found {
    move |error| Found { by, why: error.to_string() }
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.by, self.why)
    }
}

/// The log in a folder.
pub async fn opened(folder: &Path) -> Result<Arc<SqliteLog>, Found> {
    SqliteLog::open(&folder.join("log.db")).await.map(Arc::new).map_err(by(Finder::Opening))
}

/// Everything in a folder.
pub async fn look(folder: &Path) -> Result<(), Found> {
    looked(&opened(folder).await?, &Tables::open_sqlite(folder.join("tables.db")), folder).await
}

/// A log, its tables, and what a folder has signed of it.
pub async fn looked<L: Log>(log: &Arc<L>, tables: &Tables, folder: &Path) -> Result<(), Found> {
    hangs_together(log, folder).await?;
    let ledger = ledger(log, folder).await?;
    match verify_log(&**log, &ledger, |_| {}).await.map_err(by(Finder::Ledger))? {
        Some(signed) if signed.holds() => {}
        Some(signed) => return Err(Found { by: Finder::Ledger, why: signed.differences.join("; ") }),
        None => return Err(Found { by: Finder::Ledger, why: "nothing is signed".into() }),
    }
    counted(log, tables).await
}

/// The log by itself, and that it is the folder's.
pub async fn hangs_together<L: Log>(log: &Arc<L>, folder: &Path) -> Result<(), Found> {
    let epoch = traccia_log::epoch(&**log).await.map_err(by(Finder::Opening))?;
    let known = std::fs::read_to_string(folder.join("epoch")).expect("the folder knows its log");
    if epoch.map(|epoch| epoch.to_string()).as_deref() != Some(known.trim()) {
        return Err(Found { by: Finder::Opening, why: "it is another log".into() });
    }
    verify_chain(&**log).await.map(drop).map_err(by(Finder::Chain))
}

/// The rows, whatever was signed.
pub async fn counted<L: Log>(log: &Arc<L>, tables: &Tables) -> Result<(), Found> {
    let verified = verify::<Projections, _>(log, tables, None, |_| {}).await.map_err(by(Finder::Tables))?;
    let differences = verified.differences.iter().map(ToString::to_string);
    let why = differences.collect::<Vec<_>>().join("; ");
    if verified.holds() { Ok(()) } else { Err(Found { by: Finder::Tables, why }) }
}

/// What a folder has signed of a log.
pub async fn ledger<L: Log>(log: &Arc<L>, folder: &Path) -> Result<Ledger, Found> {
    let epoch = traccia_log::epoch(&**log).await.map_err(by(Finder::Opening))?.expect("it has begun");
    let secrets = Secrets::open(folder).expect("the keys are whole");
    let signer = Signer::new(&checkpoint::origin(epoch), secrets.ledger()).expect("an epoch names a key");
    Ok(Ledger::new(Folder::new(folder.join("ledger")), signer.verifier().clone()))
}
