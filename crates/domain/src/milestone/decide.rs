//! What milestones say to each command: references first, then identity, then rules.

use super::{
    Claim, FindingRecorded, Frozen, Milestone, MilestoneCertified, MilestoneClaimed, MilestoneEvent, MilestoneFacts,
    MilestoneRefusal, SampleDrawn, Standing, Terms,
    command::{CertifyMilestone, ClaimMilestone, DrawSample, RecordFinding},
    sample,
};
use crate::{
    aggregate::blank,
    money::reduction::Gate,
    programme::{Defined, definition},
    project::Project,
};

type Decision = Result<Vec<MilestoneEvent>, MilestoneRefusal>;

impl Milestone {
    pub(super) fn claim(&self, command: &ClaimMilestone, facts: &MilestoneFacts) -> Decision {
        let (programme, milestone) = known(&command.milestone, facts)?;
        let application = match &*facts.project {
            Project::Approved(application) => application,
            Project::Unknown => return Err(MilestoneRefusal::UnknownProject),
            other @ (Project::Submitted(_) | Project::Rejected(_)) => {
                return Err(MilestoneRefusal::NotApproved { state: other.state() });
            }
        };
        let cure = self.may_cure(&command.milestone, programme, milestone)?;
        let terms = Terms::of(programme, &command.project, application, milestone, cure);
        if facts.today <= terms.accepted_until && !reached(&terms, facts.standing) {
            let Standing { points, citizens } = facts.standing;
            let of =
                |reached: u32, needed: Option<u32>, what| needed.map(|needed| format!("{reached} of {needed} {what}"));
            let gates = [of(points, terms.points_needed, "points"), of(citizens, terms.citizens_needed, "citizens")];
            let gates: Vec<String> = gates.into_iter().flatten().collect();
            return Err(MilestoneRefusal::NotReached {
                reached: format!("{} count", gates.join(" and ")),
                cutoff: terms.accepted_until,
            });
        }
        Ok(vec![MilestoneClaimed { milestone: command.milestone.clone(), terms, cure }.into()])
    }

    /// Whether a claim made now is the second, after one met in part.
    fn may_cure(
        &self,
        id: &str,
        programme: &Defined,
        milestone: &definition::Milestone,
    ) -> Result<bool, MilestoneRefusal> {
        let refused = |why| Err(MilestoneRefusal::AlreadyClaimed { why });
        match self.claims(id) {
            [] => Ok(false),
            [Claim { certified: None, .. }] => refused("this milestone is claimed: the Region certifies it"),
            [Claim { certified: Some(certified), .. }] if certified.met() => {
                refused("this milestone is certified: what is lost afterwards becomes an exposure")
            }
            [_] if programme.rules_on(milestone.deadline).cure_days == 0 => {
                refused("this milestone was met in part, and the programme knows no cure")
            }
            [_] => Ok(true),
            [_, _, ..] => refused("this milestone was claimed a second time, which is the last"),
        }
    }

    pub(super) fn certify(&self, command: &CertifyMilestone, by: &str, facts: &MilestoneFacts) -> Decision {
        known(&command.milestone, facts)?;
        let (claim, frozen) = self.claimed(&command.milestone, facts)?;
        if claim.certified.is_some() {
            return Err(MilestoneRefusal::AlreadyDecided { what: "this claim is certified" });
        }
        if facts.claimant.as_deref() == Some(by) {
            return Err(MilestoneRefusal::SameActor);
        }
        if (command.count, command.root) != (frozen.count, frozen.root) {
            return Err(MilestoneRefusal::Mismatch { count: frozen.count, root: frozen.root });
        }
        let terms = &claim.claimed.terms;
        let gate = |needed: Option<u32>, reached| needed.map(|needed| Gate { reached, needed });
        let certified = MilestoneCertified {
            milestone: command.milestone.clone(),
            claim: frozen.position,
            count: frozen.count,
            root: frozen.root,
            points: gate(terms.points_needed, frozen.points),
            citizens: gate(terms.citizens_needed, frozen.count),
            reduction: terms.reduction,
            rules: terms.rules,
        };
        Ok(vec![certified.into()])
    }

