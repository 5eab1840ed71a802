//! `GET /v1/milestones`, and the units of a claim.

use axum::{extract::State, response::Response};
use jiff::civil::Date;
use traccia_application::permission::Read;
use traccia_domain::{ProgrammeId, ProjectId};
use traccia_projections::{
    answer::{Answer, Page},
    milestones::queries::{self, ClaimUnit, Milestone},
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
        /// The business day: whether a cut-off has passed, and the pace. That of `known_at`, unless told.
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
    }
}

/// The units that a milestone's latest claim froze, in the order of the list whose root hash it is, and whether each still
/// counts for it.
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
    let WhichClaim { project, milestone, .. } = which;
    let named = References { programme: None, project: Some(project.clone()), province: None, point: None };
    named::check(&reader, named).await?;
    list::list(shape, &queries::claim_units(&reader, &project, &milestone, &paging).await?)
}
