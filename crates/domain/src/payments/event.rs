//! What happened to a programme's payments.

use std::fmt;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Cents, Position, ProgrammeId, ProjectId, event::events, hash::ShortHash, tranche::OrderId};

/// A batch of payment orders was closed: these, and no others, are what the bank is given under its number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct BatchClosed {
    /// Its number in the programme, from 1.
    pub number: u32,
    /// The day it was closed, on which the bank is asked to pay.
    pub on: Date,
    /// Its orders. Where the money goes is in each order, as it was given last up to `position`.
    pub orders: Vec<Batched>,
    /// What they sum to.
    pub total: Cents,
    /// The log's end when it was decided: the orders are those that waited then.
    pub position: Position,
    /// How its file is written.
    #[serde(default, skip_serializing_if = "Layout::is_plain")]
    pub layout: Layout,
}

/// What a batch's file says of its orders. It is fixed when the batch is closed: a newer program writes an older batch's file
/// as it was, for the bank knows a file by its bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Layout {
    /// Who is paid how much, for which tranche: batches closed before there was another.
    #[default]
    Plain,
    /// The *CUP* and the creditor's tax id too.
    WithCup,
}

impl Layout {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks with a reference")]
    fn is_plain(&self) -> bool {
        *self == Layout::Plain
    }
}

/// An order in a batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Batched {
    /// The project.
    pub project: ProjectId,
    /// The tranche.
    pub tranche: String,
    /// The order.
    pub order: OrderId,
    /// How much.
    pub amount: Cents,
}

/// A batch's name at the bank: it follows from programme and number, so that a bank that has taken it knows it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct MessageId(ShortHash);

impl MessageId {
    /// The message of a programme's batch.
    #[must_use]
    pub fn of(programme: &ProgrammeId, number: u32) -> MessageId {
        MessageId(ShortHash::of_parts([b"batch".as_slice(), programme.as_str().as_bytes(), &number.to_be_bytes()]))
    }
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

events! {
    /// What happened to a programme's payments.
    PaymentsEvent {
        /// A batch was closed.
        BatchClosed = "batch_closed" v2,
    }
}
