//! Random histories: whatever is asked, retried and refused, the invariants of domain.md, 4.7, hold after each step.

use proptest::prelude::*;

use super::*;

#[derive(Clone, Debug)]
enum Act {
    Authorise(usize, usize),
    Order(usize, usize),
    Confirm(usize),
    Fail(usize),
    Reconcile(usize),
    Suspend(usize, bool),
    Revoke(usize),
    Certify(usize, u32),
    Redistribute(u32),
    /// So many cents of a tranche no longer rest on enough units.
    Lose(usize, u32),
    Decide(usize, usize, usize),
    Recover(usize, u32),
}

const TRANCHES: [&str; 5] = ["T1", "T2", "T3", "T4", "T5"];
const PEOPLE: [&str; 3] = ["anna", "bruno", "Anna"];

fn act() -> impl Strategy<Value = Act> {
    let (tranche, who) = (0..5_usize, 0..3_usize);
    prop_oneof![
        4 => (tranche.clone(), who.clone()).prop_map(|(t, w)| Act::Authorise(t, w)),
        4 => (tranche.clone(), who).prop_map(|(t, w)| Act::Order(t, w)),
        3 => tranche.clone().prop_map(Act::Confirm),
        1 => tranche.clone().prop_map(Act::Fail),
        1 => tranche.clone().prop_map(Act::Reconcile),
        1 => (tranche.clone(), any::<bool>()).prop_map(|(t, b)| Act::Suspend(t, b)),
        1 => tranche.clone().prop_map(Act::Revoke),
        3 => (1..4_usize, 0..9_000_u32).prop_map(|(t, c)| Act::Certify(t, c)),
        1 => (10_000_000..80_000_000_u32).prop_map(Act::Redistribute),
        1 => (tranche.clone(), 1..5_000_000_u32).prop_map(|(t, c)| Act::Lose(t, c)),
        2 => (0..4_usize, 0..3_usize, 0..3_usize).prop_map(|(e, d, w)| Act::Decide(e, d, w)),
        1 => (0..4_usize, 1..3_000_000_u32).prop_map(|(e, c)| Act::Recover(e, c)),
    ]
}

/// A programme that a history moves on.
struct World {
    money: Money,
    facts: MoneyFacts,
    exposures: Vec<String>,
    clock: u64,
    /// Payments confirmed, by tranche.
    payments: BTreeMap<String, u32>,
}

impl World {
    fn ask(&mut self, command: &MoneyCommand) {
        let Ok(events) = self.money.does(command, &self.facts) else { return };
        for event in events {
            if let MoneyEvent::PaymentConfirmed(paid) = event {
                *self.payments.entry(paid.tranche).or_default() += 1;
            }
        }
    }

