//! `GET /programmi/{id}`: a programme's plan, its rules, and its projects.

use askama::Template;
use axum::{extract::State, response::Response};
use traccia_application::{
    Bearer,
    permission::{Read, reach},
};
use traccia_domain::{
    ProgrammeId, Share,
    programme::{
        Definition,
        definition::{TrancheRule, Trigger},
    },
};
use traccia_projections::{points::queries::programme, targets::queries::Scope};

use super::{
    figures::{Opens, Row, RowMask, row},
    plan::{Target, monitoring},
    rows_of,
};
use crate::{
    App, Problem,
    page::{
        counting::place::Place,
        frame::{Asked, Frame, Sight, SignedIn, Truth, Wrong, answer, exact, open},
        shown::{Cell, italian},
    },
    read::{right, within},
    request::Named,
};

#[derive(Template)]
#[template(path = "programme.html")]
struct Page<'a> {
    frame: &'a Frame,
    truth: Truth,
    name: String,
    ways: Vec<Cell>,
    facts: Vec<(&'static str, String)>,
    tranches: Vec<(String, String, String)>,
    versions: Vec<Version>,
    monitoring: Vec<Target>,
    projects: Vec<Row>,
}

struct Version {
    number: u64,
    act: String,
    effective_on: String,
    adopted_at: String,
}

/// A programme.
#[utoipa::path(
    get, path = "/programmi/{id}", tag = "Pagine", operation_id = "programme_page",
    params(("id" = String, Path, description = "Its id"), ("known_at" = Option<String>, Query, description = "What the log knew")),
    responses((status = 200, description = "The page, in Italian", content_type = "text/html", body = String)),
    security(("token" = [])),
)]
pub(crate) async fn page(
    State(app): State<App>,
    SignedIn { who, frame }: SignedIn,
    id: Result<Named<ProgrammeId>, Problem>,
    asked: Asked,
) -> Response {
    answer(&frame, async {
        asked.only(&[])?;
        let Named(id) = id.map_err(|_| Wrong::unknown("Il programma"))?;
        let sight = Sight::Exact(within(right(&who, Read::Targets)?));
        let (reader, truth) = open(&app, sight, &asked, &format!("/programmi/{id}")).await?;
        let found = programme(&reader, &id).await?.ok_or_else(|| Wrong::unknown("Il programma"))?.body;
        let definition: Definition =
            serde_json::from_value(found.definition).map_err(|error| Problem::internal(&error))?;
        let mut projects = rows_of(&reader, &id, Scope::Project).await?;
        projects.sort_by(|a, b| a.name.cmp(&b.name));
        let project = |found: &traccia_projections::targets::queries::TargetRow| {
            let opens = found.id.parse().map_or_else(|_| Opens::default(), |id| Opens::of(&Place::Project(id), &truth));
            row(found, found.name.clone().unwrap_or_else(|| found.id.clone()), RowMask::default(), opens)
        };
        Ok(Page {
            frame: &frame,
            name: found.name,
            facts: facts(&definition),
            tranches: tranches(&definition),
            versions: found.versions.into_iter().map(version).collect(),
            monitoring: monitoring(&definition.monitoring_targets, truth.day()),
            projects: projects.iter().map(project).collect(),
            ways: ways(&id, &truth, &who),
            truth,
        })
    })
    .await
}

/// What leads on from a programme; what is counted in the whole of it, and sums of its projects' money, only for those who
/// see all of it, and what would be redistributed only for those who may ask.
fn ways(id: &ProgrammeId, truth: &Truth, who: &Bearer) -> Vec<Cell> {
    let mut ways = vec![
        Cell::link("Avanzamento", truth.link(&format!("/?programme={id}"))),
        Cell::link("Punti", truth.link(&format!("/punti?programme={id}"))),
    ];
    if exact(who).is_some() {
        ways.push(Cell::link("Conteggio", truth.link(&format!("/conteggio?programme={id}"))));
    }
    if reach(who, Read::Expenses).is_some_and(|reach| reach.projects.is_none() && reach.points.is_none()) {
        ways.push(Cell::link("Spese", truth.link(&format!("/spese?programme={id}"))));
    }
    if reach(who, Read::Redistribution).is_some() {
        ways.push(Cell::link("Rimodulazione simulata", truth.link(&format!("/rimodulazione?programme={id}"))));
    }
    ways
}

fn facts(definition: &Definition) -> Vec<(&'static str, String)> {
    let targets = &definition.targets;
    vec![
        ("Regione", definition.region.name.clone()),
        ("Misura", definition.measure.clone()),
        ("Assegnazione", italian::euro(definition.award.0)),
        ("Periodo", format!("dal {} al {}, compresi", italian::day(definition.starts), italian::day(definition.ends))),
        (
            "Obiettivi",
            format!(
                "{} punti, {} cittadini, {} servizi (raccomandati)",
                italian::number(targets.points.into()),
                italian::number(targets.citizens.into()),
                italian::number(targets.services.into())
            ),
        ),
        ("Età minima", format!("{} anni", definition.counting.minimum_age)),
    ]
}

/// Each tranche with its share and what releases it.
fn tranches(definition: &Definition) -> Vec<(String, String, String)> {
    let tranche = |tranche: &TrancheRule| {
        let trigger = match &tranche.trigger {
            Trigger::Day(day) => format!("il {}", italian::day(*day)),
            Trigger::Named(name) if name == Trigger::APPROVAL => "approvazione del progetto".to_owned(),
            Trigger::Named(milestone) => format!("certificazione di {milestone}"),
        };
        (tranche.id.clone(), italian::percent(tranche.share.millionths().into(), Share::WHOLE.into()), trigger)
    };
    definition.tranches.iter().map(tranche).collect()
}

fn version(found: traccia_projections::points::queries::RulesVersion) -> Version {
    Version {
        number: found.version,
        act: found.act.unwrap_or_else(|| "la definizione del programma".to_owned()),
        effective_on: found.effective_on.as_deref().map_or_else(|| "dall'inizio".to_owned(), italian::day_of),
        adopted_at: italian::number(found.adopted_at),
    }
}
