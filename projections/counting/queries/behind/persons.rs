//! Persons, as they stand at a place.

use serde::Serialize;
use traccia_projector::held;
use utoipa::ToSchema;

use super::{Days, Keyed, at, opened};
use crate::{
    answer::{Answer, Line, Page, Paging, ReadError, Reader, Sql},
    counting::queries::UnitFilter,
};

/// Which persons of a scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Persons {
    /// Those with a qualifying service here.
    Distinct,
    /// Of those, the ones whose attributed service is at another place of the programme.
    Elsewhere,
    /// Of those, the ones whom another project has claimed.
    Claimed,
    /// Those counted here.
    Counted,
    /// Those who would be lost here, or come here, if every dispute ended in a void and every proposed link were
    /// confirmed.
    AtRisk,
}

impl Persons {
    /// Every list of persons.
    pub const ALL: [Persons; 5] =
        [Persons::Counted, Persons::Distinct, Persons::Elsewhere, Persons::Claimed, Persons::AtRisk];

    /// How addresses and answers write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Persons::Distinct => "distinct",
            Persons::Elsewhere => "elsewhere",
            Persons::Claimed => "claimed_elsewhere",
            Persons::Counted => "counted",
            Persons::AtRisk => "at_risk",
        }
    }

    /// What is written so.
    #[must_use]
    pub fn named(name: &str) -> Option<Persons> {
        Persons::ALL.into_iter().find(|persons| persons.as_str() == name)
    }
}

/// A person at a place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Served {
    /// The person's serial: the id of their oldest record.
    pub person: String,
    /// Their earliest service here that qualifies.
    pub service: String,
    /// Its point.
    pub point: String,
    /// Its project.
    pub project: String,
    /// Its province.
    pub province: String,
    /// Its day.
    pub served_on: String,
    /// Whether the person is counted here.
    pub counted: bool,
    /// Whether they would be then.
    pub safe: bool,
    /// The point that counts them in the programme, where it is within.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counted_at: Option<String>,
}

/// The persons behind a line of the waterfall: as many as the line says. Of those who are counted, only those who are by a
/// service of some days, where these are given; of the others, those whose earliest service is of them.
///
/// # Errors
/// When the tables cannot be read, or the cursor is not one of ours.
pub async fn persons(
    reader: &Reader,
    place: &UnitFilter,
    persons: Persons,
    days: Days,
    paging: &Paging,
) -> Result<Answer<Page<Served>>, ReadError> {
    let page = listed(reader, place, paging, |sql| {
        sql.push(match persons {
            Persons::Distinct => once(place),
            Persons::Elsewhere => " and u.counted_on is null and u.claimed = 0",
            Persons::Claimed => " and u.counted_on is null and u.claimed = 1",
            Persons::Counted => " and u.counted_on is not null",
            Persons::AtRisk => " and (u.counted_on is null) <> (u.safe_on is null)",
        });
        if matches!(persons, Persons::Elsewhere | Persons::Claimed) {
            sql.push(once(place));
        }
        days.limit(sql, if persons == Persons::Counted { "u.counted_on" } else { "u.served_on" });
    });
    Ok(reader.answer(page.await?))
}

/// The units (`u`) at a place that a condition leaves, each as its person is served there.
pub(crate) async fn listed(
    reader: &Reader,
    place: &UnitFilter,
    paging: &Paging,
    condition: impl FnOnce(&mut Sql),
) -> Result<Page<Served>, ReadError> {
    let mut sql = Sql::from(format!(
        "select u.key, r.id, s.id, p.id, p.project, p.province, u.served_on, u.counted_on, u.safe_on, q.id,
            q.programme, q.project
        from unit u join point p on p.key = u.point join record r on r.key = u.person join service s on s.key = u.service
        left join unit c on c.person = u.person and c.programme = u.programme and c.line = u.line
            and c.counted_on is not null and {}
        left join point q on q.key = c.point and {}
        where u.line = 'rfd' and {} and {} and {} and {}",
        held("c"),
        held("q"),
        held("u"),
        held("p"),
        held("r"),
        held("s"),
    ));
    at(&mut sql, place);
    condition(&mut sql);
    reader.within().points_of(&mut sql);
    if let Some(after) = paging.after_number()? {
        sql.push(" and u.key > ").arg(after);
    }
    sql.push(" order by u.key limit ").arg(paging.rows());
    let rows = reader.rows(sql).await?;
    let within = reader.within();
    let served = |row: &Line| Served {
        person: row.text(1),
        service: row.text(2),
        point: row.text(3),
        project: row.text(4),
        province: row.text(5),
        served_on: row.text(6),
        counted: row.text_or_null(7).is_some(),
        safe: row.text_or_null(8).is_some(),
        counted_at: row.text_or_null(9).filter(|point| within.point(&row.text(10), &row.text(11), point)),
    };
    let items = rows.iter().map(|row| Keyed { key: row.integer(0), item: served(row) }).collect();
    Ok(opened(paging.page(items, |item: &Keyed<Served>| item.key.to_string())))
}

/// What makes a person stand once in a scope: a row of theirs is flagged for each project and province, and in a
/// programme the one that counts.
fn once(place: &UnitFilter) -> &'static str {
    match place {
        UnitFilter { point: Some(_), .. } => "",
        UnitFilter { project: Some(_), .. } => " and u.in_project = 1",
        UnitFilter { province: Some(_), .. } => " and u.in_province = 1",
        UnitFilter { .. } => " and u.counted_on is not null",
    }
}
