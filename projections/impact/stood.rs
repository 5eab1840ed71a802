//! How every project stands in a fold on a day: what is compared.
//!
//! Each figure is asked of who has it; nothing is judged here.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rustc_hash::FxHashMap;
use traccia_domain::{
    Cents,
    milestone::Terms,
    programme::definition::Targets,
    tranche::{self, Award},
};

use crate::{
    Projections,
    counting::{Claim, active_points, counted_points},
    day::Day,
    milestones::standing::certified,
    points::{Project, Redistributed},
    targets::Totals,
    tranches::sums::Sums,
};

/// Projects by programme and name.
pub(super) type Projects = BTreeMap<[String; 2], Stood>;

/// How a project stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Stood {
    pub(super) totals: Totals,
    pub(super) active_points: u32,
    /// Points, citizens, services.
    pub(super) targets: [u32; 3],
    /// By place in the definition.
    pub(super) milestones: BTreeMap<(usize, String), Asked>,
    /// By key.
    pub(super) claims: BTreeMap<u32, Claimed>,
    pub(super) money: Account,
}

/// What counts for a milestone, and what it needs.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Asked {
    pub(super) points: u32,
    pub(super) points_needed: Option<u32>,
    pub(super) citizens_needed: Option<u32>,
}

/// What of a claim holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Claimed {
    pub(super) name: String,
    pub(super) units: u32,
    pub(super) points: u32,
    /// How its milestone stands by it, where it is the last.
    pub(super) standing: Option<&'static str>,
}

/// A project's money.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Account {
    pub(super) award: Cents,
    /// By place in the schedule.
    pub(super) tranches: BTreeMap<(usize, String), Sums>,
    /// By key.
    pub(super) exposures: BTreeMap<u32, Exposed>,
}

/// An exposure.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Exposed {
    pub(super) name: String,
    pub(super) tranche: String,
    pub(super) amount: Cents,
    pub(super) settled: Cents,
    pub(super) state: Option<&'static str>,
}

/// Every project of a fold, on a day.
pub(super) fn projects(state: &Projections, on: Date) -> Projects {
    let totals: FxHashMap<[&str; 2], &Totals> =
        state.targets().projects().map(|(programme, project, totals)| ([programme, project], totals)).collect();
    let mut claims = FxHashMap::<u32, Vec<(u32, &Claim)>>::default();
    for (key, claim) in (0..).zip(state.counting().claims().iter()) {
        claims.entry(claim.project).or_default().push((key, claim));
    }
    let points = state.points();
    let of_a_programme = points.projects.iter().filter_map(|(key, project)| Some((key, project, project.programme?)));
    let stood = of_a_programme.map(|(key, project, programme)| {
        let here = Here { state, key, project, programme, on };
        let name = [points.programmes.get(programme).id().as_str(), project.id().as_str()];
        let stood = Stood {
            totals: totals.get(&name).map_or_else(Totals::default, |totals| (*totals).clone()),
            active_points: active_points(key, here.rules(on).points_basis, on.into(), points),
            targets: here
                .promised(None)
                .map(|Targets { points, citizens, services, .. }| [points, citizens, services])
                .unwrap_or_default(),
            milestones: here.milestones(),
            claims: here.claims(claims.get(&key).map_or(&[], Vec::as_slice)),
            money: here.money(),
        };
        (name.map(str::to_owned), stood)
    });
    stood.collect()
}

/// A project in a fold.
struct Here<'a> {
    state: &'a Projections,
    key: u32,
    project: &'a Project,
    programme: u32,
    on: Date,
}

