use traccia_domain::{PointId, Position};
use traccia_tests::{Place, on_every_database};

use super::{CountingScope, UnitFilter, Why, citizen, links, overlaps, service as judged, units, waterfall};
use crate::{
    answer::{KnownAt, Paging, Reader, Sql, Within},
    trail,
    written::{FACILITATION, POINTS, STEP, Written, record, service},
};

on_every_database! {
    links_show_both_sides_and_who_proposed
    a_link_is_seen_by_those_who_see_one_side
    the_waterfall_adds_up_at_every_position
    the_list_behind_a_count_is_as_long_as_the_count
    overlaps_are_counted_by_themselves
    a_citizen_is_known_by_any_of_their_records
    a_citizen_served_elsewhere_is_not_there
    an_erased_record_says_so_and_counts_as_before
    a_service_says_why_it_does_not_count
}

async fn links_show_both_sides_and_who_proposed(place: Place) {
    let mut written = two_persons_written(place).await;
    written.of_pair(0, 2, "link_proposed").await;
    written.of_pair(0, 1, "break_proposed").await;
    written.of_pair(0, 1, "link_broken").await;
    written.write().await;
    let reader = written.known_at(KnownAt::Now).await;
    let asked = async |state| links(&reader, state, &Paging::default()).await.unwrap().body.items;
    let [proposed] = <[_; 1]>::try_from(asked(Some("proposed")).await).unwrap();
    let id = traccia_domain::link::stream([record(0), record(2)]).id().to_owned();
    assert_eq!((proposed.id.clone(), proposed.state.as_str()), (id, "proposed"));
    let proposal = proposed.proposal.unwrap();
    assert_eq!((proposal.proposer.as_deref(), proposal.proposed_at), (Some("anna"), proposed.last.said_at));
    assert_eq!((proposed.last.event.as_str(), proposed.last.reason.as_deref()), ("LinkProposed", Some("prova")));
    let mut sides = [proposed.one, proposed.other].map(|side| (side.citizen, side.services));
    sides.sort_by_key(|(citizen, _)| *citizen != record(0).to_string());
    let services = sides.map(|(_, services)| (services.recorded, services.qualifying));
    assert_eq!(services, [(3, 2), (1, 1)], "a volunteer's is recorded, and does not qualify here");
    assert_eq!(asked(Some("linked")).await, []);
    assert_eq!(asked(Some("unlinked")).await.len(), 1);
    let found = citizen(&reader, record(0)).await.unwrap().unwrap().body;
    let states: Vec<_> = found.links.iter().map(|link| (link.state.as_str(), link.event.as_str())).collect();
    assert_eq!(states, [("unlinked", "LinkBroken"), ("proposed", "LinkProposed")]);
    // What was known before is not overwritten.
    let before = written.at(written.head().await - 1).await;
    let then = links(&before, None, &Paging::default()).await.unwrap().body.items;
    assert_eq!(then.iter().map(|link| link.state.as_str()).collect::<Vec<_>>(), ["break_proposed", "proposed"]);
}

async fn a_link_is_seen_by_those_who_see_one_side(place: Place) {
    let mut written = two_persons_written(place).await;
    written.of_pair(0, 2, "link_proposed").await;
    written.write().await;
    for (point, seen, of_citizen) in [("b-1", 2, 1), ("c-1", 2, 1), ("a-2", 0, 0)] {
        let within = Within { points: Some(vec![point.parse().unwrap()]), ..Within::default() };
        let reader = written.within(KnownAt::Now, within).await;
        assert_eq!(links(&reader, None, &Paging::default()).await.unwrap().body.items.len(), seen, "{point}");
        // With the person of another, only where that one was served there too.
        let found = citizen(&reader, record(0)).await.unwrap();
        assert_eq!(found.map_or(0, |found| found.body.links.len()), of_citizen, "{point}");
    }
}

async fn an_erased_record_says_so_and_counts_as_before(place: Place) {
    let mut written = two_persons_written(place).await;
    let before = written.head().await;
    written.erase(1).await;
    written.write().await;
    let mut persons = Vec::new();
    for (position, state, at) in [(before, "registered", None), (before + 1, "erased", Some(before + 1))] {
        let reader = written.at(position).await;
        let mut found = citizen(&reader, record(0)).await.unwrap().unwrap().body;
        let erased = found.records.iter_mut().find(|one| one.id == record(1).to_string()).unwrap();
        assert_eq!((erased.state.as_str(), erased.erased_at), (state, at));
        (erased.state, erased.erased_at) = (String::new(), None);
        assert!(found.records.iter().all(|one| one.state != "erased"));
        let trail = trail::queries::trail(
            &reader,
            &trail::queries::TrailFilter::about(record(1).to_string()),
            &Paging::default(),
        )
        .await
        .unwrap()
        .body;
        let newest = trail.items.first().map(|entry| (entry.events.join(" "), entry.reason.clone())).unwrap();
        assert_eq!(newest == ("RecordErased".to_owned(), Some("art. 17".to_owned())), state == "erased");
        let erased = trail::queries::erased(reader.view(), Position(0)).await.unwrap();
        assert_eq!(erased, if at.is_some() { vec![record(1)] } else { Vec::new() });
        persons.push(found);
    }
    assert_eq!(persons[0], persons[1], "services, links and attributions are what they were");
    let reader = written.known_at(KnownAt::Now).await;
    assert_eq!(trail::queries::erased(reader.view(), Position(before + 1)).await.unwrap(), [], "each is told once");
}

