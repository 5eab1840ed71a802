use std::time::Duration;

use jiff::Timestamp;
use traccia_domain::{Position, StreamKind};
use traccia_tests::{Place, on_every_database};

use super::{KnownAt, Paging, ReadError, Reader, Within, day_in_italy, hidden_below_five};
use crate::{
    points::queries::points,
    trail::queries::{TrailFilter, position_of, trail},
    written::{Written, command, decided_at, record, service},
};

on_every_database! {
    an_instant_stands_for_the_last_commit_recorded_up_to_it
    what_the_tables_have_not_reached_is_refused
    pages_follow_each_other_without_gaps
    the_trail_of_a_record_holds_its_services_and_links
    the_trail_is_asked_by_who_what_and_when
    an_answer_is_found_by_its_command
}

fn instant(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[test]
fn known_at_is_a_position_or_an_instant() {
    assert_eq!("4711".parse(), Ok(KnownAt::Position(Position(4711))));
    assert_eq!("2024-03-01T12:00:00+01:00".parse(), Ok(KnownAt::Instant(instant("2024-03-01T11:00:00Z"))));
    for wrong in ["", "-1", "now", "2024-03-01", "99999999999999999999"] {
        assert!(wrong.parse::<KnownAt>().is_err(), "{wrong}");
    }
}

#[test]
fn a_day_is_italys() {
    for (at, day) in [
        ("2024-12-31T22:59:59Z", "2024-12-31"),
        ("2024-12-31T23:00:00Z", "2025-01-01"),
        ("2024-06-30T21:59:59Z", "2024-06-30"),
        ("2024-06-30T22:00:00Z", "2024-07-01"),
    ] {
        assert_eq!(day_in_italy(instant(at)).to_string(), day);
    }
}

#[test]
fn published_figures_below_five_are_hidden_and_nought_is_not() {
    assert_eq!([0, 1, 4, 5].map(hidden_below_five), [Some(0), None, None, Some(5)]);
}

async fn an_instant_stands_for_the_last_commit_recorded_up_to_it(place: Place) {
    let written = Written::network(place).await;
    written.write().await;
    let head = written.head().await;
    for position in 1..=head {
        // A clock that was behind does not take history back.
        let learned = (1..=position).map(decided_at).max().unwrap();
        let last = (1..=head).take_while(|p| (1..=*p).map(decided_at).max().unwrap() <= learned).last().unwrap();
        let reader = written.known_at(KnownAt::Instant(learned)).await;
        assert_eq!(reader.position(), Position(last));
        assert_eq!(reader.day(), day_in_italy(learned));
    }
    assert_eq!(written.known_at(KnownAt::Instant(instant("2020-01-01T00:00:00Z"))).await.position(), Position::START);
    assert_eq!(written.known_at(KnownAt::Now).await.position(), Position(head));
}

async fn what_the_tables_have_not_reached_is_refused(place: Place) {
    let written = Written::network(place).await;
    written.write().await;
    let beyond = KnownAt::Position(Position(written.head().await + 1));
    let refused = Reader::open(&written.tables, beyond, None, Duration::ZERO, Within::everything()).await;
    assert!(matches!(refused, Err(ReadError::Tables(traccia_projector::ReadError::NotYet { .. }))));
}

async fn pages_follow_each_other_without_gaps(place: Place) {
    let written = Written::network(place).await;
    written.write().await;
    let reader = written.known_at(KnownAt::Now).await;
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let paging = Paging::new(after.as_deref(), Some(3)).unwrap();
        let page = points(&reader, &Default::default(), &paging).await.unwrap().body;
        seen.extend(page.items.into_iter().map(|point| point.id));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen, ["a-1", "a-2", "b-1", "c-1"]);
    assert!(matches!(Paging::new(Some("zz"), None), Err(ReadError::Cursor)));
    assert!(matches!(Paging::new(None, Some(1_001)), Err(ReadError::Limit)));
}

