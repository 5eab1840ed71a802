//! What has been reached of what was promised: as cards for one thing, as rows for many.

use traccia_projections::{counting::queries::Persons, targets::queries::TargetRow};

use crate::page::{
    counting::{
        place::Place,
        steps::{Behind, Beside},
    },
    frame::Truth,
    shown::{
        Bar, Cell, Shown,
        hidden::{Figure as Part, Hidden, Mask},
    },
};

/// A figure of one thing.
pub(crate) struct Figure {
    pub(crate) name: &'static str,
    pub(crate) reached: Cell,
    pub(crate) target: String,
    pub(crate) bar: Bar,
    pub(crate) note: &'static str,
    /// How many are at risk, where it is about persons.
    pub(crate) at_risk: Option<Cell>,
}

/// One of many.
pub(crate) struct Row {
    pub(crate) name: Cell,
    pub(crate) bar: Bar,
    pub(crate) counted: Cell,
    pub(crate) target: String,
    pub(crate) at_risk: Cell,
    pub(crate) active: Cell,
    pub(crate) points: String,
    pub(crate) qualifying: Cell,
}

/// What is hidden of a row.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct RowMask {
    pub(crate) counted: Mask,
    pub(crate) at_risk: Mask,
    pub(crate) qualifying: Mask,
}

/// What a row's figures open into; the public's open into nothing.
#[derive(Clone, Debug, Default)]
pub(crate) struct Opens {
    name: Option<String>,
    counted: Option<String>,
    at_risk: Option<String>,
    active: Option<String>,
    qualifying: Option<String>,
}

impl Opens {
    /// The lists and pages behind a place's figures.
    pub(crate) fn of(place: &Place, truth: &Truth) -> Opens {
        let (name, active) = match place {
            Place::Programme(id) => (Some(format!("/programmi/{id}")), Some(format!("/punti?programme={id}"))),
            Place::Province(id, province) => (None, Some(format!("/punti?programme={id}&province={province}"))),
            Place::Project(id) => (Some(format!("/progetti/{id}")), Some(format!("/punti?project={id}"))),
            Place::Point(id) => (Some(format!("/punti/{id}")), None),
        };
        Opens {
            name: name.map(|path| truth.link(&path)),
            counted: Some(place.waterfall(truth)),
            at_risk: Some(place.behind(truth, Behind::Persons(Persons::AtRisk))),
            active: active.map(|path| truth.link(&path)),
            qualifying: Some(
                place.behind(truth, Behind::Services(traccia_projections::counting::queries::Judged::Qualifying)),
            ),
        }
    }
}

impl Opens {
    /// The name alone: for figures of a day, which no list has.
    pub(crate) fn name_only(self) -> Opens {
        Opens { name: self.name, ..Opens::default() }
    }
}

/// One thing's figures.
pub(crate) fn figures(row: &TargetRow, mask: RowMask, opens: Opens) -> Vec<Figure> {
    let figure = |name, reached: Shown, target: Option<u64>, to, note| Figure {
        name,
        reached: reached.opening(to),
        target: Shown::known(target).to_string(),
        bar: Bar::of(reached, target),
        note,
        at_risk: None,
    };
    let counted = Shown::masked(row.citizens.counted, mask.counted);
    let qualifying = Shown::masked(row.services.qualifying, mask.qualifying);
    let citizens = figure("Cittadini raggiunti", counted, row.citizens.target, opens.counted, "");
    vec![
        Figure { at_risk: Some(at_risk(row).under(mask.at_risk).opening(opens.at_risk)), ..citizens },
        figure("Punti attivi", Shown::Number(row.points.active), row.points.target, opens.active, ""),
        figure(
            "Servizi validi",
            qualifying,
            row.services.target,
            opens.qualifying,
            "obiettivo raccomandato, non vincolante",
        ),
    ]
}

/// A row. A point has no targets of its own.
pub(crate) fn row(row: &TargetRow, name: String, mask: RowMask, opens: Opens) -> Row {
    let counted = Shown::masked(row.citizens.counted, mask.counted);
    Row {
        name: match opens.name {
            Some(to) => Cell::link(name, to),
            None => Cell::plain(name),
        },
        bar: Bar::of(counted, row.citizens.target),
        counted: counted.opening(opens.counted),
        target: Shown::known(row.citizens.target).to_string(),
        at_risk: at_risk(row).under(mask.at_risk).opening(opens.at_risk),
        active: Shown::Number(row.points.active).opening(opens.active),
        points: Shown::known(row.points.target).to_string(),
        qualifying: Shown::masked(row.services.qualifying, mask.qualifying).opening(opens.qualifying),
    }
}

/// Those who would be lost; below nought where some would come here.
fn at_risk(row: &TargetRow) -> Shown {
    u64::try_from(row.citizens.at_risk).map_or(Shown::Difference(row.citizens.at_risk), Shown::Number)
}

/// What is hidden of rows that sum to a total, and of that total.
pub(crate) struct Masks {
    pub(crate) rows: Vec<RowMask>,
    pub(crate) whole: RowMask,
}

impl Masks {
    /// For the public. Points are public places: nothing of them is hidden.
    pub(crate) fn of(rows: &[TargetRow], whole: &TargetRow) -> Masks {
        let column = |figure: fn(&TargetRow) -> u64| {
            Hidden::of_column(&rows.iter().map(|row| Part::here(figure(row))).collect::<Vec<_>>())
        };
        let counted = column(|row| row.citizens.counted);
        let at_risk = column(|row| row.citizens.at_risk.unsigned_abs());
        let qualifying = column(|row| row.services.qualifying);
        // Those who would only move within the programme cancel out in its total, which may be small by itself.
        let total_at_risk = match Mask::of(whole.citizens.at_risk.unsigned_abs()) {
            Mask::Open => at_risk.total,
            hides @ (Mask::Small | Mask::Withheld) => hides,
        };
        let masked = |place: usize| RowMask {
            counted: counted.cells[place],
            at_risk: at_risk.cells[place],
            qualifying: qualifying.cells[place],
        };
        Masks {
            rows: (0..rows.len()).map(masked).collect(),
            whole: RowMask { counted: counted.total, at_risk: total_at_risk, qualifying: qualifying.total },
        }
    }

    /// For those who see exactly.
    pub(crate) fn none(rows: usize) -> Masks {
        Masks { rows: vec![RowMask::default(); rows], whole: RowMask::default() }
    }

    /// What the waterfall must hide because it is hidden here.
    pub(crate) fn beside(&self) -> Beside {
        Beside { qualifying: self.whole.qualifying, counted: self.whole.counted }
    }
}
