//! Who reads the tables: at one position, within what they may see.

use std::time::Duration;

use jiff::{Timestamp, civil::Date};
use traccia_domain::Position;
use traccia_projector::{Reading, Tables, View};

use super::{Answer, KnownAt, Line, ReadError, Sql, Within, day_in_italy};
use crate::{points::queries::rules::Adopted, trail::queries::recorded_at};

/// A view of the tables at a position, and what of it may be shown. Every query takes one, so that all the queries behind
/// a page agree.
#[derive(Clone, Debug)]
pub struct Reader {
    view: View,
    recorded_at: Option<Timestamp>,
    adopted: Adopted,
    on: Option<Date>,
    within: Within,
}

impl Reader {
    /// Reads at what was known then, once the tables have reached `min_position`.
    ///
    /// # Errors
    /// When the tables have not come so far within the wait, or cannot be read.
    pub async fn open(
        tables: &Tables,
        known_at: KnownAt,
        min_position: Option<Position>,
        wait: Duration,
        within: Within,
    ) -> Result<Reader, ReadError> {
        let reading = Reading { position: None, min_position, wait };
        let view = match known_at {
            KnownAt::Now => tables.view_at(reading).await?,
            KnownAt::Position(position) => tables.view_at(Reading { position: Some(position), ..reading }).await?,
            KnownAt::Instant(instant) => {
                let position = position_at(&tables.view_at(reading).await?, instant).await?;
                tables.view_at(Reading { position: Some(position), ..reading }).await?
            }
        };
        Reader::of(view, within).await
    }

    /// Reads a view.
    ///
    /// # Errors
    /// When the tables cannot be read.
    pub async fn of(view: View, within: Within) -> Result<Reader, ReadError> {
        let recorded_at = recorded_at(&view, view.position).await?;
        let adopted = Adopted::of(&view, &within).await?;
        Ok(Reader { view, recorded_at, adopted, on: None, within })
    }

    /// The same with answers about a business day; about the day of the position unless told.
    #[must_use]
    pub fn about(self, on: Option<Date>) -> Reader {
        Reader { on, ..self }
    }

    /// The same as it was known at a position, no later than this.
    pub(crate) async fn back_to(&self, position: Position) -> Result<Reader, ReadError> {
        let mut view = self.view.clone();
        view.position = position.min(view.position);
        Ok(Reader::of(view, self.within.clone()).await?.about(self.on))
    }

    /// Everything up to here is known, nothing after.
    #[must_use]
    pub fn position(&self) -> Position {
        self.view.position
    }

    /// When the last known commit was recorded; none at the start.
    #[must_use]
    pub fn recorded_at(&self) -> Option<Timestamp> {
        self.recorded_at
    }

    /// The day it was in Italy when the last known commit was recorded: what `on` is unless told otherwise.
    #[must_use]
    pub fn day(&self) -> Date {
        self.recorded_at.map_or(Date::ZERO, day_in_italy)
    }

    /// The business day answers are about.
    #[must_use]
    pub fn on(&self) -> Date {
        self.on.unwrap_or(self.day())
    }

    /// What may be shown.
    #[must_use]
    pub fn within(&self) -> &Within {
        &self.within
    }

    /// The tables at the position.
    #[must_use]
    pub fn view(&self) -> &View {
        &self.view
    }

    pub(crate) async fn rows(&self, sql: Sql) -> Result<Vec<Line>, ReadError> {
        sql.rows(&self.view).await
    }

    /// The rules known at the position, of the programmes whose definition may be shown.
    pub(crate) fn adopted(&self) -> &Adopted {
        &self.adopted
    }

    pub(crate) fn answer<T>(&self, body: T) -> Answer<T> {
        Answer { position: self.view.position, rules: self.adopted.in_force(self.on()), body }
    }
}

/// The last commit recorded up to an instant, by halving: `recorded_at` never decreases with the position.
async fn position_at(view: &View, instant: Timestamp) -> Result<Position, ReadError> {
    let (mut known, mut after) = (0, view.position.0 + 1);
    while known + 1 < after {
        let middle = known.midpoint(after);
        if recorded_at(view, Position(middle)).await?.is_none_or(|recorded| recorded <= instant) {
            known = middle;
        } else {
            after = middle;
        }
    }
    Ok(Position(known))
}
