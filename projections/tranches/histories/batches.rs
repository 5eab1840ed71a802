//! Batches among the rest: each order is in the one that took it since it was given, read naively from the commits.

use std::collections::BTreeMap;

use traccia_domain::{
    Event, Position, StreamKind,
    payments::{BatchClosed, Batched, Layout, PaymentsEvent},
    tranche::MoneyEvent,
};

use super::World;
use crate::testing::history::{day, text};

impl World {
    pub(super) fn close(&mut self, earlier: usize) {
        let commits = &self.history.commits;
        let last_batch = commits.iter().rfind(|(_, commit)| commit.stream.kind() == StreamKind::Payments);
        let position = commits[commits.len().saturating_sub(1 + earlier)].0;
        // Whoever closes has loaded the batches before.
        let position = last_batch.map_or(position, |(last, _)| position.max(*last));
        let orders: Vec<_> =
            self.given(position).into_iter().filter_map(|(order, of)| of.is_none().then_some(order)).collect();
        if !orders.is_empty() {
            let batches = self.history.store.facts.iter().filter(|(table, ..)| *table == "batch").count();
            let number = u32::try_from(batches).unwrap() + 1;
            let total = orders.iter().map(|order| order.amount).sum();
            let closed =
                BatchClosed { number, on: day("2025-01-01"), orders, total, position, layout: Layout::WithCup };
            self.history.say(StreamKind::Payments, "lombardia", closed);
        }
    }

    /// The orders that the bank had not answered at a position, each with the batch that took it since it was given.
    fn given(&self, until: Position) -> Vec<(Batched, Option<u32>)> {
        let mut given: Vec<(Batched, Option<u32>)> = Vec::new();
        let mut since = BTreeMap::new();
        for (at, commit) in self.history.commits.iter().filter(|(position, _)| *position <= until) {
            for event in &commit.events {
                if let Event::Money(MoneyEvent::PaymentOrdered(said)) = event {
                    let (project, tranche) = (commit.stream.id().parse().unwrap(), said.tranche.clone());
                    since.insert(said.order, *at);
                    given.push((Batched { project, tranche, order: said.order, amount: said.amount }, None));
                } else if let Event::Money(MoneyEvent::PaymentConfirmed(said)) = event {
                    given.retain(|(order, _)| order.order != said.order);
                } else if let Event::Money(MoneyEvent::PaymentFailed(said)) = event {
                    given.retain(|(order, _)| order.order != said.order);
                } else if let Event::Payments(PaymentsEvent::BatchClosed(batch)) = event {
                    let taken = given.iter_mut().filter(|(one, _)| {
                        since[&one.order] <= batch.position && batch.orders.iter().any(|order| order.order == one.order)
                    });
                    taken.for_each(|(_, of)| *of = Some(batch.number));
                }
            }
        }
        given
    }

    /// What the rows say of each order that the bank has not answered.
    pub(super) fn batched(&self) {
        let rows = self.history.store.now("batched");
        let batches = |project: &str| {
            let row = rows.values().find(|row| text(&row[0]) == project);
            row.map_or_else(BTreeMap::new, |row| serde_json::from_str(&text(&row[1])).unwrap())
        };
        let now = self.history.commits.last().unwrap().0;
        for (order, expected) in self.given(now) {
            let batches: BTreeMap<String, u32> = batches(order.project.as_str());
            assert_eq!(batches.get(&order.tranche).copied(), expected, "{order:?}");
        }
    }
}
