//! Which months are listed, and how each stands.

use super::*;
use crate::reports::queries::waiting;

on_every_database! {
    every_month_of_a_project_is_listed_with_when_it_is_due
}

async fn every_month_of_a_project_is_listed_with_when_it_is_due(place: Place) {
    let mut written = Written::network(place).await;
    written.window("p", "2024-02", "2024-03-31").await;
    written.of_report("2024-01", "report_submitted").await;
    written.of_report("2024-03", "report_submitted").await;
    written.of_report("2024-03", "report_returned").await;
    written.write().await;
    let reader = written.known_at(KnownAt::Now).await;
    let told = listed(&reader.clone().about(Some(date(2024, 4, 15)))).await;
    let told: Vec<_> = told
        .iter()
        .map(|report| (report.month.to_string(), report.state.as_str(), report.due_on, report.overdue))
        .collect();
    let expected = [
        ("2024-01", "submitted", date(2024, 2, 15), false),
        ("2024-02", "open", date(2024, 3, 31), true),
        ("2024-03", "returned", date(2024, 4, 15), false),
        ("2024-04", "open", date(2024, 5, 15), false),
    ];
    assert_eq!(told, expected.map(|(month, state, due, overdue)| (month.to_owned(), state, due, overdue)));

    let later = listed(&reader.clone().about(Some(date(2024, 4, 16)))).await;
    assert!(later[2].overdue, "a returned report is with the partnership again");
    assert_eq!(later[2].reason.as_deref(), Some("prova"));
    let urgent = waiting(&reader.clone().about(Some(date(2024, 4, 16)))).await.unwrap();
    let own: Vec<_> = urgent.reports.iter().filter(|report| report.project == "a").map(|report| report.month).collect();
    assert_eq!(own, ["2024-02", "2024-03", "2024-04"].map(month), "what is due first comes first");
    let late = urgent.reports.iter().filter(|report| report.overdue).count();
    assert_eq!((urgent.overdue, late), (urgent.reports.iter().take_while(|one| one.overdue).count() as u64, late));

    let filter = ReportFilter { overdue: true, ..ReportFilter::default() };
    let on = reader.clone().about(Some(date(2024, 4, 16)));
    let overdue = reports(&on, &filter, &Paging::default()).await.unwrap().body.items;
    assert!(overdue.iter().any(|report| report.project == "b"), "of every project");
    let own: Vec<_> = overdue.iter().filter(|report| report.project == "a").map(|report| report.month).collect();
    assert_eq!(own, [month("2024-02"), month("2024-03")]);
    let on = reader.clone().about(Some(date(2024, 4, 16)));
    for (state, expected) in [
        ("open", &["2024-02", "2024-04"][..]),
        ("submitted", &["2024-01"]),
        ("returned", &["2024-03"]),
        ("accepted", &[]),
    ] {
        let filter = ReportFilter { project: Some(a()), state: Some(state), overdue: false, ..ReportFilter::default() };
        let found = reports(&on, &filter, &Paging::default()).await.unwrap().body.items;
        let found: Vec<_> = found.iter().map(|report| report.month.to_string()).collect();
        assert_eq!(found, expected, "{state}");
    }
    let all = listed(&reader.about(Some(date(2030, 1, 1)))).await;
    assert_eq!((all.len(), all.last().unwrap().month), (24, month("2025-12")), "up to the project's end");
}
