//! What is said to each command on a facilitator: references first, then rules.

use super::{
    Enrolled, Facilitator, FacilitatorEnded, FacilitatorEnrolled, FacilitatorEvent, FacilitatorFacts,
    FacilitatorRefusal,
    command::{EndFacilitator, EnrolFacilitator},
};
use crate::{point::Point, project::Project};

type Decision = Result<Vec<FacilitatorEvent>, FacilitatorRefusal>;

impl Facilitator {
    /// States role, points and dates, for the first time or again. The name stays at the door.
    pub(super) fn enrol(&self, command: &EnrolFacilitator, facts: &FacilitatorFacts) -> Decision {
        check_references(command, facts)?;
        // Restating covers role, points and dates. Whoever moves to another project is enrolled there under another id,
        // or the services they gave here would be judged by what is said there.
        if self.enrolled().is_some_and(|enrolled| enrolled.project != command.project) {
            return invalid("/project", "they are enrolled in another project; enrol them here under another id");
        }
        if command.gol_case_manager {
            return Err(FacilitatorRefusal::GolCaseManager);
        }
        if command.points.is_empty() {
            return invalid("/points", "a facilitator works at one point at least");
        }
        for (index, (id, point)) in command.points.iter().zip(&facts.points).enumerate() {
            if point.project() != Some(&command.project) {
                return Err(FacilitatorRefusal::ForeignPoint { point: id.clone(), index });
            }
        }
        if command.until.is_some_and(|until| until <= command.from) {
            return invalid("/until", "the first day they no longer are one comes after the first day they are");
        }
        let stated = FacilitatorEnrolled {
            project: command.project.clone(),
            role: command.role,
            points: command.points.clone(),
            from: command.from,
            until: command.until,
            certificate: command.certificate.clone(),
        };
        // The same said again: there is nothing to write, and no history to judge again.
        if self.enrolled() == Some(&Enrolled::from(&stated)) {
            return Ok(Vec::new());
        }
        Ok(vec![stated.into()])
    }

    /// Ends them, or states another day of an end that was stated before; services given are judged again.
    pub(super) fn end(&self, command: &EndFacilitator) -> Decision {
        let enrolled = self.enrolled().ok_or(FacilitatorRefusal::Unknown)?;
        if command.on < enrolled.from {
            return invalid("/on", format!("they started on {}", enrolled.from));
        }
        if enrolled.until == Some(command.on) {
            return Ok(vec![]);
        }
        Ok(vec![FacilitatorEnded { on: command.on }.into()])
    }
}

fn check_references(command: &EnrolFacilitator, facts: &FacilitatorFacts) -> Result<(), FacilitatorRefusal> {
    if *facts.project == Project::Unknown {
        return Err(FacilitatorRefusal::UnknownProject);
    }
    for (index, point) in command.points.iter().enumerate() {
        if facts.points.get(index).is_none_or(|found| **found == Point::Unknown) {
            return Err(FacilitatorRefusal::UnknownPoint { point: point.clone(), index });
        }
    }
    Ok(())
}

fn invalid(pointer: &'static str, why: impl Into<String>) -> Decision {
    Err(FacilitatorRefusal::Invalid { pointer, why: why.into() })
}
