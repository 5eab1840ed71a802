//! The money of a project: its tranches, from due to reconciled, and what was decided on its exposures.
//!
//! All of it is one stream, so that what must hold of it together is held by one expectation: the tranches sum to the
//! award, none is paid twice, and never more than what was authorised.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

mod account;
mod authorise;
pub mod command;
pub mod entry;
mod event;
mod exposure;
mod foreseen;
pub mod iban;
mod pay;
mod refusal;
mod standing;
mod terms;
#[cfg(test)]
mod tests;
mod turn;

pub use account::Account;
pub use authorise::reported;
pub use command::MoneyCommand;
pub use event::{
    Cause, ExposureDecided, MoneyEvent, OrderId, PaymentConfirmed, PaymentFailed, PaymentOrdered, PaymentReconciled,
    RecoveryRecorded, Rest, TrancheAuthorised, TrancheReleased, TrancheRevoked, TrancheSuspended,
};
pub use refusal::MoneyRefusal;
pub use standing::State;
pub use terms::{Award, Terms, milestone};
pub use turn::InTurn;

use crate::{
    Cents, Position,
    aggregate::{Decide, cqrs_aggregate},
    milestone::MilestoneCertified,
    programme::Programme,
    project::Project,
    time::Month,
};

/// The money of a project. A tranche of which nothing was said is not in it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Money {
    tranches: BTreeMap<String, Tranche>,
    /// In the order they were decided.
    exposures: Vec<Decided>,
}

/// A tranche of which something was said.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Tranche {
    /// How far it has come.
    pub step: Step,
    /// Whether it was stopped there.
    pub suspended: bool,
    /// The last authorisation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorised: Option<Box<TrancheAuthorised>>,
    /// Who authorised it, the last time or before.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub authorised_by: BTreeSet<String>,
    /// The last order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<PaymentOrdered>,
    /// How often it was ordered.
    #[serde(default)]
    pub orders: u32,
    /// Why the bank has not paid, the last time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<PaymentFailed>,
    /// The payment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paid: Option<PaymentConfirmed>,
    /// The revocation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked: Option<TrancheRevoked>,
}

/// How far a tranche has come in what was said of it. Whether one of which nothing was said is due follows from the rest
/// of the world.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Not authorised.
    #[default]
    Open,
    /// Authorised, and not ordered.
    Authorised,
    /// The bank was ordered to pay.
    Ordered,
    /// The bank has not paid: the same order can be given again.
    Failed,
    /// The bank has paid.
    Paid,
    /// The payment was found on a statement.
    Reconciled,
    /// It is never paid.
    Revoked,
}

/// An exposure on which was decided.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Decided {
    /// What was decided.
    pub said: ExposureDecided,
    /// What the project gave back of it so far.
    pub recovered: Cents,
    /// What of a netted one no tranche could take, and was decided on with another.
    #[serde(default)]
    pub passed_on: Cents,
}

/// An exposure that nobody has decided on: only the fold knows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OpenExposure {
    /// Its name.
    pub exposure: String,
    /// Its tranche.
    pub tranche: String,
    /// How much.
    pub amount: Cents,
    /// What it comes from.
    pub causes: Vec<Cause>,
}

/// What must be known to decide on a project's money, as it was at one position.
#[derive(Clone, Debug, Default)]
pub struct MoneyFacts {
    /// The day it is decided.
    pub today: Date,
    /// The log's end: everything here is as it was then.
    pub position: Position,
    /// The project, `Unknown` where there is none.
    pub project: Arc<Project>,
    /// Its programme.
    pub programme: Arc<Programme>,
    /// The last certificate of each milestone.
    pub certificates: BTreeMap<String, MilestoneCertified>,
    /// The milestones that a cure may still pay more of.
    pub curable: BTreeSet<String>,
    /// The months whose report is accepted.
    pub accepted: BTreeSet<Month>,
    /// The exposures nobody has decided on.
    pub exposures: Vec<OpenExposure>,
}

impl Money {
    /// What was said of a tranche.
    #[must_use]
    pub fn tranche(&self, id: &str) -> Option<&Tranche> {
        self.tranches.get(id)
    }

