//! What holds a tranche back, by the codes of the API, and what each of them is about.

use traccia_domain::{
    project::PlannedTranche,
    time::Month,
    tranche::{State, Terms, milestone, reported},
};

use super::money::{Paid, Projects};

/// What the next step of a tranche would be refused for.
#[derive(Default)]
pub(super) struct Blocked {
    pub(super) codes: Vec<&'static str>,
    /// The first month without an accepted report, and how many more there are.
    pub(super) month: Option<(Month, usize)>,
    /// The milestone whose certificate is missing.
    pub(super) milestone: Option<String>,
    /// The milestone whose cure is waited for.
    pub(super) cure: Option<String>,
    /// The first exposure that nobody has decided on.
    pub(super) exposure: Option<String>,
}

impl Blocked {
    /// Nothing is said of money that is on its way, or will not go.
    pub(super) fn of(
        projects: &Projects,
        paid: &Paid,
        terms: &Terms<'_>,
        planned: &PlannedTranche,
        state: State,
    ) -> Blocked {
        let mut blocked = Blocked::default();
        match state {
            State::Locked | State::Due => blocked.not_due(projects, paid, terms, planned),
            State::Suspended => blocked.codes.push("WrongState"),
            State::Authorised | State::Failed => {}
            State::Ordered | State::Paid | State::Reconciled | State::Revoked => return blocked,
        }
        if let Some(first) = paid.exposed.first() {
            blocked.codes.push("ExposureUndecided");
            blocked.exposure = Some(first.id.clone());
        }
        blocked
    }

    fn not_due(&mut self, projects: &Projects, paid: &Paid, terms: &Terms<'_>, planned: &PlannedTranche) {
        if let Some(code) = terms.lock(planned) {
            self.codes.push(code);
            self.milestone = milestone(planned).filter(|_| code == "NotCertified").map(ToOwned::to_owned);
        }
        let definition = projects.definitions.get(&paid.programme);
        let milestones = definition.map_or(&[][..], |definition| &definition.milestones);
        let mut missing = reported(planned, paid.days, milestones).filter(|month| !paid.accepted.contains(month));
        if let Some(first) = missing.next() {
            self.codes.push("ReportsMissing");
            self.month = Some((first, missing.count()));
        }
        if let Some(milestone) = paid.money.awaited(planned, terms, &paid.curable) {
            self.codes.push("CurePending");
            self.cure = Some(milestone.to_owned());
        }
    }
}
