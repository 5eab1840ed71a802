//! Claims: the units a milestone was claimed with, frozen at the claim's position, and which of them still hold.
//!
//! A claim holds a person by one service. Whatever arrives later, the person's 1 stays there while that service counts.

use rustc_hash::{FxHashMap, FxHashSet};
use traccia_domain::{
    Hash, Position, RecordId, ServiceId,
    milestone::{self, MilestoneClaimed, Terms},
    programme::rules::PointsBasis,
};

use traccia_projector::Changes;

use super::{Counting, services::Rank};
use crate::{day::Day, points::Points, reports::Reports};

/// All claims, in their order: a claim's key is its place in it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Claims {
    all: Vec<Claim>,
    /// By record: where it was frozen.
    frozen: FxHashMap<u32, Vec<Place>>,
    /// Claims of this commit, not frozen yet.
    fresh: Vec<u32>,
    /// Claims whose numbers differ after this commit.
    moved: Vec<u32>,
    /// Frozen units that differ after this commit.
    changed: Vec<Place>,
    /// Records of persons to be looked at after this commit.
    stale: Vec<u32>,
}

/// A claim, and a place in its list.
pub(crate) type Place = (u32, u32);

/// A claim: what it froze, and what of that still holds.
#[derive(Clone, Debug)]
pub(crate) struct Claim {
    pub(crate) project: u32,
    pub(crate) milestone: String,
    pub(crate) position: Position,
    pub(crate) cure: bool,
    pub(crate) terms: Terms,
    /// Points when it was claimed.
    pub(crate) points: u32,
    /// Points by what is known now.
    pub(crate) points_now: u32,
    /// The frozen list's root hash.
    pub(crate) root: Hash,
    /// How many units of it still hold.
    pub(crate) citizens_now: u32,
    /// Points and citizens as they were last told of.
    told: Option<(u32, u32)>,
    list: Vec<Frozen>,
}

/// A unit of a claim.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Frozen {
    /// The person's oldest record, when it was claimed.
    pub(crate) record: u32,
    /// The service it was claimed with.
    pub(crate) service: u32,
    /// Whether it still counts for the claim. Of units that turned out to be one person's, the first does.
    pub(crate) holds: bool,
}

impl Claim {
    /// How many units were frozen.
    pub(crate) fn count(&self) -> u32 {
        u32::try_from(self.list.len()).expect("fewer units than records")
    }

    pub(crate) fn unit(&self, place: u32) -> Frozen {
        self.list[place as usize]
    }
}

impl Claims {
    /// Every claim, in the order of claiming.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Claim> {
        self.all.iter()
    }

    pub(crate) fn get(&self, claim: u32) -> &Claim {
        &self.all[claim as usize]
    }

    /// Claims whose numbers differ after this commit, new ones included.
    pub(crate) fn moved(&self) -> &[u32] {
        &self.moved
    }

    /// Frozen units that differ after this commit, in order.
    pub(crate) fn changed(&self) -> &[Place] {
        &self.changed
    }

    pub(super) fn take(&mut self, position: Position, project: u32, said: &MilestoneClaimed) {
        let key = u32::try_from(self.all.len()).expect("fewer claims than commits, which are fewer than 2^32");
        self.all.push(Claim {
            project,
            milestone: said.milestone.clone(),
            position,
            cure: said.cure,
            terms: said.terms.clone(),
            points: 0,
            points_now: 0,
            root: milestone::root(std::iter::empty()),
            citizens_now: 0,
            told: None,
            list: Vec::new(),
        });
        self.fresh.push(key);
    }

    /// Persons who were judged anew, by their records: their frozen units are looked at again.
    pub(super) fn judged(&mut self, records: impl Iterator<Item = u32>) {
        if !self.frozen.is_empty() {
            self.stale.extend(records.filter(|record| self.frozen.contains_key(record)));
        }
    }
}

