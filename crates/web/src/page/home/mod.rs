//! `GET /`: a programme's progress, as the log knew it at a position.

mod figures;
mod waterfall;

use askama::Template;
use axum::{extract::State, response::Response};
use serde::Deserialize;
use traccia_application::{
    Bearer,
    permission::{self, Read},
};
use traccia_domain::{ProgrammeId, programme::Definition};
use traccia_projections::{
    answer::{Paging, Reader, Within},
    counting::queries::{CountingScope, waterfall},
    points::queries::{Programme, ProgrammeSummary, programme, programmes},
    targets::queries::{Scope, TargetRow, TargetsFilter, targets},
};
use utoipa::IntoParams;

use self::{
    figures::{Figure, Masks, Row, figures, rows},
    waterfall::{Step, steps},
};
use super::{italian, rendered, wrong};
use crate::{
    App, Problem,
    bearer::MaybeWho,
    read::{self, Known},
    request::Params,
};

/// What the page shows.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// A programme; the first unless told.
    programme: Option<String>,
    /// What the log knew: a position, or an RFC 3339 instant. Now, unless told.
    known_at: Option<String>,
}

impl Known for Which {
    fn known_at(&self) -> Option<&str> {
        // An empty field of the form is no question.
        self.known_at.as_deref().map(str::trim).filter(|text| !text.is_empty())
    }

    fn min_position(&self) -> Option<u64> {
        None
    }
}

/// Progress against targets, by province, and from services to citizens. Without a token small figures are hidden.
#[utoipa::path(
    get, path = "/", tag = "Pagine", operation_id = "home", params(Which),
    responses((status = 200, description = "The page, in Italian", content_type = "text/html", body = String)),
)]
pub(crate) async fn page(
    State(app): State<App>,
    who: Result<MaybeWho, Problem>,
    which: Result<Params<Which>, Problem>,
) -> Response {
    let page = async {
        let (MaybeWho(who), Params(which)) = (who?, which?);
        home(&app, who.as_ref(), &which).await
    };
    match page.await {
        Ok(page) => rendered(&page),
        Err(problem) => wrong(&problem),
    }
}

#[derive(Template)]
#[template(path = "home.html")]
struct Home {
    programme: Option<Shown>,
    others: Vec<ProgrammeSummary>,
    position: String,
    recorded_at: Option<String>,
    known_at: String,
    hidden: bool,
}

struct Shown {
    id: String,
    name: String,
    rules: u64,
    figures: Vec<Figure>,
    gates: Vec<Gate>,
    monitoring: Vec<Target>,
    provinces: Vec<Row>,
    waterfall: Vec<Step>,
    differences: Vec<Difference>,
}

/// A gate: it releases money.
struct Gate {
    id: String,
    deadline: String,
    points: String,
    citizens: String,
}

/// A monitoring target: it is only looked at.
struct Target {
    by: String,
    citizens: String,
    services: String,
}

struct Difference {
    name: String,
    stated: String,
    sum: String,
    difference: String,
}

async fn home(app: &App, who: Option<&Bearer>, which: &Which) -> Result<Home, Problem> {
    let sight = who.and_then(exact);
    let hidden = sight.is_none();
    let reader = read::at(app, sight.unwrap_or_default(), which).await?;
    let mut all = programmes(&reader, &Paging::new(None, Some(Paging::MOST))?).await?.body.items;
    let place = match which.programme.as_deref().filter(|id| !id.is_empty()) {
        Some(id) => Some(all.iter().position(|programme| programme.id == id).ok_or_else(unknown)?),
        None => (!all.is_empty()).then_some(0),
    };
    let programme = match place {
        Some(place) => Some(shown(&reader, &all.remove(place), hidden).await?),
        None => None,
    };
    Ok(Home {
        programme,
        others: all,
        position: italian::number(reader.position().0),
        recorded_at: reader.recorded_at().map(italian::instant),
        known_at: which.known_at().unwrap_or_default().to_owned(),
        hidden,
    })
}

/// What somebody may see exactly, where it holds whole programmes; anyone else sees what the public sees.
fn exact(who: &Bearer) -> Option<Within> {
    let within = read::within(permission::reach(who, Read::Counting)?);
    (within.projects.is_none() && within.points.is_none()).then_some(within)
}

