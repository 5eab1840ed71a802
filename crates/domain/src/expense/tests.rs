use super::*;
use crate::{
    given::{after, seen},
    hash::ShortHash,
    invoice::tests::{declared, facts},
    refusal::{Code, Refuses as _},
};

fn name(invoice: &str) -> NameExpense {
    NameExpense { invoice: InvoiceId(ShortHash::of_parts([invoice.as_bytes()])), declared: declared("e") }
}

fn named(invoice: &str) -> ExpenseEvent {
    ExpenseNamed { project: declared("e").project, invoice: name(invoice).invoice }.into()
}

#[test]
fn an_id_is_taken_once_for_one_invoice_of_one_project() {
    let free = ExpenseFacts { invoice: Invoice::default(), place: facts() };
    assert_eq!(Expense::Unknown.decide(&name("a"), &free), Ok(vec![named("a")]));
    let taken: Expense = after([named("a")]);
    assert_eq!(taken.decide(&name("a"), &free), Ok(vec![]), "what was begun goes on to the invoice");
    let other =
        NameExpense { declared: ExpenseDeclared { project: "other".parse().unwrap(), ..declared("e") }, ..name("a") };
    for another in [name("b"), other] {
        let refused = taken.decide(&another, &free).unwrap_err();
        assert_eq!(seen(&refused), (Code::AlreadyExists, Some("/expense".to_owned())));
    }
}

#[test]
fn what_the_invoice_refuses_takes_no_id() {
    let full = after([declared("all").into()]);
    let refused = Expense::Unknown.decide(&name("a"), &ExpenseFacts { invoice: full, place: facts() }).unwrap_err();
    assert_eq!(refused.code(), Code::OverClaimed);
}
