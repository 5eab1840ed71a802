//! What must be known before money moves: everything as it was at one position, which the evidence names.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Display,
    sync::Arc,
};

use futures::future::try_join_all;
use jiff::civil::Date;
use traccia_domain::{
    Position, ProjectId,
    milestone::{Milestone, MilestoneCertified},
    programme::{Floor, Programme},
    project::Project,
    report::{self, Report},
    time::Month,
    tranche::{Money, MoneyCommand, MoneyFacts, reported},
};
use traccia_log::{Log, LogError};

use super::{Deciding, World, programme_of, target};
use crate::{
    Failure, RecordKeys,
    permission::Target,
    stored::{Loaded, Stored},
};

impl Deciding for Money {
    async fn facts<L: Log, K: RecordKeys>(
        command: &MoneyCommand,
        loaded: &Loaded<Self>,
        world: &World<'_, L, K>,
    ) -> Result<(MoneyFacts, Target), Failure> {
        let id = command.project();
        let head = world.log.head().await.map_err(Failure::reading)?;
        // A head that is older than what was loaded would leave this stream's own last events out.
        let position = head.max(loaded.last().unwrap_or_default());
        let mut facts = as_it_was(world.log, command, position, world.today).await.map_err(Failure::reading)?;
        if rests_on_the_fold(command) && facts.project.application().is_some() {
            facts.exposures = world.figures.exposures(id, position).await.map_err(Failure::Unavailable)?;
        }
        let target = target(&[], Some(id), programme_of(&facts.project));
        Ok((facts, target))
    }
}

/// What the bank has done happened, whatever the fold knows of the rest: it waits for nothing.
fn rests_on_the_fold(command: &MoneyCommand) -> bool {
    match command {
        MoneyCommand::Authorise(..) | MoneyCommand::Order(..) | MoneyCommand::Decide(..) | MoneyCommand::Recover(_) => {
            true
        }
        MoneyCommand::Confirm(_)
        | MoneyCommand::Fail(_)
        | MoneyCommand::Reconcile(_)
        | MoneyCommand::Suspend(_)
        | MoneyCommand::Release(_)
        | MoneyCommand::Revoke(_) => false,
    }
}

impl<L: Log, K: RecordKeys> World<'_, L, K> {
    /// What cannot be taken from a project any more, nor given to it, by the leader: public money is not redistributed twice.
    /// An authorisation that is decided at the same time is looked at again before it is ordered.
    pub(super) async fn floor(&self, project: &ProjectId) -> Result<Floor, Failure> {
        let head = self.log.head().await.map_err(Failure::reading)?;
        let said =
            tokio::try_join!(at(self.log, project, head), at(self.log, project, head), at(self.log, project, head));
        let (money, milestones, project) = said.map_err(Failure::reading)?;
        Ok(Floor::of(&money, &milestones, &project))
    }
}

/// What the log said of a project up to a position, and nothing after: everything but the open exposures.
pub(crate) async fn as_it_was(
    log: &impl Log,
    command: &MoneyCommand,
    position: Position,
    today: Date,
) -> Result<MoneyFacts, LogError> {
    let id = command.project();
    let project: Project = at(log, id, position).await?;
    let programme = match programme_of(&project) {
        Some(programme) => at(log, programme, position).await?,
        None => Programme::default(),
    };
    let milestones: Milestone = at(log, id, position).await?;
    Ok(MoneyFacts {
        today,
        position,
        certificates: certificates(&milestones, &programme),
        curable: programme.defined().map_or_else(BTreeSet::new, |defined| milestones.curable(defined, today)),
        accepted: accepted(log, command, &project, &programme, position).await?,
        project: Arc::new(project),
        programme: Arc::new(programme),
        ..MoneyFacts::default()
    })
}

/// An aggregate as it was at a position: from the leader, and nothing after.
pub(super) async fn at<A: Stored>(log: &impl Log, id: impl Display, position: Position) -> Result<A, LogError> {
    let mut commits = log.load_from_leader(&A::stream(id), Position::START).await?;
    commits.retain(|recorded| recorded.position <= position);
    Ok(Loaded::fold(commits)?.state)
}

/// The last certificate of each milestone.
fn certificates(milestones: &Milestone, programme: &Programme) -> BTreeMap<String, MilestoneCertified> {
    let ids = programme.defined().into_iter().flat_map(|defined| &defined.definition.milestones);
    let last = ids.filter_map(|gate| Some((gate.id.clone(), milestones.certificates(&gate.id).last()?.clone())));
    last.collect()
}

/// Of the months that a tranche waits for, those whose report is accepted.
async fn accepted(
    log: &impl Log,
    command: &MoneyCommand,
    project: &Project,
    programme: &Programme,
    position: Position,
) -> Result<BTreeSet<Month>, LogError> {
    let (MoneyCommand::Authorise(body, _), Some(application)) = (command, project.application()) else {
        return Ok(BTreeSet::new());
    };
    let tranche = application.tranches.iter().find(|tranche| tranche.id == body.tranche);
    let milestones = programme.defined().map_or(&[][..], |defined| &defined.definition.milestones);
    let days = [application.starts, application.ends];
    let months = tranche.into_iter().flat_map(|tranche| reported(tranche, days, milestones));
    let reports = months.map(async |month| {
        let report: Report = at(log, report::id(&body.project, month), position).await?;
        Ok::<_, LogError>(report.accepted().then_some(month))
    });
    Ok(try_join_all(reports).await?.into_iter().flatten().collect())
}
