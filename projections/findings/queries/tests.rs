use serde_json::json;
use traccia_tests::{Place, on_every_database};

use super::*;
use crate::{
    answer::{KnownAt, Reader, Within},
    written::{Written, record},
};

on_every_database! {
    more_minutes_than_a_working_day_are_found_and_a_group_is_counted_once
    more_days_and_hours_of_a_week_than_the_point_opens_are_found
    services_at_one_minute_are_found_unless_they_are_one_session
    a_months_last_days_are_found_where_they_hold_far_more_than_their_share
    numbers_that_follow_each_other_are_found_when_they_are_more_than_a_family
    an_act_dated_before_what_it_accepts_is_found_with_what_it_carries_over_a_cut_off
    an_early_act_is_known_as_it_was_and_to_those_who_see_the_whole_project
    findings_are_told_within_and_by_kind_page_by_page
    a_finding_is_as_it_was_known_and_voided_services_are_not_in_it
    whoever_has_findings_counts_what_everybody_counts
}

async fn found(written: &Written) -> Vec<Finding> {
    written.write().await;
    let reader = written.known_at(KnownAt::Now).await;
    let found = findings(&reader, &FindingFilter::default(), &Paging::default()).await.unwrap().body.items;
    for finding in &found {
        let id: FindingId = finding.id.parse().unwrap();
        assert_eq!(id.kind(), finding.kind);
        let behind = services(&reader, &id, &Paging::default()).await.unwrap().body.items;
        assert_eq!(behind.len() as u64, finding.services, "{finding:?}");
        let units = behind.iter().filter(|one| one.service.attributed).count() as u64;
        assert_eq!(units, finding.units, "{finding:?}");
        assert!(0 < finding.at && finding.at <= reader.position().0);
    }
    found
}

/// What a finding says, in short.
fn told(found: &[Finding]) -> Vec<(&str, u64, u64, u64, u64)> {
    found.iter().map(|one| (one.id.as_str(), one.measure, one.limit, one.services, one.units)).collect()
}

async fn registered(place: Place, records: u64) -> Written {
    let mut written = Written::network(place).await;
    for number in 0..records {
        written.register(number).await;
    }
    written
}

async fn more_minutes_than_a_working_day_are_found_and_a_group_is_counted_once(place: Place) {
    let mut written = registered(place, 20).await;
    // Twelve hours are a long day, no more.
    for hour in 0..12 {
        let time = format!("{:02}:00", hour + 8);
        written.serve_as(hour, hour, "a-1", "2024-03-05", json!({"minutes": 60, "start_time": time})).await;
    }
    assert_eq!(told(&found(&written).await), []);
    // A class of eight is one sitting.
    for number in 0..8 {
        let class = json!({"minutes": 90, "start_time": "20:30", "kind": "classroom_training"});
        written.serve_as(20 + number, number, "a-1", "2024-03-05", class).await;
    }
    let day = "minutes_of_a_day.f-a-1.2024-03-05";
    assert_eq!(told(&found(&written).await), [(day, 810, 720, 20, 12)]);
    written.serve_as(30, 13, "a-1", "2024-03-05", json!({"minutes": 700})).await;
    assert_eq!(told(&found(&written).await)[0], (day, 1_510, 1_440, 21, 13));
}

async fn more_days_and_hours_of_a_week_than_the_point_opens_are_found(place: Place) {
    let mut written = registered(place, 9).await;
    written.open("a-9", "2024-01-15", 3).await;
    // From Tuesday 27 February to Monday 4 March, over the end of a leap year's month.
    for (number, on) in ["2024-02-27", "2024-02-28", "2024-02-29", "2024-03-04"].into_iter().enumerate() {
        written.serve_as(number as u64, number as u64, "a-9", on, json!({"minutes": 480})).await;
    }
    assert_eq!(told(&found(&written).await), []);
    written.serve_as(5, 5, "a-9", "2024-03-03", json!({"kind": "online_training"})).await;
    assert_eq!(told(&found(&written).await), [], "nobody comes to the point for it");
    written.serve_as(6, 6, "a-9", "2024-03-02", json!({"minutes": 1})).await;
    let expected = [
        ("outside_hours.a-9.2024-02-26", 4, 3, 4, 4),
        ("outside_hours.a-9.f-a-9.2024-02-26", 24 * 60 + 1, 24 * 60, 4, 4),
    ];
    let found = found(&written).await;
    assert_eq!(told(&found), expected);
    assert_eq!((found[0].about, found[0].on.as_deref()), (Subject::Point, Some("2024-02-26")));
}

