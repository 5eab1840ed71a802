//! What a programme takes to its bank: payment orders, closed into batches (*distinte di pagamento*).
//!
//! A batch is what the bank is given once. Which orders were given and are in none yet, the fold knows; this stream numbers
//! the batches of a programme, and its expectation lets one of two who close at once win.

use std::sync::Arc;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

pub mod command;
mod event;
mod refusal;
#[cfg(test)]
mod tests;

pub use event::{BatchClosed, Batched, Layout, MessageId, PaymentsEvent};
pub use refusal::PaymentsRefusal;

use self::command::{CloseBatch, Expected};
use crate::{
    Position,
    aggregate::{Decide, cqrs_aggregate},
    programme::Programme,
};

/// The payments of a programme.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payments {
    /// The batches closed so far: the number of the last.
    pub closed: u32,
}

/// What must be known to close a batch, as it was at one position.
#[derive(Clone, Debug, Default)]
pub struct PaymentsFacts {
    /// The day it is closed.
    pub today: Date,
    /// The log's end: everything here is as it was then.
    pub position: Position,
    /// The programme, `Unknown` where there is none.
    pub programme: Arc<Programme>,
    /// The orders that were given, that the bank has not answered and that are in no batch.
    pub waiting: Vec<Batched>,
}

impl Payments {
    /// As many orders as a batch has at most: a commit holds no more of the longest names. The others wait for the next.
    pub const MOST: usize = 250;
}

impl BatchClosed {
    fn is(&self, expected: &Expected) -> bool {
        (self.number, self.total) == (expected.number, expected.total)
            && u32::try_from(self.orders.len()).is_ok_and(|orders| orders == expected.orders)
    }
}

impl Decide for Payments {
    type Command = CloseBatch;
    type Event = PaymentsEvent;
    type Refusal = PaymentsRefusal;
    type Facts = PaymentsFacts;

    fn decide(&self, command: &CloseBatch, facts: &PaymentsFacts) -> Result<Vec<PaymentsEvent>, PaymentsRefusal> {
        if facts.programme.defined().is_none() {
            return Err(PaymentsRefusal::UnknownProgramme);
        }
        if facts.waiting.is_empty() {
            return Err(PaymentsRefusal::NoOrders);
        }
        let orders: Vec<Batched> = facts.waiting.iter().take(Payments::MOST).cloned().collect();
        let total = orders.iter().map(|order| order.amount).sum();
        let (number, on, position) = (self.closed + 1, facts.today, facts.position);
        let batch = BatchClosed { number, on, orders, total, position, layout: Layout::WithCup };
        if command.expected.as_ref().is_some_and(|expected| !batch.is(expected)) {
            return Err(PaymentsRefusal::Outdated);
        }
        Ok(vec![batch.into()])
    }

    fn evolve(&mut self, event: &PaymentsEvent) {
        match event {
            PaymentsEvent::BatchClosed(said) => self.closed = said.number,
        }
    }
}

cqrs_aggregate!(Payments, "payments");