impl Counting {
    /// Looks again at what claims hold, and freezes the new ones. Every service has been judged.
    pub(super) fn settle_claims(&mut self, points: &Points, reports: &Reports, changes: &mut Changes) {
        if self.claims.all.is_empty() {
            return;
        }
        for project in reports.moved() {
            let claims = self.claims.all.iter().filter(|claim| claim.project == *project);
            self.claims.stale.extend(claims.flat_map(|claim| &claim.list).map(|unit| unit.record));
        }
        self.hold(points, reports);
        for project in points.reactivated() {
            self.look_at_points(*project, points);
        }
        for claim in std::mem::take(&mut self.claims.fresh) {
            self.freeze(claim, points, reports);
            // From now on it holds the persons' 1s where they are claimed.
            for place in 0..self.claims.get(claim).count() {
                let person = self.records.person(self.claims.get(claim).unit(place).record);
                self.judge_person(person, points, changes);
            }
            self.hold(points, reports);
        }
        let Claims { all, moved, .. } = &mut self.claims;
        moved.sort_unstable();
        moved.dedup();
        // One unit may hold where another ceased to.
        moved.retain(|claim| {
            let claim = &mut all[*claim as usize];
            let now = Some((claim.points_now, claim.citizens_now));
            std::mem::replace(&mut claim.told, now) != now
        });
        self.claims.changed.sort_unstable();
        self.claims.changed.dedup();
    }

    /// Forgets what differed after the commit before.
    pub(super) fn begin_claims(&mut self) {
        self.claims.moved.clear();
        self.claims.changed.clear();
    }

    /// Whether each frozen unit of the persons touched still holds.
    fn hold(&mut self, points: &Points, reports: &Reports) {
        let mut persons: Vec<u32> =
            std::mem::take(&mut self.claims.stale).into_iter().map(|record| self.records.person(record)).collect();
        persons.sort_unstable();
        persons.dedup();
        for person in persons {
            let records = self.records.of_person(person);
            let frozen = records.filter_map(|record| self.claims.frozen.get(&record)).flatten();
            let mut places: Vec<Place> = frozen.copied().collect();
            places.sort_unstable();
            let mut before = None;
            for (claim, place) in places {
                let first = before != Some(claim);
                before = Some(claim);
                let holds = first && self.holds(person, claim, points, reports);
                let kept = &mut self.claims.all[claim as usize];
                let unit = &mut kept.list[place as usize];
                if unit.holds != holds {
                    unit.holds = holds;
                    kept.citizens_now = if holds { kept.citizens_now + 1 } else { kept.citizens_now - 1 };
                    self.claims.moved.push(claim);
                    self.claims.changed.push((claim, place));
                }
            }
        }
    }

    /// Whether a person still counts for a claim: a service of its project counts by its terms, and no other project's claim
    /// holds the person.
    fn holds(&self, person: u32, claim: u32, points: &Points, reports: &Reports) -> bool {
        let claim = &self.claims.all[claim as usize];
        let Some(programme) = points.projects.get(claim.project).programme else { return false };
        let holder = self.units.holder(self.records.get(person).units, programme, points);
        let Some(holder) = holder else { return false };
        let elsewhere = points.place(holder.point).is_some_and(|place| place.project != claim.project);
        if elsewhere && self.services.pin(holder.service).is_some() {
            return false;
        }
        let services = self.records.of_person(person).flat_map(|record| {
            let latest = self.records.get(record).services;
            self.services.of_record(latest)
        });
        let (project, terms) = (claim.project, Days::of(&claim.terms));
        services.into_iter().any(|service| self.meets(service, project, terms, points, reports))
    }

    /// Whether a service counts by a claim's terms.
    fn meets(&self, key: u32, project: u32, terms: Days, points: &Points, reports: &Reports) -> bool {
        let service = self.services.get(key);
        service.verdict.is_some_and(|verdict| verdict.counts && !verdict.scd)
            && service.on <= terms.counts_until
            && points.place(service.point).is_some_and(|place| place.project == project)
            && reports.accepted(project, service.on, key).is_some_and(|on| on <= terms.accepted_until)
    }

