//! Payment orders the bank has not answered yet, with all that it needs to pay them.

use serde::Serialize;
use traccia_domain::{
    Cents, ProgrammeId,
    tranche::{Step, iban::Iban},
};

use super::money::Projects;
use crate::answer::{Answer, ReadError, Reader};

/// A payment that was ordered, and neither confirmed nor failed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PaymentOrder {
    /// The order: the same however often it is given.
    pub order: String,
    /// The programme.
    pub programme: String,
    /// The project.
    pub project: String,
    /// The tranche.
    pub tranche: String,
    /// How much.
    pub amount: Cents,
    /// Where to, whole: this is for the bank.
    pub iban: Iban,
    /// Who is paid: the body that leads the project.
    pub creditor: String,
    /// The day it was ordered.
    pub ordered_on: String,
}

/// `GET /v1/payments/orders?programme=`, all of them, by project and in the order of the schedule.
///
/// # Errors
/// When the tables cannot be read.
pub async fn orders(reader: &Reader, programme: Option<&ProgrammeId>) -> Result<Answer<Vec<PaymentOrder>>, ReadError> {
    let projects = Projects::of(reader, programme, None).await?;
    let mut orders = Vec::new();
    for paid in &projects.paid {
        for planned in &paid.detail.tranches {
            let said = paid.money.tranche(&planned.id).filter(|said| said.step == Step::Ordered);
            orders.extend(said.and_then(|said| said.order.as_ref()).map(|order| PaymentOrder {
                order: order.order.to_string(),
                programme: paid.programme.clone(),
                project: paid.id.clone(),
                tranche: planned.id.clone(),
                amount: order.amount,
                iban: order.iban.clone(),
                creditor: paid.detail.lead.name.clone(),
                ordered_on: order.on.to_string(),
            }));
        }
    }
    Ok(reader.answer(orders))
}
