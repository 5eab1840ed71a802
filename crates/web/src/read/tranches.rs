//! `GET /v1/tranches`, `GET /v1/exposures`

use axum::{extract::State, response::Response};
use jiff::civil::Date;
use traccia_application::permission::Read;
use traccia_domain::{ProgrammeId, ProjectId, tranche::State as Standing};
use traccia_projections::{
    answer::{Answer, Page},
    points::queries::References,
    tranches::queries::{self, EXPOSURE_STATES, Exposure, ExposureFilter, Tranche, TrancheFilter},
};

use super::{
    list, named,
    params::{Listed as _, params},
    tranche_table::tranche_table,
};
use crate::{
    App, Problem,
    bearer::Who,
    request::{Params, Shape},
};

params! {
    /// Which tranches.
    list Which {
        /// Those of a programme.
        programme: Option<ProgrammeId>,
        /// Those of a project.
        project: Option<ProjectId>,
        /// Those that stand so: locked, due, authorised, ordered, failed, paid, reconciled, suspended or revoked.
        state: Option<String>,
        /// The business day on which they are due or not; the day of `known_at` unless told.
        #[serde(default, deserialize_with = "traccia_domain::time::day::read_some")]
        on: Option<Date>,
    }
}

/// Tranches: how much of each is planned, payable and withheld, how it stands, on what evidence, what holds it back, and
/// every line that leads to its amount.
///
/// As CSV each is a line, always with the same columns: those of the tranche from `programme` to `unreleased`; `reduction`,
/// `cure_release`, `netting`, `recovery`, `revocation` and `amendment`, what its entries of each code sum to; `entries`, all of
/// them with their origins; `evidence.*`, what it was authorised on, with count and root of its certificate; `order.*`.
#[utoipa::path(
    get, path = "/v1/tranches", tag = "Leggere", operation_id = "tranches", params(Which),
    responses((status = 200, description = "Tranches", content((Answer<Page<Tranche>> = "application/json"), (String = "text/csv")))),
    security(("token" = [])),
)]
pub(crate) async fn all(
    State(app): State<App>,
    Who(who): Who,
    shape: Shape,
    Params(which): Params<Which>,
) -> Result<Response, Problem> {
    let reader = super::open(&app, &who, Read::Tranches, &which).await?.about(which.on);
    let paging = which.paging()?;
    let state = which.state.as_deref().map(standing).transpose()?;
    let Which { programme, project, .. } = which;
    let references = References { programme: programme.clone(), project: project.clone(), ..References::default() };
    named::check(&reader, references).await?;
    let filter = TrancheFilter { programme, project, state, figure: None };
    list::with(shape, &queries::tranches(&reader, &filter, &paging).await?, |tranches| {
        tranche_table(&tranches.iter().map(serde_json::to_value).collect::<Result<Vec<_>, _>>()?)
    })
}

fn standing(name: &str) -> Result<Standing, Problem> {
    let named = Standing::ALL.into_iter().find(|state| state.as_str() == name);
    named.ok_or_else(|| {
        Problem::malformed(format!("state is one of {}", Standing::ALL.map(Standing::as_str).join(", ")))
    })
}

params! {
    /// Which exposures.
    list Exposed {
        /// Those of a project.
        project: Option<ProjectId>,
        /// Those that stand so: open, closed, netted, recovering, recovered or waived.
        state: Option<String>,
    }
}

/// Exposures: money authorised that no longer rests on enough units, with the commits that made it so.
#[utoipa::path(
    get, path = "/v1/exposures", tag = "Leggere", operation_id = "exposures", params(Exposed),
    responses((status = 200, description = "Exposures", content((Answer<Page<Exposure>> = "application/json"), (String = "text/csv")))),
    security(("token" = [])),
)]
pub(crate) async fn exposures(
    State(app): State<App>,
    Who(who): Who,
    shape: Shape,
    Params(which): Params<Exposed>,
) -> Result<Response, Problem> {
    let reader = super::open(&app, &who, Read::Tranches, &which).await?;
    let paging = which.paging()?;
    let state = which.state.as_deref();
    if state.is_some_and(|state| !EXPOSURE_STATES.contains(&state)) {
        return Err(Problem::malformed(format!("state is one of {}", EXPOSURE_STATES.join(", "))));
    }
    named::check(&reader, References { project: which.project.clone(), ..References::default() }).await?;
    let filter =
        ExposureFilter { project: which.project.as_ref(), states: state.as_slice(), ..ExposureFilter::default() };
    list::list(shape, &queries::exposures(&reader, &filter, &paging).await?)
}
