//! What blocks a tranche, in words, with the way to where it is undone.

use traccia_projections::tranches::queries::Tranche;

use super::{explained, exposures::anchor};
use crate::page::{
    frame::Truth,
    reports,
    shown::{Cell, italian},
};

/// A reason.
pub(super) struct Why {
    pub(super) text: &'static str,
    /// What it is about.
    pub(super) opens: Option<Cell>,
    /// What else there is of it.
    pub(super) others: String,
}

impl Why {
    /// Of a tranche, in the order in which they are refused.
    pub(super) fn of(found: &Tranche, truth: &Truth) -> Vec<Why> {
        let milestone = |id: &String| {
            let (path, anchor) =
                (format!("/milestone?project={}", found.project), format!("#m-{}-{id}", found.project));
            Cell::link(format!("Milestone {id}"), format!("{}{anchor}", truth.link(&path)))
        };
        let why = |code: &&'static str| {
            let opens = match *code {
                "NotCertified" => found.missing_certificate.as_ref().map(milestone),
                "CurePending" => found.awaited_cure.as_ref().map(milestone),
                "ReportsMissing" => found.missing_month.map(|month| {
                    let path = reports::path(&found.project, month);
                    Cell::link(format!("Report di {}", italian::month(month)), truth.link(&path))
                }),
                "ExposureUndecided" => found.undecided_exposure.as_ref().map(|exposure| {
                    Cell::link(format!("Esposizione {exposure}"), format!("#{}", anchor(&found.project, exposure)))
                }),
                _ => None,
            };
            let others = match (*code, found.missing_months) {
                ("ReportsMissing", Some(1)) => " e un altro mese".to_owned(),
                ("ReportsMissing", Some(more)) if more > 1 => format!(" e altri {more} mesi"),
                _ => String::new(),
            };
            let text = match (*code, found.state) {
                ("WrongState", "suspended") => "È sospesa: prima si riammette.",
                ("WrongState", _) => "Il suo giorno non è ancora venuto.",
                (code, _) => explained(code),
            };
            Why { text, opens, others }
        };
        found.blocked.iter().map(why).collect()
    }
}
