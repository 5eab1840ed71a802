use std::collections::HashMap;

use jiff::civil::Date;
use traccia_domain::{PointId, ProjectId};
use traccia_tests::{Place, on_every_database};

use super::{Scope, TargetRow, TargetsFilter, rows};
use crate::{
    answer::{KnownAt, Reader, Sql, Within},
    written::{POINTS, STEP, Written},
};

on_every_database! {
    totals_at_every_position_are_those_of_a_recount
    totals_on_a_past_day_are_of_what_had_happened_by_then
    gates_are_rounded_up_and_are_not_monitoring_targets
    rows_with_nothing_but_a_target_are_there
    a_point_is_active_from_the_day_it_has_a_facilitator
    totals_are_shown_only_to_those_who_may_see_all_of_what_they_sum
}

/// Counted, safe, qualifying, recorded.
type Naive = HashMap<(String, String), [i64; 4]>;

/// Every row that holds, one by one.
async fn recount(reader: &Reader, by: Scope, on: Option<Date>) -> Naive {
    let on = on.map_or_else(|| "9999-12-31".to_owned(), |day| day.to_string());
    let held = traccia_projector::held("r");
    let mut naive = Naive::new();
    let mut add = |point: &str, day: &str, figure: usize| {
        let (programme, point, project, province) = *POINTS.iter().find(|place| place.1 == point).unwrap();
        let id = match by {
            Scope::Programme => programme,
            Scope::Province => province,
            Scope::Project => project,
            Scope::Point => point,
            Scope::Semester => &format!("{}-S{}", &day[..4], if &day[5..7] <= "06" { 1 } else { 2 }),
            Scope::Month => &day[..7],
        };
        if *day <= *on {
            naive.entry((programme.to_owned(), id.to_owned())).or_default()[figure] += 1;
        }
    };
    let join = "join point p on p.key = r.point and p.until is null";
    let services = format!("select p.id, r.occurred_on, r.reason from service r {join} where {held}");
    for row in reader.rows(Sql::from(services)).await.unwrap() {
        add(&row.text(0), &row.text(1), 3);
        if row.text_or_null(2).is_none() {
            add(&row.text(0), &row.text(1), 2);
        }
    }
    let units = format!("select p.id, r.counted_on, r.safe_on from unit r {join} where {held} and r.line = 'rfd'");
    for row in reader.rows(Sql::from(units)).await.unwrap() {
        for figure in 0..2 {
            if let Some(day) = row.text_or_null(figure + 1) {
                add(&row.text(0), &day, figure);
            }
        }
    }
    naive
}

fn figures(rows: &[TargetRow]) -> Naive {
    let figures = |row: &TargetRow| {
        let counted = row.citizens.counted.cast_signed();
        let services = [row.services.qualifying.cast_signed(), row.services.recorded.cast_signed()];
        [counted, counted - row.citizens.at_risk, services[0], services[1]]
    };
    let all = rows.iter().map(|row| ((row.programme.clone(), row.id.clone()), figures(row)));
    all.filter(|(_, figures)| *figures != [0; 4]).collect()
}

async fn totals_at_every_position_are_those_of_a_recount(place: Place) {
    let written = Written::history(place, 150).await;
    for position in 1..=written.head().await {
        let reader = written.at(position).await;
        for (n, by) in Scope::ALL.into_iter().enumerate() {
            let near_a_step = (position + 1) % STEP <= 2;
            if near_a_step || position % 6 == n as u64 {
                let rows = rows(&reader, &TargetsFilter { by, ..TargetsFilter::default() }, STEP).await.unwrap();
                assert_eq!(figures(&rows), recount(&reader, by, None).await, "{by:?} at {position}");
            }
        }
    }
}

async fn totals_on_a_past_day_are_of_what_had_happened_by_then(place: Place) {
    let written = Written::history(place, 100).await;
    let reader = written.known_at(KnownAt::Now).await;
    for by in Scope::ALL {
        let on = "2024-09-15".parse().unwrap();
        let filter = TargetsFilter { by, on: Some(on), ..TargetsFilter::default() };
        let rows = rows(&reader, &filter, STEP).await.unwrap();
        assert_eq!(figures(&rows), recount(&reader, by, Some(on)).await, "{by:?}");
    }
}

