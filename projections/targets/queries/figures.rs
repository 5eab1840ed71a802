//! Totals by scope at any position: the last step's, kept in the table of steps, and the exact remainder since, counted
//! from the versions of services and units that began (+) or ended (-) after it.

use jiff::civil::Date;
use rustc_hash::FxHashMap;
use traccia_projector::held;

use super::{Scope, places::Places};
use crate::{
    answer::{Line, ReadError, Reader, Sql},
    counting::Reason,
};

/// Totals of a scope. Differences may be below nought; what is shown never is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Figures {
    pub(crate) recorded: i64,
    pub(crate) qualifying: i64,
    /// Distinct persons served.
    pub(crate) persons: i64,
    pub(crate) counted: i64,
    pub(crate) safe: i64,
    /// Persons served here whom another project's claim holds.
    pub(crate) claimed: i64,
    pub(crate) reasons: [i64; Reason::ALL.len()],
}

/// Totals by id.
pub(crate) type Totals = FxHashMap<String, Figures>;

/// The totals of a programme's rows of a scope, or of one of them. `past` is a day before the position's: then everything
/// dated up to it is counted anew. `step` is how far apart the table's steps are.
pub(crate) async fn figures(
    reader: &Reader,
    programme: &str,
    by: Scope,
    only: Option<&str>,
    places: &Places,
    past: Option<Date>,
    step: u64,
) -> Result<Totals, ReadError> {
    let mut totals = Totals::default();
    // The step *before* a position that is itself one: right whether or not the fold has written that step yet.
    let last = reader.position().0.saturating_sub(1) / step * step;
    let since = match past {
        Some(day) => Since::Ever(day.to_string()),
        None => {
            steps(reader, programme, by, only, last.cast_signed(), &mut totals).await?;
            Since::Step(last.cast_signed())
        }
    };
    services(reader, programme, by, places, &since, &mut totals).await?;
    units(reader, programme, by, places, &since, &mut totals).await?;
    Ok(totals)
}

/// Which versions of rows are counted.
enum Since {
    /// Those that began or ended after a step: what changed.
    Step(i64),
    /// Those that hold, as far as they are dated up to a day: everything.
    Ever(String),
}

/// Each scope's last row up to a step. Ids are found by hopping from one to the next in the index, so that the cost does
/// not grow with the number of steps.
async fn steps(
    reader: &Reader,
    programme: &str,
    by: Scope,
    only: Option<&str>,
    step: i64,
    totals: &mut Totals,
) -> Result<(), ReadError> {
    if step == 0 {
        return Ok(());
    }
    let first = "select min(n.id) from tally n where n.programme = $2 and n.scope = $3";
    let columns = Reason::ALL.map(|reason| format!("t.{}", reason.as_str())).join(", ");
    // Both halves of the primary key, each by one look into the index: a join on the position alone reads all its rows.
    let last = "from tally m where m.programme = $2 and m.scope = $3 and m.id = ids.id and m.position <= $4
        order by m.position desc limit 1";
    let mut sql = Sql::from(format!(
        "with recursive ids(id) as (
            {first} union all select ({first} and n.id > ids.id) from ids where ids.id is not null
        )
        select t.id, t.recorded, t.qualifying, t.persons, t.counted, t.safe, t.claimed, {columns}
        from ids join tally t on t.position = (select m.position {last}) and t.line = (select m.line {last}) where $1 >= $4"
    ));
    sql.with(programme.to_owned()).with(by.as_str()).with(step).equals("t.id", only);
    for row in reader.rows(sql).await? {
        let mut figures = Figures {
            recorded: row.integer(1),
            qualifying: row.integer(2),
            persons: row.integer(3),
            counted: row.integer(4),
            safe: row.integer(5),
            claimed: row.integer(6),
            reasons: [0; Reason::ALL.len()],
        };
        for (i, count) in figures.reasons.iter_mut().enumerate() {
            *count = row.integer(7 + i);
        }
        totals.insert(row.text(0), figures);
    }
    Ok(())
}

/// The versions to count, each with its sign, as a table `v` of the columns.
fn versions(table: &str, columns: &str, condition: &str, since: &Since, dated: &str) -> Sql {
    match since {
        Since::Step(step) => {
            let mut sql = Sql::from(format!(
                "(select {columns}, 1 as sign from {table} r where r.since > $2 and r.since <= $1{condition}
                union all
                select {columns}, -1 as sign from {table} r where r.until > $2 and r.until <= $1{condition}) v"
            ));
            sql.with(*step);
            sql
        }
        Since::Ever(day) => {
            let held = held("r");
            let mut sql = Sql::from(format!(
                "(select {columns}, 1 as sign from {table} r where {held}{condition} and r.{dated} <= $2) v"
            ));
            sql.with(day.clone());
            sql
        }
    }
}

