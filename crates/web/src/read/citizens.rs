//! `GET /v1/citizens/{id}`, `POST /v1/citizens/find`

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use traccia_application::permission::Read;
use traccia_domain::{
    RecordId,
    document::Document,
    refusal::Refuses as _,
    registration::{PresentedDocument, RegistrationRefusal},
};
use traccia_projections::{
    answer::Answer,
    counting::queries::{self, Citizen},
};
use utoipa::ToSchema;

use super::{list, params::Moment};
use crate::{
    App, Problem,
    bearer::Who,
    problem::of_code,
    request::{Named, Params, Whole, form},
};

const UNKNOWN: &str = "UnknownCitizen";

/// A person, by any of their records: records, links, services, and where they are counted and why.
#[utoipa::path(
    get, path = "/v1/citizens/{id}", tag = "Leggere", operation_id = "citizen",
    params(("id" = String, Path, description = "A record's id"), Moment),
    responses((status = 200, description = "The person, without anything that says who it is", body = Answer<Citizen>)),
    security(("token" = [])),
)]
pub(crate) async fn one(
    State(app): State<App>,
    Who(who): Who,
    Named(id): Named<RecordId>,
    Params(known): Params<Moment>,
) -> Result<Json<Answer<Citizen>>, Problem> {
    let reader = super::open(&app, &who, Read::Citizen, &known).await?;
    list::found(
        queries::citizen(&reader, id).await?,
        UNKNOWN,
        "there is no such record, or it was not served within your scope",
    )
}

/// Which record is looked for. It holds a document in clear: it never prints.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wanted {
    /// The document, as `RegisterCitizen` takes it.
    #[schema(value_type = Object)]
    document: PresentedDocument,
}

/// A record that was found.
#[derive(Serialize, ToSchema)]
pub(crate) struct Found {
    /// Its id.
    id: String,
    /// The document's kind.
    document: String,
}

/// The record of a document. The number travels in the body: addresses end up in logs.
///
/// Whoever registers must find: it is answered for any record, and says nothing but its id.
#[utoipa::path(
    post, path = "/v1/citizens/find", tag = "Leggere", operation_id = "find_citizen", params(Moment), request_body = Wanted,
    responses((status = 200, description = "The record", body = Answer<Found>)),
    security(("token" = [])),
)]
pub(crate) async fn find(
    State(app): State<App>,
    Who(who): Who,
    Params(known): Params<Moment>,
    Whole(body): Whole,
) -> Result<Json<Answer<Found>>, Problem> {
    let Wanted { document } = form::read_json(&body)?;
    let reader = super::open(&app, &who, Read::FindCitizen, &known).await?;
    let document = Document::new(document.kind, document.issuer.as_deref(), &document.number).map_err(|invalid| {
        let refusal = RegistrationRefusal::Document { index: 0, invalid };
        let (status, code) = of_code(refusal.code());
        Problem::new(status, code, refusal.to_string()).at("/document/number")
    })?;
    let mut found = None;
    for id in app.application.fingerprint().records(&document) {
        found = queries::citizen(&reader, id).await?.map(|answer| answer.map(|citizen| of_document(citizen, id)));
        if found.is_some() {
            break;
        }
    }
    list::found(found, UNKNOWN, "no record was made of this document")
}

fn of_document(citizen: Citizen, id: RecordId) -> Found {
    let id = id.to_string();
    let record = citizen.records.into_iter().find(|record| record.id == id);
    Found { document: record.map(|record| record.document).unwrap_or_default(), id }
}