    /// The tranches of which something was said, by name.
    pub fn tranches(&self) -> impl Iterator<Item = (&str, &Tranche)> {
        self.tranches.iter().map(|(id, tranche)| (id.as_str(), tranche))
    }

    /// The exposures on which was decided, in order.
    #[must_use]
    pub fn decided(&self) -> &[Decided] {
        &self.exposures
    }

    fn step(&self, id: &str) -> Step {
        self.tranches.get(id).map_or(Step::Open, |tranche| tranche.step)
    }

    fn decided_mut(&mut self, exposure: &str) -> Option<&mut Decided> {
        self.exposures.iter_mut().find(|decided| decided.said.exposure == exposure)
    }

    fn touch(&mut self, id: &str) -> &mut Tranche {
        self.tranches.entry(id.to_owned()).or_default()
    }
}

impl Decide for Money {
    type Command = MoneyCommand;
    type Event = MoneyEvent;
    type Refusal = MoneyRefusal;
    type Facts = MoneyFacts;

    fn decide(&self, command: &MoneyCommand, facts: &MoneyFacts) -> Result<Vec<MoneyEvent>, MoneyRefusal> {
        let terms = Terms::of(command.project(), facts)?;
        match command {
            MoneyCommand::Authorise(body, by) => self.authorise(body, by, &terms, facts),
            MoneyCommand::Order(body, by) => self.order(body, by, &terms, facts),
            MoneyCommand::Confirm(body) => self.confirm(body, &terms, facts),
            MoneyCommand::Fail(body) => self.fail(body, &terms),
            MoneyCommand::Reconcile(body) => self.reconcile(body, &terms),
            MoneyCommand::Suspend(body) => self.suspend(body, &terms),
            MoneyCommand::Release(body) => self.release(body, &terms),
            MoneyCommand::Revoke(body) => self.revoke(body, &terms, facts),
            MoneyCommand::Decide(body, by) => self.decide_exposure(body, by, &terms, facts),
            MoneyCommand::Recover(body) => self.recover(body, facts),
        }
    }

    fn evolve(&mut self, event: &MoneyEvent) {
        match event {
            MoneyEvent::TrancheAuthorised(said) => {
                let tranche = self.touch(&said.tranche);
                tranche.step = Step::Authorised;
                tranche.authorised_by.insert(said.by.clone());
                tranche.authorised = Some(Box::new(said.clone()));
            }
            MoneyEvent::PaymentOrdered(said) => {
                let tranche = self.touch(&said.tranche);
                tranche.step = Step::Ordered;
                tranche.order = Some(said.clone());
                tranche.orders += 1;
            }
            MoneyEvent::PaymentConfirmed(said) => {
                let tranche = self.touch(&said.tranche);
                tranche.step = Step::Paid;
                tranche.paid = Some(said.clone());
            }
            MoneyEvent::PaymentFailed(said) => {
                let tranche = self.touch(&said.tranche);
                tranche.step = Step::Failed;
                tranche.failed = Some(said.clone());
            }
            MoneyEvent::PaymentReconciled(said) => self.touch(&said.tranche).step = Step::Reconciled,
            MoneyEvent::TrancheSuspended(said) => self.touch(&said.tranche).suspended = true,
            MoneyEvent::TrancheReleased(said) => self.touch(&said.tranche).suspended = false,
            MoneyEvent::TrancheRevoked(said) => {
                let tranche = self.touch(&said.tranche);
                tranche.step = Step::Revoked;
                tranche.revoked = Some(said.clone());
            }
            MoneyEvent::ExposureDecided(said) => {
                for rest in &said.rests {
                    if let Some(netted) = self.decided_mut(&rest.exposure) {
                        netted.passed_on += rest.amount;
                    }
                }
                self.exposures.push(Decided { said: said.clone(), recovered: Cents::ZERO, passed_on: Cents::ZERO });
            }
            MoneyEvent::RecoveryRecorded(said) => {
                if let Some(exposure) = self.decided_mut(&said.exposure) {
                    exposure.recovered += said.amount;
                }
            }
        }
    }
}

cqrs_aggregate!(Money, "money");
