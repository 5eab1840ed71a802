use proptest::prelude::*;
use traccia_domain::Cents;
use traccia_tests::{Place, on_every_database};

use super::{
    pace::{Committed, Runner, redistributed},
    queries::{Pacing, Proposal, proposal},
};
use crate::{
    answer::{KnownAt, Paging, Reader, Within},
    milestones::queries::milestones,
    written::{FACILITATION, Written},
};

on_every_database! {
    what_a_slow_project_will_not_reach_goes_to_a_fast_one_with_its_money
    no_proposal_is_below_what_was_certified_or_released
    what_was_redistributed_before_is_what_is_redistributed
    a_proposal_is_for_those_who_see_the_whole_programme
}

fn runner(award: i64, citizens: u64, reach: u64) -> Runner {
    let holds = Committed { award: Cents(award), points: 3, citizens, services: 2 * citizens };
    Runner { holds, reach, certified: 0, released: Cents::ZERO }
}

fn told(after: &[Committed]) -> Vec<(i64, u64, u64)> {
    after.iter().map(|to| (to.award.0, to.citizens, to.services)).collect()
}

#[test]
fn what_is_taken_is_in_proportion_to_what_would_be_missed_and_exceeded() {
    // 60 and 30 will not be reached; 20 and 25 would be beyond the target.
    let projects = [runner(10_000, 100, 40), runner(20_000, 100, 70), runner(10_000, 50, 70), runner(333, 50, 75)];
    let after = redistributed(&projects);
    assert_eq!(told(&after), [(7_000, 70, 140), (17_000, 85, 170), (12_667, 70, 140), (3_666, 75, 150)]);
}

#[test]
fn where_all_are_slow_or_all_are_fast_everything_stays() {
    for reach in [10, 100, 900] {
        let projects = [runner(10_000, 100, reach), runner(10_000, 100, reach), runner(0, 0, 0)];
        assert_eq!(redistributed(&projects), projects.map(|project| project.holds), "{reach}");
    }
}

#[test]
fn citizens_whose_money_is_released_stay() {
    let slow = Runner { released: Cents(9_500), ..runner(10_000, 100, 0) };
    let fast = runner(10_000, 100, 200);
    assert_eq!(told(&redistributed(&[slow, fast])), [(9_500, 95, 190), (10_500, 105, 210)]);
    let certified = Runner { certified: 98, ..slow };
    assert_eq!(told(&redistributed(&[certified, fast])), [(9_800, 98, 196), (10_200, 102, 204)]);
}

fn any_runner() -> impl Strategy<Value = Runner> {
    (0_i64..2_000_000_000, 0_u64..400_000, 0_u64..900_000, 0_u64..400_000, 0_u64..500_000, 0_i64..2_500_000_000)
        .prop_map(|(award, citizens, services, certified, reach, released)| Runner {
            holds: Committed { award: Cents(award), points: citizens % 50, citizens, services },
            reach,
            certified,
            released: Cents(released),
        })
}

proptest! {
    #[test]
    fn sums_are_conserved_and_no_floor_is_broken(projects in proptest::collection::vec(any_runner(), 0..20)) {
        let after = redistributed(&projects);
        let before: Vec<Committed> = projects.iter().map(|project| project.holds).collect();
        let sums = |all: &[Committed]| {
            let of = |part: fn(&Committed) -> i128| all.iter().map(part).sum::<i128>();
            [of(|to| to.award.0.into()), of(|to| to.points.into()), of(|to| to.citizens.into()), of(|to| to.services.into())]
        };
        prop_assert_eq!(sums(&after), sums(&before));
        for (project, to) in projects.iter().zip(&after) {
            let Runner { holds, reach, certified, released } = *project;
            prop_assert_eq!(to.points, holds.points);
            prop_assert!(to.award >= released.min(holds.award), "never below what was released, where it was not before");
            prop_assert!(to.citizens >= certified.max(reach).min(holds.citizens), "nor below what is certified or reached");
            prop_assert!(to.citizens <= reach.max(holds.citizens), "nobody is given what it would not reach");
            prop_assert!(to.citizens >= holds.citizens || to.award <= holds.award, "money goes with citizens");
        }
    }
}

/// Project `a` has counted six of 30 citizens, three in the last four weeks; `b` two, long ago.
async fn running(place: Place) -> Written {
    let mut written = Written::network(place).await;
    let days = ["2024-03-01", "2024-04-01", "2024-05-01", "2024-11-06", "2024-11-20", "2024-12-03"];
    for (number, on) in (0..).zip(days) {
        written.register(number).await;
        written.serve(number, number, "a-1", "f-a-1", on, FACILITATION).await;
    }
    // After the day, and counted already.
    written.serve(6, 0, "a-1", "f-a-1", "2024-12-01", FACILITATION).await;
    for number in [7, 8, 9] {
        written.register(number).await;
        let on = if number == 9 { "2024-12-04" } else { "2024-03-01" };
        written.serve(number, number, "b-1", "f-b-1", on, FACILITATION).await;
    }
    written.redistribute("p", "2024-01-01", &[("a", "1000.00", 4), ("b", "1000.00", 50)]).await;
    written
}

