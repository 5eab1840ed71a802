//! Closing every batch again: exactly the orders that waited where its event says, each once until the bank returns it.

use std::collections::BTreeMap;

use traccia_domain::{
    Cents, Event, Position, ProgrammeId, ProjectId, Recorded,
    payments::{BatchClosed, Batched, Payments, PaymentsEvent},
    project::ProjectEvent,
    tranche::{MoneyEvent, OrderId},
};

/// What the log says of payment orders, as far as it was read.
#[derive(Default)]
pub(super) struct Orders {
    programmes: BTreeMap<ProjectId, ProgrammeId>,
    /// What was said of each order, and where.
    said: BTreeMap<OrderId, Vec<(Position, Said)>>,
    /// By programme: the number of its last batch.
    closed: BTreeMap<ProgrammeId, u32>,
}

/// What was said of an order.
enum Said {
    Given(Batched),
    /// The bank did what it did with it, or it left in a batch: it waits no more.
    Gone,
}

impl Orders {
    /// Takes a commit in. Of a batch it answers its number, and whether it is the one that follows from what was before.
    pub(super) fn take(&mut self, recorded: &Recorded) -> Option<(u32, bool)> {
        let mut found = None;
        for event in &recorded.commit.events {
            let id = recorded.commit.stream.id();
            if let Event::Project(ProjectEvent::ApplicationSubmitted(said)) = event {
                let project = id.parse::<ProjectId>().ok();
                self.programmes.extend(project.map(|project| (project, said.programme.clone())));
            } else if let (Event::Money(event), Ok(project)) = (event, id.parse::<ProjectId>()) {
                self.of_money(recorded.position, &project, event);
            } else if let (Event::Payments(PaymentsEvent::BatchClosed(batch)), Ok(programme)) = (event, id.parse()) {
                let holds = self.follows(recorded.position, &programme, batch);
                for order in &batch.orders {
                    let said = self.said.entry(order.order).or_default();
                    // What the bank did meanwhile, or what was given again meanwhile, is not in it.
                    if said.last().is_some_and(|(at, _)| *at <= batch.position) {
                        said.push((recorded.position, Said::Gone));
                    }
                }
                self.closed.insert(programme, batch.number);
                found = Some((batch.number, holds));
            }
        }
        found
    }

    fn of_money(&mut self, position: Position, project: &ProjectId, event: &MoneyEvent) {
        let (order, said) = match event {
            MoneyEvent::PaymentOrdered(given) => {
                let (project, tranche) = (project.clone(), given.tranche.clone());
                let (order, amount) = (given.order, given.amount);
                (order, Said::Given(Batched { project, tranche, order, amount }))
            }
            MoneyEvent::PaymentConfirmed(paid) => (paid.order, Said::Gone),
            MoneyEvent::PaymentFailed(failed) => (failed.order, Said::Gone),
            MoneyEvent::TrancheAuthorised(_)
            | MoneyEvent::PaymentReconciled(_)
            | MoneyEvent::TrancheSuspended(_)
            | MoneyEvent::TrancheReleased(_)
            | MoneyEvent::TrancheRevoked(_)
            | MoneyEvent::ExposureDecided(_)
            | MoneyEvent::RecoveryRecorded(_) => return,
        };
        self.said.entry(order).or_default().push((position, said));
    }

    fn follows(&self, at: Position, programme: &ProgrammeId, batch: &BatchClosed) -> bool {
        let waiting = self.waiting(programme, batch.position);
        let once: BTreeMap<_, _> = batch.orders.iter().map(|order| (order.order, order)).collect();
        batch.number == self.closed.get(programme).copied().unwrap_or_default() + 1
            && batch.position < at
            && batch.total == batch.orders.iter().map(|order| order.amount).sum::<Cents>()
            && once.len() == batch.orders.len()
            && once.len() == waiting.len().min(Payments::MOST)
            && once.iter().all(|(id, order)| waiting.get(id) == Some(order))
    }

    /// The orders of a programme that waited at a position.
    fn waiting(&self, programme: &ProgrammeId, position: Position) -> BTreeMap<OrderId, &Batched> {
        let last = self.said.values().filter_map(|said| said.iter().rfind(|(at, _)| *at <= position));
        let given = last.filter_map(|(_, said)| match said {
            Said::Given(order) => Some(order),
            Said::Gone => None,
        });
        let own = given.filter(|order| self.programmes.get(&order.project) == Some(programme));
        own.map(|order| (order.order, order)).collect()
    }
}
