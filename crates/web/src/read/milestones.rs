//! `GET /v1/milestones`, and the units of a claim.

use axum::{extract::State, response::Response};
use jiff::civil::Date;
use traccia_application::permission::Read;
use traccia_domain::{ProgrammeId, ProjectId, milestone::command::Checked};
use traccia_projections::{
    answer::{Answer, Page},
    milestones::queries::{self, ClaimUnit, Milestone, Part},
    points::queries::References,
};

use super::{
    list, named,
    params::{Listed as _, params},
};
use crate::{
    App, Problem,
    bearer::Who,
    request::{Params, Shape},
};

params! {
    /// Which milestones.
    list Which {
        /// Those of a programme.
        programme: Option<ProgrammeId>,
        /// Those of a project.
        project: Option<ProjectId>,
        /// The business day: whether a cut-off has passed, who waits, and the pace. That of `known_at`, unless told.
        #[serde(default, deserialize_with = "traccia_domain::time::day::read_some")]
        on: Option<Date>,
    }
}

/// The milestones of approved projects: what each needs, how far the project is, what was claimed, certified and sampled.
#[utoipa::path(
    get, path = "/v1/milestones", tag = "Leggere", operation_id = "milestones", params(Which),
    responses((status = 200, description = "Milestones", content((Answer<Page<Milestone>> = "application/json"), (String = "text/csv")))),
    security(("token" = [])),
)]
pub(crate) async fn all(
    State(app): State<App>,
    Who(who): Who,
    shape: Shape,
    Params(which): Params<Which>,
) -> Result<Response, Problem> {
    let reader = super::open(&app, &who, Read::Milestones, &which).await?.about(which.on);
    let paging = which.paging()?;
    let Which { programme, project, .. } = which;
    let named = References { programme: programme.clone(), project: project.clone(), province: None, point: None };
    named::check(&reader, named).await?;
    let answer = queries::milestones(&reader, programme.as_ref(), project.as_ref(), &paging).await?;
    list::list(shape, &answer)
}

params! {
    /// Which claim: the latest of a milestone.
    list WhichClaim {
        /// The project.
        project: ProjectId,
        /// The milestone.
        milestone: String,
        /// `true`: only those that still count for it.
        holding: Option<bool>,
        /// `true`: only those that its sample drew.
        drawn: Option<bool>,
        /// Only those of which this was found: `confirmed` or `error`.
        finding: Option<String>,
    }
}

/// What was found of a unit, by its name.
pub(crate) fn finding_named(name: &str) -> Option<Checked> {
    [Checked::Confirmed, Checked::Error].into_iter().find(|checked| checked.as_str() == name)
}

/// The units that a milestone's latest claim froze, in the order of the list whose root hash it is, and whether each still
/// counts for it; whether its sample drew it, and what was found.
#[utoipa::path(
    get, path = "/v1/milestones/units", tag = "Leggere", operation_id = "claim_units", params(WhichClaim),
    responses((status = 200, description = "Units", content((Answer<Page<ClaimUnit>> = "application/json"), (String = "text/csv")))),
    security(("token" = [])),
)]
pub(crate) async fn units(
    State(app): State<App>,
    Who(who): Who,
    shape: Shape,
    Params(which): Params<WhichClaim>,
) -> Result<Response, Problem> {
    let reader = super::open(&app, &who, Read::Units, &which).await?;
    let paging = which.paging()?;
    let WhichClaim { project, milestone, holding, drawn, finding, .. } = which;
    let finding = finding.map(|name| {
        finding_named(&name).ok_or_else(|| Problem::malformed("finding is confirmed or error").at("/finding"))
    });
    let (holding, drawn) = (holding.unwrap_or(false), drawn.unwrap_or(false));
    let part = Part { holding, drawn, finding: finding.transpose()? };
    let named = References { programme: None, project: Some(project.clone()), province: None, point: None };
    named::check(&reader, named).await?;
    list::list(shape, &queries::part_of_claim(&reader, &project, &milestone, part, &paging).await?)
}
