//! What happened to an invoice.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Supplier;
use crate::{Cents, ExpenseId, ProjectId, Share, event::events};

/// A project claimed a share of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ExpenseDeclared {
    /// The expense.
    pub expense: ExpenseId,
    /// The project that claims it.
    pub project: ProjectId,
    /// The item of expense.
    pub item: String,
    /// Who has to be paid.
    pub supplier: Supplier,
    /// The invoice's number, in capitals and without spaces.
    pub number: String,
    /// The invoice's date.
    pub date: Date,
    /// The whole amount of the invoice.
    pub amount: Cents,
    /// The share of it that is claimed.
    pub share: Share,
    /// Who declared it, by the account's name, and does not decide on it.
    pub declared_by: String,
}

impl ExpenseDeclared {
    /// The money that is claimed, downwards to the cent: all shares of an invoice never exceed it.
    #[must_use]
    pub fn claimed(&self) -> Cents {
        self.share.floor_of(self.amount)
    }
}

/// The Region accepted an expense.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ExpenseAccepted {
    /// The expense.
    pub expense: ExpenseId,
}

/// The Region rejected an expense: its share can be claimed again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ExpenseRejected {
    /// The expense.
    pub expense: ExpenseId,
    /// Why.
    pub reason: String,
}

events! {
    /// What happened to an invoice.
    InvoiceEvent {
        /// A share was claimed.
        ExpenseDeclared = "expense_declared" v1,
        /// A claim was accepted.
        ExpenseAccepted = "expense_accepted" v1,
        /// A claim was rejected.
        ExpenseRejected = "expense_rejected" v1,
    }
}
