//! `GET /`: a programme's progress, as the log knew it at a position.

mod decisions;
mod waiting;

use askama::Template;
use axum::{extract::State, response::Response};
use traccia_application::{
    Bearer,
    permission::{self, Read},
};
use traccia_domain::{ProgrammeId, ProvinceCode, programme::Definition};
use traccia_projections::{
    answer::{KnownAt, Paging, Reader, Within},
    counting::queries::{CountingScope, waterfall},
    points::queries::{
        PointFilter, ProgrammeSummary, differences_of_projects, points, programme, programmes, projects,
    },
    targets::queries::{Scope, TargetRow},
};

use super::{
    counting::{
        place::Place,
        steps::{Look, Step, steps},
    },
    frame::{Asked, Frame, Sight, Truth, Visitor, Wrong, answer, exact, open},
    network::{
        figures::{Figure, Masks, Opens, Row, figures, row},
        plan::{Difference, Gate, Target, differences, gates, monitoring},
        rows_of,
    },
    shown::{Cell, province},
};
use crate::{App, Problem, read};

/// Progress against targets, by province, and from services to citizens. Without a token, or with one that does not reach
/// a whole programme, small figures are hidden and only published positions are shown.
#[utoipa::path(
    get, path = "/", tag = "Pagine", operation_id = "home",
    params(
        ("programme" = Option<String>, Query, description = "A programme; the first unless told"),
        ("known_at" = Option<String>, Query, description = "What the log knew: a position, or an RFC 3339 instant. Now, unless told"),
        ("giorno" = Option<String>, Query, description = "Instead: the end of a day, in Italy"),
    ),
    responses((status = 200, description = "The page, in Italian", content_type = "text/html", body = String)),
)]
pub(crate) async fn page(State(app): State<App>, Visitor { bearer, frame }: Visitor, asked: Asked) -> Response {
    answer(&frame, home(&app, bearer.as_ref(), &frame, &asked)).await
}

#[derive(Template)]
#[template(path = "home.html")]
struct Home<'a> {
    frame: &'a Frame,
    /// Before there is anything public, for who is signed in and sees the public's figures.
    early: Option<Early>,
    shown: Option<Shown>,
}

/// What is somebody's own while nothing is published yet.
struct Early {
    why: String,
    waiting: Option<waiting::Waiting>,
    own: Vec<Cell>,
}

/// A programme and where it is true.
struct Shown {
    truth: Truth,
    name: String,
    others: Vec<Cell>,
    /// The programme's own pages, for those who may open them.
    ways: Vec<Cell>,
    /// What waits for who is signed in, where they may see any of it.
    waiting: Option<waiting::Waiting>,
    /// What a visitor's own right reaches, where it is not a whole programme.
    own: Vec<Cell>,
    rules: u64,
    figures: Vec<Figure>,
    gates: Vec<Gate>,
    monitoring: Vec<Target>,
    provinces: Vec<Row>,
    waterfall: Vec<Step>,
    differences: Vec<Difference>,
}

async fn home<'a>(app: &App, who: Option<&Bearer>, frame: &'a Frame, asked: &Asked) -> Result<Home<'a>, Wrong> {
    asked.only(&["programme"])?;
    let wanted: Option<ProgrammeId> = asked.read("programme", "è l'id di un programma")?;
    // A wrong moment is said first, whatever the log holds.
    asked.known_at(jiff::civil::Date::MAX)?;
    let sight = who.and_then(exact).map_or(Sight::Public, Sight::Exact);
    let now = there_now(app, &sight).await?;
    let known = |all: &[ProgrammeSummary]| match &wanted {
        Some(id) => all.iter().position(|programme| programme.id == id.as_str()),
        None => (!all.is_empty()).then_some(0),
    };
    if known(&now).is_none() {
        return match wanted {
            Some(_) => Err(Wrong::unknown("Il programma")),
            None => Ok(Home { frame, early: None, shown: None }),
        };
    }
    let (reader, truth) = match (open(app, sight.clone(), asked, "/").await, who) {
        (Err(early), Some(who)) if early.is_too_early() => {
            let (waiting, own) = (waiting::found(app, who, asked).await?, own(app, who).await?);
            return Ok(Home { frame, early: Some(Early { why: early.what(), waiting, own }), shown: None });
        }
        (opened, _) => opened?,
    };
    let mut all = programmes(&reader, &most()?).await?.body.items;
    let Some(place) = known(&all) else { return Err(too_early(&truth)) };
    let chosen = all.remove(place);
    let others = all.into_iter().map(|other| Cell::link(other.name, truth.link(&format!("/?programme={}", other.id))));
    let others = others.collect();
    let own = match (&sight, who) {
        (Sight::Public, Some(who)) => own(app, who).await?,
        (Sight::Public | Sight::Exact(_), _) => Vec::new(),
    };
    let waiting = match who {
        Some(who) => waiting::found(app, who, asked).await?,
        None => None,
    };
    let shown = Shown { waiting, ..shown(&reader, truth, &chosen, others, own).await? };
    Ok(Home { frame, early: None, shown: Some(shown) })
}