async fn the_trail_of_a_record_holds_its_services_and_links(place: Place) {
    let mut written = Written::network(place).await;
    written.register(0).await;
    written.register(1).await;
    written.link(0, 1).await;
    written.serve(0, 0, "a-1", "f-a-1", "2024-03-01", "individual_facilitation").await;
    written.of_service(0, "service_disputed").await;
    written.serve(1, 1, "b-1", "f-b-1", "2024-03-02", "individual_facilitation").await;
    written.write().await;

    let reader = written.known_at(KnownAt::Now).await;
    let entries =
        trail(&reader, &TrailFilter::about(record(0).to_string()), &Paging::default()).await.unwrap().body.items;
    let events: Vec<_> = entries.iter().map(|entry| entry.events.join(" ")).collect();
    assert_eq!(events, ["ServiceDisputed", "ServiceRecorded", "RecordsLinked", "RecordRegistered"]);
    assert_eq!(entries[0].reason.as_deref(), Some("prova"));

    let elsewhere = Within { points: Some(vec!["b-1".parse().unwrap()]), ..Within::default() };
    let reader = written.within(KnownAt::Now, elsewhere).await;
    for (entity, commits) in [(service(0).to_string(), 0), (service(1).to_string(), 1), ("a-1".to_owned(), 0)] {
        let seen =
            trail(&reader, &TrailFilter::about(entity.as_str()), &Paging::default()).await.unwrap().body.items.len();
        assert_eq!(seen, commits, "{entity}");
    }
}

async fn the_trail_is_asked_by_who_what_and_when(place: Place) {
    let mut written = Written::network(place).await;
    written.register(0).await;
    written.serve(0, 0, "a-1", "f-a-1", "2024-03-01", "individual_facilitation").await;
    written.of_service(0, "service_disputed").await;
    written.write().await;

    let reader = written.known_at(KnownAt::Now).await;
    let told = async |reader: &crate::answer::Reader, filter: TrailFilter| {
        trail(reader, &filter, &Paging::default()).await.unwrap().body.items
    };
    let all = told(&reader, TrailFilter::default()).await;
    assert_eq!(all.len() as u64, reader.position().0, "every commit");
    assert!(all.windows(2).all(|two| two[0].at > two[1].at), "the newest first");
    let services = told(&reader, TrailFilter { kind: Some(StreamKind::Service), ..TrailFilter::default() }).await;
    let events: Vec<_> = services.iter().map(|entry| entry.events.join(" ")).collect();
    assert_eq!(events, ["ServiceDisputed", "ServiceRecorded"]);
    let points = TrailFilter { kind: Some(StreamKind::Point), ..TrailFilter::about("a-1") };
    assert_eq!(told(&reader, points).await.len(), 1);
    let by = |subject: &str| TrailFilter { subject: Some(subject.to_owned()), ..TrailFilter::default() };
    let own = told(&reader, by(&all[0].subject)).await;
    assert!(!own.is_empty() && own.iter().all(|entry| entry.subject == all[0].subject));
    assert!(told(&reader, by("nobody")).await.is_empty());

    // Days are Italy's, the first and the last included; together they are all of it, and no commit is in two.
    let day = |entry: &crate::trail::queries::Entry| day_in_italy(entry.recorded_at.parse().unwrap());
    let (first, last) = (day(&all[all.len() - 1]), day(&all[0]));
    let between = |from, to| TrailFilter { from, to, ..TrailFilter::default() };
    assert_eq!(told(&reader, between(Some(first), Some(last))).await, all);
    let until = told(&reader, between(None, Some(first))).await;
    let after = told(&reader, between(Some(first.tomorrow().unwrap()), None)).await;
    assert_eq!([after.clone(), until.clone()].concat(), all);
    assert!(!until.is_empty() && until.iter().all(|entry| day(entry) == first));
    assert!(after.iter().all(|entry| day(entry) > first));

    let own = Within { projects: Some(vec!["a".parse().unwrap()]), ..Within::default() };
    let reader = written.within(KnownAt::Now, own).await;
    assert!(told(&reader, TrailFilter::default()).await.is_empty(), "the whole log is for who reaches everything");
    let other = TrailFilter { kind: Some(StreamKind::Point), ..TrailFilter::about("b-1") };
    assert!(told(&reader, other).await.is_empty(), "another's");
}

async fn an_answer_is_found_by_its_command(place: Place) {
    let written = Written::network(place).await;
    written.write().await;
    let view = written.view(written.head().await).await;
    assert_eq!(position_of(&view, command(3)).await.unwrap(), Some(Position(3)));
    assert_eq!(position_of(&view, command(3_000)).await.unwrap(), None);
}
