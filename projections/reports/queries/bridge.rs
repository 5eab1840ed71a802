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

/// The bridge, the position that last month's report speaks of, and whom the project counts first in the month.
pub(super) async fn of(reader: &Reader, project: &Reporting, month: Month) -> Result<Crossing, ReadError> {
    let before = last_month(project, month);
    let since = since(reader, project, month).await?;
    let sets = Sets { reader, project: &project.id, since: since.unwrap_or(reader.position()), month };
    let now = sets.count(NOW, THEN).await?;
    // Before its first month a project counts nobody.
    let then = sets.count(THEN, NOW).await?;
    let bridge = Bridge {
        previous: before.map(|month| Previous { month, position: sets.since.0, citizens: then.all }),
        new: now.alone_in_month,
        adjustments: now.alone - now.alone_in_month,
        lost: then.alone,
        citizens: now.all,
    };
    Ok(Crossing { bridge, since: sets.since, in_month: now.in_month })
}

/// The month before, where the project reports on it.
fn last_month(project: &Reporting, month: Month) -> Option<Month> {
    month.before().filter(|before| *before >= Month::of(project.starts))
}

/// The position that last month's report speaks of, where that is with the Region.
pub(super) async fn since(reader: &Reader, project: &Reporting, month: Month) -> Result<Option<Position>, ReadError> {
    Ok(match last_month(project, month) {
        Some(before) => said_at(&Told::of(reader).await?.report(project, before, reader.on())),
        None => None,
    })
}

/// The bridge, and what is found on the way.
pub(super) struct Crossing {
    pub(super) bridge: Bridge,
    /// The position that last month's report speaks of.
    pub(super) since: Position,
    /// Citizens counted with a day of the month.
    pub(super) in_month: u64,
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

/// At this position, up to the end of the month.
const NOW: Set = Set { position: "$1", days: "<= $4" };
/// At that of last month's report, up to the end of its month.
const THEN: Set = Set { position: "$2", days: "< $3" };

/// How many a set has.
struct Count {
    all: u64,
    /// Those with a day of the month.
    in_month: u64,
    /// Those that the other set does not have.
    alone: u64,
    /// Those of them with a day of the month.
    alone_in_month: u64,
}

impl Sets<'_> {
    async fn count(&self, set: Set, other: Set) -> Result<Count, ReadError> {
        let members = members("u", "p", set);
        // All four are named, so that every text takes the same values.
        let mut sql = Sql::from(format!(
            "select count(*), cast(sum(m.in_month) as bigint), cast(sum(m.alone) as bigint),
                cast(sum(m.in_month * m.alone) as bigint)
            from (select case when u.counted_on >= $3 then 1 else 0 end as in_month,
                    case when exists (select 1 from {} and v.person = u.person) then 0 else 1 end as alone
                from {members} and $1 >= $2 and $3 <= $4) m",
            self::members("v", "q", other),
        ));
        sql.with(self.since).with(self.month.first_day().to_string()).with(self.month.last_day().to_string());
        sql.with(self.project.to_owned());
        let rows = self.reader.rows(sql).await?;
        let row = rows.first().ok_or_else(|| ReadError::damaged("a count has no row"))?;
        Ok(Count { all: row.count(0)?, in_month: row.total(1)?, alone: row.total(2)?, alone_in_month: row.total(3)? })
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
