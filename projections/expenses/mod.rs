//! What projects have spent, and how much of it their caps let count. The definition is in README.md.

pub mod caps;
pub mod queries;
pub mod tables;

#[cfg(test)]
mod tests;

use traccia_domain::{
    Event, ExpenseId, Position,
    invoice::{ExpenseDeclared, InvoiceEvent, Supplier},
};
use traccia_projector::{At, Changes, Row};

use self::tables::EXPENSE;
use crate::known::{Known, Named};

/// Every expense that was declared.
#[derive(Clone, Debug, Default)]
pub struct Expenses {
    expenses: Known<Expense>,
}

/// An expense, and what became of it.
#[derive(Clone, Debug)]
struct Expense {
    declared: Option<Box<(ExpenseDeclared, String, Position)>>,
    decided: Option<(State, Position, Option<String>)>,
}

#[derive(Clone, Copy, Debug)]
enum State {
    Accepted,
    Rejected,
}

impl Named for Expense {
    type Id = ExpenseId;

    fn named(_: &ExpenseId) -> Expense {
        Expense { declared: None, decided: None }
    }

    fn shown(&self) -> bool {
        self.declared.is_some()
    }
}

impl Expense {
    fn row(&self) -> Row {
        let Some((declared, invoice, at)) = self.declared.as_deref() else { return Row::new() };
        let state = match &self.decided {
            None => "declared",
            Some((State::Accepted, ..)) => "accepted",
            Some((State::Rejected, ..)) => "rejected",
        };
        let supplier = match &declared.supplier {
            Supplier::Vat(number) => Some(number.clone()),
            Supplier::Person => None,
        };
        vec![
            declared.expense.to_string().into(),
            declared.project.to_string().into(),
            declared.item.clone().into(),
            supplier.into(),
            declared.number.clone().into(),
            declared.date.to_string().into(),
            invoice.clone().into(),
            declared.amount.0.into(),
            declared.share.millionths().into(),
            declared.claimed().0.into(),
            state.into(),
            declared.declared_by.clone().into(),
            (*at).into(),
            self.decided.as_ref().map(|(_, at, _)| *at).into(),
            self.decided.as_ref().and_then(|(.., reason)| reason.clone()).into(),
        ]
    }
}

impl Expenses {
    /// Takes an event in. An id that was only taken is no expense yet.
    pub(crate) fn take(&mut self, at: &At<'_>, event: &Event) {
        match event {
            Event::Invoice(InvoiceEvent::ExpenseDeclared(declared)) => {
                let key = self.expenses.meet(&declared.expense);
                let invoice = at.commit.stream.id().to_owned();
                self.expenses.touch(key).declared = Some(Box::new((declared.clone(), invoice, at.position)));
            }
            Event::Invoice(InvoiceEvent::ExpenseAccepted(accepted)) => {
                self.decide(&accepted.expense, (State::Accepted, at.position, None));
            }
            Event::Invoice(InvoiceEvent::ExpenseRejected(rejected)) => {
                self.decide(&rejected.expense, (State::Rejected, at.position, Some(rejected.reason.clone())));
            }
            Event::Service(_)
            | Event::Record(_)
            | Event::Number(_)
            | Event::Link(_)
            | Event::Point(_)
            | Event::Facilitator(_)
            | Event::Project(_)
            | Event::Money(_)
            | Event::Report(_)
            | Event::Milestone(_)
            | Event::Programme(_)
            | Event::Expense(_)
            | Event::Payments(_)
            | Event::Log(_) => {}
        }
    }

    fn decide(&mut self, expense: &ExpenseId, decided: (State, Position, Option<String>)) {
        let key = self.expenses.meet(expense);
        self.expenses.touch(key).decided = Some(decided);
    }

    /// Writes what changed.
    pub(crate) fn settle(&mut self, changes: &mut Changes) {
        self.expenses.write(&EXPENSE, changes, Expense::row);
    }
}
