//! An invoice (*fattura*): one stream across all projects and programmes, so that what is claimed of it never exceeds it.

use std::sync::Arc;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

mod decide;
mod event;
mod number;
mod paper;
mod supplier;
#[cfg(test)]
pub(crate) mod tests;

pub use event::{ExpenseAccepted, ExpenseDeclared, ExpenseRejected, InvoiceEvent};
pub use paper::Paper;
pub use supplier::{InvalidTaxId, Supplier, TaxId, WrittenTaxId};

use crate::{
    Cents, ExpenseId, ProjectId, Share,
    aggregate::{Decide, cqrs_aggregate},
    expense::ExpenseRefusal,
    programme::Programme,
    project::Project,
};

/// What projects claim of an invoice, in the order in which they did.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Invoice {
    claims: Vec<Claim>,
}

/// A claim as decisions must know it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Claim {
    /// The expense.
    pub expense: ExpenseId,
    /// The project.
    pub project: ProjectId,
    /// What it says the whole invoice amounts to.
    pub amount: Cents,
    /// The share of it.
    pub share: Share,
    /// Who declared it.
    pub declared_by: String,
    /// What became of it.
    pub decided: Option<Decided>,
}

/// What the Region decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Decided {
    /// It counts, as far as its cap reaches.
    Accepted,
    /// It does not, and others may claim the share.
    Rejected,
}

/// What can be asked of an invoice.
#[derive(Clone, Debug, PartialEq)]
pub enum InvoiceCommand {
    /// A project claims a share.
    Declare(Box<ExpenseDeclared>),
    /// The Region accepts a claim.
    Accept {
        /// The expense.
        expense: ExpenseId,
        /// Who accepts.
        subject: String,
    },
    /// The Region rejects one.
    Reject {
        /// The expense.
        expense: ExpenseId,
        /// Why.
        reason: String,
        /// Who rejects.
        subject: String,
    },
}

/// What an invoice must know to decide.
#[derive(Clone, Debug)]
pub struct InvoiceFacts {
    /// The day it is decided.
    pub today: Date,
    /// The project that claims, `Unknown` where there is none.
    pub project: Arc<Project>,
    /// Its programme.
    pub programme: Arc<Programme>,
}

impl Invoice {
    /// A claim, by its expense.
    #[must_use]
    pub fn claim(&self, expense: &ExpenseId) -> Option<&Claim> {
        self.claims.iter().find(|claim| claim.expense == *expense)
    }

    /// The claims that were not rejected.
    fn standing(&self) -> impl Iterator<Item = &Claim> {
        self.claims.iter().filter(|claim| claim.decided != Some(Decided::Rejected))
    }

    fn settle(&mut self, expense: &ExpenseId, decided: Decided) {
        for claim in self.claims.iter_mut().filter(|claim| claim.expense == *expense) {
            claim.decided = Some(decided);
        }
    }
}

impl Decide for Invoice {
    type Command = InvoiceCommand;
    type Event = InvoiceEvent;
    type Refusal = ExpenseRefusal;
    type Facts = InvoiceFacts;

    fn decide(&self, command: &InvoiceCommand, facts: &InvoiceFacts) -> Result<Vec<InvoiceEvent>, ExpenseRefusal> {
        match command {
            InvoiceCommand::Declare(declared) => self.declare(declared, facts),
            InvoiceCommand::Accept { expense, subject } => self.accept(expense, subject),
            InvoiceCommand::Reject { expense, reason, subject } => self.reject(expense, reason, subject),
        }
    }

    fn evolve(&mut self, event: &InvoiceEvent) {
        match event {
            InvoiceEvent::ExpenseDeclared(declared) => self.claims.push(Claim {
                expense: declared.expense.clone(),
                project: declared.project.clone(),
                amount: declared.amount,
                share: declared.share,
                declared_by: declared.declared_by.clone(),
                decided: None,
            }),
            InvoiceEvent::ExpenseAccepted(accepted) => self.settle(&accepted.expense, Decided::Accepted),
            InvoiceEvent::ExpenseRejected(rejected) => self.settle(&rejected.expense, Decided::Rejected),
        }
    }
}

cqrs_aggregate!(Invoice, "invoice");
