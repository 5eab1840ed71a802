//! Verifying: the log is folded again, and every row of every table compared with what is stored.

use std::{collections::BTreeMap, fmt, sync::Arc};

use traccia_domain::Position;
use traccia_log::Log;

use crate::{
    Cell, Cells, Checkpoint, Projection, ProjectorError, Shape, Table, Tables, rebuild, rebuild::Progress,
    runner::belongs, source, store::Compared,
};

/// Differences that are named; all are counted.
const NAMED: usize = 20;

/// What differs where the checkpoint does; it is not a projection's table.
const CHECKPOINT: &str = "checkpoint";

/// What a verification found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// The position up to which log and tables were compared.
    pub position: Position,
    /// Every table, in the order of declaration; after them the checkpoint, where it differs.
    pub tables: Vec<VerifiedTable>,
    /// The first differences.
    pub differences: Vec<Difference>,
}

/// What a verification found in one table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedTable {
    /// Its name.
    pub name: &'static str,
    /// Rows that the log gives.
    pub rows: u64,
    /// Rows that the log gives and the table does not have so.
    pub missing: u64,
    /// Rows that the table has and the log does not give so.
    pub unexpected: u64,
}

/// A row that is not what the log gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The table.
    pub table: &'static str,
    /// The row's primary key: `key` and `since` of a version, `position` and `line` of a fact.
    pub row: (i64, i64),
    /// The values that differ, or all of them where one of the two rows is not there.
    pub columns: Vec<DifferentColumn>,
}

/// A value that is not what the log gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DifferentColumn {
    /// The column.
    pub name: &'static str,
    /// What the log gives; `None` when it gives no such row.
    pub expected: Option<Cell>,
    /// What the table has; `None` when it has no such row.
    pub stored: Option<Cell>,
}

impl Verified {
    /// Whether the tables are what the log gives.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.tables.iter().all(|table| table.missing == 0 && table.unexpected == 0)
    }
}

/// Folds the log again, up to a position or to where the tables have come, and compares every row of every table in both
/// directions. The tables may go on meanwhile: what comes later is left out. The log's own chain is not looked at here.
///
/// # Errors
/// When there are no tables, or they do not belong to the log, or either cannot be read.
pub async fn verify<P: Projection, L: Log>(
    log: &Arc<L>,
    tables: &Tables,
    up_to: Option<Position>,
    progress: impl FnMut(Progress) + Send,
) -> Result<Verified, ProjectorError> {
    let away = ProjectorError::tables_away;
    let stored = tables.store.checkpoint().await.map_err(away)?.ok_or(ProjectorError::NoTables)?;
    let (epoch, head) = source::epoch_and_head(log).await?;
    belongs(&stored, log, epoch, head).await?;
    if stored.version > P::VERSION {
        return Err(ProjectorError::NewerTables { tables: stored.version, program: P::VERSION });
    }
    if stored.version != P::VERSION {
        return Err(ProjectorError::OtherVersion { tables: stored.version, program: P::VERSION });
    }
    let position = up_to.unwrap_or(stored.position);
    if position > stored.position {
        return Err(ProjectorError::NotYet { asked: position, reached: stored.position });
    }
    let scratch = tables.store.scratch(&P::tables(), &Checkpoint::start(epoch, P::VERSION)).await.map_err(away)?;
    let (folder, mut scratch) = rebuild::fill::<P, L, _>(log, scratch, epoch, position, progress).await?;
    let mut verified = Verified { position, tables: Vec::new(), differences: Vec::new() };
    for table in P::tables() {
        let compared = scratch.compare(table, position, NAMED).await.map_err(away)?;
        verified.tables.push(VerifiedTable {
            name: table.name,
            rows: compared.rows,
            missing: compared.missing_rows,
            unexpected: compared.unexpected_rows,
        });
        let left = NAMED - verified.differences.len();
        verified.differences.extend(differences(table, &compared).into_iter().take(left));
    }
    // What belongs to the checkpoint is known where the tables stand; there its hash has been compared already.
    let instant = folder.checkpoint(epoch).recorded_at;
    if position == stored.position && stored.recorded_at != instant {
        let text = |instant: &str| Some(Cell::Text(instant.to_owned()));
        let (expected, found) = (text(&instant), text(&stored.recorded_at));
        let columns = vec![DifferentColumn { name: "recorded_at", expected, stored: found }];
        let row = (position.0.cast_signed(), 0);
        verified.tables.push(VerifiedTable { name: CHECKPOINT, rows: 1, missing: 1, unexpected: 1 });
        verified.differences.push(Difference { table: CHECKPOINT, row, columns });
    }
    Ok(verified)
}

/// Pairs the rows that only the log gives with those that only the table has.
fn differences(table: &'static Table, compared: &Compared) -> Vec<Difference> {
    let mut rows: BTreeMap<(i64, i64), Pair<'_>> = BTreeMap::new();
    for row in &compared.missing {
        rows.entry((row.integer(0), row.integer(1))).or_default().expected = Some(row);
    }
    for row in &compared.unexpected {
        rows.entry((row.integer(0), row.integer(1))).or_default().stored = Some(row);
    }
    let difference = |(row, pair): ((i64, i64), Pair<'_>)| {
        let columns = names(table).into_iter().enumerate().skip(2).map(|(column, name)| DifferentColumn {
            name,
            expected: pair.expected.map(|row| row.cell(column).clone()),
            stored: pair.stored.map(|row| row.cell(column).clone()),
        });
        Difference { table: table.name, row, columns: columns.filter(|c| c.expected != c.stored).collect() }
    };
    rows.into_iter().map(difference).collect()
}

/// A row as the log gives it, and as it is stored.
#[derive(Default)]
struct Pair<'a> {
    expected: Option<&'a Cells>,
    stored: Option<&'a Cells>,
}

/// The names of a stored row's values, those of its primary key first.
pub(crate) fn names(table: &Table) -> Vec<&'static str> {
    let lead: &[&str] = match table.shape {
        Shape::Versioned => &["key", "since", "until"],
        Shape::Appended => &["position", "line"],
    };
    lead.iter().copied().chain(table.columns.iter().map(|column| column.name)).collect()
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}/{}:", self.table, self.row.0, self.row.1)?;
        for column in &self.columns {
            let text = |cell: &Option<Cell>| cell.as_ref().map_or_else(|| "no row".to_owned(), Cell::to_string);
            write!(f, " {} is {}, should be {};", column.name, text(&column.stored), text(&column.expected))?;
        }
        Ok(())
    }
}
