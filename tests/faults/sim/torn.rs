//! Tables whose checkpoint is on the disk before their rows: what one transaction for both is there to prevent.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use futures::future::BoxFuture;
use traccia_log::BoxError;
use traccia_projector::{
    Cells,
    memory::{MemoryTables, Place, Weather},
};

use super::{chaos::Chaos, clients::locked};

type Rows = BTreeMap<&'static str, BTreeMap<(i64, i64), Cells>>;

/// The weather, and the rows as they were before the last transaction.
#[derive(Debug)]
pub struct Torn {
    pub chaos: Arc<Chaos>,
    pub tables: MemoryTables,
    pub rows: Mutex<Option<Rows>>,
}

impl Torn {
    /// A crash between the two: the checkpoint has moved, the rows have not.
    pub fn tear(&self) {
        if let (Some(content), Some(rows)) = (self.tables.content().as_mut(), locked(&self.rows).take()) {
            content.rows = rows;
        }
    }
}

impl Weather for Torn {
    fn at(&self, place: Place) -> BoxFuture<'_, Result<(), BoxError>> {
        if place == Place::Inside {
            *locked(&self.rows) = self.tables.content().as_ref().map(|content| content.rows.clone());
        }
        self.chaos.at(place)
    }
}
