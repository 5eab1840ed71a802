//! Deciding again what was decided, on the log alone: who authorised a tranche wrote down on what, and anybody who stands
//! where they stood finds the same.

mod batches;

use futures::StreamExt as _;
use traccia_domain::{
    Decide as _, Event, Position, ProjectId, Recorded, StreamKind,
    tranche::{Money, MoneyCommand, MoneyEvent, TrancheAuthorised, command::AuthoriseTranche},
};
use traccia_log::{Log, LogError};

use self::batches::Orders;
use crate::{
    facts::as_it_was,
    stored::{Loaded, Stored as _},
};

/// What came of deciding every authorisation again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reproduced {
    /// How many there are.
    pub authorisations: u64,
    /// Those that do not come out again.
    pub others: Vec<Unlike>,
    /// How many batches of payment orders there are.
    pub batches: u64,
    /// Those that are not the ones that follow: an order is missing, or in it twice, or in two of them and not returned.
    pub unfounded: Vec<Unfounded>,
}

/// A batch that does not follow from what the log said where its event says it was closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfounded {
    /// The programme.
    pub programme: String,
    /// Its number.
    pub number: u32,
    /// Where it was written.
    pub position: Position,
}

/// An authorisation that does not follow from what the log said where its evidence says it was decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unlike {
    /// The project.
    pub project: String,
    /// The tranche.
    pub tranche: String,
    /// Where it was written.
    pub position: Position,
}

/// Decides every authorisation up to a position again, and closes every batch.
///
/// Exposures that were open then are the fold's to know, and refuse only: they change no amount.
///
/// # Errors
/// When the log is away or damaged.
pub async fn reproduce(log: &impl Log, until: Position) -> Result<Reproduced, LogError> {
    let mut found = Reproduced::default();
    let mut orders = Orders::default();
    let mut chunks = log.read(Position::START);
    let mut reached = Position::START;
    while reached < until {
        let chunk = chunks.next().await.ok_or_else(|| LogError::Unavailable("the reading ended".into()))??;
        for recorded in chunk.commits() {
            let recorded = recorded?;
            reached = recorded.position;
            if reached > until {
                break;
            }
            if let Some((number, follows)) = orders.take(&recorded) {
                found.batches += 1;
                let programme = recorded.commit.stream.id().to_owned();
                found.unfounded.extend((!follows).then_some(Unfounded { programme, number, position: reached }));
            }
            if recorded.commit.stream.kind() == StreamKind::Money {
                for said in recorded.commit.events.iter().filter_map(authorised) {
                    found.authorisations += 1;
                    if !again(log, &recorded, said).await? {
                        let project = recorded.commit.stream.id().to_owned();
                        found.others.push(Unlike { project, tranche: said.tranche.clone(), position: reached });
                    }
                }
            }
        }
    }
    Ok(found)
}

fn authorised(event: &Event) -> Option<&TrancheAuthorised> {
    let Event::Money(MoneyEvent::TrancheAuthorised(said)) = event else { return None };
    Some(said)
}

/// Whether the same is decided again.
async fn again(log: &impl Log, recorded: &Recorded, said: &TrancheAuthorised) -> Result<bool, LogError> {
    let Ok(project) = recorded.commit.stream.id().parse::<ProjectId>() else { return Ok(false) };
    // What it was decided on came before it.
    if said.position >= recorded.position {
        return Ok(false);
    }
    let body = AuthoriseTranche { project, tranche: said.tranche.clone(), amount: None };
    let command = MoneyCommand::Authorise(body, said.by.clone());
    let facts = as_it_was(log, &command, said.position, said.on).await?;
    let mut commits = log.load_from_leader(&Money::stream(recorded.commit.stream.id()), Position::START).await?;
    commits.retain(|other| other.position < recorded.position);
    let money = Loaded::<Money>::fold(commits)?.state;
    let events = money.decide(&command, &facts).unwrap_or_default();
    Ok(said.by == recorded.commit.actor.subject && events == [MoneyEvent::from(said.clone())])
}
