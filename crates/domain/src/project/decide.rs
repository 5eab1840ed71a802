//! What a project says to each command: references first, then identity, then rules.

use jiff::civil::Date;

use super::{
    Application, ApplicationApproved, ApplicationRejected, ApplicationSubmitted, FundingLineSwitched, PlannedTranche,
    Project, ProjectEvent, ProjectFacts, ProjectRefusal,
    command::{ApproveApplication, RejectApplication, SubmitApplication, SwitchFundingLine},
};
use crate::{
    Cents, ProvinceCode, Share,
    aggregate::blank,
    cup, money,
    programme::{Definition, Programme},
};

type Decision = Result<Vec<ProjectEvent>, ProjectRefusal>;

impl Project {
    pub(super) fn submit(&self, command: &SubmitApplication, facts: &ProjectFacts) -> Decision {
        let programme = definition(&facts.programme)?;
        if *self != Project::Unknown {
            return Err(ProjectRefusal::AlreadyExists);
        }
        check_names(command)?;
        if !command.cup.as_deref().is_none_or(cup::valid) {
            return Err(invalid("/cup", cup::FORM));
        }
        if command.award <= Cents(0) {
            return Err(invalid("/award", "an award is more than nothing"));
        }
        check_provinces(command, programme)?;
        check_dates(command, programme)?;
        Ok(vec![
            ApplicationSubmitted {
                programme: command.programme.clone(),
                name: command.name.clone(),
                cup: command.cup.clone(),
                lead: command.lead.clone(),
                partners: command.partners.clone(),
                award: command.award,
                targets: command.targets,
                provinces: command.provinces.clone(),
                starts: command.starts,
                ends: command.ends,
            }
            .into(),
        ])
    }

    /// Fixes the tranches to the cent: what they are is decided here once, and never computed again.
    pub(super) fn approve(&self, command: &ApproveApplication, facts: &ProjectFacts) -> Decision {
        let application = self.submitted()?;
        let programme = definition(&facts.programme)?;
        require("/act", &command.act, "an approval names its legal act")?;
        not_in_the_future(command.on, facts.today)?;
        let shares: Vec<Share> = programme.tranches.iter().map(|rule| rule.share).collect();
        let amounts = money::allocate(application.award, &shares);
        let planned = programme.tranches.iter().zip(amounts).map(|(rule, amount)| PlannedTranche {
            id: rule.id.clone(),
            share: rule.share,
            trigger: rule.trigger.clone(),
            amount,
        });
        let tranches = planned.collect();
        Ok(vec![ApplicationApproved { act: command.act.clone(), on: command.on, tranches }.into()])
    }

    pub(super) fn reject(&self, command: &RejectApplication, facts: &ProjectFacts) -> Decision {
        self.submitted()?;
        require("/reason", &command.reason, "a rejection has a reason")?;
        not_in_the_future(command.on, facts.today)?;
        Ok(vec![ApplicationRejected { reason: command.reason.clone(), on: command.on }.into()])
    }

    /// The day may lie ahead, when it is announced, or behind, and services are then judged again.
    pub(super) fn switch_funding(&self, command: &SwitchFundingLine) -> Decision {
        let application = match self {
            Project::Unknown => return Err(ProjectRefusal::Unknown),
            Project::Approved(application) => application,
            Project::Submitted(_) | Project::Rejected(_) => return Err(self.not("approved")),
        };
        require("/source", &command.source, "a funding line names where the money comes from")?;
        require("/act", &command.act, "a change of funding names its legal act")?;
        let switched = FundingLineSwitched {
            from: command.from,
            funding: command.funding,
            source: command.source.clone(),
            act: command.act.clone(),
        };
        // The same said again of the same day, and nothing else said of it since: there is nothing to write.
        if application.funding.iter().rev().find(|said| said.from == switched.from) == Some(&switched) {
            return Ok(Vec::new());
        }
        Ok(vec![switched.into()])
    }

    fn submitted(&self) -> Result<&Application, ProjectRefusal> {
        match self {
            Project::Unknown => Err(ProjectRefusal::Unknown),
            Project::Submitted(application) => Ok(application),
            Project::Approved(_) | Project::Rejected(_) => Err(self.not("submitted")),
        }
    }

    fn not(&self, needed: &'static str) -> ProjectRefusal {
        ProjectRefusal::WrongState { state: self.state(), needed, next: self.next() }
    }
}

fn check_names(command: &SubmitApplication) -> Result<(), ProjectRefusal> {
    require("/name", &command.name, "a project has a name")?;
    require("/lead/name", &command.lead.name, "the body that leads has a name")?;
    let mut partners = command.partners.iter().enumerate();
    partners.try_for_each(|(place, partner)| {
        require(&format!("/partners/{place}/name"), &partner.name, "every partner has a name")
    })
}

fn check_provinces(command: &SubmitApplication, programme: &Definition) -> Result<(), ProjectRefusal> {
    if command.provinces.is_empty() {
        return Err(invalid("/provinces", "a project works in one province at least"));
    }
    // A programme without a table by province says nothing on where its projects are.
    let planned =
        |code: &ProvinceCode| programme.provinces.is_empty() || programme.provinces.iter().any(|row| row.code == *code);
    match command.provinces.iter().enumerate().find(|(_, code)| !planned(code)) {
        Some((place, code)) => {
            Err(invalid(format!("/provinces/{place}"), format!("{code} is not a province of the programme")))
        }
        None => Ok(()),
    }
}

fn check_dates(command: &SubmitApplication, programme: &Definition) -> Result<(), ProjectRefusal> {
    let (first, last) = (programme.starts, programme.ends);
    if command.starts > command.ends {
        Err(invalid("/ends", "a project ends on or after the day it starts"))
    } else if command.starts < first {
        Err(invalid("/starts", format!("the programme starts on {first}")))
    } else if command.ends > last {
        Err(invalid("/ends", format!("the programme ends on {last}")))
    } else {
        Ok(())
    }
}

fn definition(programme: &Programme) -> Result<&Definition, ProjectRefusal> {
    match programme {
        Programme::Unknown => Err(ProjectRefusal::UnknownProgramme),
        Programme::Defined(defined) => Ok(&defined.definition),
    }
}

fn require(pointer: &str, text: &str, why: &str) -> Result<(), ProjectRefusal> {
    if blank(text) { Err(invalid(pointer, why)) } else { Ok(()) }
}

fn not_in_the_future(on: Date, today: Date) -> Result<(), ProjectRefusal> {
    if on > today { Err(ProjectRefusal::InTheFuture { pointer: "/on" }) } else { Ok(()) }
}

fn invalid(pointer: impl Into<String>, why: impl Into<String>) -> ProjectRefusal {
    ProjectRefusal::Invalid { pointer: pointer.into(), why: why.into() }
}
