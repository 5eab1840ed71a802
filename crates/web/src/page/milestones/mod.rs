//! `/milestone`: what each milestone needs, how far the project is, what was claimed, certified and looked at; and the forms
//! of who takes the next step.

pub(crate) mod send;
pub(crate) mod units;

use askama::Template;
use axum::{extract::State, response::Response};
use jiff::{ToSpan as _, civil::Date};
use traccia_application::{
    Bearer,
    permission::{Extent, Read, extent},
};
use traccia_domain::{CommandKind, ProgrammeId, ProjectId};
use traccia_projections::{
    counting::queries::Persons,
    milestones::queries::{self, Milestone, Pace, SampleShown, Standing},
    points::queries::{References, missing},
};

use super::{
    frame::{Asked, Frame, Sight, SignedIn, Truth, Wrong, answer, open, today},
    shown::{Bar, Cell, Shown, italian},
};
use crate::{
    App,
    read::{right, within},
};

/// Milestones on a page.
const MILESTONES: u32 = 30;

#[derive(Template)]
#[template(path = "milestones.html")]
struct Page<'a> {
    frame: &'a Frame,
    truth: Truth,
    /// The business day, as the form takes it.
    on: Date,
    milestones: Vec<Drawn>,
    more: Option<String>,
}

/// A milestone as it is drawn.
struct Drawn {
    project: Cell,
    id: String,
    name: String,
    milestone: String,
    state: &'static str,
    points: Option<Gate>,
    citizens: Option<Gate>,
    facts: Vec<(&'static str, Cell)>,
    claim: Vec<(&'static str, String)>,
    /// The list behind the claim.
    units: Option<String>,
    certificate: Vec<(&'static str, String)>,
    sample: Vec<(&'static str, String)>,
    /// Where the claim stands: what a form is about.
    said_at: u64,
    count: u64,
    root: String,
    may: May,
}

/// How far a project is on something that is needed.
struct Gate {
    reached: Cell,
    needed: Cell,
    bar: Bar,
}

/// Which forms are drawn.
#[derive(Default)]
struct May {
    claim: bool,
    certify: bool,
    draw: bool,
    /// The units to be looked at.
    find: Vec<String>,
}

/// The milestones of a programme, a project, or all that may be seen.
#[utoipa::path(
    get, path = "/milestone", tag = "Pagine", operation_id = "milestones_page",
    params(
        ("programme" = Option<String>, Query, description = "Those of a programme"), ("project" = Option<String>, Query, description = "Those of a project"),
        ("on" = Option<String>, Query, description = "The business day: whether a cut-off has passed, and the pace; today, or the day of `known_at`, unless told"),
        ("after" = Option<String>, Query, description = "Begin after this cursor"), ("known_at" = Option<String>, Query, description = "What the log knew"),
    ),
    responses((status = 200, description = "The page, in Italian", content_type = "text/html", body = String)),
    security(("token" = [])),
)]
pub(crate) async fn page(State(app): State<App>, SignedIn { who, frame }: SignedIn, asked: Asked) -> Response {
    answer(&frame, async {
        asked.only(&["programme", "project", "on", "after"])?;
        let programme: Option<ProgrammeId> = asked.read("programme", "è l'id di un programma")?;
        let project: Option<ProjectId> = asked.read("project", "è l'id di un progetto")?;
        let on: Option<Date> = asked.read("on", "è un giorno, per esempio 2024-06-30")?;
        let sight = Sight::Exact(within(right(&who, Read::Milestones)?));
        let (reader, truth) = open(&app, sight, &asked, "/milestone").await?;
        let today = today(&app);
        let day = truth.about(on, today);
        let reader = reader.about(Some(day));
        // What somebody does is done today.
        let acts = !truth.past() && day == today;
        let references = References { programme: programme.clone(), project: project.clone(), ..References::default() };
        if missing(&reader, &references).await?.is_some() {
            return Err(Wrong::unknown("Il programma o il progetto"));
        }
        let paging = asked.paging(MILESTONES)?;
        let found = queries::milestones(&reader, programme.as_ref(), project.as_ref(), &paging).await?.body;
        Ok(Page {
            frame: &frame,
            more: found.next.map(|next| truth.after(&next)),
            milestones: found.items.iter().map(|found| drawn(found, &who, &truth, day, acts)).collect(),
            on: day,
            truth,
        })
    })
    .await
}

fn drawn(found: &Milestone, who: &Bearer, truth: &Truth, on: Date, acts: bool) -> Drawn {
    let claim = found.claim.as_ref();
    let list = format!("/milestone/unita?project={}&milestone={}", found.project, found.milestone);
    let sees_units = right(who, Read::Units).is_ok();
    let opens = Opens { truth, found, persons: sees_units, points: right(who, Read::Points).is_ok() };
    Drawn {
        project: Cell::link(&found.project, truth.link(&format!("/progetti/{}", found.project))),
        id: format!("{}-{}", found.project, found.milestone),
        name: found.project.clone(),
        milestone: found.milestone.clone(),
        state: state_in_italian(found.state),
        points: found.points.needed.map(|needed| {
            let points = format!("/punti?project={}&on={}", found.project, found.deadline);
            opens.gate(found.points.reached, needed, opens.points.then_some(points))
        }),
        citizens: found.citizens.needed.map(|needed| {
            let counted = match claim {
                Some(_) => list.clone(),
                None => opens.list(Standing::Counted),
            };
            opens.gate(found.citizens.counted, needed, opens.persons.then_some(counted))
        }),
        facts: facts(&opens, on),
        claim: claim.map_or_else(Vec::new, |claim| {
            vec![
                ("Richiesta alla posizione", italian::number(claim.position)),
                ("Unità congelate", italian::number(claim.count)),
                ("di cui valgono ancora", italian::number(claim.citizens_now)),
                ("Punti congelati", italian::number(claim.points)),
                ("Punti di oggi", italian::number(claim.points_now)),
                ("Radice dell'elenco", claim.root.clone()),
            ]
        }),
        units: claim.filter(|_| sees_units).map(|_| truth.link(&list)),
        certificate: found.certificate.as_ref().map_or_else(Vec::new, |certificate| {
            vec![
                ("Certificata alla posizione", italian::number(certificate.position)),
                ("Esito", if certificate.met { "raggiunta" } else { "raggiunta in parte" }.to_owned()),
                ("Dichiara ciò che fu congelato", if certificate.agrees { "sì" } else { "NO" }.to_owned()),
            ]
        }),
        sample: found.sample.as_ref().map_or_else(Vec::new, sample),
        said_at: claim.map_or(0, |claim| claim.position),
        count: claim.map_or(0, |claim| claim.count),
        root: claim.map_or_else(String::new, |claim| claim.root.clone()),
        may: may(found, who, acts),
    }
}

/// What a milestone's figures open into, for those who may see it.
struct Opens<'a> {
    truth: &'a Truth,
    found: &'a Milestone,
    persons: bool,
    points: bool,
}

impl Opens<'_> {
    /// The path of the persons behind a figure.
    fn list(&self, standing: Standing) -> String {
        let Milestone { project, milestone, .. } = self.found;
        format!("/conteggio/cittadini?project={project}&milestone={milestone}&persons={}", standing.as_str())
    }

