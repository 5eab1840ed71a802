//! `/milestone/unita`: the list behind a claim.

use askama::Template;
use axum::{extract::State, response::Response};
use traccia_application::permission::Read;
use traccia_domain::{ProjectId, milestone::command::Checked};
use traccia_projections::{
    milestones::queries::{ClaimUnit, Part, part_of_claim},
    points::queries::{References, missing},
};

use crate::{
    App,
    page::{
        frame::{Asked, Field, Frame, Sight, SignedIn, Truth, Wrong, answer, open},
        shown::{Cell, italian},
    },
    read::{milestones::finding_named, right, within},
};

/// Units on a page.
const UNITS: u32 = 100;

#[derive(Template)]
#[template(path = "claim_units.html")]
struct Page<'a> {
    frame: &'a Frame,
    truth: Truth,
    project: String,
    milestone: String,
    part: &'static str,
    milestones: String,
    units: Vec<Drawn>,
    more: Option<String>,
}

/// A unit as it is drawn.
struct Drawn {
    place: String,
    person: Cell,
    service: Cell,
    point: Cell,
    on: String,
    holds: bool,
    drawn: bool,
    finding: &'static str,
}

/// The units of a milestone's latest claim, in the order of the list whose root hash it is; all, or a part.
#[utoipa::path(
    get, path = "/milestone/unita", tag = "Pagine", operation_id = "claim_units_page",
    params(
        ("project" = String, Query, description = "The project"), ("milestone" = String, Query, description = "The milestone"),
        ("holding" = Option<bool>, Query, description = "`true`: only those that still count"), ("drawn" = Option<bool>, Query, description = "`true`: only those of the sample"),
        ("finding" = Option<String>, Query, description = "Only those found so: confirmed or error"),
        ("after" = Option<String>, Query, description = "Begin after this cursor"), ("known_at" = Option<String>, Query, description = "What the log knew"),
    ),
    responses((status = 200, description = "The page, in Italian", content_type = "text/html", body = String)),
    security(("token" = [])),
)]
pub(crate) async fn page(State(app): State<App>, SignedIn { who, frame }: SignedIn, asked: Asked) -> Response {
    answer(&frame, async {
        asked.only(&["project", "milestone", "holding", "drawn", "finding", "after"])?;
        let project: Option<ProjectId> = asked.read("project", "è l'id di un progetto")?;
        let needed = |name| Wrong::field(Field(name), "serve");
        let project = project.ok_or_else(|| needed("project"))?;
        let milestone = asked.text("milestone").ok_or_else(|| needed("milestone"))?.to_owned();
        let part = part(&asked)?;
        let sight = Sight::Exact(within(right(&who, Read::Units)?));
        let (reader, truth) = open(&app, sight, &asked, "/milestone/unita").await?;
        let references = References { project: Some(project.clone()), ..References::default() };
        if missing(&reader, &references).await?.is_some() {
            return Err(Wrong::unknown("Il progetto"));
        }
        let found = part_of_claim(&reader, &project, &milestone, part, &asked.paging(UNITS)?).await?.body;
        Ok(Page {
            frame: &frame,
            part: called(part),
            milestones: truth.link(&format!("/milestone?project={project}")),
            project: project.to_string(),
            milestone,
            more: found.next.map(|next| truth.after(&next)),
            units: found.items.iter().map(|unit| drawn(unit, &truth)).collect(),
            truth,
        })
    })
    .await
}

/// The part of the list that an address asks for.
fn part(asked: &Asked) -> Result<Part, Wrong> {
    let flag = |name| Ok::<_, Wrong>(asked.read::<bool>(name, "è true o false")?.unwrap_or(false));
    let finding = asked.text("finding").map(|name| {
        finding_named(name).ok_or_else(|| Wrong::request("Il parametro «finding» vale confirmed o error, o non c'è."))
    });
    Ok(Part { holding: flag("holding")?, drawn: flag("drawn")?, finding: finding.transpose()? })
}

fn called(part: Part) -> &'static str {
    match part {
        Part { finding: Some(Checked::Confirmed), .. } => ", le unità verificate e confermate",
        Part { finding: Some(Checked::Error), .. } => ", le unità verificate ed errate",
        Part { drawn: true, .. } => ", le unità estratte a campione",
        Part { holding: true, .. } => ", le unità che valgono ancora",
        Part { .. } => "",
    }
}

fn drawn(unit: &ClaimUnit, truth: &Truth) -> Drawn {
    let short = |id: &str| id.get(..8).unwrap_or(id).to_owned();
    Drawn {
        place: italian::number(unit.place),
        person: Cell::link(short(&unit.person), truth.link(&format!("/cittadini/{}", unit.person))),
        service: Cell::link(short(&unit.service), truth.link(&format!("/servizi/{}", unit.service))),
        point: Cell::link(&unit.point, truth.link(&format!("/punti/{}", unit.point))),
        on: italian::day_of(&unit.occurred_on),
        holds: unit.holds,
        drawn: unit.drawn,
        finding: match unit.finding {
            Some("confirmed") => "confermata",
            Some(_) => "errata",
            None if unit.drawn => "non ancora verificata",
            None => "",
        },
    }
}
