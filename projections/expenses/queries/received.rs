//! The contribution received, which caps are a share of: what was paid, less what was given back, as the tables of
//! `tranches` have it.

use traccia_domain::{Cents, ProjectId, tranche::Money};
use traccia_projector::held;

use crate::answer::{ReadError, Reader, Sql};

/// What was paid to a project, less what was recovered from it.
pub(super) async fn by_project(reader: &Reader, project: &ProjectId) -> Result<Cents, ReadError> {
    received(reader, "m.project", project.as_str()).await
}

/// The same of all projects of a programme together.
pub(super) async fn by_programme(reader: &Reader, programme: &str) -> Result<Cents, ReadError> {
    received(reader, "j.programme", programme).await
}

async fn received(reader: &Reader, column: &str, value: &str) -> Result<Cents, ReadError> {
    let mut sql = Sql::from(format!(
        "select m.said from money m join project j on j.id = m.project where {} and {} and {column} = ",
        held("m"),
        held("j"),
    ));
    sql.arg(value.to_owned());
    let mut received = Cents::ZERO;
    for row in reader.rows(sql).await? {
        let money: Money = row.json(0)?;
        received += money.paid() - money.recovered();
    }
    Ok(received)
}
