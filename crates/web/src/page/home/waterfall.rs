//! The waterfall in words: from the services recorded to the citizens counted.

use traccia_projections::counting::{Reason, queries::Waterfall};

use super::figures::{DASH, Masks};
use crate::page::{
    hidden::{Cell, Hidden},
    italian,
};

/// A step of the waterfall.
pub(super) struct Step {
    pub(super) name: String,
    pub(super) why: &'static str,
    pub(super) number: String,
    pub(super) percent: u64,
    pub(super) class: &'static str,
}

/// The steps. Recorded services are the sum of those excluded and those that qualify, so what is hidden of these must not
/// follow from the sum; what qualifies is shown beside the provinces, too.
pub(super) fn steps(waterfall: &Waterfall, masks: &Masks, hidden: bool) -> Vec<Step> {
    let mask = if hidden { mask(waterfall, masks) } else { Hidden::none(Reason::ALL.len()) };
    let step = |name: &str, why, figure: u64, class, hidden: bool| Step {
        name: name.to_owned(),
        why,
        number: if hidden { DASH.to_owned() } else { italian::number(figure) },
        percent: if hidden { 0 } else { italian::bar(figure, waterfall.recorded) },
        class,
    };
    // Without the sum there is nothing to measure bars by, and a bar would tell it.
    let bars = |steps: Vec<Step>| -> Vec<Step> {
        if !mask.total {
            return steps;
        }
        steps.into_iter().map(|step| Step { percent: 0, ..step }).collect()
    };
    let mut steps = vec![step("Servizi registrati", "", waterfall.recorded, "total", mask.total)];
    for ((reason, figure), hidden) in excluded(waterfall).zip(&mask.cells) {
        if figure > 0 || *hidden {
            steps.push(step(label(reason), reason.in_italian(), figure, "minus", *hidden));
        }
    }
    let counted = masks.counted.total;
    steps.push(step("Servizi validi", "", waterfall.qualifying, "total", masks.qualifying.total));
    steps.push(step(
        "Cittadini distinti",
        "Chi ha ricevuto più servizi conta una volta.",
        waterfall.persons,
        "",
        counted,
    ));
    steps.push(step("Cittadini conteggiati", "", waterfall.counted, "total", counted));
    bars(steps)
}

/// What is excluded, in the order in which reasons are looked at.
fn excluded(waterfall: &Waterfall) -> impl Iterator<Item = (Reason, u64)> {
    Reason::ALL.into_iter().map(|reason| (reason, waterfall.excluded.get(reason.as_str()).copied().unwrap_or_default()))
}

fn mask(waterfall: &Waterfall, masks: &Masks) -> Hidden {
    let mut cells: Vec<Cell> = excluded(waterfall).map(|(_, figure)| Cell::here(figure)).collect();
    cells.push(Cell::hidden_elsewhere(waterfall.qualifying, masks.qualifying.total));
    Hidden::of_column(&cells)
}

/// A reason in few words.
fn label(reason: Reason) -> &'static str {
    match reason {
        Reason::Voided => "annullati",
        Reason::Duplicate => "duplicati",
        Reason::Scd => "del Servizio civile digitale",
        Reason::OtherFunding => "con altro finanziamento",
        Reason::Kind => "di tipo che non conta",
        Reason::OutsideProject => "fuori dal periodo del progetto",
        Reason::PointNotOpen => "a punto non aperto",
        Reason::FacilitatorNotValid => "con facilitatore non valido",
        Reason::UnderAge => "sotto l'età minima",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn public(excluded: &[(&'static str, u64)], qualifying: u64) -> Vec<(String, String, u64)> {
        let recorded = excluded.iter().map(|(_, figure)| figure).sum::<u64>() + qualifying;
        let waterfall =
            Waterfall { recorded, excluded: excluded.iter().copied().collect(), qualifying, ..Waterfall::default() };
        let steps = steps(&waterfall, &Masks::of(&[]), true);
        steps.into_iter().map(|step| (step.name, step.number, step.percent)).collect()
    }

    #[test]
    fn a_small_reason_takes_another_with_it() {
        let steps = public(&[("voided", 2), ("kind", 30), ("scd", 12)], 500);
        let numbers: Vec<&str> = steps.iter().map(|(_, number, _)| number.as_str()).collect();
        assert_eq!(numbers[..5], ["544", DASH, DASH, "30", "500"]);
        assert_eq!(steps[1].2, 0, "a bar would tell");
    }

    #[test]
    fn a_small_reason_alone_takes_the_sum_with_it() {
        let steps = public(&[("voided", 2)], 500);
        let numbers: Vec<&str> = steps.iter().map(|(_, number, _)| number.as_str()).collect();
        assert_eq!(numbers[..3], [DASH, DASH, "500"]);
        assert!(steps.iter().all(|(_, _, bar)| *bar == 0), "bars would tell the sum");
    }
}
