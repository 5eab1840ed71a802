mod opened;

use jiff::civil::date;
use serde_json::json;
use traccia_domain::{
    ProjectId, RecordId, ServiceId,
    milestone::{Standing, Terms, root, sample},
};
use traccia_tests::{Place, on_every_database};

use super::{Standing as Shown, *};
use crate::{
    answer::{KnownAt, Page, Paging, Reader},
    counting::queries::{CountingScope, UnitFilter, Why, citizen, units, waterfall},
    written::{FACILITATION, Written, record},
};

on_every_database! {
    what_is_accepted_counts_and_what_is_not_yet_waits
    a_claim_freezes_a_list_that_anybody_can_hash_again
    what_happens_after_a_claim_is_seen_beside_it
    a_late_import_that_predates_a_claimed_service_moves_nothing
    a_certificate_or_a_sample_that_states_something_else_is_named
}

/// Four citizens of project `a` in an accepted report, one served after it was submitted, one more never reported.
async fn begun(place: Place) -> Written {
    let mut written = Written::network(place).await;
    for number in 0..6 {
        written.register(number).await;
    }
    for number in 0..4 {
        written.serve(number, number, "a-1", "f-a-1", "2024-05-10", FACILITATION).await;
    }
    written.report("a", "2024-05", "2024-06-10").await;
    written.serve(4, 4, "a-2", "f-a-2", "2024-05-11", FACILITATION).await;
    written
}

fn a() -> ProjectId {
    "a".parse().unwrap()
}

async fn m1(reader: &Reader) -> Milestone {
    let mut page = milestones(reader, None, Some(&a()), &Paging::default()).await.unwrap().body;
    assert_eq!((page.items.len(), &page.next), (1, &None));
    page.items.remove(0)
}

async fn frozen_list(reader: &Reader) -> Page<ClaimUnit> {
    claim_units(reader, &a(), "M1", &Paging::default()).await.unwrap().body
}

async fn what_is_accepted_counts_and_what_is_not_yet_waits(place: Place) {
    let mut written = begun(place).await;
    written.of_service(0, "service_disputed").await;
    let before = written.head().await;
    // Submitted again in June, the one that waited is an adjustment; by an act after the cut-off it does not count.
    written.report("a", "2024-06", "2025-02-10").await;
    let late = written.head().await;
    written.report("a", "2024-07", "2024-08-10").await;
    written.write().await;
    for (position, counted, waiting) in [(before, 4, 1), (late, 4, 1)] {
        let shown = m1(&written.at(position).await.about(Some(date(2024, 8, 1)))).await;
        let citizens = Citizens { needed: Some(8), counted, at_risk: 1, waiting };
        assert_eq!((shown.citizens, shown.points), (citizens, Points { needed: Some(3), reached: 2 }));
        assert_eq!((shown.state, shown.margin), ("projected", i64::from(counted) - 1 - 8));
        assert_eq!(shown.cutoff, date(2025, 1, 30));
        let reader = written.at(position).await;
        for (which, expected) in [(Shown::Counted, counted), (Shown::Waiting, waiting), (Shown::AtRisk, 1)] {
            let found =
                persons_of_milestone(&reader, &a(), "M1", which, &Paging::default()).await.unwrap().unwrap().body;
            assert_eq!(found.items.len(), expected as usize, "{which:?} opens into as many as the milestone says");
            assert!(which != Shown::AtRisk || found.items.iter().all(|one| one.counted && !one.safe));
        }
        assert!(persons_of_milestone(&reader, &a(), "M9", Shown::Counted, &Paging::default()).await.unwrap().is_none());
    }
    let reader = written.at(before).await;
    let pace = m1(&reader.about(Some(date(2024, 5, 14)))).await.pace.unwrap();
    // Five persons in four weeks, of whom four count: four are missing in 33 weeks.
    assert_eq!((pace.reached_per_week, pace.needed_per_week), (1.3, 0.1));
    assert_eq!(pace.forecast, Some(date(2024, 6, 6)));
    let reader = written.at(before).await;
    assert_eq!(m1(&reader.about(Some(date(2025, 1, 30)))).await.state, "projected");
    let reader = written.at(before).await;
    assert_eq!(m1(&reader.about(Some(date(2025, 1, 31)))).await.state, "missed");
    let terms = |accepted_until| Terms { accepted_until, ..stated() };
    let reader = written.known_at(KnownAt::Now).await;
    let now = standing(&reader, &a(), &terms(date(2025, 1, 30))).await.unwrap();
    assert_eq!(now, Standing { points: 2, citizens: 4 }, "the first act that covers it decides, and it came too late");
    let later = standing(&reader, &a(), &terms(date(2025, 2, 10))).await.unwrap();
    assert_eq!(later, Standing { points: 2, citizens: 5 });
}

