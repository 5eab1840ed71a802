//! What stops, takes away and moves money among the rest: tranches suspended, released, revoked and reconciled, awards
//! redistributed, each asked of the domain as the door asks.

use traccia_domain::{
    milestone::Milestone,
    programme::{
        Floor, Programme, ProgrammeCommand, ProgrammeFacts,
        command::{AdoptRedistribution, NewCommitment},
        rules::{CountingRules, RedistributionRule},
    },
    tranche::command::{ReconcilePayment, ReleaseTranche, RevokeTranche, SuspendTranche},
};

use super::*;

/// What is done to one tranche by an act, or by the bank's statement.
#[derive(Clone, Copy, Debug)]
pub(super) enum Done {
    Suspended,
    Released,
    Revoked,
    Reconciled,
}

/// What a redistribution leaves the project that it takes from.
#[derive(Clone, Copy, Debug)]
pub(super) enum Left {
    /// So many cents.
    Cents(i64),
    /// The least it may have.
    Floor,
    /// A cent less, which is refused.
    BelowFloor,
}

pub(super) fn done() -> impl Strategy<Value = Done> {
    prop_oneof![
        4 => Just(Done::Suspended),
        14 => Just(Done::Released),
        1 => Just(Done::Revoked),
        6 => Just(Done::Reconciled),
    ]
}

pub(super) fn left() -> impl Strategy<Value = Left> {
    // Mostly so that both still have something to lose.
    let between = AWARD.0 / 2..AWARD.0 * 3 / 2;
    prop_oneof![6 => between.prop_map(Left::Cents), 1 => Just(Left::Floor), 1 => Just(Left::BelowFloor)]
}

impl World {
    pub(super) fn done(&mut self, at: usize, tranche: usize, done: Done) {
        let (project, tranche) = (PROJECTS[at].parse().unwrap(), TRANCHES[tranche].0.to_owned());
        let (act, reason) = ("atto".to_owned(), "perché".to_owned());
        let command = match done {
            Done::Suspended => MoneyCommand::Suspend(SuspendTranche { project, tranche, act, reason }),
            Done::Released => MoneyCommand::Release(ReleaseTranche { project, tranche, act, reason }),
            Done::Revoked => MoneyCommand::Revoke(RevokeTranche { project, tranche, act, reason }),
            Done::Reconciled => MoneyCommand::Reconcile(ReconcilePayment { project, tranche, statement: act }),
        };
        self.asks(at, &command);
    }

    /// From one project to the other, or what is over to a reserve.
    pub(super) fn redistributes(&mut self, from: usize, left: Left, day_of: usize, reserve: bool) {
        let floors = PROJECTS.map(|project| self.floor(project));
        let awards = PROJECTS.map(|project| self.awarded(project));
        let least = floors[from].award;
        let award = match left {
            Left::Cents(cents) => Cents(cents),
            Left::Floor => least,
            Left::BelowFloor => least - Cents(1),
        };
        let other = awards[0] + awards[1] - award;
        if award < Cents::ZERO || other < Cents::ZERO {
            return;
        }
        let new = |at: usize| NewCommitment {
            project: PROJECTS[at].parse().unwrap(),
            award: if at == from {
                award
            } else if reserve {
                awards[at]
            } else {
                other
            },
            points: 0,
            citizens: 0,
            services: 0,
        };
        let command = AdoptRedistribution {
            programme: "lombardia".parse().unwrap(),
            act: format!("D.d.s. {}", self.history.commits.len()),
            effective_on: day(["2024-06-01", "2025-01-01", "2025-06-01"][day_of]),
            projects: vec![new(0), new(1)],
            reserve: reserve.then(|| "riserva".to_owned()),
        };
        let facts = ProgrammeFacts { projects: vec![self.project.clone(); 2], floors: floors.to_vec() };
        let said = self.programme.decide(&ProgrammeCommand::Redistribute(command), &facts).unwrap_or_default();
        let below = award < least && award < awards[from];
        assert!(said.is_empty() || !below, "an award falls below what was released: {award} of {least}");
        for event in said {
            Arc::make_mut(&mut self.programme).evolve(&event);
            self.history.say(StreamKind::Programme, "lombardia", event);
        }
    }

    /// How a later redistribution treats what is still to be authorised.
    pub(super) fn rules(&mut self, redistribution: RedistributionRule) {
        self.history.adopted("lombardia", "2023-07-01", CountingRules { redistribution, ..CountingRules::default() });
        self.programme = Arc::new(self.programme_at(Position(u64::MAX)));
    }

    /// The programme, as the commits up to a position say.
    pub(super) fn programme_at(&self, until: Position) -> Programme {
        let mut programme = Programme::default();
        let commits = self.history.commits.iter().take_while(|(position, _)| *position <= until);
        for (_, commit) in commits.filter(|(_, commit)| commit.stream.id() == "lombardia") {
            for event in &commit.events {
                if let Event::Programme(event) = event {
                    programme.evolve(event);
                }
            }
        }
        programme
    }

    fn floor(&self, project: &str) -> Floor {
        let mut milestones = Milestone::default();
        for (_, commit) in self.history.commits.iter().filter(|(_, commit)| commit.stream.id() == project) {
            for event in &commit.events {
                if let Event::Milestone(event) = event {
                    milestones.evolve(event);
                }
            }
        }
        Floor::of(&self.money[project], &milestones, &self.project)
    }

    /// What acts say of a project's award, from which day, in their order.
    fn acts(&self, project: &str) -> Vec<(jiff::civil::Date, Cents)> {
        let events = self.history.commits.iter().flat_map(|(_, commit)| &commit.events);
        let adopted = events.filter_map(|event| {
            let Event::Programme(ProgrammeEvent::RedistributionAdopted(said)) = event else { return None };
            let new = said.projects.iter().find(|new| new.project.as_str() == project)?;
            Some((said.effective_on, new.award))
        });
        adopted.collect()
    }

    /// What a project was awarded by the last act.
    pub(super) fn awarded(&self, project: &str) -> Cents {
        self.acts(project).last().map_or(AWARD, |(_, award)| *award)
    }

    /// The award in force: of the last act that holds today and those that will, the least.
    pub(super) fn award(&self, project: &str) -> Cents {
        let acts = self.acts(project);
        let today = acts.iter().rfind(|(from, _)| *from <= TODAY).map_or(AWARD, |(_, award)| *award);
        // Of two acts of one day the last holds.
        let later: BTreeMap<_, _> = acts.into_iter().filter(|(from, _)| *from > TODAY).collect();
        later.into_values().fold(today, Cents::min)
    }
}