    fn cell(&self, text: String, to: Option<String>) -> Cell {
        match to {
            Some(path) => Cell::link(text, self.truth.link(&path)),
            None => Cell::plain(text),
        }
    }

    fn persons(&self, text: String, standing: Standing) -> Cell {
        self.cell(text, self.persons.then(|| self.list(standing)))
    }

    /// What is needed follows from the project's targets: its page has them.
    fn gate(&self, reached: u32, needed: u32, to: Option<String>) -> Gate {
        let (reached, needed) = (u64::from(reached), u64::from(needed));
        Gate {
            reached: self.cell(italian::number(reached), to),
            needed: self.cell(italian::number(needed), Some(format!("/progetti/{}", self.found.project))),
            bar: Bar::of(Shown::Number(reached), Some(needed)),
        }
    }

    /// The citizens of the four weeks that end with a day.
    fn last_weeks(&self, text: String, on: Date) -> Cell {
        let since = on.saturating_sub(27.days());
        let (project, counted) = (&self.found.project, Persons::Counted.as_str());
        let path = format!("/conteggio/cittadini?project={project}&persons={counted}&since={since}&through={on}");
        self.cell(text, self.persons.then_some(path))
    }
}

fn facts(opens: &Opens<'_>, on: Date) -> Vec<(&'static str, Cell)> {
    let found = opens.found;
    let reports = |day| opens.cell(italian::day(day), Some(format!("/rendicontazione?project={}", found.project)));
    let mut facts = vec![
        ("Scadenza, compresa", Cell::plain(italian::day(found.deadline))),
        ("Report accettati entro il", reports(found.cutoff)),
        ("Cittadini a rischio", opens.persons(italian::number(found.citizens.at_risk.into()), Standing::AtRisk)),
        // What is counted, minus those at risk, minus what is needed: the first and the last open above.
        ("Margine", opens.persons(italian::signed(found.margin), Standing::AtRisk)),
    ];
    if let Some(until) = found.cure_until {
        facts.push(("Si può sanare entro il", Cell::plain(italian::day(until))));
    }
    if found.claim.is_none() {
        let waiting = italian::number(found.citizens.waiting.into());
        facts.push(("In attesa di un report accettato", opens.persons(waiting, Standing::Waiting)));
    }
    if let Some(Pace { needed_per_week, reached_per_week, forecast }) = found.pace {
        let weekly = |pace: f64| format!("{pace:.1}").replace('.', ",");
        facts.push(("Cittadini a settimana necessari", Cell::plain(weekly(needed_per_week))));
        facts.push(("Cittadini a settimana, ultime quattro", opens.last_weeks(weekly(reached_per_week), on)));
        let forecast = forecast.map_or_else(|| "non si raggiunge".to_owned(), italian::day);
        facts.push(("A questo passo, raggiunta il", Cell::plain(forecast)));
    }
    facts
}

