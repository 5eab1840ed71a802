//! What random histories have to meet, or they would hold nothing.

use proptest::{strategy::ValueTree as _, test_runner::TestRunner};

use super::*;

/// Besides the states of exposures: every event of money, every line of an authorisation, redistributions, and refusals.
const MET: [&str; 23] = [
    "authorised",
    "authorised anew",
    "ordered",
    "ordered again",
    "confirmed",
    "failed",
    "reconciled",
    "suspended",
    "released",
    "revoked",
    "decided",
    "recovered",
    "redistributed",
    "Amendment",
    "Reduction",
    "CureRelease",
    "Netting",
    "exposed at once",
    "refused AlreadyAuthorised",
    "refused CurePending",
    "refused ExposureUndecided",
    "refused NotCertified",
    "refused AlreadyPaid",
];

#[test]
fn random_histories_of_money_meet_every_step_and_exposures_of_every_kind() {
    let mut runner = TestRunner::deterministic();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for _ in 0..300 {
        let mut world = World::begun();
        let acts = prop::collection::vec(act(), 90).new_tree(&mut runner).unwrap().current();
        acts.into_iter().for_each(|act| world.does(act));
        for row in world.history.store.now("exposure").values() {
            *seen.entry(format!("exposure {}", text(&row[5]))).or_default() += 1;
        }
        world.met(&mut seen);
    }
    let states = super::super::queries::EXPOSURE_STATES.iter().map(|state| format!("exposure {state}"));
    for met in states.chain(MET.map(str::to_owned)) {
        assert!(seen.contains_key(&met), "{met} is never met: {seen:?}");
    }
}

impl World {
    fn met(&self, seen: &mut BTreeMap<String, usize>) {
        let mut sees = |what: &str| *seen.entry(what.to_owned()).or_default() += 1;
        for project in PROJECTS {
            let (mut authorised, mut ordered) = (Vec::new(), Vec::new());
            let again = |before: &mut Vec<String>, tranche: &String| {
                let met = before.contains(tranche);
                before.push(tranche.clone());
                met
            };
            for event in self.said_of_money(project) {
                sees(match event {
                    MoneyEvent::TrancheAuthorised(said) if again(&mut authorised, &said.tranche) => "authorised anew",
                    MoneyEvent::TrancheAuthorised(_) => "authorised",
                    MoneyEvent::PaymentOrdered(said) if again(&mut ordered, &said.tranche) => "ordered again",
                    MoneyEvent::PaymentOrdered(_) => "ordered",
                    MoneyEvent::PaymentConfirmed(_) => "confirmed",
                    MoneyEvent::PaymentFailed(_) => "failed",
                    MoneyEvent::PaymentReconciled(_) => "reconciled",
                    MoneyEvent::TrancheSuspended(_) => "suspended",
                    MoneyEvent::TrancheReleased(_) => "released",
                    MoneyEvent::TrancheRevoked(_) => "revoked",
                    MoneyEvent::ExposureDecided(_) => "decided",
                    MoneyEvent::RecoveryRecorded(_) => "recovered",
                });
                if let MoneyEvent::TrancheAuthorised(said) = event {
                    said.entries.iter().for_each(|entry| sees(&format!("{:?}", entry.code)));
                }
            }
        }
        self.met.iter().for_each(|met| sees(met));
        let adopted = |event: &&Event| matches!(event, Event::Programme(ProgrammeEvent::RedistributionAdopted(_)));
        let events = self.history.commits.iter().flat_map(|(_, commit)| &commit.events);
        events.filter(adopted).for_each(|_| sees("redistributed"));
    }
}
