//! The bridge: from the citizens of last month's report to those of this one, so that every difference has a name.

use serde::Serialize;
use traccia_domain::{Position, time::Month};
use traccia_projector::held;
use utoipa::ToSchema;

use super::{
    list::{Reporting, Told},
    one::said_at,
};
use crate::answer::{ReadError, Reader, Sql};

/// `previous.citizens + new + adjustments - lost = citizens`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Bridge {
    /// What last month's report said; none in the project's first month.
    pub previous: Option<Previous>,
    /// Citizens counted with a day of the month, who were not in last month's.
    pub new: u64,
    /// Citizens counted with an earlier day, who were not in last month's: late services, links broken, rules changed.
    pub adjustments: u64,
    /// Citizens of last month's who are counted here no longer: voids, links, rules changed, counted elsewhere.
    pub lost: u64,
    /// Citizens of the project up to the end of the month.
    pub citizens: u64,
}

/// Last month's report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Previous {
    /// Its month.
    #[schema(value_type = String)]
    pub month: Month,
    /// The position that it speaks of: this report's own, where last month's is not with the Region.
    pub position: u64,
    /// Citizens of the project up to the end of that month.
    pub citizens: u64,
}

/// The bridge, and the position that last month's report speaks of.
pub(super) async fn of(reader: &Reader, project: &Reporting, month: Month) -> Result<(Bridge, Position), ReadError> {
    let before = month.before().filter(|before| *before >= Month::of(project.starts));
    let since = match before {
        Some(before) => said_at(&Told::of(reader).await?.report(project, before, reader.on())),
        None => None,
    };
    let sets = Sets { reader, project: &project.id, since: since.unwrap_or(reader.position()), month };
    let now = Set { position: "$1", days: "<= $4" };
    // Before its first month a project counts nobody.
    let then = Set { position: "$2", days: "< $3" };
    let previous = match before {
        Some(month) => Some(Previous { month, position: sets.since.0, citizens: sets.count(then, None, "").await? }),
        None => None,
    };
    let bridge = Bridge {
        previous,
        new: sets.count(now, Some(then), " and u.counted_on >= $3").await?,
        adjustments: sets.count(now, Some(then), " and u.counted_on < $3").await?,
        lost: sets.count(then, Some(now), "").await?,
        citizens: sets.count(now, None, "").await?,
    };
    Ok((bridge, sets.since))
}

/// Whom the project counts, at two positions.
struct Sets<'a> {
    reader: &'a Reader,
    project: &'a str,
    since: Position,
    month: Month,
}

/// Whom it counts at one of them, up to a day.
#[derive(Clone, Copy)]
struct Set {
    position: &'static str,
    days: &'static str,
}

impl Sets<'_> {
    /// How many are in a set, and not in another.
    async fn count(&self, set: Set, without: Option<Set>, only: &str) -> Result<u64, ReadError> {
        let mut sql = Sql::from("select count(*) from ".to_owned() + &members("u", "p", set) + only);
        if let Some(other) = without {
            sql.push(" and not exists (select 1 from ")
                .push(members("v", "q", other))
                .push(" and v.person = u.person)");
        }
        // All four are named, so that every text takes the same values.
        sql.push(" and $1 >= $2 and $3 <= $4");
        sql.with(self.since).with(self.month.first_day().to_string()).with(self.month.last_day().to_string());
        sql.with(self.project.to_owned());
        self.reader.rows(sql).await?.first().map_or(Ok(0), |row| row.count(0))
    }
}

/// The units of the set: one for each person, for the 1 of a person and line is in one place.
fn members(unit: &str, point: &str, Set { position, days }: Set) -> String {
    format!(
        "unit {unit} join point {point} on {point}.key = {unit}.point
        where {unit}.line = 'rfd' and {unit}.counted_on {days} and {point}.project = $5 and {} and {}",
        held(unit).replace("$1", position),
        held(point).replace("$1", position),
    )
}
