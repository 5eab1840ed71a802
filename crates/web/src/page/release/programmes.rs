//! The money of each programme in sight, at the top of `/erogazioni`: each figure opens into the tranches behind it.

use traccia_domain::{Cents, ProjectId};
use traccia_projections::tranches::queries::{Figure, ProgrammeMoney};

use super::euro;
use crate::page::{frame::Truth, shown::Cell};

/// A programme's line, or the total's.
pub(super) struct Sums {
    pub(super) programme: Cell,
    /// Awarded, authorised, paid, given back, exposed.
    pub(super) figures: [Cell; 5],
}

/// A line for each programme, and the total of all where there are several.
pub(super) fn drawn(sums: &[ProgrammeMoney], project: Option<&ProjectId>, truth: &Truth) -> Vec<Sums> {
    let mut lines: Vec<Sums> = sums.iter().map(|one| line(one, Some(&one.programme), project, truth)).collect();
    if sums.len() > 1 {
        let sum = |of: fn(&ProgrammeMoney) -> Cents| sums.iter().map(of).sum();
        let total = ProgrammeMoney {
            programme: "Totale".to_owned(),
            awarded: sum(|one| one.awarded),
            authorised: sum(|one| one.authorised),
            paid: sum(|one| one.paid),
            recovered: sum(|one| one.recovered),
            exposed: sum(|one| one.exposed),
        };
        lines.push(line(&total, None, project, truth));
    }
    lines
}

fn line(sums: &ProgrammeMoney, programme: Option<&String>, project: Option<&ProjectId>, truth: &Truth) -> Sums {
    let to = |figure: Option<Figure>| {
        let programme = programme.map(|id| format!("programme={id}"));
        let project = project.map(|id| format!("project={id}"));
        let figure = figure.map(|figure| format!("figure={}", figure.as_str()));
        let asked: Vec<String> = [programme, project, figure].into_iter().flatten().collect();
        let mark = if asked.is_empty() { "" } else { "?" };
        truth.link(&format!("/erogazioni{mark}{}", asked.join("&")))
    };
    let cell = |amount, figure| Cell::link(euro(amount), to(figure));
    Sums {
        programme: Cell::link(&sums.programme, to(None)),
        figures: [
            cell(sums.awarded, None),
            cell(sums.authorised, Some(Figure::Authorised)),
            cell(sums.paid, Some(Figure::Paid)),
            cell(sums.recovered, Some(Figure::Recovered)),
            cell(sums.exposed, Some(Figure::Exposed)),
        ],
    }
}
