//! Projects: dates, and who pays on which day.

use jiff::civil::Date;
use serde::Serialize;
use traccia_domain::{
    ProjectId,
    programme::{RedistributionAdopted, command::NewCommitment},
    project::{ApplicationApproved, ApplicationSubmitted, PlannedTranche, ProjectEvent, command::Funding},
};
use traccia_projector::Row;

use super::programme::json;
use crate::{
    day::{Day, Timeline},
    known::Named,
};

/// A project, with the application that told of it.
#[derive(Clone, Debug)]
pub(crate) struct Project {
    id: ProjectId,
    application: Option<Box<ApplicationSubmitted>>,
    pub(crate) programme: Option<u32>,
    approval: Option<Box<ApplicationApproved>>,
    rejected: bool,
    starts: Day,
    ends: Day,
    funding: Timeline<Funding>,
    pub(crate) points: Vec<u32>,
    redistributed: Vec<Redistributed>,
}

/// What a redistribution gave to a project.
#[derive(Clone, Debug)]
pub(crate) struct Redistributed {
    pub(crate) act: String,
    pub(crate) effective_on: Date,
    pub(crate) new: NewCommitment,
}

impl Named for Project {
    type Id = ProjectId;

    fn named(id: &ProjectId) -> Project {
        Project {
            id: id.clone(),
            application: None,
            programme: None,
            approval: None,
            rejected: false,
            starts: Day::FIRST,
            ends: Day::FIRST,
            funding: Timeline::default(),
            points: Vec::new(),
            redistributed: Vec::new(),
        }
    }

    fn shown(&self) -> bool {
        self.application.is_some()
    }
}

#[derive(Serialize)]
struct Detail<'a> {
    #[serde(flatten)]
    application: &'a ApplicationSubmitted,
    #[serde(skip_serializing_if = "Option::is_none")]
    act: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    approved_on: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tranches: Option<&'a [PlannedTranche]>,
}

impl Project {
    pub(crate) fn id(&self) -> &ProjectId {
        &self.id
    }

    /// What it applied for.
    pub(crate) fn application(&self) -> Option<&ApplicationSubmitted> {
        self.application.as_deref()
    }

    /// The tranches as its approval fixed them; none before.
    pub(crate) fn schedule(&self) -> &[PlannedTranche] {
        self.approval.as_ref().map_or(&[], |approval| &approval.tranches)
    }

    /// What redistributions gave to it, in the order they were adopted.
    pub(crate) fn redistributed(&self) -> &[Redistributed] {
        &self.redistributed
    }

    pub(super) fn redistribute(&mut self, adopted: &RedistributionAdopted, new: &NewCommitment) {
        let (act, effective_on) = (adopted.act.clone(), adopted.effective_on);
        self.redistributed.push(Redistributed { act, effective_on, new: new.clone() });
    }

    /// Takes in what happened; `programme` is the key of the application's.
    pub(super) fn take(&mut self, event: &ProjectEvent, programme: Option<u32>) {
        match event {
            // A second application of one project cannot happen: its programme never changes.
            ProjectEvent::ApplicationSubmitted(_) if self.application.is_some() => {}
            ProjectEvent::ApplicationSubmitted(submitted) => {
                self.starts = submitted.starts.into();
                self.ends = submitted.ends.into();
                self.programme = programme;
                self.application = Some(Box::new(submitted.clone()));
            }
            ProjectEvent::ApplicationApproved(approved) => {
                self.approval = Some(Box::new(approved.clone()));
                self.rejected = false;
            }
            ProjectEvent::ApplicationRejected(_) => {
                self.approval = None;
                self.rejected = true;
            }
            ProjectEvent::FundingLineSwitched(switched) => self.funding.say(switched.from.into(), switched.funding),
        }
    }

    /// Whether a day lies within the project's dates, both inclusive; it has none before it is approved.
    pub(crate) fn runs_on(&self, day: Day) -> bool {
        self.approval.is_some() && self.application.is_some() && self.starts <= day && day <= self.ends
    }

    /// Who pays for what happens on a day.
    pub(crate) fn funding(&self, day: Day) -> Funding {
        self.funding.on(day).copied().unwrap_or_default()
    }

    pub(super) fn row(&self, programme: String) -> Row {
        let Some(application) = &self.application else { return Row::new() };
        let state = match (&self.approval, self.rejected) {
            (Some(_), _) => "approved",
            (None, true) => "rejected",
            (None, false) => "submitted",
        };
        let provinces: Vec<_> = application.provinces.iter().map(|code| code.as_str()).collect();
        let detail = Detail {
            application,
            act: self.approval.as_ref().map(|approval| approval.act.as_str()),
            approved_on: self.approval.as_ref().map(|approval| approval.on.to_string()),
            tranches: self.approval.as_ref().map(|approval| approval.tranches.as_slice()),
        };
        vec![
            self.id.to_string().into(),
            programme.into(),
            application.name.clone().into(),
            state.into(),
            application.award.0.into(),
            application.targets.points.into(),
            application.targets.citizens.into(),
            application.targets.services.into(),
            provinces.join(" ").into(),
            application.starts.to_string().into(),
            application.ends.to_string().into(),
            json(&detail).into(),
        ]
    }
}
