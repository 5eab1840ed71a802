//! What rows name, loaded once.

use std::sync::Arc;

use traccia_domain::{point::Point, programme::Programme, project::Project};
use traccia_log::Log;

use super::{Desk, Row};
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
    /// Loads the points and facilitators that rows name for the first time.
    pub(super) async fn learn(&mut self, rows: &[Row]) -> Result<(), Failure> {
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
}