impl Here<'_> {
    fn rules(&self, day: Date) -> &traccia_domain::programme::rules::CountingRules {
        self.state.points().programmes.get(self.programme).counting_on(Day::from(day))
    }

    /// What a redistribution gave that holds on a day, or once all have taken effect: of those on one day the last.
    fn redistributed(&self, day: Option<Date>) -> Option<&Redistributed> {
        let by_then = self.project.redistributed().iter().filter(|said| day.is_none_or(|day| said.effective_on <= day));
        by_then.max_by_key(|said| said.effective_on)
    }

    /// The targets that hold on a day, or once every act has taken effect.
    fn promised(&self, day: Option<Date>) -> Option<Targets> {
        match self.redistributed(day) {
            Some(Redistributed { new, .. }) => Some(Targets {
                points: new.points,
                citizens: new.citizens,
                services: new.services,
                services_binding: false,
            }),
            None => self.project.application().map(|applied| Targets::from(&applied.targets)),
        }
    }

    fn milestones(&self) -> BTreeMap<(usize, String), Asked> {
        let definition = self.state.points().programmes.get(self.programme).definition();
        let milestones = definition.into_iter().flat_map(|definition| &definition.milestones).enumerate();
        let asked = milestones.filter_map(|(place, milestone)| {
            let targets = self.promised(Some(milestone.deadline))?;
            let terms = Terms::by(self.rules(milestone.deadline), 0, &targets, milestone, false);
            let asked = Asked {
                points: counted_points(self.key, &terms, self.state.points()),
                points_needed: terms.points_needed,
                citizens_needed: terms.citizens_needed,
            };
            Some(((place, milestone.id.clone()), asked))
        });
        asked.collect()
    }

    fn claims(&self, claims: &[(u32, &Claim)]) -> BTreeMap<u32, Claimed> {
        let last =
            |claim: &Claim| claims.iter().rfind(|(_, other)| other.milestone == claim.milestone).map(|(key, _)| *key);
        let claimed = claims.iter().map(|(key, claim)| {
            let claimed = Claimed {
                name: format!("{}-{}", claim.milestone, claim.position),
                units: claim.citizens_now,
                points: claim.points_now,
                standing: (last(claim) == Some(*key)).then(|| self.standing(claim)),
            };
            (*key, claimed)
        });
        claimed.collect()
    }

    /// How a milestone stands by its last claim.
    fn standing(&self, claim: &Claim) -> &'static str {
        let certificates = self.state.tranches().account(self.key).map(|(_, certificates)| certificates);
        let certificate = certificates.and_then(|certificates| certificates.get(&claim.milestone));
        let Some(certificate) = certificate.filter(|certificate| certificate.claim == claim.position) else {
            return "claimed";
        };
        let holds = (claim.points_now, claim.citizens_now) == (claim.points, claim.count());
        certified(claim.cure, certificate.met(), holds, self.cure_over(&claim.milestone))
    }

    /// Whether the days for a cure of a milestone are over.
    fn cure_over(&self, milestone: &str) -> bool {
        let definition = self.state.points().programmes.get(self.programme).definition();
        let milestone =
            definition.and_then(|definition| definition.milestones.iter().find(|other| other.id == milestone));
        let (Some(milestone), Some(targets)) = (milestone, self.promised(None)) else { return false };
        let rules = self.rules(milestone.deadline);
        rules.cure_days > 0 && self.on > Terms::by(rules, 0, &targets, milestone, true).accepted_until
    }

    fn money(&self) -> Account {
        let tranches = self.state.tranches();
        let (empty, none) = (tranche::Money::default(), BTreeMap::new());
        let (money, certificates) = tranches.account(self.key).unwrap_or((&empty, &none));
        let applied = self.project.application().map(|applied| applied.award).unwrap_or_default();
        let said = self.project.redistributed().iter();
        let said: Vec<_> = said.map(|said| (said.effective_on, said.new.award, said.act.as_str())).collect();
        let terms = tranche::Terms {
            schedule: self.project.schedule(),
            award: Award::from(self.on, applied, &said),
            rule: self.rules(self.on).redistribution,
            certificates,
            today: self.on,
        };
        let names = terms.schedule.iter().enumerate().map(|(place, tranche)| (place, tranche.id.clone()));
        let exposed = tranches.exposures(self.key).map(|(key, exposure)| {
            let exposed = Exposed {
                name: exposure.id.clone(),
                tranche: exposure.tranche.clone(),
                amount: exposure.amount,
                settled: exposure.settled,
                state: Some(exposure.state()),
            };
            (key, exposed)
        });
        Account {
            award: self.redistributed(None).map_or(applied, |said| said.new.award),
            tranches: names.zip(Sums::all(money, &terms)).collect(),
            exposures: exposed.collect(),
        }
    }
}
