//! The table of steps: totals by scope at fixed positions.

use traccia_projector::{Column, Shape, Table};

/// Positions between two steps. A step row holds the totals *at* a multiple of this.
pub const STEP: u64 = 2_500;

/// Totals of a scope at a step, written when they changed since the scope's step before. `scope` is programme, province,
/// project, point, semester or month; `id` names it within the programme. Line rfd only; `recorded` and the reasons count
/// all services. The primary key's `position` is the step; `line` numbers the rows.
pub static TALLY: Table = Table {
    name: "tally",
    shape: Shape::Appended,
    columns: &[
        Column::text("programme"),
        Column::text("scope"),
        Column::text("id"),
        Column::integer("recorded"),
        Column::integer("qualifying"),
        Column::integer("persons"),
        Column::integer("counted"),
        Column::integer("safe"),
        Column::integer("claimed"),
        Column::integer("voided"),
        Column::integer("duplicate"),
        Column::integer("scd"),
        Column::integer("other_funding"),
        Column::integer("kind"),
        Column::integer("outside_project"),
        Column::integer("point_not_open"),
        Column::integer("facilitator_not_valid"),
        Column::integer("under_age"),
    ],
    indexes: &[&["programme", "scope", "id", "position"]],
};
