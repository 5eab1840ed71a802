//! A service and how it is judged.

use serde::Serialize;
use traccia_domain::ServiceId;
use traccia_projector::held;
use utoipa::ToSchema;

use crate::{
    answer::{Answer, Line, ReadError, Reader, Sql},
    counting::Reason,
};

/// A service as it is judged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ServiceOfPerson {
    /// Its id.
    pub id: String,
    /// The record it was given to.
    pub record: String,
    /// Its programme.
    pub programme: String,
    /// Its project.
    pub project: String,
    /// Where.
    pub point: String,
    /// By whom, where the facilitator is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub facilitator: Option<String>,
    /// On which day.
    pub occurred_on: String,
    /// At what time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_time: Option<String>,
    /// Which kind of service.
    pub kind: String,
    /// `rfd` or `scd`.
    pub line: String,
    /// Its state: recorded, disputed or voided.
    pub state: String,
    /// Whether it qualifies.
    pub qualifies: bool,
    /// Why it does not: the first reason that applies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The same in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason_text: Option<String>,
    /// Whether a person is attributed by it.
    pub attributed: bool,
    /// Whether it would have the person's 1 by the order of days, and a claim holds the person by a later one.
    pub already_claimed: bool,
}

/// A service and whom it was given to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Service {
    /// The service.
    #[serde(flatten)]
    pub service: ServiceOfPerson,
    /// The person's serial: the id of their oldest record.
    pub person: String,
}

/// `GET /v1/services/{id}`; none where there is no such service within.
///
/// # Errors
/// When the tables cannot be read.
pub async fn service(reader: &Reader, id: ServiceId) -> Result<Option<Answer<Service>>, ReadError> {
    let mut sql = Sql::from(select());
    sql.push(" and s.id = ").arg(id.to_string());
    reader.within().points_of(&mut sql);
    sql.push(" limit 1");
    Ok(reader.rows(sql).await?.first().map(|row| reader.answer(read_with_person(row))))
}

/// A row of [`select`], with whom the service was given to.
pub(crate) fn read_with_person(row: &Line) -> Service {
    Service { service: read(row), person: row.text(13) }
}

/// A person's services within, in the order in which they are judged.
pub(super) async fn of_person(reader: &Reader, person: i64) -> Result<Vec<ServiceOfPerson>, ReadError> {
    let mut sql = Sql::from(select());
    sql.push(" and s.person = ").arg(person);
    reader.within().points_of(&mut sql);
    sql.push(" order by s.occurred_on, coalesce(s.start_time, '24:00'), s.key");
    Ok(reader.rows(sql).await?.iter().map(read).collect())
}

/// Services with what is told of them; column 14 is their key.
pub(crate) fn select() -> String {
    format!(
        "select s.id, r.id, p.programme, p.project, p.id, f.id, s.occurred_on, s.start_time, s.kind, s.line, s.state,
            s.reason, u.key, o.id, s.key, (
                select count(*) from unit h join service t on t.key = h.service
                where h.person = s.person and h.programme = p.programme and h.line = s.line and h.claim is not null
                and s.reason is null and {} and {} and (s.occurred_on, coalesce(s.start_time, '24:00'), s.key)
                < (t.occurred_on, coalesce(t.start_time, '24:00'), t.key)
            )
        from service s join record r on r.key = s.record join record o on o.key = s.person join point p on p.key = s.point
        left join facilitator f on f.key = s.facilitator and {}
        left join unit u on u.person = s.person and u.service = s.key and u.counted_on is not null and {}
        where {} and {} and {} and {}",
        held("h"),
        held("t"),
        held("f"),
        held("u"),
        held("s"),
        held("r"),
        held("o"),
        held("p"),
    )
}

fn read(row: &Line) -> ServiceOfPerson {
    let reason = row.text_or_null(11);
    ServiceOfPerson {
        id: row.text(0),
        record: row.text(1),
        programme: row.text(2),
        project: row.text(3),
        point: row.text(4),
        facilitator: row.text_or_null(5),
        occurred_on: row.text(6),
        start_time: row.text_or_null(7),
        kind: row.text(8),
        line: row.text(9),
        state: row.text(10),
        qualifies: reason.is_none(),
        reason_text: reason.as_deref().and_then(Reason::named).map(|reason| reason.in_italian().to_owned()),
        reason,
        attributed: row.integer_or_null(12).is_some(),
        already_claimed: row.flag(15),
    }
}