    fn look_at_points(&mut self, project: u32, points: &Points) {
        for (key, claim) in (0_u32..).zip(&mut self.claims.all) {
            if claim.project == project {
                let now = counted_points(project, &claim.terms, points);
                if now != claim.points_now {
                    claim.points_now = now;
                    self.claims.moved.push(key);
                }
            }
        }
    }

    /// What a claim by some terms would freeze now: persons whose 1 is the project's, and of each the service that counts
    /// by the terms and would be first to get the 1.
    fn candidates(&self, project: u32, terms: &Terms, points: &Points, reports: &Reports) -> FxHashMap<u32, Rank> {
        let mut found = FxHashMap::<u32, Rank>::default();
        let Some(programme) = points.projects.get(project).programme else { return found };
        let days = Days::of(terms);
        let mut others = FxHashSet::default();
        for point in &points.projects.get(project).points {
            for key in self.services.at_point(*point) {
                if !self.meets(key, project, days, points, reports) {
                    continue;
                }
                let person = self.records.person(self.services.get(key).record);
                if others.contains(&person) {
                    continue;
                }
                let rank = self.services.rank(key);
                if let Some(best) = found.get_mut(&person) {
                    *best = rank.min(*best);
                    continue;
                }
                let holder = self.units.holder(self.records.get(person).units, programme, points);
                let own =
                    holder.and_then(|unit| points.place(unit.point)).is_some_and(|place| place.project == project);
                if own {
                    found.insert(person, rank);
                } else {
                    others.insert(person);
                }
            }
        }
        found
    }

    fn freeze(&mut self, key: u32, points: &Points, reports: &Reports) {
        let claim = self.claims.get(key);
        let (project, terms) = (claim.project, claim.terms.clone());
        let candidates = self.candidates(project, &terms, points, reports);
        let unit = |(person, (_, _, _, service)): (u32, Rank)| (self.records.id(person), person, service);
        let mut list: Vec<(RecordId, u32, u32)> = candidates.into_iter().map(unit).collect();
        list.sort_unstable();
        let named = list
            .iter()
            .map(|(serial, _, service)| -> (RecordId, ServiceId) { (*serial, self.services.get(*service).id) });
        let root = milestone::root(named);
        let frozen =
            |(_, record, service): &(RecordId, u32, u32)| Frozen { record: *record, service: *service, holds: true };
        let list: Vec<Frozen> = list.iter().map(frozen).collect();
        let points_now = counted_points(project, &terms, points);
        for (place, unit) in (0_u32..).zip(&list) {
            self.claims.frozen.entry(unit.record).or_default().push((key, place));
            self.claims.changed.push((key, place));
            self.services.claim(unit.service, key);
        }
        let claim = &mut self.claims.all[key as usize];
        (claim.root, claim.points, claim.points_now) = (root, points_now, points_now);
        claim.list = list;
        claim.citizens_now = claim.count();
        self.claims.moved.push(key);
    }
}

/// The days of a claim's terms, as services have them.
#[derive(Clone, Copy)]
struct Days {
    counts_until: Day,
    accepted_until: Day,
}

impl Days {
    fn of(terms: &Terms) -> Days {
        Days { counts_until: terms.counts_until.into(), accepted_until: terms.accepted_until.into() }
    }
}

/// A project's points, as a milestone counts them.
pub(crate) fn counted_points(project: u32, terms: &Terms, points: &Points) -> u32 {
    active_points(project, terms.points_basis, terms.points_on.into(), points)
}

/// A project's points that are active on a day, or have ever been by then.
pub(crate) fn active_points(project: u32, basis: PointsBasis, on: Day, points: &Points) -> u32 {
    let counts = |point: &&u32| match basis {
        PointsBasis::ActiveOnDate => points.points.get(**point).active_on(on),
        PointsBasis::EverActivated => points.points.get(**point).was_active_by(on),
    };
    let counted = points.projects.get(project).points.iter().filter(counts).count();
    u32::try_from(counted).expect("fewer points than commits")
}
