//! Random histories of claims and money: at every position each exposure is what the claim's numbers and the domain's arithmetic
//! say, read naively from the commits and the rows of claims.

use std::{collections::BTreeMap, sync::Arc};

use proptest::prelude::*;
use traccia_domain::{
    Cents, Decide as _, Event, Hash, Position, Share, StreamKind,
    milestone::{MilestoneCertified, MilestoneEvent},
    money::{
        allocate,
        reduction::{Gate, payable},
    },
    programme::{definition::Trigger, rules::Reduction},
    project::{ApplicationApproved, PlannedTranche, Project, ProjectEvent},
    tranche::{
        Cause, Money, MoneyCommand, MoneyEvent, MoneyFacts, OpenExposure, TrancheAuthorised,
        command::{
            AuthoriseTranche, ConfirmPayment, DecideExposure, ExposureDecision, FailPayment, OrderPayment,
            RecordRecovery,
        },
        entry::EntryCode,
        iban::IbanText,
    },
};

use crate::testing::{
    history::{History, day, text},
    properties::{rebuilt, seeded},
    steps::{Step, begun, step_of_claims, tell},
};

const PROJECTS: [&str; 2] = ["p", "q"];
/// The milestone each is released by; none by the last.
const TRANCHES: [(&str, Option<&str>); 4] = [("T2", Some("M1")), ("T3", Some("M2")), ("T1", None), ("T4", Some("M3"))];
const DECISIONS: [ExposureDecision; 3] = [ExposureDecision::Net, ExposureDecision::Recover, ExposureDecision::Waive];

#[derive(Clone, Debug)]
enum Act {
    /// What moves claims.
    Moves(Step),
    /// A claim, certified for so much more than it froze is needed.
    Certify {
        project: usize,
        milestone: usize,
        points: u32,
        citizens: u32,
    },
    Authorise {
        project: usize,
        tranche: usize,
    },
    Order {
        project: usize,
        tranche: usize,
    },
    Confirm {
        project: usize,
        tranche: usize,
    },
    Fail {
        project: usize,
        tranche: usize,
    },
    Decide {
        project: usize,
        decision: usize,
    },
    Recover {
        project: usize,
        cents: i64,
    },
}

fn act() -> impl Strategy<Value = Act> {
    let of = || (0..2_usize, 0..TRANCHES.len());
    prop_oneof![
        24 => step_of_claims().prop_map(Act::Moves),
        5 => (0..2_usize, 0..3_usize, 0..2_u32, 0..3_u32)
            .prop_map(|(project, milestone, points, citizens)| Act::Certify { project, milestone, points, citizens }),
        7 => of().prop_map(|(project, tranche)| Act::Authorise { project, tranche }),
        4 => of().prop_map(|(project, tranche)| Act::Order { project, tranche }),
        5 => of().prop_map(|(project, tranche)| Act::Confirm { project, tranche }),
        1 => of().prop_map(|(project, tranche)| Act::Fail { project, tranche }),
        4 => (0..2_usize, 0..3_usize).prop_map(|(project, decision)| Act::Decide { project, decision }),
        2 => (0..2_usize, 1..9_000_i64).prop_map(|(project, cents)| Act::Recover { project, cents }),
    ]
}

proptest! {
    #![proptest_config(seeded())]

    /// Losses, merges and breaks among authorisations, orders, payments and decisions.
    #[test]
    fn exposures_are_what_claims_and_arithmetic_say(acts in prop::collection::vec(act(), 20..90), batch in 1..40_usize) {
        let mut world = World::begun();
        for act in acts {
            world.does(act);
            world.holds();
        }
        prop_assert_eq!(&rebuilt(&world.history, batch), &world.history.store);
    }
}

