//! What a project's milestones must know: how far the project is, and what a claim froze.

use traccia_domain::{
    Event,
    milestone::{Milestone, MilestoneCommand, MilestoneEvent, MilestoneFacts, Standing, Terms, sample},
    programme::Programme,
    project::Project,
};
use traccia_log::Log;

use super::{Deciding, World, programme_of, target};
use crate::{Failure, RecordKeys, permission::Target, stored::Loaded};

impl Deciding for Milestone {
    async fn facts<L: Log, K: RecordKeys>(
        command: &MilestoneCommand,
        loaded: &Loaded<Self>,
        world: &World<'_, L, K>,
    ) -> Result<(MilestoneFacts, Target), Failure> {
        let id = command.project();
        let (project, programme) = world.project(Some(id)).await?;
        let target = target(&[], Some(id), programme_of(&project));
        let claimed = |event: &Event| claims(event, command.milestone());
        let claim = loaded.commits.iter().rfind(|recorded| recorded.commit.events.iter().any(claimed));
        let mut facts = MilestoneFacts {
            today: world.today,
            project,
            programme,
            claimant: claim.map(|recorded| recorded.commit.actor.subject.clone()),
            ..MilestoneFacts::default()
        };
        match (command, claim) {
            (MilestoneCommand::Claim(_), _) => facts.standing = standing(command, &facts, &loaded.state, world).await?,
            (MilestoneCommand::Certify { .. } | MilestoneCommand::Draw(_) | MilestoneCommand::Find(_), None)
            | (MilestoneCommand::Find(_), Some(_)) => {}
            (MilestoneCommand::Certify { .. } | MilestoneCommand::Draw(_), Some(claim)) => {
                let frozen = world.figures.frozen(id, command.milestone(), claim.position).await;
                facts.frozen = frozen.map_err(Failure::Unavailable)?;
            }
        }
        if let (MilestoneCommand::Draw(draw), Some(frozen)) = (command, &facts.frozen) {
            let size = draw.size().min(sample::MOST);
            let places = sample::draw(frozen.root, &draw.public_value, frozen.count, size);
            let drawn = world.figures.serials(id, &draw.milestone, &places, frozen.position).await;
            facts.drawn = drawn.map_err(Failure::Unavailable)?;
        }
        Ok((facts, target))
    }
}

fn claims(event: &Event, milestone: &str) -> bool {
    matches!(event, Event::Milestone(MilestoneEvent::MilestoneClaimed(claimed)) if claimed.milestone == milestone)
}

/// How far the project is by all that is in the log now. Where there is no milestone to claim, nothing is looked at.
async fn standing<L: Log, K: RecordKeys>(
    command: &MilestoneCommand,
    facts: &MilestoneFacts,
    state: &Milestone,
    world: &World<'_, L, K>,
) -> Result<Standing, Failure> {
    let (Programme::Defined(programme), Project::Approved(application)) = (&*facts.programme, &*facts.project) else {
        return Ok(Standing::default());
    };
    let Some(milestone) = programme.milestone(command.milestone()) else { return Ok(Standing::default()) };
    let cure = !state.claims(command.milestone()).is_empty();
    let terms = Terms::of(programme, command.project(), application, milestone, cure);
    let head = world.log.head().await.map_err(Failure::reading)?;
    world.figures.standing(command.project(), &terms, head).await.map_err(Failure::Unavailable)
}
