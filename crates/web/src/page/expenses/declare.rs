//! `POST /spese/dichiarazioni`: a project's claim on an invoice, carried out as the command that says it.

use axum::{
    Form,
    extract::{State, rejection::FormRejection},
    response::Response,
};
use serde::Deserialize;
use traccia_application::{
    Bearer, IdempotencyKey, InvalidKey,
    permission::{Extent, extent},
};
use traccia_domain::{
    CommandKind, ProjectId, expense::command::DeclareExpense, hash::ShortHash, invoice::WrittenTaxId, reason, time::day,
};

use crate::{
    App, Problem,
    page::{
        access::own_site::OwnSite,
        frame::{Field, SignedIn, Wrong, carried_out, led_on, read},
    },
};

/// Whether somebody declares expenses at all.
pub(super) fn may(who: &Bearer) -> bool {
    extent(who.actor.role, CommandKind::DeclareExpense) != Extent::Nowhere
}

/// What the form sends. The supplier's tax id may be a person's: it never prints.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sent {
    project: ProjectId,
    expense: String,
    item: String,
    supplier_tax_id: String,
    invoice: String,
    date: String,
    amount: String,
    share: String,
}

impl Sent {
    /// The command; or which field is wrong.
    fn command(&self) -> Result<DeclareExpense, Wrong> {
        let named = |_| Wrong::field(Field("expense"), "ha da 1 a 64 segni: lettere minuscole, cifre e trattini");
        let dated = |_| Wrong::field(Field("date"), "è un giorno che esiste, per esempio 2024-06-30");
        reason::check_act(&self.invoice)?;
        Ok(DeclareExpense {
            project: self.project.clone(),
            expense: self.expense.trim().parse().map_err(named)?,
            item: self.item.clone(),
            supplier_tax_id: WrittenTaxId(self.supplier_tax_id.clone()),
            invoice: self.invoice.clone(),
            date: day::parse(&self.date).map_err(dated)?,
            amount: read::cents("amount", &self.amount)?,
            share: read::share("share", &self.share)?,
        })
    }

    /// A second click sends the same again, and gets the first answer; what was put right is another declaration.
    fn key(&self) -> Result<IdempotencyKey, Problem> {
        let Sent { project, expense, item, supplier_tax_id, invoice, date, amount, share } = self;
        let parts = [project.as_str(), expense, item, supplier_tax_id, invoice, date, amount, share];
        let content = ShortHash::of_parts(parts.map(str::as_bytes));
        format!("page-declare-{content}").parse().map_err(|error: InvalidKey| Problem::internal(&error))
    }
}

/// Declares an expense and leads back to the project's.
#[utoipa::path(
    post, path = "/spese/dichiarazioni", tag = "Pagine", operation_id = "declare_expense_page",
    request_body(content = Object, content_type = "application/x-www-form-urlencoded", description = "`project`, `expense`, `item`, `supplier_tax_id`, `invoice`, `date`, `amount` and `share`"),
    responses((status = 303, description = "To the project's expenses"), (status = 422, description = "A rule speaks against it", content_type = "text/html", body = String)),
    security(("token" = [])),
)]
pub(crate) async fn send(
    State(app): State<App>,
    SignedIn { who, frame }: SignedIn,
    _: OwnSite,
    form: Result<Form<Sent>, FormRejection>,
) -> Response {
    led_on(&frame, async {
        let Form(sent) = form.map_err(|_| Wrong::request("Il modulo non ha i campi di una spesa."))?;
        carried_out(&app, &who, Some(sent.key()?), sent.command()?.into()).await?;
        Ok(format!("/spese?project={}", sent.project))
    })
    .await
}
