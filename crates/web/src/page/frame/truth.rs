//! At which position a page is true, and how it takes that along to the pages behind it.

use std::time::Duration;

use axum::http::StatusCode;
use jiff::{Timestamp, civil::Date};
use traccia_application::{
    Bearer,
    permission::{self, Read},
};
use traccia_domain::Position;
use traccia_projections::answer::{KnownAt, Reader, Within, day_in_italy};
use traccia_projector::{State, Status};

use super::{Asked, Wrong};
use crate::{
    App,
    page::shown::italian,
    read::{self, Known},
};

/// How exactly somebody sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Sight {
    /// Every figure within, at any position.
    Exact(Within),
    /// Totals without small figures, at published positions only.
    Public,
}

/// Where a page is true.
#[derive(Clone, Debug)]
pub(crate) struct Truth {
    position: Position,
    recorded_at: Option<Timestamp>,
    /// Whether the address asked for another position than the last.
    past: bool,
    /// Why nothing newer can be known now.
    stands: Option<String>,
    /// The distance of published positions, where only they are shown.
    published_every: Option<u64>,
    /// The page's path.
    pub(crate) path: String,
    /// Its other parameters.
    pub(crate) fields: Vec<(String, String)>,
}

impl Truth {
    /// `9.306`.
    pub(crate) fn position(&self) -> String {
        italian::number(self.position.0)
    }

    /// The position as an address takes it.
    pub(crate) fn known_at(&self) -> String {
        if self.past { self.position.to_string() } else { String::new() }
    }

    /// When the log learned the last of it.
    pub(crate) fn recorded_at(&self) -> Option<String> {
        self.recorded_at.map(italian::instant)
    }

    /// Why nothing newer than this can be known now, where that is so.
    pub(crate) fn stands(&self) -> Option<&str> {
        self.stands.as_deref()
    }

    /// How far apart published positions are, where the page is the public's.
    pub(crate) fn published_every(&self) -> Option<String> {
        self.published_every.map(italian::number)
    }

    /// Whether the page looks back.
    pub(crate) fn past(&self) -> bool {
        self.past
    }

    /// The day it was in Italy when the log learned the last of it: what a deadline is past by.
    pub(crate) fn day(&self) -> Date {
        self.recorded_at.map_or(Date::ZERO, day_in_italy)
    }

    /// The business day that a page is about: what is asked for, else the day of the position where the page looks back, else
    /// today.
    pub(crate) fn about(&self, on: Option<Date>, today: Date) -> Date {
        on.unwrap_or(if self.past { self.day() } else { today })
    }

    /// What the form that asks for a business day carries along.
    pub(crate) fn without_day(&self) -> impl Iterator<Item = &(String, String)> {
        self.fields.iter().filter(|(name, _)| name != "on")
    }

    /// A link that takes the position along, so that what it opens is true at the same one.
    pub(crate) fn link(&self, path: &str) -> String {
        if !self.past {
            return path.to_owned();
        }
        let mark = if path.contains('?') { '&' } else { '?' };
        format!("{path}{mark}known_at={}", self.position)
    }

    /// This page as it is now.
    pub(crate) fn now(&self) -> String {
        address(&self.path, &self.fields)
    }

    /// This page from a cursor on.
    pub(crate) fn after(&self, cursor: &str) -> String {
        let mut fields = self.fields.clone();
        fields.push(("after".to_owned(), cursor.to_owned()));
        self.link(&address(&self.path, &fields))
    }
}

/// The day it is in Italy.
pub(crate) fn today(app: &App) -> Date {
    day_in_italy(app.application.clock().now())
}

/// A path with parameters.
pub(super) fn address(path: &str, fields: &[(String, String)]) -> String {
    let pairs: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={}", escaped(value))).collect();
    if pairs.is_empty() { path.to_owned() } else { format!("{path}?{}", pairs.join("&")) }
}

