//! What is asked of an expense.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Cents, ExpenseId, ProjectId, Share, invoice::WrittenTaxId};

/// A project claims a share of an invoice. The Region decides on it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeclareExpense {
    /// The project.
    pub project: ProjectId,
    /// The expense: a new id, used by no project before.
    pub expense: ExpenseId,
    /// One of the items that the programme's expense caps name.
    pub item: String,
    /// Who has to be paid: an Italian VAT number (*partita IVA*), a foreign one with its country, or a fiscal code. A
    /// person's fiscal code is not kept.
    pub supplier_tax_id: WrittenTaxId,
    /// The invoice's number, as it is printed: signs, spaces and leading zeros make no other invoice of it.
    #[serde(deserialize_with = "crate::reason::read_act")]
    #[schemars(length(max = 40))]
    pub invoice: String,
    /// The invoice's date.
    #[serde(deserialize_with = "crate::time::day::read")]
    pub date: Date,
    /// The whole amount of the invoice, the same in every project that claims a share of it.
    pub amount: Cents,
    /// The share of it that this project claims; the whole unless told.
    #[serde(default = "whole", skip_serializing_if = "is_whole")]
    pub share: Share,
}

/// The Region accepts an expense. What exceeds a cap is accepted as not eligible. By another than who declared it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptExpense {
    /// The expense.
    pub expense: ExpenseId,
}

/// The Region rejects an expense, which gives its share of the invoice back. By another than who declared it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RejectExpense {
    /// The expense.
    pub expense: ExpenseId,
    /// Why: at most 500 characters, kept for ever and shown. Do not write names, documents or contacts here.
    #[serde(deserialize_with = "crate::reason::read")]
    #[schemars(length(max = 500))]
    pub reason: String,
}

const WHOLE: Share = Share::from_millionths(Share::WHOLE).expect("the whole is no more than the whole");

fn whole() -> Share {
    WHOLE
}

fn is_whole(share: &Share) -> bool {
    *share == WHOLE
}
