//! What an authorisation rests on, each figure with the way to what is behind it, as it was known then.

use traccia_application::{Bearer, permission::Read};
use traccia_domain::{Position, milestone::MilestoneCertified, tranche::TrancheAuthorised};

use super::euro;
use crate::{
    page::{
        frame::Truth,
        shown::{Cell, italian},
    },
    read::right,
};

/// What an authorisation rests on. Everything opens at the position it names, whatever was learned since.
pub(super) fn grounds(
    project: &str,
    said: &TrancheAuthorised,
    who: &Bearer,
    truth: &Truth,
) -> Vec<(&'static str, Cell)> {
    let then = |path: &str, position: Position| format!("{path}?project={project}&known_at={position}");
    let mut grounds = vec![
        ("Autorizzata da", Cell::plain(said.by.clone())),
        ("Il giorno", Cell::plain(italian::day(said.on))),
        (
            "Sul registro fino alla posizione",
            Cell::link(italian::number(said.position.0), then("/erogazioni", said.position)),
        ),
        ("Versione delle regole", Cell::plain(said.rules.to_string())),
        ("Importo approvato", Cell::link(euro(said.approved), truth.link(&format!("/progetti/{project}")))),
        ("Importo autorizzato", Cell::plain(euro(said.amount))),
    ];
    let Some(certificate) = &said.certificate else { return grounds };
    let milestone = &certificate.milestone;
    let gates = format!("{}#m-{project}-{milestone}", then("/milestone", said.position));
    let points = then("/punti", said.position);
    let list = list(project, certificate, who).unwrap_or_else(|| gates.clone());
    grounds.push(("Milestone", Cell::link(milestone, gates.clone())));
    grounds.push(("Richiesta alla posizione", Cell::link(italian::number(certificate.claim.0), gates.clone())));
    let number = |number: u32| italian::number(number.into());
    if let Some(gate) = certificate.points {
        grounds.push(("Punti raggiunti", Cell::link(number(gate.reached), points)));
        grounds.push(("Punti necessari", Cell::link(number(gate.needed), gates.clone())));
    }
    if let Some(gate) = certificate.citizens {
        grounds.push(("Cittadini raggiunti", Cell::link(number(gate.reached), list.clone())));
        grounds.push(("Cittadini necessari", Cell::link(number(gate.needed), gates)));
    }
    grounds.push(("Unità nell'elenco congelato", Cell::link(number(certificate.count), list.clone())));
    grounds.push(("Radice dell'elenco", Cell::link(certificate.root.to_string(), list)));
    grounds
}

/// The frozen list as it was claimed, for those who may see it: a later claim of the milestone has another.
fn list(project: &str, certificate: &MilestoneCertified, who: &Bearer) -> Option<String> {
    right(who, Read::Units).ok()?;
    let MilestoneCertified { milestone, claim, .. } = certificate;
    Some(format!("/milestone/unita?project={project}&milestone={milestone}&known_at={claim}"))
}
