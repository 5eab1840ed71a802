//! Stopping a tranche, letting it go on, taking it away; and how it stands.

use serde::{Deserialize, Serialize};

use super::{
    Money, MoneyEvent, MoneyFacts, MoneyRefusal, Step, Terms, TrancheReleased, TrancheRevoked, TrancheSuspended,
    command::{ReleaseTranche, RevokeTranche, SuspendTranche},
    pay::said,
};
use crate::{Cents, project::PlannedTranche};

type Decided = Result<Vec<MoneyEvent>, MoneyRefusal>;

/// How a tranche stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// What releases it is not there yet.
    Locked,
    /// It waits to be authorised.
    Due,
    /// It waits to be ordered.
    Authorised,
    /// It waits for the bank.
    Ordered,
    /// The bank has not paid: it waits to be ordered again.
    Failed,
    /// The bank has paid.
    Paid,
    /// The payment was found on a statement.
    Reconciled,
    /// It was stopped.
    Suspended,
    /// It is never paid.
    Revoked,
}

impl State {
    /// Every state.
    pub const ALL: [State; 9] = [
        State::Locked,
        State::Due,
        State::Authorised,
        State::Ordered,
        State::Failed,
        State::Paid,
        State::Reconciled,
        State::Suspended,
        State::Revoked,
    ];

    /// As the API names it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            State::Locked => "locked",
            State::Due => "due",
            State::Authorised => "authorised",
            State::Ordered => "ordered",
            State::Failed => "failed",
            State::Paid => "paid",
            State::Reconciled => "reconciled",
            State::Suspended => "suspended",
            State::Revoked => "revoked",
        }
    }
}

impl Money {
    /// How a tranche of the schedule stands.
    #[must_use]
    pub fn state(&self, tranche: &PlannedTranche, terms: &Terms<'_>) -> State {
        if self.tranches.get(&tranche.id).is_some_and(|said| said.suspended) {
            return State::Suspended;
        }
        match self.step(&tranche.id) {
            Step::Open if terms.due(tranche) => State::Due,
            Step::Open => State::Locked,
            Step::Authorised => State::Authorised,
            Step::Ordered => State::Ordered,
            Step::Failed => State::Failed,
            Step::Paid => State::Paid,
            Step::Reconciled => State::Reconciled,
            Step::Revoked => State::Revoked,
        }
    }

    pub(super) fn suspend(&self, body: &SuspendTranche, terms: &Terms<'_>) -> Decided {
        let tranche = terms.find(&body.tranche)?;
        match self.state(tranche, terms) {
            State::Due | State::Authorised => {}
            State::Suspended => return Err(MoneyRefusal::wrong("the tranche is suspended")),
            State::Locked => return Err(MoneyRefusal::wrong("the tranche is locked: nothing can leave it")),
            State::Ordered | State::Failed | State::Paid | State::Reconciled | State::Revoked => {
                return Err(MoneyRefusal::wrong("only a tranche that is due or authorised can be suspended"));
            }
        }
        grounds(&body.act, &body.reason)?;
        let (tranche, act, reason) = (body.tranche.clone(), body.act.clone(), body.reason.clone());
        Ok(vec![TrancheSuspended { tranche, act, reason }.into()])
    }

    pub(super) fn release(&self, body: &ReleaseTranche, terms: &Terms<'_>) -> Decided {
        let tranche = terms.find(&body.tranche)?;
        if self.state(tranche, terms) != State::Suspended {
            return Err(MoneyRefusal::wrong("the tranche is not suspended"));
        }
        grounds(&body.act, &body.reason)?;
        let (tranche, act, reason) = (body.tranche.clone(), body.act.clone(), body.reason.clone());
        Ok(vec![TrancheReleased { tranche, act, reason }.into()])
    }

    /// What was to be netted from it is taken from the others; what none of them comes to is exposed again.
    pub(super) fn revoke(&self, body: &RevokeTranche, terms: &Terms<'_>, facts: &MoneyFacts) -> Decided {
        let tranche = terms.find(&body.tranche)?;
        match self.state(tranche, terms) {
            State::Locked | State::Due => {}
            State::Revoked => return Err(MoneyRefusal::wrong("the tranche was revoked")),
            State::Suspended => return Err(MoneyRefusal::wrong("the tranche is suspended: it is released first")),
            State::Authorised | State::Ordered | State::Failed | State::Paid | State::Reconciled => {
                return Err(MoneyRefusal::wrong("only a tranche that is locked or due can be revoked"));
            }
        }
        if let Some(milestone) = self.awaited(tranche, terms, &facts.curable) {
            return Err(MoneyRefusal::CurePending { milestone: milestone.to_owned() });
        }
        let earned = |other: &PlannedTranche| self.unreleased(&other.id, terms) > Cents::ZERO;
        if !self.others_open(&body.tranche, terms) && terms.schedule.iter().any(earned) {
            let why = "a cure earned more of an earlier tranche, and this is the last that can give it";
            return Err(MoneyRefusal::wrong(why));
        }
        grounds(&body.act, &body.reason)?;
        let account = self.account(&body.tranche, terms).ok_or(MoneyRefusal::UnknownTranche)?;
        let (tranche, act, reason) = (body.tranche.clone(), body.act.clone(), body.reason.clone());
        Ok(vec![TrancheRevoked { tranche, planned: account.planned, act, reason }.into()])
    }
}

fn grounds(act: &str, reason: &str) -> Result<(), MoneyRefusal> {
    said("/act", act)?;
    said("/reason", reason)
}
