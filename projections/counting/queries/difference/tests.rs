use std::collections::BTreeMap;

use traccia_tests::{Place, on_every_database};

use super::*;
use crate::{
    answer::{KnownAt, Within},
    testing::{drawn::until_met, model::Model},
    written::{FACILITATION, POINTS, Written, record},
};

on_every_database! {
    the_items_explain_exactly_what_the_naive_model_counts
    a_person_who_moves_is_lost_in_one_project_gained_in_another_and_nothing_to_the_programme
    what_may_not_be_seen_of_a_cause_is_its_place_alone
}

/// Whom each place counts, by serial, at every position.
type Sets = Vec<BTreeMap<String, Vec<String>>>;

/// Told naively, from the commits alone.
async fn sets(written: &Written) -> Sets {
    let commits = written.commits().await;
    let set = |known: usize| {
        let model = Model::of(&commits[..known]);
        let mut places = BTreeMap::<String, Vec<String>>::new();
        for unit in model.units.iter().filter(|unit| unit.line == "rfd" && unit.counted.is_some()) {
            let (programme, project, province) = model.place(&unit.point).unwrap();
            for place in [programme.clone(), format!("{programme} {province}"), project, unit.point.clone()] {
                places.entry(place).or_default().push(model.serial(unit.person).to_string());
            }
        }
        places
    };
    (0..=commits.len()).map(set).collect()
}

fn places() -> Vec<(String, UnitFilter)> {
    let mut places = Vec::new();
    for (programme, point, project, province) in POINTS {
        let all = UnitFilter::default();
        let of = Some(programme.parse().unwrap());
        places.extend([
            (programme.to_owned(), UnitFilter { programme: of.clone(), ..all.clone() }),
            (
                format!("{programme} {province}"),
                UnitFilter { programme: of, province: Some(province.parse().unwrap()), ..all.clone() },
            ),
            (project.to_owned(), UnitFilter { project: Some(project.parse().unwrap()), ..all.clone() }),
            (point.to_owned(), UnitFilter { point: Some(point.parse().unwrap()), ..all }),
        ]);
    }
    places
}

/// Every page of the answer as one.
async fn whole(reader: &Reader, from: u64, place: &UnitFilter) -> Difference {
    let mut items = Vec::new();
    let mut after = None;
    loop {
        let paging = Paging::new(after.as_deref(), Some(3)).unwrap();
        let found = difference(reader, Position(from), place, true, &paging).await.unwrap().body;
        items.extend(found.page.items);
        after = found.page.next;
        if after.is_none() {
            return Difference { page: Page { items, next: None }, ..found };
        }
    }
}

async fn the_items_explain_exactly_what_the_naive_model_counts(place: Place) {
    until_met(place, "gained, lost", the_items_of).await;
}

async fn the_items_of(place: Place, seed: u64) -> [u64; 2] {
    let mut written = Written::drawn(place, 130, seed).await;
    written.close("a-1", "2024-06-01").await;
    written.of_pair(0, 1, "link_confirmed").await;
    written.of_pair(0, 1, "link_broken").await;
    written.write().await;
    let (sets, head) = (sets(&written).await, written.head().await);
    let (mut gained, mut lost) = (0, 0);
    for (from, to) in (0..40).map(|n| seed.rotate_left(n)).map(|n| (n % head, (n >> 20) % head + 1)) {
        let (from, to) = (from.min(to), from.max(to));
        let reader = written.at(to).await;
        for (name, place) in places() {
            let counts = |at: u64, person: &str| {
                let set = sets[usize::try_from(at).unwrap()].get(&name);
                set.is_some_and(|set| set.iter().any(|one| one == person))
            };
            let size = |at: u64| sets[usize::try_from(at).unwrap()].get(&name).map_or(0, Vec::len) as u64;
            let found = whole(&reader, from, &place).await;
            let what = format!("{name} from {from} to {to}");
            assert_eq!((found.counted.before, found.counted.after), (size(from), size(to)), "{what}");
            assert_eq!(found.counted.before + found.gained, found.counted.after + found.lost, "{what}");
            let of = |change| found.page.items.iter().filter(|item| item.change == change).count() as u64;
            assert_eq!((of(Change::Gained), of(Change::Lost)), (found.gained, found.lost), "{what}");
            for item in &found.page.items {
                let (then, now) = (item.change == Change::Lost, item.change == Change::Gained);
                assert_eq!((counts(from, &item.person), counts(to, &item.person)), (then, now), "{what}: {item:?}");
                // The commit made the change, and nothing has undone it since.
                assert!(from < item.cause.at && item.cause.at <= to, "{what}: {item:?}");
                assert_eq!(counts(item.cause.at - 1, &item.person), then, "{what}: {item:?}");
                assert!((item.cause.at..=to).all(|at| counts(at, &item.person) == now), "{what}: {item:?}");
            }
            gained += found.gained;
            lost += found.lost;
        }
    }
    [gained, lost]
}

/// A person counted at a-1, and then at b-1 by a service of an earlier day.
async fn moved(place: Place) -> (Written, u64) {
    let mut written = Written::network(place).await;
    written.register(0).await;
    written.serve(0, 0, "a-1", "f-a-1", "2024-03-02", FACILITATION).await;
    let before = written.head().await;
    written.serve(1, 0, "b-1", "f-b-1", "2024-03-01", FACILITATION).await;
    written.write().await;
    (written, before)
}

async fn a_person_who_moves_is_lost_in_one_project_gained_in_another_and_nothing_to_the_programme(place: Place) {
    let (written, before) = moved(place).await;
    let reader = written.known_at(KnownAt::Now).await;
    for (project, change, point) in [("a", Change::Lost, "a-1"), ("b", Change::Gained, "b-1")] {
        let place = UnitFilter { project: Some(project.parse().unwrap()), ..UnitFilter::default() };
        let found = whole(&reader, before, &place).await;
        let [item] = found.page.items.as_slice() else { panic!("{found:?}") };
        assert_eq!((item.person.clone(), item.change, item.point.as_str()), (record(0).to_string(), change, point));
        assert_eq!((item.cause.at, item.cause.events.as_slice()), (before + 1, &["ServiceRecorded".to_owned()][..]));
        assert_eq!(item.cause.subject.as_deref(), Some("operatore"));
    }
    let programme = UnitFilter { programme: Some("p".parse().unwrap()), ..UnitFilter::default() };
    let found = whole(&reader, before, &programme).await;
    assert_eq!((found.counted.before, found.counted.after, found.gained, found.lost), (1, 1, 0, 0));
}

async fn what_may_not_be_seen_of_a_cause_is_its_place_alone(place: Place) {
    let (written, before) = moved(place).await;
    let own = |project: &str| Within { projects: Some(vec![project.parse().unwrap()]), ..Within::default() };
    let place = UnitFilter { programme: Some("p".parse().unwrap()), ..UnitFilter::default() };
    for (project, trail, told) in [("a", true, None), ("b", true, Some("operatore")), ("b", false, None)] {
        let reader = written.within(KnownAt::Now, own(project)).await;
        let found = difference(&reader, Position(before), &place, trail, &Paging::default()).await.unwrap().body;
        let cause = &found.page.items[0].cause;
        assert_eq!((cause.at, cause.subject.as_deref()), (before + 1, told), "{project}");
        assert_eq!(cause.stream.is_some(), told.is_some(), "{project}");
    }
}