async fn first(written: &Written, filter: TargetsFilter) -> TargetRow {
    rows(&written.known_at(KnownAt::Now).await, &filter, STEP).await.unwrap().remove(0)
}

async fn gates_are_rounded_up_and_are_not_monitoring_targets(place: Place) {
    let written = Written::network(place).await;
    written.write().await;
    let programme = first(&written, TargetsFilter::default()).await;
    assert_eq!((programme.gates[0].points_needed, programme.gates[0].citizens_needed), (Some(4), Some(26)));
    assert_eq!(programme.monitoring.unwrap().citizens, 101, "the next by date");
    let on = Some("2024-12-31".parse().unwrap());
    assert_eq!(
        first(&written, TargetsFilter { on, ..TargetsFilter::default() }).await.monitoring.unwrap().citizens,
        24
    );
    let project = first(&written, TargetsFilter { by: Scope::Project, ..TargetsFilter::default() }).await;
    assert_eq!((project.gates[0].points_needed, project.gates[0].citizens_needed), (Some(3), Some(8)));
}

async fn rows_with_nothing_but_a_target_are_there(place: Place) {
    let written = Written::network(place).await;
    written.write().await;
    let reader = written.known_at(KnownAt::Now).await;
    for (by, ids) in [
        (Scope::Province, &["BG", "LO", "MI"][..]),
        (Scope::Project, &["a", "b"]),
        (Scope::Point, &["a-1", "a-2", "b-1"]),
        (Scope::Semester, &["2024-S1", "2024-S2", "2025-S1", "2025-S2"]),
        (Scope::Month, &[]),
    ] {
        let filter = TargetsFilter { programme: Some("p".parse().unwrap()), by, ..TargetsFilter::default() };
        let rows = rows(&reader, &filter, STEP).await.unwrap();
        assert_eq!(rows.iter().map(|row| row.id.as_str()).collect::<Vec<_>>(), ids);
    }
    let second = TargetsFilter { by: Scope::Semester, ..TargetsFilter::default() };
    let rows = rows(&reader, &second, STEP).await.unwrap();
    assert_eq!(rows[1].citizens.target, Some(41), "as the provinces print them");
}

async fn a_point_is_active_from_the_day_it_has_a_facilitator(place: Place) {
    let written = Written::network(place).await;
    written.write().await;
    for (on, active) in [("2024-01-31", 0), ("2024-02-01", 3)] {
        let filter = TargetsFilter { on: Some(on.parse().unwrap()), ..TargetsFilter::default() };
        assert_eq!(first(&written, filter).await.points.active, active);
    }
}

async fn totals_are_shown_only_to_those_who_may_see_all_of_what_they_sum(place: Place) {
    let written = Written::history(place, 20).await;
    let of_a: Option<Vec<ProjectId>> = Some(vec!["a".parse().unwrap()]);
    let at_b: Option<Vec<PointId>> = Some(vec!["b-1".parse().unwrap()]);
    let project = Within { projects: of_a, ..Within::default() };
    let point = Within { points: at_b, ..Within::default() };
    for (within, by, expected) in [
        (&project, Scope::Programme, &[][..]),
        (&project, Scope::Month, &[]),
        (&project, Scope::Project, &["a"]),
        (&project, Scope::Point, &["a-1", "a-2"]),
        (&point, Scope::Project, &[]),
        (&point, Scope::Point, &["b-1"]),
    ] {
        let reader = written.within(KnownAt::Now, within.clone()).await;
        let rows = rows(&reader, &TargetsFilter { by, ..TargetsFilter::default() }, STEP).await.unwrap();
        assert_eq!(rows.iter().map(|row| row.id.as_str()).collect::<Vec<_>>(), expected);
    }
}
