//! A person: their records, what joined them, their services, and which of them counts, with why.

use serde::Serialize;
use traccia_domain::RecordId;
use traccia_projector::held;
use utoipa::ToSchema;

use super::services::{ServiceOfPerson, of_person};
use crate::{
    answer::{Answer, Line, ReadError, Reader, Sql},
    trail::queries::{of_pairs, visible},
};

/// A person, without anything that says who it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Citizen {
    /// The person's serial: the id of their oldest record.
    pub person: String,
    /// Their records.
    pub records: Vec<CitizenRecord>,
    /// What joined the records.
    pub links: Vec<CitizenLink>,
    /// Their services within, in the order in which they are judged.
    pub services: Vec<ServiceOfPerson>,
    /// Where they are counted within: once for each programme and line.
    pub attributions: Vec<Attribution>,
}

/// A record: one document as it was presented.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct CitizenRecord {
    /// Its id.
    pub id: String,
    /// The kind of document, never the number.
    pub document: String,
}

/// A pair of records and what was last said of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct CitizenLink {
    /// The two records.
    pub citizens: Vec<String>,
    /// What happened to the pair last.
    pub event: String,
    /// The position at which it did.
    pub linked_at: u64,
}

/// Where a person is counted, and why there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Attribution {
    /// The programme.
    pub programme: String,
    /// `rfd` or `scd`.
    pub line: String,
    /// The service that gets the 1.
    pub service: String,
    /// Its point.
    pub point: String,
    /// Its project.
    pub project: String,
    /// Its province.
    pub province: String,
    /// Its day.
    pub counted_on: String,
    /// Why this one.
    pub why: Why,
    /// The same in words.
    pub why_text: String,
}

/// Why a service gets a person's 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// It is the earliest that qualifies.
    Earliest,
    /// It was claimed, whatever arrived later.
    Claimed,
}

impl Why {
    /// As pages say it.
    #[must_use]
    pub fn in_italian(self) -> &'static str {
        match self {
            Why::Earliest => "È il primo servizio valido ricevuto dalla persona nel programma.",
            Why::Claimed => "È il servizio con cui la persona è stata rendicontata: resta attribuita qui.",
        }
    }
}

/// `GET /v1/citizens/{id}`, by any of the person's records; none where there is no such record, or nobody served within.
///
/// # Errors
/// When the tables cannot be read.
pub async fn citizen(reader: &Reader, id: RecordId) -> Result<Option<Answer<Citizen>>, ReadError> {
    let Some(person) = person_of(reader, id).await? else { return Ok(None) };
    let mut sql = Sql::from(format!("select r.id, r.document from record r where {} and r.person = ", held("r")));
    sql.arg(person).push(" order by r.key");
    let record = |row: &Line| CitizenRecord { id: row.text(0), document: row.text(1) };
    let records: Vec<CitizenRecord> = reader.rows(sql).await?.iter().map(record).collect();
    // Keys follow the order of history: the oldest record comes first.
    let Some(oldest) = records.first() else { return Ok(None) };
    Ok(Some(reader.answer(Citizen {
        person: oldest.id.clone(),
        links: links(reader, &records).await?,
        services: of_person(reader, person).await?,
        attributions: attributions(reader, person).await?,
        records,
    })))
}

async fn person_of(reader: &Reader, id: RecordId) -> Result<Option<i64>, ReadError> {
    let id = id.to_string();
    if !reader.within().unlimited() && !visible::record(reader, &id).await? {
        return Ok(None);
    }
    let mut sql = Sql::from(format!("select r.person from record r where {} and r.id = ", held("r")));
    sql.arg(id);
    Ok(reader.rows(sql).await?.first().map(|row| row.integer(0)))
}

/// Pairs are found in the trail, by the names of their streams.
async fn links(reader: &Reader, records: &[CitizenRecord]) -> Result<Vec<CitizenLink>, ReadError> {
    let ids =
        records.iter().map(|record| record.id.parse().map_err(ReadError::damaged)).collect::<Result<Vec<_>, _>>()?;
    let mut links = Vec::<CitizenLink>::new();
    for entry in of_pairs(reader, &ids).await? {
        let pair = entry.stream.split_once('.').map_or("", |(_, pair)| pair);
        let citizens: Vec<String> = pair.split('-').map(ToOwned::to_owned).collect();
        let event = entry.events.last().cloned().unwrap_or_default();
        links.retain(|link| link.citizens != citizens);
        links.push(CitizenLink { citizens, event, linked_at: entry.at });
    }
    Ok(links)
}

/// The rows that get the 1. Where a row of the same programme and line is marked as claimed elsewhere, a claim decided.
async fn attributions(reader: &Reader, person: i64) -> Result<Vec<Attribution>, ReadError> {
    let mut sql = Sql::from(format!(
        "select p.programme, u.line, s.id, p.id, p.project, p.province, u.counted_on, (
            select count(*) from unit c where c.person = u.person and c.programme = u.programme and c.line = u.line
            and c.claimed = 1 and {}
        ) from unit u join service s on s.key = u.service join point p on p.key = u.point
        where u.counted_on is not null and {} and {} and {} and u.person = ",
        held("c"),
        held("u"),
        held("s"),
        held("p"),
    ));
    sql.arg(person);
    reader.within().points_of(&mut sql);
    sql.push(" order by p.programme, u.line");
    let attribution = |row: &Line| {
        let why = if row.flag(7) { Why::Claimed } else { Why::Earliest };
        Attribution {
            programme: row.text(0),
            line: row.text(1),
            service: row.text(2),
            point: row.text(3),
            project: row.text(4),
            province: row.text(5),
            counted_on: row.text(6),
            why,
            why_text: why.in_italian().to_owned(),
        }
    };
    Ok(reader.rows(sql).await?.iter().map(attribution).collect())
}