fn stated() -> Terms {
    serde_json::from_value(json!({
        "counts_until": "2024-12-31", "accepted_until": "2025-01-30", "points_on": "2024-12-31",
        "points_basis": "active_on_date", "points_needed": 3, "citizens_needed": 8, "reduction": "weakest_link", "rules": 1,
    }))
    .unwrap()
}

async fn a_claim_freezes_a_list_that_anybody_can_hash_again(place: Place) {
    let mut written = begun(place).await;
    written.claim("a").await;
    let claimed = written.head().await;
    written.write().await;
    let reader = written.known_at(KnownAt::Now).await;
    let shown = m1(&reader).await;
    let claim = shown.claim.unwrap();
    assert_eq!((shown.state, claim.position, claim.count, claim.points), ("claimed", claimed, 4, 2));
    let list = frozen_list(&reader).await.items;
    let pairs: Vec<(RecordId, ServiceId)> =
        list.iter().map(|unit| (unit.person.parse().unwrap(), unit.service.parse().unwrap())).collect();
    assert!(pairs.is_sorted(), "the list is sorted by serial");
    assert_eq!(root(pairs.iter().copied()).to_string(), claim.root);
    let kept = frozen(&reader, &a(), "M1").await.unwrap().unwrap();
    assert_eq!((kept.position.0, kept.count, kept.points, kept.root.to_string()), (claimed, 4, 2, claim.root));
    let third = serials(&reader, &a(), "M1", &[2, 0]).await.unwrap();
    assert_eq!(third, [pairs[2].0, pairs[0].0]);
    assert_eq!(frozen(&reader, &a(), "M2").await.unwrap(), None);
    // The list by pages of one is the same list.
    let first = claim_units(&reader, &a(), "M1", &Paging::new(None, Some(1)).unwrap()).await.unwrap().body;
    let next = Paging::new(first.next.as_deref(), Some(3)).unwrap();
    let rest = claim_units(&reader, &a(), "M1", &next).await.unwrap().body;
    assert_eq!([first.items, rest.items].concat(), list);
    assert_eq!(rest.next, None);
}

async fn what_happens_after_a_claim_is_seen_beside_it(place: Place) {
    let mut written = begun(place).await;
    written.claim("a").await;
    let claimed = written.head().await;
    written.of_service(0, "service_voided").await;
    let voided = written.head().await;
    written.link(1, 2).await;
    written.close("a-2", "2024-12-01").await;
    written.write().await;
    let shown = m1(&written.known_at(KnownAt::Now).await).await;
    let claim = shown.claim.unwrap();
    assert_eq!((claim.count, claim.citizens_now, claim.points, claim.points_now), (4, 2, 2, 1));
    assert_eq!((shown.citizens.counted, shown.points.reached), (2, 1));
    let then = m1(&written.at(claimed).await).await.claim.unwrap();
    assert_eq!((then.citizens_now, then.points_now, then.root), (4, 2, claim.root));
    let list = frozen_list(&written.known_at(KnownAt::Now).await).await.items;
    let lost = list.iter().find(|unit| unit.person == record(0).to_string()).unwrap();
    assert_eq!((lost.holds, lost.since), (false, voided));
    assert_eq!(list.iter().filter(|unit| unit.holds).count(), 2, "two who are one person count once");
}

