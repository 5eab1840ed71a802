mod claims;

use std::collections::BTreeMap;

use proptest::prelude::*;
use traccia_domain::{Commit, Position, StreamKind, programme::RulesAdopted, programme::rules::CountingRules};
use traccia_projector::{At, Changes, Fork, Projection as _};

use super::*;
use crate::{
    answer::Within,
    targets::Scope,
    testing::{
        history::{History, day, record, text},
        properties::seeded,
        steps::{Step, begun, step, tell},
    },
};

/// What the fold of a history says of commits that it has not taken in.
fn foretold(history: &History, commits: &[Commit]) -> Impact {
    let position = history.commits.last().map_or(Position::START, |(position, _)| *position);
    Impact::of(&mut Fork::of_state(history.fold.clone(), position), commits)
}

/// Every project's figures, as they stand in the totals.
fn figures(history: &History) -> BTreeMap<String, [i64; 4]> {
    let number = |totals: &[(&str, i64)], name: &str| totals.iter().find(|(other, _)| *other == name).unwrap().1;
    let projects = history.fold.targets().each().filter(|([_, scope, _], _)| scope == "project");
    let figures = projects.map(|([_, _, id], totals)| {
        let [counted, safe, recorded, qualifying] =
            ["counted", "safe", "recorded", "qualifying"].map(|name| number(&totals, name));
        (id, [counted, counted - safe, recorded, qualifying])
    });
    figures.collect()
}

/// The units that have a person's 1, by key: person, service and point, as the rows say.
fn ones(history: &History) -> BTreeMap<i64, [String; 3]> {
    let (services, points) = (history.store.now("service"), history.store.now("point"));
    let rows = history.store.now("unit");
    let counted = rows.iter().filter(|(_, row)| text(&row[2]) == "rfd" && !text(&row[6]).is_empty());
    let one = |(key, row): (&i64, &&traccia_projector::Row)| {
        let key_of = |column: usize| text(&row[column]).parse::<i64>().unwrap();
        let counting = history.fold.counting();
        let person = counting.name(counting.person(u32::try_from(key_of(0)).unwrap())).to_string();
        (*key, [person, text(&services[&key_of(4)][0]), text(&points[&key_of(3)][0])])
    };
    counted.map(one).collect()
}

fn said(units: &[Unit], way: Way) -> Vec<[String; 3]> {
    let units = units.iter().filter(|unit| unit.way == way);
    let mut said: Vec<_> = units.map(|unit| [&unit.person, &unit.service, &unit.point].map(Clone::clone)).collect();
    said.sort();
    said
}

/// Those of some units that others do not have.
fn without(some: &BTreeMap<i64, [String; 3]>, others: &BTreeMap<i64, [String; 3]>) -> Vec<[String; 3]> {
    let mut only: Vec<_> =
        some.iter().filter(|(key, _)| !others.contains_key(key)).map(|(_, one)| one.clone()).collect();
    only.sort();
    only
}

proptest! {
    #![proptest_config(ProptestConfig { cases: seeded().cases.max(400), ..seeded() })]

    /// What was foretold of facts, one or several, is what the tables say once they have happened.
    #[test]
    fn what_was_foretold_is_what_happens(steps in prop::collection::vec(step(15), 1..40), together in 1..5_usize) {
        let mut history = begun();
        let mut services = Vec::new();
        for steps in steps.chunks(together) {
            let (told, before, ones_before) = (history.commits.len(), figures(&history), ones(&history));
            let past = (history.fold.clone(), history.commits.last().unwrap().0);
            steps.iter().for_each(|step| tell(&mut history, &mut services, step.clone()));
            let commits: Vec<Commit> = history.commits[told..].iter().map(|(_, commit)| commit.clone()).collect();
            let impact = Impact::of(&mut Fork::of_state(past.0, past.1), &commits);
            let (after, ones_after) = (figures(&history), ones(&history));
            let figure = |project: &Project| {
                let Services { recorded, qualifying } = project.services;
                let all = [project.counted, project.at_risk, recorded, qualifying];
                (project.project.clone(), (all.map(|figure| figure.before), all.map(|figure| figure.after)))
            };
            let foretold: BTreeMap<_, _> = impact.projects().iter().map(figure).collect();
            for (project, now) in &after {
                let was = before.get(project).copied().unwrap_or_default();
                prop_assert_eq!(foretold.get(project).copied().unwrap_or((was, was)), (was, *now), "{}", project);
            }
            // Claims and points move in projects of which nothing was ever recorded, too.
            let unknown = foretold.iter().filter(|(project, _)| !after.contains_key(*project));
            prop_assert!(unknown.into_iter().all(|(_, figures)| *figures == Default::default()));
            prop_assert_eq!(said(impact.units(), Way::Lost), without(&ones_before, &ones_after));
            prop_assert_eq!(said(impact.units(), Way::Gained), without(&ones_after, &ones_before));
        }
    }

    /// Rules adopted at the log's end say of the whole history what they would have, adopted at its beginning. Not of
    /// claims: what one froze was judged by the rules known then, and it is not claimed again.
    #[test]
    fn rules_adopted_late_judge_as_if_adopted_early(
        steps in prop::collection::vec(step(6), 1..60), age in 10..20_u8, later in 0..4_i64,
    ) {
        let mut history = begun();
        let mut services = Vec::new();
        let unclaimed = steps.into_iter().filter(|step| !matches!(step, Step::Claim { .. }));
        unclaimed.for_each(|step| tell(&mut history, &mut services, step));
        // No other version takes effect on the same day.
        let effective_on = day("2023-12-25") + jiff::Span::new().days(later * 23);
        let counting = CountingRules { minimum_age: age, ..CountingRules::default() };
        let rules = RulesAdopted {
            act: "act".to_owned(), effective_on, counting: Some(counting), points: None, expense_caps: None,
        };
        let adopted = crate::testing::history::commit(StreamKind::Programme, "lombardia", rules);
        let mut commits: Vec<Commit> = history.commits.iter().map(|(_, commit)| commit.clone()).collect();
        let late = folded(commits.iter().chain([&adopted]));
        commits.insert(1, adopted);
        prop_assert_eq!(late, folded(&commits));
    }
}