#[test]
fn random_histories_of_money_have_exposures_of_every_kind() {
    use proptest::{strategy::ValueTree as _, test_runner::TestRunner};
    let mut runner = TestRunner::deterministic();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for _ in 0..200 {
        let mut world = World::begun();
        let acts = prop::collection::vec(act(), 90).new_tree(&mut runner).unwrap().current();
        acts.into_iter().for_each(|act| world.does(act));
        for row in world.history.store.now("exposure").values() {
            *seen.entry(text(&row[5])).or_default() += 1;
        }
    }
    // What is given back is given back of what was paid, in several parts: the tests of `exposure.rs` and of the aggregate have it to the end.
    for state in super::queries::EXPOSURE_STATES.into_iter().filter(|state| *state != "recovered") {
        assert!(seen.contains_key(state), "{state} is never met: {seen:?}");
    }
}

/// A history, and the money of its projects as the door decides on it.
struct World {
    history: History,
    services: Vec<traccia_domain::ServiceId>,
    money: BTreeMap<&'static str, Money>,
    project: Arc<Project>,
}

impl World {
    fn begun() -> World {
        World {
            history: begun(),
            services: Vec::new(),
            money: PROJECTS.map(|project| (project, Money::default())).into(),
            project: Arc::new(project()),
        }
    }

    fn does(&mut self, act: Act) {
        let body =
            |project: usize, tranche: usize| (PROJECTS[project].parse().unwrap(), TRANCHES[tranche].0.to_owned());
        match act {
            Act::Moves(step) => tell(&mut self.history, &mut self.services, step),
            Act::Certify { project, milestone, points, citizens } => {
                self.certify(project, milestone, [points, citizens])
            }
            Act::Authorise { project, tranche } => {
                let (id, tranche) = body(project, tranche);
                self.asks(
                    project,
                    &MoneyCommand::Authorise(AuthoriseTranche { project: id, tranche }, "anna".to_owned()),
                );
            }
            Act::Order { project, tranche } => {
                let (id, tranche) = body(project, tranche);
                let iban = IbanText("IT60X0542811101000000123456".to_owned());
                self.asks(
                    project,
                    &MoneyCommand::Order(OrderPayment { project: id, tranche, iban }, "bruno".to_owned()),
                );
            }
            Act::Confirm { project, tranche } => {
                let (id, tranche) = body(project, tranche);
                let (paid_on, reference) = (day("2024-12-01"), "TRN".to_owned());
                self.asks(project, &MoneyCommand::Confirm(ConfirmPayment { project: id, tranche, paid_on, reference }));
            }
            Act::Fail { project, tranche } => {
                let (id, tranche) = body(project, tranche);
                self.asks(
                    project,
                    &MoneyCommand::Fail(FailPayment {
                        project: id,
                        tranche,
                        reason: "chiuso".to_owned(),
                        attempt: None,
                    }),
                );
            }
            Act::Decide { project, decision } => {
                let id = PROJECTS[project].parse().unwrap();
                let Some(open) = self.open(PROJECTS[project]).pop() else { return };
                let (exposure, decision, act) = (open.exposure, DECISIONS[decision], "atto".to_owned());
                let body = DecideExposure { project: id, exposure, amount: None, decision, act };
                self.asks(project, &MoneyCommand::Decide(body, "carla".to_owned()));
            }
            Act::Recover { project, cents } => {
                let id = PROJECTS[project].parse().unwrap();
                let decided = self.money[PROJECTS[project]].decided();
                let recovered = decided.iter().rfind(|one| one.said.decision == ExposureDecision::Recover);
                let Some(decided) = recovered.or(decided.last()) else { return };
                // Half of the time all that is left.
                let left = decided.said.amount - decided.recovered;
                let amount = if cents % 2 == 0 { left } else { Cents(cents) };
                let (exposure, received_on) = (decided.said.exposure.clone(), day("2024-12-01"));
                self.asks(
                    project,
                    &MoneyCommand::Recover(RecordRecovery {
                        project: id,
                        exposure,
                        received_on,
                        amount,
                        settled: None,
                    }),
                );
            }
        }
    }

