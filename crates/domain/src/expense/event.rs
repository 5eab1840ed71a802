//! What happened to an expense's id.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{InvoiceId, ProjectId, event::events};

/// The id was taken. The invoice says what was declared under it; should it say nothing, nothing was.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ExpenseNamed {
    /// Who claims a share.
    pub project: ProjectId,
    /// Of which invoice.
    pub invoice: InvoiceId,
}

events! {
    /// What happened to an expense's id.
    ExpenseEvent {
        /// It was taken.
        ExpenseNamed = "expense_named" v1,
    }
}