/// Four weeks before the deadline of M1.
async fn on_the_day(written: &Written, within: Within) -> Reader {
    written.write().await;
    written.within(KnownAt::Now, within).await.about(Some("2024-12-03".parse().unwrap()))
}

async fn proposed(reader: &Reader) -> Option<Proposal> {
    proposal(reader, &"p".parse().unwrap(), &Paging::default()).await.unwrap().map(|answer| answer.body)
}

fn shown(project: &Pacing) -> (&str, [u64; 5], String) {
    let Pacing { counted, last_four_weeks, reach, proposed, .. } = project;
    let numbers = [*counted, *last_four_weeks, *reach, proposed.citizens, proposed.services];
    (project.project.as_str(), numbers, proposed.award.to_string())
}

async fn what_a_slow_project_will_not_reach_goes_to_a_fast_one_with_its_money(place: Place) {
    let written = running(place).await;
    let reader = on_the_day(&written, Within::everything()).await;
    let found = proposed(&reader).await.unwrap();
    assert_eq!(found.until.to_string(), "2024-12-31");
    let rows: Vec<_> = found.page.items.iter().map(shown).collect();
    let a = ("a", [6, 3, 9, 9, 55], "1100.00".to_owned());
    assert_eq!(rows, [a, ("b", [2, 0, 2, 45, 45], "900.00".to_owned())], "five citizens of fifty, and their money");
    let body = serde_json::to_value(found.proposal.unwrap()).unwrap();
    let new = |project: &str, award: &str, citizens: u32, services: u32| serde_json::json!({"project": project, "award": award, "points": 3, "citizens": citizens, "services": services});
    let both = [new("a", "1100.00", 9, 55), new("b", "900.00", 45, 45)];
    assert_eq!(body, serde_json::json!({"programme": "p", "projects": both}));

    let all = milestones(&reader, None, Some(&"a".parse().unwrap()), &Paging::default()).await.unwrap().body.items;
    let pace = all[0].pace.unwrap();
    assert!((pace.reached_per_week - 0.8).abs() < 0.01, "three in four weeks, there too: {pace:?}");

    let first = proposal(&reader, &"p".parse().unwrap(), &Paging::new(None, Some(1)).unwrap()).await.unwrap().unwrap();
    let next = Paging::new(first.body.page.next.as_deref(), Some(1)).unwrap();
    let second = proposal(&reader, &"p".parse().unwrap(), &next).await.unwrap().unwrap().body;
    assert_eq!([first.body.page.items, second.page.items].concat(), found.page.items);
    assert_eq!(first.body.proposal, second.proposal, "the proposal is whole on every page");
}

async fn no_proposal_is_below_what_was_certified_or_released(place: Place) {
    let mut written = running(place).await;
    written.order("b", "T1", "950.00").await;
    let reader = on_the_day(&written, Within::everything()).await;
    let rows = proposed(&reader).await.unwrap().page.items;
    assert_eq!(shown(&rows[1]), ("b", [2, 0, 2, 48, 48], "960.00".to_owned()), "fifty euro pay for two citizens");
    assert_eq!(rows[1].released.to_string(), "950.00");

    written.claim("b").await;
    let claim = written.head().await;
    written.certify("b", claim, 49, &"0".repeat(64)).await;
    let reader = on_the_day(&written, Within::everything()).await;
    let rows = proposed(&reader).await.unwrap().page.items;
    assert_eq!((rows[1].certified, rows[1].proposed.citizens, rows[0].proposed.citizens), (49, 49, 5));
    let before = written.at(claim).await.about(Some(reader.on()));
    assert_eq!(proposed(&before).await.unwrap().page.items[1].proposed.citizens, 48, "as it was known then");
}

async fn what_was_redistributed_before_is_what_is_redistributed(place: Place) {
    let mut written = running(place).await;
    // It holds after the day that is asked about, and yet is what the sums are conserved of.
    written.redistribute("p", "2025-02-01", &[("a", "1200.00", 30), ("b", "800.00", 24)]).await;
    let reader = on_the_day(&written, Within::everything()).await;
    let found = proposed(&reader).await.unwrap();
    assert_eq!(found.page.items[0].holds.award.to_string(), "1200.00");
    assert_eq!(found.proposal, None, "nobody would exceed it: there is nothing to adopt");
}

async fn a_proposal_is_for_those_who_see_the_whole_programme(place: Place) {
    let written = running(place).await;
    let region = |programme: &str| Within { programmes: Some(vec![programme.parse().unwrap()]), ..Within::default() };
    assert!(proposed(&on_the_day(&written, region("p")).await).await.is_some());
    assert!(proposed(&on_the_day(&written, region("q")).await).await.is_none());
    let own = Within { projects: Some(vec!["a".parse().unwrap()]), ..Within::default() };
    assert!(proposed(&on_the_day(&written, own).await).await.is_none());
    let reader = on_the_day(&written, Within::everything()).await;
    assert!(proposal(&reader, &"nowhere".parse().unwrap(), &Paging::default()).await.unwrap().is_none());
}
