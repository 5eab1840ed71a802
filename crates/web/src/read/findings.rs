//! `GET /v1/findings`, `GET /v1/findings/services`

use axum::{extract::State, response::Response};
use traccia_application::permission::Read;
use traccia_domain::{ProgrammeId, ProjectId};
use traccia_projections::{
    answer::{Answer, Page},
    counting::queries::Service,
    findings::queries::{self, Finding, FindingFilter, FindingId, InvalidFinding, Kind},
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
    /// Which findings.
    list Which {
        /// Those of a programme.
        programme: Option<ProgrammeId>,
        /// Those of a project.
        project: Option<ProjectId>,
        /// Those of a kind: consecutive_documents, early_act, minutes_of_a_day, month_end, outside_hours or same_minute.
        kind: Option<String>,
    }
}

/// What an auditor would look at first, with the services and units that hang on it. A finding accuses nobody and changes no
/// count. What each kind means is in `projections/findings/README.md`.
#[utoipa::path(
    get, path = "/v1/findings", tag = "Leggere", operation_id = "findings", params(Which),
    responses((status = 200, description = "Findings", content((Answer<Page<Finding>> = "application/json"), (String = "text/csv")))),
    security(("token" = [])),
)]
pub(crate) async fn all(
    State(app): State<App>,
    Who(who): Who,
    shape: Shape,
    Params(which): Params<Which>,
) -> Result<Response, Problem> {
    let kind =
        match which.kind.as_deref() {
            None => None,
            Some(name) => Some(Kind::named(name).ok_or_else(|| {
                Problem::malformed(format!("kind is one of {}", Kind::ALL.map(Kind::as_str).join(", ")))
            })?),
        };
    let reader = super::open(&app, &who, Read::Findings, &which).await?;
    let paging = which.paging()?;
    let Which { programme, project, .. } = which;
    let references = References { programme: programme.clone(), project: project.clone(), ..References::default() };
    named::check(&reader, references).await?;
    let filter = FindingFilter { programme, project, kind };
    list::list(shape, &queries::findings(&reader, &filter, &paging).await?)
}

params! {
    /// Which finding.
    list Opened {
        /// Its `id`.
        finding: Option<String>,
    }
}

/// The services that hang on a finding, each with the person it was given to and whether it counts them.
#[utoipa::path(
    get, path = "/v1/findings/services", tag = "Leggere", operation_id = "finding_services", params(Opened),
    responses((status = 200, description = "Services", content((Answer<Page<Service>> = "application/json"), (String = "text/csv")))),
    security(("token" = [])),
)]
pub(crate) async fn services(
    State(app): State<App>,
    Who(who): Who,
    shape: Shape,
    Params(which): Params<Opened>,
) -> Result<Response, Problem> {
    let reader = super::open(&app, &who, Read::Findings, &which).await?;
    let Some(finding) = which.finding.as_deref() else {
        return Err(Problem::malformed("this needs a finding, by its id"));
    };
    let id: FindingId = finding.parse().map_err(|error: InvalidFinding| Problem::malformed(error.to_string()))?;
    list::list(shape, &queries::services(&reader, &id, &which.paging()?).await?)
}