    fn certify(&mut self, project: usize, milestone: usize, [points, citizens]: [u32; 2]) {
        let milestone = ["M1", "M2", "M3"][milestone].to_owned();
        self.history.claimed(PROJECTS[project], &milestone, "2024-01-31", "2024-06-30");
        let claims = self.history.store.now("claim");
        let claim = claims.values().last().unwrap();
        let number = |column: usize| text(&claim[column]).parse::<u32>().unwrap();
        let gate = |reached: u32, more: u32| Some(Gate { reached, needed: (reached + more).max(1) });
        let certified = MilestoneCertified {
            milestone,
            claim: Position(number(2).into()),
            count: number(5),
            root: Hash::ZERO,
            points: gate(number(4), points),
            citizens: gate(number(5), citizens),
            reduction: Reduction::WeakestLink,
            rules: 1,
        };
        self.history.say(StreamKind::Milestone, PROJECTS[project], certified);
    }

    /// As the door would: refused, or written.
    fn asks(&mut self, project: usize, command: &MoneyCommand) {
        let project = PROJECTS[project];
        let facts = MoneyFacts {
            today: day("2025-01-01"),
            position: self.history.commits.last().unwrap().0,
            project: self.project.clone(),
            certificates: self.certificates(project),
            exposures: self.open(project),
            ..MoneyFacts::default()
        };
        let money = self.money.get_mut(project).unwrap();
        for event in money.decide(command, &facts).unwrap_or_default() {
            money.evolve(&event);
            self.history.say(StreamKind::Money, project, event);
        }
    }

    /// What a project's exposures are, as rows: name, tranche, amount, state, causes.
    fn exposures(&self, project: &str) -> Vec<(String, String, Cents, String, Vec<Cause>)> {
        let rows = self.history.store.now("exposure").into_values().filter(|row| text(&row[1]) == project);
        let read = rows.map(|row| {
            let [id, tranche, amount, state, causes] = [0, 2, 3, 5, 6].map(|column| text(&row[column]));
            (id, tranche, Cents(amount.parse().unwrap()), state, serde_json::from_str(&causes).unwrap())
        });
        read.collect()
    }

    fn open(&self, project: &str) -> Vec<OpenExposure> {
        let open = self.exposures(project).into_iter().filter(|(.., state, _)| state == "open");
        open.map(|(exposure, tranche, amount, _, causes)| OpenExposure { exposure, tranche, amount, causes }).collect()
    }

    fn certificates(&self, project: &str) -> BTreeMap<String, MilestoneCertified> {
        let said = self.history.commits.iter().filter(|(_, commit)| commit.stream.id() == project);
        let events = said.flat_map(|(_, commit)| &commit.events).filter_map(|event| {
            let Event::Milestone(MilestoneEvent::MilestoneCertified(said)) = event else { return None };
            Some((said.milestone.clone(), said.clone()))
        });
        events.collect()
    }

    fn holds(&self) {
        for project in PROJECTS {
            let exposures = self.exposures(project);
            let authorised = self.authorised(project);
            for (tranche, _) in TRANCHES {
                let open: Vec<_> =
                    exposures.iter().filter(|(_, of, _, state, _)| of == tranche && state == "open").collect();
                assert!(open.len() <= 1, "one open exposure a tranche: {open:?}");
                let amount = open.first().map_or(Cents::ZERO, |open| open.2);
                assert_eq!(amount, self.expected(project, &authorised, tranche), "{project} {tranche}");
            }
            for (id, _, amount, state, causes) in &exposures {
                let sum: Cents = causes.iter().map(|cause| cause.amount.0).sum();
                assert_eq!(sum, *amount, "{id} is {state}: its causes sum to it");
                assert!(*amount > Cents::ZERO || state == "closed", "{id} is {state} and nothing");
            }
            let mut total = Cents::ZERO;
            for said in authorised.values() {
                let of = |code| {
                    said.entries.iter().filter(|entry| entry.code == code).map(|entry| entry.amount.0).sum::<Cents>()
                };
                assert_eq!(said.payable, said.planned + of(EntryCode::Reduction));
                assert!(said.amount <= said.payable + of(EntryCode::CureRelease), "{said:?}");
                assert_eq!(said.amount, said.approved + said.entries.iter().map(|entry| entry.amount.0).sum());
                total += said.amount;
            }
            assert!(total <= AWARD, "{total} of {AWARD}");
        }
    }

