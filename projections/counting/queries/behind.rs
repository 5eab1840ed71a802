//! What is behind each line of the waterfall: its services one by one, and its persons.

use serde::Serialize;
use traccia_domain::{PointId, ProgrammeId, ProjectId, ProvinceCode};
use traccia_projector::held;
use utoipa::ToSchema;

use super::{
    UnitFilter,
    services::{Service, read_with_person, select},
};
use crate::{
    answer::{Answer, Line, Page, Paging, ReadError, Reader, Sql},
    counting::Reason,
};

/// Which services of a scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judged {
    /// All that were recorded.
    Recorded,
    /// Those that qualify.
    Qualifying,
    /// Those that a reason excludes.
    Excluded(Reason),
}

impl Judged {
    /// How addresses and answers write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Judged::Recorded => "recorded",
            Judged::Qualifying => "qualifying",
            Judged::Excluded(reason) => reason.as_str(),
        }
    }

    /// What is written so: `recorded`, `qualifying` or a reason.
    #[must_use]
    pub fn named(name: &str) -> Option<Judged> {
        [Judged::Recorded, Judged::Qualifying]
            .into_iter()
            .chain(Reason::ALL.map(Judged::Excluded))
            .find(|judged| judged.as_str() == name)
    }
}

/// A service in a list, and where the next page begins.
struct Keyed<T> {
    key: i64,
    item: T,
}

/// The services behind a line of the waterfall: as many as the line says, in the order in which the log learned them.
///
/// # Errors
/// When the tables cannot be read, or the cursor is not one of ours.
pub async fn services(
    reader: &Reader,
    place: &UnitFilter,
    judged: Judged,
    paging: &Paging,
) -> Result<Answer<Page<Service>>, ReadError> {
    let mut sql = Sql::from(select());
    at(&mut sql, place);
    match judged {
        Judged::Recorded => &mut sql,
        Judged::Qualifying => sql.push(" and s.reason is null and s.line = 'rfd'"),
        // What a volunteer gives never counts here, whatever else is right about it.
        Judged::Excluded(Reason::Scd) => sql.push(" and (s.reason = 'scd' or (s.reason is null and s.line = 'scd'))"),
        Judged::Excluded(reason) => sql.push(" and s.reason = ").arg(reason.as_str()),
    };
    reader.within().points_of(&mut sql);
    if let Some(after) = paging.after_number()? {
        sql.push(" and s.key > ").arg(after);
    }
    sql.push(" order by s.key limit ").arg(paging.rows());
    let rows = reader.rows(sql).await?;
    let items = rows.iter().map(|row| Keyed { key: row.integer(14), item: read_with_person(row) }).collect();
    Ok(reader.answer(opened(paging.page(items, |item: &Keyed<Service>| item.key.to_string()))))
}

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

/// The persons behind a line of the waterfall: as many as the line says.
///
/// # Errors
/// When the tables cannot be read, or the cursor is not one of ours.
pub async fn persons(
    reader: &Reader,
    place: &UnitFilter,
    persons: Persons,
    paging: &Paging,
) -> Result<Answer<Page<Served>>, ReadError> {
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
    Ok(reader.answer(opened(paging.page(items, |item: &Keyed<Served>| item.key.to_string()))))
}

