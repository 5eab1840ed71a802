//! `GET /v1/payments/orders`, `/v1/payments/batches`: what waits for the bank, and what the treasury takes to it.

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
    answer::{Answer, Page, Reader},
    points::queries::References,
    tranches::queries::{self, Batch, PaymentOrder},
};
use utoipa::ToSchema;

use super::{
    csv, list, named, pain001,
    params::{Listed as _, params},
};
use crate::{
    App, Problem,
    bearer::Who,
    request::{Both, Params, Shape},
};

params! {
    /// Which orders, and how.
    Which {
        /// Those of a programme.
        programme: Option<ProgrammeId>,
        /// How: csv (unless told) or json.
        format: Option<Form>,
    }
}

/// How orders and batches are written.
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

impl Form {
    /// Why orders are not written for the bank here.
    const CLOSE_A_BATCH: &str = "a file for the bank is that of a batch: close one with CloseBatch, then ask \
        GET /v1/payments/batches/{programme}/{number}?format=pain001";
}

/// Every payment that was ordered, and that the bank has neither confirmed nor returned, with the batch it is in, the *CUP*
/// of its project (its programme's where it has none of its own) and the tax id of the body that is paid. Its columns are
/// always `order, programme, region, project, tranche, amount, iban, creditor, ordered_on, batch, cup, creditor_tax_id`.
///
/// This list is to look at. The file for the bank is that of a batch, which is closed with `CloseBatch` and is the same for
/// ever: `GET /v1/payments/batches/{programme}/{number}?format=pain001`. Asked for `pain001` here, this says so (400): two
/// files of this list would hold the same order twice.
#[utoipa::path(
    get, path = "/v1/payments/orders", tag = "Leggere", operation_id = "payment_orders", params(Which),
    responses((status = 200, description = "The orders, with whole account numbers", content((String = "text/csv"), (Object = "application/json")))),
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
    match which.format.unwrap_or_default() {
        Form::Json => {
            let page = Page { items: answer.body, next: None };
            Ok(Json(Answer { position: answer.position, rules: answer.rules, body: page }).into_response())
        }
        Form::Csv => Ok(file("text/csv; charset=utf-8", "pagamenti.csv", written(&answer.body)?)),
        Form::Pain001 => Err(Problem::malformed(Form::CLOSE_A_BATCH)),
    }
}

params! {
    /// Which batches.
    list Batches {
        /// Those of a programme.
        programme: Option<ProgrammeId>,
    }
}

/// Batches of payment orders, the last closed first. A batch is closed with `CloseBatch`: an order is in one, and in another
/// only after the bank has returned it and it was given again.
#[utoipa::path(
    get, path = "/v1/payments/batches", tag = "Leggere", operation_id = "payment_batches", params(Batches),
    responses((status = 200, description = "Batches", content((Answer<Page<Batch>> = "application/json"), (String = "text/csv")))),
    security(("token" = [])),
)]
pub(crate) async fn batches(
    State(app): State<App>,
    Who(who): Who,
    shape: Shape,
    Params(which): Params<Batches>,
) -> Result<Response, Problem> {
    let reader = super::open(&app, &who, Read::Payments, &which).await?;
    let paging = which.paging()?;
    named::check(&reader, References { programme: which.programme.clone(), ..References::default() }).await?;
    list::list(shape, &queries::batches(&reader, which.programme.as_ref(), &paging).await?)
}

params! {
    /// How a batch is written.
    Written {
        /// How: json (unless told), csv or pain001 (ISO 20022, pain.001.001.09), which is for the bank.
        format: Option<Form>,
    }
}

/// A batch with its orders: what is taken to the bank. It is the same, byte for byte, whenever it is asked for: its answer
/// stands at the position it was closed at. `MsgId` follows from programme and number, `EndToEndId` is the order's name; the
/// bank is asked to pay on the day the batch was closed; the purpose (`Ustrd`) is `CUP`, the code, programme, project and
/// tranche. The account that pays is `NOTPROVIDED`. A bank that has taken a file takes it for the same: one of a batch that
/// was closed before files had them has no *CUP* and no tax id.
#[utoipa::path(
    get, path = "/v1/payments/batches/{programme}/{number}", tag = "Leggere", operation_id = "payment_batch",
    params(("programme" = String, Path, description = "The programme"), ("number" = u32, Path, description = "The batch's number in it"), Written),
    responses(
        (status = 200, description = "The batch, with whole account numbers", content((Object = "application/json"), (String = "text/csv"), (String = "application/xml"))),
        (status = 404, description = "`UnknownBatch`", body = crate::problem::Document, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub(crate) async fn batch(
    State(app): State<App>,
    Who(who): Who,
    Both(programme, number): Both<ProgrammeId, u32>,
    Params(how): Params<Written>,
) -> Result<Response, Problem> {
    let reader = super::open(&app, &who, Read::Payments, &how).await?;
    batch_file(&reader, &programme, number, how.format.unwrap_or(Form::Json)).await
}

/// A batch as a file.
pub(crate) async fn batch_file(
    reader: &Reader,
    programme: &ProgrammeId,
    number: u32,
    form: Form,
) -> Result<Response, Problem> {
    let found = queries::batch(reader, programme, number).await?;
    let missing = "there is no batch of this number, or it is outside what your token may see";
    let answer = found.ok_or_else(|| Problem::not_found("UnknownBatch", missing))?;
    let name = |extension| format!("distinta-{programme}-{number}.{extension}");
    match form {
        Form::Json => Ok(Json(answer).into_response()),
        Form::Csv => Ok(file("text/csv; charset=utf-8", &name("csv"), written(&answer.body.items)?)),
        Form::Pain001 if answer.body.items.is_empty() => {
            let why =
                "the bank had answered all of this batch's orders when it was written: there is nothing to tell it";
            Err(Problem::not_found("NoOrders", why))
        }
        Form::Pain001 => {
            let text = pain001::message(&answer.body).into_bytes();
            Ok(file("application/xml; charset=utf-8", &name("xml"), text))
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
