//! By which act a service was accepted: the rule of `reports`, over the rows of its table.

use std::collections::BTreeMap;

use jiff::civil::Date;
use traccia_domain::time::Month;

use crate::answer::{Line, ReadError, Reader, Sql};

/// The acceptances known at a position, by project, in their order.
#[derive(Debug, Default)]
pub(super) struct Accepted(BTreeMap<String, Vec<Acceptance>>);

#[derive(Debug)]
struct Acceptance {
    month: Month,
    on: Date,
    at: i64,
    submitted: i64,
    services: i64,
}

impl Accepted {
    pub(super) async fn of(reader: &Reader, project: Option<&str>) -> Result<Accepted, ReadError> {
        let mut sql = Sql::from(
            "select a.project, a.month, a.accepted_on, a.position, a.submitted, a.services from acceptance a
            where a.position <= $1",
        );
        sql.equals("a.project", project).push(" order by a.position, a.line");
        let mut accepted = Accepted::default();
        for row in reader.rows(sql).await? {
            accepted.0.entry(row.text(0)).or_default().push(acceptance(&row)?);
        }
        Ok(accepted)
    }

    /// The day of the act that accepted a service, by its month and key.
    pub(super) fn on(&self, project: &str, month: Month, service: i64) -> Option<Date> {
        let mut locked = None;
        let covering = self.0.get(project)?.iter().find(|acceptance| {
            let covers = if acceptance.month == month {
                locked.get_or_insert(acceptance.at);
                true
            } else {
                acceptance.month > month && locked.is_some_and(|locked| locked < acceptance.submitted)
            };
            covers && service < acceptance.services
        });
        covering.map(|acceptance| acceptance.on)
    }
}

fn acceptance(row: &Line) -> Result<Acceptance, ReadError> {
    Ok(Acceptance {
        month: row.parsed(1)?,
        on: row.parsed(2)?,
        at: row.integer(3),
        submitted: row.integer(4),
        services: row.integer(5),
    })
}
