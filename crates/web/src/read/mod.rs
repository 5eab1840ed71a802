//! Reading: one file for each resource. Every read asks for a right, opens the tables at one position, and answers.

pub(crate) mod behind;
pub(crate) mod citizens;
mod commits;
pub(crate) mod counting;
mod csv;
pub(crate) mod difference;
pub(crate) mod expenses;
pub(crate) mod exports;
pub(crate) mod findings;
pub(crate) mod impact;
pub(crate) mod links;
mod list;
pub(crate) mod milestones;
pub(crate) mod named;
mod pain001;
mod params;
pub(crate) mod payments;
pub(crate) use params::Known;
pub(crate) mod points;
pub(crate) mod programmes;
pub(crate) mod projects;
pub(crate) mod redistribution;
pub(crate) mod reports;
pub(crate) mod services;
pub(crate) mod targets;
pub(crate) mod trail;
mod tranche_table;
pub use tranche_table::tranche_table;
pub(crate) mod tranches;

use std::time::Duration;

use jiff::Timestamp;
use traccia_application::{
    Bearer,
    permission::{self, Reach, Read},
};
use traccia_domain::Position;
use traccia_log::Log as _;
use traccia_projections::answer::{KnownAt, ReadError, Reader, Within};
use traccia_projector::Checkpoint;

use crate::{App, Problem};

/// How long a read waits for the read models.
pub(crate) const WAIT: Duration = Duration::from_secs(5);

/// Opens the tables for a bearer: what their right reaches, at the position asked for.
pub(crate) async fn open(app: &App, who: &Bearer, read: Read, known: &impl Known) -> Result<Reader, Problem> {
    let reach = right(who, read)?;
    at(app, within(reach), known).await
}

/// What a bearer may see of something, or that it is nothing.
pub(crate) fn right(who: &Bearer, read: Read) -> Result<Reach, Problem> {
    permission::may_read(who, read).map_err(|forbidden| Problem::forbidden(forbidden.to_string()))
}

/// A right as the queries take it.
pub(crate) fn within(reach: Reach) -> Within {
    let Reach { programmes, projects, points } = reach;
    Within { programmes, projects, points }
}

/// Opens the tables at the position asked for, and waits for them to come so far.
///
/// What the log does not reach is refused: an answer to it would be another one tomorrow.
pub(crate) async fn at(app: &App, within: Within, known: &impl Known) -> Result<Reader, Problem> {
    let known_at = match known.known_at() {
        Some(text) => text
            .parse()
            .map_err(|error: traccia_projections::answer::InvalidKnownAt| Problem::malformed(error.to_string()))?,
        None => KnownAt::Now,
    };
    let needed = match known_at {
        KnownAt::Now => None,
        KnownAt::Position(position) => {
            let end = end(app, known_at).await?;
            if position > end {
                return Err(Problem::malformed(format!("known_at is beyond the log, which ends at position {end}")));
            }
            Some(position)
        }
        KnownAt::Instant(instant) => {
            if instant > app.application.clock().now() {
                return Err(Problem::malformed("known_at is an instant that has not come yet"));
            }
            // Tables that are behind the log would place the instant too early.
            Some(end(app, known_at).await?)
        }
    };
    let needed = needed.max(known.min_position().map(Position));
    Ok(Reader::open(&app.tables, known_at, needed, WAIT, within).await?)
}

/// The log's end, as far as what was known then depends on it. The log itself is asked only where the tables have not come
/// past that: the past is read while the log is away.
pub(crate) async fn end(app: &App, known_at: KnownAt) -> Result<Position, Problem> {
    let reached = app.tables.checkpoint().await.map_err(ReadError::from)?;
    match reached.filter(|reached| passed(reached, known_at)) {
        Some(reached) => Ok(reached.position),
        None => Ok(app.application.log().head().await?),
    }
}

/// Whether nothing that comes after the tables can change what was known then.
fn passed(reached: &Checkpoint, known_at: KnownAt) -> bool {
    match known_at {
        KnownAt::Now => true,
        KnownAt::Position(position) => position <= reached.position,
        KnownAt::Instant(instant) => {
            // The tables keep microseconds: of two commits of one, the later is known with the earlier.
            let kept = |latest: Timestamp| Timestamp::from_microsecond(latest.as_microsecond()).ok();
            reached.recorded_at.parse().ok().and_then(kept).is_some_and(|latest| latest > instant)
        }
    }
}

#[cfg(test)]
mod tests {
    use traccia_domain::hash::Hex;

    use super::*;

    #[test]
    fn what_the_tables_have_passed_is_not_asked_of_the_log() {
        let reached = Checkpoint {
            position: Position(7),
            recorded_at: "2024-03-01T10:00:00.000001900Z".to_owned(),
            ..Checkpoint::start(Hex([1; 16]), 1)
        };
        for (known_at, says) in [
            ("7", true),
            ("8", false),
            ("2024-03-01T10:00:00.0000009Z", true),
            // The next commit may be of the same microsecond.
            ("2024-03-01T10:00:00.000001Z", false),
            ("2024-03-01T10:00:00.0000015Z", false),
            ("2024-03-01T10:00:01Z", false),
        ] {
            assert_eq!(passed(&reached, known_at.parse().unwrap()), says, "{known_at}");
        }
        assert!(!passed(&Checkpoint::start(Hex([1; 16]), 1), "2024-03-01T10:00:00Z".parse().unwrap()));
    }
}
