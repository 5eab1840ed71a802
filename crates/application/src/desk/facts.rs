//! What rows name, loaded once.

use std::{collections::HashMap, sync::Arc};

use futures::{StreamExt as _, TryStreamExt as _, stream};
use traccia_domain::{RecordId, document::Document, point::Point, programme::Programme, project::Project};
use traccia_log::Log;

use super::{AT_ONCE, Desk, REMEMBERED, Row};
use crate::{
    Answers, Failure, RecordKeys,
    facts::{programme_of, target},
    permission::{self, Forbidden},
};

/// A point as far as rows need to know it.
pub(super) struct Place {
    pub(super) point: Arc<Point>,
    pub(super) project: Arc<Project>,
    pub(super) programme: Arc<Programme>,
    /// Whether the bearer may record there.
    pub(super) right: Result<(), Forbidden>,
}

impl<L: Log, K: RecordKeys, A: Answers> Desk<'_, L, K, A> {
    /// Loads the points and facilitators that rows name for the first time, and finds the records of their documents.
    pub(super) async fn learn(&mut self, rows: &[Row]) -> Result<(), Failure> {
        self.find_records(rows).await?;
        let app = self.app;
        // A moment ago is not enough: a point opened just before its upload would be unknown for all of it.
        let world = app.world(true);
        for row in rows {
            let (point, facilitator) = (&row.service.point, &row.service.facilitator);
            if !self.places.contains_key(point) {
                let state = world.point(point).await?;
                let (project, programme) = world.project(state.project()).await?;
                let target = target(std::slice::from_ref(point), state.project(), programme_of(&project));
                let right = match &self.extent {
                    Ok(extent) => permission::within(self.who, *extent, &target),
                    Err(forbidden) => Err(forbidden.clone()),
                };
                self.places.insert(point.clone(), Place { point: state, project, programme, right });
            }
            if !self.facilitators.contains_key(facilitator) {
                let state = world.facilitator(facilitator).await?;
                self.facilitators.insert(facilitator.clone(), state);
            }
        }
        Ok(())
    }

    /// The record of a row's document, once the row was learned.
    pub(super) fn record_of(&self, document: &Document) -> RecordId {
        let newest = self.app.fingerprint().newest().record(document);
        self.records.get(&newest).copied().unwrap_or(newest)
    }

    /// With one key alone nothing is looked up: the document makes its record.
    async fn find_records(&mut self, rows: &[Row]) -> Result<(), Failure> {
        let app = self.app;
        if app.fingerprint().alone() {
            return Ok(());
        }
        if self.records.len() > REMEMBERED {
            self.records.clear();
        }
        let mut asked = HashMap::new();
        for row in rows {
            let newest = app.fingerprint().newest().record(&row.document);
            if !self.records.contains_key(&newest) {
                asked.insert(newest, &row.document);
            }
        }
        let lookups: Vec<_> = asked
            .into_iter()
            .map(|(newest, document)| async move { app.record_of(document).await.map(|record| (newest, record)) })
            .collect();
        let found: Vec<(RecordId, RecordId)> = stream::iter(lookups).buffer_unordered(AT_ONCE).try_collect().await?;
        self.records.extend(found);
        Ok(())
    }
}
