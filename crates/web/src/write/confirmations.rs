//! `POST /v1/payments/confirmations`: what the bank did with the orders, from a file.

use std::collections::BTreeMap;

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use traccia_application::{
    Bearer, IdempotencyKey,
    permission::{self, Read},
};
use traccia_domain::{
    Command, CommandKind, ProjectId,
    hash::ShortHash,
    money::InvalidAmount,
    tranche::command::{ConfirmPayment, FailPayment},
};
use traccia_projections::{
    answer::{KnownAt, Reader},
    tranches::queries::orders_known,
};
use utoipa::ToSchema;

use crate::{
    App, Problem,
    bearer::Who,
    operate::room,
    read::{WAIT, right, within},
    request::Whole,
};

/// A line of the file: paid on a day under a reference, or failed for a reason.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    order: String,
    #[serde(default)]
    paid_on: Option<String>,
    #[serde(default)]
    reference: Option<String>,
    #[serde(default)]
    failed: Option<String>,
    #[serde(default)]
    attempt: Option<u32>,
    #[serde(default)]
    amount: Option<String>,
}

/// What became of the lines.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(crate) struct Confirmed {
    /// Lines.
    pub(crate) rows: usize,
    /// Payments confirmed.
    pub(crate) confirmed: usize,
    /// Payments that failed.
    pub(crate) failed: usize,
    /// Lines that were taken before.
    pub(crate) already: usize,
    /// Lines that were refused.
    pub(crate) rejected: usize,
    /// Each line, in order.
    pub(crate) lines: Vec<ConfirmedLine>,
}

/// What became of a line.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ConfirmedLine {
    /// Its number, from 1, without the header.
    pub(crate) row: usize,
    /// What became of it: confirmed, failed, already or rejected.
    pub(crate) outcome: &'static str,
    /// The project, where the order is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) project: Option<String>,
    /// The tranche.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) tranche: Option<String>,
    /// The column that is to blame, where one is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) column: Option<String>,
    /// Why it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) code: Option<&'static str>,
    /// The same, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) detail: Option<String>,
}

/// Takes in what the bank did with the orders: a CSV with `order`, `paid_on` and `reference`, or `order` and `failed`, the
/// reason. Each line is a `ConfirmPayment` or a `FailPayment` under a key of its own content: the same file again adds
/// nothing, whoever sends it. A failure is that of the first time the order was given; of one that was given again, `attempt`
/// says which time has failed, 2 for the second. With `amount`, another amount than was ordered is refused.
#[utoipa::path(
    post, path = "/v1/payments/confirmations", tag = "Scrivere", operation_id = "payment_confirmations",
    request_body(content = String, content_type = "text/csv", description = "`order,paid_on,reference,failed`, `attempt` where an order was given again, and `amount` where the file says it"),
    responses((status = 200, description = "What became of each line", body = Confirmed)),
    security(("token" = [])),
)]
pub(crate) async fn send(
    State(app): State<App>,
    Who(who): Who,
    Whole(body): Whole,
) -> Result<Json<Confirmed>, Problem> {
    take(&app, &who, &body).await.map(Json)
}

/// The same, wherever the file comes from.
pub(crate) async fn take(app: &App, who: &Bearer, file: &[u8]) -> Result<Confirmed, Problem> {
    let may = permission::extent(who.actor.role, CommandKind::ConfirmPayment) != permission::Extent::Nowhere;
    let reach = if may { right(who, Read::Payments)? } else { return Err(Problem::forbidden(NEEDED)) };
    room::admit(app)?;
    let reader = Reader::open(&app.tables, KnownAt::Now, None, WAIT, within(reach)).await?;
    let known: BTreeMap<String, (ProjectId, String)> = orders_known(&reader).await?;
    let mut lines = csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(file);
    header(&mut lines)?;
    let mut answer = Confirmed::default();
    for (index, line) in lines.deserialize::<Line>().enumerate() {
        let outcome = taken(app, who, &known, line).await;
        answer.rows += 1;
        let (word, refused, named) = match outcome {
            Ok((word, named)) => (word, None, Some(named)),
            // Somebody else's log, or none: the rest of the file would fare no better, and is sent again whole.
            Err((problem, _)) if problem.code() == "LogUnavailable" || problem.code() == "OutcomeUnknown" => {
                return Err(problem);
            }
            Err((problem, named)) => ("rejected", Some(problem), named),
        };
        let count = match word {
            "confirmed" => &mut answer.confirmed,
            "failed" => &mut answer.failed,
            "already" => &mut answer.already,
            _ => &mut answer.rejected,
        };
        *count += 1;
        let (project, tranche) = named.map(|(project, tranche)| (project.to_string(), tranche)).unzip();
        let column = refused.as_ref().and_then(|problem| problem.field().map(str::to_owned));
        let (code, detail) = refused.map(|problem| (problem.code(), problem.detail().to_owned())).unzip();
        answer.lines.push(ConfirmedLine { row: index + 1, outcome: word, project, tranche, column, code, detail });
    }
    Ok(answer)
}

