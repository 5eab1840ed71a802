//! What a report says, as a page and its print show it.

use jiff::civil::Date;
use traccia_projections::{
    counting::queries::{Judged, Persons},
    reports::queries::{AdjustedMonth, Adjustment, Content, Line, Report, ReportInFull, ServicesOfKind},
};

use crate::page::{
    counting::lists::kind,
    shown::{Cell, italian},
};

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
    pub(super) services: Vec<[Cell; 3]>,
    pub(super) facts: Vec<(&'static str, Cell)>,
    pub(super) forecast: Forecast,
    /// Late services: month, all, qualifying.
    pub(super) late: Vec<[Cell; 3]>,
    pub(super) voided: Cell,
    pub(super) acceptances: Vec<Act>,
}

/// A line of the bridge.
pub(super) struct Step {
    pub(super) class: &'static str,
    pub(super) name: String,
    pub(super) why: &'static str,
    pub(super) number: Cell,
}

/// A forecast and the figures that it follows from.
pub(super) struct Forecast {
    pub(super) citizens: String,
    pub(super) by: String,
    pub(super) on: String,
    pub(super) so_far: Cell,
    pub(super) counted: Cell,
    pub(super) since: String,
    pub(super) days: String,
    pub(super) left: String,
}

/// Which figures open into what is behind them: those of lists that the reader may see, at the position that the report
/// speaks of. On paper none does.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Opens {
    pub(super) persons: bool,
    pub(super) services: bool,
    pub(super) points: bool,
}

impl Opens {
    fn person(self, content: &Content, line: Line, text: String) -> Cell {
        let to = format!(
            "/conteggio/cittadini?project={}&report={}&persons={}&known_at={}",
            content.project,
            content.month,
            line.as_str(),
            content.position
        );
        if self.persons { Cell::link(text, to) } else { Cell::plain(text) }
    }

    /// The services of the month, of a kind or of all, on a line of the waterfall.
    fn services(self, content: &Content, kind: Option<&str>, judged: Judged, number: u64) -> Cell {
        let kind = kind.map(|kind| format!("&kind={kind}")).unwrap_or_default();
        let (first, last) = (content.month.first_day(), content.month.last_day());
        let to = format!(
            "/conteggio/servizi?project={}&since={first}&through={last}{kind}&judged={}&known_at={}",
            content.project,
            judged.as_str(),
            content.position
        );
        let text = italian::number(number);
        if self.services { Cell::link(text, to) } else { Cell::plain(text) }
    }

    /// The services of earlier months that the report takes in; of one month where it is given.
    fn adjustment(
        self,
        content: &Content,
        of: Adjustment,
        month: Option<&AdjustedMonth>,
        judged: Judged,
        number: u64,
    ) -> Cell {
        let days = month.map(|of| format!("&since={}&through={}", of.month.first_day(), of.month.last_day()));
        let to = format!(
            "/conteggio/servizi?project={}&report={}&adjustment={}{}&judged={}&known_at={}",
            content.project,
            content.month,
            of.as_str(),
            days.unwrap_or_default(),
            judged.as_str(),
            content.position
        );
        let text = italian::number(number);
        if self.services { Cell::link(text, to) } else { Cell::plain(text) }
    }

    /// The citizens whom the project counts with a day up to the report's, from the first of a pace where one is given.
    fn citizens(self, content: &Content, since: Option<Date>, number: u64) -> Cell {
        let since = since.map(|since| format!("&since={since}")).unwrap_or_default();
        let to = format!(
            "/conteggio/cittadini?project={}&persons={}{since}&through={}&known_at={}",
            content.project,
            Persons::Counted.as_str(),
            content.on,
            content.position
        );
        let text = italian::number(number);
        if self.persons { Cell::link(text, to) } else { Cell::plain(text) }
    }

    fn points(self, content: &Content, text: String) -> Cell {
        let to = format!("/punti?project={}&on={}&known_at={}", content.project, content.on, content.position);
        if self.points { Cell::link(text, to) } else { Cell::plain(text) }
    }
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
    pub(super) fn of(full: &ReportInFull, opens: Opens) -> Said {
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
            bridge: bridge(content, opens),
            services: services(content, opens),
            facts: facts(content, opens),
            forecast: forecast(content, opens),
            late: content.adjustments.months.iter().map(|month| late(content, month, opens)).collect(),
            voided: opens.adjustment(content, Adjustment::Voided, None, Judged::Recorded, content.adjustments.voided),
            acceptances: acceptances.iter().map(act).collect(),
        }
    }
}

