//! The table of commits: who did what, and why.

use traccia_projector::{Column, Shape, Table};

/// One row for each commit. `recorded_at` is in microseconds since 1970, UTC; `command` is the
/// first eight bytes of the commit's command digest as a signed number: a way to find it, to be compared with the commit.
/// `events` are the names separated by spaces; `reason` is what the events give as reason, act or source; `decided` is what
/// was checked and decided, as JSON, where it is somebody's decision on what others have said or done.
pub static TRAIL: Table = Table {
    name: "trail",
    shape: Shape::Appended,
    columns: &[
        Column::integer("recorded_at"),
        Column::text("subject"),
        Column::text("role"),
        Column::text("stream"),
        Column::text("events"),
        Column::text("reason").or_null(),
        Column::integer("command"),
        Column::text("decided").or_null(),
    ],
    indexes: &[&["stream"], &["command"]],
};