fn sample(sample: &SampleShown) -> Vec<(&'static str, String)> {
    vec![
        ("Estratto alla posizione", italian::number(sample.position)),
        ("Valore pubblico", sample.public_value.clone()),
        ("Seme", sample.seed.clone()),
        ("Unità estratte", italian::number(sample.units.len() as u64)),
        ("Confermate", italian::number(sample.confirmed)),
        ("Errate", italian::number(sample.errors)),
        ("Estraendo di nuovo si ottengono le stesse", if sample.agrees { "sì" } else { "NO" }.to_owned()),
    ]
}

/// The next steps that the visitor's role may take. Whether the rules allow them is said when they are taken.
fn may(found: &Milestone, who: &Bearer, acts: bool) -> May {
    let role = |command| acts && extent(who.actor.role, command) != Extent::Nowhere;
    let sample = found.sample.as_ref();
    let claimed = found.claim.is_some();
    let unclaimed = matches!(found.state, "reached" | "missed") || found.cure_until.is_some();
    May {
        claim: unclaimed && role(CommandKind::ClaimMilestone),
        certify: found.state == "claimed" && role(CommandKind::CertifyMilestone),
        draw: claimed && sample.is_none() && found.citizens.counted > 0 && role(CommandKind::DrawSample),
        find: match sample.filter(|_| role(CommandKind::RecordFinding)) {
            Some(sample) if sample.confirmed + sample.errors < sample.units.len() as u64 => sample.units.clone(),
            Some(_) | None => Vec::new(),
        },
    }
}

/// How a milestone stands, in words.
pub(crate) fn state_in_italian(state: &str) -> &'static str {
    match state {
        "projected" => "in corso",
        "reached" => "raggiunta, da richiedere",
        "missed" => "non raggiunta entro i termini",
        "claimed" => "richiesta, da certificare",
        "certified" => "certificata",
        "partially_met" => "certificata in parte",
        "cured" => "sanata",
        "failed" => "non sanata",
        "restated" => "certificata; oggi vale altro",
        _ => "",
    }
}
