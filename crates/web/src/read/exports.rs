//! `GET /v1/exports/regis`, `POST /v1/exports/regis/differences`, `GET /v1/exports/controls`, `GET /v1/exports/ocds`

use axum::{Json, extract::State, response::Response};
use jiff::civil::Date;
use serde::Serialize;
use traccia_application::{Bearer, permission::Read};
use traccia_domain::ProgrammeId;
use traccia_projections::{
    answer::{Answer, Page, Paging, Reader},
    ocds::{Package, queries::package},
    points::queries::References,
    regis::{
        differences::{Agreement, Difference, differences},
        queries::values,
    },
    trail::queries::{Control, controls as decided},
};
use utoipa::ToSchema;

use super::{
    list, named,
    params::{Known, Listed as _, params},
};
use crate::{
    App, Problem,
    bearer::Who,
    regis,
    request::{Params, Shape, Whole},
};

params! {
    /// Whose values.
    Values {
        /// Those of a programme; all, unless told.
        programme: Option<ProgrammeId>,
        /// The business day; the day of `known_at` unless told.
        #[serde(default, deserialize_with = "traccia_domain::time::day::read_some")]
        on: Option<Date>,
    }
}

/// The values of the plan's register (*ReGiS*) from our own numbers, in the layout of its public file: by CUP, points
/// (`T0107`) and citizens (`T0298`), promised and reached. They are the numbers of `/v1/targets`.
#[utoipa::path(
    get, path = "/v1/exports/regis", tag = "Esportare", operation_id = "export_regis", params(Values),
    responses((status = 200, description = "The file", content_type = "text/csv", body = String)),
    security(("token" = [])),
)]
pub(crate) async fn values_file(
    State(app): State<App>,
    Who(who): Who,
    Params(which): Params<Values>,
) -> Result<Response, Problem> {
    let reader = opened(&app, &who, Read::Exports, which.programme.as_ref(), &which).await?;
    file(&reader, which.programme.as_ref(), which.on).await
}

/// The file of a programme's values, for whoever may read it.
pub(crate) async fn file(
    reader: &Reader,
    programme: Option<&ProgrammeId>,
    on: Option<Date>,
) -> Result<Response, Problem> {
    let found = values(reader, programme, on).await?;
    let text = regis::write(&found.body, on.unwrap_or(reader.on())).map_err(|error| Problem::internal(&*error))?;
    Ok(list::file("text/csv; charset=utf-8", text, found.position))
}

/// The register's file and our own numbers, side by side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Reconciliation {
    /// Values that are the same in both.
    pub(crate) equal: usize,
    /// Values that differ.
    pub(crate) different: usize,
    /// Values that only the register has.
    pub(crate) missing_here: usize,
    /// Values that only we have.
    pub(crate) missing_there: usize,
    /// All of them, by CUP and indicator.
    pub(crate) items: Vec<Difference>,
}

/// The register's public file, put beside our own numbers: by CUP and indicator equal, different by n (ours minus theirs),
/// missing here, missing there. It writes nothing. In CSV, the lines alone.
#[utoipa::path(
    post, path = "/v1/exports/regis/differences", tag = "Esportare", operation_id = "regis_differences", params(Values),
    request_body(content = String, content_type = "text/csv", description = "The register's file of indicators, at most 20,000 rows"),
    responses((status = 200, description = "Both, side by side", content((Answer<Reconciliation> = "application/json"), (String = "text/csv")))),
    security(("token" = [])),
)]
pub(crate) async fn compare(
    State(app): State<App>,
    Who(who): Who,
    shape: Shape,
    Params(which): Params<Values>,
    Whole(body): Whole,
) -> Result<Response, Problem> {
    let reader = opened(&app, &who, Read::Exports, which.programme.as_ref(), &which).await?;
    let there = regis::read(&body).map_err(|error| Problem::malformed(error.to_string()))?;
    let answer = reconciled(&reader, which.programme.as_ref(), which.on, &there).await?;
    list::within(shape, answer, |body| Page { items: body.items, next: None })
}

