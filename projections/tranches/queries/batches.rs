//! Batches of payment orders: what of it the bank was given, for ever the same.

use serde::Serialize;
use traccia_domain::{
    Cents, Position, ProgrammeId,
    payments::{BatchClosed, Batched, Layout, MessageId},
    tranche::Step,
};
use utoipa::ToSchema;

use super::{
    money::Projects,
    orders::{PaymentOrder, unanswered},
};
use crate::{
    answer::{Answer, Line, Page, Paging, ReadError, Reader, Sql},
    trail::queries::recorded,
};

/// A batch of payment orders (*distinta di pagamento*).
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Batch {
    /// The programme.
    pub programme: String,
    /// Its number in the programme, from 1.
    pub number: u32,
    /// Its name at the bank: the `MsgId` of its file.
    pub message: String,
    /// How many orders it has.
    pub orders: u64,
    /// What they sum to.
    #[schema(value_type = String)]
    pub total: Cents,
    /// The day it was closed, on which the bank is asked to pay.
    pub on: String,
    /// When it was closed, UTC.
    pub closed_at: String,
    /// Where it was closed in the log.
    #[serde(rename = "position")]
    pub at: u64,
}

/// A batch with its orders, whole: its answer stands at the position it was closed at, and is the same whenever it is asked.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BatchFile {
    /// The programme.
    pub programme: String,
    /// Its number in the programme.
    pub number: u32,
    /// Its name at the bank.
    pub message: String,
    /// What its orders sum to.
    pub total: Cents,
    /// The day on which the bank is asked to pay.
    pub on: String,
    /// When it was closed, UTC.
    pub closed_at: String,
    /// Its orders, as they were given.
    pub items: Vec<PaymentOrder>,
}

const COLUMNS: &str = "select b.position, b.programme, b.detail, t.recorded_at
    from batch b join trail t on t.position = b.position where b.position <= $1";

/// `GET /v1/payments/batches?programme=`, the last closed first.
///
/// # Errors
/// When the tables cannot be read, or the cursor is not one of ours.
pub async fn batches(
    reader: &Reader,
    programme: Option<&ProgrammeId>,
    paging: &Paging,
) -> Result<Answer<Page<Batch>>, ReadError> {
    let mut sql = Sql::from(COLUMNS);
    sql.equals("b.programme", programme.map(ProgrammeId::as_str));
    reader.within().whole_programmes_of(&mut sql, "b.programme");
    if let Some(before) = paging.after_number()? {
        sql.push(" and b.position < ").arg(before);
    }
    sql.push(" order by b.position desc limit ").arg(paging.rows());
    let items = reader.rows(sql).await?.iter().map(|row| Ok(read(row)?.0)).collect::<Result<_, ReadError>>()?;
    Ok(reader.answer(paging.page(items, |batch: &Batch| batch.at.to_string())))
}

/// `GET /v1/payments/batches/{programme}/{number}`: each order with the account it was given with, known when the batch was
/// closed, and nothing learned since; `None` where there is no such batch.
///
/// # Errors
/// When the tables cannot be read.
pub async fn batch(
    reader: &Reader,
    programme: &ProgrammeId,
    number: u32,
) -> Result<Option<Answer<BatchFile>>, ReadError> {
    let mut sql = Sql::from(COLUMNS);
    sql.push(" and b.programme = ").arg(programme.to_string()).push(" and b.number = ").arg(i64::from(number));
    reader.within().whole_programmes_of(&mut sql, "b.programme");
    let rows = reader.rows(sql).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let (batch, said) = read(row)?;
    let given = unanswered(&Projects::of(&reader.back_to(said.position).await?, Some(programme), None).await?);
    let mut items = Vec::with_capacity(said.orders.len());
    for order in &said.orders {
        let given = given.iter().find(|given| given.order == order.order.to_string());
        let given = given.filter(|given| given.amount == order.amount);
        let given = given.ok_or_else(|| ReadError::damaged("an order of a batch was given"))?;
        let codes = match said.layout {
            Layout::Plain => None,
            Layout::WithCup => given.codes.clone(),
        };
        items.push(PaymentOrder { batch: Some(number), codes, ..given.clone() });
    }
    let Batch { programme, number, message, total, on, closed_at, at, orders: _ } = batch;
    let file = BatchFile { programme, number, message, total, on, closed_at, items };
    Ok(Some(reader.back_to(Position(at)).await?.answer(file)))
}

fn read(row: &Line) -> Result<(Batch, BatchClosed), ReadError> {
    let said: BatchClosed = row.json(2)?;
    let programme: ProgrammeId = row.parsed(1)?;
    let batch = Batch {
        message: MessageId::of(&programme, said.number).to_string(),
        programme: programme.to_string(),
        number: said.number,
        orders: u64::try_from(said.orders.len()).map_err(ReadError::damaged)?,
        total: said.total,
        on: said.on.to_string(),
        closed_at: recorded(row.integer(3))?,
        at: row.count(0)?,
    };
    Ok((batch, said))
}

/// The orders of a programme that the bank has not answered and that are in no batch: what the next one would have.
///
/// # Errors
/// When the tables cannot be read.
pub async fn waiting(reader: &Reader, programme: &ProgrammeId) -> Result<Vec<Batched>, ReadError> {
    let projects = Projects::of(reader, Some(programme), None).await?;
    let mut waiting = Vec::new();
    for paid in &projects.paid {
        for planned in &paid.detail.tranches {
            let said = paid.money.tranche(&planned.id).filter(|said| said.step == Step::Ordered);
            let order = said.and_then(|said| said.order.as_ref()).filter(|_| !paid.batches.contains_key(&planned.id));
            if let Some(order) = order {
                let project = paid.id.parse().map_err(ReadError::damaged)?;
                let (tranche, order, amount) = (planned.id.clone(), order.order, order.amount);
                waiting.push(Batched { project, tranche, order, amount });
            }
        }
    }
    Ok(waiting)
}
