//! The table of documents whose numbers follow each other.

use traccia_projector::{Column, Shape, Table};

/// Records whose document's number has a next: `record` is the record's id, `next` that of the record which a document
/// with the next number has, whether it was ever registered or not.
pub static FOLLOW: Table = Table {
    name: "follow",
    shape: Shape::Appended,
    columns: &[Column::text("record"), Column::text("next")],
    indexes: &[],
};
