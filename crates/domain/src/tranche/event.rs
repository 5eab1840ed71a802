//! What happened to the money of a project.

use std::fmt;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    command::ExposureDecision,
    entry::{Difference, Entry},
    iban::Iban,
};
use crate::{Cents, Position, ProjectId, event::events, hash::ShortHash, milestone::MilestoneCertified};

/// A tranche was authorised, on this evidence: who folds the log up to `position` finds the same.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TrancheAuthorised {
    /// The tranche.
    pub tranche: String,
    /// Who, by the account's name. It stands here too, since who orders is compared with it.
    pub by: String,
    /// The log's end when it was decided: what it was decided on, and nothing after.
    pub position: Position,
    /// The day it was decided: awards and due days are looked at on it.
    pub on: Date,
    /// The version of the programme's rules.
    pub rules: u32,
    /// The certificate it rests on, with counts, thresholds and root hash; none where no milestone releases it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<MilestoneCertified>,
    /// The amount that the approval fixed.
    pub approved: Cents,
    /// The amount planned since: `approved` with what redistributions changed.
    pub planned: Cents,
    /// What of it the certificate pays.
    pub payable: Cents,
    /// What it holds back: `planned` less `payable`.
    pub withheld: Cents,
    /// What leads from `approved` to `amount`, line by line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entries: Vec<Entry>,
    /// What is to be paid: `approved` and the sum of the entries.
    pub amount: Cents,
}

/// A payment order's name, here and at the bank: it follows from project and tranche, so that whoever gives the order
/// again gives the same one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct OrderId(pub ShortHash);

impl OrderId {
    /// The order of a project's tranche.
    #[must_use]
    pub fn of(project: &ProjectId, tranche: &str) -> OrderId {
        OrderId(ShortHash::of_parts([b"order".as_slice(), project.as_str().as_bytes(), tranche.as_bytes()]))
    }
}

impl fmt::Display for OrderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for OrderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The bank was ordered to pay.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PaymentOrdered {
    /// The tranche.
    pub tranche: String,
    /// The order: the same when it is given again.
    pub order: OrderId,
    /// How much.
    pub amount: Cents,
    /// Where to.
    pub iban: Iban,
    /// The day it was ordered.
    pub on: Date,
}

/// The bank has paid.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PaymentConfirmed {
    /// The tranche.
    pub tranche: String,
    /// The order.
    pub order: OrderId,
    /// The day it paid.
    pub paid_on: Date,
    /// The bank's reference.
    pub reference: String,
}

/// The bank has not paid.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PaymentFailed {
    /// The tranche.
    pub tranche: String,
    /// The order.
    pub order: OrderId,
    /// Why.
    pub reason: String,
}

/// A payment was found on a statement of the account.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PaymentReconciled {
    /// The tranche.
    pub tranche: String,
    /// The order.
    pub order: OrderId,
    /// The statement.
    pub statement: String,
}

/// A tranche was stopped.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TrancheSuspended {
    /// The tranche.
    pub tranche: String,
    /// The legal act.
    pub act: String,
    /// Why.
    pub reason: String,
}

/// A suspended tranche goes on where it was.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TrancheReleased {
    /// The tranche.
    pub tranche: String,
    /// The legal act.
    pub act: String,
    /// Why.
    pub reason: String,
}

/// A tranche is never paid.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TrancheRevoked {
    /// The tranche.
    pub tranche: String,
    /// What it was planned to be.
    pub planned: Cents,
    /// The legal act.
    pub act: String,
    /// Why.
    pub reason: String,
}

/// It was decided what becomes of money that no longer rests on enough units.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ExposureDecided {
    /// The exposure.
    pub exposure: String,
    /// Its tranche.
    pub tranche: String,
    /// How much it was at `position`, and is for ever.
    pub amount: Cents,
    /// What it came from, as known at `position`.
    pub causes: Vec<Cause>,
    /// The log's end when it was decided.
    pub position: Position,
    /// What becomes of it.
    pub decision: ExposureDecision,
    /// The legal act.
    pub act: String,
    /// What of it exposures were to take from tranches, which by now are all ordered or come to nothing. They take it no
    /// more: it is decided on here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rests: Vec<Rest>,
}

/// What a netted exposure can no longer be taken from any tranche.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Rest {
    /// The exposure.
    pub exposure: String,
    /// How much.
    pub amount: Cents,
}

/// What made an exposure larger, or smaller.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Cause {
    /// The commit that did.
    pub position: Position,
    /// How many persons' units were lost by it; less than nothing when they came back.
    pub units: i64,
    /// How many points were lost by it; less than nothing when they came back.
    pub points: i64,
    /// What that is in cents.
    pub amount: Difference,
}

/// The project gave back money.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RecoveryRecorded {
    /// The exposure.
    pub exposure: String,
    /// Its tranche.
    pub tranche: String,
    /// The day it arrived.
    pub received_on: Date,
    /// How much.
    pub amount: Cents,
}

events! {
    /// What happened to the money of a project.
    MoneyEvent {
        /// A tranche was authorised.
        TrancheAuthorised = "tranche_authorised" v1,
        /// The bank was ordered to pay it.
        PaymentOrdered = "payment_ordered" v1,
        /// The bank has paid.
        PaymentConfirmed = "payment_confirmed" v1,
        /// The bank has not.
        PaymentFailed = "payment_failed" v1,
        /// The payment was found on a statement.
        PaymentReconciled = "payment_reconciled" v1,
        /// A tranche was stopped.
        TrancheSuspended = "tranche_suspended" v1,
        /// It goes on.
        TrancheReleased = "tranche_released" v1,
        /// It is never paid.
        TrancheRevoked = "tranche_revoked" v1,
        /// It was decided what becomes of an exposure.
        ExposureDecided = "exposure_decided" v2,
        /// The project gave back money.
        RecoveryRecorded = "recovery_recorded" v1,
    }
}
