//! The money of projects, and what of it no longer rests on enough units. The definition is in README.md.
//!
//! What is said of money is folded by the domain's own aggregate; what a claim still holds is `counting`'s. Only exposures
//! are found here.

mod exposure;
mod hands;
pub mod queries;
pub(crate) mod sums;
pub mod tables;

#[cfg(test)]
mod histories;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;
use traccia_domain::{
    Cents, Decide as _, Event, Position,
    milestone::{MilestoneCertified, MilestoneEvent},
    payments::{BatchClosed, PaymentsEvent},
    project::PlannedTranche,
    tranche::{Money, MoneyEvent, Step},
};
use traccia_projector::{At, Changes};

pub(crate) use self::exposure::Exposure;
pub use self::hands::Hand;
pub(crate) use self::hands::Hands;
use self::{
    exposure::Reached,
    tables::{BATCH, BATCHED, EXPOSURE, MONEY},
};
use crate::{counting::Counting, points::Points};

/// The money of every project, and every exposure.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tranches {
    /// By key of the project.
    accounts: BTreeMap<u32, Account>,
    exposures: Vec<Exposure>,
    /// By key of the claim: what it held, from when it was made.
    reached: FxHashMap<u32, Vec<Reached>>,
    /// Projects whose exposures may differ after this commit.
    stale: Vec<u32>,
}

/// The money of a project.
#[derive(Clone, Debug, Default)]
struct Account {
    money: Money,
    /// By tranche: the batch that its order is in, since it was given last.
    batches: BTreeMap<String, u32>,
    /// By tranche: where its order was given last.
    given: BTreeMap<String, Position>,
    /// The last certificate of each milestone.
    certificates: BTreeMap<String, MilestoneCertified>,
    /// By tranche: its open exposure.
    open: BTreeMap<String, u32>,
    /// By tranche: the position up to which its losses were decided on.
    decided: BTreeMap<String, Position>,
    /// By tranche: since when what was to be netted of its exposures can be netted no more.
    in_vain: BTreeMap<String, Position>,
    /// By tranche: who took the last steps of its payment.
    hands: BTreeMap<String, Hands>,
    /// Its exposures on which was decided, by key.
    closed: Vec<u32>,
    /// Whether something was said of it in this commit.
    said: bool,
    written: bool,
    /// The same for its batches.
    batched: bool,
    batched_written: bool,
}

impl Tranches {
    /// Takes an event in: of money, the batches it leaves in, and the certificates it rests on.
    pub(crate) fn take(&mut self, at: &At<'_>, event: &Event, points: &mut Points, changes: &mut Changes) {
        let project = || at.commit.stream.id().parse().ok();
        match event {
            Event::Money(event) => {
                let Some(project) = project() else { return };
                let key = points.projects.meet(&project);
                self.said(key, at, event);
                self.stale.push(key);
            }
            Event::Payments(PaymentsEvent::BatchClosed(batch)) => {
                let taken = self.closed(batch, points);
                changes.append(&BATCH, || tables::batch(at.commit.stream.id(), &taken));
            }
            Event::Milestone(MilestoneEvent::MilestoneCertified(certificate)) => {
                let Some(project) = project() else { return };
                let key = points.projects.meet(&project);
                let account = self.accounts.entry(key).or_default();
                account.certificates.insert(certificate.milestone.clone(), certificate.clone());
            }
            Event::Milestone(
                MilestoneEvent::MilestoneClaimed(_)
                | MilestoneEvent::SampleDrawn(_)
                | MilestoneEvent::FindingRecorded(_),
            )
            | Event::Invoice(_)
            | Event::Expense(_)
            | Event::Service(_)
            | Event::Record(_)
            | Event::Number(_)
            | Event::Link(_)
            | Event::Point(_)
            | Event::Facilitator(_)
            | Event::Project(_)
            | Event::Programme(_)
            | Event::Report(_)
            | Event::Log(_) => {}
        }
    }

    fn said(&mut self, project: u32, at: &At<'_>, event: &MoneyEvent) {
        let account = self.accounts.entry(project).or_default();
        account.money.evolve(event);
        account.said = true;
        Hands::take(&mut account.hands, at, event);
        // Given again, it waits for the next batch.
        if let MoneyEvent::PaymentOrdered(order) = event {
            account.given.insert(order.tranche.clone(), at.position);
            account.batched |= account.batches.remove(&order.tranche).is_some();
        }
        let MoneyEvent::ExposureDecided(said) = event else { return };
        account.decided.insert(said.tranche.clone(), said.position);
        if let Some(key) = account.open.remove(&said.tranche) {
            self.exposures[key as usize].decide(said);
            account.closed.push(key);
        }
    }

    /// What a batch takes: of the orders that it names, those that nothing was said of between the position it was decided at
    /// and its commit. One that the bank returned or paid meanwhile is not in it, or the bank would be told of it twice.
    fn closed(&mut self, batch: &BatchClosed, points: &mut Points) -> BatchClosed {
        let mut taken = batch.clone();
        taken.orders.retain(|order| {
            let project = points.projects.meet(&order.project);
            let account = self.accounts.entry(project).or_default();
            let stands = account.money.tranche(&order.tranche).is_some_and(|said| said.step == Step::Ordered)
                && account.given.get(&order.tranche).is_some_and(|given| *given <= batch.position);
            if stands {
                account.batches.insert(order.tranche.clone(), batch.number);
                account.batched = true;
                self.stale.push(project);
            }
            stands
        });
        taken.total = taken.orders.iter().map(|order| order.amount).sum();
        taken
    }

