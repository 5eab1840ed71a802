//! What never happens to money, domain.md 4.7, read naively from the commits: at every position, and on the way there.

use std::collections::BTreeSet;

use traccia_domain::tranche::{OrderId, Terms};

use super::*;

impl World {
    /// What holds of the sums at this position.
    pub(super) fn kept(&self) {
        let kept = PROJECTS.map(|project| self.awarded(project)).into_iter().sum::<Cents>() + self.reserved();
        assert_eq!(kept, AWARD + AWARD, "a redistribution conserves the sum");
        for project in PROJECTS {
            let award = self.award(project);
            let money = &self.money[project];
            let said = self.authorised(project);
            let plan = self.plan(project, award);
            assert_eq!(plan.iter().sum::<Cents>(), award, "{project}: the tranches are the award");
            assert!(plan.iter().all(|planned| *planned >= Cents::ZERO), "{plan:?}");
            let total = |amount: fn(&TrancheAuthorised) -> Cents| said.values().map(amount).sum::<Cents>();
            let cured: Cents = said.keys().map(|id| money.cured(id)).sum();
            let least = total(|said| said.planned) - total(|said| said.withheld) + cured;
            let authorised = total(|said| said.amount);
            assert!(authorised <= least, "{project}: {authorised} of {least} are authorised");
            let (paid, back) = self.paid(project);
            assert!(paid <= authorised, "{project}: {paid} of {authorised} are paid");
            assert!(paid - back <= award, "{project}: {paid} less {back} of {award}");
            assert_eq!((paid, back), (money.paid(), money.recovered()));
            self.told(project);
        }
    }

    /// What was decided on at the door is what the rows say.
    fn told(&self, project: &str) {
        let rows = self.history.store.now("money");
        let row = rows.values().find(|row| text(&row[0]) == project);
        let told = row.map_or_else(Money::default, |row| serde_json::from_str(&text(&row[1])).unwrap());
        assert_eq!(told, self.money[project]);
    }

    fn plan(&self, project: &str, amount: Cents) -> Vec<Cents> {
        let certificates = self.certificates(project);
        self.money[project].planned(&self.terms(amount, &certificates))
    }

    fn terms<'a>(&'a self, amount: Cents, certificates: &'a BTreeMap<String, MilestoneCertified>) -> Terms<'a> {
        let rule = self.programme.defined().unwrap().rules_on(TODAY).redistribution;
        let award = traccia_domain::tranche::Award { amount, act: None };
        let schedule = &self.project.application().unwrap().tranches;
        Terms { schedule, award, rule, certificates, today: TODAY }
    }

    /// What an authorisation would expose at once, by the numbers that the claims' rows have now.
    pub(super) fn foreseen(&self, project: &str, tranche: &str) -> Cents {
        let certificates = self.certificates(project);
        let terms = self.terms(self.award(project), &certificates);
        let planned = terms.schedule.iter().find(|planned| planned.id == tranche).unwrap();
        let claims = self.history.store.now("claim");
        self.money[project].exposed_at_once(planned, &terms, |certificate| {
            let claim = claims.values().find(|row| text(&row[2]) == certificate.claim.to_string())?;
            let [points, citizens] = [7, 8].map(|column| text(&claim[column]).parse().unwrap());
            Some(certificate.holding(points, citizens))
        })
    }

    /// What the reserve holds.
    fn reserved(&self) -> Cents {
        let mut events = self.history.commits.iter().rev().flat_map(|(_, commit)| &commit.events);
        let held = events.find_map(|event| {
            let Event::Programme(ProgrammeEvent::RedistributionAdopted(said)) = event else { return None };
            said.reserve.as_ref().map(|reserve| reserve.award)
        });
        held.unwrap_or_default()
    }

    /// What the bank paid, and what came back.
    fn paid(&self, project: &str) -> (Cents, Cents) {
        let (mut ordered, mut paid, mut back) = (BTreeMap::new(), Cents::ZERO, Cents::ZERO);
        for event in self.said_of_money(project) {
            if let MoneyEvent::PaymentOrdered(said) = event {
                ordered.insert(&said.tranche, said.amount);
            } else if let MoneyEvent::PaymentConfirmed(said) = event {
                paid += ordered[&said.tranche];
            } else if let MoneyEvent::RecoveryRecorded(said) = event {
                back += said.amount;
            }
        }
        (paid, back)
    }

    pub(super) fn revoked(&self, project: &str, tranche: &str) -> bool {
        self.said_of_money(project)
            .any(|event| matches!(event, MoneyEvent::TrancheRevoked(said) if said.tranche == tranche))
    }

