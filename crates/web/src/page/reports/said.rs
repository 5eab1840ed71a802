//! What a report says, as a page and its print show it.

use traccia_projections::reports::queries::{Content, Report, ReportInFull};

use crate::page::{counting::lists::kind, shown::italian};

/// What a report says.
pub(super) struct Said {
    pub(super) month: String,
    pub(super) project: String,
    pub(super) state: &'static str,
    /// Whether somebody has submitted it, and nobody has sent it back or reopened it.
    pub(super) stands: bool,
    pub(super) position: String,
    pub(super) hash: String,
    pub(super) obstacles: Option<String>,
    /// The bridge to last month: what, and how many.
    pub(super) bridge: Vec<Step>,
    /// Kind, recorded, qualifying; the last is the total.
    pub(super) services: Vec<[String; 3]>,
    pub(super) facts: Vec<(&'static str, String)>,
    /// Late services: month, all, qualifying.
    pub(super) late: Vec<[String; 3]>,
    pub(super) voided: String,
    pub(super) acceptances: Vec<Act>,
}

/// A line of the bridge.
pub(super) struct Step {
    pub(super) class: &'static str,
    pub(super) name: String,
    pub(super) why: &'static str,
    pub(super) number: String,
}

/// An acceptance.
pub(super) struct Act {
    pub(super) on: String,
    pub(super) act: String,
    pub(super) learned: String,
    pub(super) at: String,
    pub(super) far_apart: bool,
}

impl Said {
    pub(super) fn of(full: &ReportInFull) -> Said {
        let ReportInFull { report, acceptances, content, content_hash } = full;
        let act = |said: &traccia_projections::reports::queries::Acceptance| Act {
            on: italian::day(said.on),
            act: said.act.clone(),
            learned: italian::day(said.learned_on),
            at: italian::number(said.at),
            far_apart: said.far_apart,
        };
        Said {
            month: italian::month(report.month),
            project: report.project.clone(),
            state: super::state(&report.state),
            stands: stands(report),
            position: italian::number(content.position),
            hash: content_hash.to_string(),
            obstacles: report.obstacles.clone(),
            bridge: bridge(content),
            services: services(content),
            facts: facts(content),
            late: content
                .adjustments
                .months
                .iter()
                .map(|month| {
                    [italian::month(month.month), italian::number(month.late), italian::number(month.qualifying)]
                })
                .collect(),
            voided: italian::number(content.adjustments.voided),
            acceptances: acceptances.iter().map(act).collect(),
        }
    }
}

fn stands(report: &Report) -> bool {
    matches!(report.state.as_str(), "submitted" | "accepted")
}

fn bridge(content: &Content) -> Vec<Step> {
    let bridge = &content.bridge;
    let step = |class, name: String, why, number: u64, sign: &str| Step {
        class,
        name,
        why,
        number: format!("{sign}{}", italian::number(number)),
    };
    let previous = match &bridge.previous {
        Some(previous) => step(
            "",
            format!("Cittadini fino a {}", italian::month(previous.month)),
            "come dice il report di quel mese",
            previous.citizens,
            "",
        ),
        None => step("", "Cittadini prima del progetto".to_owned(), "è il primo mese", 0, ""),
    };
    vec![
        previous,
        step("minus", "nuovi nel mese".to_owned(), "", bridge.new, "+"),
        step(
            "minus",
            "rettifiche di mesi precedenti".to_owned(),
            "servizi registrati in ritardo, collegamenti rotti, regole cambiate",
            bridge.adjustments,
            "+",
        ),
        step(
            "minus",
            "persi".to_owned(),
            "annullamenti, anagrafiche riunite, regole cambiate, conteggiati altrove",
            bridge.lost,
            italian::MINUS,
        ),
        step("total", format!("Cittadini fino a {}", italian::month(content.month)), "", bridge.citizens, ""),
    ]
}

fn services(content: &Content) -> Vec<[String; 3]> {
    let row =
        |name: &str, recorded, qualifying| [name.to_owned(), italian::number(recorded), italian::number(qualifying)];
    let services = &content.services;
    let mut rows: Vec<_> = services.kinds.iter().map(|of| row(kind(&of.kind), of.recorded, of.qualifying)).collect();
    rows.push(row("Totale", services.recorded, services.qualifying));
    rows
}

fn facts(content: &Content) -> Vec<(&'static str, String)> {
    let number = italian::number;
    let forecast = &content.forecast;
    let by = match &forecast.milestone {
        Some(milestone) => format!("alla milestone {milestone}, il {}", italian::day(forecast.by)),
        None => format!("alla fine del progetto, il {}", italian::day(forecast.by)),
    };
    let on = italian::day(content.on);
    vec![
        ("Cittadini conteggiati per la prima volta nel mese", number(content.persons_first_seen)),
        ("Punti aperti", format!("{} il {on}", number(content.points.open))),
        ("Punti attivi", format!("{} il {on}", number(content.points.active))),
        (
            "Previsione",
            format!(
                "{} cittadini {by}, al ritmo di {} in {} giorni",
                number(forecast.citizens),
                number(forecast.counted),
                number(forecast.days)
            ),
        ),
    ]
}
