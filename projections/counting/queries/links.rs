//! Pairs of records: what was said of each, by whom and when, with both sides beside each other.

use std::collections::BTreeMap;

use serde::Serialize;
use traccia_projector::held;
use utoipa::ToSchema;

use crate::{
    answer::{Answer, Line, Page, Paging, ReadError, Reader, Sql},
    trail::queries::recorded,
};

/// How a pair can stand.
pub const STATES: [&str; 5] = ["proposed", "linked", "distinct", "break_proposed", "unlinked"];

/// A pair of records of which something was said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Link {
    /// Its id: those of both records.
    pub id: String,
    /// How it stands: proposed, linked, distinct, break_proposed or unlinked.
    pub state: String,
    /// The record with the smaller id.
    pub one: Side,
    /// The other.
    pub other: Side,
    /// The latest proposal, to link or to break; absent where nobody had to propose.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proposal: Option<LinkProposal>,
    /// What was said last.
    pub last: Said,
    #[serde(skip)]
    key: i64,
}

/// One side of a pair.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Side {
    /// The record's id.
    pub citizen: String,
    /// The kind of document, never the number.
    pub document: String,
    /// `registered`, or `erased`: then it is linked no more.
    pub state: String,
    /// Services given to the record, within.
    pub services: SideServices,
}

/// Services given to one record, within.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct SideServices {
    /// All.
    pub recorded: u64,
    /// Those that qualify.
    pub qualifying: u64,
}

/// Who proposed, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct LinkProposal {
    /// The account; absent where the program did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proposer: Option<String>,
    /// The position.
    pub proposed_at: u64,
    /// When the log learned it, UTC.
    pub recorded_at: String,
}

/// What was said of a pair, by whom and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Said {
    /// What happened.
    pub event: String,
    /// The position.
    pub said_at: u64,
    /// When the log learned it, UTC.
    pub recorded_at: String,
    /// The account.
    pub subject: String,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// `GET /v1/links?state=`, in the order in which pairs were first spoken of: those with a person on one side who was
/// served within.
///
/// # Errors
/// When the tables cannot be read, or the cursor is not one of ours.
pub async fn links(reader: &Reader, state: Option<&str>, paging: &Paging) -> Result<Answer<Page<Link>>, ReadError> {
    let mut sql = Sql::from(select());
    sql.equals("l.state", state);
    if !reader.within().unlimited() {
        sql.push(" and ");
        served(reader, &mut sql, "s.person in (a.person, b.person)");
    }
    if let Some(after) = paging.after_number()? {
        sql.push(" and l.key > ").arg(after);
    }
    sql.push(" order by l.key limit ").arg(paging.rows());
    let items = read(reader, sql).await?;
    Ok(reader.answer(paging.page(items, |link: &Link| link.key.to_string())))
}

/// What was said of a person's records, with each other and with those of others; of others' only where both were
/// served within.
pub(super) async fn of_person(reader: &Reader, person: i64) -> Result<Vec<Link>, ReadError> {
    let mut sql = Sql::from(select());
    sql.push(" and l.key in (select k.key from link k join record r on r.key in (k.one, k.other) where ");
    sql.push(format!("{} and {} and r.person = ", held("k"), held("r"))).arg(person).push(")");
    if !reader.within().unlimited() {
        for side in ["a", "b"] {
            sql.push(" and ");
            served(reader, &mut sql, &format!("s.person = {side}.person"));
        }
    }
    sql.push(" order by l.key");
    read(reader, sql).await
}

fn select() -> String {
    format!(
        "select l.key, l.id, l.state, l.proposer, l.proposed, q.recorded_at,
            t.position, t.recorded_at, t.subject, t.events, t.reason,
            a.key, a.id, a.document, b.key, b.id, b.document, a.person, b.person, a.state, b.state
        from link l join record a on a.key = l.one join record b on b.key = l.other
        join trail t on t.position = l.since left join trail q on q.position = l.proposed
        where {} and {} and {}",
        held("l"),
        held("a"),
        held("b"),
    )
}

/// A condition that somebody was served within.
fn served(reader: &Reader, sql: &mut Sql, who: &str) {
    let from = "exists (select 1 from service s join point p on p.key = s.point where";
    sql.push(format!("{from} {who} and {} and {}", held("s"), held("p")));
    reader.within().points_of(sql);
    sql.push(")");
}

async fn read(reader: &Reader, sql: Sql) -> Result<Vec<Link>, ReadError> {
    let rows = reader.rows(sql).await?;
    let services = services(reader, &rows).await?;
    let side = |row: &Line, first: usize, state: usize| Side {
        citizen: row.text(first + 1),
        document: row.text(first + 2),
        state: row.text(state),
        services: services.get(&row.integer(first)).copied().unwrap_or_default(),
    };
    let link = |row: &Line| {
        let proposal = match (row.integer_or_null(4), row.integer_or_null(5)) {
            (Some(_), Some(at)) => Some(LinkProposal {
                proposer: row.text_or_null(3),
                proposed_at: row.count(4)?,
                recorded_at: recorded(at)?,
            }),
            (_, _) => None,
        };
        let last = Said {
            said_at: row.count(6)?,
            recorded_at: recorded(row.integer(7))?,
            subject: row.text(8),
            event: row.text(9),
            reason: row.text_or_null(10),
        };
        let (one, other) = (side(row, 11, 19), side(row, 14, 20));
        Ok(Link { key: row.integer(0), id: row.text(1), state: row.text(2), one, other, proposal, last })
    };
    rows.iter().map(link).collect()
}

/// The services within of the records on a page, by the record's key.
async fn services(reader: &Reader, rows: &[Line]) -> Result<BTreeMap<i64, SideServices>, ReadError> {
    let mut counts = BTreeMap::new();
    // A database takes only so many values at once.
    for some in rows.chunks(100) {
        let sum = "cast(sum(case when s.reason is null and s.line = 'rfd' then 1 else 0 end) as bigint)";
        let mut sql = Sql::from(format!(
            "select s.record, count(*), {sum} from service s join point p on p.key = s.point where {} and {}",
            held("s"),
            held("p"),
        ));
        // By the person first, whom an index knows.
        sql.push(" and s.person in ").list(some.iter().flat_map(|row| [row.integer(17), row.integer(18)]));
        sql.push(" and s.record in ").list(some.iter().flat_map(|row| [row.integer(11), row.integer(14)]));
        reader.within().points_of(&mut sql);
        sql.push(" group by s.record");
        for row in reader.rows(sql).await? {
            counts.insert(row.integer(0), SideServices { recorded: row.count(1)?, qualifying: row.count(2)? });
        }
    }
    Ok(counts)
}
