//! Programmes, projects and points, as they stood.

mod points;
mod programmes;
mod projects;

#[cfg(test)]
mod tests;

pub use points::{ActiveSpan, Point, PointFilter, PointWithHistory, point, points};
pub use programmes::{PlanDifference, Programme, ProgrammeSummary, RulesVersion, programme, programmes};
pub use projects::{Project, ProjectTargets, project, projects};
