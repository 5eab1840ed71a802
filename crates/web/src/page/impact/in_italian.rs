//! How things stand, in words. What has no word stays.

use traccia_domain::tranche::State;

use crate::page::release::standing_in_italian;

/// How a tranche stands.
pub(super) fn tranche(name: &'static str) -> &'static str {
    State::ALL.into_iter().find(|state| state.as_str() == name).map_or(name, standing_in_italian)
}

/// How an exposure stands.
pub(super) fn exposure(name: &'static str) -> &'static str {
    match name {
        "open" => "da decidere",
        "closed" => "chiusa: i cittadini sono tornati",
        "netted" => "compensata",
        "recovering" => "da restituire",
        "recovered" => "restituita",
        "waived" => "lasciata",
        other => other,
    }
}
