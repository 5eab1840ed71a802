//! The lines of a project's expenses.

use serde::Serialize;
use traccia_domain::{Cents, ProjectId, Share};
use traccia_projector::held;
use utoipa::ToSchema;

use crate::answer::{self, Page, Paging, ReadError, Reader, Sql};

/// An expense.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ExpenseLine)]
pub struct Line {
    /// Its id.
    pub expense: String,
    /// The item.
    pub item: String,
    /// The supplier's VAT number; absent of a person, whose fiscal code is not kept.
    pub supplier: Option<String>,
    /// The invoice's number.
    pub invoice: String,
    /// The invoice's date.
    pub date: String,
    /// The whole amount of the invoice.
    #[schema(value_type = String)]
    pub amount: Cents,
    /// The share that is claimed.
    #[schema(value_type = String)]
    pub share: Share,
    /// The same in money.
    #[schema(value_type = String)]
    pub claimed: Cents,
    /// `declared`, `accepted` or `rejected`.
    pub state: String,
    /// Who declared it, by the account's name.
    pub declared_by: String,
    /// Where it was declared.
    pub declared_at: u64,
    /// Where the Region decided.
    pub decided_at: Option<u64>,
    /// Why it was rejected.
    pub reason: Option<String>,
    #[serde(skip)]
    key: i64,
}

/// A page of a project's lines; whoever asks has seen to it that the project may be shown.
pub(super) async fn of_project(reader: &Reader, project: &ProjectId, paging: &Paging) -> Result<Page<Line>, ReadError> {
    let mut sql = Sql::from(format!(
        "select e.key, e.id, e.item, e.supplier, e.number, e.dated_on, e.amount, e.share, e.claimed, e.state, e.declared_by,
        e.declared_at, e.decided_at, e.reason from expense e where {} and e.project = ",
        held("e"),
    ));
    sql.arg(project.to_string());
    if let Some(after) = paging.after_number()? {
        sql.push(" and e.key > ").arg(after);
    }
    sql.push(" order by e.key limit ").arg(paging.rows());
    let lines = reader.rows(sql).await?.iter().map(line).collect::<Result<_, _>>()?;
    Ok(paging.page(lines, |line: &Line| line.key.to_string()))
}

fn line(row: &answer::Line) -> Result<Line, ReadError> {
    let share = u32::try_from(row.integer(7)).ok().and_then(Share::from_millionths);
    Ok(Line {
        key: row.integer(0),
        expense: row.text(1),
        item: row.text(2),
        supplier: row.text_or_null(3),
        invoice: row.text(4),
        date: row.text(5),
        amount: Cents(row.integer(6)),
        share: share.ok_or_else(|| ReadError::damaged("a share is at most the whole"))?,
        claimed: Cents(row.integer(8)),
        state: row.text(9),
        declared_by: row.text(10),
        declared_at: row.count(11)?,
        decided_at: row.integer_or_null(12).map(answer::counted).transpose()?,
        reason: row.text_or_null(13),
    })
}
