//! The services that hang on a finding.

use jiff::{ToSpan as _, civil::Date};

use super::{FindingFilter, FindingId, acts, runs::runs, sql::TO_GROUPS};
use crate::{
    answer::{Answer, Page, Paging, ReadError, Reader, Sql},
    counting::queries::{Service, read_with_person, select},
    findings::LAST_DAYS,
};

/// A finding's services, each with the person it was given to and whether it counts them, in the order in which the log
/// learned them. Of a finding that is none there are services all the same: those that it would be about.
///
/// # Errors
/// When the tables cannot be read, or the cursor is not one of ours.
pub async fn services(reader: &Reader, id: &FindingId, paging: &Paging) -> Result<Answer<Page<Service>>, ReadError> {
    let mut sql = Sql::from(select());
    sql.push(" and s.state <> 'voided'");
    belonging(&mut sql, reader, id).await?;
    reader.within().points_of(&mut sql);
    if let Some(after) = paging.after_number()? {
        sql.push(" and s.key > ").arg(after);
    }
    sql.push(" order by s.key limit ").arg(paging.rows());
    let rows = reader.rows(sql).await?;
    let keyed = rows.iter().map(|row| (row.integer(14), read_with_person(row))).collect();
    let page: Page<(i64, Service)> = paging.page(keyed, |(key, _)| key.to_string());
    let items = page.items.into_iter().map(|(_, service)| service).collect();
    Ok(reader.answer(Page { items, next: page.next }))
}

async fn belonging(sql: &mut Sql, reader: &Reader, id: &FindingId) -> Result<(), ReadError> {
    match id {
        FindingId::MinutesOfADay(facilitator, on) => {
            sql.equals("f.id", Some(facilitator.as_str()));
            days(sql, *on, *on);
        }
        FindingId::DaysOfAWeek(point, monday) => {
            sql.push(" and s.kind <> 'online_training'").equals("p.id", Some(point.as_str()));
            days(sql, *monday, monday.saturating_add(6.days()));
        }
        FindingId::HoursOfAWeek(point, facilitator, monday) => {
            sql.push(" and s.kind <> 'online_training'").equals("p.id", Some(point.as_str()));
            sql.equals("f.id", Some(facilitator.as_str()));
            days(sql, *monday, monday.saturating_add(6.days()));
        }
        FindingId::SameMinute(point, facilitator, on, time) => {
            sql.push(format!(" and s.kind not in {TO_GROUPS}")).equals("p.id", Some(point.as_str()));
            sql.equals("f.id", Some(facilitator.as_str())).equals("s.start_time", Some(&time.to_string()));
            days(sql, *on, *on);
        }
        FindingId::MonthEnd(point, month) => {
            let last = month.last_of_month();
            let before = i64::try_from(LAST_DAYS).unwrap_or_default() - 1;
            sql.equals("p.id", Some(point.as_str()));
            days(sql, last.saturating_sub(before.days()), last);
        }
        FindingId::EarlyAct(project, month) => acts::behind(sql, reader, project, *month).await?,
        FindingId::ConsecutiveDocuments(point, record) => {
            let all = runs(reader, &FindingFilter::default()).await?;
            let of_this = |run: &&super::runs::Run| {
                run.point == point.as_str() && run.records.first().is_some_and(|first| *first == record.to_string())
            };
            let records = all.iter().find(of_this).map(|run| run.records.clone()).unwrap_or_default();
            sql.equals("p.id", Some(point.as_str())).push(" and r.id in ").list(records);
        }
    }
    Ok(())
}

fn days(sql: &mut Sql, first: Date, last: Date) {
    sql.push(" and s.occurred_on >= ").arg(first.to_string());
    sql.push(" and s.occurred_on <= ").arg(last.to_string());
}