/// Limits a query to the points (`p`) of a place.
pub(super) fn at(sql: &mut Sql, place: &UnitFilter) {
    sql.equals("p.programme", place.programme.as_ref().map(ProgrammeId::as_str))
        .equals("p.project", place.project.as_ref().map(ProjectId::as_str))
        .equals("p.province", place.province.as_ref().map(ProvinceCode::as_str))
        .equals("p.id", place.point.as_ref().map(PointId::as_str));
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

fn opened<T>(page: Page<Keyed<T>>) -> Page<T> {
    Page { items: page.items.into_iter().map(|keyed| keyed.item).collect(), next: page.next }
}

#[cfg(test)]
mod tests {
    use traccia_tests::{Place, on_every_database};

    use super::*;
    use crate::{
        answer::{KnownAt, Within},
        counting::queries::{CountingScope, waterfall},
        written::{FACILITATION, POINTS, STEP, Written},
    };

    on_every_database! {
        every_line_of_the_waterfall_opens_into_as_many_as_it_says
        persons_at_risk_are_those_whom_a_void_would_move
        where_somebody_is_counted_is_told_only_within
    }

    /// Every page of a list.
    async fn all<T, F: AsyncFn(Paging) -> Page<T>>(page: F) -> Vec<T> {
        let (mut items, mut after) = (Vec::new(), None);
        loop {
            let page = page(Paging::new(after.as_deref(), Some(7)).unwrap()).await;
            items.extend(page.items);
            after = page.next;
            if after.is_none() {
                return items;
            }
        }
    }

    fn scopes() -> Vec<(CountingScope, UnitFilter)> {
        let mut scopes = Vec::new();
        for (programme, point, project, province) in POINTS {
            let province: ProvinceCode = province.parse().unwrap();
            let (programme, project, point) =
                (programme.parse::<ProgrammeId>(), project.parse::<ProjectId>(), point.parse::<PointId>());
            let (programme, project, point) = (programme.unwrap(), project.unwrap(), point.unwrap());
            let none = UnitFilter::default();
            scopes.extend([
                (
                    CountingScope::Programme(programme.clone()),
                    UnitFilter { programme: Some(programme.clone()), ..none.clone() },
                ),
                (
                    CountingScope::Province(programme.clone(), province.clone()),
                    UnitFilter { programme: Some(programme.clone()), province: Some(province), ..none.clone() },
                ),
                (CountingScope::Project(project.clone()), UnitFilter { project: Some(project), ..none.clone() }),
                (CountingScope::Point(point.clone()), UnitFilter { point: Some(point), ..none }),
            ]);
        }
        scopes
    }

    async fn every_line_of_the_waterfall_opens_into_as_many_as_it_says(place: Place) {
        let mut written = Written::history(place, 120).await;
        let before = written.head().await;
        for project in ["b", "a"] {
            for month in ["2024-05", "2024-08", "2024-11"] {
                written.report(project, month, "2025-01-10").await;
            }
            written.claim(project).await;
        }
        // Earlier than what they were claimed with, and elsewhere.
        for number in 0..20 {
            written.serve(1_000 + number, number, "a-1", "f-a-1", "2024-02-02", FACILITATION).await;
            written.serve(2_000 + number, number, "b-1", "f-b-1", "2024-02-03", FACILITATION).await;
        }
        written.write().await;
        let mut claimed = 0;
        for position in [60, before, written.head().await] {
            let reader = written.at(position).await;
            for (scope, place) in scopes() {
                let found = waterfall::of(&reader, &scope, STEP).await.unwrap().unwrap();
                let listed = async |judged| {
                    all(async |paging| services(&reader, &place, judged, &paging).await.unwrap().body).await.len()
                        as u64
                };
                assert_eq!(listed(Judged::Recorded).await, found.recorded, "{scope:?}");
                assert_eq!(listed(Judged::Qualifying).await, found.qualifying, "{scope:?}");
                for reason in Reason::ALL {
                    assert_eq!(
                        listed(Judged::Excluded(reason)).await,
                        found.excluded[reason.as_str()],
                        "{scope:?} {reason:?}"
                    );
                }
                let there = async |which| {
                    all(async |paging| persons(&reader, &place, which, &paging).await.unwrap().body).await.len() as u64
                };
                assert_eq!(there(Persons::Distinct).await, found.persons, "{scope:?}");
                assert_eq!(there(Persons::Elsewhere).await, found.attributed_elsewhere, "{scope:?}");
                assert_eq!(there(Persons::Claimed).await, found.claimed_elsewhere, "{scope:?}");
                assert_eq!(there(Persons::Counted).await, found.counted, "{scope:?}");
                claimed += found.claimed_elsewhere;
            }
        }
        assert!(claimed > 5, "claims hold persons elsewhere: {claimed}");
    }

    async fn persons_at_risk_are_those_whom_a_void_would_move(place: Place) {
        let mut written = Written::network(place).await;
        written.register(0).await;
        written.serve(0, 0, "a-1", "f-a-1", "2024-03-01", "individual_facilitation").await;
        written.of_service(0, "service_disputed").await;
        written.write().await;
        let reader = written.known_at(KnownAt::Now).await;
        let at_risk = persons(&reader, &UnitFilter::default(), Persons::AtRisk, &Paging::default()).await.unwrap().body;
        assert_eq!(at_risk.items.iter().map(|one| (one.counted, one.safe)).collect::<Vec<_>>(), [(true, false)]);
        assert_eq!(at_risk.items[0].counted_at.as_deref(), Some("a-1"));
    }

    async fn where_somebody_is_counted_is_told_only_within(place: Place) {
        let mut written = Written::network(place).await;
        written.register(0).await;
        written.serve(0, 0, "a-1", "f-a-1", "2024-03-01", "individual_facilitation").await;
        written.serve(1, 0, "b-1", "f-b-1", "2024-03-02", "individual_facilitation").await;
        written.write().await;
        let within = Within { points: Some(vec!["b-1".parse().unwrap()]), ..Within::default() };
        let place = UnitFilter { point: Some("b-1".parse().unwrap()), ..UnitFilter::default() };
        for (within, told) in [(within, None), (Within::everything(), Some("a-1"))] {
            let reader = written.within(KnownAt::Now, within).await;
            let found = persons(&reader, &place, Persons::Elsewhere, &Paging::default()).await.unwrap().body.items;
            assert_eq!(found.iter().map(|one| one.counted_at.as_deref()).collect::<Vec<_>>(), [told]);
        }
    }
}