/// Every total of a history folded from its beginning.
fn folded<'a>(commits: impl IntoIterator<Item = &'a Commit>) -> BTreeMap<[String; 3], Vec<(&'static str, i64)>> {
    let mut fold = Projections::default();
    for (n, commit) in commits.into_iter().enumerate() {
        let at = At { position: Position(n as u64 + 1), recorded_at: commit.recorded_at, commit };
        fold.commit(&at, &mut Changes::ignored());
    }
    fold.targets().each().collect()
}

/// Two citizens, each counted in a project of their own, and the commits that would make one of them.
fn two_projects() -> (History, Vec<Commit>) {
    let mut history = begun();
    history.registered("maria");
    history.registered("mario");
    history.served("maria", "a", "2024-03-01", |_| {});
    history.served("mario", "c", "2024-02-01", |_| {});
    let told = history.commits.len();
    let fold = history.fold.clone();
    history.linked("maria", "mario");
    let commits = history.commits.split_off(told).into_iter().map(|(_, commit)| commit).collect();
    history.fold = fold;
    (history, commits)
}

#[test]
fn a_link_takes_the_1_from_the_project_that_came_later() {
    let (history, commits) = two_projects();
    let impact = foretold(&history, &commits);
    let [only] = impact.projects() else { panic!("{impact:?}") };
    assert_eq!((only.project.as_str(), only.counted), ("p", Figure { before: 1, after: 0 }));
    let [lost] = impact.units() else { panic!("{impact:?}") };
    assert_eq!((lost.way, lost.point.as_str(), lost.project.as_str()), (Way::Lost, "a", "p"));
    assert_eq!(lost.person, record("maria").to_string());
    assert_eq!(history.counted(Scope::Programme, "lombardia"), 2, "nothing has happened");
}

#[test]
fn what_a_token_does_not_reach_is_told_as_a_number_alone() {
    let (history, commits) = two_projects();
    let events = vec!["RecordsLinked"];
    let seen = |within: &Within, units: Option<&Within>, most| {
        let readers = Readers { figures: Some(within.clone()), units: units.cloned(), ..Readers::everything() };
        foretold(&history, &commits).within(events.clone(), &readers, most)
    };
    let everything = Within::everything();
    let all = seen(&everything, Some(&everything), 100);
    assert_eq!((all.projects.len(), all.elsewhere, all.lost, all.gained, all.units.len()), (1, 0, 1, 0, 1));
    let other = Within { projects: Some(vec!["q".parse().unwrap()]), ..Within::default() };
    let of_q = seen(&other, Some(&other), 100);
    assert_eq!((of_q.projects.len(), of_q.elsewhere, of_q.lost, of_q.units.len()), (0, 1, 0, 0));
    let unnamed = seen(&everything, None, 100);
    assert_eq!((unnamed.projects.len(), unnamed.lost, unnamed.units.len()), (1, 0, 0));
    let few = seen(&everything, Some(&everything), 0);
    assert_eq!((few.lost, few.units.len()), (1, 0), "all are counted, the first are listed");
}
