//! How far the caps of a programme's projects reach.

use std::collections::BTreeMap;

use traccia_domain::{
    Cents, ProjectId,
    programme::{Definition, definition::ExpenseCap},
};
use traccia_projector::held;

use super::received;
use crate::{
    answer::{ReadError, Reader, Sql},
    expenses::caps::{self, OfProject, Spent},
};

/// The caps of a programme that hold on the day of the answer.
pub(super) async fn caps_of(reader: &Reader, programme: &str) -> Result<Option<Vec<ExpenseCap>>, ReadError> {
    let mut sql = Sql::from(format!("select g.definition from programme g where {} and g.id = ", held("g")));
    sql.arg(programme.to_owned());
    let rows = reader.rows(sql).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let mut definition: Definition = row.json(0)?;
    reader.adopted().put_in_force(&mut definition, reader.on())?;
    Ok(Some(definition.expense_caps))
}

/// The approved projects of a programme, or any one, each with what it has received and how far its caps reach.
pub(super) async fn projects(
    reader: &Reader,
    caps: &[ExpenseCap],
    programme: &str,
    only: Option<&ProjectId>,
) -> Result<Vec<OfProject>, ReadError> {
    let mut sql = Sql::from(format!("select j.id from project j where {} and j.programme = ", held("j")));
    sql.arg(programme.to_owned()).equals("j.id", only.map(ProjectId::as_str));
    if only.is_none() {
        sql.push(" and j.state = 'approved'");
    }
    sql.push(" order by j.id");
    let (received, spent) = (received::by_project(reader, programme).await?, spent(reader, programme).await?);
    let of_project = |project: String| {
        let received = received.get(&project).copied().unwrap_or_default();
        let nothing = BTreeMap::new();
        let caps = caps::of_project(caps, received, spent.get(&project).unwrap_or(&nothing));
        OfProject { project, received, caps }
    };
    Ok(reader.rows(sql).await?.iter().map(|row| of_project(row.text(0))).collect())
}

/// What was claimed for each item, by project of a programme.
async fn spent(reader: &Reader, programme: &str) -> Result<BTreeMap<String, BTreeMap<String, Spent>>, ReadError> {
    let mut sql = Sql::from(format!(
        "select e.project, e.item, cast(sum(case when e.state = 'declared' then e.claimed else 0 end) as bigint),
        cast(sum(case when e.state = 'accepted' then e.claimed else 0 end) as bigint)
        from expense e join project j on j.id = e.project where {} and {} and e.state <> 'rejected' and j.programme = ",
        held("e"),
        held("j"),
    ));
    sql.arg(programme.to_owned()).push(" group by e.project, e.item");
    let mut spent = BTreeMap::<_, BTreeMap<_, _>>::new();
    for row in reader.rows(sql).await? {
        let on = Spent { declared: Cents(row.integer(2)), accepted: Cents(row.integer(3)) };
        spent.entry(row.text(0)).or_default().insert(row.text(1), on);
    }
    Ok(spent)
}
