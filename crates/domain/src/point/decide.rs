//! What a point says to each command: references first, then identity, then rules.

use jiff::civil::Date;

use super::{
    Open, Point, PointClosed, PointEvent, PointFacts, PointOpened, PointRefusal, PointResumed, PointSuspended,
    PointVoided,
    command::{ClosePoint, OpenPoint, ResumePoint, SuspendPoint, VoidPoint},
};
use crate::{
    aggregate::blank,
    programme::{Programme, rules::PointRules},
    project::{Application, Project},
};

type Decision = Result<Vec<PointEvent>, PointRefusal>;

impl Point {
    pub(super) fn open(&self, command: &OpenPoint, facts: &PointFacts) -> Decision {
        if *facts.project == Project::Unknown {
            return Err(PointRefusal::UnknownProject);
        }
        if *self != Point::Unknown {
            return Err(PointRefusal::AlreadyExists);
        }
        let application = approved(&facts.project)?;
        check_values(command)?;
        if command.opened_on > facts.today {
            return Err(PointRefusal::InTheFuture { pointer: "/opened_on" });
        }
        check_within(command, application)?;
        if let Programme::Defined(programme) = &*facts.programme {
            check_requirements(command, programme.point_rules_on(command.opened_on))?;
        }
        Ok(vec![opened(command).into()])
    }

    pub(super) fn suspend(&self, command: &SuspendPoint, facts: &PointFacts) -> Decision {
        let (open, paused) = self.standing()?;
        if paused.is_some() {
            return Err(self.not("open"));
        }
        check_change(command.on, open.received(), &command.reason, facts)?;
        Ok(vec![PointSuspended { on: command.on, reason: command.reason.clone() }.into()])
    }

    pub(super) fn resume(&self, command: &ResumePoint, facts: &PointFacts) -> Decision {
        let (_, Some(paused)) = self.standing()? else { return Err(self.not("suspended")) };
        let first = (paused.tomorrow().unwrap_or(paused), "it was suspended on the day before that");
        check_change(command.on, first, &command.reason, facts)?;
        Ok(vec![PointResumed { on: command.on, reason: command.reason.clone() }.into()])
    }

    /// A closure may be learned late: its day may come before a suspension, which then was none, though never before a day
    /// on which the point is known to have received citizens: its opening, the end of a suspension. A wrong day is put
    /// right by saying the closure again with another.
    pub(super) fn close(&self, command: &ClosePoint, facts: &PointFacts) -> Decision {
        let open = match self {
            Point::Unknown => return Err(PointRefusal::Unknown),
            Point::Closed { on, .. } if *on == command.on => return Ok(Vec::new()),
            Point::Open(open) | Point::Closed { open, .. } => open,
            Point::Voided { .. } => return Err(self.not("open, suspended or closed")),
        };
        check_change(command.on, open.received(), &command.reason, facts)?;
        Ok(vec![PointClosed { on: command.on, reason: command.reason.clone() }.into()])
    }

    /// Its day follows nothing: what was opened in error never was.
    pub(super) fn void(&self, command: &VoidPoint, facts: &PointFacts) -> Decision {
        match self {
            Point::Unknown => return Err(PointRefusal::Unknown),
            Point::Open(_) | Point::Closed { .. } => {}
            Point::Voided { .. } => return Err(self.not("open or closed")),
        }
        check_change(command.on, (Date::MIN, ""), &command.reason, facts)?;
        Ok(vec![PointVoided { on: command.on, reason: command.reason.clone() }.into()])
    }

    /// What is open, and since when it is paused where it is.
    fn standing(&self) -> Result<(&Open, Option<Date>), PointRefusal> {
        match self {
            Point::Unknown => Err(PointRefusal::Unknown),
            Point::Open(open) => Ok((open, open.paused())),
            Point::Closed { .. } | Point::Voided { .. } => Err(self.not("open or suspended")),
        }
    }

    fn not(&self, needed: &'static str) -> PointRefusal {
        let (state, next) = match self {
            Point::Unknown => ("unknown", "opened"),
            Point::Open(open) if open.paused().is_some() => ("suspended", "resumed, closed or voided"),
            Point::Open(_) => ("open", "suspended, closed or voided"),
            Point::Closed { .. } => ("closed", "voided, or its closure restated with another day"),
            Point::Voided { .. } => ("voided", "nothing else: another point is opened under another id"),
        };
        PointRefusal::WrongState { what: "the point", state, needed, next }
    }
}

