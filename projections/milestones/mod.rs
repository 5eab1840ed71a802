//! What milestones were claimed with, certified on and sampled from. The definition is in README.md.
//!
//! Nothing is counted here: what a claim freezes, and what of it still holds, is `counting`'s.

pub mod queries;
pub(crate) mod standing;
pub mod tables;

use traccia_domain::{
    Event, Position, RecordId,
    milestone::{MilestoneCertified, MilestoneEvent, SampleDrawn, sample},
    money::reduction::Gate,
};
use traccia_projector::{At, Changes, Row};

use self::tables::{CERTIFICATE, CLAIM, CLAIM_UNIT, FINDING, SAMPLE};
use crate::{
    counting::{Claim, Counting},
    points::Points,
};

/// Claims that have rows: all those below a key.
#[derive(Clone, Debug, Default)]
pub(crate) struct Milestones {
    written: u32,
}

impl Milestones {
    /// Writes down what was certified, drawn and found; whether it agrees with what was frozen.
    pub(crate) fn take(&mut self, at: &At<'_>, event: &Event, counting: &Counting, changes: &mut Changes) {
        let Event::Milestone(event) = event else { return };
        let project = at.commit.stream.id().to_owned();
        match event {
            MilestoneEvent::MilestoneClaimed(_) => {}
            MilestoneEvent::MilestoneCertified(said) => changes.append(&CERTIFICATE, || {
                let agrees = claimed(counting, said.claim).is_some_and(|claim| certifies(said, claim));
                vec![
                    project.into(),
                    said.milestone.clone().into(),
                    said.claim.into(),
                    said.met().into(),
                    said.count.into(),
                    said.root.to_string().into(),
                    crate::points::json(said).into(),
                    agrees.into(),
                ]
            }),
            MilestoneEvent::SampleDrawn(said) => changes.append(&SAMPLE, || {
                let agrees = claimed(counting, said.claim).is_some_and(|claim| draws(said, claim, counting));
                let units: Vec<String> = said.units.iter().map(RecordId::to_string).collect();
                vec![
                    project.into(),
                    said.milestone.clone().into(),
                    said.claim.into(),
                    said.public_value.clone().into(),
                    units.join(" ").into(),
                    agrees.into(),
                ]
            }),
            MilestoneEvent::FindingRecorded(said) => changes.append(&FINDING, || {
                vec![
                    project.into(),
                    said.milestone.clone().into(),
                    said.claim.into(),
                    said.unit.to_string().into(),
                    said.finding.as_str().into(),
                    said.note.clone().into(),
                ]
            }),
        }
    }

    /// Writes the claims that differ, and their units. Counting has settled.
    pub(crate) fn settle(&mut self, counting: &Counting, points: &Points, changes: &mut Changes) {
        let claims = counting.claims();
        let before = self.written;
        for key in claims.moved() {
            let row = || row(claims.get(*key), points);
            if *key < before {
                changes.replace(&CLAIM, (*key).into(), row);
            } else {
                changes.add(&CLAIM, (*key).into(), row);
                self.written = *key + 1;
            }
        }
        for (claim, place) in claims.changed() {
            let key = i64::from(*claim) << 32 | i64::from(*place);
            let unit = claims.get(*claim).unit(*place);
            let row =
                || vec![(*claim).into(), (*place).into(), unit.record.into(), unit.service.into(), unit.holds.into()];
            if *claim < before {
                changes.replace(&CLAIM_UNIT, key, row);
            } else {
                changes.add(&CLAIM_UNIT, key, row);
            }
        }
    }
}

fn row(claim: &Claim, points: &Points) -> Row {
    vec![
        points.projects.get(claim.project).id().to_string().into(),
        claim.milestone.clone().into(),
        claim.position.into(),
        claim.cure.into(),
        claim.points.into(),
        claim.count().into(),
        claim.root.to_string().into(),
        claim.points_now.into(),
        claim.citizens_now.into(),
        crate::points::json(&claim.terms).into(),
    ]
}

fn claimed(counting: &Counting, position: Position) -> Option<&Claim> {
    counting.claims().iter().find(|claim| claim.position == position)
}

/// Whether a certificate states what its claim froze, against what the claim's own terms ask.
fn certifies(said: &MilestoneCertified, claim: &Claim) -> bool {
    let gate = |needed: Option<u32>, reached| needed.map(|needed| Gate { reached, needed });
    let terms = &claim.terms;
    (&said.milestone, said.count, said.root) == (&claim.milestone, claim.count(), claim.root)
        && said.points == gate(terms.points_needed, claim.points)
        && said.citizens == gate(terms.citizens_needed, claim.count())
        && (said.reduction, said.rules) == (terms.reduction, terms.rules)
}

/// Whether drawing again gives the same units.
fn draws(said: &SampleDrawn, claim: &Claim, counting: &Counting) -> bool {
    let size = u32::try_from(said.units.len()).unwrap_or(u32::MAX);
    let drawn = sample::draw(claim.root, &said.public_value, claim.count(), size);
    let serials = drawn.into_iter().map(|place| counting.serial(claim.unit(place).record));
    (&said.milestone, said.count, said.root) == (&claim.milestone, claim.count(), claim.root)
        && serials.eq(said.units.iter().copied())
}
