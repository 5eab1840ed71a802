//! What an address asks for. Unknown parameters are refused: a misspelt filter would silently answer for everything.

use std::str::FromStr;

use axum::{
    extract::{FromRequestParts, Query},
    http::request::Parts,
};
use jiff::civil::Date;
use traccia_domain::Position;
use traccia_projections::answer::{KnownAt, Paging};

use super::{Field, Wrong, truth::day_known};

/// The parameters of a page's address; empty ones, as forms send them, are none.
#[derive(Debug)]
pub(crate) struct Asked(Vec<(String, String)>);

/// A day to look at the log from the end of.
const DAY: &str = "giorno";
/// What the log knew.
const KNOWN_AT: &str = "known_at";
/// Where a list goes on.
const AFTER: &str = "after";

impl<S: Send + Sync> FromRequestParts<S> for Asked {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Asked, Self::Rejection> {
        let pairs = Query::<Vec<(String, String)>>::from_request_parts(parts, state).await;
        // What cannot be read at all is a name that no page knows.
        let pairs = pairs.map_or_else(|_| vec![("?".to_owned(), "?".to_owned())], |Query(pairs)| pairs);
        let trimmed = pairs.into_iter().map(|(name, value)| (name, value.trim().to_owned()));
        Ok(Asked(trimmed.filter(|(_, value)| !value.is_empty()).collect()))
    }
}

impl Asked {
    /// Refuses names that the page does not know, and names given twice.
    pub(crate) fn only(&self, names: &[&str]) -> Result<(), Wrong> {
        for (place, (name, _)) in self.0.iter().enumerate() {
            if ![DAY, KNOWN_AT].contains(&name.as_str()) && !names.contains(&name.as_str()) {
                let known = if names.is_empty() { String::new() } else { format!("{}, ", names.join(", ")) };
                return Err(Wrong::request(format!(
                    "L'indirizzo ha un parametro che questa pagina non conosce. Conosce: {known}{KNOWN_AT}, {DAY}."
                )));
            }
            if self.0[..place].iter().any(|(before, _)| before == name) {
                return Err(Wrong::request("L'indirizzo dà due volte lo stesso parametro."));
            }
        }
        Ok(())
    }

    /// A parameter, where it is given.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(given, _)| given == name).map(|(_, value)| value.as_str())
    }

    /// A parameter in its form.
    pub(crate) fn read<T: FromStr>(&self, name: &'static str, expected: &str) -> Result<Option<T>, Wrong> {
        self.text(name).map(|text| text.parse().map_err(|_| Wrong::field(Field(name), expected))).transpose()
    }

    /// The parameters other than those about time and pages: what a form or a link carries along.
    pub(crate) fn fields(&self) -> Vec<(String, String)> {
        self.0.iter().filter(|(name, _)| ![DAY, KNOWN_AT, AFTER].contains(&name.as_str())).cloned().collect()
    }

    /// What the log is to have known: a position, an instant, the end of a day, or now.
    pub(crate) fn known_at(&self, today: Date) -> Result<KnownAt, Wrong> {
        match (self.text(KNOWN_AT), self.text(DAY)) {
            (None, None) => Ok(KnownAt::Now),
            (Some(text), None) => text.parse().map_err(|_| {
                let expected = "è una posizione del registro, per esempio 4711, o un istante, per esempio 2024-06-30T23:59:59+02:00";
                Wrong::field(Field("known_at"), expected)
            }),
            (None, Some(text)) => {
                let day = text.parse().map_err(|_| Wrong::field(Field("giorno"), "è un giorno, per esempio 2024-06-30"))?;
                day_known(day, today)
            }
            (Some(_), Some(_)) => Err(Wrong::request("O una posizione (known_at), o un giorno: non tutti e due.")),
        }
    }

    /// An earlier position to compare with: `from`, or the end of the day `dal`.
    pub(crate) fn from(&self, today: Date) -> Result<Option<KnownAt>, Wrong> {
        match (self.read("from", "è una posizione del registro, per esempio 4711")?, self.text("dal")) {
            (None, None) => Ok(None),
            (Some(position), None) => Ok(Some(KnownAt::Position(Position(position)))),
            (None, Some(text)) => {
                let day =
                    text.parse().map_err(|_| Wrong::field(Field("dal"), "è un giorno, per esempio 2024-06-30"))?;
                if day == today {
                    return Err(Wrong::request("Il giorno di oggi non è finito: si confronta con uno passato."));
                }
                day_known(day, today).map(Some)
            }
            (Some(_), Some(_)) => Err(Wrong::request("O una posizione (from), o un giorno (dal): non tutti e due.")),
        }
    }

    /// Which page of a list.
    pub(crate) fn paging(&self, items: u32) -> Result<Paging, Wrong> {
        Paging::new(self.text(AFTER), Some(items))
            .map_err(|_| Wrong::request("L'elenco non va avanti da qui: si riparte dalla prima pagina."))
    }
}
