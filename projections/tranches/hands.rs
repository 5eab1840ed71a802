//! Who took the last steps of a tranche's payment: two persons are needed, so both are named.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use traccia_domain::{Position, tranche::MoneyEvent};
use traccia_projector::At;
use utoipa::ToSchema;

/// Who took a step, and where the log says so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Hand {
    /// Who, by the account's name.
    pub by: String,
    /// The commit.
    #[schema(value_type = u64)]
    pub position: Position,
}

/// The last steps of a payment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Hands {
    /// Who gave the order, the last time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) ordered: Option<Hand>,
    /// Who said what the bank answered to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) answered: Option<Hand>,
    /// Who found it on a statement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reconciled: Option<Hand>,
}

impl Hands {
    /// Takes an event in, by tranche.
    pub(super) fn take(all: &mut BTreeMap<String, Hands>, at: &At<'_>, event: &MoneyEvent) {
        let hand = Some(Hand { by: at.commit.actor.subject.clone(), position: at.position });
        let mut set = |tranche: &str, step: fn(&mut Hands) -> &mut Option<Hand>| {
            *step(all.entry(tranche.to_owned()).or_default()) = hand.clone();
        };
        match event {
            // Given again, it waits for another answer.
            MoneyEvent::PaymentOrdered(said) => {
                all.insert(said.tranche.clone(), Hands { ordered: hand, ..Hands::default() });
            }
            MoneyEvent::PaymentConfirmed(said) => set(&said.tranche, |hands| &mut hands.answered),
            MoneyEvent::PaymentFailed(said) => set(&said.tranche, |hands| &mut hands.answered),
            MoneyEvent::PaymentReconciled(said) => set(&said.tranche, |hands| &mut hands.reconciled),
            MoneyEvent::TrancheAuthorised(_)
            | MoneyEvent::TrancheSuspended(_)
            | MoneyEvent::TrancheReleased(_)
            | MoneyEvent::TrancheRevoked(_)
            | MoneyEvent::ExposureDecided(_)
            | MoneyEvent::RecoveryRecorded(_) => {}
        }
    }
}