fn unknown() -> Problem {
    Problem::not_found("UnknownProgramme", "there is no such programme")
}

async fn shown(reader: &Reader, summary: &ProgrammeSummary, hidden: bool) -> Result<Shown, Problem> {
    let id: ProgrammeId =
        summary.id.parse().map_err(|error: traccia_domain::id::InvalidId| Problem::internal(&error))?;
    let programme = programme(reader, &id).await?.ok_or_else(unknown)?.body;
    let whole = by(reader, &id, Scope::Programme).await?.pop().ok_or_else(unknown)?;
    let provinces = by(reader, &id, Scope::Province).await?;
    let counted = waterfall(reader, &CountingScope::Programme(id)).await?.ok_or_else(unknown)?.body;
    let masks = if hidden { Masks::of(&provinces) } else { Masks::none(provinces.len()) };
    let definition = serde_json::from_value(programme.definition.clone()).map_err(|error| Problem::internal(&error))?;
    Ok(Shown {
        id: programme.id.clone(),
        name: programme.name.clone(),
        rules: programme.rules_version,
        figures: figures(&whole, &masks),
        gates: gates(&definition),
        monitoring: monitoring(&definition),
        provinces: rows(&provinces, &masks),
        waterfall: steps(&counted, &masks, hidden),
        differences: differences(programme),
    })
}

async fn by(reader: &Reader, programme: &ProgrammeId, by: Scope) -> Result<Vec<TargetRow>, Problem> {
    let filter = TargetsFilter { programme: Some(programme.clone()), by, ..TargetsFilter::default() };
    Ok(targets(reader, &filter).await?.body.items)
}

fn gates(definition: &Definition) -> Vec<Gate> {
    let needed = |figure: Option<u32>| figure.map_or_else(|| "–".to_owned(), |figure| italian::number(figure.into()));
    let gate = |milestone: &traccia_domain::programme::definition::Milestone| Gate {
        id: milestone.id.clone(),
        deadline: italian::day(milestone.deadline),
        points: needed(milestone.points_needed(&definition.targets)),
        citizens: needed(milestone.citizens_needed(&definition.targets)),
    };
    definition.milestones.iter().map(gate).collect()
}

fn monitoring(definition: &Definition) -> Vec<Target> {
    let target = |target: &traccia_domain::programme::definition::MonitoringTarget| Target {
        by: italian::day(target.by),
        citizens: italian::number(target.citizens.into()),
        services: italian::number(target.services.into()),
    };
    definition.monitoring_targets.iter().map(target).collect()
}

fn differences(programme: Programme) -> Vec<Difference> {
    let difference = |found: traccia_projections::points::queries::PlanDifference| Difference {
        name: compared(&found.name),
        stated: italian::printed(&found.stated),
        sum: italian::printed(&found.sum),
        difference: italian::printed(&found.difference),
    };
    programme.differences.into_iter().map(difference).collect()
}

/// What was compared, in words.
fn compared(name: &str) -> String {
    match name {
        "provinces.award" => "Fondi assegnati: programma e somma delle province".to_owned(),
        "provinces.points" => "Punti: programma e somma delle province".to_owned(),
        "provinces.citizens" => "Cittadini: programma e somma delle province".to_owned(),
        "provinces.services" => "Servizi: programma e somma delle province".to_owned(),
        "provinces.semester_citizens" => "Cittadini: programma e somma dei semestri".to_owned(),
        "monitoring_targets.citizens" => "Cittadini: programma e ultimo obiettivo di monitoraggio".to_owned(),
        "monitoring_targets.services" => "Servizi: programma e ultimo obiettivo di monitoraggio".to_owned(),
        other => {
            let province = other.strip_prefix("province ").and_then(|rest| rest.strip_suffix(" semester_citizens"));
            let until = other.strip_prefix("provinces.semester_citizens to ").and_then(|day| day.parse().ok());
            match (province, until) {
                (Some(code), _) => format!("Cittadini: provincia {code} e somma dei suoi semestri"),
                (None, Some(day)) => format!("Cittadini: obiettivo al {} e somma dei semestri", italian::day(day)),
                (None, None) => other.to_owned(),
            }
        }
    }
}
