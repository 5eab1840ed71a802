//! Authorising a tranche: whether it may be, and on what evidence.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::{
    Money, MoneyEvent, MoneyFacts, MoneyRefusal, Step, Terms, TrancheAuthorised, command::AuthoriseTranche,
    terms::milestone,
};
use crate::{programme::definition::Milestone, project::PlannedTranche, report, time::Month};

type Decided = Result<Vec<MoneyEvent>, MoneyRefusal>;

impl Money {
    /// Once, and once more for each certificate, each exposure netted and, where it is the last, each cure of another, that
    /// comes before it is ordered.
    pub(super) fn authorise(
        &self,
        body: &AuthoriseTranche,
        by: &str,
        terms: &Terms<'_>,
        facts: &MoneyFacts,
    ) -> Decided {
        let id = body.tranche.as_str();
        let tranche = terms.find(id)?;
        if self.authorised_already(tranche, terms) {
            return Err(MoneyRefusal::AlreadyAuthorised);
        }
        check_certified(tranche, terms)?;
        self.check_due(tranche, terms)?;
        check_reports(tranche, facts)?;
        check_exposures(facts)?;
        self.check_cures(tranche, terms, facts)?;
        let account = self.account(id, terms).ok_or(MoneyRefusal::UnknownTranche)?;
        if body.amount.is_some_and(|looked_at| looked_at != account.amount) {
            let what = "the tranche comes to another amount than was looked at";
            return Err(MoneyRefusal::Outdated { pointer: "/amount", what });
        }
        Ok(vec![
            TrancheAuthorised {
                tranche: id.to_owned(),
                by: by.to_owned(),
                position: facts.position,
                on: facts.today,
                rules: facts.programme.defined().map_or(1, crate::programme::Defined::rules_version),
                certificate: terms.certificate(tranche).cloned(),
                approved: tranche.amount,
                planned: account.planned,
                payable: account.payable,
                withheld: account.withheld,
                entries: account.entries,
                amount: account.amount,
            }
            .into(),
        ])
    }

    fn authorised_already(&self, tranche: &PlannedTranche, terms: &Terms<'_>) -> bool {
        match self.step(&tranche.id) {
            Step::Open | Step::Revoked => false,
            Step::Ordered | Step::Failed | Step::Paid | Step::Reconciled => true,
            Step::Authorised => !self.is_other_now(&tranche.id, terms),
        }
    }

    /// What a cure earns after its tranche was ordered goes to the next one: so the last waits while one may still do that.
    fn check_cures(&self, tranche: &PlannedTranche, terms: &Terms<'_>, facts: &MoneyFacts) -> Result<(), MoneyRefusal> {
        match self.awaited(tranche, terms, &facts.curable) {
            Some(milestone) => Err(MoneyRefusal::CurePending { milestone: milestone.to_owned() }),
            None => Ok(()),
        }
    }

    /// The milestone whose cure a tranche that would be authorised waits for: none while another can give what it earns.
    #[must_use]
    pub fn awaited<'a>(
        &self,
        tranche: &PlannedTranche,
        terms: &Terms<'a>,
        curable: &BTreeSet<String>,
    ) -> Option<&'a str> {
        if self.others_open(&tranche.id, terms) {
            return None;
        }
        let others = terms.schedule.iter().filter(|other| other.id != tranche.id);
        // One that is authorised may be ordered before its cure is certified.
        let released = others.filter(|other| !matches!(self.step(&other.id), Step::Open | Step::Revoked));
        released.filter_map(milestone).find(|milestone| curable.contains(*milestone))
    }

    fn check_due(&self, tranche: &PlannedTranche, terms: &Terms<'_>) -> Result<(), MoneyRefusal> {
        let said = self.tranches.get(&tranche.id);
        if said.is_some_and(|said| said.suspended) {
            return Err(MoneyRefusal::wrong("the tranche is suspended: it goes on with ReleaseTranche"));
        }
        if self.step(&tranche.id) == Step::Revoked {
            return Err(MoneyRefusal::wrong("the tranche was revoked"));
        }
        if terms.due(tranche) {
            Ok(())
        } else {
            Err(MoneyRefusal::wrong("the tranche is not due yet: its day has not come"))
        }
    }
}

/// A missing certificate is said before anything else that is wrong with a tranche.
pub(super) fn check_certified(tranche: &PlannedTranche, terms: &Terms<'_>) -> Result<(), MoneyRefusal> {
    match milestone(tranche) {
        Some(milestone) if terms.certificate(tranche).is_none() => {
            Err(MoneyRefusal::NotCertified { milestone: milestone.to_owned() })
        }
        Some(_) | None => Ok(()),
    }
}

/// While one of them waits for a decision, no money leaves.
pub(super) fn check_exposures(facts: &MoneyFacts) -> Result<(), MoneyRefusal> {
    match facts.exposures.first() {
        Some(open) => Err(MoneyRefusal::ExposureUndecided { exposure: open.exposure.clone() }),
        None => Ok(()),
    }
}

/// Each month from the project's start to the milestone's deadline has an accepted report.
fn check_reports(tranche: &PlannedTranche, facts: &MoneyFacts) -> Result<(), MoneyRefusal> {
    let (Some(application), Some(defined)) = (facts.project.application(), facts.programme.defined()) else {
        return Ok(());
    };
    let months = reported(tranche, [application.starts, application.ends], &defined.definition.milestones);
    let mut missing = months.filter(|month| !facts.accepted.contains(month));
    match missing.next() {
        Some(first) => Err(MoneyRefusal::ReportsMissing { first, others: missing.count() }),
        None => Ok(()),
    }
}

/// The months whose report a tranche waits for, of a project's first and last day and its programme's milestones: none where
/// no milestone releases it. A project that has ended reports no more.
pub fn reported(
    tranche: &PlannedTranche,
    [starts, ends]: [Date; 2],
    milestones: &[Milestone],
) -> impl Iterator<Item = Month> + use<> {
    let gate = milestone(tranche).and_then(|id| milestones.iter().find(|gate| gate.id == id));
    gate.map(|gate| report::months(starts, gate.deadline.min(ends))).into_iter().flatten()
}
