//! `POST /rendicontazione/{project}/{month}`: the next step of a report, carried out as the command that says it.

use axum::{
    Form,
    extract::{State, rejection::FormRejection},
    http::StatusCode,
    response::Response,
};
use serde::Deserialize;
use traccia_application::IdempotencyKey;
use traccia_domain::{
    Command, Event, Position, ProjectId, Recorded, reason,
    report::{
        self, ReportEvent,
        command::{AcceptReport, ReopenReport, ReturnReport, SubmitReport},
    },
    time::{Month, day},
};
use traccia_log::{Log as _, LogError};

use crate::{
    App, Problem,
    page::{
        access::own_site::OwnSite,
        frame::{Field, SignedIn, Wrong, carried_out, led_on},
    },
    request::Both,
};

/// What a form sends: the step, and what it needs.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sent {
    step: Step,
    /// The latest submission that the page showed, 0 where there was none.
    submitted: u64,
    #[serde(default)]
    obstacles: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    on: String,
    #[serde(default)]
    act: String,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Step {
    Submit,
    Return,
    Accept,
    Reopen,
}

impl Sent {
    /// The command; or which field is wrong.
    fn command(&self, project: ProjectId, month: Month) -> Result<Command, Wrong> {
        let reason = || reason::check(&self.reason).map(|()| self.reason.clone());
        Ok(match self.step {
            Step::Submit => {
                // A browser sends the ends of lines as two characters each.
                let obstacles = self.obstacles.replace("\r\n", "\n");
                reason::check_account(&obstacles)?;
                SubmitReport { project, month, obstacles: Some(obstacles) }.into()
            }
            Step::Return => ReturnReport { project, month, reason: reason()? }.into(),
            Step::Accept => {
                reason::check_act(&self.act)?;
                let on = day::parse(&self.on).map_err(|_| Wrong::field(Field("giorno dell'atto"), "è un giorno"))?;
                AcceptReport { project, month, on, act: self.act.clone() }.into()
            }
            Step::Reopen => ReopenReport { project, month, reason: reason()? }.into(),
        })
    }

    /// Whether the submission on the page is the latest: whoever decides has seen what it says.
    async fn stands(&self, app: &App, project: &ProjectId, month: Month) -> Result<bool, LogError> {
        match self.step {
            // It says what is known when it is carried out.
            Step::Submit => return Ok(true),
            Step::Return | Step::Accept | Step::Reopen => {}
        }
        let stream = report::stream(project, month);
        let commits = app.application.log().load_from_leader(&stream, Position::START).await?;
        let submits = |recorded: &&Recorded| {
            recorded.commit.events.iter().any(|event| matches!(event, Event::Report(ReportEvent::ReportSubmitted(_))))
        };
        let latest = commits.iter().rev().find(submits).map_or(0, |latest| latest.position.0);
        Ok(latest == self.submitted)
    }

    /// A second click sends the same again, and gets the first answer: each submission is followed once by each step.
    fn key(&self, project: &ProjectId, month: Month, command: &Command) -> Result<IdempotencyKey, Problem> {
        let key = format!("page-{project}-{month}-{}-{}", self.submitted, command.name());
        key.parse().map_err(|error| Problem::internal(&error))
    }
}

/// Takes the step and leads back to the report.
#[utoipa::path(
    post, path = "/rendicontazione/{project}/{month}", tag = "Pagine", operation_id = "step_report_page",
    params(
        ("project" = String, Path, description = "The project"),
        ("month" = String, Path, description = "The month, for example 2024-03"),
    ),
    request_body(content = Object, content_type = "application/x-www-form-urlencoded", description = "`step`: submit, return, accept or reopen; `submitted`; and `obstacles`, `reason`, or `on` and `act`"),
    responses((status = 303, description = "To the report")),
    security(("token" = [])),
)]
pub(crate) async fn send(
    State(app): State<App>,
    SignedIn { who, frame }: SignedIn,
    _: OwnSite,
    of: Result<Both<ProjectId, Month>, Problem>,
    form: Result<Form<Sent>, FormRejection>,
) -> Response {
    let Ok(Both(project, month)) = of else { return Wrong::unknown("Il report").under(&frame) };
    led_on(&frame, async {
        let Form(sent) = form.map_err(|_| Wrong::request("Il modulo non ha i campi di un passo del report."))?;
        let command = sent.command(project.clone(), month)?;
        let key = sent.key(&project, month, &command)?;
        if !sent.stands(&app, &project, month).await? {
            let what = "Il report è stato presentato di nuovo dopo che la pagina è stata aperta: si decide su quello che \
                        c'è ora.";
            return Err(Wrong::new(StatusCode::CONFLICT, "Il report è cambiato", what));
        }
        carried_out(&app, &who, Some(key), command).await?;
        Ok(super::path(project.as_str(), month))
    })
    .await
}
