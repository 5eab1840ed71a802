use crate::testing::history::{History, text};

#[test]
fn every_commit_leaves_one_row_with_its_reason() {
    let mut history = History::begun();
    let service = history.served("maria", "a", "2024-03-01", |_| {});
    history.voided(service);
    let rows: Vec<_> = history.store.facts.iter().filter(|(table, _, _)| *table == "trail").collect();
    assert_eq!(rows.len(), history.commits.len());
    let last: Vec<_> = rows[rows.len() - 1].2.iter().map(text).collect();
    let stream = format!("service.{service}");
    let expected = ["0", "desk-1", "facilitator", &stream, "ServiceVoided", "why", "-1", ""];
    assert_eq!(last, expected);
}