async fn a_late_import_that_predates_a_claimed_service_moves_nothing(place: Place) {
    let mut written = begun(place).await;
    written.claim("a").await;
    // Before the service she was claimed with, in another project: and the same of somebody nobody has claimed.
    written.serve(10, 1, "b-1", "f-b-1", "2024-04-01", FACILITATION).await;
    written.serve(11, 4, "b-1", "f-b-1", "2024-04-01", FACILITATION).await;
    written.write().await;
    let reader = written.known_at(KnownAt::Now).await;
    let explain = async |project: &str| {
        let scope = CountingScope::Project(project.parse().unwrap());
        let body = waterfall(&reader, &scope).await.unwrap().unwrap().body;
        (body.persons, body.attributed_elsewhere, body.claimed_elsewhere, body.counted)
    };
    assert_eq!(explain("a").await, (5, 1, 0, 4), "who is unclaimed moves");
    assert_eq!(explain("b").await, (2, 0, 1, 1), "who is claimed does not");
    let person = citizen(&reader, record(1)).await.unwrap().unwrap().body;
    assert_eq!((person.attributions[0].project.as_str(), person.attributions[0].why), ("a", Why::Claimed));
    let already: Vec<_> = person.services.iter().map(|service| service.already_claimed).collect();
    assert_eq!(already, [true, false], "the earlier one came too late");
    let filter = UnitFilter { project: Some(a()), ..UnitFilter::default() };
    let held = units(&reader, &filter, &Paging::default()).await.unwrap().body.items;
    assert!(held.iter().all(|unit| unit.claimed_in.as_deref() == Some("M1")));
    let filter = UnitFilter { project: Some("b".parse().unwrap()), ..UnitFilter::default() };
    let free = units(&reader, &filter, &Paging::default()).await.unwrap().body.items;
    assert_eq!(free.iter().map(|unit| unit.claimed_in.clone()).collect::<Vec<_>>(), [None]);
}

async fn a_certificate_or_a_sample_that_states_something_else_is_named(place: Place) {
    let mut written = begun(place).await;
    written.claim("a").await;
    let claim = written.head().await;
    written.write().await;
    let kept = frozen(&written.known_at(KnownAt::Now).await, &a(), "M1").await.unwrap().unwrap();
    let root = kept.root.to_string();
    let places = sample::draw(kept.root, "11 22", 4, 2);
    let drawn = serials(&written.known_at(KnownAt::Now).await, &a(), "M1", &places).await.unwrap();
    written.certify("a", claim, 4, &root).await;
    written.draw("a", claim, &root, 4, &drawn).await;
    let right = written.head().await;
    written.certify("a", claim, 5, &root).await;
    written.certify("a", claim, 4, &"0".repeat(64)).await;
    written.certify("a", claim - 1, 4, &root).await;
    written.draw("a", claim, &root, 4, &[drawn[1], drawn[0]]).await;
    written.write().await;
    assert_eq!(disagreeing(&written.at(right).await).await.unwrap(), []);
    let shown = m1(&written.at(right).await).await;
    assert_eq!(
        (shown.state, shown.certificate.unwrap().agrees, shown.sample.unwrap().agrees),
        ("partially_met", true, true)
    );
    assert_eq!(m1(&written.at(right).await).await.cure_until, None, "the programme knows no cure");
    written.adopt("p", "2024-01-01", json!({"counting": {"cure_days": 60}})).await;
    written.write().await;
    for (on, state, until) in [("2025-03-31", "partially_met", Some(date(2025, 3, 31))), ("2025-04-01", "failed", None)]
    {
        let reader = written.known_at(KnownAt::Now).await.about(Some(on.parse().unwrap()));
        let mut shown = m1(&reader).await;
        shown.certificate.take();
        assert_eq!((shown.state, shown.cure_until), (state, until), "{on}");
    }
    let named = disagreeing(&written.known_at(KnownAt::Now).await).await.unwrap();
    let positions: Vec<_> = named.iter().map(|one| (one.what.as_str(), one.position)).collect();
    let wrong = ["certificate", "certificate", "certificate", "sample"];
    assert_eq!(positions, wrong.into_iter().zip(right + 1..).collect::<Vec<_>>());
}
