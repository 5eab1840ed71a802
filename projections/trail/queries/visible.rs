//! Whose trail may be seen.

use traccia_domain::{StreamId, StreamKind, report};
use traccia_projector::held;

use crate::answer::{ReadError, Reader, Sql};

/// The streams that an id or a stream's name may mean, as far as they are within.
pub(super) async fn streams(reader: &Reader, entity: &str) -> Result<Vec<StreamId>, ReadError> {
    let meant: Vec<StreamId> = match entity.parse() {
        Ok(stream) => vec![stream],
        Err(_) => {
            StreamKind::ALL.iter().filter_map(|kind| format!("{}.{entity}", kind.as_str()).parse().ok()).collect()
        }
    };
    if reader.within().unlimited() {
        return Ok(meant);
    }
    let mut seen = Vec::new();
    for stream in meant {
        if within(reader, &stream).await? {
            seen.push(stream);
        }
    }
    Ok(seen)
}

/// Whether a stream is within.
pub(crate) async fn within(reader: &Reader, stream: &StreamId) -> Result<bool, ReadError> {
    let within = reader.within();
    let mut sql = Sql::default();
    let id = stream.id();
    match stream.kind() {
        StreamKind::Log => return Ok(false),
        // Of its payments the trail tells that a batch was closed, and by whom.
        StreamKind::Programme | StreamKind::Payments => {
            sql.push(format!("select 1 from programme g where {} and g.id = ", held("g"))).arg(id.to_owned());
            within.definitions_of(&mut sql);
        }
        // What is said of a project's milestones and of its money is said of the project.
        StreamKind::Project | StreamKind::Milestone | StreamKind::Money => {
            sql.push(format!("select 1 from project j where {} and j.id = ", held("j"))).arg(id.to_owned());
            within.whole_projects_of(&mut sql);
        }
        StreamKind::Report => {
            let Some((project, _)) = report::of(id) else { return Ok(false) };
            sql.push(format!("select 1 from project j where {} and j.id = ", held("j"))).arg(project.to_string());
            within.whole_projects_of(&mut sql);
        }
        StreamKind::Point => {
            sql.push(format!("select 1 from point p where {} and p.id = ", held("p"))).arg(id.to_owned());
            within.points_of(&mut sql);
        }
        StreamKind::Facilitator => return facilitator(reader, id).await,
        StreamKind::Record => return record(reader, id).await,
        // It says nothing of anybody but that two records bear it, which their link says to whom it concerns.
        StreamKind::Number => return Ok(false),
        // Both of a pair are one person, or may be: whoever may see the one sees what is said of it and the other.
        StreamKind::Link => match id.split_once('-') {
            Some((a, b)) => return Ok(record(reader, a).await? || record(reader, b).await?),
            None => return Ok(false),
        },
        StreamKind::Service => {
            let text = "select 1 from service s join point p on p.key = s.point where";
            sql.push(format!("{text} {} and {} and s.id = ", held("s"), held("p"))).arg(id.to_owned());
            within.points_of(&mut sql);
        }
        StreamKind::Expense => {
            expenses(&mut sql, "e.id", id);
            within.whole_projects_of(&mut sql);
        }
        // Several projects may claim a share: what is said of it is theirs alone if all of them are within.
        StreamKind::Invoice => {
            let mut all = Sql::default();
            expenses(&mut all, "e.invoice", id);
            expenses(&mut sql, "e.invoice", id);
            within.whole_projects_of(&mut sql);
            let (all, seen) = (reader.rows(all).await?, reader.rows(sql).await?);
            return Ok(!all.is_empty() && all.len() == seen.len());
        }
    }
    sql.push(" limit 1");
    Ok(!reader.rows(sql).await?.is_empty())
}

/// Expenses by a column, with their projects (`j`).
fn expenses(sql: &mut Sql, column: &str, id: &str) {
    let text = "select 1 from expense e join project j on j.id = e.project where";
    sql.push(format!("{text} {} and {} and {column} = ", held("e"), held("j"))).arg(id.to_owned());
}

/// Facilitators of a project within; where only some points are, those who work at one of them.
async fn facilitator(reader: &Reader, id: &str) -> Result<bool, ReadError> {
    let mut sql = Sql::from(format!(
        "select f.points from facilitator f join project j on j.id = f.project where {} and {} and f.id = ",
        held("f"),
        held("j"),
    ));
    sql.arg(id.to_owned());
    reader.within().projects_of(&mut sql, "j.programme", "j.id");
    let rows = reader.rows(sql).await?;
    Ok(rows.first().is_some_and(|row| match &reader.within().points {
        None => true,
        Some(points) => row.text(0).split(' ').any(|at| points.iter().any(|point| point.as_str() == at)),
    }))
}

/// Records of persons who were served within.
pub(crate) async fn record(reader: &Reader, id: &str) -> Result<bool, ReadError> {
    let mut sql = Sql::from(format!(
        "select 1 from record r join service s on s.person = r.person join point p on p.key = s.point
        where {} and {} and {} and r.id = ",
        held("r"),
        held("s"),
        held("p"),
    ));
    sql.arg(id.to_owned());
    reader.within().points_of(&mut sql);
    sql.push(" limit 1");
    Ok(!reader.rows(sql).await?.is_empty())
}
