//! What must be known before orders go to the bank: which of them wait, as it was at the position that the batch names.

use std::sync::Arc;

use traccia_domain::payments::{Payments, PaymentsFacts, command::CloseBatch};
use traccia_log::Log;

use super::{Deciding, World, money::at, target};
use crate::{Failure, RecordKeys, permission::Target, stored::Loaded};

impl Deciding for Payments {
    /// The log's end first, then everything at that very position: what is given later waits for the next batch, and what
    /// the batches loaded here hold is known to be in them.
    async fn facts<L: Log, K: RecordKeys>(
        command: &CloseBatch,
        loaded: &Loaded<Self>,
        world: &World<'_, L, K>,
    ) -> Result<(PaymentsFacts, Target), Failure> {
        let id = &command.programme;
        let head = world.log.head().await.map_err(Failure::reading)?;
        let position = head.max(loaded.last().unwrap_or_default());
        let programme = at(world.log, id, position).await.map_err(Failure::reading)?;
        let mut facts =
            PaymentsFacts { today: world.today, position, programme: Arc::new(programme), ..PaymentsFacts::default() };
        if facts.programme.defined().is_some() {
            facts.waiting = world.figures.waiting(id, position).await.map_err(Failure::Unavailable)?;
        }
        Ok((facts, target(&[], None, Some(id))))
    }
}