async fn services_at_one_minute_are_found_unless_they_are_one_session(place: Place) {
    let mut written = registered(place, 9).await;
    written.one_command(true).await;
    for number in 0..3 {
        written.serve_as(number, number, "a-1", "2024-03-05", json!({"start_time": "10:00"})).await;
    }
    written.one_command(false).await;
    // Another minute, another facilitator, another day, no minute at all, a class: nothing to look at.
    for (number, on, details) in [
        (4, "2024-03-05", json!({"start_time": "10:01"})),
        (5, "2024-03-05", json!({"start_time": "10:00", "facilitator": "v-a-1"})),
        (6, "2024-03-06", json!({"start_time": "10:00"})),
        (7, "2024-03-06", json!({})),
        (8, "2024-03-06", json!({"start_time": "10:00", "kind": "classroom_training"})),
    ] {
        written.serve_as(number, number, "a-1", on, details).await;
    }
    assert_eq!(told(&found(&written).await), []);
    written.serve_as(9, 8, "a-1", "2024-03-05", json!({"start_time": "10:00"})).await;
    let found = found(&written).await;
    assert_eq!(told(&found), [("same_minute.a-1.f-a-1.2024-03-05.10:00", 2, 1, 4, 4)]);
    assert_eq!((found[0].subject.as_str(), found[0].start_time.as_deref()), ("f-a-1", Some("10:00")));
}

async fn a_months_last_days_are_found_where_they_hold_far_more_than_their_share(place: Place) {
    let mut written = registered(place, 20).await;
    written.open("a-9", "2024-02-20", 6).await;
    for number in 0..10 {
        written.serve_as(number, number, "a-1", "2024-02-28", json!({})).await;
        // It opened this month: its last days are most of what it has.
        written.serve_as(100 + number, number, "a-9", "2024-02-28", json!({})).await;
        // The third day from the end is the first that is looked at.
        written.serve_as(200 + number, number, "b-1", "2024-02-26", json!({})).await;
    }
    let month = "month_end.a-1.2024-02";
    assert_eq!(told(&found(&written).await), [(month, 10, 9 * 10 / 29, 10, 0)], "b-1 had them all before");
    for number in 0..22 {
        let on = format!("2024-02-{:02}", number % 20 + 1);
        written.serve_as(300 + number, number % 20, "a-1", &on, json!({})).await;
    }
    // 10 of 32 are more than three times 3 of 29; of 33 they no longer are.
    let found_then = found(&written).await;
    assert_eq!(told(&found_then).len(), 1);
    assert_eq!((found_then[0].measure, found_then[0].month.as_deref()), (10, Some("2024-02")));
    written.serve_as(400, 1, "a-1", "2024-02-11", json!({})).await;
    assert_eq!(told(&found(&written).await), []);
}

async fn numbers_that_follow_each_other_are_found_when_they_are_more_than_a_family(place: Place) {
    let mut written = Written::network(place).await;
    // In no order, as citizens come. Three may be a family.
    for number in [3, 1, 2] {
        written.register_before(number, number + 1).await;
        written.serve_as(number, number, "a-1", "2024-03-05", json!({})).await;
    }
    assert_eq!(told(&found(&written).await), []);
    // The one after them was never served, the next was elsewhere.
    for (number, point) in [(0, "a-1"), (5, "b-1")] {
        written.register_before(number, number + 1).await;
        written.serve_as(number, number, point, "2024-03-05", json!({})).await;
    }
    written.register_before(4, 5).await;
    let found_then = found(&written).await;
    let run = format!("consecutive_documents.a-1.{}", record(0));
    assert_eq!(told(&found_then), [(run.as_str(), 4, 3, 4, 4)]);
    assert_eq!((found_then[0].about, found_then[0].subject.clone()), (Subject::Record, record(0).to_string()));
    written.of_service(2, "service_voided").await;
    assert_eq!(told(&found(&written).await), [], "two pairs are two families");
}

