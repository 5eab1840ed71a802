//! A milestone as the page draws it: each figure with the way to what is behind it. What was claimed opens as it was known then,
//! on the day that the claim is judged on; what of it holds, as it is known now.

use jiff::{Unit, civil::Date};
use traccia_application::{Bearer, permission::Read};
use traccia_domain::milestone::command::Checked;
use traccia_projections::{
    counting::queries::Persons,
    milestones::queries::{ClaimShown, Milestone, Pace, SampleShown, Standing},
};

use super::{state_in_italian, steps::May};
use crate::{
    page::{
        frame::Truth,
        shown::{Bar, Cell, Shown, italian},
    },
    read::right,
};

/// Who looks, and at which time.
pub(super) struct Seen<'a> {
    pub(super) who: &'a Bearer,
    pub(super) truth: &'a Truth,
    /// The business day.
    pub(super) day: Date,
    /// The same where the address asks for it.
    pub(super) asked: Option<Date>,
    /// Whether something can be done: today, and at the last position.
    pub(super) acts: bool,
}

/// A milestone as it is drawn.
pub(super) struct Drawn {
    pub(super) project: Cell,
    pub(super) id: String,
    pub(super) name: String,
    pub(super) milestone: String,
    pub(super) state: &'static str,
    pub(super) points: Option<Gate>,
    pub(super) citizens: Option<Gate>,
    pub(super) facts: Vec<(&'static str, Cell)>,
    pub(super) pace: Option<Paced>,
    pub(super) claim: Vec<(&'static str, Cell)>,
    /// The list behind the claim as it was frozen, and as it stands.
    pub(super) units: Option<[String; 2]>,
    pub(super) certificate: Vec<(&'static str, String)>,
    pub(super) sample: Vec<(&'static str, Cell)>,
    /// Where the claim stands: what a form is about.
    pub(super) said_at: u64,
    pub(super) count: u64,
    pub(super) root: String,
    pub(super) may: May,
}

/// How far a project is on something that is needed.
pub(super) struct Gate {
    pub(super) reached: Cell,
    pub(super) needed: Cell,
    pub(super) bar: Bar,
}

/// What pace and forecast follow from.
pub(super) struct Paced {
    pub(super) needed: Cell,
    pub(super) counted: Cell,
    /// Citizens missing, where some are.
    pub(super) missing: Option<String>,
    pub(super) reached_on: Option<String>,
    pub(super) left: String,
    pub(super) needed_per_week: String,
    pub(super) since: String,
    pub(super) on: String,
    pub(super) lately: Cell,
    pub(super) reached_per_week: String,
    /// How many days it would take, and when it would be.
    pub(super) forecast: Option<(String, String)>,
}

impl Seen<'_> {
    pub(super) fn drawn(&self, found: &Milestone) -> Drawn {
        let claim = found.claim.as_ref();
        let may = |read| right(self.who, read).is_ok();
        let opens = Opens { seen: self, found, persons: may(Read::Units), points: may(Read::Points) };
        Drawn {
            project: Cell::link(&found.project, self.truth.link(&format!("/progetti/{}", found.project))),
            id: format!("{}-{}", found.project, found.milestone),
            name: found.project.clone(),
            milestone: found.milestone.clone(),
            state: state_in_italian(found.state),
            points: found.points.needed.map(|needed| opens.gate(opens.points(), needed)),
            citizens: found.citizens.needed.map(|needed| opens.gate(opens.citizens(), needed)),
            facts: facts(&opens),
            pace: found.pace.as_ref().map(|pace| paced(&opens, pace)),
            claim: claim.map_or_else(Vec::new, |claim| self::claim(&opens, claim)),
            units: claim
                .filter(|_| opens.persons)
                .map(|_| [opens.then(&opens.units("")), self.truth.link(&opens.units(""))]),
            certificate: found.certificate.as_ref().map_or_else(Vec::new, |certificate| {
                vec![
                    ("Certificata alla posizione", italian::number(certificate.position)),
                    ("Esito", if certificate.met { "raggiunta" } else { "raggiunta in parte" }.to_owned()),
                    ("Dichiara ciò che fu congelato", if certificate.agrees { "sì" } else { "NO" }.to_owned()),
                ]
            }),
            sample: found.sample.as_ref().map_or_else(Vec::new, |sample| self::sample(&opens, sample)),
            said_at: claim.map_or(0, |claim| claim.position),
            count: claim.map_or(0, |claim| claim.count),
            root: claim.map_or_else(String::new, |claim| claim.root.clone()),
            may: May::of(found, self.who, self.acts),
        }
    }
}

/// What a milestone's figures open into, for those who may see it.
struct Opens<'a> {
    seen: &'a Seen<'a>,
    found: &'a Milestone,
    persons: bool,
    points: bool,
}

impl Opens<'_> {
    /// A path at the claim's position where there is one, else at the page's.
    fn then(&self, path: &str) -> String {
        match &self.found.claim {
            None => self.seen.truth.link(path),
            Some(claim) => {
                let mark = if path.contains('?') { '&' } else { '?' };
                format!("{path}{mark}known_at={}", claim.position)
            }
        }
    }

    fn cell(&self, text: String, to: Option<String>) -> Cell {
        match to {
            Some(to) => Cell::link(text, to),
            None => Cell::plain(text),
        }
    }

    /// The persons behind a figure; on the day that is asked for, where the figure depends on it.
    fn list(&self, text: String, standing: Standing) -> Cell {
        let Milestone { project, milestone, .. } = self.found;
        let on = self.seen.asked.filter(|_| standing == Standing::Waiting).map(|on| format!("&on={on}"));
        let path = format!(
            "/conteggio/cittadini?project={project}&milestone={milestone}&persons={}{}",
            standing.as_str(),
            on.unwrap_or_default()
        );
        self.cell(text, self.persons.then(|| self.seen.truth.link(&path)))
    }

    /// The path of a part of the claim's units.
    fn units(&self, part: &str) -> String {
        let Milestone { project, milestone, .. } = self.found;
        format!("/milestone/unita?project={project}&milestone={milestone}{part}")
    }

    fn part(&self, number: u64, part: &str) -> Cell {
        let to = self.persons.then(|| self.seen.truth.link(&self.units(part)));
        self.cell(italian::number(number), to)
    }

    /// Of a claim those that it froze, else those that count.
    fn citizens(&self) -> (u64, Cell) {
        match &self.found.claim {
            Some(claim) => {
                let to = self.persons.then(|| self.then(&self.units("")));
                (claim.count, self.cell(italian::number(claim.count), to))
            }
            None => {
                let counted = self.found.citizens.counted.into();
                (counted, self.list(italian::number(counted), Standing::Counted))
            }
        }
    }

    /// The points on the day that they are looked at.
    fn points_path(&self) -> String {
        let on = self.found.claim.as_ref().map_or(self.found.deadline, |claim| claim.terms.points_on);
        format!("/punti?project={}&on={on}", self.found.project)
    }

    fn points(&self) -> (u64, Cell) {
        let points = self.found.claim.as_ref().map_or(self.found.points.reached.into(), |claim| claim.points);
        (points, self.cell(italian::number(points), self.points.then(|| self.then(&self.points_path()))))
    }

    /// What is needed follows from the project's targets: its page has them.
    fn gate(&self, (reached, cell): (u64, Cell), needed: u32) -> Gate {
        let bar = Bar::of(Shown::Number(reached), Some(needed.into()));
        Gate { reached: cell, needed: self.needed(needed), bar }
    }

    fn needed(&self, needed: u32) -> Cell {
        let project = self.then(&format!("/progetti/{}", self.found.project));
        Cell::link(italian::number(needed.into()), project)
    }

    /// The citizens of the four weeks whose pace it is.
    fn lately(&self, text: String, pace: &Pace) -> Cell {
        let (project, counted) = (&self.found.project, Persons::Counted.as_str());
        let (since, on) = (pace.since, self.seen.day);
        let path = format!("/conteggio/cittadini?project={project}&persons={counted}&since={since}&through={on}");
        self.cell(text, self.persons.then(|| self.seen.truth.link(&path)))
    }
}

fn facts(opens: &Opens<'_>) -> Vec<(&'static str, Cell)> {
    let found = opens.found;
    let reports = opens.then(&format!("/rendicontazione?project={}", found.project));
    let mut facts = vec![
        ("Scadenza, compresa", Cell::plain(italian::day(found.deadline))),
        ("Report accettati entro il", Cell::link(italian::day(found.cutoff), reports)),
    ];
    if let Some(claim) = &found.claim {
        let points = opens.points.then(|| opens.seen.truth.link(&opens.points_path()));
        facts.push(("Delle unità congelate valgono ancora", opens.part(claim.citizens_now, "&holding=true")));
        facts.push((
            "Punti di quel giorno, da ciò che si sa ora",
            opens.cell(italian::number(claim.points_now), points),
        ));
    }
    facts.push(("Cittadini a rischio", opens.list(italian::number(found.citizens.at_risk.into()), Standing::AtRisk)));
    // What is counted, minus those at risk, minus what is needed: the first and the last open above.
    facts.push(("Margine", opens.list(italian::signed(found.margin), Standing::AtRisk)));
    if let Some(until) = found.cure_until {
        facts.push(("Si può sanare entro il", Cell::plain(italian::day(until))));
    }
    if found.claim.is_none() {
        let waiting = italian::number(found.citizens.waiting.into());
        facts.push(("In attesa di un report accettato", opens.list(waiting, Standing::Waiting)));
    }
    if let Some(pace) = &found.pace {
        facts.push(("Cittadini a settimana necessari", Cell::plain(weekly(pace.needed_per_week))));
        facts.push(("Cittadini a settimana, ultime quattro", opens.lately(weekly(pace.reached_per_week), pace)));
        facts.push(match (pace.missing, pace.reached_on, pace.forecast) {
            (0, Some(on), _) => ("Cittadini necessari raggiunti il", Cell::plain(italian::day(on))),
            (0, None, _) => ("Cittadini necessari", Cell::plain("già raggiunti")),
            (_, _, day) => {
                let day = day.map_or_else(|| "non si raggiunge".to_owned(), italian::day);
                ("A questo passo, raggiunta il", Cell::plain(day))
            }
        });
    }
    facts
}

fn weekly(pace: f64) -> String {
    italian::printed(&format!("{pace:.1}"))
}

fn paced(opens: &Opens<'_>, pace: &Pace) -> Paced {
    let ahead = |day: Date| {
        let days = opens.seen.day.until((Unit::Day, day)).map_or(0, |span| span.get_days());
        (italian::number(days.unsigned_abs().into()), italian::day(day))
    };
    Paced {
        needed: opens.needed(opens.found.citizens.needed.unwrap_or(0)),
        counted: opens.citizens().1,
        missing: (pace.missing > 0).then(|| italian::number(pace.missing.into())),
        reached_on: pace.reached_on.map(italian::day),
        left: italian::number(pace.left_days.into()),
        needed_per_week: weekly(pace.needed_per_week),
        since: italian::day(pace.since),
        on: italian::day(opens.seen.day),
        lately: opens.lately(italian::number(pace.counted.into()), pace),
        reached_per_week: weekly(pace.reached_per_week),
        forecast: pace.forecast.map(ahead),
    }
}

fn claim(opens: &Opens<'_>, claim: &ClaimShown) -> Vec<(&'static str, Cell)> {
    vec![
        ("Richiesta alla posizione", Cell::plain(italian::number(claim.position))),
        ("Unità congelate", opens.citizens().1),
        ("Punti congelati", opens.points().1),
        ("Radice dell'elenco", Cell::plain(claim.root.clone())),
    ]
}

fn sample(opens: &Opens<'_>, sample: &SampleShown) -> Vec<(&'static str, Cell)> {
    let found = |checked: Checked| format!("&finding={}", checked.as_str());
    vec![
        ("Estratto alla posizione", Cell::plain(italian::number(sample.position))),
        ("Valore pubblico", Cell::plain(sample.public_value.clone())),
        ("Seme", Cell::plain(sample.seed.clone())),
        ("Unità estratte", opens.part(sample.units.len() as u64, "&drawn=true")),
        ("Confermate", opens.part(sample.confirmed, &found(Checked::Confirmed))),
        ("Errate", opens.part(sample.errors, &found(Checked::Error))),
        ("Estraendo di nuovo si ottengono le stesse", Cell::plain(if sample.agrees { "sì" } else { "NO" })),
    ]
}
