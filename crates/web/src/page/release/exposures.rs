//! Exposures on `/erogazioni`: what is to be decided.

use traccia_projections::tranches::queries::{Exposure, ExposureCause};

use super::euro;
use crate::page::{
    frame::Truth,
    shown::{Cell, italian},
};

/// Where an exposure stands on the page.
pub(super) fn anchor(project: &str, exposure: &str) -> String {
    format!("esposizione-{project}-{exposure}")
}

/// An exposure as it is drawn.
pub(super) struct Exposed {
    pub(super) anchor: String,
    pub(super) name: String,
    pub(super) project: Cell,
    pub(super) tranche: String,
    pub(super) amount: String,
    pub(super) causes: Vec<String>,
}

impl Exposed {
    /// Of one that waits for a decision.
    pub(super) fn drawn(found: &Exposure, truth: &Truth) -> Exposed {
        Exposed {
            anchor: anchor(&found.project, &found.exposure),
            name: found.exposure.clone(),
            project: Cell::link(&found.project, truth.link(&format!("/erogazioni?project={}", found.project))),
            tranche: found.tranche.clone(),
            amount: euro(found.amount),
            causes: found.causes.iter().map(cause).collect(),
        }
    }
}

fn cause(cause: &ExposureCause) -> String {
    let lost = |number: i64, [one, many]: [&str; 2]| {
        format!("{} {}", italian::signed(-number), if number.abs() == 1 { one } else { many })
    };
    format!(
        "posizione {}: {}, {}, {}",
        italian::number(cause.position.0),
        lost(cause.units, ["cittadino", "cittadini"]),
        lost(cause.points, ["punto", "punti"]),
        euro(cause.amount.0)
    )
}
