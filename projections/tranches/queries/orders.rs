//! Payment orders the bank has not answered yet, with all that it needs to pay them.

use std::collections::BTreeMap;

use serde::Serialize;
use traccia_domain::{
    Cents, ProgrammeId, ProjectId,
    tranche::{OrderId, Step, iban::Iban},
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
    /// Who pays: its Region.
    pub region: String,
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
    /// The batch it is in; none while it waits for the next.
    pub batch: Option<u32>,
    /// What public money is recognised by; not in the file of a batch that was closed before files had it.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub codes: Option<Codes>,
}

/// What the money of an order is recognised by in other registers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Codes {
    /// The project's own code in the register of public investment (*CUP*), or its programme's.
    pub cup: Option<String>,
    /// The tax id of the body that is paid, where the application names it.
    pub creditor_tax_id: Option<String>,
}

/// `GET /v1/payments/orders?programme=`, all of them, by project and in the order of the schedule.
///
/// # Errors
/// When the tables cannot be read.
pub async fn orders(reader: &Reader, programme: Option<&ProgrammeId>) -> Result<Answer<Vec<PaymentOrder>>, ReadError> {
    Ok(reader.answer(unanswered(&Projects::of(reader, programme, None).await?)))
}

pub(super) fn unanswered(projects: &Projects) -> Vec<PaymentOrder> {
    let mut orders = Vec::new();
    for paid in &projects.paid {
        let definition = projects.definitions.get(&paid.programme);
        let codes = Codes {
            cup: paid.detail.cup.clone().or_else(|| definition.and_then(|of| of.cup.clone())),
            creditor_tax_id: paid.detail.lead.tax_id.clone(),
        };
        for planned in &paid.detail.tranches {
            let said = paid.money.tranche(&planned.id).filter(|said| said.step == Step::Ordered);
            orders.extend(said.and_then(|said| said.order.as_ref()).map(|order| PaymentOrder {
                order: order.order.to_string(),
                programme: paid.programme.clone(),
                region: definition.map_or_else(String::new, |of| of.region.name.clone()),
                project: paid.id.clone(),
                tranche: planned.id.clone(),
                amount: order.amount,
                iban: order.iban.clone(),
                creditor: paid.detail.lead.name.clone(),
                ordered_on: order.on.to_string(),
                batch: paid.batches.get(&planned.id).copied(),
                codes: Some(codes.clone()),
            }));
        }
    }
    orders
}

/// Every order there is or may be within, by its name: a project and a tranche.
///
/// # Errors
/// When the tables cannot be read.
pub async fn orders_known(reader: &Reader) -> Result<BTreeMap<String, (ProjectId, String)>, ReadError> {
    let projects = Projects::of(reader, None, None).await?;
    let mut known = BTreeMap::new();
    for paid in &projects.paid {
        let project: ProjectId = paid.id.parse().map_err(ReadError::damaged)?;
        for planned in &paid.detail.tranches {
            known.insert(OrderId::of(&project, &planned.id).to_string(), (project.clone(), planned.id.clone()));
        }
    }
    Ok(known)
}