    fn does(&mut self, act: &Act) {
        self.clock += 1;
        self.facts.position = Position(self.clock);
        let of = |index: &usize| TRANCHES[*index];
        let said = || ("atto".to_owned(), "perché".to_owned());
        match act {
            Act::Authorise(tranche, who) => self.ask(&authorise(of(tranche), PEOPLE[*who])),
            Act::Order(tranche, who) => self.ask(&order_to(of(tranche), PEOPLE[*who], IBAN)),
            Act::Confirm(tranche) => self.ask(&confirm(of(tranche))),
            Act::Fail(tranche) => self.ask(&fail(of(tranche))),
            Act::Reconcile(tranche) => self.ask(&reconcile(of(tranche))),
            Act::Suspend(tranche, stop) => {
                let ((act, reason), tranche) = (said(), of(tranche).to_owned());
                self.ask(&match stop {
                    true => MoneyCommand::Suspend(SuspendTranche { project: id(), tranche, act, reason }),
                    false => MoneyCommand::Release(ReleaseTranche { project: id(), tranche, act, reason }),
                });
            }
            Act::Revoke(tranche) => {
                let ((act, reason), tranche) = (said(), of(tranche).to_owned());
                self.ask(&MoneyCommand::Revoke(RevokeTranche { project: id(), tranche, act, reason }));
            }
            Act::Certify(milestone, citizens) => {
                let made = certificate(&format!("M{milestone}"), self.clock, *citizens);
                self.facts.certificates.insert(made.milestone.clone(), made);
            }
            // The door adopts no award below what was released, and no larger one that nothing is left to pay.
            Act::Redistribute(cents) => {
                let award = Cents(i64::from(*cents)).max(self.money.committed());
                let before = Terms::of(&id(), &self.facts).unwrap().award.amount;
                let spent = TRANCHES.iter().all(|tranche| self.money.is_spent(tranche));
                let award = if spent { award.min(before) } else { award };
                let day = format!("2024-01-{:02}", 1 + self.clock / 10);
                self.facts = std::mem::take(&mut self.facts).redistributed(&day, &award.to_string());
            }
            Act::Lose(tranche, cents) => {
                let (tranche, amount) = (of(tranche).to_owned(), Cents(i64::from(*cents)));
                let said = self.money.tranches.get(&tranche).and_then(|said| said.authorised.as_ref());
                let left = said.map_or(Cents::ZERO, |said| said.payable) - self.money.settled(&tranche);
                if amount <= left && self.facts.exposures.iter().all(|open| open.tranche != tranche) {
                    let exposure = format!("{tranche}-{}", self.clock);
                    self.exposures.push(exposure.clone());
                    self.facts.exposures.push(OpenExposure { exposure, tranche, amount, causes: Vec::new() });
                }
            }
            Act::Decide(index, decision, who) => {
                let Some(exposure) = self.exposures.iter().rev().nth(*index).cloned() else { return };
                let decisions = [ExposureDecision::Net, ExposureDecision::Recover, ExposureDecision::Waive];
                self.ask(&decide_as(PEOPLE[*who], &exposure, decisions[*decision]));
                let decided = self.money.exposures.iter().any(|decided| decided.said.exposure == exposure);
                self.facts.exposures.retain(|open| !decided || open.exposure != exposure);
            }
            Act::Recover(index, cents) => {
                let Some(exposure) = self.exposures.iter().rev().nth(*index).cloned() else { return };
                self.ask(&recover(&exposure, &Cents(i64::from(*cents)).to_string()));
            }
        }
    }

    fn holds(&self) -> Result<(), TestCaseError> {
        let terms = Terms::of(&id(), &self.facts).unwrap();
        let plan = self.money.planned(&terms);
        prop_assert_eq!(plan.iter().sum::<Cents>(), terms.award.amount, "the tranches sum to the award");
        prop_assert!(plan.iter().all(|planned| *planned >= Cents::ZERO));
        let said: Vec<_> = self.money.tranches.values().filter_map(|tranche| tranche.authorised.as_ref()).collect();
        for said in &said {
            let entries: Cents = said.entries.iter().map(|entry| entry.amount.0).sum();
            prop_assert_eq!(said.approved + entries, said.amount, "every cent has a line");
            prop_assert_eq!(said.payable + said.withheld, said.planned);
            prop_assert!(said.amount >= Cents::ZERO);
        }
        let sum = |of: fn(&TrancheAuthorised) -> Cents| said.iter().map(|said| of(said)).sum::<Cents>();
        let money = &self.money;
        prop_assert!(money.paid() <= money.authorised());
        let reduced = sum(|said| said.planned) - sum(|said| said.withheld)
            + said.iter().map(|said| money.cured(&said.tranche)).sum();
        prop_assert!(money.authorised() <= reduced, "authorised is at most planned less reductions");
        prop_assert!(said.iter().all(|said| said.payable + money.cured(&said.tranche) <= said.planned));
        prop_assert!(money.paid() - money.recovered() <= terms.award.amount);
        prop_assert!(self.payments.values().all(|payments| *payments == 1), "a tranche is paid at most once");
        for decided in money.decided() {
            let come = money.netted(&decided.said.exposure) + decided.recovered + decided.passed_on;
            prop_assert!(come <= decided.said.amount, "nothing comes back twice");
        }
        Ok(())
    }
}

proptest! {
    #[test]
    fn whatever_is_asked_no_cent_is_paid_twice_or_too_early(acts in proptest::collection::vec(act(), 1..120)) {
        let mut world = World {
            money: Money::default(),
            facts: facts(),
            exposures: Vec::new(),
            clock: 0,
            payments: BTreeMap::new(),
        };
        for act in &acts {
            world.does(act);
            world.holds()?;
        }
    }
}