/// What is submitted here is submitted on 3 June 2025; the cut-off of M1 is 30 January 2025.
async fn an_act_dated_before_what_it_accepts_is_found_with_what_it_carries_over_a_cut_off(place: Place) {
    let mut written = registered(place, 9).await;
    for (number, on) in ["2024-03-05", "2024-12-31", "2025-01-07"].into_iter().enumerate() {
        written.serve_as(number as u64, number as u64, "a-1", on, json!({})).await;
    }
    written.serve_as(5, 5, "b-1", "2024-12-05", json!({})).await;
    written.report("a", "2024-03", "2025-01-30").await;
    let march = ("early_act.a.2024-03", 124, 0, 1, 1);
    assert_eq!(told(&found(&written).await), [march]);
    // After the cut-off, and on the day itself: nothing rests on the date.
    written.report("b", "2024-12", "2025-01-31").await;
    written.report("b", "2024-11", "2025-06-03").await;
    let december = ("early_act.b.2024-12", 123, 0, 0, 0);
    assert_eq!(told(&found(&written).await), [march, december]);
    // Of a month after the deadline the act carries what it takes in of earlier ones; what another had taken in, it does not.
    written.serve_as(6, 6, "a-1", "2024-03-06", json!({})).await;
    written.serve_as(7, 0, "a-1", "2024-03-07", json!({})).await;
    written.report("a", "2025-01", "2025-01-20").await;
    let january = ("early_act.a.2025-01", 134, 0, 2, 1);
    assert_eq!(told(&found(&written).await), [march, january, december]);
    // Its month accepted again takes in what no act has.
    written.serve_as(8, 8, "a-1", "2024-03-08", json!({})).await;
    written.report("a", "2024-03", "2024-04-10").await;
    let found = found(&written).await;
    let march = ("early_act.a.2024-03", 419, 0, 2, 2);
    assert_eq!(told(&found), [march, january, december]);
    assert_eq!(
        (found[0].about, found[0].subject.as_str(), found[0].month.as_deref()),
        (Subject::Report, "a", Some("2024-03"))
    );
}

async fn an_early_act_is_known_as_it_was_and_to_those_who_see_the_whole_project(place: Place) {
    let mut written = registered(place, 2).await;
    written.serve_as(0, 0, "a-1", "2024-03-05", json!({})).await;
    written.serve_as(1, 1, "a-2", "2024-03-05", json!({})).await;
    let before = written.head().await;
    written.report("a", "2024-03", "2025-01-30").await;
    written.write().await;
    let then = |position| written.at(position);
    let of = async |reader: &Reader| {
        let found = findings(reader, &FindingFilter::default(), &Paging::default()).await.unwrap().body.items;
        found.into_iter().map(|finding| finding.services).collect::<Vec<_>>()
    };
    assert_eq!(of(&then(before + 1).await).await, Vec::<u64>::new(), "submitted, and not accepted");
    assert_eq!(of(&then(before + 2).await).await, [2]);
    let id = "early_act.a.2024-03".parse().unwrap();
    for (within, seen) in [
        (Within { projects: Some(vec!["a".parse().unwrap()]), ..Within::default() }, 2),
        (Within { projects: Some(vec!["b".parse().unwrap()]), ..Within::default() }, 0),
        (Within { points: Some(vec!["a-1".parse().unwrap()]), ..Within::default() }, 0),
    ] {
        let reader = written.within(KnownAt::Now, within).await;
        assert_eq!(of(&reader).await.into_iter().sum::<u64>(), seen);
        assert_eq!(services(&reader, &id, &Paging::default()).await.unwrap().body.items.len() as u64, seen);
    }
    // The days of a cut-off are those of the rules that hold on the deadline.
    written.adopt("p", "2024-06-01", json!({"counting": {"acceptance_cutoff_days": 20}})).await;
    written.write().await;
    assert_eq!(of(&written.known_at(KnownAt::Now).await).await, [0], "the act is too late by itself");
}

