use cqrs_es::test::TestFramework;

use super::*;
use crate::{
    expense::command::DeclareExpense,
    given::{TODAY, after, applied, approved, day, definition, project, seen},
    programme::{Defined, definition::ExpenseCap},
    refusal::Code,
};

mod numbers;

pub(crate) fn facts() -> InvoiceFacts {
    let cap = ExpenseCap { item: "training".to_owned(), share: "0.90".parse().unwrap(), measure_share: None };
    let definition = crate::programme::Definition { expense_caps: vec![cap], ..definition() };
    let defined =
        Defined { definition, adopted: vec![], redistributions: vec![], windows: std::collections::BTreeMap::new() };
    let programme = Arc::new(Programme::Defined(Box::new(defined)));
    InvoiceFacts { today: day(TODAY), project: project(), programme }
}

/// The whole of an invoice over 100 euro, by anna.
pub(crate) fn declared(expense: &str) -> ExpenseDeclared {
    ExpenseDeclared {
        expense: expense.parse().unwrap(),
        project: "project".parse().unwrap(),
        item: "training".to_owned(),
        supplier: Supplier::Vat("12345678903".to_owned()),
        number: "1".to_owned(),
        date: day("2024-03-01"),
        amount: "100.00".parse().unwrap(),
        share: "1".parse().unwrap(),
        declared_by: "anna".to_owned(),
    }
}

fn share_of(expense: &str, share: &str) -> ExpenseDeclared {
    ExpenseDeclared { share: share.parse().unwrap(), ..declared(expense) }
}

fn declare(declared: ExpenseDeclared) -> InvoiceCommand {
    InvoiceCommand::Declare(Box::new(declared))
}

fn accept(expense: &str, subject: &str) -> InvoiceCommand {
    InvoiceCommand::Accept { expense: expense.parse().unwrap(), subject: subject.to_owned() }
}

fn reject(expense: &str, reason: &str) -> InvoiceCommand {
    let (reason, subject) = (reason.to_owned(), "bruno".to_owned());
    InvoiceCommand::Reject { expense: expense.parse().unwrap(), reason, subject }
}

fn rejected(expense: &str) -> InvoiceEvent {
    ExpenseRejected { expense: expense.parse().unwrap(), reason: "r".to_owned() }.into()
}

fn accepted(expense: &str) -> InvoiceEvent {
    ExpenseAccepted { expense: expense.parse().unwrap() }.into()
}

fn refused(events: impl IntoIterator<Item = InvoiceEvent>, command: &InvoiceCommand) -> (Code, Option<String>) {
    seen(&after::<Invoice>(events).decide(command, &facts()).unwrap_err())
}

fn at(code: Code, pointer: &str) -> (Code, Option<String>) {
    (code, Some(pointer.to_owned()))
}

#[test]
fn shares_of_an_invoice_never_exceed_the_whole_of_it() {
    let [half, rest, more] = [share_of("a", "0.5"), share_of("b", "0.5"), share_of("b", "0.500001")];
    let given = |events| TestFramework::<Invoice>::with(facts()).given(events);
    given(vec![half.clone().into()]).when(declare(rest.clone())).then_expect_events(vec![rest.clone().into()]);
    assert_eq!(refused([half.clone().into()], &declare(more)), at(Code::OverClaimed, "/share"));
    let cent = share_of("c", "0.0001");
    assert_eq!(refused([half.into(), rest.into()], &declare(cent)), at(Code::OverClaimed, "/share"));
}

#[test]
fn a_rejected_expense_gives_its_share_back_and_an_accepted_one_does_not() {
    let again = declare(declared("b"));
    let given = |events| TestFramework::<Invoice>::with(facts()).given(events);
    given(vec![declared("a").into(), rejected("a")]).when(again.clone()).then_expect_events(vec![declared("b").into()]);
    assert_eq!(refused([declared("a").into(), accepted("a")], &again).0, Code::OverClaimed);
}

#[test]
fn an_invoice_has_one_amount_and_only_what_was_rejected_may_have_said_another() {
    let of_200 = |expense| ExpenseDeclared { amount: "200.00".parse().unwrap(), ..share_of(expense, "0.5") };
    assert_eq!(refused([share_of("a", "0.5").into()], &declare(of_200("b"))), at(Code::Invalid, "/amount"));
    let freed: Invoice = after([share_of("a", "0.5").into(), rejected("a")]);
    assert!(freed.decide(&declare(of_200("b")), &facts()).is_ok());
}

