//! `GET /v1/payments/orders`: what the treasury takes to its bank.

use axum::{
    Json,
    extract::State,
    http::header,
    response::{IntoResponse as _, Response},
};
use serde::Deserialize;
use traccia_application::permission::Read;
use traccia_domain::ProgrammeId;
use traccia_projections::{
    answer::Page,
    points::queries::References,
    tranches::queries::{self, PaymentOrder},
};
use utoipa::ToSchema;

use super::{csv, named, pain001, params::params};
use crate::{App, Problem, bearer::Who, request::Params};

params! {
    /// Which orders, and how.
    Which {
        /// Those of a programme.
        programme: Option<ProgrammeId>,
        /// How: csv (unless told), pain001 (ISO 20022, pain.001.001.09) or json.
        format: Option<Form>,
    }
}

/// How orders are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Form {
    /// One line each.
    #[default]
    Csv,
    /// For the bank.
    Pain001,
    /// As all else.
    Json,
}

/// Every payment that was ordered, and that the bank has neither confirmed nor returned.
///
/// Asked again it is the same: an order's name, which is the payment's `EndToEndId`, follows from its project and tranche,
/// and the message's from the orders in it. A bank that has taken one takes it for the same.
#[utoipa::path(
    get, path = "/v1/payments/orders", tag = "Leggere", operation_id = "payment_orders", params(Which),
    responses(
        (status = 200, description = "The orders, with whole account numbers", content((String = "text/csv"), (String = "application/xml"), (Object = "application/json"))),
        (status = 404, description = "`NoOrders`: a message to a bank has one payment at least", body = crate::problem::Document, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub(crate) async fn orders(
    State(app): State<App>,
    Who(who): Who,
    Params(which): Params<Which>,
) -> Result<Response, Problem> {
    let reader = super::open(&app, &who, Read::Payments, &which).await?;
    named::check(&reader, References { programme: which.programme.clone(), ..References::default() }).await?;
    let answer = queries::orders(&reader, which.programme.as_ref()).await?;
    let orders = &answer.body;
    match which.format.unwrap_or_default() {
        Form::Json => {
            let page = Page { items: answer.body.clone(), next: None };
            let whole =
                traccia_projections::answer::Answer { position: answer.position, rules: answer.rules, body: page };
            Ok(Json(whole).into_response())
        }
        Form::Csv => Ok(file("text/csv; charset=utf-8", "pagamenti.csv", written(orders)?)),
        // What a bank would pay is what is ordered now: of a day gone by, most of it is paid.
        Form::Pain001 if which.known_at.is_some() => {
            Err(Problem::malformed("orders for the bank are those of now: leave known_at out, or ask for csv or json"))
        }
        Form::Pain001 if orders.is_empty() => {
            Err(Problem::not_found("NoOrders", "no payment is ordered that the bank has not answered"))
        }
        Form::Pain001 => {
            let text = pain001::message(orders, reader.recorded_at().unwrap_or_default());
            Ok(file("application/xml; charset=utf-8", "pagamenti.xml", text.into_bytes()))
        }
    }
}

fn written(orders: &[PaymentOrder]) -> Result<Vec<u8>, Problem> {
    csv::of(orders).map_err(|error| Problem::internal(&*error))
}

fn file(kind: &'static str, name: &str, text: Vec<u8>) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    ([(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, disposition)], text).into_response()
}
