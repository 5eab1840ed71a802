//! The tables of projects' money and of its exposures.

use traccia_domain::payments::BatchClosed;
use traccia_projector::{Column, Row, Shape, Table};

/// The money of projects of which something was said: `said` is all of it as JSON, with whole account numbers, which no
/// answer shows; `hands` are who took the last steps of each tranche's payment. What is due, and how much, follows from it,
/// the project, its certificates and the day.
pub static MONEY: Table = Table {
    name: "money",
    shape: Shape::Versioned,
    columns: &[Column::text("project"), Column::text("said"), Column::text("hands")],
    indexes: &[&["project"]],
};

/// Exposures. `amount` and `settled` in cents: of a decided one, what was decided and what of it was netted from tranches
/// or given back. `state` is open, closed, netted, recovering, recovered or waived; `causes` are JSON.
pub static EXPOSURE: Table = Table {
    name: "exposure",
    shape: Shape::Versioned,
    columns: &[
        Column::text("id"),
        Column::text("project"),
        Column::text("tranche"),
        Column::integer("amount"),
        Column::integer("settled"),
        Column::text("state"),
        Column::text("causes"),
        Column::text("act").or_null(),
        Column::integer("opened"),
    ],
    indexes: &[&["project"]],
};

/// Projects whose orders are or were in batches: by tranche, as JSON, the batch that took its order since it was given last.
pub static BATCHED: Table = Table {
    name: "batched",
    shape: Shape::Versioned,
    columns: &[Column::text("project"), Column::text("batches")],
    indexes: &[&["project"]],
};

/// Batches of payment orders. `detail` is the event as JSON: it has no account numbers.
pub static BATCH: Table = Table {
    name: "batch",
    shape: Shape::Appended,
    columns: &[Column::text("programme"), Column::integer("number"), Column::text("detail")],
    indexes: &[&["programme", "number"]],
};

/// A batch's row.
pub(super) fn batch(programme: &str, batch: &BatchClosed) -> Row {
    vec![programme.to_owned().into(), batch.number.into(), crate::points::json(batch).into()]
}
