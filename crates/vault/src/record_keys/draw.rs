//! Drawing a key for each record that has none.

use std::collections::HashMap;

use sqlx::{AssertSqlSafe, Connection as _, SqliteConnection};
use traccia_application::RecordKey;
use traccia_domain::{RecordId, hash::Hex};

use super::{kept, whole};
use crate::VaultError;

/// Rows of one statement. Few sizes, so that statements are prepared once.
const ROWS: [usize; 3] = [512, 32, 1];

/// Stores what was drawn for records that have no key; everybody's key, but of those whose key was destroyed.
pub(super) async fn store_missing(
    connection: &mut SqliteConnection,
    records: &[RecordId],
    drawn: &[u8],
) -> Result<HashMap<RecordId, RecordKey>, VaultError> {
    // Immediate: nobody else draws in between, in no process. Dropped before its commit, it rolls back.
    let mut transaction = connection.begin_with("begin immediate").await?;
    let mut found = HashMap::with_capacity(records.len());
    // In the table's order, neighbours share a page.
    let mut sorted = records.to_vec();
    sorted.sort_unstable();
    let mut rest = sorted.iter().zip(drawn.chunks_exact(32));
    for rows in ROWS {
        let insert = format!("insert or ignore into record_keys values {}", vec!["(?,?)"; rows].join(","));
        let select = format!("select record, key from record_keys where record in ({})", vec!["?"; rows].join(","));
        while rest.len() >= rows {
            let batch: Vec<_> = rest.by_ref().take(rows).collect();
            let mut query = sqlx::query(AssertSqlSafe(insert.as_str()));
            for (record, key) in &batch {
                query = query.bind(&record.0.0[..]).bind(*key);
            }
            let inserted = query.execute(&mut *transaction).await?.rows_affected();
            if usize::try_from(inserted).is_ok_and(|inserted| inserted == rows) {
                for (record, key) in batch {
                    found.insert(*record, RecordKey(whole(key)?));
                }
                continue;
            }
            // Some had a key before, and theirs is the one that stays; or were erased, and stay without.
            let mut query = sqlx::query_as::<_, (Vec<u8>, Vec<u8>)>(AssertSqlSafe(select.as_str()));
            for (record, _) in &batch {
                query = query.bind(&record.0.0[..]);
            }
            for (record, key) in query.fetch_all(&mut *transaction).await? {
                if let Some(key) = kept(&key)? {
                    found.insert(RecordId(Hex(whole(&record)?)), key);
                }
            }
        }
    }
    // A crash before this line leaves no new key, and none was answered.
    transaction.commit().await?;
    Ok(found)
}
