use traccia_tests::{Place, on_every_database};

use traccia_domain::service::ServiceKind;

use super::*;
use crate::{
    answer::{KnownAt, Paging, Within},
    counting::{
        Reason,
        queries::{CountingScope, waterfall},
    },
    written::{FACILITATION, POINTS, STEP, Written},
};

on_every_database! {
    every_line_of_the_waterfall_opens_into_as_many_as_it_says
    a_list_is_limited_to_a_kind_and_to_days
    persons_at_risk_are_those_whom_a_void_would_move
    where_somebody_is_counted_is_told_only_within
}

/// Every page of a list.
async fn all<T, F: AsyncFn(Paging) -> Page<T>>(page: F) -> Vec<T> {
    let (mut items, mut after) = (Vec::new(), None);
    loop {
        let page = page(Paging::new(after.as_deref(), Some(7)).unwrap()).await;
        items.extend(page.items);
        after = page.next;
        if after.is_none() {
            return items;
        }
    }
}

fn scopes() -> Vec<(CountingScope, UnitFilter)> {
    let mut scopes = Vec::new();
    for (programme, point, project, province) in POINTS {
        let province: ProvinceCode = province.parse().unwrap();
        let (programme, project, point) =
            (programme.parse::<ProgrammeId>(), project.parse::<ProjectId>(), point.parse::<PointId>());
        let (programme, project, point) = (programme.unwrap(), project.unwrap(), point.unwrap());
        let none = UnitFilter::default();
        scopes.extend([
            (
                CountingScope::Programme(programme.clone()),
                UnitFilter { programme: Some(programme.clone()), ..none.clone() },
            ),
            (
                CountingScope::Province(programme.clone(), province.clone()),
                UnitFilter { programme: Some(programme.clone()), province: Some(province), ..none.clone() },
            ),
            (CountingScope::Project(project.clone()), UnitFilter { project: Some(project), ..none.clone() }),
            (CountingScope::Point(point.clone()), UnitFilter { point: Some(point), ..none }),
        ]);
    }
    scopes
}

async fn every_line_of_the_waterfall_opens_into_as_many_as_it_says(place: Place) {
    let mut written = Written::history(place, 120).await;
    let before = written.head().await;
    for project in ["b", "a"] {
        for month in ["2024-05", "2024-08", "2024-11"] {
            written.report(project, month, "2025-01-10").await;
        }
        written.claim(project).await;
    }
    // Earlier than what they were claimed with, and elsewhere.
    for number in 0..20 {
        written.serve(1_000 + number, number, "a-1", "f-a-1", "2024-02-02", FACILITATION).await;
        written.serve(2_000 + number, number, "b-1", "f-b-1", "2024-02-03", FACILITATION).await;
    }
    written.write().await;
    let mut claimed = 0;
    for position in [60, before, written.head().await] {
        let reader = written.at(position).await;
        for (scope, place) in scopes() {
            let found = waterfall::of(&reader, &scope, STEP).await.unwrap().unwrap();
            let listed = async |judged| {
                all(async |paging| services(&reader, &place, judged, &paging).await.unwrap().body).await.len() as u64
            };
            assert_eq!(listed(Judged::Recorded).await, found.recorded, "{scope:?}");
            assert_eq!(listed(Judged::Qualifying).await, found.qualifying, "{scope:?}");
            for reason in Reason::ALL {
                assert_eq!(
                    listed(Judged::Excluded(reason)).await,
                    found.excluded[reason.as_str()],
                    "{scope:?} {reason:?}"
                );
            }
            let there = async |which| {
                all(async |paging| persons(&reader, &place, which, Days::default(), &paging).await.unwrap().body)
                    .await
                    .len() as u64
            };
            assert_eq!(there(Persons::Distinct).await, found.persons, "{scope:?}");
            assert_eq!(there(Persons::Elsewhere).await, found.attributed_elsewhere, "{scope:?}");
            assert_eq!(there(Persons::Claimed).await, found.claimed_elsewhere, "{scope:?}");
            assert_eq!(there(Persons::Counted).await, found.counted, "{scope:?}");
            claimed += found.claimed_elsewhere;
        }
    }
    assert!(claimed > 5, "claims hold persons elsewhere: {claimed}");
}

async fn a_list_is_limited_to_a_kind_and_to_days(place: Place) {
    let mut written = Written::network(place).await;
    for (number, on) in ["2024-03-01", "2024-03-31", "2024-04-01"].into_iter().enumerate() {
        written.register(number as u64).await;
        written.serve(number as u64, number as u64, "a-1", "f-a-1", on, FACILITATION).await;
    }
    written.serve(3, 0, "a-1", "f-a-1", "2024-03-05", "reception").await;
    written.write().await;
    let reader = written.known_at(KnownAt::Now).await;
    let (all, paging) = (UnitFilter::default(), Paging::default());
    let march = Days { since: Some(jiff::civil::date(2024, 3, 1)), through: Some(jiff::civil::date(2024, 3, 31)) };
    for (kind, days, expected) in [
        (None, Days::default(), 4),
        (None, march, 3),
        (Some(ServiceKind::Reception), march, 1),
        (Some(ServiceKind::IndividualFacilitation), Days { through: None, ..march }, 3),
    ] {
        let given = Given { kind, days, ..Judged::Recorded.into() };
        let found = services(&reader, &all, given, &paging).await.unwrap().body.items.len();
        assert_eq!(found, expected, "{given:?}");
    }
    let counted = async |days| persons(&reader, &all, Persons::Counted, days, &paging).await.unwrap().body.items.len();
    assert_eq!((counted(march).await, counted(Days { since: march.through, ..march }).await), (2, 1));
}

async fn persons_at_risk_are_those_whom_a_void_would_move(place: Place) {
    let mut written = Written::network(place).await;
    written.register(0).await;
    written.serve(0, 0, "a-1", "f-a-1", "2024-03-01", "individual_facilitation").await;
    written.of_service(0, "service_disputed").await;
    written.write().await;
    let reader = written.known_at(KnownAt::Now).await;
    let at_risk = persons(&reader, &UnitFilter::default(), Persons::AtRisk, Days::default(), &Paging::default())
        .await
        .unwrap()
        .body;
    assert_eq!(at_risk.items.iter().map(|one| (one.counted, one.safe)).collect::<Vec<_>>(), [(true, false)]);
    assert_eq!(at_risk.items[0].counted_at.as_deref(), Some("a-1"));
}

async fn where_somebody_is_counted_is_told_only_within(place: Place) {
    let mut written = Written::network(place).await;
    written.register(0).await;
    written.serve(0, 0, "a-1", "f-a-1", "2024-03-01", "individual_facilitation").await;
    written.serve(1, 0, "b-1", "f-b-1", "2024-03-02", "individual_facilitation").await;
    written.write().await;
    let within = Within { points: Some(vec!["b-1".parse().unwrap()]), ..Within::default() };
    let place = UnitFilter { point: Some("b-1".parse().unwrap()), ..UnitFilter::default() };
    for (within, told) in [(within, None), (Within::everything(), Some("a-1"))] {
        let reader = written.within(KnownAt::Now, within).await;
        let found =
            persons(&reader, &place, Persons::Elsewhere, Days::default(), &Paging::default()).await.unwrap().body.items;
        assert_eq!(found.iter().map(|one| one.counted_at.as_deref()).collect::<Vec<_>>(), [told]);
    }
}
