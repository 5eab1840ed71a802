//! How many points count as active on a day.

use jiff::civil::Date;
use rustc_hash::FxHashSet;
use traccia_domain::programme::rules::PointsBasis;
use traccia_projector::held;

use super::{Scope, places::Places};
use crate::answer::{ReadError, Reader, Sql};

/// The days on which points are active.
#[derive(Debug)]
pub(super) struct Active {
    basis: PointsBasis,
    spans: Vec<(i64, Date, Option<Date>)>,
}

impl Active {
    pub(super) async fn of(reader: &Reader, basis: PointsBasis) -> Result<Active, ReadError> {
        let sql = Sql::from(format!("select a.point, a.from_on, a.until_on from point_active a where {}", held("a")));
        let mut spans = Vec::new();
        for row in reader.rows(sql).await? {
            let until = row.text_or_null(2).map(|day| day.parse().map_err(ReadError::damaged)).transpose()?;
            spans.push((row.integer(0), row.parsed(1)?, until));
        }
        Ok(Active { basis, spans })
    }

    /// The points of a row that are active on the day, or have ever been by then. A semester or month is looked at on its
    /// last day, or on the day when that comes first.
    pub(super) fn count(&self, places: &Places, by: Scope, id: &str, on: Date) -> u64 {
        let on = if by.of_days() { last_day(id).map_or(on, |last| last.min(on)) } else { on };
        let holds = |(_, from, until): &&(i64, Date, Option<Date>)| {
            *from <= on
                && match self.basis {
                    PointsBasis::ActiveOnDate => until.is_none_or(|until| on < until),
                    PointsBasis::EverActivated => true,
                }
        };
        let here = |(point, _, _): &(i64, Date, Option<Date>)| {
            let place = places.at(*point)?;
            (by.of_days() || by == Scope::Programme || by.id("", place, "") == id).then_some(*point)
        };
        self.spans.iter().filter(holds).filter_map(here).collect::<FxHashSet<_>>().len() as u64
    }
}

/// The last day of `2024-S1` or `2024-03`.
fn last_day(id: &str) -> Option<Date> {
    let (year, part) = id.split_once('-')?;
    let month = match part {
        "S1" => "06",
        "S2" => "12",
        month => month,
    };
    Some(format!("{year}-{month}-01").parse::<Date>().ok()?.last_of_month())
}