    /// What was said of each tranche came in an order that it may come in.
    pub(super) fn came(&self) {
        let mut orders: BTreeMap<OrderId, (&str, &str)> = BTreeMap::new();
        for project in PROJECTS {
            let [mut stopped, mut gone, mut paid, mut found] = [const { BTreeSet::<&str>::new() }; 4];
            let mut authorised: BTreeMap<&str, Cents> = BTreeMap::new();
            let mut waits: BTreeMap<&str, OrderId> = BTreeMap::new();
            for event in self.said_of_money(project) {
                match event {
                    MoneyEvent::TrancheAuthorised(said) => {
                        let id = said.tranche.as_str();
                        assert!(!stopped.contains(id) && !gone.contains(id) && !paid.contains(id), "{said:?}");
                        assert!(!waits.contains_key(id), "authorised while the bank was told: {said:?}");
                        authorised.insert(id, said.amount);
                    }
                    MoneyEvent::PaymentOrdered(said) => {
                        let id = said.tranche.as_str();
                        assert!(!stopped.contains(id) && !gone.contains(id) && !paid.contains(id), "{said:?}");
                        assert_eq!(authorised.get(id), Some(&said.amount), "what was authorised is ordered");
                        assert_eq!(
                            *orders.entry(said.order).or_insert((project, id)),
                            (project, id),
                            "one id, one tranche"
                        );
                        let own = orders.iter().filter(|(_, of)| **of == (project, id));
                        assert_eq!(own.count(), 1, "one tranche, one id");
                        assert_eq!(waits.insert(id, said.order), None, "ordered while the bank was told");
                    }
                    MoneyEvent::PaymentFailed(said) => {
                        assert_eq!(waits.remove(said.tranche.as_str()), Some(said.order));
                    }
                    MoneyEvent::PaymentConfirmed(said) => {
                        assert_eq!(waits.remove(said.tranche.as_str()), Some(said.order));
                        assert!(paid.insert(&said.tranche), "{} of {project} is paid twice", said.tranche);
                    }
                    MoneyEvent::PaymentReconciled(said) => {
                        assert!(paid.contains(said.tranche.as_str()) && found.insert(&said.tranche), "{said:?}");
                    }
                    MoneyEvent::TrancheSuspended(said) => {
                        assert!(
                            !waits.contains_key(said.tranche.as_str()) && stopped.insert(&said.tranche),
                            "{said:?}"
                        );
                    }
                    MoneyEvent::TrancheReleased(said) => assert!(stopped.remove(said.tranche.as_str()), "{said:?}"),
                    MoneyEvent::TrancheRevoked(said) => {
                        assert!(
                            !authorised.contains_key(said.tranche.as_str()) && gone.insert(&said.tranche),
                            "{said:?}"
                        );
                    }
                    MoneyEvent::ExposureDecided(_) | MoneyEvent::RecoveryRecorded(_) => {}
                }
            }
        }
    }

    /// Every authorisation comes out again from what the commits said at the position of its evidence, and every batch is
    /// what the rows of then say was waiting: as `traccia verify` decides them again.
    pub(super) fn comes_out_again(&self) {
        let mut money = PROJECTS.map(|project| (project, Money::default()));
        let mut closed = 0;
        for (position, commit) in &self.history.commits {
            for event in &commit.events {
                if let Event::Payments(traccia_domain::payments::PaymentsEvent::BatchClosed(batch)) = event {
                    closed += 1;
                    assert_eq!(batch.number, closed);
                    let orders: BTreeSet<_> = batch.orders.iter().map(|order| order.order).collect();
                    assert_eq!(orders, self.waiting(batch.position), "batch {} of {position}", batch.number);
                }
                let Event::Money(event) = event else { continue };
                let (project, money) = money.iter_mut().find(|(id, _)| *id == commit.stream.id()).unwrap();
                if let MoneyEvent::TrancheAuthorised(said) = event {
                    assert!(said.position < *position);
                    let (id, tranche) = (project.parse().unwrap(), said.tranche.clone());
                    let command = MoneyCommand::Authorise(
                        AuthoriseTranche { project: id, tranche, amount: None },
                        said.by.clone(),
                    );
                    let again = money.decide(&command, &self.stood(project, said.position));
                    assert_eq!(again, Ok(vec![event.clone()]), "{project} at {position}");
                }
                money.evolve(event);
            }
        }
    }

    /// What an authorisation rests on, at a position.
    fn stood(&self, project: &str, until: Position) -> MoneyFacts {
        let mut certificates = BTreeMap::new();
        let commits = self.history.commits.iter().take_while(|(position, _)| *position <= until);
        for (_, commit) in commits.filter(|(_, commit)| commit.stream.id() == project) {
            for event in &commit.events {
                if let Event::Milestone(MilestoneEvent::MilestoneCertified(said)) = event {
                    certificates.insert(said.milestone.clone(), said.clone());
                }
            }
        }
        let (project, programme) = (self.project.clone(), Arc::new(self.programme_at(until)));
        MoneyFacts { today: TODAY, position: until, project, programme, certificates, ..MoneyFacts::default() }
    }

    /// The orders in no batch that the bank had not answered, as the rows of a position say.
    fn waiting(&self, until: Position) -> BTreeSet<OrderId> {
        let batched = self.history.store.at("batched", until);
        let rows = self.history.store.at("money", until);
        let orders = rows.values().flat_map(|row| {
            let money: Money = serde_json::from_str(&text(&row[1])).unwrap();
            let batches = batched.values().find(|batch| batch[0] == row[0]);
            let batches: BTreeMap<String, u32> =
                batches.map_or_else(BTreeMap::new, |row| serde_json::from_str(&text(&row[1])).unwrap());
            let waits = |(id, tranche): (&str, &traccia_domain::tranche::Tranche)| {
                let waits = tranche.step == traccia_domain::tranche::Step::Ordered && !batches.contains_key(id);
                tranche.order.as_ref().filter(|_| waits).map(|order| order.order)
            };
            money.tranches().filter_map(waits).collect::<Vec<_>>()
        });
        orders.collect()
    }
}
