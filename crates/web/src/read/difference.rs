//! `GET /v1/counting/difference`

use axum::{extract::State, http::StatusCode, response::Response};
use traccia_application::permission::{self, Read};
use traccia_domain::{PointId, ProgrammeId, ProjectId, ProvinceCode};
use traccia_projections::{
    answer::Answer,
    counting::queries::{self, Difference, UnitFilter},
};

use super::{
    Known,
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
    /// Which positions, and of what.
    list Which {
        /// The earlier: a position, or an RFC 3339 instant.
        from: Option<String>,
        /// The later; another name of `known_at`. Now, unless told.
        to: Option<String>,
        /// Of a programme,
        programme: Option<ProgrammeId>,
        /// a province of it, by its code,
        province: Option<ProvinceCode>,
        /// a project,
        project: Option<ProjectId>,
        /// or a point.
        point: Option<PointId>,
    }
}

/// What the log knew at one of the two.
struct At<'a>(Option<&'a str>, Option<u64>);

impl Known for At<'_> {
    fn known_at(&self) -> Option<&str> {
        self.0
    }

    fn min_position(&self) -> Option<u64> {
        self.1
    }
}

/// Two positions compared: the citizens that a place counts at one of them only, each with the commit that caused it.
/// `counted.after` minus `counted.before` is `gained` minus `lost`. Who moved between two places is lost in one and gained
/// in the other. A cause outside what the token may see is told by its position alone.
#[utoipa::path(
    get, path = "/v1/counting/difference", tag = "Leggere", operation_id = "difference", params(Which),
    responses((status = 200, description = "Citizens gained and lost", content((Answer<Difference> = "application/json"), (String = "text/csv")))),
    security(("token" = [])),
)]
pub(crate) async fn one(
    State(app): State<App>,
    Who(who): Who,
    shape: Shape,
    Params(which): Params<Which>,
) -> Result<Response, Problem> {
    let within = super::within(super::right(&who, Read::Units)?);
    let to = match (which.to.as_deref(), which.known_at()) {
        (Some(_), Some(_)) => return Err(Problem::malformed("to and known_at are the same: give one of them")),
        (to, known_at) => to.or(known_at),
    };
    let Some(from) = which.from.as_deref() else {
        return Err(Problem::malformed("this needs from: the earlier position or instant"));
    };
    if which.programme.is_none() && which.project.is_none() && which.point.is_none() {
        return Err(Problem::malformed("this needs a programme, a project or a point"));
    }
    let paging = which.paging()?;
    let reader = super::at(&app, within.clone(), &At(to, which.min_position())).await?;
    let from = super::at(&app, within, &At(Some(from), None)).await?.position();
    if from > reader.position() {
        return Err(Problem::malformed("from is after to: the earlier of the two comes first"));
    }
    let Which { programme, project, province, point, .. } = which;
    let place = place(&reader, UnitFilter { programme, project, province, point }).await?;
    if !queries::whole(&reader, &place).await? {
        return Err(Problem::new(
            StatusCode::NOT_FOUND,
            "UnknownProgramme",
            "there is no such place, or the token reaches a part of it only",
        ));
    }
    let told = permission::reach(&who, Read::Trail).is_some();
    let answer = queries::difference(&reader, from, &place, told, &paging).await?;
    list::within(shape, answer, |body| body.page)
}