/// The month of a day's column, where rows are about days; one for all otherwise, so that fewer rows come back.
fn month(by: Scope, column: &str) -> String {
    if by.of_days() { format!("coalesce(substr({column}, 1, 7), '')") } else { "cast('' as text)".to_owned() }
}

async fn services(
    reader: &Reader,
    programme: &str,
    by: Scope,
    places: &Places,
    since: &Since,
    totals: &mut Totals,
) -> Result<(), ReadError> {
    let mut sql = versions("service", "r.point, r.line, r.reason, r.occurred_on", "", since, "occurred_on");
    sql.before(&format!(
        "select v.point, v.line, v.reason, {}, cast(sum(v.sign) as bigint) from ",
        month(by, "v.occurred_on")
    ));
    sql.push(" group by 1, 2, 3, 4");
    for row in reader.rows(sql).await? {
        let Some(place) = places.at(row.integer(0)) else { continue };
        let number = row.integer(4);
        let figures = entry(totals, &by.id(programme, place, &row.text(3)));
        figures.recorded += number;
        match reason(&row) {
            None => figures.qualifying += number,
            Some(reason) => *figures.reason(&reason)? += number,
        }
    }
    Ok(())
}

/// What a volunteer gives never counts here, whatever else is right about it.
fn reason(row: &Line) -> Option<String> {
    row.text_or_null(2).or_else(|| (row.text(1) == "scd").then(|| "scd".to_owned()))
}

async fn units(
    reader: &Reader,
    programme: &str,
    by: Scope,
    places: &Places,
    since: &Since,
    totals: &mut Totals,
) -> Result<(), ReadError> {
    // On a past day, only what is dated up to it.
    let dated = |column: &str| match since {
        Since::Step(_) => format!("r.{column}"),
        Since::Ever(_) => format!("case when r.{column} <= $2 then r.{column} end as {column}"),
    };
    let columns =
        format!("r.point, r.in_project, r.in_province, r.claimed, {}, {}", dated("counted_on"), dated("safe_on"));
    let mut sql = versions("unit", &columns, " and r.line = 'rfd'", since, "served_on");
    let sum = |what: &str| format!("cast(sum({what}) as bigint)");
    let set = |column: &str| sum(&format!("case when v.{column} is null then 0 else v.sign end"));
    sql.before(&format!(
        "select v.point, {}, {}, {}, {}, {}, {}, {}, {}, {}, {} from ",
        month(by, "v.counted_on"),
        month(by, "v.safe_on"),
        sum("v.sign"),
        sum("v.sign * v.in_project"),
        sum("v.sign * v.in_province"),
        set("counted_on"),
        set("safe_on"),
        sum("v.sign * v.claimed"),
        sum("v.sign * v.claimed * v.in_project"),
        sum("v.sign * v.claimed * v.in_province"),
    ));
    sql.push(" group by 1, 2, 3");
    for row in reader.rows(sql).await? {
        let Some(place) = places.at(row.integer(0)) else { continue };
        let counted = row.integer(6);
        if counted != 0 {
            entry(totals, &by.id(programme, place, &row.text(1))).counted += counted;
        }
        let safe = row.integer(7);
        if safe != 0 {
            entry(totals, &by.id(programme, place, &row.text(2))).safe += safe;
        }
        // In a programme, as in its semesters and months, everybody is counted once.
        let (month, persons, claimed) = match by {
            Scope::Programme | Scope::Semester | Scope::Month => (row.text(1), counted, 0),
            Scope::Province => (String::new(), row.integer(5), row.integer(10)),
            Scope::Project => (String::new(), row.integer(4), row.integer(9)),
            Scope::Point => (String::new(), row.integer(3), row.integer(8)),
        };
        if (persons, claimed) != (0, 0) {
            let figures = entry(totals, &by.id(programme, place, &month));
            figures.persons += persons;
            figures.claimed += claimed;
        }
    }
    Ok(())
}

fn entry<'t>(totals: &'t mut Totals, id: &str) -> &'t mut Figures {
    totals.entry(id.to_owned()).or_default()
}

impl Figures {
    fn reason(&mut self, name: &str) -> Result<&mut i64, ReadError> {
        let column = Reason::ALL.iter().position(|reason| reason.as_str() == name);
        column
            .and_then(|column| self.reasons.get_mut(column))
            .ok_or_else(|| ReadError::damaged(format_args!("{name} is no reason")))
    }
}
