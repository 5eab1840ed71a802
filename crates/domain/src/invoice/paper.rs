//! What tells an invoice from every other.

use jiff::civil::Date;

use super::{ExpenseDeclared, TaxId};
use crate::expense::{ExpenseRefusal, command::DeclareExpense};

/// The most characters of an invoice's number.
const LONGEST: usize = 40;

/// Supplier, number and date: what is on the paper, written one way. It never prints whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paper {
    /// Who has to be paid.
    pub(crate) supplier: TaxId,
    /// The number in capitals and without spaces. Signs stay: `1/23` and `12/3` are two invoices.
    pub(crate) number: String,
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
        let number: String =
            command.invoice.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_uppercase).collect();
        let invalid = |why| ExpenseRefusal::Invalid { pointer: "/invoice", why };
        // Whoever writes a name here is stopped, most of the time.
        if !number.chars().any(|c| c.is_ascii_digit()) {
            return Err(invalid("an invoice has a number, with a digit in it"));
        }
        if number.chars().count() > LONGEST {
            return Err(invalid("an invoice's number has at most 40 characters"));
        }
        Ok(Paper { supplier, number, date: command.date })
    }

    /// The expense that a command declares on it.
    #[must_use]
    pub fn declared(&self, command: &DeclareExpense, declared_by: String) -> ExpenseDeclared {
        ExpenseDeclared {
            expense: command.expense.clone(),
            project: command.project.clone(),
            item: command.item.clone(),
            supplier: self.supplier.supplier().clone(),
            number: self.number.clone(),
            date: self.date,
            amount: command.amount,
            share: command.share,
            declared_by,
        }
    }
}
