//! One thing that is done to one place of a folder, drawn from a seed.

use std::{fs, path::Path};

use fastrand::Rng;
use sqlx::{Connection as _, Executor as _};

use super::{
    bytes::{cut, flip, flip_anywhere, tables, waiting},
    edited::{self, Edit},
    rewritten::{edited as another_commit, inserted, placed, rewrite, texts},
    says::{connected, count_anew},
    signed,
    whole::Whole,
};

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strike {
    /// A bit flips in the log's file, anywhere.
    LogBit,
    /// A bit flips in its header.
    LogHeaderBit,
    /// A bit flips in what a killed server has left in the log's write-ahead log.
    LogWaitingBit,
    /// The log's file ends early.
    LogCut,
    /// Its write-ahead log ends early: the last commits are gone, and they had been answered.
    LogWaitingCut,
    /// An older copy took its place.
    LogOlder,
    /// A commit is gone.
    CommitGone,
    /// A commit is gone, and those behind it moved up.
    CommitGoneAndClosed,
    /// Two commits have changed places.
    CommitsSwapped,
    /// A commit stands there that nobody sent, among older ones.
    CommitInserted,
    /// A commit says something else, and the later chain was mended.
    CommitEdited,
    /// The same, and the read models were built anew from it.
    CommitEditedAndCounted,
    /// A stream is found under another key.
    IndexBit,
    /// A bit flips in the read models' file.
    TablesBit,
    /// A bit flips in its write-ahead log.
    TablesWaitingBit,
    /// The read models' file ends early.
    TablesCut,
    Row(Edit),
    /// A bit flips in any file of the ledger.
    LedgerBit,
    /// A file of the ledger ends early.
    LedgerCut,
    LedgerFileGone,
    /// Two tiles have changed places.
    TilesSwapped,
    /// The checkpoint is an older one, which was signed.
    CheckpointOlder,
    /// The checkpoint was signed by another key.
    CheckpointForged,
}

impl Strike {
    /// Each of them.
    pub const ALL: [Strike; 27] = [
        Strike::LogBit,
        Strike::LogHeaderBit,
        Strike::LogWaitingBit,
        Strike::LogCut,
        Strike::LogWaitingCut,
        Strike::LogOlder,
        Strike::CommitGone,
        Strike::CommitGoneAndClosed,
        Strike::CommitsSwapped,
        Strike::CommitInserted,
        Strike::CommitEdited,
        Strike::CommitEditedAndCounted,
        Strike::IndexBit,
        Strike::TablesBit,
        Strike::TablesWaitingBit,
        Strike::TablesCut,
        Strike::Row(Edit::Changed),
        Strike::Row(Edit::Removed),
        Strike::Row(Edit::Added),
        Strike::Row(Edit::AddedAhead),
        Strike::Row(Edit::EndsAhead),
        Strike::LedgerBit,
        Strike::LedgerCut,
        Strike::LedgerFileGone,
        Strike::TilesSwapped,
        Strike::CheckpointOlder,
        Strike::CheckpointForged,
    ];

    /// Whether it is done to a folder as a killed server has left it.
    pub fn waiting(self) -> bool {
        matches!(self, Strike::LogWaitingBit | Strike::LogWaitingCut | Strike::TablesWaitingBit)
    }

    /// Does it to a folder; where.
    pub async fn falls(self, folder: &Path, whole: &Whole, rng: &mut Rng) -> String {
        let (log, ledger) = (folder.join("log.db"), folder.join("ledger"));
        let history = &whole.says.log;
        match self {
            Strike::LogBit => flip_anywhere(&log, rng),
            Strike::LogHeaderBit => flip(&log, rng, 0..100),
            Strike::LogWaitingBit => flip_anywhere(&waiting(&log), rng),
            Strike::LogCut => cut(&log, rng),
            Strike::LogWaitingCut => cut(&waiting(&log), rng),
            Strike::LogOlder => {
                let left = rng.usize(1..history.len());
                rewrite(&log, &history[..left]).await;
                format!("{left} of {} commits are left", history.len())
            }
            Strike::CommitGone => {
                let (mut log_left, gone) = (history.clone(), rng.usize(..history.len() - 1));
                log_left.remove(gone);
                rewrite(&log, &log_left).await;
                format!("the commit at {} is gone", gone + 1)
            }
            Strike::CommitGoneAndClosed => {
                let (mut left, gone) = (texts(history), rng.usize(..history.len()));
                left.remove(gone);
                rewrite(&log, &placed(left)).await;
                format!("the commit at {} is gone, and the others moved up", gone + 1)
            }
            Strike::CommitsSwapped => {
                let (mut swapped, one) = (texts(history), rng.usize(..history.len()));
                let other = (one + rng.usize(1..history.len())) % history.len();
                swapped.swap(one, other);
                rewrite(&log, &placed(swapped)).await;
                format!("the commits at {} and {} changed places", one + 1, other + 1)
            }
            Strike::CommitInserted => {
                let (forged, said) = inserted(history, rng);
                rewrite(&log, &forged).await;
                said
            }
            Strike::CommitEdited | Strike::CommitEditedAndCounted => {
                let (forged, said) = another_commit(history, 1, rng);
                rewrite(&log, &forged).await;
                if self == Strike::CommitEditedAndCounted {
                    count_anew(folder).await;
                }
                said
            }
            Strike::IndexBit => {
                let mut connection = connected(&log).await.unwrap();
                let (position, bit) = (1 + rng.usize(..history.len()), rng.u8(..63));
                let sql = format!(
                    "update recent set key = (key | {0}) - (key & {0}) where position = {position}",
                    1_u64 << bit
                );
                connection.execute(sqlx::AssertSqlSafe(sql)).await.unwrap();
                connection.close().await.unwrap();
                format!("bit {bit} of the key of {position}")
            }
            Strike::TablesBit => flip_anywhere(&tables(folder), rng),
            Strike::TablesWaitingBit => flip_anywhere(&waiting(&tables(folder)), rng),
            Strike::TablesCut => cut(&tables(folder), rng),
            Strike::Row(edit) => edited::edit(&tables(folder), edit, rng).await,
            Strike::LedgerBit => flip_anywhere(&signed::any(&ledger, rng), rng),
            Strike::LedgerCut => cut(&signed::any(&ledger, rng), rng),
            Strike::LedgerFileGone => {
                let gone = signed::any(&ledger, rng);
                fs::remove_file(&gone).unwrap();
                format!("{} is gone", gone.display())
            }
            Strike::TilesSwapped => signed::swap(&ledger, rng),
            Strike::CheckpointOlder => {
                let early = whole.early.laid_out();
                fs::copy(early.path().join("checkpoint"), ledger.join("checkpoint")).unwrap();
                "an older checkpoint".to_owned()
            }
            Strike::CheckpointForged => signed::forge(&ledger, rng),
        }
    }
}