/// A value as an address takes it. Most are ids, codes and cursors, and stay as they are; what people wrote may be anything.
fn escaped(value: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/@,".contains(&byte);
    value.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// What somebody sees exactly of a programme's own figures: those who hold whole programmes see all of them.
pub(crate) fn exact(who: &Bearer) -> Option<Within> {
    let within = read::within(permission::reach(who, Read::Counting)?);
    (within.projects.is_none() && within.points.is_none()).then_some(within)
}

/// A question for the tables.
struct At(Option<String>);

impl Known for At {
    fn known_at(&self) -> Option<&str> {
        self.0.as_deref()
    }

    fn min_position(&self) -> Option<u64> {
        None
    }
}

/// Opens the tables at the position that is asked for; the public's are the published ones at or before it.
///
/// Of two positions next to each other the difference is one commit: to compare them would show whom a small figure grew
/// by. So nothing between two published positions is shown to the public, not even what is newest.
pub(crate) async fn open(app: &App, sight: Sight, asked: &Asked, path: &str) -> Result<(Reader, Truth), Wrong> {
    let known_at = asked.known_at(day_in_italy(app.application.clock().now()))?;
    let question = asked_at(app, known_at).await?;
    let past = question.is_some();
    let (within, every) = match sight {
        Sight::Exact(within) => (within, None),
        Sight::Public => (Within::everything(), Some(app.limits.published_every.max(1))),
    };
    let mut reader = read::at(app, within.clone(), &At(question)).await?;
    if let Some(every) = every {
        let published = Position(reader.position().0 / every * every);
        if published == Position::START {
            return Err(unpublished(every, past));
        }
        reader = Reader::open(&app.tables, KnownAt::Position(published), None, Duration::ZERO, within).await?;
    }
    let truth = Truth {
        position: reader.position(),
        recorded_at: reader.recorded_at(),
        past,
        stands: stands(&app.status.borrow()),
        published_every: every,
        path: path.to_owned(),
        fields: asked.fields(),
    };
    Ok((reader, truth))
}

/// Why nothing newer can be known now. Nothing, where the tables follow a log that answers.
fn stands(status: &Status) -> Option<String> {
    let (what, since) = match (&status.state, status.log_away_since) {
        // Another may go on with what this one has left.
        (State::Stopped { .. }, None) if status.position >= status.log_head => return None,
        (State::Stopped { since, .. }, _) => ("l'aggiornamento dei dati si è fermato", *since),
        (_, Some(since)) => ("il registro non risponde", since),
        (State::Waiting { since, .. }, None) => ("i dati non si possono aggiornare", *since),
        (State::CatchingUp | State::Following | State::StandingBy | State::Elsewhere, None) => return None,
    };
    Some(format!("{what} dal {}", italian::instant(since)))
}

/// The position that something to compare with stands for.
pub(crate) async fn position_of(app: &App, within: Within, known_at: KnownAt) -> Result<Position, Wrong> {
    let question = asked_at(app, known_at).await?;
    Ok(read::at(app, within, &At(question)).await?.position())
}

/// What the log is to have known, as a read takes it; what has not come yet is refused in words.
async fn asked_at(app: &App, known_at: KnownAt) -> Result<Option<String>, Wrong> {
    match known_at {
        KnownAt::Now => Ok(None),
        KnownAt::Position(position) => {
            let end = read::end(app, known_at).await?;
            if position > end {
                let text =
                    format!("Il registro arriva alla posizione {}: quella chiesta viene dopo.", italian::number(end.0));
                return Err(Wrong::request(text));
            }
            Ok(Some(position.to_string()))
        }
        KnownAt::Instant(instant) => {
            if instant > app.application.clock().now() {
                return Err(Wrong::request("L'istante chiesto deve ancora venire."));
            }
            Ok(Some(instant.to_string()))
        }
    }
}

/// Before the first published position the public sees nothing.
fn unpublished(every: u64, past: bool) -> Wrong {
    let every = italian::number(every);
    if past {
        return Wrong::request(format!(
            "La posizione chiesta viene prima del primo quadro pubblico, che è quello della posizione {every}."
        ));
    }
    let text = format!(
        "Il pubblico vede il registro ogni {every} posizioni, perché da due quadri vicini non si ricavi chi si è aggiunto: \
         il primo quadro non c'è ancora. Chi ha un accesso vede i numeri esatti fin da ora."
    );
    Wrong::new(StatusCode::OK, "Non c'è ancora un quadro pubblico", text).inviting("/")
}

/// The end of a day; today's has not come yet, and is now.
pub(super) fn day_known(day: Date, today: Date) -> Result<KnownAt, Wrong> {
    if day == today {
        return Ok(KnownAt::Now);
    }
    if day > today {
        return Err(Wrong::request("Il giorno chiesto deve ancora venire."));
    }
    italian::end_of(day).map(KnownAt::Instant).ok_or_else(|| Wrong::request("Il giorno chiesto non è possibile."))
}
