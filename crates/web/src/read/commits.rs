//! What only the log's commits say: the tables hold what is counted and looked for, not every detail.

use futures::{StreamExt as _, TryStreamExt as _, stream};
use jiff::civil::Date;
use serde::Serialize;
use traccia_domain::{Event, Position, Recorded, ServiceId, StreamId, StreamKind, service::ServiceEvent};
use traccia_log::{Log as _, LogError};
use traccia_projections::trail::queries::Entry;
use utoipa::ToSchema;

use crate::{App, Problem};

/// How many commits are looked up at once.
const AT_ONCE: usize = 16;

/// A commit, and the business day it is about.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Dated {
    /// The commit.
    #[serde(flatten)]
    entry: Entry,
    /// The day on which it happened or from which it holds, where its events say so; `recorded_at` is when it was told.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    on: Option<Date>,
}

/// Entries of the trail with their days.
pub(super) async fn dated(app: &App, entries: Vec<Entry>) -> Result<Vec<Dated>, Problem> {
    let lookups: Vec<_> = entries
        .into_iter()
        .map(|entry| async move {
            let at = Position(entry.at);
            let recorded = app.application.log().at(at).await?.ok_or_else(|| missing(at))?;
            Ok::<_, LogError>(Dated { on: recorded.commit.events.iter().find_map(Event::on), entry })
        })
        .collect();
    Ok(stream::iter(lookups).buffered(AT_ONCE).try_collect().await?)
}

/// What was recorded of a service, besides what it is judged by.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Details {
    /// For how long, in minutes.
    minutes: u16,
    /// Age in whole years on the day, computed at the door; absent where nothing told it.
    #[serde(skip_serializing_if = "Option::is_none")]
    age: Option<u8>,
    /// `in_person` or `remote`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    mode: Option<traccia_domain::service::details::Mode>,
    /// With a volunteer: the facilitator who was there too.
    #[serde(skip_serializing_if = "Option::is_none")]
    supported_by: Option<String>,
    /// The voided service that this one takes the place of.
    #[serde(skip_serializing_if = "Option::is_none")]
    refers_to: Option<String>,
    /// DigComp competences, 1 to 13.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    competences: Vec<u8>,
    /// Domains of public digital services, `A` to `S`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<String>)]
    domains: Vec<char>,
    /// Where and when the log learned it.
    recorded: RecordedAt,
}

/// Where and when the log learned something.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RecordedAt {
    /// The position.
    position: u64,
    /// The instant, UTC.
    recorded_at: String,
}

/// What was recorded of a service that the tables show.
pub(super) async fn of_service(app: &App, id: ServiceId) -> Result<Details, Problem> {
    let stream = StreamId::new(StreamKind::Service, id);
    let log = app.application.log();
    let mut commits = log.load(&stream, Position::START).await?;
    if commits.is_empty() {
        // A replica may be a moment old.
        commits = log.load_from_leader(&stream, Position::START).await?;
    }
    let first = commits.into_iter().next().ok_or_else(|| missing(Position::START))?;
    let Recorded { position, commit, .. } = first;
    let recorded = commit.events.iter().find_map(|event| match event {
        Event::Service(ServiceEvent::ServiceRecorded(recorded)) => Some(recorded),
        Event::Service(_)
        | Event::Record(_)
        | Event::Number(_)
        | Event::Link(_)
        | Event::Point(_)
        | Event::Facilitator(_)
        | Event::Project(_)
        | Event::Report(_)
        | Event::Milestone(_)
        | Event::Programme(_)
        | Event::Invoice(_)
        | Event::Expense(_)
        | Event::Money(_)
        | Event::Payments(_)
        | Event::Log(_) => None,
    });
    let recorded = recorded.ok_or_else(|| {
        let why = "a service's stream begins without its recording".to_owned();
        LogError::Corrupt { at: position, why }
    })?;
    Ok(Details {
        minutes: recorded.minutes,
        age: recorded.age,
        mode: recorded.mode,
        supported_by: recorded.supported_by.as_ref().map(ToString::to_string),
        refers_to: recorded.refers_to.map(|id| id.to_string()),
        competences: recorded.competences.clone(),
        domains: recorded.domains.clone(),
        recorded: RecordedAt { position: position.0, recorded_at: format!("{:.6}", commit.recorded_at) },
    })
}

/// The tables know a commit that the log in sight does not have. Cut off with a server that led the log, we may see an older
/// one for a while; of a log that has truly lost its end the projector says so, and stops.
fn missing(at: Position) -> LogError {
    LogError::Unavailable(
        format!("the read models know a commit at {at}, and the log in sight does not have it").into(),
    )
}
