//! Two positions compared: the units that a place has gained and lost between them, each with the commit that caused it.

use std::collections::BTreeMap;

use serde::Serialize;
use traccia_domain::Position;
use traccia_projector::held;
use utoipa::ToSchema;

use super::{UnitFilter, behind::at};
use crate::{
    answer::{Answer, Line, Page, Paging, ReadError, Reader, Sql},
    trail::queries::{self as trail, Entry, visible},
};

/// What a place counted at two positions, and what makes the difference: `after` minus `before` is `gained` minus `lost`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Difference {
    /// The earlier position.
    pub from: u64,
    /// The later one.
    pub to: u64,
    /// Citizens counted at each.
    pub counted: Counted,
    /// Citizens counted at the later and not at the earlier.
    pub gained: u64,
    /// Citizens counted at the earlier and not at the later.
    pub lost: u64,
    /// These citizens, one by one.
    #[serde(flatten)]
    pub page: Page<Moved>,
}

/// Citizens counted at the two positions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Counted {
    /// At the earlier.
    pub before: u64,
    /// At the later.
    pub after: u64,
}

/// What became of a citizen between two positions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// They are counted here now.
    Gained,
    /// They no longer are.
    Lost,
}

/// A citizen who is counted at one of two positions only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Moved {
    /// The person's serial: the id of their oldest record.
    pub person: String,
    /// The service that counts them, or did.
    pub service: String,
    /// Its point.
    pub point: String,
    /// Its project.
    pub project: String,
    /// Its day.
    pub occurred_on: String,
    /// Gained or lost.
    pub change: Change,
    /// The commit since which it is so.
    pub cause: Cause,
    #[serde(skip)]
    key: i64,
}

/// A commit that moved a unit. Where it is about something that may not be seen, its place in the log is all that is told.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Cause {
    /// Its place in the log.
    #[serde(rename = "position")]
    pub at: u64,
    /// When the log learned it, UTC.
    pub recorded_at: String,
    /// Who did it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// In which role.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// To what.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stream: Option<String>,
    /// What happened.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<String>,
    /// Why, or by which act, where the events say so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// `GET /v1/counting/difference?from=&to=`: a place at an earlier position against the reader's. `trail` says whether who
/// asks may see who did what.
///
/// # Errors
/// When the tables cannot be read, or the cursor is not one of ours.
pub async fn difference(
    reader: &Reader,
    from: Position,
    place: &UnitFilter,
    trail: bool,
    paging: &Paging,
) -> Result<Answer<Difference>, ReadError> {
    let asked = Asked { reader, from, place };
    let counted = Counted { before: asked.counted("$2").await?, after: asked.counted("$1").await? };
    let (gained, lost) = asked.totals().await?;
    let mut items = asked.moved(paging).await?;
    asked.explain(&mut items, trail).await?;
    let page = paging.page(items, |item: &Moved| item.key.to_string());
    Ok(reader.answer(Difference { from: from.0, to: reader.position().0, counted, gained, lost, page }))
}

/// A place between two positions. In every query `$1` is the later and `$2` the earlier.
struct Asked<'a> {
    reader: &'a Reader,
    from: Position,
    place: &'a UnitFilter,
}

