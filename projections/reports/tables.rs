//! The tables of monthly reports, of their acceptances, and of the windows that say until when a month is open.

use traccia_projector::{Column, Shape, Table};

/// Reports of which something was said. `state` is submitted, returned, accepted or reopened; `submitted` is the position
/// of the latest submission, which is what the report says; `obstacles` are its own words, `reason` why it was returned or
/// reopened, as long as it stands so.
pub static REPORT: Table = Table {
    name: "report",
    shape: Shape::Versioned,
    columns: &[
        Column::text("project"),
        Column::text("month"),
        Column::text("state"),
        Column::integer("submitted").or_null(),
        Column::text("obstacles").or_null(),
        Column::text("reason").or_null(),
    ],
    indexes: &[&["project", "month"]],
};

/// Acceptances: `accepted_on` the day of the act, `learned_on` the day it was in Italy when the log learned it. `submitted`
/// is the position of the submission accepted, `services` how many services the log held then: those with a lower key.
pub static ACCEPTANCE: Table = Table {
    name: "acceptance",
    shape: Shape::Appended,
    columns: &[
        Column::text("project"),
        Column::text("month"),
        Column::text("accepted_on"),
        Column::text("act"),
        Column::integer("submitted"),
        Column::integer("services"),
        Column::text("learned_on"),
    ],
    indexes: &[&["project"]],
};

/// Reporting windows as they were set: the last day on which facts dated in a month may be recorded. The last said holds.
pub static WINDOW: Table = Table {
    name: "reporting_window",
    shape: Shape::Appended,
    columns: &[Column::text("programme"), Column::text("month"), Column::text("until_on"), Column::text("act")],
    indexes: &[&["programme"]],
};
