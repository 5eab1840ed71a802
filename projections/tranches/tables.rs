//! The tables of projects' money and of its exposures.

use traccia_projector::{Column, Shape, Table};

/// The money of projects of which something was said: `said` is all of it as JSON, with whole account numbers, which no
/// answer shows. What is due, and how much, follows from it, the project, its certificates and the day.
pub static MONEY: Table = Table {
    name: "money",
    shape: Shape::Versioned,
    columns: &[Column::text("project"), Column::text("said")],
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