async fn number(reader: &Reader, sql: String) -> u64 {
    reader.rows(Sql::from(sql)).await.unwrap()[0].total(0).unwrap()
}

async fn the_waterfall_adds_up_at_every_position(place: Place) {
    let written = Written::history(place, 120).await;
    let held = traccia_projector::held("r");
    for position in (30..=written.head().await).step_by(3) {
        let reader = written.at(position).await;
        for (scope, column, id) in POINTS.iter().flat_map(|(programme, point, project, _)| {
            [
                (CountingScope::Programme(programme.parse().unwrap()), "programme", *programme),
                (CountingScope::Project(project.parse().unwrap()), "project", *project),
                (CountingScope::Point(point.parse().unwrap()), "id", *point),
            ]
        }) {
            let found = waterfall::of(&reader, &scope, STEP).await.unwrap().unwrap();
            assert_eq!(found.recorded - found.excluded.values().sum::<u64>(), found.qualifying);
            let elsewhere = found.attributed_elsewhere + found.claimed_elsewhere;
            assert_eq!(found.persons - elsewhere, found.counted);
            let from =
                format!("from unit r join point p on p.key = r.point and p.until is null and p.{column} = '{id}'");
            let sql = format!("select count(distinct r.person) {from} where {held} and r.line = 'rfd'");
            assert_eq!(found.persons, number(&reader, sql).await, "{scope:?} at {position}");
        }
    }
}

async fn the_list_behind_a_count_is_as_long_as_the_count(place: Place) {
    let written = Written::history(place, 120).await;
    let reader = written.known_at(KnownAt::Now).await;
    for (_, point, _, _) in POINTS {
        let point: PointId = point.parse().unwrap();
        let filter = UnitFilter { point: Some(point.clone()), ..UnitFilter::default() };
        let (mut listed, mut after) = (0, None);
        loop {
            let paging = Paging::new(after.as_deref(), Some(2)).unwrap();
            let page = units(&reader, &filter, &paging).await.unwrap().body;
            listed += page.items.len() as u64;
            assert!(page.items.iter().all(|unit| unit.records.contains(&unit.person) && unit.point == point.as_str()));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        let counted = waterfall::of(&reader, &CountingScope::Point(point), STEP).await.unwrap().unwrap().counted;
        assert_eq!(listed, counted);
    }
}

/// One person with two records, served in both programmes and by a volunteer; another served once.
async fn two_persons(place: Place) -> Written {
    let written = two_persons_written(place).await;
    written.write().await;
    written
}

async fn two_persons_written(place: Place) -> Written {
    let mut written = Written::network(place).await;
    for number in 0..3 {
        written.register(number).await;
    }
    written.link(0, 1).await;
    written.serve(0, 0, "a-1", "f-a-1", "2024-03-02", FACILITATION).await;
    written.serve(1, 1, "a-1", "f-a-1", "2024-03-02", FACILITATION).await;
    written.serve(2, 1, "b-1", "f-b-1", "2024-03-01", FACILITATION).await;
    written.serve(3, 0, "c-1", "f-c-1", "2024-04-01", FACILITATION).await;
    written.serve(4, 0, "a-1", "v-a-1", "2024-05-01", FACILITATION).await;
    written.serve(5, 2, "a-1", "f-a-1", "2024-03-03", FACILITATION).await;
    written
}

async fn overlaps_are_counted_by_themselves(place: Place) {
    let written = two_persons(place).await;
    let found = overlaps(&written.known_at(KnownAt::Now).await).await.unwrap().body;
    assert_eq!((found.national_total, found.several_programmes, found.rfd_and_scd), (2, 1, 1));
    assert_eq!((found.prevented_duplicates.services, found.prevented_duplicates.persons), (1, 1));
}

async fn a_citizen_is_known_by_any_of_their_records(place: Place) {
    let written = two_persons(place).await;
    let reader = written.known_at(KnownAt::Now).await;
    let found = citizen(&reader, record(1)).await.unwrap().unwrap().body;
    assert_eq!(found.person, record(0).to_string());
    assert_eq!((found.records.len(), found.links.len(), found.services.len()), (2, 1, 5));
    let in_p = found.attributions.iter().find(|one| one.programme == "p" && one.line == "rfd").unwrap();
    assert_eq!((in_p.service.clone(), in_p.why), (service(2).to_string(), Why::Earliest));
    assert_eq!(found.services.iter().filter(|service| service.attributed).count(), 3);
    assert!(citizen(&reader, record(9)).await.unwrap().is_none());
}

async fn a_citizen_served_elsewhere_is_not_there(place: Place) {
    let written = two_persons(place).await;
    let within = Within { points: Some(vec!["b-1".parse().unwrap()]), ..Within::default() };
    let reader = written.within(KnownAt::Now, within).await;
    assert!(citizen(&reader, record(2)).await.unwrap().is_none());
    assert_eq!(citizen(&reader, record(0)).await.unwrap().unwrap().body.services.len(), 1);
    assert!(judged(&reader, service(0)).await.unwrap().is_none());
}

async fn a_service_says_why_it_does_not_count(place: Place) {
    let written = two_persons(place).await;
    let reader = written.known_at(KnownAt::Now).await;
    let found = judged(&reader, service(4)).await.unwrap().unwrap().body;
    assert_eq!((found.service.qualifies, found.service.reason.as_deref()), (false, Some("scd")));
    assert_eq!((found.person, found.service.facilitator.as_deref()), (record(0).to_string(), Some("v-a-1")));
    assert!(found.service.reason_text.is_some());
}