impl Open {
    /// The first day of a pause that has not ended.
    fn paused(&self) -> Option<Date> {
        self.suspensions.last().filter(|(_, until)| until.is_none()).map(|(from, _)| *from)
    }

    /// The last day of which it is said that it received citizens, and why.
    fn received(&self) -> (Date, &'static str) {
        match self.suspensions.iter().filter_map(|(_, until)| *until).max() {
            Some(resumed) => (resumed, "it received citizens again on that day, after a suspension"),
            None => (self.since, "it opened on that day"),
        }
    }
}

fn approved(project: &Project) -> Result<&Application, PointRefusal> {
    let needed = "approved";
    match project {
        Project::Approved(application) => Ok(application),
        Project::Unknown | Project::Submitted(_) | Project::Rejected(_) => {
            Err(PointRefusal::WrongState { what: "the project", state: project.state(), needed, next: project.next() })
        }
    }
}

fn check_values(command: &OpenPoint) -> Result<(), PointRefusal> {
    let invalid = |pointer, why: &str| Err(PointRefusal::Invalid { pointer, why: why.to_owned() });
    if blank(&command.name) {
        invalid("/name", "a point has a name")
    } else if blank(&command.municipality) {
        invalid("/municipality", "a point is in a municipality, an itinerant one starts from it")
    } else if command.weekly_hours > 7 * 24 {
        invalid("/weekly_hours", "a week has 168 hours")
    } else if command.days_per_week.is_some_and(|days| !(1..=7).contains(&days)) {
        invalid("/days_per_week", "a point opens on 1 to 7 days a week")
    } else {
        Ok(())
    }
}

fn check_within(command: &OpenPoint, project: &Application) -> Result<(), PointRefusal> {
    let outside = |pointer, why| Err(PointRefusal::OutsideProject { pointer, why });
    if command.opened_on < project.starts || command.opened_on > project.ends {
        outside("/opened_on", format!("the project runs from {} to {}", project.starts, project.ends))
    } else if !project.provinces.contains(&command.province) {
        outside("/province", format!("the project does not work in the province {}", command.province))
    } else {
        Ok(())
    }
}

fn check_requirements(command: &OpenPoint, rules: &PointRules) -> Result<(), PointRefusal> {
    let not_met = |pointer, needed| Err(PointRefusal::RequirementsNotMet { pointer, needed });
    let explained = command.reduced_hours_reason.as_deref().is_some_and(|reason| !blank(reason));
    if command.weekly_hours < rules.weekly_hours && !explained {
        let hours = rules.weekly_hours;
        return not_met("/weekly_hours", format!("{hours} opening hours a week, or a reduced_hours_reason for fewer"));
    }
    if command.workstations < rules.workstations {
        return not_met("/workstations", format!("{} workstations", rules.workstations));
    }
    if command.megabits_per_second < rules.megabits_per_second {
        return not_met("/megabits_per_second", format!("{} Mbit/s", rules.megabits_per_second));
    }
    match rules.must_offer.iter().find(|kind| !command.services.contains(kind)) {
        Some(kind) => not_met("/services", format!("{} at every point", kind.as_str())),
        None => Ok(()),
    }
}

/// The day is the first on which the old state no longer holds: when today is its last day, that is tomorrow.
fn check_change(
    on: Date,
    (first, why): (Date, &'static str),
    reason: &str,
    facts: &PointFacts,
) -> Result<(), PointRefusal> {
    if facts.today.tomorrow().is_ok_and(|tomorrow| on > tomorrow) {
        Err(PointRefusal::InTheFuture { pointer: "/on" })
    } else if on < first {
        Err(PointRefusal::TooEarly { since: first, why })
    } else if blank(reason) {
        Err(PointRefusal::Invalid { pointer: "/reason", why: "a change of a point has a reason".to_owned() })
    } else {
        Ok(())
    }
}

fn opened(command: &OpenPoint) -> PointOpened {
    PointOpened {
        project: command.project.clone(),
        name: command.name.clone(),
        kind: command.kind,
        province: command.province.clone(),
        municipality: command.municipality.clone(),
        address: command.address.clone(),
        opened_on: command.opened_on,
        weekly_hours: command.weekly_hours,
        days_per_week: command.days_per_week,
        workstations: command.workstations,
        megabits_per_second: command.megabits_per_second,
        services: command.services.clone(),
        upgraded: command.upgraded,
        reduced_hours_reason: command.reduced_hours_reason.clone(),
    }
}
