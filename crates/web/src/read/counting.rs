//! `GET /v1/counting`, `GET /v1/counting/units`, `GET /v1/counting/overlaps`

use axum::{Json, extract::State, response::Response};
use traccia_application::permission::Read;
use traccia_domain::{PointId, ProgrammeId, ProjectId, ProvinceCode};
use traccia_projections::{
    answer::{Answer, Page, Reader},
    counting::queries::{self, CountingScope, Overlaps, Unit, UnitFilter, Waterfall},
    points::queries::References,
};

use super::{
    list, named,
    params::{Listed as _, Moment, params},
};
use crate::{
    App, Problem,
    bearer::Who,
    request::{Params, Shape},
};

params! {
    /// What is explained: the narrowest of those given, which lie within one another. A province is one of a programme.
    Which {
        /// A programme.
        programme: Option<ProgrammeId>,
        /// A province of it, by its code.
        province: Option<ProvinceCode>,
        /// A project.
        project: Option<ProjectId>,
        /// A point.
        point: Option<PointId>,
    }
}

/// The waterfall: services recorded, minus each reason, to citizens counted. Each line opens into its list:
/// `/v1/counting/services` and `/v1/counting/persons`.
#[utoipa::path(
    get, path = "/v1/counting", tag = "Leggere", operation_id = "counting", params(Which),
    responses((status = 200, description = "The waterfall", body = Answer<Waterfall>)),
    security(("token" = [])),
)]
pub(crate) async fn waterfall(
    State(app): State<App>,
    Who(who): Who,
    Params(which): Params<Which>,
) -> Result<Json<Answer<Waterfall>>, Problem> {
    let reader = super::open(&app, &who, Read::Counting, &which).await?;
    let Which { programme, province, project, point, .. } = &which;
    let references = References {
        programme: programme.clone(),
        project: project.clone(),
        point: point.clone(),
        province: province.clone(),
    };
    named::check(&reader, references).await?;
    let (scope, unknown) = match which {
        Which { point: Some(point), .. } => (CountingScope::Point(point), "UnknownPoint"),
        Which { project: Some(_), province: Some(_), .. } => {
            return Err(Problem::malformed("a project is explained as a whole: ask without the province"));
        }
        Which { project: Some(project), .. } => (CountingScope::Project(project), "UnknownProject"),
        Which { programme: Some(programme), province: Some(province), .. } => {
            (CountingScope::Province(programme, province), "UnknownProgramme")
        }
        Which { programme: Some(programme), .. } => (CountingScope::Programme(programme), "UnknownProgramme"),
        Which { .. } => return Err(Problem::malformed("this needs a programme, a project or a point")),
    };
    list::found(
        queries::waterfall(&reader, &scope).await?,
        unknown,
        "there is nothing of this name, or not all of it may be seen",
    )
}

params! {
    /// Which units.
    list WhichUnits {
        /// Those of a programme.
        programme: Option<ProgrammeId>,
        /// Those of a project.
        project: Option<ProjectId>,
        /// Those in a province, by its code.
        province: Option<ProvinceCode>,
        /// Those of a point.
        point: Option<PointId>,
    }
}

/// The list behind a count: one item for each person counted, and the service that counts them.
#[utoipa::path(
    get, path = "/v1/counting/units", tag = "Leggere", operation_id = "units", params(WhichUnits),
    responses((status = 200, description = "Units", content((Answer<Page<Unit>> = "application/json"), (String = "text/csv")))),
    security(("token" = [])),
)]
pub(crate) async fn units(
    State(app): State<App>,
    Who(who): Who,
    shape: Shape,
    Params(which): Params<WhichUnits>,
) -> Result<Response, Problem> {
    let reader = super::open(&app, &who, Read::Units, &which).await?;
    let paging = which.paging()?;
    let WhichUnits { programme, project, province, point, .. } = which;
    let place = place(&reader, UnitFilter { programme, project, province, point }).await?;
    list::list(shape, &queries::units(&reader, &place, &paging).await?)
}

/// A place that a list is limited to, once all that it names is there.
pub(super) async fn place(reader: &Reader, place: UnitFilter) -> Result<UnitFilter, Problem> {
    let UnitFilter { programme, project, province, point } = place.clone();
    named::check(reader, References { programme, project, province, point }).await?;
    Ok(place)
}

/// Persons counted in several programmes or lines, and the double counts that were prevented.
#[utoipa::path(
    get, path = "/v1/counting/overlaps", tag = "Leggere", operation_id = "overlaps", params(Moment),
    responses((status = 200, description = "Overlaps", body = Answer<Overlaps>)),
    security(("token" = [])),
)]
pub(crate) async fn overlaps(
    State(app): State<App>,
    Who(who): Who,
    Params(known): Params<Moment>,
) -> Result<Json<Answer<Overlaps>>, Problem> {
    let reader = super::open(&app, &who, Read::Overlaps, &known).await?;
    Ok(Json(queries::overlaps(&reader).await?))
}
