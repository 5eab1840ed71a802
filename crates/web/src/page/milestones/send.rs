//! `POST /milestone`: a step of a milestone's life, carried out as the command that says it.

use axum::{
    Form,
    extract::{State, rejection::FormRejection},
    response::Response,
};
use serde::Deserialize;
use traccia_application::{IdempotencyKey, InvalidKey};
use traccia_domain::{
    Command, Hash, ProjectId, RecordId,
    hash::ShortHash,
    milestone::command::{CertifyMilestone, Checked, ClaimMilestone, DrawSample, RecordFinding},
};

use crate::{
    App,
    page::{
        access::own_site::OwnSite,
        frame::{SignedIn, Wrong, carried_out, led_on},
    },
};

/// What the form sends: the step, and what it is about.
#[derive(Deserialize)]
#[serde(tag = "step", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Sent {
    Claim { project: ProjectId, milestone: String, said_at: String },
    Certify { project: ProjectId, milestone: String, said_at: String, count: String, root: Hash },
    Draw { project: ProjectId, milestone: String, said_at: String, public_value: String },
    Find { project: ProjectId, milestone: String, said_at: String, unit: RecordId, finding: Checked, note: String },
}

impl Sent {
    /// The command, and the key under which the same form sent twice is one step: `said_at` is the claim on the page.
    fn command(self) -> Result<(IdempotencyKey, ProjectId, Command), Wrong> {
        let of = |parts: [&str; 4]| ShortHash::of_parts(parts.map(str::as_bytes));
        let (key, project, command): (_, _, Command) = match self {
            Sent::Claim { project, milestone, said_at } => {
                let key = of([project.as_str(), &milestone, &said_at, ""]);
                (key, project.clone(), ClaimMilestone { project, milestone }.into())
            }
            Sent::Certify { project, milestone, said_at, count, root } => {
                let key = of([project.as_str(), &milestone, &said_at, ""]);
                let count = count.parse().map_err(|_| Wrong::request("Il numero di unità non è un numero."))?;
                (key, project.clone(), CertifyMilestone { project, milestone, count, root }.into())
            }
            Sent::Draw { project, milestone, said_at, public_value } => {
                let key = of([project.as_str(), &milestone, &said_at, &public_value]);
                (key, project.clone(), DrawSample { project, milestone, public_value, size: None }.into())
            }
            Sent::Find { project, milestone, said_at, unit, finding, note } => {
                let key = of([project.as_str(), &milestone, &said_at, &unit.to_string()]);
                let note = Some(note).filter(|note| !note.trim().is_empty());
                (key, project.clone(), RecordFinding { project, milestone, unit, finding, note }.into())
            }
        };
        let key = format!("page-{}-{key}", command.name()).parse();
        let key = key.map_err(|_: InvalidKey| Wrong::request("Il modulo non dice a che cosa si riferisce."))?;
        Ok((key, project, command))
    }
}

/// Claims, certifies, draws or says what was found, and leads back to the project's milestones.
#[utoipa::path(
    post, path = "/milestone", tag = "Pagine", operation_id = "milestone_page",
    request_body(content = Object, content_type = "application/x-www-form-urlencoded", description = "`step`: claim, certify, draw or find; `project`, `milestone`, `said_at`, and the fields of the step"),
    responses((status = 303, description = "To the project's milestones"), (status = 409, description = "It was claimed or decided before, or is not what was frozen", content_type = "text/html", body = String)),
    security(("token" = [])),
)]
pub(crate) async fn send(
    State(app): State<App>,
    SignedIn { who, frame }: SignedIn,
    _: OwnSite,
    form: Result<Form<Sent>, FormRejection>,
) -> Response {
    led_on(&frame, async {
        let Form(sent) = form.map_err(|_| Wrong::request("Il modulo non ha i campi di una milestone."))?;
        let (key, project, command) = sent.command()?;
        carried_out(&app, &who, Some(key), command).await?;
        Ok(format!("/milestone?project={project}"))
    })
    .await
}
