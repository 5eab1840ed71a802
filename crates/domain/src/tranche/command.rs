//! What the treasury asks of a project's money.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::iban::IbanText;
use crate::{Cents, ProjectId};

macro_rules! said_of_a_tranche {
    ($($(#[$doc:meta])* $name:ident { $($fields:tt)* })+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            /// The project.
            pub project: ProjectId,
            /// The tranche, for example `T2`.
            #[schemars(length(max = 64))]
            pub tranche: String,
            $($fields)*
        }
    )+};
}

said_of_a_tranche! {
    /// Authorises what is payable of a tranche that is due, on the evidence there is. Somebody else orders it.
    AuthoriseTranche {
        /// What it was looked at to come to: where it comes to another amount by now, nothing is authorised. Whatever it comes
        /// to, unless told.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub amount: Option<Cents>,
    }
    /// Orders the bank to pay what was authorised. By another than who authorised it.
    OrderPayment {
        /// Where to: an IBAN, spaces allowed.
        pub iban: IbanText,
        /// What was looked at as authorised: where another amount is by now, nothing is ordered. Whatever it is, unless told.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub amount: Option<Cents>,
    }
    /// Says that the bank has paid.
    ConfirmPayment {
        /// The day it did, not after today, nor before the application was approved.
        #[serde(deserialize_with = "crate::time::day::read")]
        pub paid_on: Date,
        /// What it paid: another amount than was ordered is not recorded. Not compared, unless told.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub amount: Option<Cents>,
        /// The bank's reference.
        #[serde(deserialize_with = "crate::reason::read_act")]
        #[schemars(length(max = 500))]
        pub reference: String,
    }
    /// Says that the bank has not paid and will not: the same order may be given again.
    FailPayment {
        /// Why: at most 500 characters, kept for ever and shown. Do not write names, documents or contacts here.
        #[serde(deserialize_with = "crate::reason::read")]
        #[schemars(length(max = 500))]
        pub reason: String,
        /// Which of the times that the order was given has failed, from 1: where it was given again since, nothing is recorded.
        /// The last, unless told.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub attempt: Option<u32>,
    }
    /// Says that a payment was found on a statement of the account.
    ReconcilePayment {
        /// The statement.
        #[serde(deserialize_with = "crate::reason::read_act")]
        #[schemars(length(max = 500))]
        pub statement: String,
    }
    /// Stops a tranche that is due or authorised.
    SuspendTranche {
        /// The legal act.
        #[serde(deserialize_with = "crate::reason::read_act")]
        #[schemars(length(max = 500))]
        pub act: String,
        /// Why: at most 500 characters, kept for ever and shown. Do not write names, documents or contacts here.
        #[serde(deserialize_with = "crate::reason::read")]
        #[schemars(length(max = 500))]
        pub reason: String,
    }
    /// Lets a suspended tranche go on where it was.
    ReleaseTranche {
        /// The legal act.
        #[serde(deserialize_with = "crate::reason::read_act")]
        #[schemars(length(max = 500))]
        pub act: String,
        /// Why: at most 500 characters, kept for ever and shown. Do not write names, documents or contacts here.
        #[serde(deserialize_with = "crate::reason::read")]
        #[schemars(length(max = 500))]
        pub reason: String,
    }
    /// Takes a tranche that was never authorised from the project, for good.
    RevokeTranche {
        /// The legal act.
        #[serde(deserialize_with = "crate::reason::read_act")]
        #[schemars(length(max = 500))]
        pub act: String,
        /// Why: at most 500 characters, kept for ever and shown. Do not write names, documents or contacts here.
        #[serde(deserialize_with = "crate::reason::read")]
        #[schemars(length(max = 500))]
        pub reason: String,
    }
}

/// Decides what becomes of money that no longer rests on enough units. Who authorised the tranche does not waive it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DecideExposure {
    /// The project.
    pub project: ProjectId,
    /// The exposure, as `GET /v1/exposures` names it.
    #[schemars(length(max = 100))]
    pub exposure: String,
    /// How much of it was looked at: an exposure that comes to another amount by now is not decided on. Whatever it comes to,
    /// unless told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Cents>,
    /// What becomes of it.
    pub decision: ExposureDecision,
    /// The legal act.
    #[serde(deserialize_with = "crate::reason::read_act")]
    #[schemars(length(max = 500))]
    pub act: String,
}

/// What becomes of an exposure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExposureDecision {
    /// It is taken from the next tranches.
    Net,
    /// The project gives it back.
    Recover,
    /// The project keeps it.
    Waive,
}

/// Says that the project gave back money, whole or in part.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordRecovery {
    /// The project.
    pub project: ProjectId,
    /// The exposure it belongs to.
    #[schemars(length(max = 100))]
    pub exposure: String,
    /// The day it arrived, not after today, nor before the tranche was paid.
    #[serde(deserialize_with = "crate::time::day::read")]
    pub received_on: Date,
    /// How much.
    pub amount: Cents,
    /// How much of the exposure had been given back when this was written down: where it is another sum by now, nothing is
    /// recorded, for two persons may write down the same transfer. Whatever it is, unless told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settled: Option<Cents>,
}

/// What can be asked of a project's money, each with who asks where two persons are needed.
#[derive(Clone, Debug, PartialEq)]
pub enum MoneyCommand {
    /// Authorise a tranche.
    Authorise(AuthoriseTranche, String),
    /// Order its payment.
    Order(OrderPayment, String),
    /// Confirm it.
    Confirm(ConfirmPayment),
    /// Say that it failed.
    Fail(FailPayment),
    /// Find it on a statement.
    Reconcile(ReconcilePayment),
    /// Suspend a tranche.
    Suspend(SuspendTranche),
    /// Let it go on.
    Release(ReleaseTranche),
    /// Revoke it.
    Revoke(RevokeTranche),
    /// Decide on an exposure.
    Decide(DecideExposure, String),
    /// Record money given back.
    Recover(RecordRecovery),
}

impl MoneyCommand {
    /// The project whose money it is.
    #[must_use]
    pub fn project(&self) -> &ProjectId {
        match self {
            MoneyCommand::Authorise(body, _) => &body.project,
            MoneyCommand::Order(body, _) => &body.project,
            MoneyCommand::Confirm(body) => &body.project,
            MoneyCommand::Fail(body) => &body.project,
            MoneyCommand::Reconcile(body) => &body.project,
            MoneyCommand::Suspend(body) => &body.project,
            MoneyCommand::Release(body) => &body.project,
            MoneyCommand::Revoke(body) => &body.project,
            MoneyCommand::Decide(body, _) => &body.project,
            MoneyCommand::Recover(body) => &body.project,
        }
    }
}
