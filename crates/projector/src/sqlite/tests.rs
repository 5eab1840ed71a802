use sqlx::{AssertSqlSafe, Row as _};

use super::{build::fresh, schema};
use crate::{Checkpoint, Column, Shape, Table};

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
