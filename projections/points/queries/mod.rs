//! Programmes, projects and points, as they stood.

pub(crate) mod commitments;
mod points;
mod programmes;
mod projects;
mod references;
pub(crate) mod rules;

#[cfg(test)]
mod tests;

pub use commitments::Redistributed;
pub use points::{ActiveSpan, Point, PointFilter, PointWithHistory, STATES, point, points};
pub use programmes::{PlanDifference, Programme, ProgrammeSummary, differences_of_projects, programme, programmes};
pub use projects::{Project, ProjectTargets, project, projects};
pub use references::{Missing, References, missing};
pub use rules::RulesVersion;
