//! The published description as a file: `schemas/openapi.json`.

use super::*;
use crate::document;

/// `UPDATE_SCHEMAS=1` writes the file first, as it does in `crates/domain`.
#[tokio::test]
async fn the_published_file_is_what_is_served() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../schemas/openapi.json");
    // Keys in order, so that the text does not depend on how the program was built.
    let mut sorted = document().clone();
    sorted.sort_all_objects();
    let text = format!("{sorted:#}\n");
    if std::env::var_os("UPDATE_SCHEMAS").is_some() {
        std::fs::write(file, &text).unwrap();
    }
    assert_eq!(std::fs::read_to_string(file).unwrap_or_default(), text, "see schemas/README.md");
    let server = Server::start().await;
    let served = server.send(Request::get("/openapi.json"), "").await.json();
    assert_eq!(served, serde_json::from_str::<Value>(&text).unwrap());
}
