//! Random histories of claims and money: at every position each exposure is what the claim's numbers and the domain's arithmetic
//! say, read naively from the commits and the rows of claims; and each order is in the batch that took it since it was given.

mod acts;
mod batches;
mod kept;
mod met;
mod model;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use proptest::prelude::*;
use traccia_domain::{
    Cents, Decide as _, Event, Hash, Position, Share, StreamKind,
    milestone::{MilestoneCertified, MilestoneEvent},
    money::{
        allocate,
        reduction::{Gate, payable},
    },
    programme::{
        Programme, ProgrammeEvent,
        definition::Trigger,
        rules::{RedistributionRule, Reduction},
    },
    project::{ApplicationApproved, PlannedTranche, Project, ProjectEvent},
    refusal::Refuses as _,
    tranche::{
        Cause, Decided, ExposureDecided, Money, MoneyCommand, MoneyEvent, MoneyFacts, OpenExposure, TrancheAuthorised,
        command::{
            AuthoriseTranche, ConfirmPayment, DecideExposure, ExposureDecision, FailPayment, OrderPayment,
            RecordRecovery,
        },
        entry::EntryCode,
        iban::IbanText,
    },
};

use self::acts::{Done, Left};
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
    /// Authorised, ordered and confirmed, as far as each is taken.
    Pay {
        project: usize,
        tranche: usize,
    },
    /// A tranche is stopped, let go on, taken away or found on a statement.
    Done {
        project: usize,
        tranche: usize,
        done: Done,
    },
    /// Awards are redistributed.
    Redistribute {
        from: usize,
        left: Left,
        day: usize,
        reserve: bool,
    },
    /// The residual is split again, or the difference netted from the next.
    Rules(RedistributionRule),
    /// A batch, decided so many commits before it is written.
    Close {
        earlier: usize,
    },
    /// Whether a milestone that was met in part may be claimed once more.
    Cures(bool),
}

fn act() -> impl Strategy<Value = Act> {
    let of = || (0..2_usize, 0..TRANCHES.len());
    prop_oneof![
        24 => step_of_claims().prop_map(Act::Moves),
        5 => (0..2_usize, 0..3_usize, 0..2_u32, 0..3_u32)
            .prop_map(|(project, milestone, points, citizens)| Act::Certify { project, milestone, points, citizens }),
        8 => of().prop_map(|(project, tranche)| Act::Pay { project, tranche }),
        7 => of().prop_map(|(project, tranche)| Act::Authorise { project, tranche }),
        8 => of().prop_map(|(project, tranche)| Act::Order { project, tranche }),
        8 => of().prop_map(|(project, tranche)| Act::Confirm { project, tranche }),
        4 => of().prop_map(|(project, tranche)| Act::Fail { project, tranche }),
        4 => (0..2_usize, 0..3_usize).prop_map(|(project, decision)| Act::Decide { project, decision }),
        6 => (0..2_usize, 0..TRANCHES.len(), acts::done())
            .prop_map(|(project, tranche, done)| Act::Done { project, tranche, done }),
        2 => (0..2_usize, acts::left(), 0..3_usize, any::<bool>())
            .prop_map(|(from, left, day, reserve)| Act::Redistribute { from, left, day, reserve }),
        1 => prop_oneof![Just(RedistributionRule::ReSplit), Just(RedistributionRule::NetFirst)].prop_map(Act::Rules),
        3 => (0..4_usize).prop_map(|earlier| Act::Close { earlier }),
        2 => prop_oneof![1 => Just(true), 2 => Just(false)].prop_map(Act::Cures),
        9 => (0..2_usize, 1..9_000_i64).prop_map(|(project, cents)| Act::Recover { project, cents }),
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
            world.kept();
        }
        world.came();
        world.comes_out_again();
        prop_assert_eq!(&rebuilt(&world.history, batch), &world.history.store);
    }
}

