//! Where the points of a programme are.

use rustc_hash::FxHashMap;
use traccia_projector::held;

use crate::answer::{ReadError, Reader, Sql};

/// A point's place.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) id: String,
    pub(crate) project: String,
    pub(crate) province: String,
    pub(crate) name: String,
}

/// The points of a programme by their key. Their places never change.
#[derive(Debug)]
pub(crate) struct Places(FxHashMap<i64, Place>);

impl Places {
    pub(crate) async fn of(reader: &Reader, programme: &str) -> Result<Places, ReadError> {
        let mut sql =
            Sql::from(format!("select p.key, p.id, p.project, p.province, p.name from point p where {}", held("p")));
        sql.push(" and p.programme = ").arg(programme.to_owned());
        let rows = reader.rows(sql).await?;
        let place = |row: &crate::answer::Line| {
            let place = Place { id: row.text(1), project: row.text(2), province: row.text(3), name: row.text(4) };
            (row.integer(0), place)
        };
        Ok(Places(rows.iter().map(place).collect()))
    }

    pub(crate) fn at(&self, key: i64) -> Option<&Place> {
        self.0.get(&key)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Place> {
        self.0.values()
    }
}
