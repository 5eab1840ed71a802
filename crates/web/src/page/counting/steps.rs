//! The waterfall in words: from the services recorded to the citizens counted, each line with the way to its list.

use traccia_projections::counting::{
    Reason,
    queries::{Judged, Persons, Waterfall},
};

use crate::page::shown::{
    Cell, Shown,
    hidden::{Figure, Hidden, Mask},
    italian,
};

/// A step of the waterfall.
pub(crate) struct Step {
    pub(crate) name: &'static str,
    pub(crate) why: &'static str,
    pub(crate) number: Cell,
    /// What it is a number of.
    pub(crate) unit: &'static str,
    /// Thousandths of the services recorded, or of the persons; none without a bar.
    pub(crate) filled: Option<u64>,
    pub(crate) class: &'static str,
}

/// What is behind a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Behind {
    Services(Judged),
    Persons(Persons),
}

/// What is hidden of the figures that stand beside the waterfall, too.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Beside {
    pub(crate) qualifying: Mask,
    pub(crate) counted: Mask,
}

/// How somebody sees a waterfall.
pub(crate) enum Look<'a> {
    /// Exactly, with the address of each line's list.
    Exact(&'a dyn Fn(Behind) -> String),
    /// Without small figures, and without lists.
    Public(Beside),
}

impl Look<'_> {
    fn to(&self, behind: Behind) -> Option<String> {
        match self {
            Look::Exact(to) => Some(to(behind)),
            Look::Public(_) => None,
        }
    }
}

/// The steps. Recorded services are the sum of those excluded and those that qualify, so what is hidden of these must not
/// follow from the sum; what qualifies is shown beside the provinces, too.
pub(crate) fn steps(waterfall: &Waterfall, look: &Look<'_>) -> Vec<Step> {
    let reasons = Reason::ALL.len();
    let (hidden, beside) = match look {
        Look::Exact(_) => (Hidden::none(reasons), Beside::default()),
        Look::Public(beside) => (mask(waterfall, *beside), *beside),
    };
    let step = |name, why, figure: u64, mask: Mask, behind| {
        let shown = Shown::masked(figure, mask);
        let (unit, whole) = match behind {
            Behind::Services(_) => ("servizi", waterfall.recorded),
            Behind::Persons(_) => ("cittadini", waterfall.persons),
        };
        // Without the sum there is nothing to measure bars by, and a bar would tell it.
        let filled = (!mask.hides() && !hidden.total.hides()).then(|| italian::thousandths(figure, whole));
        Step { name, why, number: shown.opening(look.to(behind)), unit, filled, class: "" }
    };
    let total = |step| Step { class: "total", ..step };
    let minus = |step: Step| Step { number: step.number.after(italian::MINUS), class: "minus", ..step };
    let recorded = Behind::Services(Judged::Recorded);
    let mut steps = vec![total(step("Servizi registrati", "", waterfall.recorded, hidden.total, recorded))];
    for ((reason, figure), mask) in excluded(waterfall).zip(&hidden.cells) {
        if figure > 0 {
            let behind = Behind::Services(Judged::Excluded(reason));
            steps.push(minus(step(label(reason), reason.in_italian(), figure, *mask, behind)));
        }
    }
    let qualifying = Behind::Services(Judged::Qualifying);
    steps.push(total(step("Servizi validi", "", waterfall.qualifying, beside.qualifying, qualifying)));
    let once = "Chi ha ricevuto più servizi conta una volta.";
    steps.push(step("Cittadini distinti", once, waterfall.persons, beside.counted, Behind::Persons(Persons::Distinct)));
    let lines = [
        (
            "conteggiati altrove",
            "Il loro primo servizio valido è altrove nel programma.",
            waterfall.attributed_elsewhere,
            Persons::Elsewhere,
        ),
        (
            "rendicontati altrove",
            "Un altro progetto li ha rendicontati con una milestone.",
            waterfall.claimed_elsewhere,
            Persons::Claimed,
        ),
    ];
    for (name, why, number, list) in lines.into_iter().filter(|(_, _, number, _)| *number > 0) {
        steps.push(minus(step(name, why, number, beside.counted, Behind::Persons(list))));
    }
    let counted = Behind::Persons(Persons::Counted);
    steps.push(total(step("Cittadini conteggiati", "", waterfall.counted, beside.counted, counted)));
    steps
}

/// What is excluded, in the order in which reasons are looked at.
fn excluded(waterfall: &Waterfall) -> impl Iterator<Item = (Reason, u64)> {
    Reason::ALL.into_iter().map(|reason| (reason, waterfall.excluded.get(reason.as_str()).copied().unwrap_or_default()))
}

fn mask(waterfall: &Waterfall, beside: Beside) -> Hidden {
    let mut figures: Vec<Figure> = excluded(waterfall).map(|(_, figure)| Figure::here(figure)).collect();
    figures.push(Figure::elsewhere(waterfall.qualifying, beside.qualifying));
    Hidden::of_column(&figures)
}

/// A reason in few words.
pub(crate) fn label(reason: Reason) -> &'static str {
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

    fn waterfall(excluded: &[(&'static str, u64)], qualifying: u64) -> Waterfall {
        let recorded = excluded.iter().map(|(_, figure)| figure).sum::<u64>() + qualifying;
        Waterfall { recorded, excluded: excluded.iter().copied().collect(), qualifying, ..Waterfall::default() }
    }

    fn public(excluded: &[(&'static str, u64)], qualifying: u64) -> Vec<(String, Option<u64>)> {
        let steps = steps(&waterfall(excluded, qualifying), &Look::Public(Beside::default()));
        steps.into_iter().map(|step| (step.number.to_string(), step.filled)).collect()
    }

    #[test]
    fn a_small_reason_takes_another_with_it() {
        let steps = public(&[("voided", 2), ("kind", 30), ("scd", 12)], 500);
        let numbers: Vec<&str> = steps.iter().map(|(number, _)| number.as_str()).collect();
        assert_eq!(numbers[..5], ["544", "&#60;5", "ris.", "−30", "500"]);
        assert_eq!(steps[1].1, None, "a bar would tell");
    }

    #[test]
    fn a_small_reason_alone_takes_the_sum_with_it() {
        let steps = public(&[("voided", 2)], 500);
        let numbers: Vec<&str> = steps.iter().map(|(number, _)| number.as_str()).collect();
        assert_eq!(numbers[..3], ["ris.", "&#60;5", "500"]);
        assert!(steps.iter().all(|(_, bar)| bar.is_none()), "bars would tell the sum");
    }

    #[test]
    fn every_line_opens_into_its_list_where_it_may() {
        let to = |behind: Behind| format!("/{behind:?}");
        let found = Waterfall { persons: 9, attributed_elsewhere: 2, counted: 7, ..waterfall(&[("scd", 2)], 9) };
        let steps = steps(&found, &Look::Exact(&to));
        assert!(steps.iter().all(|step| step.number.to_string().starts_with("<a href=\"/")));
        let counts: Vec<&str> = steps.iter().map(|step| step.unit).collect();
        assert_eq!(counts, ["servizi", "servizi", "servizi", "cittadini", "cittadini", "cittadini"]);
        assert!(steps[1].number.to_string().contains(">−2<"));
    }
}
