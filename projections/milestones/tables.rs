//! The tables of claims, certificates and samples.

use traccia_projector::{Column, Shape, Table};

/// Claims. `key` is the claim's place among all; `position` is where it was made, and where its list was frozen: `points` and
/// `count` as they were then, `root` of the list, `points_now` and `citizens_now` what of it still holds. `terms` as JSON.
pub static CLAIM: Table = Table {
    name: "claim",
    shape: Shape::Versioned,
    columns: &[
        Column::text("project"),
        Column::text("milestone"),
        Column::integer("position"),
        Column::integer("cure"),
        Column::integer("points"),
        Column::integer("count"),
        Column::text("root"),
        Column::integer("points_now"),
        Column::integer("citizens_now"),
        Column::text("terms"),
    ],
    indexes: &[&["project"]],
};

/// The units a claim froze, in the order of their serials: the key is `claim * 2^32 + place`. `record` is the key of the
/// person's oldest record when it was claimed; `holds` is 0 where it counts for the claim no more.
pub static CLAIM_UNIT: Table = Table {
    name: "claim_unit",
    shape: Shape::Versioned,
    columns: &[
        Column::integer("claim"),
        Column::integer("place"),
        Column::integer("record"),
        Column::integer("service"),
        Column::integer("holds"),
    ],
    indexes: &[&["claim", "place"], &["record"], &["service"]],
};

/// Certificates. `claim` is the claim's position; `agrees` is 1 where what is stated is what the fold had frozen.
pub static CERTIFICATE: Table = Table {
    name: "certificate",
    shape: Shape::Appended,
    columns: &[
        Column::text("project"),
        Column::text("milestone"),
        Column::integer("claim"),
        Column::integer("met"),
        Column::integer("count"),
        Column::text("root"),
        Column::text("detail"),
        Column::integer("agrees"),
    ],
    indexes: &[],
};

/// Samples: `units` are serials separated by spaces; `agrees` is 1 where drawing them again gives the same.
pub static SAMPLE: Table = Table {
    name: "sample",
    shape: Shape::Appended,
    columns: &[
        Column::text("project"),
        Column::text("milestone"),
        Column::integer("claim"),
        Column::text("public_value"),
        Column::text("units"),
        Column::integer("agrees"),
    ],
    indexes: &[],
};

/// What was found of units that were drawn.
pub static FINDING: Table = Table {
    name: "sample_finding",
    shape: Shape::Appended,
    columns: &[
        Column::text("project"),
        Column::text("milestone"),
        Column::integer("claim"),
        Column::text("unit"),
        Column::text("finding"),
        Column::text("note").or_null(),
    ],
    indexes: &[],
};