/// The register's values and ours.
pub(crate) async fn reconciled(
    reader: &Reader,
    programme: Option<&ProgrammeId>,
    on: Option<Date>,
    there: &[traccia_projections::regis::Value],
) -> Result<Answer<Reconciliation>, Problem> {
    let here = values(reader, programme, on).await?;
    let items = differences(&here.body, there);
    let count = |agreement| items.iter().filter(|item| item.agreement == agreement).count();
    let [equal, different] = [Agreement::Equal, Agreement::Different].map(count);
    let [missing_here, missing_there] = [Agreement::MissingHere, Agreement::MissingThere].map(count);
    Ok(here.map(|_| Reconciliation { equal, different, missing_here, missing_there, items }))
}

params! {
    /// Whose controls.
    list Controls {
        /// The programme's. Needed.
        programme: Option<ProgrammeId>,
    }
}

/// The register of controls of a programme: who checked what, when, with which outcome, oldest first. Applications, links
/// between records, reports, milestones, tranches, exposures, expenses, what the bank answered and what came back: each names
/// what it was about and what was decided in fields of its own.
#[utoipa::path(
    get, path = "/v1/exports/controls", tag = "Esportare", operation_id = "export_controls", params(Controls),
    responses((status = 200, description = "Controls", content((Answer<Page<Control>> = "application/json"), (String = "text/csv")))),
    security(("token" = [])),
)]
pub(crate) async fn controls(
    State(app): State<App>,
    Who(who): Who,
    shape: Shape,
    Params(which): Params<Controls>,
) -> Result<Response, Problem> {
    let reader = opened(&app, &who, Read::Controls, which.programme.as_ref(), &which).await?;
    let paging = which.paging()?;
    let programme = which.programme.ok_or_else(|| Problem::malformed("this needs a programme, by its id"))?;
    list::list(shape, &decided(&reader, &programme, &paging).await?)
}

/// All controls of a programme as one file, for whoever may read it.
pub(crate) async fn all_controls(reader: &Reader, programme: &ProgrammeId) -> Result<Response, Problem> {
    let mut answer = decided(reader, programme, &Paging::new(None, Some(Paging::MOST))?).await?;
    while let Some(next) = answer.body.next.take() {
        let page = decided(reader, programme, &Paging::new(Some(&next), Some(Paging::MOST))?).await?.body;
        answer.body.items.extend(page.items);
        answer.body.next = page.next;
    }
    list::list(Shape::Csv, &answer)
}

params! {
    /// Whose grants.
    Grants {
        /// The programme's. Needed.
        programme: Option<ProgrammeId>,
    }
}

/// An open view of a programme's grants: an OCDS 1.1 release package (standard.open-contracting.org), one release for each
/// approved project with its bodies, its award, its milestones and what was paid. The numbers are those of `/v1/milestones`
/// and `/v1/tranches`; money given back is a transaction from the project to the Region, on its day. The `ocid`s begin with
/// `unregistered-`: their prefix is nobody's. No person, no account number. JSON alone; the position is in a header.
#[utoipa::path(
    get, path = "/v1/exports/ocds", tag = "Esportare", operation_id = "export_ocds", params(Grants),
    responses((status = 200, description = "The package", body = Package)),
    security(("token" = [])),
)]
pub(crate) async fn ocds(
    State(app): State<App>,
    Who(who): Who,
    Params(which): Params<Grants>,
) -> Result<Response, Problem> {
    let reader = opened(&app, &who, Read::Exports, which.programme.as_ref(), &which).await?;
    let programme = which.programme.ok_or_else(|| Problem::malformed("this needs a programme, by its id"))?;
    grants(&reader, &programme).await
}

/// The open view of a programme's grants, for whoever may read it.
pub(crate) async fn grants(reader: &Reader, programme: &ProgrammeId) -> Result<Response, Problem> {
    let missing = || Problem::not_found("UnknownProgramme", "there is no such programme");
    let found = package(reader, programme).await?.ok_or_else(missing)?;
    Ok(list::file("application/json", Json(found.body), found.position))
}

/// Opens the tables for who may read it, and refuses a programme that is not there.
async fn opened(
    app: &App,
    who: &Bearer,
    read: Read,
    programme: Option<&ProgrammeId>,
    known: &impl Known,
) -> Result<Reader, Problem> {
    let reader = super::open(app, who, read, known).await?;
    named::check(&reader, References { programme: programme.cloned(), ..References::default() }).await?;
    Ok(reader)
}