/// A history, and the money of its projects as the door decides on it.
struct World {
    history: History,
    services: Vec<traccia_domain::ServiceId>,
    money: BTreeMap<&'static str, Money>,
    project: Arc<Project>,
    programme: Arc<Programme>,
    /// Whether a milestone that was met in part may be claimed once more.
    cures: bool,
    /// What no event says: refusals by their code, and authorisations that exposed something at once.
    met: BTreeSet<String>,
}

impl World {
    fn begun() -> World {
        let mut history = begun();
        PROJECTS.into_iter().for_each(|project| history.say(StreamKind::Project, project, approval()));
        let money = PROJECTS.map(|project| (project, Money::default())).into();
        let (project, programme) = (Arc::new(project()), Arc::default());
        let mut world =
            World { history, services: Vec::new(), money, project, programme, cures: false, met: BTreeSet::new() };
        world.programme = Arc::new(world.programme_at(Position(u64::MAX)));
        // Citizens of both, so that there is something to certify and to lose.
        for (record, point) in [(0, 0), (1, 0), (2, 1), (3, 2), (4, 2)] {
            let served = Step::Serve { record, point, facilitator: 0, on: 0, time: None, kind: 0, age: None };
            world.does(Act::Moves(served));
        }
        for project in 0..2 {
            world.does(Act::Moves(Step::Accept { project, month: 0, on: 46 }));
        }
        world
    }