    /// The last authorisation of each tranche, as the log says.
    fn authorised(&self, project: &str) -> BTreeMap<String, TrancheAuthorised> {
        let said = self.history.commits.iter().filter(|(_, commit)| commit.stream.id() == project);
        let events = said.flat_map(|(_, commit)| &commit.events).filter_map(|event| {
            let Event::Money(MoneyEvent::TrancheAuthorised(said)) = event else { return None };
            Some((said.tranche.clone(), said.clone()))
        });
        events.collect()
    }

    /// What was released for a tranche less what its claim's numbers now would release, less what was decided of it.
    fn expected(&self, project: &str, authorised: &BTreeMap<String, TrancheAuthorised>, tranche: &str) -> Cents {
        let Some(said) = authorised.get(tranche) else { return Cents::ZERO };
        let Some(mut certificate) = said.certificate.clone() else { return Cents::ZERO };
        let releases = authorised.values().flat_map(|said| &said.entries);
        let releases = releases.filter(|entry| entry.code == EntryCode::CureRelease && entry.origin == tranche);
        let cured: Cents = releases.map(|entry| entry.amount.0).sum();
        if cured > Cents::ZERO {
            certificate = self.certificates(project)[&certificate.milestone].clone();
        }
        let claims = self.history.store.now("claim");
        let claim = claims.values().find(|row| text(&row[2]) == certificate.claim.to_string()).unwrap();
        let now = |gate: Option<Gate>, column: usize| {
            gate.map(|gate| Gate { reached: text(&claim[column]).parse().unwrap(), ..gate })
        };
        let due =
            payable(said.planned, now(certificate.points, 7), now(certificate.citizens, 8), certificate.reduction);
        let decided = self.history.commits.iter().flat_map(|(_, commit)| {
            let own = commit.events.iter().filter(move |_| commit.stream.id() == project);
            own.filter_map(|event| {
                let Event::Money(MoneyEvent::ExposureDecided(decided)) = event else { return None };
                (decided.tranche == tranche).then_some(decided.amount)
            })
        });
        (said.payable + cured - due - decided.sum()).max(Cents::ZERO)
    }
}

const AWARD: Cents = Cents(44_005_910);

/// What both projects were approved with: no act of another stream moves their money here.
fn project() -> Project {
    let shares: [Share; 4] = ["0.25", "0.30", "0.10", "0.35"].map(|share| share.parse().unwrap());
    let tranches =
        TRANCHES.iter().zip(shares).zip(allocate(AWARD, &shares)).map(|(((id, milestone), share), amount)| {
            let trigger = Trigger::Named(milestone.unwrap_or(Trigger::APPROVAL).to_owned());
            PlannedTranche { id: (*id).to_owned(), share, trigger, amount }
        });
    let approved = ApplicationApproved { act: "act".to_owned(), on: day("2023-07-01"), tranches: tranches.collect() };
    let mut project = Project::default();
    let mut history = History::default();
    history.applied("p", "lombardia");
    let applied = history.commits[0].1.events[0].clone();
    let Event::Project(ProjectEvent::ApplicationSubmitted(mut applied)) = applied else { panic!("{applied:?}") };
    applied.award = AWARD;
    project.evolve(&applied.into());
    project.evolve(&approved.into());
    project
}
