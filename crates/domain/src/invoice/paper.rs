//! What tells an invoice from every other.

use jiff::civil::Date;

use super::{ExpenseDeclared, TaxId, number};
use crate::expense::{ExpenseRefusal, command::DeclareExpense};

/// The most characters of an invoice's number.
const LONGEST: usize = 40;

/// Supplier, number and date: what is on the paper. It never prints whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paper {
    /// Who has to be paid.
    pub(crate) supplier: TaxId,
    /// The number written one way, for a fingerprint.
    pub(crate) number: String,
    /// The number as the event keeps it, for who has the paper in hand: in capitals, without spaces, and else as written.
    shown: String,
    /// The date.
    pub(crate) date: Date,
}

impl Paper {
    /// The paper that an expense is declared on.
    ///
    /// # Errors
    /// When the supplier's tax id or the number is none.
    pub fn of(command: &DeclareExpense) -> Result<Paper, ExpenseRefusal> {
        let supplier = TaxId::read(&command.supplier_tax_id)?;
        let invalid = |why| ExpenseRefusal::Invalid { pointer: "/invoice", why };
        let number = number::written_one_way(&command.invoice).map_err(invalid)?;
        let shown: String =
            command.invoice.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_uppercase).collect();
        if shown.chars().count() > LONGEST {
            return Err(invalid("an invoice's number has at most 40 characters"));
        }
        Ok(Paper { supplier, number, shown, date: command.date })
    }

    /// The expense that a command declares on it.
    #[must_use]
    pub fn declared(&self, command: &DeclareExpense, declared_by: String) -> ExpenseDeclared {
        ExpenseDeclared {
            expense: command.expense.clone(),
            project: command.project.clone(),
            item: command.item.clone(),
            supplier: self.supplier.supplier().clone(),
            number: self.shown.clone(),
            date: self.date,
            amount: command.amount,
            share: command.share,
            declared_by,
        }
    }
}
