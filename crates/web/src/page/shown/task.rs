//! A step that waits for whoever is signed in.

use traccia_domain::Cents;

use super::{Cell, italian};

/// A step that waits, and exactly what it is to be taken on.
pub(crate) struct Task {
    /// What waits: `Quote autorizzabili ora`.
    pub(crate) what: &'static str,
    /// How many: as many as the list has.
    pub(crate) count: String,
    /// What they sum to, where it is money.
    pub(crate) sum: Option<String>,
    /// Each, with the way to it.
    pub(crate) items: Vec<Cell>,
}

impl Task {
    /// Of what waits; none where nothing does.
    pub(crate) fn of(what: &'static str, items: Vec<Cell>) -> Option<Task> {
        let count = italian::number(items.len() as u64);
        (!items.is_empty()).then_some(Task { what, count, sum: None, items })
    }

    /// Of money that waits, each with how much; none where nothing does.
    pub(crate) fn of_money(what: &'static str, items: Vec<(Cell, Cents)>) -> Option<Task> {
        let sum: Cents = items.iter().map(|(_, amount)| *amount).sum();
        let task = Task::of(what, items.into_iter().map(|(item, _)| item).collect())?;
        Some(Task { sum: Some(italian::euro(sum.0)), ..task })
    }
}
