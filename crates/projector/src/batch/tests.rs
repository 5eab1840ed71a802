use traccia_domain::Position;

use super::{Batch, End, NewRow};
use crate::{Changes, Column, Shape, Table, Value};

static THING: Table =
    Table { name: "thing", shape: Shape::Versioned, columns: &[Column::integer("value")], indexes: &[] };
static FACT: Table = Table { name: "fact", shape: Shape::Appended, columns: &[Column::integer("value")], indexes: &[] };

fn batch(make: impl FnOnce(&mut Changes)) -> Batch {
    let mut changes = Changes::collected();
    make(&mut changes);
    Batch::of(&[&THING, &FACT], changes.take())
}

fn row(first: i64, second: i64, until: Option<i64>, value: i64) -> NewRow {
    NewRow { first, second, until, values: vec![Value::Integer(value)] }
}

#[test]
fn a_version_replaced_within_the_batch_ends_in_memory() {
    let batch = batch(|changes| {
        changes.at(Position(4));
        changes.add(&THING, 0, || vec![1.into()]);
        changes.at(Position(6));
        changes.replace(&THING, 0, || vec![2.into()]);
    });
    assert_eq!(batch.parts[0].rows, [row(0, 4, Some(6), 1), row(0, 6, None, 2)]);
    assert_eq!(batch.parts[0].ends, []);
}

#[test]
fn a_stored_version_ends_once_however_often_it_is_replaced() {
    let batch = batch(|changes| {
        for position in [4, 5] {
            changes.at(Position(position));
            changes.replace(&THING, 7, || vec![1.into()]);
        }
    });
    assert_eq!(batch.parts[0].ends, [End { key: 7, until: 4 }]);
    assert_eq!(batch.rows(), 2);
}

#[test]
fn of_two_rows_at_one_position_the_last_one_holds() {
    let batch = batch(|changes| {
        changes.at(Position(4));
        changes.replace(&THING, 0, || vec![1.into()]);
        changes.replace(&THING, 0, || vec![2.into()]);
        changes.add(&THING, 1, || vec![3.into()]);
        changes.remove(&THING, 1);
    });
    assert_eq!(batch.parts[0].rows, [row(0, 4, None, 2)]);
    assert_eq!(batch.parts[0].ends, [End { key: 0, until: 4 }]);
}

#[test]
fn a_thing_removed_and_back_again_leaves_a_hole() {
    let batch = batch(|changes| {
        changes.at(Position(4));
        changes.remove(&THING, 0);
        changes.at(Position(6));
        changes.add(&THING, 0, || vec![1.into()]);
        changes.at(Position(7));
        changes.remove(&THING, 0);
    });
    assert_eq!(batch.parts[0].rows, [row(0, 6, Some(7), 1)]);
    assert_eq!(batch.parts[0].ends, [End { key: 0, until: 4 }]);
}

#[test]
fn facts_are_numbered_within_their_position() {
    let batch = batch(|changes| {
        for (position, value) in [(4, 1), (4, 2), (5, 3)] {
            changes.at(Position(position));
            changes.append(&FACT, || vec![value.into()]);
        }
    });
    assert_eq!(batch.parts[1].rows, [row(4, 0, None, 1), row(4, 1, None, 2), row(5, 0, None, 3)]);
}
