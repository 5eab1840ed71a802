use traccia_tests::{Place, on_every_database};

use super::{
    Indicator, Value,
    differences::{Agreement, differences},
    queries::values,
};
use crate::{
    answer::KnownAt,
    targets::{
        Scope,
        queries::{TargetsFilter, targets},
    },
    written::{FACILITATION, Written},
};

on_every_database! {
    what_is_exported_is_what_targets_says
}

const REGION: &str = "E81D23000080006";
const OWN: &str = "B39I21001150001";

/// Programme `p` has a CUP; a third project of it has one of its own. Programme `q` has none.
async fn what_is_exported_is_what_targets_says(place: Place) {
    let mut written = Written::network(place).await;
    for (number, point) in [(1, "a-1"), (2, "b-1"), (3, "c-1")] {
        written.register(number).await;
        written.serve(number, number, point, &format!("f-{point}"), "2024-03-01", FACILITATION).await;
    }
    written.write().await;
    let reader = written.known_at(KnownAt::Now).await;
    let programme = "p".parse().unwrap();
    let whole =
        TargetsFilter { programme: Some("p".parse().unwrap()), by: Scope::Programme, ..TargetsFilter::default() };
    let whole = targets(&reader, &whole).await.unwrap().body.items.remove(0);
    let value = |cup: &str, indicator, reached, target| Value { cup: cup.to_owned(), indicator, reached, target };
    let found = values(&reader, Some(&programme), None).await.unwrap().body;
    assert_eq!(
        found,
        [value(REGION, Indicator::T0107, whole.points.active, 5), value(REGION, Indicator::T0298, 2, 101),],
        "a programme whose projects have no CUP is under its own, with its own targets"
    );
    assert_eq!(values(&reader, None, None).await.unwrap().body, found, "what has no CUP is in no row");

    written.apply_with_cup("d", "p", OWN).await;
    written.write().await;
    let reader = written.known_at(KnownAt::Now).await;
    let found = values(&reader, Some(&programme), None).await.unwrap().body;
    let citizens: Vec<_> = found.iter().filter(|value| value.indicator == Indicator::T0298).cloned().collect();
    assert_eq!(
        citizens,
        [value(OWN, Indicator::T0298, 0, 30), value(REGION, Indicator::T0298, 2, 60)],
        "a project with its own is by itself, and the others of its programme are together"
    );
    let on = Some("2024-02-28".parse().unwrap());
    assert_eq!(values(&reader, Some(&programme), on).await.unwrap().body[3].reached, 0, "before the services");
}

#[test]
fn the_register_and_ours_are_put_side_by_side() {
    let value = |cup: &str, reached| Value { cup: cup.to_owned(), indicator: Indicator::T0298, reached, target: 10 };
    let here = [value("A", 4), value("B", 5), value("C", 6)];
    let there = [value("A", 4), value("B", 7), value("D", 8)];
    let told: Vec<_> = differences(&here, &there)
        .into_iter()
        .map(|one| (one.cup, one.agreement, one.here, one.there, one.difference))
        .collect();
    let expected = [
        ("A", Agreement::Equal, Some(4), Some(4), Some(0)),
        ("B", Agreement::Different, Some(5), Some(7), Some(-2)),
        ("C", Agreement::MissingThere, Some(6), None, None),
        ("D", Agreement::MissingHere, None, Some(8), None),
    ];
    assert_eq!(told, expected.map(|(cup, agreement, here, there, by)| (cup.to_owned(), agreement, here, there, by)));
    let points = Value { indicator: Indicator::T0107, ..value("A", 4) };
    assert_eq!(differences(&here[..1], &[points]).len(), 2, "one indicator is not the other");
}
