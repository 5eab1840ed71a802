//! The contribution received, which caps are a share of: what was paid, less what was given back, as the tables of
//! `tranches` have it.

use std::collections::BTreeMap;

use traccia_domain::{Cents, tranche::Money};
use traccia_projector::held;

use crate::answer::{Line, ReadError, Reader, Sql};

/// What was paid to each project of a programme, less what was recovered from it.
pub(super) async fn by_project(reader: &Reader, programme: &str) -> Result<BTreeMap<String, Cents>, ReadError> {
    let mut sql = Sql::from(format!(
        "select m.project, m.said from money m join project j on j.id = m.project where {} and {} and j.programme = ",
        held("m"),
        held("j"),
    ));
    sql.arg(programme.to_owned());
    let received = |row: &Line| {
        let money: Money = row.json(1)?;
        Ok((row.text(0), money.paid() - money.recovered()))
    };
    reader.rows(sql).await?.iter().map(received).collect()
}
