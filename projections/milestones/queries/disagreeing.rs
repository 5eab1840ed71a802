//! Certificates and samples that do not state what the fold had frozen.

use crate::answer::{ReadError, Reader};

/// Something that was certified or drawn, and is not what was frozen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disagreeing {
    /// `certificate` or `sample`.
    pub what: String,
    /// The project.
    pub project: String,
    /// The milestone.
    pub milestone: String,
    /// Where it was written.
    pub position: u64,
}

/// All of them.
///
/// # Errors
/// When the tables cannot be read.
pub async fn disagreeing(reader: &Reader) -> Result<Vec<Disagreeing>, ReadError> {
    let of = |table: &str| {
        format!(
            "select '{table}', t.project, t.milestone, t.position from {table} t where t.agrees = 0 and t.position <= $1"
        )
    };
    let sql = format!("{} union all {} order by 4", of("certificate"), of("sample"));
    let mut found = Vec::new();
    for row in reader.rows(sql.into()).await? {
        let position = row.count(3)?;
        found.push(Disagreeing { what: row.text(0), project: row.text(1), milestone: row.text(2), position });
    }
    Ok(found)
}