fn most() -> Result<Paging, Wrong> {
    Ok(Paging::new(None, Some(Paging::MOST))?)
}

/// The programmes there are now: that there is one is no secret.
async fn there_now(app: &App, sight: &Sight) -> Result<Vec<ProgrammeSummary>, Wrong> {
    let within = match sight {
        Sight::Exact(within) => within.clone(),
        Sight::Public => Within::everything(),
    };
    if app.tables.checkpoint().await.map_err(traccia_projections::answer::ReadError::from)?.is_none() {
        return Ok(Vec::new());
    }
    let reader = Reader::open(&app.tables, KnownAt::Now, None, std::time::Duration::ZERO, within).await?;
    Ok(programmes(&reader, &most()?).await?.body.items)
}

fn too_early(truth: &Truth) -> Wrong {
    Wrong::request(format!(
        "Alla posizione {} il registro non conteneva ancora il programma: serve una posizione, o un giorno, più avanti.",
        truth.position()
    ))
}

/// The pages of what a token reaches, where that is not a whole programme.
async fn own(app: &App, who: &Bearer) -> Result<Vec<Cell>, Wrong> {
    let Some(reach) = permission::reach(who, Read::Points) else { return Ok(Vec::new()) };
    let within = read::within(reach);
    let only_points = within.points.is_some();
    let reader = Reader::open(&app.tables, KnownAt::Now, None, std::time::Duration::ZERO, within).await?;
    Ok(if only_points {
        let found = points(&reader, &PointFilter::default(), &most()?).await?.body.items;
        found.into_iter().map(|point| Cell::link(point.name, format!("/punti/{}", point.id))).collect()
    } else {
        let found = projects(&reader, None, &most()?).await?.body.items;
        found.into_iter().map(|project| Cell::link(project.name, format!("/progetti/{}", project.id))).collect()
    })
}

async fn shown(
    reader: &Reader,
    truth: Truth,
    summary: &ProgrammeSummary,
    others: Vec<Cell>,
    own: Vec<Cell>,
) -> Result<Shown, Wrong> {
    let unknown = || Wrong::unknown("Il programma");
    let id: ProgrammeId =
        summary.id.parse().map_err(|error: traccia_domain::id::InvalidId| Problem::internal(&error))?;
    let mut found = programme(reader, &id).await?.ok_or_else(unknown)?.body;
    let whole = rows_of(reader, &id, Scope::Programme).await?.pop().ok_or_else(unknown)?;
    let provinces = rows_of(reader, &id, Scope::Province).await?;
    let counted = waterfall(reader, &CountingScope::Programme(id.clone())).await?.ok_or_else(unknown)?.body;
    let public = truth.published_every().is_some();
    if !public {
        let of_projects = differences_of_projects(reader, &found, reader.within()).await?;
        found.differences.extend(of_projects);
    }
    let definition: Definition = serde_json::from_value(found.definition).map_err(|error| Problem::internal(&error))?;
    let masks = if public { Masks::of(&provinces, &whole) } else { Masks::none(provinces.len()) };
    let place = Place::Programme(id.clone());
    let to = |behind| place.behind(&truth, behind);
    let look = if public { Look::Public(masks.beside()) } else { Look::Exact(&to) };
    let opens = |place: &Place| if public { Opens::default() } else { Opens::of(place, &truth) };
    Ok(Shown {
        name: found.name,
        ways: if public { Vec::new() } else { ways(&id, &truth) },
        others,
        waiting: None,
        own,
        rules: found.rules_version,
        figures: figures(&whole, masks.whole, opens(&place)),
        gates: gates(&whole.gates, truth.day()),
        monitoring: monitoring(&definition.monitoring_targets, truth.day()),
        provinces: by_name(&provinces, &masks, |code| opens(&Place::Province(id.clone(), code))),
        waterfall: steps(&counted, &look),
        differences: differences(found.differences),
        truth,
    })
}

fn ways(id: &ProgrammeId, truth: &Truth) -> Vec<Cell> {
    let way = |name, path: &str| Cell::link(name, truth.link(&format!("{path}{id}")));
    vec![
        way("Progetti e piano", "/programmi/"),
        way("Conteggio", "/conteggio?programme="),
        way("Punti", "/punti?programme="),
    ]
}

/// The provinces' rows in the order of their names. Those that the plan does not name have one all the same.
fn by_name(found: &[TargetRow], masks: &Masks, opens: impl Fn(ProvinceCode) -> Opens) -> Vec<Row> {
    let mut rows: Vec<(String, Row)> = Vec::with_capacity(found.len());
    for (one, mask) in found.iter().zip(&masks.rows) {
        let name = one.name.clone().unwrap_or_else(|| province(&one.id));
        let opens = one.id.parse().map_or_else(|_| Opens::default(), &opens);
        rows.push((name.clone(), row(one, name, *mask, opens)));
    }
    rows.sort_by(|(a, _), (b, _)| a.cmp(b));
    rows.into_iter().map(|(_, row)| row).collect()
}
