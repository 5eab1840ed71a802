//! The tables of records, services as they are judged, and units.

use traccia_projector::{Column, Shape, Table};

/// Records; `person` is the key of the person's oldest record, whose id is the person's serial; `state` is registered or
/// erased, which changes nothing that is counted.
pub static RECORD: Table = Table {
    name: "record",
    shape: Shape::Versioned,
    columns: &[Column::text("id"), Column::text("document"), Column::integer("person"), Column::text("state")],
    indexes: &[&["id"], &["person"]],
};

/// Pairs of records of which something was said, by the pair's stream. `one` and `other` are keys of records, the
/// smaller id first; `state` is proposed, linked, break_proposed, distinct or unlinked: what was said last, at the
/// row's `since`. `proposed` is the position of the latest proposal, to link or to break, `proposer` who made it: null
/// with a position is the program.
pub static LINK: Table = Table {
    name: "link",
    shape: Shape::Versioned,
    columns: &[
        Column::text("id"),
        Column::integer("one"),
        Column::integer("other"),
        Column::text("state"),
        Column::text("proposer").or_null(),
        Column::integer("proposed").or_null(),
    ],
    indexes: &[&["id"], &["one"], &["other"], &["state"]],
};

/// Services as they are judged. `record`, `person`, `point` and `facilitator` are keys of those tables; `line` is rfd
/// or scd; `state` is recorded, disputed or voided; `reason` says why it does not qualify, null when it does;
/// `otherwise`, of a duplicate or a volunteer's, what stands against it besides: null where nothing does. `minutes` is how
/// long it took; nothing here is judged by it.
pub static SERVICE: Table = Table {
    name: "service",
    shape: Shape::Versioned,
    columns: &[
        Column::text("id"),
        Column::integer("record"),
        Column::integer("person"),
        Column::integer("point"),
        Column::integer("facilitator").or_null(),
        Column::text("occurred_on"),
        Column::text("start_time").or_null(),
        Column::text("kind"),
        Column::text("line"),
        Column::text("state"),
        Column::text("reason").or_null(),
        Column::integer("minutes"),
        Column::text("otherwise").or_null(),
    ],
    indexes: &[&["id"], &["person"], &["since"], &["until"]],
};

/// Where a person was served: one row for each person, programme line and point with a qualifying service.
///
/// `service` is the earliest qualifying one there; `served_on` its day. `counted_on` is set on the one row of a
/// person, programme and line that gets the 1: the day of the attributed service. `safe_on` is set on the row that
/// would get it if every dispute ended in a void and every proposed link were confirmed: the day it would be
/// attributed to. `in_project` is 1 on one row for each project, so that distinct persons of a project are a sum;
/// `in_province` likewise for each province of the programme. `claimed` is 1 where another project's claim holds the
/// person; `claim`, on the row that gets the 1, is the key of the claim that holds it.
pub static UNIT: Table = Table {
    name: "unit",
    shape: Shape::Versioned,
    columns: &[
        Column::integer("person"),
        Column::text("programme"),
        Column::text("line"),
        Column::integer("point"),
        Column::integer("service"),
        Column::text("served_on"),
        Column::text("counted_on").or_null(),
        Column::text("safe_on").or_null(),
        Column::integer("in_project"),
        Column::integer("in_province"),
        Column::integer("claimed"),
        Column::integer("claim").or_null(),
    ],
    indexes: &[&["person"], &["since"], &["until"]],
};