/// A file that is not this one at all is refused whole: each of its lines would fail for the same reason.
fn header(lines: &mut csv::Reader<&[u8]>) -> Result<(), Problem> {
    let known = lines.headers().is_ok_and(|header| {
        header.iter().any(|column| column == "order") && header.iter().all(|column| COLUMNS.contains(&column))
    });
    if known {
        return Ok(());
    }
    let why = "the file's first line names its columns, with commas between them: order,paid_on,reference,failed";
    Err(Problem::malformed(why))
}

const COLUMNS: [&str; 6] = ["order", "paid_on", "reference", "failed", "attempt", "amount"];

const NEEDED: &str = "this needs one of the roles treasurer, admin";

type Named = (ProjectId, String);

/// Carries out a line.
async fn taken(
    app: &App,
    who: &Bearer,
    known: &BTreeMap<String, Named>,
    line: Result<Line, csv::Error>,
) -> Result<(&'static str, Named), (Problem, Option<Named>)> {
    let malformed = |_| (Problem::malformed("a line has order, paid_on and reference, or order and failed"), None);
    let line = line.map_err(malformed)?;
    let unknown = || (Problem::not_found("UnknownOrder", "no tranche has an order of this name"), None);
    let named = known.get(&line.order).cloned().ok_or_else(unknown)?;
    let refused = |problem: Problem| (problem, Some(named.clone()));
    let (word, command) = line.command(&named).map_err(refused)?;
    let key = line.key().map_err(refused)?;
    let done = app.application.carry_out(who, Some(key), command).await;
    let done = done.map_err(|failure| refused(failure.into()))?;
    Ok((if done.replayed { "already" } else { word }, named))
}

impl Line {
    fn command(&self, (project, tranche): &Named) -> Result<(&'static str, Command), Problem> {
        let (project, tranche) = (project.clone(), tranche.clone());
        let said = |field: &Option<String>| field.clone().filter(|text| !text.is_empty());
        match (said(&self.paid_on), said(&self.reference), said(&self.failed)) {
            (Some(paid_on), Some(reference), None) => {
                let paid_on = traccia_domain::time::day::parse(&paid_on);
                let paid_on = paid_on.map_err(|error| Problem::malformed(error.to_string()).at("/paid_on"))?;
                traccia_domain::reason::check_act(&reference).map_err(|unfit| Problem::malformed(unfit.to_string()))?;
                let amount = said(&self.amount).map(|amount| amount.parse()).transpose();
                let amount =
                    amount.map_err(|error: InvalidAmount| Problem::malformed(error.to_string()).at("/amount"))?;
                Ok(("confirmed", ConfirmPayment { project, tranche, paid_on, reference, amount }.into()))
            }
            (None, _, Some(reason)) => {
                traccia_domain::reason::check(&reason).map_err(|unfit| Problem::malformed(unfit.to_string()))?;
                Ok(("failed", FailPayment { project, tranche, reason, attempt: Some(self.attempt()) }.into()))
            }
            _ => Err(Problem::malformed("a line has order, paid_on and reference, or order and failed")),
        }
    }

    /// Which of the times the order was given it is about: a file that is sent again long after must not fail an order that
    /// was given since.
    fn attempt(&self) -> u32 {
        self.attempt.unwrap_or(1)
    }

    /// The same line is the same request, whichever file it is in.
    fn key(&self) -> Result<IdempotencyKey, Problem> {
        let field = |field: &Option<String>| field.clone().unwrap_or_default();
        let mut parts = vec![field(&self.paid_on), field(&self.reference), field(&self.failed)];
        // Files that have no such column are the requests they were.
        parts.extend(self.amount.clone().filter(|amount| !amount.is_empty()));
        let content = ShortHash::of_parts(parts.iter().map(String::as_bytes));
        format!("bank-{}-{}-{content}", self.order, self.attempt()).parse().map_err(|error| Problem::internal(&error))
    }
}
