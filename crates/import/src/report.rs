//! What an import came to.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use traccia_domain::{
    Hash, Position,
    hash::{Hex, ShortHash},
};

use crate::findings::Finding;

/// The counts of an import. `rows` is `recorded + duplicates + rejected` when it ran to its end.
///
/// A dry run counts what the same file would come to now: it looks at the log and writes nothing. The client's name of the
/// file is not kept: people put names into them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Report {
    /// The name of this run: the same file sent again, or by somebody else, is another run with a report of its own.
    #[schema(value_type = String, example = "9f86d081884c7d659a2feaa0c55ad015")]
    pub id: ShortHash,
    /// SHA-256 of the file.
    #[schema(value_type = String)]
    pub file: Hash,
    /// Rows after the header, blank ones apart.
    pub rows: u64,
    /// Rows whose service was recorded.
    pub recorded: u64,
    /// Rows whose service was recorded before, by this file, another or somebody at a desk.
    pub duplicates: u64,
    /// Rows that were not taken, each with a note of its own.
    pub rejected: u64,
    /// Recorded rows whose document was presented for the first time.
    pub new_citizens: u64,
    /// Recorded rows whose document was known.
    pub known_citizens: u64,
    /// The last position at which a row of this run was recorded; where none was, the log's last position when it ended.
    /// The counts are true there.
    #[schema(value_type = u64)]
    pub position: Position,
    /// How many rows say something twice and differently, by what.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(value_type = BTreeMap<String, u64>)]
    pub findings: BTreeMap<Finding, u64>,
    /// Whether nothing was to be written.
    pub dry_run: bool,
}

impl Report {
    pub(crate) fn new(file: Hash, dry_run: bool) -> Report {
        Report {
            id: Hex::<32>::first_half(file.0),
            file,
            rows: 0,
            recorded: 0,
            duplicates: 0,
            rejected: 0,
            new_citizens: 0,
            known_citizens: 0,
            position: Position::START,
            findings: BTreeMap::new(),
            dry_run,
        }
    }

    /// The share of rows that are rejected, 0 to 1.
    #[must_use]
    pub fn rejected_share(&self) -> f64 {
        if self.rows == 0 { 0.0 } else { self.rejected as f64 / self.rows as f64 }
    }
}
