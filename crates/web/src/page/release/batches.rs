//! The batches on `/erogazioni`: what waits for the next, the form that closes it, and the files of those closed.

use std::collections::BTreeMap;

use axum::{
    Form,
    extract::{State, rejection::FormRejection},
    response::Response,
};
use serde::Deserialize;
use traccia_application::{
    Bearer, IdempotencyKey,
    permission::{Extent, Read, extent, reach},
};
use traccia_domain::{
    Cents, Command, CommandKind, ProgrammeId,
    id::InvalidId,
    payments::{
        MessageId, Payments,
        command::{CloseBatch, Expected},
    },
};
use traccia_projections::{
    answer::{Paging, Reader},
    tranches::queries::{Batch, batches, orders},
};

use super::euro;
use crate::{
    App, Problem,
    page::{
        access::own_site::OwnSite,
        frame::{Asked, Field, Sight, SignedIn, Truth, Wrong, carried_out, led_on, open},
        shown::{Cell, italian},
    },
    read::{payments, right, within},
    request::Both,
};

/// Batches on the page; all of them are in the API's list.
const BATCHES: u32 = 20;

/// What the page shows of batches.
pub(super) struct Batches {
    pub(super) waiting: Vec<Waiting>,
    pub(super) closed: Vec<Closed>,
    /// Whether who looks may close one.
    pub(super) closes: bool,
}

/// The batch that could be closed next in a programme.
pub(super) struct Waiting {
    pub(super) programme: String,
    pub(super) number: u32,
    pub(super) orders: usize,
    pub(super) total: Cents,
    pub(super) amount: String,
}

/// A batch that was closed.
pub(super) struct Closed {
    pub(super) programme: String,
    pub(super) number: u32,
    pub(super) orders: String,
    pub(super) amount: String,
    pub(super) on: String,
    pub(super) message: String,
    pub(super) files: [Cell; 2],
}

/// The batches of a programme, or of all that who looks may pay in; none for those who may not.
pub(super) async fn seen(
    reader: &Reader,
    who: &Bearer,
    truth: &Truth,
    programme: Option<&ProgrammeId>,
) -> Result<Option<Batches>, Wrong> {
    if reach(who, Read::Payments).is_none() {
        return Ok(None);
    }
    let mut waiting = BTreeMap::<String, Vec<Cents>>::new();
    for order in orders(reader, programme).await?.body {
        if order.batch.is_none() {
            waiting.entry(order.programme).or_default().push(order.amount);
        }
    }
    let mut next = Vec::with_capacity(waiting.len());
    for (programme, mut amounts) in waiting {
        amounts.truncate(Payments::MOST);
        let id = programme.parse().map_err(|error: InvalidId| Problem::internal(&error))?;
        let last = batches(reader, Some(&id), &Paging::new(None, Some(1))?).await?.body.items;
        let number = last.first().map_or(0, |batch| batch.number) + 1;
        let total = amounts.iter().copied().sum();
        next.push(Waiting { programme, number, orders: amounts.len(), total, amount: euro(total) });
    }
    let closed = batches(reader, programme, &Paging::new(None, Some(BATCHES))?).await?.body.items;
    Ok(Some(Batches {
        waiting: next,
        closed: closed.iter().map(|batch| drawn(batch, truth)).collect(),
        closes: !truth.past() && extent(who.actor.role, CommandKind::CloseBatch) != Extent::Nowhere,
    }))
}

fn drawn(batch: &Batch, truth: &Truth) -> Closed {
    let file = |name: &str, format: &str| {
        Cell::link(
            name,
            truth.link(&format!("/erogazioni/distinte/{}/{}?format={format}", batch.programme, batch.number)),
        )
    };
    Closed {
        programme: batch.programme.clone(),
        number: batch.number,
        orders: italian::number(batch.orders),
        amount: euro(batch.total),
        on: italian::day_of(&batch.on),
        message: batch.message.clone(),
        files: [file("XML per la banca", "pain001"), file("CSV", "csv")],
    }
}

/// A batch's file.
#[utoipa::path(
    get, path = "/erogazioni/distinte/{programme}/{number}", tag = "Pagine", operation_id = "payment_batch_page",
    params(
        ("programme" = String, Path, description = "The programme"), ("number" = u32, Path, description = "The batch's number in it"),
        ("format" = String, Query, description = "csv or pain001"), ("known_at" = Option<String>, Query, description = "What the log knew"),
    ),
    responses((status = 200, description = "The file", content((String = "text/csv"), (String = "application/xml")))),
    security(("token" = [])),
)]
pub(crate) async fn file(
    State(app): State<App>,
    SignedIn { who, frame }: SignedIn,
    Both(programme, number): Both<ProgrammeId, u32>,
    asked: Asked,
) -> Response {
    let found = async {
        asked.only(&["format"])?;
        let form = match asked.text("format") {
            Some("csv") => payments::Form::Csv,
            Some("pain001") => payments::Form::Pain001,
            Some(_) | None => return Err(Wrong::field(Field("format"), "è csv oppure pain001")),
        };
        let sight = Sight::Exact(within(right(&who, Read::Payments)?));
        let (reader, _) = open(&app, sight, &asked, "/erogazioni").await?;
        Ok(payments::batch_file(&reader, &programme, number, form).await?)
    };
    found.await.unwrap_or_else(|wrong: Wrong| wrong.under(&frame))
}

/// What the form sends: the batch as the page showed it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sent {
    programme: ProgrammeId,
    number: u32,
    orders: u32,
    total: Cents,
}

impl Sent {
    fn command(&self) -> Command {
        let expected = Expected { number: self.number, orders: self.orders, total: self.total };
        CloseBatch { programme: self.programme.clone(), expected: Some(expected) }.into()
    }

    /// The same form sent twice is one batch, whose answer is found by its key.
    fn key(&self) -> Result<IdempotencyKey, Problem> {
        let key = format!("page-{}", MessageId::of(&self.programme, self.number));
        key.parse().map_err(|error| Problem::internal(&error))
    }
}

/// Closes the batch that the page showed, and leads back to it.
#[utoipa::path(
    post, path = "/erogazioni/distinte", tag = "Pagine", operation_id = "close_batch_page",
    request_body(content = Object, content_type = "application/x-www-form-urlencoded", description = "`programme`, and `number`, `orders` and `total` of the batch as the page showed it"),
    responses((status = 303, description = "To the programme's tranches"), (status = 409, description = "The page is old", content_type = "text/html", body = String)),
    security(("token" = [])),
)]
pub(crate) async fn close(
    State(app): State<App>,
    SignedIn { who, frame }: SignedIn,
    _: OwnSite,
    form: Result<Form<Sent>, FormRejection>,
) -> Response {
    led_on(&frame, async {
        let Form(sent) = form.map_err(|_| Wrong::request("Il modulo non ha i campi di una distinta."))?;
        carried_out(&app, &who, Some(sent.key()?), sent.command()).await?;
        Ok(format!("/erogazioni?programme={}", sent.programme))
    })
    .await
}
