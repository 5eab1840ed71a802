//! What an invoice says to each command: references first, then identity, then rules.

use super::{Claim, Decided, ExpenseAccepted, ExpenseDeclared, ExpenseRejected, Invoice, InvoiceEvent, InvoiceFacts};
use crate::{Cents, ExpenseId, Share, aggregate::blank, expense::ExpenseRefusal, project::Project};

type Decision = Result<Vec<InvoiceEvent>, ExpenseRefusal>;
type Check = Result<(), ExpenseRefusal>;

impl InvoiceFacts {
    /// Whether the project is there and has an award to spend.
    pub(crate) fn approved(&self) -> Check {
        match &*self.project {
            Project::Unknown => Err(ExpenseRefusal::UnknownProject),
            Project::Approved(_) => Ok(()),
            project @ (Project::Submitted(_) | Project::Rejected(_)) => {
                Err(ExpenseRefusal::NotApproved { state: project.state() })
            }
        }
    }

    /// Whether the programme's caps, as they are on the day of the decision, name an item.
    fn has_item(&self, item: &str) -> bool {
        let caps = self.programme.defined().map_or(&[][..], |defined| defined.expense_caps_on(self.today));
        caps.iter().any(|cap| cap.item == item)
    }
}

impl Invoice {
    pub(crate) fn declare(&self, declared: &ExpenseDeclared, facts: &InvoiceFacts) -> Decision {
        facts.approved()?;
        if self.claim(&declared.expense).is_some() {
            return Err(ExpenseRefusal::AlreadyExists);
        }
        if !facts.has_item(&declared.item) {
            return invalid("/item", "the programme's expense caps name no such item");
        }
        if declared.date > facts.today {
            return Err(ExpenseRefusal::InTheFuture);
        }
        if declared.amount <= Cents::ZERO {
            return invalid("/amount", "an invoice amounts to more than nothing");
        }
        if declared.claimed() == Cents::ZERO {
            return invalid("/share", "a share of an invoice is at least a cent of it");
        }
        self.check_whole(declared)?;
        Ok(vec![declared.clone().into()])
    }

    /// One invoice has one amount, and its shares are at most the whole of it. What was rejected binds nobody.
    fn check_whole(&self, declared: &ExpenseDeclared) -> Check {
        if self.standing().any(|claim| claim.amount != declared.amount) {
            return invalid("/amount", "another amount was declared of this invoice; it has one");
        }
        let claimed: u64 = self.standing().map(|claim| u64::from(claim.share.millionths())).sum();
        let left = u64::from(Share::WHOLE).saturating_sub(claimed);
        if u64::from(declared.share.millionths()) > left {
            let left = u32::try_from(left).ok().and_then(Share::from_millionths).unwrap_or_default();
            return Err(ExpenseRefusal::OverClaimed { left });
        }
        Ok(())
    }

    pub(super) fn accept(&self, expense: &ExpenseId, subject: &str) -> Decision {
        self.undecided(expense, subject)?;
        Ok(vec![ExpenseAccepted { expense: expense.clone() }.into()])
    }

    pub(super) fn reject(&self, expense: &ExpenseId, reason: &str, subject: &str) -> Decision {
        self.undecided(expense, subject)?;
        if blank(reason) {
            return invalid("/reason", "a rejection says why");
        }
        Ok(vec![ExpenseRejected { expense: expense.clone(), reason: reason.to_owned() }.into()])
    }

    /// Whether a claim waits for a decision, by another than who made it: an admin neither.
    fn undecided(&self, expense: &ExpenseId, subject: &str) -> Check {
        let Claim { decided, declared_by, .. } = self.claim(expense).ok_or(ExpenseRefusal::UnknownExpense)?;
        match decided {
            Some(Decided::Accepted) => return Err(ExpenseRefusal::AlreadyDecided { decided: "it was accepted" }),
            Some(Decided::Rejected) => return Err(ExpenseRefusal::AlreadyDecided { decided: "it was rejected" }),
            None => {}
        }
        // Accounts that differ in upper and lower case alone are mostly one person's.
        if subject.to_lowercase() == declared_by.to_lowercase() { Err(ExpenseRefusal::SameActor) } else { Ok(()) }
    }
}

fn invalid<T>(pointer: &'static str, why: &'static str) -> Result<T, ExpenseRefusal> {
    Err(ExpenseRefusal::Invalid { pointer, why })
}
