//! Gates, monitoring targets and differences of the plan, as tables: what is past is marked.

use jiff::civil::Date;
use traccia_domain::programme::definition::MonitoringTarget;
use traccia_projections::{points::queries::PlanDifference, targets::queries};

use crate::page::shown::{Shown, italian, province};

/// A gate: it releases money.
pub(crate) struct Gate {
    pub(crate) id: String,
    pub(crate) deadline: String,
    pub(crate) past: bool,
    pub(crate) points: String,
    pub(crate) citizens: String,
}

/// A monitoring target: it is only looked at.
pub(crate) struct Target {
    pub(crate) by: String,
    pub(crate) past: bool,
    pub(crate) citizens: String,
    pub(crate) services: String,
}

/// A total of the plan that differs from the sum of its parts, or from that of the approved projects.
pub(crate) struct Difference {
    pub(crate) name: String,
    pub(crate) stated: String,
    pub(crate) sum: String,
    pub(crate) difference: String,
}

/// Gates as they stand on a day; a deadline's own day still counts.
pub(crate) fn gates(gates: &[queries::Gate], today: Date) -> Vec<Gate> {
    let needed = |figure: Option<u64>| figure.map_or_else(|| "non richiesti".to_owned(), italian::number);
    let gate = |gate: &queries::Gate| Gate {
        id: gate.milestone.clone(),
        deadline: italian::day(gate.deadline),
        past: gate.deadline < today,
        points: needed(gate.points_needed),
        citizens: needed(gate.citizens_needed),
    };
    gates.iter().map(gate).collect()
}

/// Monitoring targets as they stand on a day.
pub(crate) fn monitoring(targets: &[MonitoringTarget], today: Date) -> Vec<Target> {
    let target = |target: &MonitoringTarget| Target {
        by: italian::day(target.by),
        past: target.by < today,
        citizens: Shown::Number(target.citizens.into()).to_string(),
        services: Shown::Number(target.services.into()).to_string(),
    };
    targets.iter().map(target).collect()
}

/// Differences in words.
pub(crate) fn differences(found: Vec<PlanDifference>) -> Vec<Difference> {
    let difference = |found: PlanDifference| Difference {
        name: compared(&found.name),
        stated: italian::printed(&found.stated),
        sum: italian::printed(&found.sum),
        difference: italian::printed_difference(&found.difference),
    };
    found.into_iter().map(difference).collect()
}

/// What was compared, in words.
fn compared(name: &str) -> String {
    match name {
        "provinces.award" => "Fondi assegnati (€): programma e somma delle province".to_owned(),
        "provinces.points" => "Punti: programma e somma delle province".to_owned(),
        "provinces.citizens" => "Cittadini: programma e somma delle province".to_owned(),
        "provinces.services" => "Servizi: programma e somma delle province".to_owned(),
        "provinces.semester_citizens" => "Cittadini: programma e somma dei semestri".to_owned(),
        "monitoring_targets.citizens" => "Cittadini: programma e ultimo obiettivo di monitoraggio".to_owned(),
        "monitoring_targets.services" => "Servizi: programma e ultimo obiettivo di monitoraggio".to_owned(),
        "projects.award" => "Fondi assegnati (€): programma e somma dei progetti approvati".to_owned(),
        "projects.points" => "Punti: programma e somma dei progetti approvati".to_owned(),
        "projects.citizens" => "Cittadini: programma e somma dei progetti approvati".to_owned(),
        "projects.services" => "Servizi: programma e somma dei progetti approvati".to_owned(),
        other => {
            let code = other.strip_prefix("province ").and_then(|rest| rest.strip_suffix(" semester_citizens"));
            let until = other.strip_prefix("provinces.semester_citizens to ").and_then(|day| day.parse().ok());
            match (code, until) {
                (Some(code), _) => format!("Cittadini: provincia di {} e somma dei suoi semestri", province(code)),
                (None, Some(day)) => format!("Cittadini: obiettivo al {} e somma dei semestri", italian::day(day)),
                (None, None) => other.to_owned(),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deadline_is_past_from_the_day_after() {
        let gate = queries::Gate {
            milestone: "M1".into(),
            deadline: "2023-12-31".parse().unwrap(),
            points_needed: None,
            citizens_needed: Some(85_386),
        };
        let on = |day: &str| gates(std::slice::from_ref(&gate), day.parse().unwrap()).remove(0);
        assert!(!on("2023-12-31").past && on("2024-01-01").past);
        assert_eq!((on("2024-01-01").points.as_str(), on("2024-01-01").citizens.as_str()), ("non richiesti", "85.386"));
    }
}