    /// Looks again at what money rests on, where that may differ. Counting has settled.
    pub(crate) fn settle(&mut self, position: Position, counting: &Counting, points: &Points, changes: &mut Changes) {
        for key in counting.claims().moved() {
            let claim = counting.claims().get(*key);
            let now = Reached { position, points: claim.points_now, citizens: claim.citizens_now };
            self.reached.entry(*key).or_default().push(now);
            self.stale.push(claim.project);
        }
        let mut stale = std::mem::take(&mut self.stale);
        stale.sort_unstable();
        stale.dedup();
        for project in stale {
            self.judge(project, position, counting, points);
            self.write(project, points, changes);
        }
    }

    /// Opens, changes and closes the exposures of a project's tranches.
    fn judge(&mut self, project: u32, position: Position, counting: &Counting, points: &Points) {
        let Some(account) = self.accounts.get_mut(&project) else { return };
        let schedule = points.projects.get(project).schedule();
        for (tranche, certificate) in account.money.resting(&account.certificates) {
            let mut claims = (0_u32..).zip(counting.claims().iter());
            let claim = claims.find(|(_, claim)| claim.project == project && claim.position == certificate.claim);
            let Some(history) = claim.and_then(|(key, _)| self.reached.get(&key)) else { continue };
            let Some(now) = history.last() else { continue };
            let holds = certificate.holding(now.points, now.citizens);
            let amount = account.money.exposed(&tranche, &holds, schedule);
            let in_vain = account.in_vain(&tranche, position, schedule);
            let since = account.decided.get(&tranche).copied().unwrap_or_default();
            let planned =
                account.money.tranche(&tranche).and_then(|said| said.authorised.as_ref()).map(|said| said.planned);
            let causes =
                || exposure::causes(history, &certificate, planned.unwrap_or_default(), since, amount, in_vain);
            match account.open.get(&tranche) {
                Some(open) => self.exposures[*open as usize].is_now(amount, causes),
                None if amount > Cents::ZERO => {
                    let key = u32::try_from(self.exposures.len()).expect("fewer exposures than commits");
                    self.exposures.push(Exposure::opened(position, &tranche, amount, causes()));
                    account.open.insert(tranche.clone(), key);
                }
                None => {}
            }
            if let Some(open) = account.open.get(&tranche).copied().filter(|_| amount == Cents::ZERO) {
                account.open.remove(&tranche);
                account.closed.push(open);
            }
        }
        for key in &account.closed {
            self.exposures[*key as usize].settle(&account.money);
        }
    }

    fn write(&mut self, project: u32, points: &Points, changes: &mut Changes) {
        let Some(account) = self.accounts.get_mut(&project) else { return };
        let id = points.projects.get(project).id();
        if std::mem::take(&mut account.said) {
            let json = [crate::points::json(&account.money), crate::points::json(&account.hands)];
            let row = || [id.to_string()].into_iter().chain(json).map(Into::into).collect();
            if std::mem::replace(&mut account.written, true) {
                changes.replace(&MONEY, project.into(), row);
            } else {
                changes.add(&MONEY, project.into(), row);
            }
        }
        // Not in the row above, which says where something was said of the money last.
        if std::mem::take(&mut account.batched) {
            let row = || vec![id.to_string().into(), crate::points::json(&account.batches).into()];
            if std::mem::replace(&mut account.batched_written, true) {
                changes.replace(&BATCHED, project.into(), row);
            } else {
                changes.add(&BATCHED, project.into(), row);
            }
        }
        for key in account.open.values().chain(&account.closed) {
            let exposure = &mut self.exposures[*key as usize];
            if !std::mem::take(&mut exposure.changed) {
                continue;
            }
            if std::mem::replace(&mut exposure.written, true) {
                changes.replace(&EXPOSURE, (*key).into(), || exposure.row(id));
            } else {
                changes.add(&EXPOSURE, (*key).into(), || exposure.row(id));
            }
        }
    }
}

impl Tranches {
    /// What was said of a project's money, and the last certificate of each of its milestones; none before anything was.
    pub(crate) fn account(&self, project: u32) -> Option<(&Money, &BTreeMap<String, MilestoneCertified>)> {
        self.accounts.get(&project).map(|account| (&account.money, &account.certificates))
    }

    /// A project's exposures, by key.
    pub(crate) fn exposures(&self, project: u32) -> impl Iterator<Item = (u32, &Exposure)> {
        let account = self.accounts.get(&project).into_iter();
        let keys = account.flat_map(|account| account.open.values().chain(&account.closed));
        keys.map(|key| (*key, &self.exposures[*key as usize]))
    }
}

impl Account {
    /// What was to be netted of a tranche's exposures and can be no more, with the commit since which it cannot.
    fn in_vain(&mut self, tranche: &str, now: Position, schedule: &[PlannedTranche]) -> Option<(Position, Cents)> {
        let amount = self.money.in_vain(tranche, schedule);
        if amount == Cents::ZERO {
            self.in_vain.remove(tranche);
            return None;
        }
        Some((*self.in_vain.entry(tranche.to_owned()).or_insert(now), amount))
    }
}
