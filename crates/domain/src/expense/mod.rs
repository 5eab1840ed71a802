//! An expense (*spesa*): the share of an invoice that a project claims.
//!
//! Its own stream is only its name: which project uses the id, and for which invoice. Everything else happens to the
//! invoice, whose one stream holds what all projects claim of it.

use serde::{Deserialize, Serialize};

pub mod command;
mod event;
mod refusal;
#[cfg(test)]
mod tests;

pub use event::{ExpenseEvent, ExpenseNamed};
pub use refusal::ExpenseRefusal;

use crate::{
    InvoiceId, ProjectId,
    aggregate::{Decide, cqrs_aggregate},
    invoice::{ExpenseDeclared, Invoice, InvoiceFacts},
};

/// What an expense's id stands for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Expense {
    /// Nothing: it can be taken.
    #[default]
    Unknown,
    /// A share of an invoice, for good. Whether it was declared, and what became of it, the invoice says.
    Named {
        /// Who claims it.
        project: ProjectId,
        /// Of which invoice.
        invoice: InvoiceId,
    },
}

/// Takes an id for what is about to be declared.
#[derive(Clone, Debug, PartialEq)]
pub struct NameExpense {
    /// The invoice.
    pub invoice: InvoiceId,
    /// What will be declared on it.
    pub declared: ExpenseDeclared,
}

/// What must be known to take an id: whether the invoice would refuse the expense.
#[derive(Clone, Debug)]
pub struct ExpenseFacts {
    /// The invoice as it is.
    pub invoice: Invoice,
    /// What the invoice must know itself.
    pub place: InvoiceFacts,
}

impl Decide for Expense {
    type Command = NameExpense;
    type Event = ExpenseEvent;
    type Refusal = ExpenseRefusal;
    type Facts = ExpenseFacts;

    /// What the invoice would refuse takes no id. Taken twice for the same is taken once: a retry goes on to the invoice.
    fn decide(&self, command: &NameExpense, facts: &ExpenseFacts) -> Result<Vec<ExpenseEvent>, ExpenseRefusal> {
        let NameExpense { invoice, declared } = command;
        match self {
            Expense::Unknown => {
                facts.invoice.declare(declared, &facts.place)?;
                Ok(vec![ExpenseNamed { project: declared.project.clone(), invoice: *invoice }.into()])
            }
            Expense::Named { project, invoice: named } if *project == declared.project && named == invoice => {
                Ok(vec![])
            }
            Expense::Named { .. } => {
                facts.place.approved()?;
                Err(ExpenseRefusal::AlreadyExists)
            }
        }
    }

    fn evolve(&mut self, event: &ExpenseEvent) {
        *self = match event {
            ExpenseEvent::ExpenseNamed(named) => {
                Expense::Named { project: named.project.clone(), invoice: named.invoice }
            }
        };
    }
}

cqrs_aggregate!(Expense, "expense");
