//! Which steps of a milestone somebody may take, and what they are told before they do.

use traccia_application::{
    Bearer,
    permission::{Extent, extent},
};
use traccia_domain::CommandKind;
use traccia_projections::milestones::queries::{Claimable, Milestone, SampleShown};

use crate::page::shown::italian;

/// Which forms are drawn, each with what is said beside its button.
#[derive(Default)]
pub(super) struct May {
    pub(super) claim: Option<Vec<String>>,
    pub(super) certify: Option<String>,
    pub(super) draw: bool,
    /// The units to be looked at.
    pub(super) find: Vec<String>,
}

impl May {
    /// The next steps that the visitor's role may take. Whether the rules allow them is said when they are taken.
    pub(super) fn of(found: &Milestone, who: &Bearer, acts: bool) -> May {
        let role = |command| acts && extent(who.actor.role, command) != Extent::Nowhere;
        let sample = found.sample.as_ref();
        let claim = found.claimable.as_ref().filter(|_| role(CommandKind::ClaimMilestone));
        May {
            claim: claim.map(|claim| before_claiming(found, claim)),
            certify: (found.state == "claimed" && role(CommandKind::CertifyMilestone))
                .then(|| before_certifying(sample)),
            draw: found.claim.as_ref().is_some_and(|claim| claim.count > 0)
                && sample.is_none()
                && role(CommandKind::DrawSample),
            find: match sample.filter(|_| role(CommandKind::RecordFinding)) {
                Some(sample) if sample.confirmed + sample.errors < sample.units.len() as u64 => sample.units.clone(),
                Some(_) | None => Vec::new(),
            },
        }
    }
}

/// What a claim would freeze and pay, and whether another may follow.
fn before_claiming(found: &Milestone, claim: &Claimable) -> Vec<String> {
    let of = |reached: u32, needed: Option<u32>, what| {
        needed.map(|needed| format!("{} {what} su {}", italian::number(reached.into()), italian::number(needed.into())))
    };
    let gates =
        [of(claim.citizens, found.citizens.needed, "cittadini"), of(claim.points, found.points.needed, "punti attivi")];
    let gates = gates.into_iter().flatten().collect::<Vec<_>>().join(" e ");
    let whole = claim.share.millionths() == traccia_domain::Share::WHOLE;
    let met = if whole { "Tutto ciò che serve è raggiunto" } else { "Raggiunta solo in parte" };
    let mut said = vec![format!("{met}: {gates}."), paid(claim)];
    said.extend(match (claim.cure, claim.second_until) {
        (true, _) => Some("È la seconda richiesta, che sana la prima, ed è l'ultima.".to_owned()),
        (false, _) if whole => None,
        (false, Some(until)) => Some(format!(
            "Il programma prevede una sanatoria: dopo un certificato parziale è possibile una seconda richiesta, l'ultima, \
             che conta servizi e report accettati fino al {}.",
            italian::day(until)
        )),
        (false, None) => Some(
            "Il programma non prevede una sanatoria: è l'unica richiesta, e ciò che manca non si potrà più richiedere."
                .to_owned(),
        ),
    });
    said
}

/// How much of the tranche a claim would make payable.
fn paid(claim: &Claimable) -> String {
    let Some(tranche) = &claim.tranche else {
        return "Nessuna quota del programma dipende da questa milestone.".to_owned();
    };
    let in_all = if claim.cure { ", compreso ciò che la prima richiesta ha già liberato" } else { "" };
    match claim.share.millionths() {
        0 => format!("Della quota {tranche} non si pagherebbe nulla."),
        traccia_domain::Share::WHOLE => format!("La quota {tranche} si pagherebbe per intero{in_all}."),
        millionths => {
            // Downwards, as the amount is.
            let (whole, hundredths) = (millionths / 10_000, millionths / 100 % 100);
            format!("Parte pagabile della quota {tranche}: {whole},{hundredths:02} %{in_all}.")
        }
    }
}

/// How much of the claim was looked at.
fn before_certifying(sample: Option<&SampleShown>) -> String {
    let Some(sample) = sample else {
        return "Nessun campione è stato estratto, e nessuna unità è stata verificata: si può certificare lo stesso."
            .to_owned();
    };
    let checked = sample.confirmed + sample.errors;
    let [drawn, looked_at, errors] = [sample.units.len() as u64, checked, sample.errors].map(italian::number);
    let none = if checked == 0 { " Nessuna unità è stata verificata: si può certificare lo stesso." } else { "" };
    format!("Campione: unità estratte {drawn}, verificate {looked_at}, errate {errors}.{none}")
}
