//! What a service says to each command. The door refuses what is already known to be wrong, in one fixed order:
//! references, identity, then rules. What becomes known later is the fold's business.

use super::{
    Service, ServiceDisputed, ServiceEvent, ServiceFacts, ServiceRecorded, ServiceRefusal, ServiceUpheld,
    ServiceVoided,
    command::{DisputeService, RecordService, UpholdService, VoidService},
    details,
};
use crate::{
    aggregate::blank,
    facilitator::{Facilitator, command::FacilitatorRole},
    point::{Point, PointStanding},
    programme::Programme,
    project::Project,
    record::Record,
    time::Month,
};

type Decision = Result<Vec<ServiceEvent>, ServiceRefusal>;
type Check = Result<(), ServiceRefusal>;

impl Service {
    pub(super) fn record(&self, command: &RecordService, facts: &ServiceFacts) -> Decision {
        check_references(command, facts)?;
        match self {
            Service::Unknown => {}
            Service::Recorded { .. } | Service::Disputed { .. } => return Err(ServiceRefusal::Duplicate),
            Service::Voided { .. } => return Err(ServiceRefusal::DuplicateOfVoided),
        }
        check_replaced(facts)?;
        check_day(command, facts)?;
        check_project(command, facts)?;
        check_point(command, facts)?;
        check_facilitators(command, facts)?;
        details::check(command)?;
        Ok(vec![recorded(command, facts).into()])
    }

    pub(super) fn dispute(&self, command: &DisputeService) -> Decision {
        match self {
            Service::Unknown => return Err(ServiceRefusal::Unknown),
            Service::Recorded { .. } => {}
            Service::Disputed { .. } | Service::Voided { .. } => return Err(self.wrong_state()),
        }
        check_reason(&command.reason)?;
        Ok(vec![ServiceDisputed { reason: command.reason.clone() }.into()])
    }

    pub(super) fn uphold(&self, command: &UpholdService) -> Decision {
        match self {
            Service::Unknown => return Err(ServiceRefusal::Unknown),
            Service::Disputed { .. } => {}
            Service::Recorded { .. } | Service::Voided { .. } => return Err(self.wrong_state()),
        }
        check_reason(&command.reason)?;
        Ok(vec![ServiceUpheld { reason: command.reason.clone() }.into()])
    }

    /// Final: a wrong void is answered by a new service that refers to this one.
    pub(super) fn void(&self, command: &VoidService) -> Decision {
        match self {
            Service::Unknown => return Err(ServiceRefusal::Unknown),
            Service::Recorded { .. } | Service::Disputed { .. } => {}
            Service::Voided { .. } => return Err(self.wrong_state()),
        }
        check_reason(&command.reason)?;
        Ok(vec![ServiceVoided { reason: command.reason.clone() }.into()])
    }

    fn wrong_state(&self) -> ServiceRefusal {
        let (state, next) = match self {
            Service::Unknown => ("unknown", "recorded"),
            Service::Recorded { .. } => ("recorded, and not disputed", "disputed or voided"),
            Service::Disputed { .. } => ("disputed", "upheld or voided"),
            Service::Voided { .. } => ("voided, for good", "recorded anew, with this one named in refers_to"),
        };
        ServiceRefusal::WrongState { state, next }
    }
}

fn check_references(command: &RecordService, facts: &ServiceFacts) -> Check {
    let unknown = |facilitator: &Facilitator| *facilitator == Facilitator::Unknown;
    if *facts.record == Record::Unknown {
        Err(ServiceRefusal::UnknownCitizen)
    } else if *facts.point == Point::Unknown {
        Err(ServiceRefusal::UnknownPoint)
    } else if unknown(&facts.facilitator) {
        Err(ServiceRefusal::UnknownFacilitator { pointer: "/facilitator" })
    } else if command.supported_by.is_some() && facts.supporter.as_deref().is_none_or(unknown) {
        Err(ServiceRefusal::UnknownFacilitator { pointer: "/supported_by" })
    } else if command.refers_to.is_some() && facts.replaced.is_none_or(|replaced| replaced == Service::Unknown) {
        Err(ServiceRefusal::UnknownReplaced)
    } else {
        Ok(())
    }
}