#[test]
fn a_value_that_breaks_a_rule_is_named() {
    let wrong = |change: fn(&mut ExpenseDeclared)| {
        let mut one = declared("a");
        change(&mut one);
        refused([], &declare(one))
    };
    assert_eq!(wrong(|one| one.item = "travel".to_owned()), at(Code::Invalid, "/item"));
    assert_eq!(wrong(|one| one.amount = Cents::ZERO), at(Code::Invalid, "/amount"));
    assert_eq!(wrong(|one| one.share = Share::default()), at(Code::Invalid, "/share"));
    assert_eq!(wrong(|one| one.share = "0.000099".parse().unwrap()), at(Code::Invalid, "/share"));
    assert_eq!(wrong(|one| one.date = day("2025-06-16")), at(Code::InTheFuture, "/date"));
    assert_eq!(refused([declared("a").into()], &reject("a", " ")), at(Code::Invalid, "/reason"));
    for form in ["-1.00", "1.001", "1e2", ""] {
        assert!(form.parse::<Cents>().is_err(), "{form}");
    }
    assert!("1.000001".parse::<Share>().is_err());
}

#[test]
fn only_an_approved_project_has_expenses() {
    let decide = |project| Invoice::default().decide(&declare(declared("a")), &InvoiceFacts { project, ..facts() });
    assert_eq!(seen(&decide(Arc::default()).unwrap_err()), at(Code::UnknownProject, "/project"));
    let submitted = Arc::new(after::<Project>([applied().into()]));
    assert_eq!(decide(submitted).unwrap_err(), ExpenseRefusal::NotApproved { state: "submitted" });
    let approved: Project = after([applied().into(), approved().into()]);
    assert!(decide(Arc::new(approved)).is_ok());
}

#[test]
fn an_expense_is_decided_once_by_another_than_who_declared_it() {
    let waits = || [InvoiceEvent::from(declared("a"))];
    let given = |events| TestFramework::<Invoice>::with(facts()).given(events);
    given(waits().to_vec()).when(accept("a", "bruno")).then_expect_events(vec![accepted("a")]);
    given(waits().to_vec()).when(reject("a", "r")).then_expect_events(vec![rejected("a")]);
    for own in ["anna", "Anna"] {
        assert_eq!(refused(waits(), &accept("a", own)), (Code::SameActor, None));
    }
    assert_eq!(refused(waits(), &accept("b", "bruno")), at(Code::UnknownExpense, "/expense"));
    for decided in [accepted("a"), rejected("a")] {
        let events = || waits().into_iter().chain([decided.clone()]);
        assert_eq!(refused(events(), &accept("a", "bruno")), (Code::AlreadyDecided, None));
        assert_eq!(refused(events(), &reject("a", "r")), (Code::AlreadyDecided, None));
        assert_eq!(refused(events(), &declare(declared("a"))), at(Code::AlreadyExists, "/expense"));
    }
}

fn read(text: &str) -> Result<TaxId, InvalidTaxId> {
    TaxId::read(&WrittenTaxId(text.to_owned()))
}

#[test]
fn a_supplier_is_named_by_a_vat_number_and_a_person_by_none() {
    for (text, vat) in [
        ("12345678903", "12345678903"),
        ("IT 123.456.789-03", "12345678903"),
        ("de123456789", "DE123456789"),
        ("ATU12345678", "ATU12345678"),
        ("FRXX123456789", "FRXX123456789"),
    ] {
        assert_eq!(read(text).unwrap().supplier(), &Supplier::Vat(vat.to_owned()), "{text}");
    }
    assert_eq!(read("rssmra80a01h501u").unwrap().supplier(), &Supplier::Person);
    assert_eq!(read("12345678904"), Err(InvalidTaxId::CheckDigit));
    assert_eq!(read("00000000000"), Err(InvalidTaxId::CheckDigit));
    assert!(matches!(read("RSSMRA80A01H501X"), Err(InvalidTaxId::FiscalCode(_))));
    for none in
        ["", "IT123", "1234567890", "Mario Rossi", "DE", "D1234567", "DÉ123456789", "RSSMRA80A01H501", "RSSMRA80A01H50"]
    {
        assert_eq!(read(none), Err(InvalidTaxId::Form), "{none}");
    }
}