    fn does(&mut self, act: Act) {
        let body =
            |project: usize, tranche: usize| (PROJECTS[project].parse().unwrap(), TRANCHES[tranche].0.to_owned());
        match act {
            Act::Moves(step) => tell(&mut self.history, &mut self.services, step),
            Act::Certify { project, milestone, points, citizens } => {
                self.certify(project, milestone, [points, citizens])
            }
            Act::Authorise { project, tranche } => self.authorises(project, TRANCHES[tranche].0),
            Act::Order { project, tranche } => {
                let (id, tranche) = body(project, tranche);
                let iban = IbanText("IT60X0542811101000000123456".to_owned());
                self.asks(
                    project,
                    &MoneyCommand::Order(OrderPayment { project: id, tranche, iban, amount: None }, "bruno".to_owned()),
                );
            }
            Act::Confirm { project, tranche } => {
                let (id, tranche) = body(project, tranche);
                let (paid_on, reference) = (day("2024-12-01"), "TRN".to_owned());
                self.asks(
                    project,
                    &MoneyCommand::Confirm(ConfirmPayment { project: id, tranche, paid_on, reference, amount: None }),
                );
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
            Act::Pay { project, tranche } => {
                self.does(Act::Authorise { project, tranche });
                self.does(Act::Order { project, tranche });
                self.does(Act::Confirm { project, tranche });
            }
            Act::Recover { project, cents } => {
                let id = PROJECTS[project].parse().unwrap();
                let decided = self.money[PROJECTS[project]].decided();
                let owed =
                    |one: &&Decided| one.said.decision == ExposureDecision::Recover && one.recovered < one.said.amount;
                let Some(decided) = decided.iter().find(owed).or(decided.last()) else { return };
                // Most of the time all that is left.
                let left = decided.said.amount - decided.recovered;
                let amount = if cents % 4 != 0 { left } else { Cents(cents) };
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
            Act::Done { project, tranche, done } => self.done(project, tranche, done),
            Act::Redistribute { from, left, day, reserve } => self.redistributes(from, left, day, reserve),
            Act::Rules(rule) => self.rules(rule),
            Act::Close { earlier } => self.close(earlier),
            Act::Cures(may) => self.cures = may,
        }
    }

    fn certify(&mut self, project: usize, milestone: usize, [points, citizens]: [u32; 2]) {
        let milestone = ["M1", "M2", "M3"][milestone].to_owned();
        // As a milestone refuses: it is claimed once, and once more where it was met in part.
        let before: Vec<_> = self.certified(PROJECTS[project]).filter(|said| said.milestone == milestone).collect();
        if before.len() > 1 || before.iter().any(|said| said.met()) {
            return;
        }
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

    /// What is exposed by it was foreseen to the cent.
    fn authorises(&mut self, at: usize, tranche: &str) {
        let open = |world: &World| world.open(PROJECTS[at]).iter().map(|open| open.amount).sum::<Cents>();
        let said = |world: &World| world.said_of_money(PROJECTS[at]).count();
        let (before, was, foreseen) = (said(self), open(self), self.foreseen(PROJECTS[at], tranche));
        let (project, tranche) = (PROJECTS[at].parse().unwrap(), tranche.to_owned());
        let body = AuthoriseTranche { project, tranche, amount: None };
        self.asks(at, &MoneyCommand::Authorise(body, "anna".to_owned()));
        if said(self) > before {
            assert_eq!(open(self) - was, foreseen, "{}", PROJECTS[at]);
            self.met.extend((foreseen > Cents::ZERO).then(|| "exposed at once".to_owned()));
        }
    }

    /// As the door would: refused, or written.
    fn asks(&mut self, project: usize, command: &MoneyCommand) {
        let project = PROJECTS[project];
        let facts = MoneyFacts {
            today: TODAY,
            position: self.history.commits.last().unwrap().0,
            project: self.project.clone(),
            programme: self.programme.clone(),
            certificates: self.certificates(project),
            exposures: self.open(project),
            curable: self.curable(project),
            ..MoneyFacts::default()
        };
        let money = self.money.get_mut(project).unwrap();
        let decided = money.decide(command, &facts).inspect_err(|refusal| {
            self.met.insert(format!("refused {:?}", refusal.code()));
        });
        for event in decided.unwrap_or_default() {
            money.evolve(&event);
            self.history.say(StreamKind::Money, project, event);
        }
    }

    /// The milestones that may still be cured.
    fn curable(&self, project: &str) -> BTreeSet<String> {
        let mut once = BTreeSet::new();
        for said in self.certified(project).filter(|_| self.cures) {
            // A second one settles it.
            let first = once.insert(said.milestone.clone());
            if !first || said.met() {
                once.remove(&said.milestone);
            }
        }
        once
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

    /// A project's certificates, in their order.
    fn certified(&self, project: &str) -> impl Iterator<Item = &MilestoneCertified> {
        let said = self.history.commits.iter().filter(move |(_, commit)| commit.stream.id() == project);
        said.flat_map(|(_, commit)| &commit.events).filter_map(|event| {
            let Event::Milestone(MilestoneEvent::MilestoneCertified(said)) = event else { return None };
            Some(said)
        })
    }

    /// The last certificate of each milestone.
    fn certificates(&self, project: &str) -> BTreeMap<String, MilestoneCertified> {
        self.certified(project).map(|said| (said.milestone.clone(), said.clone())).collect()
    }
}

const AWARD: Cents = Cents(44_005_910);

/// The day of every decision.
const TODAY: jiff::civil::Date = jiff::civil::date(2025, 1, 1);

/// What both projects were approved with, until awards are redistributed.
fn approval() -> ApplicationApproved {
    let shares: [Share; 4] = ["0.25", "0.30", "0.10", "0.35"].map(|share| share.parse().unwrap());
    let tranches =
        TRANCHES.iter().zip(shares).zip(allocate(AWARD, &shares)).map(|(((id, milestone), share), amount)| {
            let trigger = Trigger::Named(milestone.unwrap_or(Trigger::APPROVAL).to_owned());
            PlannedTranche { id: (*id).to_owned(), share, trigger, amount }
        });
    ApplicationApproved { act: "act".to_owned(), on: day("2023-07-01"), tranches: tranches.collect() }
}

fn project() -> Project {
    let mut project = Project::default();
    let mut history = History::default();
    history.applied("p", "lombardia");
    let applied = history.commits[0].1.events[0].clone();
    let Event::Project(ProjectEvent::ApplicationSubmitted(mut applied)) = applied else { panic!("{applied:?}") };
    applied.award = AWARD;
    project.evolve(&applied.into());
    project.evolve(&approval().into());
    project
}
