//! Why the projector does not go on. Each text says what to do.

use traccia_domain::{Position, hash::ShortHash};
use traccia_log::{BoxError, LogError};

use crate::postgres::Newer;

/// Why the projector does not go on.
#[derive(Debug, thiserror::Error)]
pub enum ProjectorError {
    /// The log has no first commit.
    #[error("the log is empty: start it with `traccia init`")]
    NotStarted,
    /// The tables belong to another log.
    #[error(
        "the tables were built from log {tables}, but this is log {log}: another installation's log or tables are \
         configured. Correct that; to replace those tables by this log's, run `traccia rebuild --other-log`"
    )]
    OtherLog {
        /// The tables' epoch.
        tables: ShortHash,
        /// The log's epoch.
        log: ShortHash,
    },
    /// The tables know more than the log.
    #[error(
        "the log ends at position {log}, but the tables have reached {tables}: the log was restored from an older backup \
         or has lost commits. Restore the whole log; if it is lost, run `traccia rebuild` to build the tables from what \
         is left"
    )]
    LogShorter {
        /// The tables' position.
        tables: Position,
        /// The log's last position.
        log: Position,
    },
    /// The log has another commit where the tables stand.
    #[error(
        "the commit at position {at} is not the one that the tables were built from: the log was restored from an older \
         backup and went on differently. Restore the right log, or run `traccia rebuild` to build the tables from this one"
    )]
    OtherHistory {
        /// The tables' position.
        at: Position,
    },
    /// A commit is missing.
    #[error(
        "the log has no commit at position {missing}, and goes on at {next}: it has lost what was stored. Nothing after \
         it is counted; restore the log from a replica or a backup"
    )]
    Gap {
        /// The first position that is missing.
        missing: Position,
        /// Where the log goes on.
        next: Position,
    },
    /// A commit cannot be read. It is never skipped.
    #[error(
        "the commit at position {at} cannot be read, and nothing after it is counted: use the version of traccia that \
         wrote it, or restore the log if it is damaged"
    )]
    Unreadable {
        /// Where.
        at: Position,
        /// How it is known.
        #[source]
        source: LogError,
    },
    /// The log cannot be reached.
    #[error("the log cannot be reached")]
    LogAway(#[source] LogError),
    /// Another projector writes the tables, or put others in their place.
    #[error("another projector has moved the tables on from position {at}: only one writes them at a time")]
    Fenced {
        /// Where this one was.
        at: Position,
    },
    /// Another process builds tables.
    #[error("another process is building the tables: wait until it has ended")]
    Busy,
    /// The tables cannot be read.
    #[error("the read models cannot be read")]
    TablesAway(#[source] BoxError),
    /// The tables cannot be written.
    #[error("the read models cannot be written after position {at}")]
    NotWritten {
        /// The last position that is written.
        at: Position,
        /// Why.
        #[source]
        source: BoxError,
    },
    /// There is nothing to verify.
    #[error("there are no tables yet: run `traccia rebuild`")]
    NoTables,
    /// The tables are of another version of the projections.
    #[error("the tables are of version {tables} and this program's of {program}: start it, or run `traccia rebuild`")]
    OtherVersion {
        /// The tables' version.
        tables: u32,
        /// The program's.
        program: u32,
    },
    /// The tables were built by a later program, whose rows this one does not know.
    #[error(
        "the read models are of version {tables}, and this program's are of version {program}: a later version of traccia \
         has built them. Use that version; to go back to this one, run `traccia rebuild` with it"
    )]
    NewerTables {
        /// The tables' version.
        tables: u32,
        /// The program's.
        program: u32,
    },
    /// The database was laid out by a later program.
    #[error(
        "the database of the read models has layout {database}, and this program knows layouts up to {program}: a later \
         version of traccia has used it. Use that version, or give this one another database"
    )]
    NewerLayout {
        /// The database's layout.
        database: i64,
        /// The latest that the program knows.
        program: i64,
    },
    /// A position was asked for that the tables have not reached.
    #[error("the tables have reached position {reached}, not yet {asked}")]
    NotYet {
        /// What was asked for.
        asked: Position,
        /// How far they have come.
        reached: Position,
    },
    /// A bug.
    #[error("the fold broke off: this is a bug of traccia")]
    Broken(#[source] BoxError),
}

impl ProjectorError {
    /// Why the tables could not be looked at.
    pub(crate) fn tables_away(error: BoxError) -> ProjectorError {
        newer(error).unwrap_or_else(ProjectorError::TablesAway)
    }

    /// Why the tables could not be written after a position.
    pub(crate) fn not_written(at: Position, error: BoxError) -> ProjectorError {
        newer(error).unwrap_or_else(|source| ProjectorError::NotWritten { at, source })
    }
}

fn newer(error: BoxError) -> Result<ProjectorError, BoxError> {
    let Newer { database, program } = *error.downcast()?;
    Ok(ProjectorError::NewerLayout { database, program })
}

/// An error with its causes in one line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
