//! `GET /v1/counting/services`, `GET /v1/counting/persons`: the lists behind the lines of the waterfall.

use axum::{extract::State, response::Response};
use traccia_application::permission::Read;
use traccia_domain::{PointId, ProgrammeId, ProjectId, ProvinceCode};
use traccia_projections::{
    answer::{Answer, Page},
    counting::queries::{self, Judged, Persons, Served, Service, UnitFilter},
};

use super::{
    counting::place,
    list,
    params::{Listed as _, params},
};
use crate::{
    App, Problem,
    bearer::Who,
    request::{Params, Shape},
};

params! {
    /// Which services.
    list WhichServices {
        /// The line: `recorded` (unless told), `qualifying`, or the reason that excludes them.
        judged: Option<String>,
        /// Those of a programme.
        programme: Option<ProgrammeId>,
        /// Those of a project.
        project: Option<ProjectId>,
        /// Those in a province, by its code.
        province: Option<ProvinceCode>,
        /// Those at a point.
        point: Option<PointId>,
    }
}

/// The services behind a line of the waterfall: as many as the line says, in the order in which the log learned them.
#[utoipa::path(
    get, path = "/v1/counting/services", tag = "Leggere", operation_id = "counting_services", params(WhichServices),
    responses((status = 200, description = "Services", content((Answer<Page<Service>> = "application/json"), (String = "text/csv")))),
    security(("token" = [])),
)]
pub(crate) async fn services(
    State(app): State<App>,
    Who(who): Who,
    shape: Shape,
    Params(which): Params<WhichServices>,
) -> Result<Response, Problem> {
    let judged = which.judged.as_deref().map_or(Some(Judged::Recorded), Judged::named);
    let judged =
        judged.ok_or_else(|| Problem::malformed("judged is recorded, qualifying or a reason of the waterfall"))?;
    let reader = super::open(&app, &who, Read::Service, &which).await?;
    let paging = which.paging()?;
    let WhichServices { programme, project, province, point, .. } = which;
    let place = place(&reader, UnitFilter { programme, project, province, point }).await?;
    list::list(shape, &queries::services(&reader, &place, judged, &paging).await?)
}

params! {
    /// Which persons.
    list WhichPersons {
        /// The line: `counted` (unless told), `distinct`, `elsewhere`, `claimed_elsewhere` or `at_risk`.
        persons: Option<String>,
        /// Those of a programme.
        programme: Option<ProgrammeId>,
        /// Those of a project.
        project: Option<ProjectId>,
        /// Those in a province, by its code.
        province: Option<ProvinceCode>,
        /// Those at a point.
        point: Option<PointId>,
    }
}

/// The persons behind a line of the waterfall: as many as the line says, each with their earliest service here that
/// qualifies and the point that counts them.
#[utoipa::path(
    get, path = "/v1/counting/persons", tag = "Leggere", operation_id = "counting_persons", params(WhichPersons),
    responses((status = 200, description = "Persons", content((Answer<Page<Served>> = "application/json"), (String = "text/csv")))),
    security(("token" = [])),
)]
pub(crate) async fn persons(
    State(app): State<App>,
    Who(who): Who,
    shape: Shape,
    Params(which): Params<WhichPersons>,
) -> Result<Response, Problem> {
    let persons = which.persons.as_deref().map_or(Some(Persons::Counted), Persons::named);
    let persons = persons
        .ok_or_else(|| Problem::malformed("persons is counted, distinct, elsewhere, claimed_elsewhere or at_risk"))?;
    let reader = super::open(&app, &who, Read::Units, &which).await?;
    let paging = which.paging()?;
    let WhichPersons { programme, project, province, point, .. } = which;
    let place = place(&reader, UnitFilter { programme, project, province, point }).await?;
    list::list(shape, &queries::persons(&reader, &place, persons, &paging).await?)
}
