//! A person: their records, what joined them, their services, and which of them counts, with why.

use serde::Serialize;
use traccia_domain::RecordId;
use traccia_projector::held;
use utoipa::ToSchema;

use super::{
    links::{Link, of_person},
    next::{self, Next},
    services::{self, ServiceOfPerson},
};
use crate::{
    answer::{Answer, Line, ReadError, Reader, Sql},
    trail::queries::{erasure, visible},
};

/// A person, without anything that says who it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Citizen {
    /// The person's serial: the id of their oldest record.
    pub person: String,
    /// Their records.
    pub records: Vec<CitizenRecord>,
    /// What was said of the records, with each other and with those of other persons.
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
    /// `registered`, or `erased`: then nothing that was known of the person can be read any more.
    pub state: String,
    /// The position at which it was erased; the trail says by whom and on which legal basis.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub erased_at: Option<u64>,
}

/// A pair of records and what was last said of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct CitizenLink {
    /// Its id: those of both records.
    pub id: String,
    /// The two records.
    pub citizens: Vec<String>,
    /// How the pair stands: proposed, linked, distinct, break_proposed or unlinked.
    pub state: String,
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
    /// The person's other services of the programme within, in the order of the rule, as they would stand if the one that
    /// counts were voided: which would count then, and why the others would not.
    pub next: Vec<Next>,
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
    let mut sql =
        Sql::from(format!("select r.id, r.document, r.state from record r where {} and r.person = ", held("r")));
    sql.arg(person).push(" order by r.key");
    let mut records = Vec::new();
    for row in reader.rows(sql).await? {
        records.push(record(reader, &row).await?);
    }
    // Keys follow the order of history: the oldest record comes first.
    let Some(oldest) = records.first() else { return Ok(None) };
    Ok(Some(reader.answer(Citizen {
        person: oldest.id.clone(),
        links: of_person(reader, person).await?.into_iter().map(linked).collect(),
        services: services::of_person(reader, person).await?,
        attributions: attributions(reader, person).await?,
        records,
    })))
}

async fn record(reader: &Reader, row: &Line) -> Result<CitizenRecord, ReadError> {
    let (id, state) = (row.text(0), row.text(2));
    let erased_at = if state == "erased" { erasure(reader, &id).await? } else { None };
    Ok(CitizenRecord { id, document: row.text(1), state, erased_at })
}

fn linked(link: Link) -> CitizenLink {
    CitizenLink {
        id: link.id,
        citizens: vec![link.one.citizen, link.other.citizen],
        state: link.state,
        event: link.last.event,
        linked_at: link.last.said_at,
    }
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

/// The rows that get the 1: by a claim, or by the rule.
async fn attributions(reader: &Reader, person: i64) -> Result<Vec<Attribution>, ReadError> {
    let mut sql = Sql::from(format!(
        "select p.programme, u.line, s.id, p.id, p.project, p.province, u.counted_on,
        case when u.claim is null then 0 else 1 end
        from unit u join service s on s.key = u.service join point p on p.key = u.point
        where u.counted_on is not null and {} and {} and {} and u.person = ",
        held("u"),
        held("s"),
        held("p"),
    ));
    sql.arg(person);
    reader.within().points_of(&mut sql);
    sql.push(" order by p.programme, u.line");
    let rows = reader.rows(sql).await?;
    let services = next::Services::of(reader, person).await?;
    let attribution = |row: &Line| {
        let why = if row.flag(7) { Why::Claimed } else { Why::Earliest };
        Attribution {
            next: services.without(&row.text(2), &row.text(0), &row.text(1), reader.within()),
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
    Ok(rows.iter().map(attribution).collect())
}