async fn findings_are_told_within_and_by_kind_page_by_page(place: Place) {
    let mut written = registered(place, 9).await;
    for (number, point) in ["a-1", "a-1", "b-1", "b-1", "c-1", "c-1"].into_iter().enumerate() {
        let details = json!({"start_time": "10:00", "minutes": 400});
        written.serve_as(number as u64, number as u64, point, "2024-03-05", details).await;
        let details = json!({"start_time": "20:00", "minutes": 400});
        written.serve_as(10 + number as u64, number as u64, point, "2024-03-05", details).await;
    }
    written.write().await;
    let of = async |within: Within, filter: FindingFilter| {
        let reader = written.within(KnownAt::Now, within).await;
        let (mut ids, mut after) = (Vec::new(), None);
        loop {
            let paging = Paging::new(after.as_deref(), Some(2)).unwrap();
            let page = findings(&reader, &filter, &paging).await.unwrap().body;
            ids.extend(page.items.into_iter().map(|finding| (finding.kind, finding.project)));
            after = page.next;
            if after.is_none() {
                return ids;
            }
        }
    };
    let all = FindingFilter::default();
    assert_eq!(of(Within::everything(), all.clone()).await.len(), 9);
    let only = FindingFilter { kind: Some(Kind::MinutesOfADay), ..all.clone() };
    assert_eq!(of(Within::everything(), only.clone()).await.len(), 3);
    let own = Within { projects: Some(vec!["b".parse().unwrap()]), ..Within::default() };
    assert!(of(own.clone(), all.clone()).await.iter().all(|(_, project)| project == "b"));
    assert_eq!(of(own.clone(), all.clone()).await.len(), 3);
    let elsewhere = FindingFilter { project: Some("c".parse().unwrap()), ..all.clone() };
    assert_eq!(of(own, elsewhere).await, []);
    let programme = FindingFilter { programme: Some("q".parse().unwrap()), ..only };
    assert_eq!(of(Within::everything(), programme).await, [(Kind::MinutesOfADay, "c".to_owned())]);
    let reader = written.within(KnownAt::Now, Within { projects: Some(vec![]), ..Within::default() }).await;
    let id = "minutes_of_a_day.f-a-1.2024-03-05".parse().unwrap();
    assert_eq!(services(&reader, &id, &Paging::default()).await.unwrap().body.items, []);
}

async fn a_finding_is_as_it_was_known_and_voided_services_are_not_in_it(place: Place) {
    let mut written = registered(place, 3).await;
    for number in 0..2 {
        written.serve_as(number, number, "a-1", "2024-03-05", json!({"start_time": "10:00"})).await;
    }
    let then = written.head().await;
    written.of_service(0, "service_voided").await;
    assert_eq!(told(&found(&written).await), []);
    let before = findings(&written.at(then).await, &FindingFilter::default(), &Paging::default()).await.unwrap().body;
    assert_eq!((before.items.len(), before.items[0].at), (1, then));
}

/// A finding changes no count: what is looked at is counted as if nobody looked.
async fn whoever_has_findings_counts_what_everybody_counts(place: Place) {
    let mut written = Written::network(place).await;
    for number in 0..5 {
        written.register_before(number, number + 1).await;
        written.serve_as(number, number, "a-1", "2024-03-31", json!({"start_time": "10:00", "minutes": 900})).await;
    }
    let kinds: Vec<Kind> = found(&written).await.into_iter().map(|finding| finding.kind).collect();
    assert_eq!(kinds, [Kind::ConsecutiveDocuments, Kind::MinutesOfADay, Kind::SameMinute]);
    let reader = written.known_at(KnownAt::Now).await;
    let counted = crate::counting::queries::units(&reader, &Default::default(), &Paging::default()).await.unwrap();
    assert_eq!(counted.body.items.len(), 5);
    let all = crate::counting::queries::UnitFilter::default();
    let judged = crate::counting::queries::Judged::Qualifying;
    let valid = crate::counting::queries::services(&reader, &all, judged, &Paging::default()).await.unwrap();
    assert_eq!(valid.body.items.len(), 5);
}

#[test]
fn a_finding_has_one_name() {
    for name in [
        "minutes_of_a_day.anna.2024-03-05",
        "outside_hours.mi-1.2024-03-04",
        "outside_hours.mi-1.anna.2024-03-04",
        "same_minute.mi-1.anna.2024-03-05.09:30",
        "month_end.mi-1.2024-02",
        "early_act.milano.2024-02",
        "consecutive_documents.mi-1.00000000000000000000000000000000",
    ] {
        assert_eq!(name.parse::<FindingId>().unwrap().to_string(), name);
    }
    for wrong in
        ["", "month_end", "month_end.mi-1", "month_end.mi-1.2024-2", "same_minute.mi-1.anna.2024-03-05.9:30", "x.y.z"]
    {
        assert_eq!(wrong.parse::<FindingId>(), Err(InvalidFinding), "{wrong}");
    }
}
