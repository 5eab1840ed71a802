//! `POST /spese`: the Region's decision on an expense, carried out as the command that says it.

use axum::{
    Form,
    extract::{State, rejection::FormRejection},
    response::Response,
};
use serde::Deserialize;
use traccia_application::{
    Bearer, IdempotencyKey,
    permission::{Extent, extent},
};
use traccia_domain::{
    Command, CommandKind, ExpenseId, ProjectId,
    expense::command::{AcceptExpense, RejectExpense},
    reason,
};

use crate::{
    App, Problem,
    page::{
        access::own_site::OwnSite,
        frame::{SignedIn, Wrong, carried_out, led_on},
    },
};

/// Whether somebody decides on expenses at all.
pub(super) fn may(who: &Bearer) -> bool {
    extent(who.actor.role, CommandKind::AcceptExpense) != Extent::Nowhere
}

/// What the form sends; the reason is a rejection's.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Decided {
    project: ProjectId,
    expense: ExpenseId,
    decision: Decision,
    #[serde(default)]
    reason: String,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Decision {
    Accept,
    Reject,
}

impl Decided {
    fn command(&self) -> Command {
        let (expense, reason) = (self.expense.clone(), self.reason.clone());
        match self.decision {
            Decision::Accept => AcceptExpense { expense }.into(),
            Decision::Reject => RejectExpense { expense, reason }.into(),
        }
    }

    /// A second click sends the same again, and gets the first answer.
    fn key(&self) -> Result<IdempotencyKey, Problem> {
        let key = format!("page-{}-{}", self.expense, self.command().name());
        key.parse().map_err(|error| Problem::internal(&error))
    }
}

/// Carries out a decision and leads back to the project's expenses.
#[utoipa::path(
    post, path = "/spese", tag = "Pagine", operation_id = "decide_expense_page",
    request_body(content = Object, content_type = "application/x-www-form-urlencoded", description = "`project`, `expense`, `decision` and, to reject, `reason`"),
    responses((status = 303, description = "To the project's expenses")),
    security(("token" = [])),
)]
pub(crate) async fn send(
    State(app): State<App>,
    SignedIn { who, frame }: SignedIn,
    _: OwnSite,
    form: Result<Form<Decided>, FormRejection>,
) -> Response {
    led_on(&frame, async {
        let Form(decided) = form.map_err(|_| Wrong::request("Il modulo non ha i campi di una decisione."))?;
        reason::check(&decided.reason)?;
        if matches!(decided.decision, Decision::Reject) && decided.reason.trim().is_empty() {
            return Err(Wrong::request("Chi respinge una spesa ne scrive il motivo."));
        }
        carried_out(&app, &who, Some(decided.key()?), decided.command()).await?;
        Ok(format!("/spese?project={}", decided.project))
    })
    .await
}
