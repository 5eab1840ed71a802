//! The figures of a programme and of its provinces, as far as they are shown.

use traccia_projections::targets::queries::TargetRow;

use crate::page::{
    hidden::{Cell, Hidden},
    italian,
};

/// What stands where a figure is hidden.
pub(super) const DASH: &str = "–";

/// A figure of the whole programme.
pub(super) struct Figure {
    pub(super) name: &'static str,
    pub(super) reached: String,
    pub(super) target: String,
    pub(super) percent: u64,
    pub(super) percent_text: String,
    pub(super) note: Option<String>,
}

/// A province.
pub(super) struct Row {
    pub(super) name: String,
    pub(super) percent: u64,
    pub(super) percent_text: String,
    pub(super) counted: String,
    pub(super) target: String,
    pub(super) at_risk: String,
    pub(super) active: String,
    pub(super) points: String,
    pub(super) qualifying: String,
}

/// What is hidden of the provinces' columns and their totals.
pub(super) struct Masks {
    pub(super) counted: Hidden,
    pub(super) at_risk: Hidden,
    pub(super) qualifying: Hidden,
}

impl Masks {
    /// For the public. Points are public places: nothing of them is hidden.
    pub(super) fn of(provinces: &[TargetRow]) -> Masks {
        let column = |figure: fn(&TargetRow) -> u64| {
            Hidden::of_column(&provinces.iter().map(|row| Cell::here(figure(row))).collect::<Vec<_>>())
        };
        Masks {
            counted: column(|row| row.citizens.counted),
            at_risk: column(|row| row.citizens.at_risk.unsigned_abs()),
            qualifying: column(|row| row.services.qualifying),
        }
    }

    /// For those who see exactly.
    pub(super) fn none(provinces: usize) -> Masks {
        let none = || Hidden::none(provinces);
        Masks { counted: none(), at_risk: none(), qualifying: none() }
    }
}

/// The whole programme's figures.
pub(super) fn figures(whole: &TargetRow, masks: &Masks) -> Vec<Figure> {
    let at_risk = if masks.at_risk.total { DASH.to_owned() } else { italian::signed(whole.citizens.at_risk) };
    vec![
        figure("Cittadini raggiunti", whole.citizens.counted, whole.citizens.target, masks.counted.total)
            .with(format!("{at_risk} a rischio")),
        figure("Punti attivi", whole.points.active, whole.points.target, false),
        figure("Servizi validi", whole.services.qualifying, whole.services.target, masks.qualifying.total)
            .with("raccomandati, non vincolanti".to_owned()),
    ]
}

fn figure(name: &'static str, reached: u64, target: Option<u64>, hidden: bool) -> Figure {
    let of = target.unwrap_or_default();
    Figure {
        name,
        reached: if hidden { DASH.to_owned() } else { italian::number(reached) },
        target: target.map_or_else(|| DASH.to_owned(), italian::number),
        percent: if hidden { 0 } else { italian::bar(reached, of) },
        percent_text: if hidden { DASH.to_owned() } else { italian::percent(reached, of) },
        note: None,
    }
}

impl Figure {
    fn with(self, note: String) -> Figure {
        Figure { note: Some(note), ..self }
    }
}

/// The provinces' rows.
pub(super) fn rows(provinces: &[TargetRow], masks: &Masks) -> Vec<Row> {
    let row = |(place, row): (usize, &TargetRow)| {
        let shown = |mask: &Hidden, text: String| if mask.cells[place] { DASH.to_owned() } else { text };
        let target = row.citizens.target;
        let citizens = figure("", row.citizens.counted, target, masks.counted.cells[place]);
        Row {
            name: row.name.clone().unwrap_or_else(|| row.id.clone()),
            percent: citizens.percent,
            percent_text: citizens.percent_text,
            counted: citizens.reached,
            target: citizens.target,
            at_risk: shown(&masks.at_risk, italian::signed(row.citizens.at_risk)),
            active: italian::number(row.points.active),
            points: row.points.target.map_or_else(|| DASH.to_owned(), italian::number),
            qualifying: shown(&masks.qualifying, italian::number(row.services.qualifying)),
        }
    };
    provinces.iter().enumerate().map(row).collect()
}