    pub(super) fn draw(&self, command: &DrawSample, facts: &MilestoneFacts) -> Decision {
        known(&command.milestone, facts)?;
        let (claim, frozen) = self.claimed(&command.milestone, facts)?;
        if claim.sample.is_some() {
            return Err(MilestoneRefusal::AlreadyDecided {
                what: "the sample of this claim is drawn: it is drawn once",
            });
        }
        if blank(&command.public_value) {
            let why = "a value that was made public after the claim is needed";
            return Err(MilestoneRefusal::Invalid { pointer: "/public_value", why });
        }
        if !(1..=sample::MOST).contains(&command.size()) {
            return Err(MilestoneRefusal::Invalid { pointer: "/size", why: "a sample has 1 to 1,000 units" });
        }
        if frozen.count == 0 {
            return Err(MilestoneRefusal::WrongState {
                state: "the claim froze no unit: there is nothing to draw from",
            });
        }
        let drawn = SampleDrawn {
            milestone: command.milestone.clone(),
            claim: frozen.position,
            root: frozen.root,
            count: frozen.count,
            public_value: command.public_value.clone(),
            units: facts.drawn.clone(),
        };
        Ok(vec![drawn.into()])
    }

    pub(super) fn find(&self, command: &RecordFinding, facts: &MilestoneFacts) -> Decision {
        known(&command.milestone, facts)?;
        let latest = self.claims(&command.milestone).last();
        let Some((claim, drawn)) = latest.and_then(|claim| Some((claim, claim.sample.as_ref()?))) else {
            return Err(MilestoneRefusal::WrongState { state: "no sample is drawn yet: DrawSample comes first" });
        };
        if !drawn.units.contains(&command.unit) {
            return Err(MilestoneRefusal::NotDrawn);
        }
        if claim.found.contains(&command.unit) {
            return Err(MilestoneRefusal::AlreadyDecided { what: "the finding on this unit is recorded" });
        }
        let recorded = FindingRecorded {
            milestone: command.milestone.clone(),
            claim: drawn.claim,
            unit: command.unit,
            finding: command.finding,
            note: command.note.clone(),
        };
        Ok(vec![recorded.into()])
    }

    /// The latest claim, and what the fold froze of it.
    fn claimed<'a>(
        &'a self,
        milestone: &str,
        facts: &'a MilestoneFacts,
    ) -> Result<(&'a Claim, &'a Frozen), MilestoneRefusal> {
        let none = MilestoneRefusal::WrongState { state: "nothing is claimed yet: ClaimMilestone comes first" };
        self.claims(milestone).last().zip(facts.frozen.as_ref()).ok_or(none)
    }
}

impl DrawSample {
    /// How many units are drawn.
    #[must_use]
    pub fn size(&self) -> u32 {
        self.size.unwrap_or(sample::DEFAULT_SIZE)
    }
}

/// The milestone, in the programme of a project that exists.
fn known<'a>(
    id: &str,
    facts: &'a MilestoneFacts,
) -> Result<(&'a Defined, &'a definition::Milestone), MilestoneRefusal> {
    facts.project.application().ok_or(MilestoneRefusal::UnknownProject)?;
    let programme = facts.programme.defined().ok_or(MilestoneRefusal::UnknownProject)?;
    let unknown = || {
        let ids: Vec<_> = programme.definition.milestones.iter().map(|milestone| milestone.id.as_str()).collect();
        MilestoneRefusal::UnknownMilestone { has: ids.join(", ") }
    };
    programme.milestone(id).map(|milestone| (programme, milestone)).ok_or_else(unknown)
}

fn reached(terms: &Terms, standing: Standing) -> bool {
    terms.points_needed.is_none_or(|needed| standing.points >= needed)
        && terms.citizens_needed.is_none_or(|needed| standing.citizens >= needed)
}