fn stands(report: &Report) -> bool {
    matches!(report.state.as_str(), "submitted" | "accepted")
}

fn bridge(content: &Content, opens: Opens) -> Vec<Step> {
    let bridge = &content.bridge;
    let step = |class, name: String, why, number: u64, line| {
        let number = opens.person(content, line, italian::number(number));
        Step { class, name, why, number }
    };
    // Nought is neither more nor less.
    let signed = |step: Step, figure: u64, sign| match figure {
        0 => step,
        _ => Step { number: step.number.after(sign), ..step },
    };
    let previous = match &bridge.previous {
        Some(previous) => step(
            "",
            format!("Cittadini fino a {}", italian::month(previous.month)),
            "come dice il report di quel mese",
            previous.citizens,
            Line::Previous,
        ),
        None => Step {
            class: "",
            name: "Cittadini prima del progetto".to_owned(),
            why: "è il primo mese",
            number: Cell::plain("0"),
        },
    };
    let new = step("minus", "nuovi nel mese".to_owned(), "", bridge.new, Line::New);
    let adjusted = step(
        "minus",
        "rettifiche di mesi precedenti".to_owned(),
        "servizi registrati in ritardo, collegamenti rotti, regole cambiate",
        bridge.adjustments,
        Line::Adjusted,
    );
    let lost = step(
        "minus",
        "persi".to_owned(),
        "annullamenti, anagrafiche riunite, regole cambiate, conteggiati altrove",
        bridge.lost,
        Line::Lost,
    );
    let upto = format!("Cittadini fino a {}", italian::month(content.month));
    vec![
        previous,
        signed(new, bridge.new, "+"),
        signed(adjusted, bridge.adjustments, "+"),
        signed(lost, bridge.lost, italian::MINUS),
        step("total", upto, "", bridge.citizens, Line::Counted),
    ]
}

fn services(content: &Content, opens: Opens) -> Vec<[Cell; 3]> {
    let row = |name: &str, kind: Option<&str>, recorded, qualifying| {
        let cell = |judged, number| opens.services(content, kind, judged, number);
        [Cell::plain(name), cell(Judged::Recorded, recorded), cell(Judged::Qualifying, qualifying)]
    };
    let services = &content.services;
    let of = |of: &ServicesOfKind| row(kind(&of.kind), Some(&of.kind), of.recorded, of.qualifying);
    let mut rows: Vec<_> = services.kinds.iter().map(of).collect();
    rows.push(row("Totale", None, services.recorded, services.qualifying));
    rows
}

fn late(content: &Content, month: &AdjustedMonth, opens: Opens) -> [Cell; 3] {
    let cell = |judged, number| opens.adjustment(content, Adjustment::Late, Some(month), judged, number);
    let name = Cell::plain(italian::month(month.month));
    [name, cell(Judged::Recorded, month.late), cell(Judged::Qualifying, month.qualifying)]
}

fn forecast(content: &Content, opens: Opens) -> Forecast {
    let (forecast, on) = (&content.forecast, content.on);
    let since = forecast.since(on);
    Forecast {
        citizens: italian::number(forecast.citizens),
        by: match &forecast.milestone {
            Some(milestone) => format!("alla milestone {milestone}, il {}", italian::day(forecast.by)),
            None => format!("alla fine del progetto, il {}", italian::day(forecast.by)),
        },
        on: italian::day(on),
        so_far: opens.citizens(content, None, forecast.so_far(on)),
        counted: opens.citizens(content, Some(since), forecast.counted),
        since: italian::day(since),
        days: italian::number(forecast.days),
        left: italian::number(forecast.left(on)),
    }
}

fn facts(content: &Content, opens: Opens) -> Vec<(&'static str, Cell)> {
    let number = italian::number;
    let on = italian::day(content.on);
    vec![
        (
            "Cittadini conteggiati per la prima volta nel mese",
            opens.person(content, Line::FirstSeen, number(content.persons_first_seen)),
        ),
        ("Punti aperti", opens.points(content, format!("{} il {on}", number(content.points.open)))),
        ("Punti attivi", opens.points(content, format!("{} il {on}", number(content.points.active)))),
    ]
}