fn check_replaced(facts: &ServiceFacts) -> Check {
    match facts.replaced {
        Some(Service::Recorded { .. } | Service::Disputed { .. }) => Err(ServiceRefusal::ReplacedNotVoided),
        Some(Service::Unknown | Service::Voided { .. }) | None => Ok(()),
    }
}

fn check_day(command: &RecordService, facts: &ServiceFacts) -> Check {
    if command.occurred_on > facts.today {
        return Err(ServiceRefusal::InTheFuture);
    }
    let month = Month::of(command.occurred_on);
    match facts.programme.window(month) {
        Some(until) if facts.today > until => Err(ServiceRefusal::WindowClosed { month: month.to_string(), until }),
        Some(_) | None => Ok(()),
    }
}

fn check_project(command: &RecordService, facts: &ServiceFacts) -> Check {
    let day = command.occurred_on;
    let project = match &*facts.project {
        Project::Approved(application) => application,
        Project::Unknown | Project::Submitted(_) | Project::Rejected(_) => {
            let why = format!("the point's project is {}, not approved", facts.project.state());
            return Err(ServiceRefusal::OutsideProject { why });
        }
    };
    let outside = |what, starts, ends| {
        let why = format!("the {what} runs from {starts} to {ends}, both included");
        Err(ServiceRefusal::OutsideProject { why })
    };
    if day < project.starts || day > project.ends {
        return outside("project", project.starts, project.ends);
    }
    match &*facts.programme {
        Programme::Defined(programme) if day < programme.definition.starts || day > programme.definition.ends => {
            outside("programme", programme.definition.starts, programme.definition.ends)
        }
        Programme::Defined(_) | Programme::Unknown => Ok(()),
    }
}

fn check_point(command: &RecordService, facts: &ServiceFacts) -> Check {
    match facts.point.standing_on(command.occurred_on) {
        PointStanding::Open => Ok(()),
        closed @ (PointStanding::NotYetOpen
        | PointStanding::Suspended
        | PointStanding::Closed
        | PointStanding::Voided) => Err(ServiceRefusal::PointNotOpen { state: closed.as_str() }),
    }
}

fn check_facilitators(command: &RecordService, facts: &ServiceFacts) -> Check {
    let not_valid = |pointer, why| Err(ServiceRefusal::FacilitatorNotValid { pointer, why });
    let valid = |facilitator: &Facilitator| facilitator.valid_at(&command.point, command.occurred_on);
    if !valid(&facts.facilitator) {
        return not_valid("/facilitator", "the facilitator was not valid at that point on that day");
    }
    let volunteer = facts.facilitator.role() == Some(FacilitatorRole::ScdVolunteer);
    match (&command.supported_by, &facts.supporter) {
        (Some(_), Some(supporter)) if supporter.role() != Some(FacilitatorRole::Facilitator) => {
            not_valid("/supported_by", "whoever is beside is a facilitator, not a volunteer")
        }
        (Some(_), Some(supporter)) if !valid(supporter) => {
            not_valid("/supported_by", "the facilitator beside was not valid at that point on that day")
        }
        (None, _) if volunteer && !facts.volunteer_alone => {
            not_valid("/supported_by", "a volunteer serves together with a facilitator, who has to be named")
        }
        (Some(_) | None, Some(_) | None) => Ok(()),
    }
}

fn check_reason(reason: &str) -> Check {
    if blank(reason) {
        Err(ServiceRefusal::Invalid { pointer: "/reason", why: "what is said of a service has a reason" })
    } else {
        Ok(())
    }
}

fn recorded(command: &RecordService, facts: &ServiceFacts) -> ServiceRecorded {
    ServiceRecorded {
        record: command.citizen,
        point: command.point.clone(),
        facilitator: command.facilitator.clone(),
        supported_by: command.supported_by.clone(),
        occurred_on: command.occurred_on,
        start_time: command.start_time,
        minutes: command.minutes,
        kind: command.kind,
        age: facts.age,
        mode: command.mode,
        competences: command.competences.clone(),
        domains: command.domains.clone(),
        questionnaire: command.questionnaire.clone(),
        refers_to: command.refers_to,
    }
}
