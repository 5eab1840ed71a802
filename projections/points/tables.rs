//! The tables of programmes, projects, points and facilitators.

use traccia_projector::{Column, Shape, Table};

/// Programmes: `definition` is the whole of it as JSON, as it was entered; `rules` is how many versions its rules have.
pub static PROGRAMME: Table = Table {
    name: "programme",
    shape: Shape::Versioned,
    columns: &[Column::text("id"), Column::integer("rules"), Column::text("name"), Column::text("definition")],
    indexes: &[],
};

/// Rules as they were adopted: version 1 is the definition's own, and holds since ever.
pub static RULES: Table = Table {
    name: "rules",
    shape: Shape::Appended,
    columns: &[
        Column::text("programme"),
        Column::integer("version"),
        Column::text("act").or_null(),
        Column::text("effective_on").or_null(),
        Column::text("rules"),
    ],
    indexes: &[],
};

/// What redistributions gave to projects from a day on; `award` in cents. Before the first, what a project applied for.
pub static COMMITMENT: Table = Table {
    name: "commitment",
    shape: Shape::Appended,
    columns: &[
        Column::text("programme"),
        Column::text("project"),
        Column::text("act"),
        Column::text("effective_on"),
        Column::integer("award"),
        Column::integer("points"),
        Column::integer("citizens"),
        Column::integer("services"),
    ],
    indexes: &[],
};

/// Projects. `award` in cents; `provinces` are codes separated by spaces; `detail` is the application as JSON, with the
/// tranches once approved.
pub static PROJECT: Table = Table {
    name: "project",
    shape: Shape::Versioned,
    columns: &[
        Column::text("id"),
        Column::text("programme"),
        Column::text("name"),
        Column::text("state"),
        Column::integer("award"),
        Column::integer("points"),
        Column::integer("citizens"),
        Column::integer("services"),
        Column::text("provinces"),
        Column::text("starts"),
        Column::text("ends"),
        Column::text("detail"),
    ],
    indexes: &[&["id"]],
};

/// Points. `state` is open, active (open, and it has given a service), suspended, closed or voided. `detail` is the
/// opening as JSON; `weekly_hours` and `days_per_week` are when it opens. Other tables name a point by this table's `key`; its id, project and province never change.
pub static POINT: Table = Table {
    name: "point",
    shape: Shape::Versioned,
    columns: &[
        Column::text("id"),
        Column::text("programme"),
        Column::text("project"),
        Column::text("province"),
        Column::text("name"),
        Column::text("state"),
        Column::text("opened_on"),
        Column::text("closed_on").or_null(),
        Column::text("detail"),
        Column::integer("weekly_hours"),
        Column::integer("days_per_week").or_null(),
    ],
    indexes: &[&["id"]],
};

/// The days on which a point is active: from a day until the first day it no longer is, or for ever. Voided points have
/// none. The key is `point * 4096 + n` for a point's n-th span.
pub static ACTIVE: Table = Table {
    name: "point_active",
    shape: Shape::Versioned,
    columns: &[Column::integer("point"), Column::text("from_on"), Column::text("until_on").or_null()],
    indexes: &[],
};

/// Facilitators, by the latest statement; `points` are ids separated by spaces.
pub static FACILITATOR: Table = Table {
    name: "facilitator",
    shape: Shape::Versioned,
    columns: &[
        Column::text("id"),
        Column::text("project"),
        Column::text("role"),
        Column::text("points"),
        Column::text("from_on"),
        Column::text("until_on").or_null(),
    ],
    indexes: &[&["id"]],
};