impl Asked<'_> {
    /// The counted units (`u`) of the place (`p`), as they stood at a position.
    fn counting(&self, sql: &mut Sql, columns: &str, position: &str) {
        sql.push(format!(
            "select {columns} from unit u join point p on p.key = u.point
            where u.line = 'rfd' and u.counted_on is not null and {} and {}",
            held("u").replace("$1", position),
            held("p").replace("$1", position),
        ));
        self.here(sql);
    }

    fn here(&self, sql: &mut Sql) {
        at(sql, self.place);
        self.reader.within().points_of(sql);
    }

    async fn counted(&self, position: &str) -> Result<u64, ReadError> {
        let mut sql = Sql::default();
        // Both positions are named, so that a text with one of them takes the same values.
        sql.with(self.from);
        self.counting(&mut sql, "count(*)", position);
        sql.push(" and $1 >= $2");
        self.reader.rows(sql).await?.first().map_or(Ok(0), |row| row.count(0))
    }

    /// Everybody who is counted at one of the two alone, as a table `m`. Only what began or ended in between can differ.
    fn differing(&self) -> Sql {
        let mut sql = Sql::from("(");
        sql.with(self.from);
        for (gained, now, then, changed) in
            [(1, "$1", "$2", "(u.since > $2 or p.since > $2)"), (0, "$2", "$1", "(u.until <= $1 or p.until <= $1)")]
        {
            if gained == 0 {
                sql.push(" union all ");
            }
            let columns = format!("u.person as person, u.service as service, u.point as point, {gained} as gained");
            self.counting(&mut sql, &columns, now);
            sql.push(format!(" and {changed} and not exists (select 1 from unit v join point p on p.key = v.point"));
            sql.push(format!(
                " where v.person = u.person and v.line = 'rfd' and v.counted_on is not null and {} and {}",
                held("v").replace("$1", then),
                held("p").replace("$1", then),
            ));
            self.here(&mut sql);
            sql.push(")");
        }
        sql.push(") m");
        sql
    }

    async fn totals(&self) -> Result<(u64, u64), ReadError> {
        let mut sql = self.differing();
        sql.before("select cast(sum(m.gained) as bigint), cast(sum(1 - m.gained) as bigint) from ");
        self.reader.rows(sql).await?.first().map_or(Ok((0, 0)), |row| Ok((row.total(0)?, row.total(1)?)))
    }

    async fn moved(&self, paging: &Paging) -> Result<Vec<Moved>, ReadError> {
        let mut sql = self.differing();
        sql.before("select m.person, m.gained, r.id, s.id, p.id, p.project, s.occurred_on from ");
        sql.push(format!(
            " join record r on r.key = m.person and {} join service s on s.key = m.service and {}
            join point p on p.key = m.point and {} where 1 = 1",
            held("r"),
            held("s"),
            held("p"),
        ));
        if let Some(after) = paging.after_number()? {
            sql.push(" and m.person > ").arg(after);
        }
        sql.push(" order by m.person limit ").arg(paging.rows());
        let moved = |row: &Line| Moved {
            key: row.integer(0),
            change: if row.flag(1) { Change::Gained } else { Change::Lost },
            person: row.text(2),
            service: row.text(3),
            point: row.text(4),
            project: row.text(5),
            occurred_on: row.text(6),
            cause: Cause::default(),
        };
        Ok(self.reader.rows(sql).await?.iter().map(moved).collect())
    }

    /// Finds the commit of each change, and tells of it what may be seen.
    async fn explain(&self, items: &mut [Moved], trail: bool) -> Result<(), ReadError> {
        let stays = self.stays(items).await?;
        let to = self.reader.position().0.cast_signed();
        for item in &mut *items {
            let cause = stays.get(&item.key).and_then(|stays| match item.change {
                Change::Gained => began(stays, to),
                Change::Lost => stays.iter().filter_map(|stay| stay.until).filter(|until| *until <= to).max(),
            });
            let missing = || ReadError::damaged("a unit came or went and no row says when");
            item.cause.at = cause.and_then(|cause| u64::try_from(cause).ok()).ok_or_else(missing)?;
        }
        let causes = self.causes(items, trail).await?;
        for item in items {
            item.cause =
                causes.get(&item.cause.at).cloned().ok_or_else(|| ReadError::damaged("a cause has no trail"))?;
        }
        Ok(())
    }

    /// When each person was counted here, up to the later position.
    async fn stays(&self, items: &[Moved]) -> Result<BTreeMap<i64, Vec<Stay>>, ReadError> {
        let mut sql = Sql::from(
            "select u.person, u.since, u.until, p.since, p.until from unit u join point p on p.key = u.point
            where u.line = 'rfd' and u.counted_on is not null and u.since <= $1 and p.since <= $1 and u.person in ",
        );
        sql.list(items.iter().map(|item| item.key));
        self.here(&mut sql);
        let mut stays = BTreeMap::<i64, Vec<Stay>>::new();
        for row in self.reader.rows(sql).await? {
            let since = row.integer(1).max(row.integer(3));
            let until = [row.integer_or_null(2), row.integer_or_null(4)].into_iter().flatten().min();
            if until.is_none_or(|until| since < until) {
                stays.entry(row.integer(0)).or_default().push(Stay { since, until });
            }
        }
        Ok(stays)
    }

    async fn causes(&self, items: &[Moved], told: bool) -> Result<BTreeMap<u64, Cause>, ReadError> {
        let mut positions: Vec<i64> = items.iter().map(|item| item.cause.at.cast_signed()).collect();
        positions.sort_unstable();
        positions.dedup();
        let mut causes = BTreeMap::new();
        for entry in trail::at(self.reader, positions).await? {
            let seen = told && self.seen(&entry).await?;
            causes.insert(entry.at, if seen { Cause::whole(entry) } else { Cause::place(entry) });
        }
        Ok(causes)
    }

    async fn seen(&self, entry: &Entry) -> Result<bool, ReadError> {
        if self.reader.within().unlimited() {
            return Ok(true);
        }
        let stream = entry.stream.parse().map_err(ReadError::damaged)?;
        visible::within(self.reader, &stream).await
    }
}

/// A time in which a person was counted here by one row: from a position until another, at which it no longer was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stay {
    since: i64,
    until: Option<i64>,
}

/// Since when a person has been counted here without a break, at a position at which they are.
fn began(stays: &[Stay], at: i64) -> Option<i64> {
    let mut since = stays.iter().find(|stay| stay.since <= at && stay.until.is_none_or(|until| at < until))?.since;
    while let Some(before) = stays.iter().find(|stay| stay.until == Some(since)) {
        since = before.since;
    }
    Some(since)
}

impl Cause {
    fn place(entry: Entry) -> Cause {
        Cause { at: entry.at, recorded_at: entry.recorded_at, ..Cause::default() }
    }

    fn whole(entry: Entry) -> Cause {
        let Entry { at, recorded_at, subject, role, stream, events, reason } = entry;
        Cause { at, recorded_at, subject: Some(subject), role: Some(role), stream: Some(stream), events, reason }
    }
}

#[cfg(test)]
mod tests;
