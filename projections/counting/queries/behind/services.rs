//! Services, as a line of the waterfall has judged them.

use traccia_domain::service::ServiceKind;

use super::{Days, Keyed, at, opened};
use crate::{
    answer::{Answer, Page, Paging, ReadError, Reader, Sql},
    counting::{
        Reason,
        queries::{
            UnitFilter,
            services::{Service, read_with_person, select},
        },
    },
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

/// Which services of a line: all of it, or those of a kind or of some days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Given {
    /// The line.
    pub judged: Judged,
    /// The kind.
    pub kind: Option<ServiceKind>,
    /// The days on which they were given.
    pub days: Days,
}

impl From<Judged> for Given {
    fn from(judged: Judged) -> Given {
        Given { judged, kind: None, days: Days::default() }
    }
}

/// The services behind a line of the waterfall: as many as the line says, in the order in which the log learned them.
///
/// # Errors
/// When the tables cannot be read, or the cursor is not one of ours.
pub async fn services(
    reader: &Reader,
    place: &UnitFilter,
    given: impl Into<Given>,
    paging: &Paging,
) -> Result<Answer<Page<Service>>, ReadError> {
    Ok(reader.answer(limited(reader, place, given.into(), paging, |_| {}).await?))
}

/// The same, of those that a condition on services (`s`) leaves.
pub(crate) async fn limited(
    reader: &Reader,
    place: &UnitFilter,
    given: Given,
    paging: &Paging,
    condition: impl FnOnce(&mut Sql),
) -> Result<Page<Service>, ReadError> {
    let Given { judged, kind, days } = given;
    let mut sql = Sql::from(select());
    at(&mut sql, place);
    sql.equals("s.kind", kind.map(ServiceKind::as_str));
    days.limit(&mut sql, "s.occurred_on");
    match judged {
        Judged::Recorded => &mut sql,
        Judged::Qualifying => sql.push(" and s.reason is null and s.line = 'rfd'"),
        // What a volunteer gives never counts here, whatever else is right about it.
        Judged::Excluded(Reason::Scd) => sql.push(" and (s.reason = 'scd' or (s.reason is null and s.line = 'scd'))"),
        Judged::Excluded(reason) => sql.push(" and s.reason = ").arg(reason.as_str()),
    };
    condition(&mut sql);
    reader.within().points_of(&mut sql);
    if let Some(after) = paging.after_number()? {
        sql.push(" and s.key > ").arg(after);
    }
    sql.push(" order by s.key limit ").arg(paging.rows());
    let rows = reader.rows(sql).await?;
    let items = rows.iter().map(|row| Keyed { key: row.integer(14), item: read_with_person(row) }).collect();
    Ok(opened(paging.page(items, |item: &Keyed<Service>| item.key.to_string())))
}
