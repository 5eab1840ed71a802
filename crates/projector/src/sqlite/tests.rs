use sqlx::{AssertSqlSafe, Row as _};
use traccia_domain::Position;

use super::{Files, Writer, build::fresh, schema};
use crate::{Change, Checkpoint, Column, Shape, Table, batch::Batch, store::WriteError};

static THING: Table = Table { name: "thing", shape: Shape::Versioned, columns: &[Column::text("id")], indexes: &[] };

#[tokio::test]
async fn ending_versions_finds_them_and_never_scans_the_table() {
    let folder = tempfile::tempdir().unwrap();
    let start = Checkpoint::start(traccia_domain::hash::Hex([0; 16]), 1);
    let mut connection = fresh(&folder.path().join("tables"), &[&THING], &start).await.unwrap();
    for indexed in [false, true] {
        for index in crate::sql::indexes("", &THING).into_iter().filter(|_| indexed) {
            sqlx::query(AssertSqlSafe(index)).execute(&mut connection).await.unwrap();
        }
        for versions in [1, 10, 1_000] {
            let explain = format!("explain query plan {}", schema::end(&THING, versions));
            let plan = sqlx::query(AssertSqlSafe(explain)).fetch_all(&mut connection).await.unwrap();
            let plan: Vec<String> = plan.iter().map(|step| step.get(3)).collect();
            let whole = plan.join("; ");
            assert!(whole.contains("SEARCH t USING PRIMARY KEY (key=? AND since=?)"), "{whole}");
            assert!(whole.contains("SEARCH latest USING PRIMARY KEY (key=?)"), "{whole}");
            assert!(!whole.contains("SCAN t"), "{whole}");
        }
    }
}

/// Rows that need more pages than there are.
fn rows(position: Position) -> Batch {
    let key = |row| 100 * position.0.cast_signed() + row;
    let put = |row| Change::Put { table: &THING, key: key(row), new: true, row: vec!["x".repeat(1_000).into()] };
    Batch::of(&[&THING], (0..100).map(|row| (position, put(row))).collect())
}

#[tokio::test]
async fn a_full_disk_is_waited_for_and_then_written_on() {
    let folder = tempfile::tempdir().unwrap();
    let files = Files::at(folder.path().join("tables"));
    let start = Checkpoint::start(traccia_domain::hash::Hex([0; 16]), 1);
    files.build(&[&THING], &start).await.unwrap().put_in_place().await.unwrap();
    let mut writer: Writer = files.writer().await.unwrap();
    let next = Checkpoint { position: Position(1), ..start.clone() };
    sqlx::query("pragma max_page_count = 8").execute(&mut writer.connection).await.unwrap();
    let full = writer.write(&rows(next.position), start.position, &next).await;
    assert!(matches!(full, Err(WriteError::Away(_))), "{full:?}");
    // There is room again: the limit was the connection's.
    writer.write(&rows(next.position), start.position, &next).await.unwrap();
    let after = Checkpoint { position: Position(2), ..start };
    writer.write(&rows(after.position), next.position, &after).await.unwrap();
}
