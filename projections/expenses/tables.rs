//! The table of expenses.

use traccia_projector::{Column, Shape, Table};

/// Expenses, each a share of an invoice. `supplier` is a VAT number, null of a person; `number` and `dated_on` are the
/// invoice's, `invoice` its stream's id; `amount` is all of it and `claimed` the project's share, in cents; `share` in
/// millionths. `state` is declared, accepted or rejected; positions say when.
pub static EXPENSE: Table = Table {
    name: "expense",
    shape: Shape::Versioned,
    columns: &[
        Column::text("id"),
        Column::text("project"),
        Column::text("item"),
        Column::text("supplier").or_null(),
        Column::text("number"),
        Column::text("dated_on"),
        Column::text("invoice"),
        Column::integer("amount"),
        Column::integer("share"),
        Column::integer("claimed"),
        Column::text("state"),
        Column::text("declared_by"),
        Column::integer("declared_at"),
        Column::integer("decided_at").or_null(),
        Column::text("reason").or_null(),
    ],
    indexes: &[&["id"], &["project"], &["invoice"]],
};
