//! Expenses: an id that is taken, then the invoice that decides.

use traccia_domain::{
    ExpenseId, InvoiceId, Position,
    expense::{Expense, ExpenseRefusal, NameExpense, command::DeclareExpense},
    invoice::{Invoice, InvoiceCommand, Paper},
};
use traccia_log::Log;

use super::{Application, Done, dispatch::Start, request::Request};
use crate::{
    Answers, Failure, RecordKeys,
    stored::{Stored as _, load},
};

impl<L: Log, K: RecordKeys, A: Answers> Application<L, K, A> {
    /// The id first, then the claim: the invoice's stream alone holds what is claimed of it.
    ///
    /// A crash in between leaves an id that stands for nothing: no share is claimed, nothing is shown, and the same
    /// declaration completes it, under whichever key.
    pub(super) async fn declare_expense(
        &self,
        request: &Request<'_>,
        command: &DeclareExpense,
    ) -> Result<Done, Failure> {
        let paper = Paper::of(command).map_err(Failure::refused)?;
        let invoice = self.invoice_of(&paper).await?;
        let declared = paper.declared(command, request.subject());
        let (stream, claim) = (Expense::stream(&command.expense), InvoiceCommand::Declare(Box::new(declared.clone())));
        let name = NameExpense { invoice, declared };
        let named = self.dispatch::<Expense>(request, stream, &name, Start::Loaded).await?;
        let claimed = self.dispatch::<Invoice>(request, Invoice::stream(invoice), &claim, Start::Loaded).await;
        let claimed = claimed.map_err(|failure| failure.after_a_part(request.key.as_str()))?;
        Done::together(vec![named, claimed]).ok_or(Failure::Contended)
    }

    /// The Region's decision on one expense, taken by the invoice that it is a share of.
    pub(super) async fn decide_expense(
        &self,
        request: &Request<'_>,
        expense: &ExpenseId,
        command: InvoiceCommand,
    ) -> Result<Done, Failure> {
        let named = load::<Expense>(&*self.log, &Expense::stream(expense), true).await.map_err(Failure::reading)?;
        let Expense::Named { invoice, .. } = named.state else {
            return Err(Failure::refused(ExpenseRefusal::UnknownExpense));
        };
        let done = self.dispatch::<Invoice>(request, Invoice::stream(invoice), &command, Start::Loaded).await?;
        Ok(Done { id: expense.to_string(), ..done })
    }

    /// The invoice of a paper: the one that the oldest key made, where there is one, as a document has one record.
    async fn invoice_of(&self, paper: &Paper) -> Result<InvoiceId, Failure> {
        for invoice in self.fingerprint.older_invoices(paper) {
            let found = self.log.load_from_leader(&Invoice::stream(invoice), Position::START).await;
            if !found.map_err(Failure::reading)?.is_empty() {
                return Ok(invoice);
            }
        }
        Ok(self.fingerprint.newest().invoice(paper))
    }
}
