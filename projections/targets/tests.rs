use traccia_domain::Position;

use super::{Scope, tables::STEP};
use crate::testing::history::{History, text};

#[test]
fn a_step_holds_the_totals_at_its_position_where_they_changed() {
    let mut history = History::begun();
    let early = history.served("maria", "a", "2024-03-01", |_| {});
    while history.commits.len() < 2 * usize::try_from(STEP).unwrap() {
        let name = history.commits.len().to_string();
        history.registered(&name);
        if history.commits.len() == usize::try_from(STEP + STEP / 2).unwrap() {
            history.disputed(early);
        }
    }
    let steps: Vec<_> = history.store.facts.iter().filter(|(table, _, _)| *table == "tally").collect();
    let programme: Vec<_> = steps
        .iter()
        .filter(|(_, _, row)| text(&row[1]) == Scope::Programme.as_str())
        .map(|(_, position, row)| (*position, text(&row[6]), text(&row[7])))
        .collect();
    let step = |n| Position(n * STEP);
    let expected = [(step(1), "1".to_owned(), "1".to_owned()), (step(2), "1".to_owned(), "0".to_owned())];
    assert_eq!(programme, expected);
    assert!(steps.iter().all(|(_, position, _)| position.0.is_multiple_of(STEP)));
}
