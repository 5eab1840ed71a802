//! What a project's tranches are, and sum to, besides what was said of them.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::{MoneyFacts, MoneyRefusal};
use crate::{
    Cents, ProjectId,
    milestone::MilestoneCertified,
    programme::{
        Programme,
        definition::Trigger,
        rules::{CountingRules, RedistributionRule},
    },
    project::{PlannedTranche, Project},
};

/// The money a project may have: the least it is awarded by any act from a day on, since what is paid does not come back
/// when an act takes effect that was known before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Award<'a> {
    /// How much.
    pub amount: Cents,
    /// The act that says so; none when it is the application's own.
    pub act: Option<&'a str>,
}

impl<'a> Award<'a> {
    /// From what was applied for and what redistributions said since, in the order they were adopted: from which day, how
    /// much, and by which act.
    #[must_use]
    pub fn from(day: Date, applied: Cents, said: &[(Date, Cents, &'a str)]) -> Award<'a> {
        let on = |day: Date| {
            // Of two on one day the last.
            let holds = said.iter().filter(|(from, ..)| *from <= day).max_by_key(|(from, ..)| *from);
            holds.map_or(Award { amount: applied, act: None }, |(_, amount, act)| Award {
                amount: *amount,
                act: Some(act),
            })
        };
        let later = said.iter().map(|(from, ..)| *from).filter(|from| *from > day);
        later.map(on).fold(on(day), |least, other| if other.amount < least.amount { other } else { least })
    }
}

/// What a project's tranches are, and sum to, on a day.
#[derive(Clone, Debug)]
pub struct Terms<'a> {
    /// The tranches as the approval fixed them.
    pub schedule: &'a [PlannedTranche],
    /// What they sum to.
    pub award: Award<'a>,
    /// How a redistribution treats what is still to be authorised.
    pub rule: RedistributionRule,
    /// The last certificate of each milestone.
    pub certificates: &'a BTreeMap<String, MilestoneCertified>,
    /// The day.
    pub today: Date,
}

impl<'a> Terms<'a> {
    /// As the facts of a decision say.
    pub(super) fn of(id: &ProjectId, facts: &'a MoneyFacts) -> Result<Terms<'a>, MoneyRefusal> {
        let application = match &*facts.project {
            Project::Unknown => return Err(MoneyRefusal::UnknownProject),
            Project::Submitted(_) | Project::Rejected(_) => {
                return Err(MoneyRefusal::NotApproved { state: facts.project.state() });
            }
            Project::Approved(application) => application,
        };
        let (said, rule) = match &*facts.programme {
            // A project that was approved has a programme.
            Programme::Unknown => (Vec::new(), CountingRules::default().redistribution),
            Programme::Defined(defined) => (defined.awards(id), defined.rules_on(facts.today).redistribution),
        };
        Ok(Terms {
            schedule: &application.tranches,
            award: Award::from(facts.today, application.award, &said),
            rule,
            certificates: &facts.certificates,
            today: facts.today,
        })
    }

    /// A tranche of the schedule.
    pub(super) fn find(&self, id: &str) -> Result<&'a PlannedTranche, MoneyRefusal> {
        self.schedule.iter().find(|tranche| tranche.id == id).ok_or(MoneyRefusal::UnknownTranche)
    }

    /// Whether what releases a tranche is there: the approval is, a certificate or a day may be.
    pub(super) fn due(&self, tranche: &PlannedTranche) -> bool {
        match &tranche.trigger {
            Trigger::Day(day) => *day <= self.today,
            Trigger::Named(_) => milestone(tranche).is_none_or(|milestone| self.certificates.contains_key(milestone)),
        }
    }

    /// What a tranche that is locked waits for, as the code of its refusal; none where it is due.
    #[must_use]
    pub fn lock(&self, tranche: &PlannedTranche) -> Option<&'static str> {
        match (self.due(tranche), milestone(tranche)) {
            (true, _) => None,
            (false, Some(_)) => Some("NotCertified"),
            (false, None) => Some("WrongState"),
        }
    }

    /// The last certificate of the milestone that releases a tranche; none where no milestone does.
    pub(super) fn certificate(&self, tranche: &PlannedTranche) -> Option<&'a MilestoneCertified> {
        self.certificates.get(milestone(tranche)?)
    }
}

/// The milestone that releases a tranche.
#[must_use]
pub fn milestone(tranche: &PlannedTranche) -> Option<&str> {
    match &tranche.trigger {
        Trigger::Named(name) if name != Trigger::APPROVAL => Some(name),
        Trigger::Named(_) | Trigger::Day(_) => None,
    }
}
